#!/bin/sh
# tier: full
# In gdb, a request stands on one straight call stack with readable arguments, and Ctrl-C stops the
# running server without ending it.
set -eu

if ! command -v gdb >/dev/null 2>&1 || ! command -v curl >/dev/null 2>&1; then
    if [ "${STRATA_REQUIRE_ALL-}" = 1 ]; then
        echo 'FAILED: needs gdb and curl'
        exit 1
    fi
    echo 'skipped: needs gdb and curl'
    exit 77
fi

work=$(mktemp -d)
gdb_pid=
trap '[ -z "$gdb_pid" ] || kill "$gdb_pid" 2>/dev/null || :; rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $1"
    echo '--- gdb said:'
    cat "$work/out"
    exit 1
}

# wait_for PATTERN: until gdb or the server has printed it, at most 120 s.
wait_for() {
    tries=0
    until grep -q "$1" "$work/out"; do
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || fail "within 120 s there was no line with '$1'"
        sleep 0.1
    done
}

cat >"$work/commands" <<EOF
set pagination off
set confirm off
set debuginfod enabled off
set breakpoint pending off
break method_get
run --threads 1 --no-deadlines --port 0 --access-log none "$STRATA_SOURCE_DIR/www"
bt 4
delete
printf "going on after the breakpoint\n"
continue
printf "interrupted, and going on\n"
continue
EOF
gdb -nx -q -batch -x "$work/commands" "$STRATA_PROGRAM" >"$work/out" 2>&1 </dev/null &
gdb_pid=$!

wait_for 'serving .* at http://127.0.0.1:'
port=$(sed -n 's/.*at http:\/\/127.0.0.1:\([0-9]*\)\/.*/\1/p' "$work/out")
server_pid=$(pgrep -P "$gdb_pid" -f -- --no-deadlines | head -n 1)
curl -s --max-time 60 -o "$work/page" "http://127.0.0.1:$port/about" ||
    fail 'the request that had stopped at the breakpoint was not answered'
cmp -s "$work/page" "$STRATA_SOURCE_DIR/www/about.html" || fail 'the answer is not about.html'

expected='method_get exchange_answer serve_connection worker_main'
seen=$(sed -n 's/^.*#[0-3]  *\(0x[0-9a-f]* in \)\{0,1\}\([a-z_]*\) (.*/\2/p' "$work/out" |
    tr '\n' ' ')
[ "$seen" = "$expected " ] || fail "the stack is '$seen', expected '$expected'"
if sed -n '/^#0/,/going on/p' "$work/out" | grep -q 'optimized out'; then
    fail 'an argument is optimized out'
fi

wait_for 'going on after the breakpoint'
kill -INT "$server_pid"
wait_for 'received signal SIGINT'
wait_for 'interrupted, and going on'
[ "$(curl -s --max-time 60 -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/")" = 200 ] ||
    fail 'after Ctrl-C and continue the server does not answer'
kill -TERM "$server_pid"
wait_for 'received signal SIGTERM'
echo 'the stack is straight, and Ctrl-C stops without ending'
