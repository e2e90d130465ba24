#!/bin/sh
# tier: full
# wget goes on with a file that was cut, leaves a whole one, and takes a newer one.
set -u
: "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"

needs wget diff seq
begin

fetch() { # WHAT ARGUMENT...: into ./got, what is said to ./said
    what=$1
    shift
    wget -nv --tries=1 --timeout=20 -P got "$@" "http://127.0.0.1:$port/numbers.txt" >said 2>&1 ||
        failed "$what" 'exit status 0' "$(cat said)"
    same "$what" root/numbers.txt got/numbers.txt
}

seq 1 100000 >root/numbers.txt # octets that say where they are
TZ=UTC touch -d '2020-01-02 03:04:05' root/numbers.txt
size=$(($(wc -c <root/numbers.txt)))
mkdir got
start_strata root

head -c 123456 root/numbers.txt >got/numbers.txt
fetch '-c after 123456 octets' -c
fetch '-c after all of them' -c
fetch '-N with the date it has' -N
TZ=UTC touch -d '2020-01-02 03:04:04' got/numbers.txt
fetch '-N with an older one' -N

# The log is whole once the server has stopped, and the lines of one worker are not those of another.
stop_strata
answers=$(sed -n 's/.*"GET \/numbers.txt HTTP[^"]*" \([0-9]* [0-9]*\) "-" "Wget.*/\1/p' strata.log |
    sed 's/^416 .*/416/' | sort | tr '\n' ';')
is 'the log' "200 $size;206 $((size - 123456));304 0;416;" "$answers"
