#!/bin/sh
# tier: full
# strata behind nginx, which keeps its connections: 10,000 requests, none lost, none swapped.
set -u
: "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/clients/support/behind.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/behind.sh"

needs nginx curl diff
behind_begin
cat >nginx.template <<END
daemon off;
master_process off;
pid $scratch/nginx.pid;
events { }
http {
    access_log off;
    client_body_temp_path $scratch/nginx.1;
    proxy_temp_path $scratch/nginx.2;
    fastcgi_temp_path $scratch/nginx.3;
    uwsgi_temp_path $scratch/nginx.4;
    scgi_temp_path $scratch/nginx.5;
    upstream strata {
        server 127.0.0.1:$upstream;
        keepalive 64;
    }
    server {
        listen 127.0.0.1:PORT;
        location / {
            proxy_pass http://strata;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}
END
nginx -v 2>&1
start_other nginx nginx.template nginx -e stderr -p "$scratch" -c "$scratch/nginx.conf"
behind_fetch_all nginx
