#!/bin/sh
# tier: full
# strata behind nginx, which keeps its connections: 10,000 requests, none lost, none swapped.
set -u
: "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/clients/support/behind.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/behind.sh"

needs nginx curl diff
behind_begin
start_nginx "
    upstream strata {
        server 127.0.0.1:$upstream;
        keepalive 64;
    }
    server {
        listen 127.0.0.1:PORT;
        location / {
            proxy_pass http://strata;
            proxy_http_version 1.1;
            proxy_set_header Connection '';
        }
    }"
behind_fetch_all nginx
