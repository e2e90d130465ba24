#!/bin/sh
# shellcheck disable=SC3045 # ulimit -n is everywhere that strata is
#
# Does a server that is used, misused and attacked stay as it is? ./learn soak.
#
#     soak.sh SECONDS [OPTION]...
#
# Starts strata with the OPTIONs on a site of its own, lets all clients of clients.c at it, changes
# the files beneath it, and turns the log over every ten seconds. The rows of each second and the
# plot of them are left in build/soak, or in what SOAK_RESULTS names. Exit status: 0 when memory,
# descriptors and threads stayed flat, no client saw what must not be, and the server ended in order.
set -u
LC_ALL=C
export LC_ALL
cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/../..}" || exit

here=$PWD/tests/soak
results=${SOAK_RESULTS:-$PWD/build/soak}
strata=${STRATA_PROGRAM:-$results/release/strata}
run=$results/run
csv=$results/soak.csv
connections=600
held=560 # more than what is left once a sixteenth is to be free
turn_over=10
failures=0
server=
clients=

say() {
    printf 'soak: %s\n' "$*" >&2
}
stop() {
    say "$*"
    exit 1
}
failed() {
    say "FAILED: $*"
    failures=$((failures + 1))
}

end() { # end PID: in order, if it does so within 40 s; its exit status
    kill -s TERM "$1" 2>/dev/null
    waited=0
    while grep -q '^State:.[^Z]' "/proc/$1/status" 2>/dev/null && [ $waited -lt 400 ]; do
        sleep 0.1
        waited=$((waited + 1))
    done
    kill -s KILL "$1" 2>/dev/null
    wait "$1"
}

end_all() { # those that were started here and still run
    for one in $clients $server; do end "$one"; done 2>/dev/null
    rm -rf "$run"
}

prepare() {
    rm -rf "$run"
    mkdir -p "$run/site" "$run/logs"
    mkfifo "$run/rows"
    : >"$run/errors"
    files=12000 # more than the cache keeps
    [ "$seconds" -ge 60 ] || files=1000
    say 'compiling the clients, writing the site'
    "${CC:-gcc}" -O2 -std=c11 -D_GNU_SOURCE -Wall -Wextra -I. -DSMALL_FILES=$files \
        -o "$run/clients" "$here"/*.c -pthread || stop 'the clients do not compile'
    "$run/clients" make "$run/site" || stop 'there is no site'
}

# Each in a session of its own: Ctrl-C is for this script, which then ends them.
start_server() {
    setsid "$strata" --address 127.0.0.1 --port 0 --max-connections $connections --list \
        --head-timeout 2 --idle-timeout 5 --content-timeout 2 --send-timeout 2 --linger-timeout 1 \
        --access-log "$run/logs/log" "$@" "$run/site" </dev/null 2>"$run/errors" 9>&- &
    server=$!
    tries=0
    until port=$(sed -n 's|^strata: serving .*:\([0-9]*\)/$|\1|p' "$run/errors") && [ -n "$port" ]; do
        tries=$((tries + 1))
        if [ $tries -eq 100 ] || ! kill -0 $server; then stop "no server: $(cat "$run/errors")"; fi
        sleep 0.1
    done
}

start_clients() {
    setsid "$run/clients" run "$port" "$run/site" "$server" "$seconds" $held \
        >"$run/rows" 2>"$run/told" 9>&- &
    clients=$!
}

# What the server has moved on from is counted at the next turn: it may still write to it.
logged=0
turn_log_over() {
    [ ! -f "$run/logs/before" ] || logged=$((logged + $(wc -l <"$run/logs/before")))
    mv "$run/logs/log" "$run/logs/before" && kill -s HUP "$server"
}

progress() { # progress ROW
    echo "$1" | awk -F , -v all="$seconds" -v over="$over" '{
        printf "%ssoak: %d:%02d of %d:%02d; %d answers, %.0f/s; %.1f MiB, %d descriptors, p99 %.1f ms",
            over, $1 / 60, $1 % 60, all / 60, all % 60, $8, $2, $4 / 1024, $5, $3 / 1000
        if ($9 > 0) printf "; %d wrong", $9
        if (over == "") print ""
    }' >&2
}

watch() { # the rows as they come
    over='' every=10
    if [ -t 2 ]; then over=$(printf '\r\033[K') every=2; fi
    while read -r row; do
        echo "$row" >>"$csv"
        second=${row%%,*}
        case $second in *[!0-9]*) continue ;; esac
        [ $((second % every)) -ne 0 ] || progress "$row"
        [ $((second % turn_over)) -ne 0 ] || turn_log_over
    done <"$run/rows"
    [ -z "$over" ] || echo >&2
}

finish() {
    wait "$clients" || failed 'a client saw what must not be, or the server was gone'
    clients=
    end "$server"
    status=$?
    server=
    [ $status -eq 0 ] || failed "the server ended with $status, not 0: $(tail -n 3 "$run/errors")"
    answers=$(tail -n 1 "$csv" | cut -d , -f 8)
    logged=$((logged + $(cat "$run"/logs/* | wc -l)))
    [ "$logged" -ge "$answers" ] || failed "$answers answers, but $logged lines in the log"
    cp "$run/told" "$results/told"
    grep -v '^answers: ' "$results/told" >&2
}

draw() {
    command -v gnuplot >/dev/null 2>&1 || return 0
    length="$seconds s"
    [ $((seconds % 60)) -ne 0 ] || length="$((seconds / 60)) min"
    heading="$length of good, slow, broken and hostile clients"
    LC_ALL=C.UTF-8 gnuplot -e "data = '$csv'; svg = '$results/soak.svg'; heading = '$heading'" \
        "$here/soak.gp" || failed 'there is no plot'
}

seconds=${1-60}
[ $# -eq 0 ] || shift
[ -x "$strata" ] || stop "$strata is not there: ./learn soak builds it"
mkdir -p "$results"
exec 9>"$results/lock"
flock -n 9 || stop 'another run is under way here'
ulimit -n "$(ulimit -Hn)" 2>/dev/null
trap end_all EXIT
trap 'exit 130' INT TERM HUP
prepare
start_server "$@"
: >"$csv"
start_clients
watch
finish
draw
say "in $results: soak.csv, soak.svg"
flatness=$(awk -f "$here/soak.awk" "$csv") || failures=1
say "$flatness"
passed=passed
[ "$failures" -eq 0 ] || passed=FAILED
say "$passed; $(grep '^answers: ' "$results/told")"
[ "$failures" -eq 0 ]
