#!/bin/sh
# shellcheck disable=SC3045 # ulimit -n is everywhere that strata is
# shellcheck disable=SC2034,SC2154 # shared with servers.sh
#
# What strata costs, beside what a server of its shape costs at the least and beside other servers:
# ./learn bench. docs/performance.md says what is measured and how to read it.
#
#     bench.sh [--short] [--targets] [WORK]...
#
# --short: rounds of a second, and the main row if no work is named. --targets: the works that have
# a target, and of their lanes those that it names. BENCH_ROUNDS, BENCH_SECONDS (of one server in
# one round) and BENCH_WORKERS (threads or processes of each server) change how it is measured. Exit
# status: 0 when all could be measured.
set -u
LC_ALL=C
export LC_ALL
cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/../..}" || exit

here=$PWD/tests/bench
results=$PWD/build/bench
tools=$results/tools
site=$results/site
strata=${STRATA_PROGRAM:-$results/release/strata}

rounds=${BENCH_ROUNDS-5}
seconds=${BENCH_SECONDS-3}
processors=$(nproc)
workers_default=${BENCH_WORKERS-$processors}
connections_most=12000 # that a server shall take
held=10000             # idle connections
failures=0
in_round=1 # how far the round is
planning=              # 1: a look at what will be measured, and how long that takes
between=250            # milliseconds from one round to the next
idle_takes=6000        # and for a server
micro_takes=9000
passed=0 # of all that was planned
modified='Tue, 02 Jan 2024 03:04:05 GMT' # of every file

say() {
    printf 'bench: %s\n' "$*" >&2
}
stop() {
    say "$*"
    exit 1
}
missed() { # something could not be measured: the rest still can
    say "$*"
    failures=$((failures + 1))
}

run=$results/run # what the servers themselves write
# shellcheck source=tests/bench/servers.sh
. "$here/servers.sh"

# --- What is needed ----------------------------------------------------------------------------

build_tools() {
    for name in bare_loop client; do
        compile $name -pthread
    done
}
compile() { # compile NAME OPTION...
    tool=$1
    shift
    "${CC:-gcc}" -O2 -std=c11 -D_GNU_SOURCE -Wall -Wextra -I. -o "$tools/$tool" "$here/$tool.c" \
        "$@" || stop "$tool.c does not compile"
}

# write_file OCTETS NAME: octets that say where they are.
write_file() {
    [ "$(wc -c 2>/dev/null <"$site/$2")" = "$1" ] && return
    awk -v octets="$1" 'BEGIN {
        for (i = 0; i < octets; i += 16) printf "%015d\n", i
    }' | head -c "$1" >"$site/$2"
    TZ=UTC touch -t 202401020304.05 "$site/$2"
}

make_site() {
    mkdir -p "$site"
    : >"$site/empty.txt"
    TZ=UTC touch -t 202401020304.05 "$site/empty.txt"
    write_file 1024 1k.txt
    write_file $((100 * 1024)) 100k.txt
    write_file $((10 * 1024 * 1024)) 10m.txt
}

# 100,000 files of 1 KiB, a thousand in each directory.
make_many_files() {
    if [ -n "$planning" ] || [ -f "$site/99/999.txt" ]; then return; fi
    say 'making 100,000 files'
    awk 'BEGIN { for (i = 0; i < 100; i++) print i }' | (cd "$site" && xargs mkdir -p)
    awk -v site="$site" 'BEGIN {
        for (i = 0; i < 100000; i++) {
            file = site "/" int(i / 1000) "/" i % 1000 ".txt"
            for (at = 0; at < 1024; at += 16) printf "%07d %07d\n", i, at >file
            close(file)
        }
    }'
    find "$site" -mindepth 2 -name '*.txt' -exec env TZ=UTC touch -t 202401020304.05 {} +
}

# --- Requests ----------------------------------------------------------------------------------

line() {
    printf '%s\r\n' "$*"
}

# What a browser sends besides Host: twelve lines.
browser_lines() {
    line 'Connection: keep-alive'
    line 'Cache-Control: max-age=0'
    line 'sec-ch-ua: "Chromium";v="124", "Not-A.Brand";v="99"'
    line 'sec-ch-ua-mobile: ?0'
    line 'sec-ch-ua-platform: "Linux"'
    line 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)' \
        'Chrome/124.0.0.0 Safari/537.36'
    accepted='text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp'
    line "Accept: $accepted,*/*;q=0.8"
    line 'Sec-Fetch-Site: none'
    line 'Sec-Fetch-Mode: navigate'
    line 'Sec-Fetch-Dest: document'
    line 'Accept-Encoding: gzip, deflate, br'
    line 'Accept-Language: en-GB,en;q=0.9'
}

# write_request KIND FILE: on standard output. etag: with the tag that the server on $port gives.
write_request() {
    method=GET
    [ "$1" != head ] || method=HEAD
    line "$method /$2 HTTP/1.1"
    line "Host: 127.0.0.1"
    case $1 in
    browser) browser_lines ;;
    close) line 'Connection: close' ;;
    range) line 'Range: bytes=100-611' ;;
    etag)
        write_request plain "$2" >"$run/plain"
        "$tools/client" ask "$port" "$run/plain" | tr -d '\r' |
            sed -n 's/^[Ee][Tt][Aa][Gg]: \(.*\)/If-None-Match: \1/p; /^$/q' |
            while read -r field; do line "$field"; done
        line "If-Modified-Since: $modified"
        ;;
    esac
    line
}

# --- Lanes -------------------------------------------------------------------------------------
#
# A lane is one server with one kind of load. The lanes of a work are measured in turn, round by
# round, so that whatever else the machine does meets all of them. Each has a line in $lanes:
# NAME X PORT GROUP CONNECTIONS SECONDS REQUEST PIPELINED FILES; X is what grows, 0 where nothing
# does.
#
# Each work is gone through twice: first to plan, when nothing is started and only $planned, the
# milliseconds that all will take, grows; then to measure.

lanes=$results/lanes
csv=$results/results.csv
idle_csv=$results/idle.csv
micro_table=$results/micro.txt
medians=$results/medians.tsv

# lane NAME SERVER [log]: starts the server, and sees to it that it answers as it should. What the
# work is, is in these: $connections $times $request $file $status $pipelined $files $x $workers
lane() {
    if [ -n "$planning" ]; then
        planned=$((planned + rounds * (1000 * seconds * times + between)))
        planned_rounds=$((planned_rounds + rounds))
        return
    fi
    name=$1
    lane_server=$2
    lane_id=$name-$x
    start "$lane_id" "$lane_server" "$lane_workers" "$limit_now" "${3-}"
    octets=$run/$lane_id/request
    write_request "$request" "$file" >"$octets"
    "$tools/client" ask "$port" "$octets" >"$run/$lane_id/answer" 2>/dev/null
    got=$(head -n 1 "$run/$lane_id/answer" | cut -d ' ' -f 2)
    if [ "$got" != "$status" ]; then
        missed "$work: $name answers '$got', not $status: $(head -n 1 "$run/$lane_id/out")"
        return
    fi
    echo "$name $x $port $group $connections $((seconds * times)) $octets $pipelined $files" \
        >>"$lanes"
}

# The answer that the bare loop sends is strata's own.
lane_of_bare() {
    answer=$run/answer.octets
    closes=
    [ "$request" != close ] || closes=close
    [ -n "$planning" ] || ask_strata >"$answer" || missed "$work: strata does not answer"
    lane bare bare
}
ask_strata() {
    start answer strata 1 "$limit_now"
    write_request "$request" "$file" >"$run/request"
    "$tools/client" ask "$port" "$run/request"
}

has() {
    command -v "$1" >/dev/null 2>&1
}

peers() { # those that are here; nginx-no-cache is nginx without open_file_cache
    for peer in nginx lighttpd h2o; do
        has $peer && echo $peer
    done
}

# $wanted: all of them; peers: but for nginx-no-cache; self: strata and the bare loop.
lanes_of_all() {
    lane_of_bare
    lane strata strata
    [ "$wanted" != self ] || return 0
    for peer in $(peers); do lane "$peer" "$peer"; done
    [ "$wanted" != all ] || ! has nginx || lane nginx-no-cache nginx_no_cache
}

# measure LINE: one round of one lane, a row in the results.
measure() {
    # shellcheck disable=SC2086 # a line is words
    set -- $1
    processes=$(processes_of "$4")
    # shellcheck disable=SC2086
    before=$(cpu_of $processes)
    outcome=$(wrk -t1 -c "$5" -d "$6s" --timeout 20s -s "$here/request.lua" \
        "http://127.0.0.1:$3/" -- "$7" "$8" "$9" 2>&1 </dev/null | grep '^result ')
    # shellcheck disable=SC2086
    after=$(cpu_of $processes)
    empty_log "$1" "$run/$1-$2/log"
    echo "$outcome" | awk -v before="$before" -v after="$after" -v row="$work,$1,$2,$round" \
        -v status="$status" -v pipelined="$8" '
        {
            if (pipelined > 1) $4 = "" # wrk corrects for waiting that there was not
            errors = $5 + (status < 400 ? $6 : 0)
            found = $2 > 0 && after > before
            if (found)
                printf "%s,%d,%.6f,%.0f,%s,%d\n", row, $2, $3 / 1e6, after - before, $4, errors
        }
        END { exit !found }' >>"$csv" || missed "$work: no figures of $1"
}
empty_log() { # empty_log LANE FILE
    case $1 in *+log) [ -s "$2" ] || missed "$work: $1 logs nothing" ;; esac
    [ ! -f "$2" ] || : >"$2"
}

progress() { # progress TEXT: on a terminal one line, that the next overwrites
    left="$(length_of $(((planned - passed) / 1000))) left"
    if [ -t 2 ]; then
        printf '\r\033[Kbench: %.60s; %s' "$1" "$left" >&2
    elif [ "$in_round" -eq 1 ]; then
        say "$1; $left"
    fi
}
length_of() { # length_of SECONDS: in words
    if [ "$1" -le 90 ]; then echo "$1 s"; else echo "$((($1 + 30) / 60)) min"; fi
}

run_rounds() {
    count=$(wc -l <"$lanes")
    round=1
    while [ $round -le "$rounds" ]; do
        in_round=0
        while read -r lane_line; do
            in_round=$((in_round + 1))
            progress "$work: round $round of $rounds: $in_round of $count: ${lane_line%% *}"
            measure "$lane_line"
            lane_line=${lane_line#* * * * * } # from SECONDS on
            passed=$((passed + 1000 * ${lane_line%% *} + between))
        done <"$lanes"
        round=$((round + 1))
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
}

# begin WORK: what holds where a work says nothing else.
begin() {
    work=$1
    connections=64 times=1 request=plain file=1k.txt status=200
    pipelined=1 files=0 x=0
    wanted=all
    lane_workers=$workers_default
    limit_now=$connections_most
    : >"$lanes"
}
finish() {
    [ -z "$planning" ] || return 0
    run_rounds
    stop_servers
}

# --- Works -------------------------------------------------------------------------------------

works_in_table() {
    awk '!/^#/ { print $1 }' "$here/works"
}

work_of_table() {
    row=$(awk -v work="$1" '$1 == work' "$here/works")
    begin "$1"
    # shellcheck disable=SC2086 # a row is words
    set -- $row
    connections=$2 times=$3 request=$4 file=$5 status=$6
    case $8 in
    *best*) ;; # and that may be nginx without its cache
    *) [ -z "$targets" ] || wanted=peers ;;
    esac
    lanes_of_all
    finish
}

# What parts of a request cost alone.
work_micro() {
    if [ -n "$planning" ]; then
        planned=$((planned + micro_takes))
        return
    fi
    begin micro
    progress 'micro'
    libraries=$(dirname "$strata")
    compile micro "$libraries/libstrata_http.a" "$libraries/libstrata_fs.a" -pthread
    write_request plain 1k.txt >"$run/plain"
    write_request browser 1k.txt >"$run/browser"
    "$tools/micro" "$site" "$run/plain" "$run/browser" "$results/micro.csv" >"$micro_table" ||
        missed 'micro: a part could not be measured'
    compile epoll_set -pthread
    printf '\n  One epoll set, to take an event and to arm it again (epoll_set)\n' >>"$micro_table"
    "$tools/epoll_set" "$(nproc)" >>"$micro_table" || missed 'micro: no epoll set could be measured'
    passed=$((passed + micro_takes))
}

# Sixteen requests at a time, and one at a time beside it.
work_pipelined() {
    begin pipelined
    [ -z "$targets" ] || wanted=self
    lane strata-single strata
    pipelined=16
    lanes_of_all
    finish
}

# Without an access log and with one, each.
work_log() {
    begin log
    others=$(peers)
    [ -z "$targets" ] || others=
    for server in strata $others; do
        lane "$server" "$server"
        lane "$server+log" "$server" log
    done
    finish
}

# What idle connections cost in memory: what a server grows by when they come, and that together
# with the tables that it has made ready for them, which is why it is started for few as well.
work_idle() {
    begin idle
    lane_workers=1
    [ -f "$idle_csv" ] || echo 'server,connections,left,grown,with_tables' >"$idle_csv"
    for server in strata $(peers); do
        if [ -n "$planning" ]; then
            planned=$((planned + idle_takes))
            continue
        fi
        progress "idle: $held connections to $server"
        limit_now=64
        start "$server-few" "$server" 1 64
        write_request plain 1k.txt >"$run/request"
        "$tools/client" ask "$port" "$run/request" >/dev/null || missed "idle: no $server"
        # shellcheck disable=SC2046 # words
        few=$(memory_of $(processes_of "$group"))
        limit_now=$connections_most
        start "$server-many" "$server" 1 $connections_most
        "$tools/client" ask "$port" "$run/request" >/dev/null || missed "idle: no $server"
        measure_idle
        stop_servers
        passed=$((passed + idle_takes))
    done
}

measure_idle() {
    idle_processes=$(processes_of "$group")
    # shellcheck disable=SC2086
    none=$(memory_of $idle_processes)
    rm -f "$run/end" "$run/held"
    mkfifo "$run/end"
    "$tools/client" hold "$port" "$run/request" $held <"$run/end" >"$run/held" &
    holder=$!
    exec 3>"$run/end"
    waited=0
    until grep -q '^held' "$run/held" || [ $waited -eq 600 ]; do
        sleep 0.1
        waited=$((waited + 1))
    done
    # shellcheck disable=SC2086
    full=$(memory_of $idle_processes)
    exec 3>&-
    wait $holder
    left=$(sed -n 's/^left //p' "$run/held")
    [ "${left:-0}" -eq $held ] || missed "idle: $server holds ${left:-0} connections, not $held"
    awk -v row="$server,$held,${left:-0}" -v few="$few" -v none="$none" -v full="$full" \
        -v held=$held -v slots=$((connections_most - 64)) 'BEGIN {
            grown = (full - none) / held
            printf "%s,%.0f,%.0f\n", row, grown, grown + (none - few) / slots
        }' >>"$idle_csv"
}

# How cost grows: with threads, with connections, with files.

# 1, 2, 4, and on to the number of processors.
thread_counts() {
    awk -v processors="$processors" 'BEGIN {
        for (count = 1; count <= 4 || count < processors; count *= 2) print count
        if (processors > 4) print processors
    }'
}

work_threads() {
    begin threads
    wanted=peers
    for x in $(thread_counts); do
        lane_workers=$x
        lanes_of_all
    done
    finish
}

work_connections() {
    begin connections
    wanted=peers
    for x in 1 10 100 1000 10000; do
        connections=$x
        [ "$x" -lt 1000 ] || times=2
        [ "$x" -lt 10000 ] || times=4
        lanes_of_all
    done
    finish
}

work_files() {
    make_many_files
    begin files
    wanted=peers
    file=0/0.txt
    for x in 1 10 100 1000 10000 100000; do
        files=$x
        lanes_of_all
    done
    finish
}

other_works='pipelined log idle threads connections files'
works_with_targets() {
    awk '!/^#/ && $7 $8 != "--" { print $1 }' "$here/works"
    echo pipelined log idle
}

run_work() {
    case " micro $other_works " in
    *" $1 "*) "work_$1" ;;
    *)
        works_in_table | grep -qx -e "$1" || {
            known=$(works_in_table | tr '\n' ' ')
            say "there is no work '$1'. There are: micro $known$other_works"
            exit 64
        }
        work_of_table "$1"
        ;;
    esac
}

plan() { # how long will it take?
    planning=1 planned=0 planned_rounds=0
    for one in $chosen; do run_work "$one"; done
    planning=
    say "$planned_rounds rounds with servers; all takes about $(length_of $((planned / 1000)))"
}

# How many files strata's cache holds; nothing where there is none.
kept_files() {
    numbers='CACHE_SETS = \([0-9]*\), CACHE_SET_FILES = \([0-9]*\)'
    sed -n "s/^.*$numbers.*/\1 \2/p" fs/file_cache.h 2>/dev/null | awk '{ print $1 * $2 }'
}

report_micro() {
    printf '\nParts of a request, alone (micro)\n'
    cat "$micro_table"
}
report() {
    [ ! -f "$micro_table" ] || report_micro
    [ -f "$idle_csv" ] || idle_csv=
    : >"$medians"
    # shellcheck disable=SC2086 # one file, or none
    awk -v medians="$medians" -v kept="$(kept_files)" -f "$here/report.awk" "$here/works" "$csv" \
        $idle_csv || missed 'report.awk failed'
}

# A plot of the works in the table, and one of each that grew.
draw_all() {
    if has gnuplot; then
        draw bars table
        for growth in threads connections files; do draw growth $growth; done
    else
        say 'without gnuplot there are no plots'
    fi
}
draw() { # draw SCRIPT WORK: what was measured of it, if anything
    awk -F '\t' -v work="$2" '
        work == "table" ? $3 == 0 && $1 != "log" && $2 != "strata-single" : $1 == work
        ' "$medians" >"$run/$2.tsv"
    [ -s "$run/$2.tsv" ] || return 0
    LC_ALL=C.UTF-8 gnuplot -e "data = '$run/$2.tsv'; work = '$2'; kept = '$(kept_files)'" \
        -e "svg = '$results/$2.svg'" "$here/$1.gp" || missed "no plot of $2"
}

# --- The run -----------------------------------------------------------------------------------

chosen=
short=
targets=
for argument in "$@"; do
    case $argument in
    --short) seconds=1 short=1 ;;
    --targets) targets=1 ;;
    -*) say "there is no option $argument" && exit 64 ;;
    *) chosen="$chosen $argument" ;;
    esac
done
if [ -z "$chosen" ] && [ -n "$targets" ]; then chosen=$(works_with_targets); fi
if [ -z "$chosen" ] && [ -n "$short" ]; then chosen='keepalive micro'; fi
[ -n "$chosen" ] || chosen="micro $(works_in_table) $other_works"

ulimit -n "$(ulimit -Hn)" 2>/dev/null
descriptors=$(ulimit -n)
[ -x "$strata" ] || stop "$strata is not there: ./learn bench builds it"
[ "$chosen" = ' micro' ] || has wrk || stop 'wrk is not here'
mkdir -p "$results"
exec 9>"$results/lock"
flock -n 9 || stop 'another run is under way here'
trap stop_servers EXIT
trap 'exit 130' INT TERM HUP
plan
rm -rf "$run"
mkdir -p "$run" "$tools"
make_site
if [ "$chosen" = ' micro' ]; then # the results of other works remain
    work_micro
    report_micro
    exit $failures
fi
build_tools
rm -f "$idle_csv" "$micro_table" "$results"/*.svg
echo 'work,lane,x,round,requests,seconds,cpu_ns,p99_us,errors' >"$csv"
{
    date -u '+%Y-%m-%d %H:%M UTC'
    uname -srm
    sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sort | uniq -c | sed 's/^ *\([0-9]*\) /\1 × /'
    echo "load $(cut -d ' ' -f 1-3 /proc/loadavg) before the run"
    echo "$rounds rounds of $seconds s a lane, $workers_default workers a server, wrk -t1"
} | tee "$results/machine" >&2
for one in $chosen; do run_work "$one"; done
report >"$results/report.txt"
draw_all
cat "$results/report.txt"
say 'in build/bench: report.txt, results.csv, medians.tsv, machine and the plots, *.svg'
[ $failures -eq 0 ] || stop "$failures could not be measured"
