#!/bin/sh
# check_console.sh PAGE.md...: runs the fences with commands of each page, in order, in one sh, and
# compares what they print with what the page shows, after docs/explain/filter.awk and filter.awk.
# They run in a copy of the tree, where build/serve is as after ./learn build, taken from
# STRATA_BUILD_DIR (build/serve); files beneath www have fixed times. For 8080 a free port is taken.
# A command may take 20 seconds, that of a figure 120. One that fails has to say so: what it prints
# is compared. A page with commands that misses a tool is skipped: then the status is 77.
# README.md and what stands in docs/ itself speak of a server that was started by ./learn serve:
# where such a page starts none, there is one.
set -eu
# Whoever started this may have left descriptors open; a page shows which numbers are next.
exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/../..}"
built=$(cd "${STRATA_BUILD_DIR:-build/serve}" && pwd)
tools=$PWD/docs/course
work=$(mktemp -d)
port=
server=
session=
failures=0
skipped=

clean_up() {
    end_server
    end_session
    [ -z "$port" ] || rmdir "${TMPDIR:-/tmp}/strata-port-$port" 2>/dev/null || :
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# --- Where the commands run ----------------------------------------------------------------------

# What ./learn would build in build/serve is there: a cmake that is asked for it has nothing to do.
prepare_tree() {
    mkdir -p "$work/home" "$work/bin" "$tree/build/serve/steps"
    find . -maxdepth 1 ! -name . ! -name build ! -name work ! -name .git \
        -exec cp -R {} "$tree/" \;
    cp "$built/strata" "$tree/build/serve/"
    find "$built/steps" -maxdepth 1 -type f -perm -u+x -exec cp {} "$tree/build/serve/steps/" \;
    find "$tree/www" -exec touch -h -t 202601010000 {} +
    echo no-progress-meter >"$work/home/.curlrc" # on a terminal there is none
    cmake=$(command -v cmake || echo false)
    cat >"$work/bin/cmake" <<END
#!/bin/sh
case "\$*" in *build/serve*) exit 0 ;; esac
exec $cmake "\$@"
END
    chmod +x "$work/bin/cmake"
}

# A port of four digits, as 8080 is, that nobody has. The directory keeps it for this check.
take_port() {
    port=$((8100 + $$ % 1800))
    until ! is_used $port && mkdir "${TMPDIR:-/tmp}/strata-port-$port" 2>/dev/null; do
        port=$((port + 1))
        [ $port -lt 9999 ] || port=8100
    done
}
is_used() { # is_used PORT [STATE]: does a socket of this machine have it?
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        awk -v port="$(printf %04X "$1")" -v state="${2-..}" '
            $2 ~ ":" port "$" && $4 ~ "^" state "$" { found = 1 }
            END { exit !found }'
}

# --- Commands, and what they print ---------------------------------------------------------------

# Commands with the port. ./learn serve is what it becomes; strata that names no port has 8080.
with_port() {
    awk -v port="$port" '
    BEGIN {
        before = "(^|[(;|&]|do |then ) *((strace|timeout|exec|env|prlimit) [^;|&]*)?"
        strata = before "build/serve/strata([ ;|&)]|$)"
    }
    {
        gsub(/8080/, port)
        if (match($0, /\.\/learn serve/)) {
            start = substr($0, 1, RSTART - 1)
            options = substr($0, RSTART + RLENGTH)
            end = match(options, / +([0-9]?>|[|&])/) ? RSTART : length(options) + 1
            $0 = start "build/serve/strata" substr(options, 1, end - 1) " www" substr(options, end)
        }
        if ($0 ~ strata && !/--port|-p |--help|--version/)
            sub(/build\/serve\/strata/, "& --port " port)
        print
    }' "$1" >"$1.run"
}
filter() { # of what came from a run, the port becomes 8080 again
    number="s/\\(^\\|[^0-9]\\)$port\\([^0-9]\\|\$\\)/\\18080\\2/g"
    LC_ALL=C sed "$number; $number" | LC_ALL=C awk -f "$tools/../explain/filter.awk" |
        LC_ALL=C awk -f "$tools/filter.awk"
}
is_as_shown() { # is_as_shown STEP FILE
    filter <"$plan/$1.expected" >"$work/expected"
    filter <"$2" >"$work/seen"
    LC_ALL=C awk -f "$tools/console_compare.awk" "$work/expected" "$work/seen" >"$work/difference"
}
complain() { # complain LINE STEP MESSAGE: with the command, and how what it printed differs
    echo "$page:$1: $3"
    sed 's/^/    $ /' "$plan/$2.command"
    sed 's/^/    /' "$work/difference"
    : >"$work/difference"
    failures=$((failures + 1))
}

# --- The one sh of a page, and the server beside it ----------------------------------------------

# begin COMMAND...: in the tree, without what the caller's shell has set. timeout makes the command
# a group of its own, gives it back SIGINT, which sh takes from what runs beside it, and hands
# signals on to the group.
begin() {
    cd "$tree"
    exec env -i PATH="$work/bin:$PATH:/usr/sbin:/sbin" HOME="$work/home" TMPDIR="$work" \
        LC_ALL=C TZ=UTC TERM=dumb NO_COLOR=1 no_proxy='*' timeout -k 5 900 "$@"
}

# It reads numbers of steps, evaluates their commands, and tells the status of each.
begin_session() {
    rm -f "$work/orders" "$work/done"
    mkfifo "$work/orders" "$work/done"
    cat >"$work/session" <<'END'
strata_plan=$1
exec 8<"$2" 9>"$3"
while read -r strata_step <&8; do
    eval "$(cat "$strata_plan/$strata_step.command.run")" \
        >"$strata_plan/$strata_step.seen" 2>&1 </dev/null 8<&- 9>&-
    echo $? >&9
done
END
    (begin sh "$work/session" "$plan" "$work/orders" "$work/done") &
    session=$!
    exec 7>"$work/orders" 6<"$work/done"
}
end_session() {
    [ -n "$session" ] || return 0
    kill -TERM "$session" 2>/dev/null || :
    wait "$session" 2>/dev/null || :
    session=
    exec 7>&- 6<&-
}
order() { # order STEP SECONDS: sets status; empty where it did not come
    echo "$1" >&7
    status=$(timeout "$2" head -n 1 <&6) || :
}

# begin_server FILE: what it prints goes to $work/says. It is there when somebody listens.
begin_server() {
    end_server
    : >"$work/says"
    told=0
    (begin sh "$1" >"$work/says" 2>&1 </dev/null 6<&- 7>&-) &
    server=$!
    for _ in $tries; do
        ! is_used "$port" 0A || return 0
        kill -0 "$server" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}
end_server() {
    [ -n "$server" ] || return 0
    kill -INT "$server" 2>/dev/null || :
    server_status=0
    wait "$server" 2>/dev/null || server_status=$?
    server=
}
tries=$(awk 'BEGIN { for (i = 0; i < 100; i++) print i }') # of 50 ms

# What the server has said since it was last looked at, within 5 seconds; and nothing more in the
# fifth of a second after it.
said_is_as_shown() { # said_is_as_shown STEP
    for _ in $tries; do
        tail -n "+$((told + 1))" "$work/says" >"$work/new"
        ! is_as_shown "$1" "$work/new" || break
        sleep 0.05
    done
    sleep 0.2
    tail -n "+$((told + 1))" "$work/says" >"$work/new"
    told=$((told + $(wc -l <"$work/new")))
    is_as_shown "$1" "$work/new"
}

# --- Step by step --------------------------------------------------------------------------------

run_step() { # run_step STEP KIND LINE; 1: the page cannot go on
    with_port "$plan/$1.command"
    case $2 in
    server)
        begin_server "$plan/$1.command.run" || {
            sed 's/^/+ /' "$work/says" >"$work/difference"
            complain "$3" "$1" 'it does not listen at port 8080; it said:'
            return 1
        }
        said_is_as_shown "$1" || complain "$3" "$1" 'until it serves it does not print that'
        ;;
    output)
        said_is_as_shown "$1" || complain "$3" "$1" 'the server did not print that'
        ;;
    run) run_command "$1" "$3" 20 ;;
    figure) run_command "$1" "$3" 120 ;;
    esac
}
run_command() { # run_command STEP LINE SECONDS
    order "$1" "$3"
    if [ -z "$status" ]; then
        complain "$2" "$1" "it did not end within $3 seconds, or it ended the shell"
        return 1
    elif [ -f "$plan/$1.pattern" ]; then
        sed 's/^/+ /' "$plan/$1.seen" >"$work/difference"
        [ "$status" -eq 0 ] || complain "$2" "$1" "it failed: status $status"
        filter <"$plan/$1.seen" | grep -Eq -f "$plan/$1.pattern" ||
            complain "$2" "$1" "it prints no line like $(cat "$plan/$1.pattern")"
    elif ! is_as_shown "$1" "$plan/$1.seen"; then
        complain "$2" "$1" 'it does not print what is shown'
    elif [ "$status" -ne 0 ] && [ ! -s "$plan/$1.seen" ]; then
        complain "$2" "$1" "it fails, and does not say why: status $status"
    fi
}

# What the commands of the page need and this machine does not have.
missing_tools() {
    for tool in curl nc strace gdb ss telnet wrk od xxd; do
        grep -Eqs "(^|[ |;&(])$tool( |\$)" "$plan"/*.command || continue
        (PATH=$PATH:/usr/sbin:/sbin && command -v $tool >/dev/null) || echo "needs $tool"
    done
}

check_page() {
    plan=$work/plan
    rm -rf "$plan" "$tree"
    mkdir "$plan"
    awk -v work="$plan" -f "$tools/page.awk" -f "$tools/console_plan.awk" "$page" >"$work/steps"
    [ -s "$work/steps" ] || return 0
    missing=$(missing_tools)
    if [ -n "$missing" ]; then
        skipped=$missing
        echo "$missing" | sed "s|^|$page: skipped: |"
        return 0
    fi
    pages=$((pages + 1))
    prepare_tree
    begin_session
    case $page in docs/chapters/* | docs/exercises/* | docs/hunts/*) ;; *) serve_page ;; esac
    while read -r step kind line <&5; do
        steps=$((steps + 1))
        run_step "$step" "$kind" "$line" || break
    done 5<"$work/steps"
    end_server
    case ${server_status-0} in
    134 | 136 | 137 | 139) complain 1 "$step" "its server ended with status $server_status" ;;
    esac
    end_session
}
serve_page() {
    ! grep -q ' server ' "$work/steps" || return 0
    echo './learn serve' >"$work/serve"
    with_port "$work/serve"
    begin_server "$work/serve.run"
}

tree=$work/strata
pages=0
steps=0
: >"$work/difference"
take_port
for page in "$@"; do
    check_page
done
echo "$pages pages with $steps commands run, $failures failures"
[ $failures -eq 0 ] || exit 1
[ -z "$skipped" ] || {
    echo "skipped: $(echo "$skipped" | head -n 1)"
    [ "${STRATA_REQUIRE_ALL-}" != 1 ] || exit 1
    exit 77
}
