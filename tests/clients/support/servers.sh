# shellcheck shell=sh
# servers.sh — for tests in which strata meets the programs of others. Sourced:
#
#     needs nginx curl            without these programs the test is skipped
#     begin                       from here on in a scratch directory, in which there is an empty
#                                 root/; on exit all servers end
#     start_strata ROOT OPTION... sets $port; standard error goes to strata.err, the log to strata.log
#     start_other NAME FILE COMMAND...
#                                 another server, at a free $port; PORT in FILE becomes its number,
#                                 and $config is what comes of it, for the COMMAND
#     start_nginx TEXT            that server, with TEXT in its http { }
#     stop_strata                 and wants it to exit with 0
#     failed WHAT EXPECTED SEEN   the script then ends with 1
#     is WHAT EXPECTED SEEN       or it has failed; so with these two:
#     same WHAT PATH PATH         files of the same octets, or directories of the same files
#     between WHAT LEAST MOST SEEN
set -u
: "${STRATA_PROGRAM:?}" "${STRATA_SOURCE_DIR:?}"

failures=0
strata=
others=
ports_tried=0
scratch=

needs() { # PROGRAM...
    missing=
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 || missing="$missing, $program"
    done
    [ -n "$missing" ] || return 0
    [ "${STRATA_REQUIRE_ALL:-}" = 1 ] && echo "FAILED: needs ${missing#, }" && exit 1
    echo "skipped: needs ${missing#, }"
    exit 77
}

failed() { # WHAT EXPECTED SEEN
    printf 'FAILED: %s\n  expected: %s\n  seen:     %s\n' "$1" "$2" "$3"
    failures=$((failures + 1))
}

is() { # WHAT EXPECTED SEEN
    if [ "$2" = "$3" ]; then echo "ok: $1: $3"; else failed "$@"; fi
}

same() { # WHAT PATH PATH
    if diff -rq "$2" "$3" >differences 2>&1; then
        echo "ok: $1"
    else
        failed "$1" "$2 and $3 are the same" "$(head differences)"
    fi
}

between() { # WHAT LEAST MOST SEEN
    if [ "$4" -ge "$2" ] && [ "$4" -le "$3" ]; then
        echo "ok: $1: $4"
    else
        failed "$1" "$2 to $3" "$4"
    fi
}

running() { # PID; a zombie has ended, too
    grep -q '^State:[[:space:]]*[^[:space:]Z]' "/proc/$1/status" 2>/dev/null
}

ended() {
    ! running "$1"
}

poll() { # COMMAND...: until it succeeds, 60 s at most
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || return 1
        sleep 0.1
    done
}

stop_strata() {
    [ -n "$strata" ] || return 0
    kill -TERM "$strata" 2>/dev/null
    poll ended "$strata" || kill -KILL "$strata"
    wait "$strata"
    status=$?
    strata=
    [ "$status" -eq 0 ] || failed 'exit status of strata after SIGTERM, within 60 s' 0 \
        "$status; standard error: $(cat strata.err)"
}

finish() {
    result=$?
    trap - EXIT
    for other in $others; do
        kill -TERM "$other" 2>/dev/null
        poll ended "$other" || kill -KILL "$other"
    done
    stop_strata
    wait
    cd /
    rm -rf "$scratch"
    [ "$failures" -eq 0 ] || result=1
    exit "$result"
}

begin() {
    scratch=$(mktemp -d) || exit 1
    trap finish EXIT
    trap 'exit 1' HUP INT TERM
    cd "$scratch" || exit 1
    mkdir root
}

announced() {
    grep -q '^strata: serving .* at http://127' strata.err || ended "$strata"
}

start_strata() { # ROOT OPTION...
    : >strata.err
    "$STRATA_PROGRAM" --address 127.0.0.1 --port 0 --access-log strata.log "$@" 2>strata.err &
    strata=$!
    poll announced
    port=$(sed -n 's|^strata: serving .* at http://127.0.0.1:\([0-9]*\)/$|\1|p' strata.err)
    [ -n "$port" ] && return
    failed 'strata is ready within 60 s' 'strata: serving …' "$(cat strata.err)"
    exit
}

# Does PID listen at $port? The number alone could be somebody else's. 0A is LISTEN.
listens() { # PID
    socket=$(awk -v port="$(printf ':%04X' "$port")" '
        $4 == "0A" && substr($2, 9) == port { print "socket:\\[" $10 "]" }' /proc/net/tcp)
    [ -n "$socket" ] && find "/proc/$1/fd" -lname "$socket" 2>/dev/null | grep -q .
}

listens_or_ended() { # PID
    listens "$1" || ended "$1"
}

# Programs that cannot take any free port get one below the kernel's own choice, or the next.
start_other() { # NAME FILE COMMAND...
    name=$1
    template=$2
    shift 2
    config=$scratch/$name.conf
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        port=$((10000 + ($$ * 17 + ports_tried * 997) % 20000))
        ports_tried=$((ports_tried + 1))
        sed "s/PORT/$port/g" "$template" >"$config"
        "$@" >"$name.out" 2>&1 &
        other=$!
        others="$others $other"
        poll listens_or_ended "$other"
        listens "$other" && return
    done
    failed "$name is ready" 'at one of ten ports' "$(cat "$name.out")"
    exit
}

start_nginx() { # TEXT
    cat >nginx.template <<END
daemon off;
master_process off;
pid $scratch/nginx.pid;
events { }
http {
    access_log off;
    client_body_temp_path $scratch/nginx.1;
    proxy_temp_path $scratch/nginx.2;
    fastcgi_temp_path $scratch/nginx.3;
    uwsgi_temp_path $scratch/nginx.4;
    scgi_temp_path $scratch/nginx.5;
    $1
}
END
    nginx -v 2>&1
    start_other nginx nginx.template nginx -e stderr -p "$scratch" -c "$scratch/nginx.conf"
}
