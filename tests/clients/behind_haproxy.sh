#!/bin/sh
# tier: full
# strata behind HAProxy, which keeps its connections: 10,000 requests, none lost, none swapped.
set -u
: "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/clients/support/behind.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/behind.sh"

needs haproxy curl diff
behind_begin
cat >haproxy.template <<END
defaults
    mode http
    timeout connect 20s
    timeout client 20s
    timeout server 20s
frontend front
    bind 127.0.0.1:PORT
    default_backend strata
backend strata
    http-reuse always
    server strata 127.0.0.1:$upstream
END
haproxy -v | head -n 1
start_other haproxy haproxy.template haproxy -db -f "$scratch/haproxy.conf"
behind_fetch_all HAProxy
