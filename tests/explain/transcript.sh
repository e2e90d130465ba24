#!/bin/sh
# The two stories that docs/explain.md tells are what strata says when they are tried.
# tier: full
set -eu
: "${STRATA_SOURCE_DIR:?}" "${STRATA_PROGRAM:?}"
command -v curl >/dev/null 2>&1 || {
    [ "${STRATA_REQUIRE_ALL-}" != 1 ] || { echo 'FAILED: needs curl' && exit 1; }
    echo 'skipped: needs curl'
    exit 77
}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || :; rm -rf "$work"' EXIT

# wait_for PATTERN: until the server has said it, at most 60 s.
wait_for() {
    tries=0
    until grep -q "$1" "$work/said"; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || { echo "FAILED: never said '$1'" && cat "$work/said" && exit 1; }
        sleep 0.1
    done
}

# tell OPTION...: what is said of one request; what depends on when octets arrive left out.
tell() {
    "$STRATA_PROGRAM" --explain --address 127.0.0.1 --port 0 --access-log none \
        "$STRATA_SOURCE_DIR/www" 2>"$work/said" &
    server=$!
    wait_for 'serving'
    port=$(sed -n 's|.*at http://127.0.0.1:\([0-9]*\)/.*|\1|p' "$work/said")
    "$@" || :
    wait_for 'c1.r1 .* waits .*next request\|c1.r1 .* closes'
    kill "$server"
    wait "$server" || :
    server=
    grep '^c1.r1' "$work/said" | sed 's/ port [0-9]*$/ port …/; s/ sent  *[0-9]*/ sent …/' |
        grep -v 'nothing yet\|for the first octet'
}
ask() {
    curl -s -o "$work/page" -H 'Host: localhost:8080' -A curl/7.88.1 "http://127.0.0.1:$port/about"
}
ask_with_lf() { # curl has a protocol for whatever one types
    printf 'GET / HTTP/1.1\nHost: x\r\n\r\n' | curl -s -m 60 "telnet://127.0.0.1:$port" >"$work/page"
}

# squeeze: one space between words, for what was replaced had another length.
squeeze() { sed 's/  */ /g'; }
quoted() { # N: the N-th story of the page
    awk -v wanted="$1" '/^```/ { inside = !inside; first = inside; next }
        inside && /^c1\.r1/ { if (first) { n++; first = 0 } if (n == wanted) print }' \
        "$STRATA_SOURCE_DIR/docs/explain.md" | squeeze
}

tell ask | sed '/ waits /q' | squeeze >"$work/first"
quoted 1 | diff - "$work/first"
tell ask_with_lf | sed '/ closes /q' | grep -v ' accepted ' | squeeze >"$work/second"
quoted 2 | diff - "$work/second"
echo 'both stories are told as the page has them'
