# shellcheck shell=sh
# Conversations of chapters, to be held with a strata that was built; sourced. docs/course/
# conversations/NN-name has the octets of .request, the .response as the published filter leaves it,
# and .why: the rule. Set before: build, its directory; work, for what is said.
# shellcheck disable=SC2154

filter() { LC_ALL=C awk -f docs/explain/filter.awk; }

# serve [OPTION]...: starts strata; its port is in $port, its process in $server: a function sent to
# the background would be another shell, and strata a child of that one.
server=
serve() {
    set -- "$build/strata" --port 0 --no-sandbox "$@" docs/course/site
    [ "${fixed_addresses-no}" = no ] || set -- setarch "$(uname -m)" -R "$@"
    : >"$work/log"
    "$@" >"$work/log" 2>&1 &
    server=$!
    port=
    tries=0
    while [ $((tries += 1)) -le 100 ] && kill -0 "$server" 2>/dev/null; do
        port=$(sed -n 's|^.*http://[^ ]*:\([0-9][0-9]*\)/.*$|\1|p' "$work/log" | head -n 1)
        [ -z "$port" ] || return 0
        sleep 0.2 2>/dev/null || sleep 1
    done
    cat "$work/log"
    course_stop 1 'strata does not start'
}

stop_server() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    server=
}

# converse NAME: asks what NAME.request has; what came stands in $work/came. Is it as expected?
converse() {
    { timeout 15 "$build/steps/11_send" "$port" <"$1.request" 2>&1 || true; } |
        filter >"$work/came"
    LC_ALL=C awk -f docs/course/compare.awk "$1.response" "$work/came" >"$work/difference"
}
