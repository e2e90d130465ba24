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
# shellcheck source=tests/support/living_tests.sh
. tests/support/living_tests.sh

# Numbers that tests make up: no section is longer than this one.
made_up='9110 15.5.22.10'

# sections_named: prints "named FILE:LINE RFC SECTION" for each place where a section is named. A
# section belongs to the RFC that was named last before it in the file.
sections_named() {
    # shellcheck disable=SC2086 # the layers are four words
    find README.md docs tests $layers -type f \
        \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.md' \) \
        ! -path "$map" ! -name 'rfc_map*.sh' ! -name docs_self_test.sh -exec awk '
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

# judge: reads what tests_there and the two above print, then the table of sections, then the map.
judge() {
    awk -F '\t' -v map="$map" -v sections="$sections" -v made_up="$made_up" "$reads_tests"'
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
