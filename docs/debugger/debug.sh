#!/bin/sh
# debug.sh [OPTION]...: strata in gdb with one thread, without deadlines and cache, serving www/; it
# stops in each layer. An OPTION wins over what is set here. STRATA_PROGRAM: the server.
set -eu
cd "$(dirname "$0")/../.."
cat >&2 <<END

strata starts now and says where it serves. Open that address in a browser, or
from another terminal:  curl -i ADDRESS
gdb stops in each layer, in this order: connection_receive,
http_parse_request_head, method_get, document_root_open_file; and again in
connection_receive when more comes, or the client closes.
c goes on, Ctrl-C stops it anywhere, q leaves; connection, request, exchange
and workers show what there is to see.

END
exec gdb -nx -q -x docs/debugger/strata.gdb \
    -ex 'break connection_receive' -ex 'break http_parse_request_head' \
    -ex 'break method_get' -ex 'break document_root_open_file' -ex run --args \
    "${STRATA_PROGRAM:-build/serve/strata}" --threads 1 --no-deadlines --no-cache "$@" www
