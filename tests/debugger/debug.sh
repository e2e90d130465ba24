#!/bin/sh
# tier: full
# What ./learn debug starts stops in each layer on the way of a request, in the order that it says
# first, takes options of the server, and ends when gdb does.
set -u
: "${STRATA_PROGRAM:?}" "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"

needs gdb curl
begin
printf '%s\n' c c c 'bt -frame-arguments none 1' >typed # and then, at the end of it, gdb quits
timeout -k 5 60 sh "$STRATA_SOURCE_DIR/docs/debugger/debug.sh" \
    --address 127.0.0.1 --port 0 --access-log none <typed >seen 2>&1 &
gdb=$!
poll grep -q '^strata: serving www at ' seen
port=$(sed -n 's|^strata: serving www at http://127.0.0.1:\([0-9]*\)/$|\1|p' seen)
curl -s --noproxy '*' -o /dev/null "http://127.0.0.1:$port/about"
is 'gdb cuts the client off' 52 $? # curl: nothing was got from the server
wait $gdb
is 'exit status of gdb' 0 $?
is 'stops, one in each layer' \
    'connection_receive http_parse_request_head method_get document_root_open_file ' \
    "$(sed -n 's/^.* hit Breakpoint [0-9]*, \([a-z_]*\) .*/\1/p' seen | tr '\n' ' ')"
is 'what it says of them' \
    'connection_receive http_parse_request_head method_get document_root_open_file ' \
    "$(sed -n '/^gdb stops/,/and again/p' seen | grep -o '[a-z]*_[a-z_]*' | tr '\n' ' ')"
is 'the prompt is there at the last' 1 "$(grep -c '#0  document_root_open_file (' seen)"
