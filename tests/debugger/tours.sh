#!/bin/sh
# tier: full
# The debugger tours stop where they say and print what they say, and would not if a function had
# another name or a value were another or not there. What to notice comes last, and nothing that gdb
# says of itself stands between.
set -u
: "${STRATA_PROGRAM:?}" "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"

needs gdb curl
begin
here=$STRATA_SOURCE_DIR/docs/debugger

sh "$here/tour.sh" --batch >tours 2>&1 || failed 'the three tours' 'exit status 0' "$(cat tours)"
cat tours
is 'stops of the tours' 'tour 1: 9 stops tour 2: 4 stops tour 3: 8 stops ' \
    "$(grep '^tour ' tours | tr '\n' ' ')"

# A function that a stop names is defined in the layer that it names.
awk '$1 == "stop" && $3 != "SIGINT" { print $2, $3 }' "$here/stops.txt" | sort -u >functions
while read -r layer function; do
    grep -qE "^[a-z].* \*?$function\(" "$STRATA_SOURCE_DIR/$layer"/*.c ||
        failed "$function is of $layer/" 'its definition there' 'none'
done <functions

notices() { # WHAT SED-SCRIPT PATTERN [TOUR]: with the stops changed so, it fails, and says why
    sed "$2" "$here/stops.txt" >stops
    cmp -s stops "$here/stops.txt" && failed "$1: a change of stops.txt" "$2" 'nothing changed'
    if STRATA_STOPS=$scratch/stops sh "$here/tour.sh" "${4-1}" --batch >seen 2>&1; then
        failed "$1: tour ${4-1}" 'it fails' 'it does not'
    else
        is "$1 is noticed" 1 "$(grep -c -- "$3" seen)"
    fi
}
notices 'another name' 's/^stop server method_get/&_it/' '^Function "method_get_it" not defined'
notices 'another value' 's/=> WAIT_FIRST_OCTET/=> WAIT_HEAD/' '^expected: .* = WAIT_HEAD'
notices 'a stop not reached' 's/^stop fs .*/& if path == 0/' '^expected: .*document_root_open_file'

# Now all that gdb printed in tour 2 is in the file seen.
notices 'another line' 's/^shows waits for a connection.*/shows something else/' \
    '^expected: …something else' 2
is 'what gdb says of itself' '' "$(grep -E '^(Temporary b|B|C)[a-z]+point [0-9]+ (at|\()' seen)"
is 'sources of libc that are not there' '' "$(grep 'No such file' seen)"
is 'what to notice comes after the values' 'workers thread apply all bt Both are here ' \
    "$(sed -n '/^--- stop 3 of 4/,/^--- stop 4/p' seen |
        grep -oE '^  (Both are here|[(]gdb[)] (workers|thread apply all bt))' |
        sed 's/^  //; s/^(gdb) //' | tr '\n' ' ')"

echo '   value = …' >expected
for value in '<optimized out>' '<unavailable>'; do
    echo "   value = $value" >seen
    if awk -f "$here/compare.awk" expected seen >/dev/null; then
        failed "$value" 'it is noticed' 'it is not'
    fi
done
