#!/bin/sh
# The filter that transcripts go through before they are compared, docs/explain/filter.awk: what is
# another each time becomes …, and nothing else changes.
# tier: learner
set -u
LC_ALL=C
export LC_ALL
: "${STRATA_SOURCE_DIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
failures=0
awk='awk'

becomes() { # EXPECTED INPUT: lines are \n, for printf
    seen=$(printf '%b' "$2" | $awk -f "$STRATA_SOURCE_DIR/docs/explain/filter.awk" | od -c)
    [ "$seen" = "$(printf '%b' "$1" | od -c)" ] && return
    printf 'FAILED (%s): %s\n  expected: %s\n  seen:\n%s\n' "$awk" "$2" "$1" "$seen"
    failures=$((failures + 1))
}

stays() { # LINE
    becomes "$1" "$1"
}

event() { # VERB WORDS RULE: a line of --explain in JSON
    printf '{"at":%s,"turn":%s,"worker":1,"connection":1,"request":1,"layer":"http",' \
        "${AT-1234}" "${AT-1200}"
    printf '"verb":"%s","words":"%s"%s}\\n' "$1" "$2" "${3:+,\"rule\":\"$3\"}"
}

json() { # VERB EXPECTED INPUT [RULE]
    becomes "$(AT='"…"' event "$1" "$2" "${4-}")" "$(event "$1" "$3" "${4-}")"
}

check() {
    # Heads, as curl -i and curl -v print them.
    becomes 'Date: …\r\n' 'Date: Mon, 23 Nov 2026 12:06:06 GMT\r\n'
    becomes '< Date: …\r\n' '< Date: Mon, 23 Nov 2026 12:06:06 GMT\r\n'
    becomes '< Last-Modified: …\n' '< Last-Modified: Sun, 13 Sep 2020 12:26:40 GMT\n'
    becomes '< ETag: …\r\n' '< ETag: "5-5f5e1000-0"\r\n'
    becomes '< ETag: …\n' '< ETag: W/"5-5f5e1000-0"\n'
    becomes '> If-None-Match: …\n' '> If-None-Match: "a", "b"\n'
    becomes '> Host: localhost:…\r\n' '> Host: localhost:8080\r\n'
    becomes '> Host: [::1]:…\n' '> Host: [::1]:40123\n'
    becomes '> User-Agent: curl/…\r\n' '> User-Agent: curl/8.14.1\r\n'
    becomes '* Connected to localhost (127.0.0.1) port …\n' \
        '* Connected to localhost (127.0.0.1) port 53412\n'
    becomes 'Server-Timing: transport;dur=…, http;dur=…\r\n' \
        'Server-Timing: transport;dur=0.031, http;dur=12.000\r\n'
    # What strata says.
    becomes 'strata: serving www at http://localhost:…/\n' \
        'strata: serving www at http://localhost:8080/\n'
    becomes '1.2.3.4 - - […] "GET / HTTP/1.1" 200 5 "-" "-"\n' \
        '1.2.3.4 - - [23/Nov/2026:12:06:06 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n'
    becomes 'process … listens\n' 'process 4711 listens\n'
    # --explain, as text: the rule keeps its column, which … and 40123 share.
    pad='                                     '
    becomes "c1.r1   http      field      Host: a:…    $pad RFC 9110 §7.2\n" \
        "c1.r1   http      field      Host: a:8080 $pad RFC 9110 §7.2\n"
    becomes "c1.r1   http      field      If-Range: …  $pad RFC 9110 §13.1.5\n" \
        "c1.r1   http      field      If-Range: \"a\"$pad RFC 9110 §13.1.5\n"
    becomes 'c1.r1   transport accepted   127.0.0.1 port …\n' \
        'c1.r1   transport accepted   127.0.0.1 port 53412\n'
    becomes 'c1.r1   transport sent       … octets, 5 are left\n' \
        'c1.r1   transport sent       402 octets, 5 are left\n'
    becomes 'a\nb\n' 'a\nc1.r1   transport received   nothing yet\nb\n'
    becomes 'a\nb\n' 'a\nc1.r1   transport waits      for the first octet, at most 10 s\nb\n'
    becomes 'a\nb\n' 'a\nc1.r1   transport resumed    it waited for the first octet\nb\n'
    # --explain, as JSON.
    json sent '… octets, 0 are left' '402 octets, 0 are left'
    json received '5 octets' '5 octets'
    json accepted '::1 port …' '::1 port 53412'
    json field 'Host: a:…' 'Host: a:80' 'RFC 9110 §7.2'
    json field 'If-Match: …' 'If-Match: \\\\"a\\\\"' 'RFC 9110 §13.1.1'
    json field 'If-Match: …' 'If-Match: \\\\"a\\\\", \\\\"b\\\\"' 'RFC 9110 §13.1.1'
    json field 'If-Match: …' 'If-Match: \\\\"a...'
    json field 'If-Modified-Since: …' 'If-Modified-Since: Sun, 13 Sep 2020 ...'
    becomes '' "$(event waits 'for the first octet, at most 10 s')"
    # What is the same each time.
    stays 'HTTP/1.1 200 OK\r\n'
    stays 'Content-Length: 1687\r\n'
    stays '> If-None-Match: *\n'
    stays '> Host: localhost\r\n'
    stays 'Update: Mon\n'
    stays 'c1.r1   transport waits      for the next request, at most 60 s   RFC 9112 §9.5\n'
    stays 'c1.r1   http      decided    200 OK                               RFC 9110 §15\n'
    stays 'an important 5\n'
    stays 'c1.r1   transport received   17 octets, GET /nothing yet\n'
    stays '\n'
    stays ''
}

for awk in awk mawk gawk original-awk 'busybox awk'; do # as far as they are here
    command -v "${awk%% *}" >/dev/null && check
done
[ $failures -eq 0 ] && echo 'what changes is masked, and nothing else'
exit $((failures > 0))
