#!/bin/sh
# tier: learner
#
# A check that cannot fail proves nothing. This plants into a copy of the tree what rfc_map.sh
# forbids, one thing at a time, and wants it to turn red for that reason and to say where; and it
# plants what is just still allowed, and wants green.
#
# shellcheck disable=SC2016 # the backticks are Markdown's
set -eu

cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/..}"
checker=rfc_map.sh
# shellcheck source=tests/support/planting.sh
. tests/support/planting.sh

map=docs/rfc-map.md
sections=docs/rfc/sections.tsv
rows=$(wc -l <"$map")

row() { # row SECTION WORD STRATA TESTS: one more row at the end of the map, in RFC 9112
    printf '| %s | %s | planted | %s | %s |\n' "$1" "$2" "$3" "$4" | plant "$map"
}

green 'the tree as it is'
if [ "$failed" -gt 0 ]; then
    echo "the tree itself is red: mend that first"
    exit 1
fi

# --- rows ----------------------------------------------------------------------------------------
last=$map:$((rows + 1))
row 2.2 MUST met '`test_http_1_1_needs_a_host`'
green 'a row that names a test'
row 2.2 MUST 'met: so and so' '`test_host:test_http_1_1_needs_a_host`, "HTTP/1.1 is served"'
green 'a test with its file, and a row of a table of requests'
row '2.2, 9.3.2' 'MUST, MAY' 'n/a: for clients' ''
green 'several sections and words in a row'
row 2.2 SHOULD 'deviates: so and so' ''
green 'a deviation with its reason'
row 2.9 MUST met '`test_http_1_1_needs_a_host`'
red "$last: RFC 9112 has no §2.9"
row '2.2, 15.5' MUST met '`test_http_1_1_needs_a_host`'
red "$last: RFC 9112 has no §15.5"
row 2.2 MUST met ''
red "$last: met, and no test shows it"
row 2.2 MUST met '`test_that_nobody_wrote`'
red "$last: no test is called test_that_nobody_wrote"
row 2.2 MUST met '`test_target:test_http_1_1_needs_a_host`'
red "$last: no test is called test_target:test_http_1_1_needs_a_host"
row 2.2 MUST met '"a row that nobody wrote"'
red "$last: no table has the row \"a row that nobody wrote\""
row 2.2 MUST met test_http_1_1_needs_a_host
red "$last: neither \`a function\` nor \"a row\": test_http_1_1_needs_a_host"
row 2.2 MUST n/a ''
red "$last: neither met, nor"
row 2.2 MUST 'n/a: ' ''
red "$last: neither met, nor"
row 2.2 MUST deviates '`test_http_1_1_needs_a_host`'
red "$last: neither met, nor"
row 2.2 MUST '' ''
red "$last: neither met, nor"
row 2.2 MAYBE met '`test_http_1_1_needs_a_host`'
red "$last: \"MAYBE\" is no word of a requirement"
echo '| 2.2 | MUST | planted | met |' | plant "$map"
red "$last: a row has five cells, this one 4"
echo '| 2.2 | MUST | | n/a: for clients | |' | plant "$map"
red "$last: what is required?"

# --- tests that are there, or only seem to be ----------------------------------------------------
row 2.2 MUST met "\`$there\`"
plant_function tests/http/test_planted.c
plant_run tests/http/test_planted.c
green 'a new test'
row 2.2 MUST met "\`$there\`"
plant_function tests/http/test_planted.c
red "$last: $there is in tests/http/test_planted.c, but never run"
row 2.2 MUST met "\`$there\`"
plant_function tests/http/test_planted.c
plant_run tests/fs/test_planted.c
red "$last: $there is in tests/http/test_planted.c, but never run"
row 2.2 MUST met "\`$there\`"
plant_run tests/http/test_planted.c
red "$last: no test is called $there"
for file in "$there" "http/test_planted:$there"; do
    row 2.2 MUST met "\`$file\`"
    plant_function tests/http/test_planted.c
    plant_run tests/http/test_planted.c
    plant_function tests/fs/test_planted.c
    if [ "$file" = "$there" ]; then
        red "$last: $there stands in several files"
    else
        green 'two tests of a name, and the file named'
    fi
done
row 2.2 MUST met '"planted row"'
plant_rows tests/system/test_planted.c 'struct http_case'
green 'a new row of a table of requests'
row 2.2 MUST met '"planted row"'
plant_rows tests/system/test_planted.c 'struct other'
red "$last: no table has the row \"planted row\""
row 2.2 MUST met '"planted row"'
printf 'static const struct http_case cases[] = {\n};\n' | plant tests/system/test_planted.c
plant_rows tests/system/test_planted.c 'struct other'
red "$last: no table has the row \"planted row\""
row 2.2 MUST met '"planted row"'
plant_rows tests/system/test_planted_a.c 'struct http_case'
plant_rows tests/system/test_planted_b.c 'struct http_case'
red "$last: several tables have the row \"planted row\""
row 2.2 MUST met '"test_planted_b: planted row"'
plant_rows tests/system/test_planted_a.c 'struct http_case'
plant_rows tests/system/test_planted_b.c 'struct http_case'
green 'two rows of a name, and the table named'

# --- sections without a row ----------------------------------------------------------------------
change "$map" '/^| 15\.4\.9 /d'
red 'RFC 9110 §15.4.9 requires something (MUST, SHOULD: 1), and has no row'
change "$map" '/^| 7\.1\.1 /d'
red 'RFC 9112 §7.1.1 requires something (MUST, SHOULD: 1), and has no row'
printf '9112\t99.1\t1\tPlanted\n' | plant "$sections"
red "$sections:$(($(wc -l <"$sections") + 1)): RFC 9112 §99.1 requires something"
printf '9112\t99.1\t0\tPlanted\n' | plant "$sections"
green 'a section that requires nothing'
printf '9112\t99.1\tPlanted\n' | plant "$sections"
red 'not: RFC, section, words, title'

# --- sections that are named ---------------------------------------------------------------------
for file in tests/http/test_planted.c http/planted.h server/planted.def tests/planted.sh; do
    echo '/* RFC 9110 §15.5.23: planted. */' | plant "$file"
    red "$file:1: there is no RFC 9110 §15.5.23"
done
echo 'Planted, see RFC 9112 §9.9.' | plant docs/planted.md
red 'docs/planted.md:1: there is no RFC 9112 §9.9'
printf '/* Planted. RFC 9112\n * §6.3, §6.4. */\n' | plant http/planted.c
red 'http/planted.c:2: there is no RFC 9112 §6.4'
printf '/* Planted, as in RFC\n * 9112 §6.4. */\n' | plant http/planted.c
red 'http/planted.c:2: there is no RFC 9112 §6.4'
printf '/* Planted. RFC 9112 §6.3; RFC 3986 §6.4. */\n' | plant http/planted.c
green 'a section of another RFC'
echo '/* RFC 9110 §18.3: planted. */' | plant http/planted.c
green 'a source that names a section without a row'
echo '/* RFC 9110 §18.3: planted. */' | plant tests/http/test_planted.c
red 'tests/http/test_planted.c:1: RFC 9110 §18.3 is tested here, and has no row'
echo '    {"planted (RFC 9110 §18.3)", 1},' | plant tests/system/test_planted.c
red 'tests/system/test_planted.c:1: RFC 9110 §18.3 is tested here, and has no row'
echo '/* RFC 9110 §17: a chapter, of which a section has a row. */' | plant tests/http/test_planted.c
green 'a chapter of which a section has a row'

# --- functions that pages name -------------------------------------------------------------------
echo 'See `http_parse_target()` and `sendfile()`.' | plant docs/planted.md
green 'functions that are defined, or called'
echo 'See `http_parse_targets()`.' | plant docs/planted.md
red 'docs/planted.md:1: no source has a function http_parse_targets()'
echo '/* planted_comment() is nowhere. */' | plant http/planted.c
echo 'See `planted_comment()`.' | plant docs/planted.md
red 'docs/planted.md:1: no source has a function planted_comment()'

# --- nothing there at all ------------------------------------------------------------------------
: >"$copy/$map"
red "$map: nothing was read"
rm "$copy/$map"
red "$map"

planting_ends
