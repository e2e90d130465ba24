#!/bin/sh
# client.sh: the client of a debugger tour, started by gdb in the background.
#     client.sh WHAT PORT SERVER
# SERVER is the server's process. In the directory STRATA_TOUR the client writes the file told, and
# then the file finished. STRATA_TOUR_BATCH=1: nobody sits there to press Ctrl-C.
set -eu
what=$1 server=$3
origin=http://127.0.0.1:$2
cd "$STRATA_TOUR"

get() { # PATH
    curl -sS --noproxy '*' -o /dev/null \
        -w "curl: %{http_code} for GET $1, %{size_download} octets of content\n" "$origin$1" 2>&1
}

wait_until() { # COMMAND...: or until the server has ended
    until "$@" || ! kill -0 "$server" 2>/dev/null; do sleep 0.1; done
}

# Is the listener its only socket, and do all its threads sleep?
server_rests() {
    [ "$(find "/proc/$server/fd" -lname 'socket:*' | wc -l)" -eq 1 ] &&
        ! grep -q '^State:[[:space:]]*[^S[:space:]]' "/proc/$server"/task/*/status
}

pieces() {
    printf 'GET /about HTTP/1.1\r\nHost: strata\r\n\r\nGET /style.css HT'
    wait_until [ -e rest ]
    printf 'TP/1.1\r\nHost: strata\r\n\r\n'
    wait_until [ -e end ]
}

case $what in
get)
    get /about >told
    kill -TERM "$server"
    : >finished
    ;;
two)
    get /about >told &
    get /style.css >told.2
    wait
    cat told.2 >>told
    [ "$STRATA_TOUR_BATCH" = 1 ] || exit 0
    wait_until server_rests
    kill -INT "$server"
    ;;
last)
    get / >>told
    kill -TERM "$server"
    : >finished
    ;;
half)
    pieces | curl -sN --noproxy '*' "telnet://127.0.0.1:$2" >answers || :
    echo "curl: $(grep -ac '^HTTP/1.1 200 OK' answers) responses over one connection" >told
    : >finished
    ;;
rest) : >rest ;;
end)
    kill -TERM "$server"
    : >end
    ;;
esac
