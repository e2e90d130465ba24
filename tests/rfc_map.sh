#!/bin/sh
# tier: learner
#
# docs/rfc-map.md lists what RFC 9110 and RFC 9112 ask of a server of files: a row a requirement,
# with what strata does and the tests that show it. This keeps the page honest. Red is
#   - a row of a section that the RFC does not have, or whose "met" names no test;
#   - a test that is not there: its function, or the row of a table in tests/system/;
#   - a section that holds a MUST or a SHOULD and has no row (docs/rfc/sections.tsv counts them);
#   - a section named anywhere, in a comment or a message, that the RFC does not have;
#   - a test that names a section which has no row: a test without its requirement;
#   - a function() named in docs/ that no source has.
set -eu
LC_ALL=C # awk then sees octets; the sign for "section" is two of them
export LC_ALL

cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/..}"
map=docs/rfc-map.md
sections=docs/rfc/sections.tsv
layers='transport http fs server'

# Numbers that tests make up: no section is longer than this one.
made_up='9110 15.5.22.10'

# tests_there: prints "test FILE:LINE NAME", "run FILE NAME" and "row FILE:LINE SENTENCE", with tabs.
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
}

# sections_named: prints "named FILE:LINE RFC SECTION" for each place where a section is named. A
# section belongs to the RFC that was named last before it in the file.
sections_named() {
    # shellcheck disable=SC2086 # the layers are four words
    find README.md docs tests $layers -type f \
        \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.md' \) \
        ! -path "$map" ! -name 'rfc_map*.sh' -exec awk '
FNR == 1 { rfc = ""; broken = 0 }
{
    line = $0
    sub(/^[ \t\/*#]*/, "", line)
    if (broken) line = "RFC " line
    broken = line ~ /RFC$/
    while (match(line, /RFC [0-9]+|§[0-9A-C][0-9.]*/)) {
        word = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        if (word ~ /^RFC/) { rfc = substr(word, 5); continue }
        sub(/^§/, "", word)
        sub(/\.+$/, "", word)
        if (rfc == "9110" || rfc == "9112")
            print "named\t" FILENAME ":" FNR "\t" rfc "\t" word
    }
}' {} +
}

# functions_named: prints "function NAME" for what is defined or called in a source, and "asked
# FILE:LINE NAME" for every name() in a page.
functions_named() {
    # shellcheck disable=SC2086
    find docs $layers -name '*.[ch]' -exec awk '
/^ *(\/\*|\*|\/\/)/ { next }
{
    while (match($0, /[a-z_][a-z0-9_]*\(/)) {
        print "function\t" substr($0, RSTART, RLENGTH - 1)
        $0 = substr($0, RSTART + RLENGTH)
    }
}' {} + | sort -u
    find README.md docs -name '*.md' -exec awk '
{
    while (match($0, /[a-z_][a-z0-9_]*\(\)/)) {
        print "asked\t" FILENAME ":" FNR "\t" substr($0, RSTART, RLENGTH - 2)
        $0 = substr($0, RSTART + RLENGTH)
    }
}' {} +
}

# judge: reads what the three above print, then the table of sections, then the map.
judge() {
    awk -F '\t' -v map="$map" -v sections="$sections" -v made_up="$made_up" '
function wrong(place, message) { print place ": " message; bad = 1 }
function trim(text) { gsub(/^ +| +$/, "", text); return text }

$1 == "test" { defined[$3] = defined[$3] " " $2; next }
$1 == "run" { runs[$2, $3] = 1; next }
$1 == "row" { rows[$3] = rows[$3] " " $2; next }
$1 == "named" { named[++names] = $2; named_rfc[names] = $3; named_section[names] = $4; next }
$1 == "function" { functions[$2] = 1; next }
$1 == "asked" { asked[++questions] = $2; asked_name[questions] = $3; next }

FILENAME == sections && !/^#/ {
    if ($3 !~ /^[0-9]+$/ || $4 == "") wrong(sections ":" FNR, "not: RFC, section, words, title")
    line_of[$1, $2] = FNR
    words[$1, $2] = $3
    if ($3 > 0) must[++musts] = $1 " " $2
}

FILENAME != map { next }
/^# RFC / { rfc = substr($0, 7, 4) }
!/^\|/ || /^\| § / || /^\|-/ { next }
{ read_row(map ":" FNR) }

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
function read_row(where,    cell, part, n, i, count) {
    n = split($0, cell, "|")
    if (n != 7) { wrong(where, "a row has five cells, this one " n - 2); return }
    requirements++
    n = split(cell[2], part, ",")
    for (i = 1; i <= n; i++) {
        part[i] = trim(part[i])
        if (!((rfc, part[i]) in line_of)) wrong(where, "RFC " rfc " has no §" part[i])
        covered[rfc, part[i]] = 1
        while (sub(/\.[^.]*$/, "", part[i])) within[rfc, part[i]] = 1
    }
    n = split(cell[3], part, ",")
    for (i = 1; i <= n; i++)
        if (trim(part[i]) !~ /^((MUST|SHOULD)( NOT)?|MAY|OPTIONAL|RECOMMENDED|rule)$/)
            wrong(where, "\"" trim(part[i]) "\" is no word of a requirement")
    if (trim(cell[4]) == "") wrong(where, "what is required?")
    count = read_tests(where, cell[6])
    cell[5] = trim(cell[5])
    if (cell[5] ~ /^met($|[:; ])/) {
        met++
        if (count == 0) wrong(where, "met, and no test shows it")
    } else if (cell[5] ~ /^n\/a: ./) {
        not_applicable++
    } else if (cell[5] ~ /^deviates: ./) {
        deviates++
    } else {
        wrong(where, "neither met, nor \"n/a: why\", nor \"deviates: why\": " cell[5])
    }
}

END {
    for (i = 1; i <= musts; i++) {
        split(must[i], part, " ")
        if (!((part[1], part[2]) in covered))
            wrong(sections ":" line_of[part[1], part[2]], "RFC " part[1] " §" part[2] " requires " \
                "something (MUST, SHOULD: " words[part[1], part[2]] "), and has no row in " map)
    }
    for (i = 1; i <= names; i++) {
        if (named_rfc[i] " " named_section[i] == made_up) continue
        section = "RFC " named_rfc[i] " §" named_section[i]
        if (!((named_rfc[i], named_section[i]) in line_of))
            wrong(named[i], "there is no " section)
        else if (named[i] ~ /^tests\// && !((named_rfc[i], named_section[i]) in covered) &&
                 !((named_rfc[i], named_section[i]) in within))
            wrong(named[i], section " is tested here, and has no row in " map)
    }
    for (i = 1; i <= questions; i++)
        if (!(asked_name[i] in functions))
            wrong(asked[i], "no source has a function " asked_name[i] "()")
    for (name in tests_named) tests++
    if (met == 0 || musts == 0 || names == 0) wrong(map, "nothing was read: are the files there?")
    printf "%d requirements: %d met, shown by %d tests; %d not applicable, %d deviations\n",
        requirements, met, tests, not_applicable, deviates
    exit bad
}' - "$sections" "$map"
}

{ tests_there; sections_named; functions_named; } | judge
