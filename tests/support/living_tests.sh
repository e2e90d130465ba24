# shellcheck shell=sh
#
# For tests that read tables of docs/: which tests are there, and is each one that a cell names
# among them? To be sourced in the root of the sources.

# shellcheck disable=SC2034 # for who sources it
layers='transport http fs server'

# tests_there: prints "test FILE:LINE NAME", "run FILE NAME", "row FILE:LINE SENTENCE" and "script
# FILE", with tabs. A script is a test where it says its tier and ctest runs those beside it.
tests_there() {
    find tests -name 'test_*.c' -exec awk '
FNR == 1 { in_rows = 0 }
/^static void test_[a-z0-9_]*\(void \*\*/ {
    name = $3
    sub(/\(.*/, "", name)
    print "test\t" FILENAME ":" FNR "\t" name
}
{
    line = last $0
    last = $0 ~ /\($/ ? $0 : ""
    while (match(line, /(cmocka_unit_test[a-z_]*|[A-Z_]+)\( *test_[a-z0-9_]*/)) {
        name = substr(line, RSTART, RLENGTH)
        sub(/^[^(]*\( */, "", name)
        print "run\t" FILENAME "\t" name
        line = substr(line, RSTART + RLENGTH)
    }
}
/struct http_case [a-z_]*\[/ { in_rows = 1 }
/^}/ { in_rows = 0 }
in_rows && /^ *\{"/ {
    sentence = $0
    sub(/^ *\{"/, "", sentence)
    sub(/".*/, "", sentence)
    sub(/ \(RFC [^)]*\)$/, "", sentence)
    print "row\t" FILENAME ":" FNR "\t" sentence
}' {} +
    find tests -name '*.sh' -exec grep -lE '^# tier: (learner|full)$' {} + |
    while read -r script; do
        directory=${script#tests}
        grep -qF "}${directory%/*}/*.sh" tests/CMakeLists.txt && printf 'script\t%s\n' "$script"
    done
}

# For awk: read_tests(WHERE, CELL) looks for each test that a cell names among what tests_there
# printed, and returns how many there are. END: "exit bad".
# shellcheck disable=SC2016,SC2034 # the dollars and backticks are for awk
reads_tests='
function wrong(place, message) { print place ": " message; bad = 1 }
function trim(text) { gsub(/^ +| +$/, "", text); return text }

$1 == "test" { defined[$3] = defined[$3] " " $2; next }
$1 == "run" { runs[$2, $3] = 1; next }
$1 == "row" { rows[$3] = rows[$3] " " $2; next }
$1 == "script" { scripts[$2] = 1; next }

# Of the places in a list, "FILE:LINE FILE:LINE", how many are in this file; "": any. The last one
# is left in place.
function places(list, file,    part, n, i, count) {
    n = split(list, part, " ")
    for (i = 1; i <= n; i++) {
        if (file != "" && !index("/" part[i], "/" file ".c:")) continue
        place = part[i]
        count++
    }
    return count + 0
}
function read_test(where, name,    file, count) {
    tests_named[name] = 1
    if (name in scripts) return
    if (index(name, ":")) {
        file = substr(name, 1, index(name, ":") - 1)
        name = substr(name, index(name, ":") + 1)
    }
    count = places(defined[name], file)
    if (count == 0) wrong(where, "no test is called " (file == "" ? "" : file ":") name)
    if (count > 1) wrong(where, name " stands in several files: say in which, file:function")
    sub(/:[0-9]*$/, "", place)
    if (count == 1 && !((place, name) in runs)) wrong(where, name " is in " place ", but never run")
}
function read_case(where, name,    file, count) {
    tests_named[name] = 1
    if (match(name, /^test_[a-z0-9_]*: /)) {
        file = substr(name, 1, RLENGTH - 2)
        name = substr(name, RLENGTH + 1)
    }
    count = places(rows[name], file)
    if (count == 0) wrong(where, "no table has the row \"" name "\"")
    if (count > 1) wrong(where, "several tables have the row \"" name "\": say which, file: row")
}
function read_tests(where, cell,    name, is_case, count) {
    for (; match(cell, /`[^`]*`|"[^"]*"/); count++) {
        name = substr(cell, RSTART + 1, RLENGTH - 2)
        is_case = substr(cell, RSTART, 1) == "\""
        cell = substr(cell, 1, RSTART - 1) substr(cell, RSTART + RLENGTH)
        if (is_case) read_case(where, name)
        else read_test(where, name)
    }
    gsub(/[, ]/, "", cell)
    if (cell != "") wrong(where, "neither `a function` nor \"a row\": " cell)
    return count + 0
}
'
