#!/bin/sh
# tier: full
# ab and wrk, a few seconds each: no request fails, and each one is in the log.
set -u
: "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"

needs ab wrk diff seq
begin

seq 1 2000 >root/numbers.txt # octets that say where they are
start_strata root
numbers=http://127.0.0.1:$port/numbers.txt

value() { # FILE NAME: what FILE says of it, or 0
    sed -n "s/^ *$2: *\([0-9]*\).*/\1/p" "$1" | grep . || echo 0
}

apache_bench() { # REQUESTS OPTION...
    requests=$1
    shift
    echo "ab $*"
    ab -q -s 20 -n "$requests" -c 50 "$@" "$numbers" >ab.out 2>&1 ||
        failed "ab $*" 'exit status 0' "$(cat ab.out)"
    is 'complete requests' "$requests" "$(value ab.out 'Complete requests')"
    is 'failed requests' 0 "$(value ab.out 'Failed requests')"
    is 'other answers than 2xx' 0 "$(value ab.out 'Non-2xx responses')"
    is 'octets of content' $(($(wc -c <root/numbers.txt) * requests)) \
        "$(value ab.out 'HTML transferred')"
}

# 1. ab.
apache_bench 5000
apache_bench 20000 -k
is 'requests on connections kept' 20000 "$(value ab.out 'Keep-Alive requests')"

# 2. wrk, which compares the content as well.
cat >compare.lua <<'END'
local file = io.open("root/numbers.txt", "rb")
local content = file:read("*a")
file:close()

function response(status, _, body)
    if status ~= 200 or body ~= content then print("wrong: " .. status .. ", " .. #body) end
end
END
echo 'wrk -t 2 -c 64 -d 3s'
wrk -t 2 -c 64 -d 3s --timeout 20s -s compare.lua "$numbers" >wrk.out 2>&1 ||
    failed 'wrk' 'exit status 0' "$(cat wrk.out)"
is 'errors and wrong answers' '' "$(grep -E 'wrong|errors|Non-2xx' wrk.out)"
done=$(sed -n 's/^ *\([0-9]*\) requests in .*/\1/p' wrk.out)
between 'requests of wrk' 1000 1000000 "${done:-0}"

# 3. The log. At its end wrk gives up the answers that are on their way.
stop_strata
least=$((5000 + 20000 + done))
between 'requests in the log' $least $((least + 64)) \
    "$(grep -c '"GET /numbers.txt HTTP/1.[01]" 200 8893 ' strata.log)"
