#!/bin/sh
# functions.sh: prints which functions of strata a worker enters in its first turn, a GET of a
# file of 1 KiB without cache: in order, each with its layer, indented by its depth in the stack.
# They are where step stops; so without the one-liners in headers. STRATA_PROGRAM: the server.
set -eu
cd "$(dirname "$0")/../.."
program=${STRATA_PROGRAM:-build/serve/strata}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/root"
awk 'BEGIN { for (i = 0; i < 64; i++) printf "%015d\n", i }' >"$work/root/page.txt"
touch -t 202001010000 "$work/root/page.txt" # old enough for a strong entity tag

# From pool_start on gdb stops in every function and shows the stack.
cat >"$work/commands" <<END
tbreak pool_start
run --address 127.0.0.1 --port 0 --no-deadlines --access-log none --threads 1 --no-cache $work/root
set \$turns = 0
set print frame-arguments none
set filename-display absolute
END
gdb -nx -batch -ex 'info functions -n' "$program" | awk '
/^File / { file = /\/(transport|http|fs|server)\/[a-z_]*\.c:$/ ? $2 : "" }
/^[0-9]+:/ && file != "" && match($0, /[a-z_0-9]+\(/) {
    name = substr($0, RSTART, RLENGTH - 1)
    print "break " file name "\ncommands\nsilent\nbt\necho end of stack\\n"
    if (name == "transport_next_ready") print "set $turns = $turns + 1\nif $turns == 2\nkill\nend"
    print "continue\nend"
}' >>"$work/commands"
cat >>"$work/commands" <<END
eval "shell curl -s --noproxy '*' -o '$work/got' http://127.0.0.1:%d/page.txt </dev/null &", \\
    main::server.listeners.list[0].port
continue
END
timeout -k 5 60 gdb -nx -q -batch -x docs/debugger/strata.gdb -x "$work/commands" \
    "$program" </dev/null >"$work/stacks" 2>&1 || :
tenths=0
until cmp -s "$work/got" "$work/root/page.txt" || [ $tenths -gt 100 ]; do
    tenths=$((tenths + 1))
    sleep 0.1
done
cmp "$work/got" "$work/root/page.txt" || {
    tail -n 20 "$work/stacks"
    exit 1
}

# Beneath a function of server/ the calls stand as they come, beneath any other each function once;
# ×N means so often. Calls that call nothing more stand in brackets behind their caller. What a
# one-liner in a header calls, step does not enter; recursion counts as one call.
awk '
# Counts the call in the row that its caller has for that function already, or adds a row.
function call(    i, parent, again) {
    for (i = depth - 1; i > 0; i--) if (stack[i] == name) return
    stack[depth] = name
    layers[depth] = layer
    parent = row_of[depth - 1]
    again = layers[depth - 1] == "server" ? rows : row_for[parent, name]
    if (again && names[again] == name && parent_of[again] == parent) {
        row_of[depth] = again
        times[again]++
        return
    }
    row_of[depth] = row_for[parent, name] = ++rows
    names[rows] = name
    parent_of[rows] = parent
    indents[rows] = sprintf("%-9s %*s", layer, 2 * depth - 1, "")
    times[rows] = 1
}
$1 == "#0" && match($0, /[a-z_0-9]+ \(/) {
    name = substr($0, RSTART, RLENGTH - 2)
    layer = $NF
    sub(/\/[^\/]*$/, "", layer)
    sub(/^.*\//, "", layer)
    skipped = depth = 0
}
/^#.* at .*\.h:/ { skipped = 1 }
/^#.* worker_main \(/ { depth = substr($1, 2) }
/^end of stack/ && depth && !skipped && name != "worker_main" {
    if (name == "transport_next_ready" && turns++) exit
    call()
}
END {
    for (i = 1; i <= rows; i++) {
        text[i] = names[i] (times[i] > 1 ? " ×" times[i] : "")
        calls[parent_of[i]] = 1
    }
    for (i = 1; i <= rows; i++) if (i in calls) calls_more[parent_of[i]] = 1
    for (i = rows; i >= 1; i--) {
        parent = parent_of[i]
        in_brackets = parent && !(parent in calls_more)
        if (in_brackets) inside[parent] = text[i] (inside[parent] == "" ? "" : ", " inside[parent])
        else lines = indents[i] text[i] (inside[i] == "" ? "" : " (" inside[i] ")") "\n" lines
    }
    printf "%s", lines
}' "$work/stacks"
