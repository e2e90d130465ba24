# shellcheck shell=sh
# behind.sh — strata behind a reverse proxy that keeps its connections. Sourced:
#
#     behind_begin                files of different lengths, each full of its own name, served by
#                                 strata at $upstream
#     (start_other, in servers.sh, starts the proxy)
#     behind_fetch_all NAME       10,000 requests for as many files through the proxy at $port: none
#                                 is lost, none is asked for twice, each content is that of its name
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"
PATH=$PATH:/usr/sbin # for users whose path is shorter
count=10000

behind_begin() {
    begin
    mkdir root/files got
    awk -v count=$count 'BEGIN {
        for (i = 1; i <= count; i++) {
            file = "root/files/" i ".txt"
            for (line = 0; line <= i % 97; line++) print "file", i, "line", line >file
            close(file)
        }
    }'
    start_strata root
    upstream=$port
}

# Closed connections between a proxy and strata stay in the kernel's table for a minute (06 is
# TIME_WAIT): many of them would mean that none is kept.
closed_connections() {
    awk -v port="$(printf ':%04X' "$upstream")" '
        $4 == "06" && (substr($2, 9) == port || substr($3, 9) == port) { n++ }
        END { print n + 0 }' /proc/net/tcp
}

behind_fetch_all() { # NAME
    echo "curl --parallel, $count files through $1"
    curl -sS --no-progress-meter --max-time 90 --parallel --parallel-max 48 --fail \
        -o 'got/#1.txt' "http://127.0.0.1:$port/files/[1-$count].txt" ||
        failed "curl through $1" 'exit status 0' $?
    between 'connections closed' 0 $((count / 10)) "$(closed_connections)"
    is 'files' $count "$(find got -type f | grep -c .)"
    same 'each has the content of its name' root/files got
    is 'a range' 'file 7 line 1' \
        "$(curl -sS --max-time 20 -r 14-26 "http://127.0.0.1:$port/files/7.txt")"
    stop_strata
    is 'requests in the log' "$count, and 1 for a range" \
        "$(grep -c '"GET /files/[0-9]*.txt HTTP/1.1" 200 ' strata.log), and $(grep -c '" 206 13 ' \
            strata.log) for a range"
}
