# The servers that are compared: how each is started, what it costs, how it ends. For bench.sh.
#
# A server is started in a session, and so in a process group, of its own: the group is how all its
# processes are found, and ended.
# shellcheck shell=sh disable=SC2154 # bench.sh sets the rest

groups= # of those that run

# start LANE SERVER WORKERS CONNECTIONS [log]: afterwards $port and $group are its.
start() {
    lane_run=$run/$1
    server=$2
    workers=$3
    limit=$4
    log=${5-}
    port=$("$tools/client" port) || stop "no port"
    mkdir -p "$lane_run"
    "start_$server"
    groups="$groups $group"
}

launch() { # launch COMMAND...
    setsid "$@" </dev/null >"$lane_run/out" 2>&1 9>&- & # 9: the lock of this run
    group=$!
}

# configure FILE: with the values of this lane.
configure() {
    sed -e "s|@PORT@|$port|g; s|@WORKERS@|$workers|g; s|@CONNECTIONS@|$limit|g" \
        -e "s|@DESCRIPTORS@|$descriptors|g; s|@SITE@|$site|g; s|@RUN@|$lane_run|g" \
        -e "s|@USER@|$(id -un)|g; s|@GROUP@|$(id -gn)|g; s|@LOG@|$log_lines|g" \
        "$here/$1" >"$lane_run/conf"
}

start_bare() {
    # shellcheck disable=SC2086 # $closes is a word, or none
    launch "$tools/bare_loop" "$port" "$workers" "$limit" "$answer" "$pipelined" $closes
}

start_strata() {
    log_file=none
    [ -z "$log" ] || log_file=$lane_run/log
    launch "$strata" --address 127.0.0.1 --port "$port" --threads "$workers" \
        --max-connections "$limit" --idle-timeout 3600 --access-log "$log_file" "$site"
}

start_nginx() {
    log_lines=off
    [ -z "$log" ] || log_lines="$lane_run/log combined" # no buffer: its default
    configure nginx.conf
    [ "$server" = nginx ] || sed -i '/open_file_cache/d' "$lane_run/conf"
    launch nginx -p "$lane_run" -e "$lane_run/errors" -c "$lane_run/conf"
}
start_nginx_no_cache() {
    start_nginx
}

start_lighttpd() {
    log_lines=
    [ -z "$log" ] ||
        log_lines="server.modules += ( \"mod_accesslog\" )\naccesslog.filename = \"$lane_run/log\""
    [ "$workers" -gt 1 ] || workers=0 # one process, that is
    configure lighttpd.conf
    launch lighttpd -D -f "$lane_run/conf"
}

start_h2o() {
    log_lines=
    [ -z "$log" ] || log_lines="access-log: $lane_run/log"
    configure h2o.conf
    launch h2o -c "$lane_run/conf"
}

# The directories in /proc of the processes that are in a group now. Others may end meanwhile: cat
# passes over what is gone, where awk would give up.
processes_of() { # processes_of GROUP
    cat /proc/[0-9]*/stat 2>/dev/null | awk -v group="$1" '
        { process = $1; sub(/^.*\) /, ""); if ($3 == group) print "/proc/" process }'
}

# Nanoseconds of processor time that they have used, all threads together. schedstat is what utime
# and stime are made of, before it is rounded to ticks of 10 ms.
cpu_of() { # cpu_of PROCESS...
    for process in "$@"; do
        cat "$process"/task/*/schedstat 2>/dev/null || cpu_in_ticks "$process"
    done | awk '{ sum += $1 } END { printf "%.0f\n", sum }'
}
cpu_in_ticks() {
    awk -v tick="$(getconf CLK_TCK)" '
        { sub(/^.*\) /, ""); printf "%.0f\n", ($12 + $13) * 1e9 / tick }' "$1/stat"
}

# Octets of memory that are the processes' own: neither files nor shared.
memory_of() { # memory_of PROCESS...
    for process in "$@"; do
        cat "$process/status" 2>/dev/null
    done | awk '$1 == "RssAnon:" { sum += $2 } END { printf "%.0f\n", sum * 1024 }'
}

stop_servers() {
    for one in $groups; do kill -s TERM -- "-$one" 2>/dev/null; done
    [ -z "$groups" ] || sleep 0.3
    for one in $groups; do
        kill -s KILL -- "-$one" 2>/dev/null
        wait "$one" 2>/dev/null
    done
    groups=
}
