#!/bin/sh
# The steps of chapters 1 to 6 do what their chapters say.
# tier: learner
set -eu
: "${STRATA_SOURCE_DIR:?}" "${STRATA_BUILD_DIR:?}"
cd "$STRATA_SOURCE_DIR"
steps=$STRATA_BUILD_DIR/steps
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || :; rm -rf "$work"' EXIT
tests=0
failures=0

# expect SENTENCE EXPECTED SEEN
expect() {
    tests=$((tests + 1))
    [ "$2" != "$3" ] || return 0
    failures=$((failures + 1))
    printf 'FAILED: %s\nexpected:\n%s\nseen:\n%s\n' "$1" "$2" "$3"
}
# says SENTENCE REGEX: does the server say it, within a minute?
says() {
    tries=0
    until grep -aq "$2" "$work/said"; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || break
        sleep 0.1
    done
    tests=$((tests + 1))
    [ $tries -eq 600 ] || return 0
    failures=$((failures + 1))
    echo "FAILED: $1"
    head -n 50 "$work/said"
}
# serve STEP [ARGUMENT...]: at a free port, which it says; then $port and $server are known.
serve() {
    step=$1
    shift
    : >"$work/said" # here, for the one in the background may come later than who reads it
    "$steps/$step" 0 "$@" >"$work/said" 2>&1 &
    server=$!
    says "$step says at which port it listens" 'port [1-9]'
    port=$(sed -n 's/.* port \([0-9]*\)$/\1/p;q' "$work/said")
}
stop() {
    kill "$server"
    wait "$server" 2>/dev/null || :
    server=
}
# talks SENTENCE SCENARIO [ARGUMENT]: of steps_client
talks() {
    status=0
    "$work/client" "$2" "$port" ${3+"$3"} >"$work/told" 2>&1 || status=$?
    expect "$1" 0 "$status"
}
parse() { # parse REQUEST [PIECE]: the request as printf has it
    # shellcheck disable=SC2059
    printf "$1" | "$steps/03_parse" ${2+"$2"} || :
}
many() { # many COUNT TEXT: the text, so many times
    awk -v count="$1" -v text="$2" 'BEGIN { while (count-- > 0) printf "%s", text }'
}

gcc -D_GNU_SOURCE -std=c11 -o "$work/client" tests/course/steps_client.c

# --- 1: a door
serve 01_listen
for i in 1 2; do
    talks '01_listen closes the connection of who came' knock
    says "01_listen says the client's port, time $i" "127.0.0.1 port $(cat "$work/told") came$"
done
expect '01_listen says of a port that is taken that the address is in use' \
    'bind: Address already in use' "$("$steps/01_listen" "$port" 2>&1 || :)"
stop
serve 01_listen 127.0.0.2
expect 'who listens at 127.0.0.2 is not reached at 127.0.0.1' refused \
    "$("$work/client" knock "$port" >"$work/told" 2>&1 || echo refused)"
stop

# --- 2: a stream has no messages
serve 02_echo
talks 'what is sent in one piece comes back' whole
says '14 octets sent in one piece arrive in one recv' '^recv 1: 14 octets$'
says 'the end is a recv of 0 octets' '^recv 2: 0 octets$'
talks 'what is sent an octet at a time comes back' octets
says '40 octets sent one at a time arrive in 40 recvs' '^recv 41: 0 octets$'
expect 'each of those has one octet' 40 "$(grep -c '^recv [0-9]*: 1 octets$' "$work/said")"
kill -USR1 "$server"
says 'a signal interrupts accept' '^accept: Interrupted system call$'
talks 'what 02_echo sends in parts comes back whole' choke "$server"
says 'a signal interrupts a send that was half done: a short write' '^send took .* of .* octets$'
talks 'a client leaves before it is answered' leave "$server"
says 'to send to who has gone is an error, and not the end' '^send: Broken pipe$'
talks 'and it serves the next one' whole
stop

# --- 3: anatomy of a request
expect '03_parse says what a request means' 'method   GET
target   /a%62out?x=1
version  1.1
field    Host
value    a
path     /about
query    ?x=1
content  0 octets
then     stays open' "$(parse 'GET /a%%62out?x=1 HTTP/1.1\r\nHost:  a \r\n\r\n')"
expect '03_parse knows a length and the end of a connection' 'content  5 octets
then     closes' "$(
    parse 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\n' | tail -n 2
)"
for request in 'GET /a?b HTTP/1.1\r\nHost: a\r\n\r\n' 'GET / HTTP/1.1\nHost: a\n\n' \
    'GET / HTTP/3.0\r\nHost: a\r\n\r\n' 'GET / HTTP/1.1\r\nHost : a\r\n\r\n' 'GET / HT'; do
    whole=$(parse "$request")
    for piece in 1 2 3 7 30; do
        expect "03_parse: pieces of $piece make no difference to $request" "$whole" \
            "$(parse "$request" $piece)"
    done
done
refused() { # refused SENTENCE STATUS REQUEST
    expect "$1" "refused  $2" "$(parse "$3" | grep '^refused')"
}
refused 'LF without CR is 400 (RFC 9112 §2.2)' '400 Bad Request' 'GET / HTTP/1.1\nHost: a\n\n'
refused 'two lengths are 400 (RFC 9112 §6.3)' '400 Bad Request' \
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n'
refused 'no Host is 400 (RFC 9112 §3.2)' '400 Bad Request' 'GET / HTTP/1.1\r\n\r\n'
refused 'another major version is 505 (RFC 9110 §15.6.6)' '505 HTTP Version Not Supported' \
    'GET / HTTP/2.0\r\nHost: a\r\n\r\n'
refused 'a request line over 8 KiB is 414 (RFC 9112 §3)' '414 URI Too Long' \
    "GET /$(many 9000 a)"
refused 'over 100 field lines are 431 (RFC 9110 §5.4)' '431 Request Header Fields Too Large' \
    "GET / HTTP/1.1\\r\\n$(many 101 'A: b\\r\\n')\\r\\n"
refused 'a coding before chunked is 501 (RFC 9112 §6.1)' '501 Not Implemented' \
    'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'

# --- 4: anatomy of a response
respond() {
    "$steps/04_respond" "$@" | tr '\r\n' '!_'
}
head='HTTP/1.1 200 OK!_Date: Sun, 06 Nov 1994 08:49:37 GMT!_Connection: close!_'
head="${head}Content-Type: text/html!_"
expect '04_respond writes each octet of a response' "${head}Content-Length: 5!_!_xxxxx" \
    "$(respond 200 text/html 5)"
expect '04_respond can say more than it sends' "${head}Content-Length: 9!_!_xxxxx" \
    "$(respond 200 text/html 9 5)"
expect '04_respond can leave the length out' "$head!_xxxxx" "$(respond 200 text/html - 5)"
expect 'a status that is none is sent as 500' 'HTTP/1.1 500 Internal Server Error' \
    "$("$steps/04_respond" 0 text/html 0 | head -n 1 | tr -d '\r')"
expect 'CR LF in a value is refused, and no octet written' 1 "$(
    status=0
    "$steps/04_respond" 200 "$(printf 'a\r\nb: c')" 5 2>/dev/null || status=$?
    echo $status
)"

# --- 5: from target to file
mkdir -p "$work/site/photos"
echo hello >"$work/site/photos/hello.txt"
echo page >"$work/site/about.html"
ln -s "$work/site/photos/hello.txt" "$work/site/absolute"
ln -s photos/hello.txt "$work/site/relative"
ln -s ../client "$work/site/outside"
resolve() { # resolve SENTENCE TARGET EXPECTED: of the status, or of the refusal
    expect "$1: $2" "$3" "$("$steps/05_resolve" "$work/site" "$2" |
        sed -n 's/^fs    status   //p; s/^http  refused  //p')"
}
resolve 'a file is found' /photos/hello.txt FOUND
resolve 'a path is completed with .html' '/./%61bout?x' FOUND
resolve 'encoded dot segments above the root are 400' /%2e%2e/etc/passwd '400 Bad Request'
resolve 'decoding happens once' /%252e%252e/etc/passwd NOT_FOUND
resolve 'an encoded slash is 404' /photos%2fhello.txt '404 Not Found'
resolve 'names are case-sensitive' /About NOT_FOUND
resolve 'hidden names are not served' /.git/config NOT_SERVED
resolve 'a directory without its slash is one' /photos DIRECTORY
resolve 'a relative link within the root is followed' /relative FOUND
resolve 'a link out of the root is not' /outside NOT_SERVED
resolve 'nor is an absolute one' /absolute NOT_SERVED
expect '05_resolve says what it opened' 'http  path     /about
fs    status   FOUND
fs    ending   ".html"
fs    size     5 octets
fs    type     text/html; charset=utf-8' "$("$steps/05_resolve" "$work/site" /about)"

# --- 6: one client at a time
serve 06_one_client www
talks 'the second client waits for the slow first one, then both are answered' wait
expect 'two were answered' 2 "$(grep -c '^answered 200$' "$work/said")"
stop

lines=$(wc -l "$STRATA_SOURCE_DIR"/docs/steps/0[1-6]_*.c | awk '$2 != "total" && $1 > 60')
expect 'no step has more than 60 lines' '' "$lines"
echo "$tests tests, $failures failures"
[ $failures -eq 0 ]
