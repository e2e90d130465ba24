#!/bin/sh
# tier: learner
#
# docs/security.md says what is tried against servers of files, what strata does about it, where,
# and which tests show it. This keeps the page honest, as rfc_map.sh does for docs/rfc-map.md (and
# for the functions that any page names). Red is
#   - a row of a table with a column "shown by" that names no test, or one that is not there;
#   - a row whose column "where" names no `file: function()`, or one that is not there;
#   - an empty cell, or a file named anywhere on the page that is not there;
#   - an attack of the list below without a row.
set -eu
LC_ALL=C
export LC_ALL

cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/..}"
page=docs/security.md
# shellcheck source=tests/support/living_tests.sh
. tests/support/living_tests.sh

attacks="slowloris head, dribbled content, slow reader, idle flood, connection flood, \
pipelining flood, header flood, chunk overhead, range bomb, smuggling, reset at every byte, \
signal storm, lost last response, keep-alive race at shutdown, thread-pool starvation, \
cross-talk after descriptor reuse, traversal, symlink escape, swap race, FIFO, device, socket, \
truncated, grown, replaced, deleted, descriptor exhaustion, memory exhaustion, \
disk full for the log, log injection, response splitting, open redirect, listing XSS, hidden file"

# definitions: prints "in FILE NAME" for each function that a source defines.
definitions() {
    # shellcheck disable=SC2086,SC2154 # the layers are four words, from the file above
    find $layers -name '*.[ch]' -exec awk '
/^[a-z].*\(/ && match($0, /[a-z_][a-z0-9_]*\(/) {
    print "in\t" FILENAME "\t" substr($0, RSTART, RLENGTH - 1)
}' {} +
}

# files_named: complains of those that are not there.
files_named() {
    grep -noE '(docs|tests|transport|http|fs|server)/[A-Za-z0-9_./-]*[A-Za-z0-9_]' "$page" |
        while IFS=: read -r line name; do
            [ -e "$name" ] || printf 'gone\t%s:%s\t%s\n' "$page" "$line" "$name"
        done
}

# judge: reads what the three print, then the page.
judge() {
    # shellcheck disable=SC2154 # from the file above
    awk -F '\t' -v page="$page" -v attacks="$attacks" "$reads_tests"'
$1 == "in" { functions[$2, $3] = 1; next }
$1 == "gone" { wrong($2, "there is no " $3); next }

FILENAME != page { next }
!/^\|/ { columns = 0 }
/^\|.*\| *shown by *\|$/ { columns = split($0, heading, "|"); next }
columns > 0 && !/^\|-/ { read_row(page ":" FNR) }

# `file: function()`, or several functions with commas between them
function read_place(where, place,    part, n, i, file) {
    file = substr(place, 1, index(place, ": ") - 1)
    n = split(substr(place, index(place, ": ") + 2), part, ", ")
    for (i = 1; i <= n; i++)
        if (!sub(/\(\)$/, "", part[i]) || !((file, part[i]) in functions))
            wrong(where, "no function stands where it is said: " place)
}
function read_places(where, cell,    count) {
    for (; match(cell, /`[^`]*`/); count++) {
        read_place(where, substr(cell, RSTART + 1, RLENGTH - 2))
        cell = substr(cell, 1, RSTART - 1) substr(cell, RSTART + RLENGTH)
    }
    if (count == 0 || cell !~ /^[, ]*$/) wrong(where, "where is it met? `file: function()`")
}
function read_row(where,    cell, n, i) {
    n = split($0, cell, "|")
    if (n != columns) { wrong(where, "a row has " columns - 2 " cells, this one " n - 2); return }
    for (i = 2; i < n; i++) {
        if (trim(cell[i]) == "") wrong(where, "an empty cell")
        if (trim(heading[i]) == "where") read_places(where, cell[i])
        if (trim(heading[i]) == "attack") tried = tried "\n" tolower(cell[i])
    }
    if (read_tests(where, cell[n - 1]) == 0) wrong(where, "no test shows it")
    count++
}

END {
    n = split(attacks, attack, ", ")
    for (i = 1; i <= n; i++)
        if (!index(tried, tolower(attack[i]))) wrong(page, "no row is about: " attack[i])
    for (name in tests_named) tests++
    printf "%d rows, shown by %d tests\n", count, tests
    exit bad
}' - "$page"
}

{ tests_there; definitions; files_named; } | judge
