#!/bin/sh
# tier: full
# docs/debugger.md has the stops of the tours, and the functions that a worker enters for one
# request, as docs/debugger/write.sh writes them: what one reads there is what one steps through.
set -u
: "${STRATA_PROGRAM:?}" "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"

needs gdb curl
begin
cd "$STRATA_SOURCE_DIR" || exit 1
if sh docs/debugger/write.sh --check >"$scratch/differences" 2>&1; then
    echo 'ok: docs/debugger.md'
else
    failed 'docs/debugger.md' 'what docs/debugger/write.sh writes' "$(cat "$scratch/differences")"
fi

# The layers follow one another as the tour shows them.
listed=$(sed -n '/^<!-- functions -->/,/^<!-- end -->/p' docs/debugger.md)
for function in transport_next_ready connection_receive http_parse_request_head method_get \
    document_root_open_file http_response_format_head connection_flush transport_give_back; do
    listed=${listed#*" $function"}
    case $listed in
    [!a-z_]*) ;;
    *) failed "$function" 'it follows in the list of functions' 'it does not' ;;
    esac
done
