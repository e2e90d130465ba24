#!/bin/sh
# tier: full
# The commands that docs/debugger/strata.gdb adds to gdb print what docs/debugger.md shows; they
# say so where there is nothing to show, leave the selected frame alone, and read a core file,
# too.
set -u
: "${STRATA_PROGRAM:?}" "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"

needs gdb curl
begin
here=$STRATA_SOURCE_DIR/docs/debugger

in_gdb() { # PROGRAM-OR-OPTION...: runs the commands of the file commands
    timeout -k 5 60 gdb -nx -q -batch -x "$here/strata.gdb" -x commands "$@" </dev/null >seen 2>&1
}

shows() { # WHAT: what the file expected has
    if LC_ALL=C awk -f "$here/compare.awk" expected seen >difference; then
        echo "ok: $1"
    else
        failed "$1" "$(cat difference)" "$(cat seen)"
    fi
}

# The sample of the manual, in which a line "(gdb) COMMAND" is the command.
sed -n '/^(gdb) connection$/,/^```$/p' "$here/../debugger.md" | grep -v '^```' >sample
grep -q 'locked by LWP' sample || failed 'docs/debugger.md' 'a sample' "$(cat sample)"
{
    printf 'break keep_time\nrun %s "%s"\n' \
        '--address 127.0.0.1 --port 0 --threads 1 --no-deadlines --no-cache --access-log none' \
        "$STRATA_SOURCE_DIR/www"
    cat <<'END'
tbreak http_response_format_head
eval "shell curl -s --noproxy '*' -o got http://127.0.0.1:%d/about </dev/null &", \
    main::server.listeners.list[0].port
echo (gdb) connection # beneath keep_time\n
connection
continue
END
    sed -n 's/^(gdb) \(.*\)/echo (gdb) \1\\n\n\1/p' sample
    cat <<'END'
frame
connection main::server.transport.table[1]
generate-core-file core
kill
echo (gdb) request # when nothing runs\n
request
END
} >commands
in_gdb "$STRATA_PROGRAM"
cp sample expected
shows 'the sample in docs/debugger.md'

cat >expected <<'END'
(gdb) connection # beneath keep_time
This thread serves no connection just now: it is not beneath serve_connection.
#0  http_response_format_head (…) at …
connection  slot 1, free
Saved corefile …
(gdb) request # when nothing runs
Nothing runs: type run, or start.
END
shows 'where there is nothing to show, and a free slot'

# From before the first request until the worker waits for the next one.
{
    printf 'break keep_time\nrun %s "%s"\n' \
        '--address 127.0.0.1 --port 0 --threads 1 --no-deadlines --no-cache --access-log none' \
        "$STRATA_SOURCE_DIR/www"
    cat <<'END'
eval "shell curl -s --noproxy '*' -o got http://127.0.0.1:%d/about </dev/null &", \
    main::server.listeners.list[0].port
tbreak exchange_answer
continue
request
exchange
tbreak http_parse_request_head
continue
request
exchange
tbreak transport_give_back
continue
connection
exchange
thread 1
echo (gdb) workers\n
workers
kill
END
} >commands
in_gdb "$STRATA_PROGRAM"
cat >expected <<'END'
…, exchange_answer (…) at …
No request yet.
No request yet.
…, http_parse_request_head (…) at …
method      not yet parsed
target      not yet parsed
version     not yet parsed
field lines 0
method      not yet looked up
path        not yet parsed
query       not yet parsed
file        none
status      not yet decided
content     none yet
…, transport_give_back (…) at …
connection  slot 0, descriptor …
wait        WAIT_FIRST_OCTET, until this turn began
lock        held by LWP …
received    … octets, all used
This thread serves no connection just now: it is not beneath serve_connection.
(gdb) workers
  keeps time
  between two turns, or at the start or the end
END
shows 'what is not there yet, and what is over'

is 'commands that help user-defined does not call helpers' \
    'connection exchange request workers ' "$(gdb -nx -q -batch -x "$here/strata.gdb" \
        -ex 'help user-defined' | sed -n '/Helper/d; s/^\([a-z_]*\) -- .*/\1/p' | tr '\n' ' ')"

# After the run, from its core file, where the numbers of the threads are others.
printf 'workers\n' >commands
in_gdb "$STRATA_PROGRAM" core
sed '1,/^(gdb) workers/d; /^Thread/d' sample | sort >expected
sort seen >seen.sorted && mv seen.sorted seen
shows 'workers, of a core file'

# Attached to a server in its sandbox, to which half a head has come over IPv6; then it goes on.
"$STRATA_PROGRAM" --address ::1 --port 0 --threads 1 --no-deadlines --access-log none \
    "$STRATA_SOURCE_DIR/www" 2>strata.err &
strata=$!
poll grep -q 'serving' strata.err
origin=$(sed -n 's|^.* at http://\(.*\)/$|\1|p' strata.err)
# shellcheck disable=SC2094 # the answer is read when there is one
{
    printf 'GET /about HT'
    poll [ -e attached ]
    printf 'TP/1.1\r\nHost: strata\r\nConnection: close\r\n\r\n'
    poll grep -q '</html>' answer
} | curl -sN --noproxy '*' "telnet://$origin" >answer &
client=$!
parked() { # gdb sees it, once it is there
    printf 'connection main::server.transport.table[0]\ndetach\n' >commands
    in_gdb -p $strata && grep -q '^wait  .*WAIT_HEAD$' seen
}
tries=0
until parked || [ $tries -eq 10 ]; do tries=$((tries + 1)); done
cat >expected <<'END'
connection  slot 0, descriptor …
peer        0:0:0:0:0:0:0:1, port …
wait        WAIT_HEAD
lock        free
received    13 octets, 13 not yet used: "GET /about HT"
sent        0 octets, 0 queued
deadline    none
END
shows 'a connection that waits, in a server attached to'
: >attached
wait $client
is 'then the client is answered' 'HTTP/1.1 200 OK' "$(head -n 1 answer | tr -d '\r')"
stop_strata
