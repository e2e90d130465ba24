#!/bin/sh
# tier: learner
#
# A check that cannot fail proves nothing. This gives security.sh a page with a row for each attack,
# plants what it forbids, one thing at a time, and wants it to turn red for that reason and to say
# where; and it plants what is just still allowed, and wants green.
#
# shellcheck disable=SC2016 # the backticks are Markdown's
set -eu

cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/..}"
checker=security.sh
# shellcheck source=tests/support/planting.sh
. tests/support/planting.sh

page=docs/security.md
attacks=$(sed -n '/^attacks="/,/"$/p' "tests/$checker" | tr -d '\\\n' | sed 's/.*="//; s/"$//')
place='`http/target.c: http_parse_target()`'
test='`test_http_1_1_needs_a_host`'
row() { # row ATTACK STRATA WHERE TESTS: one more row at the end of the page
    printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "$4" | plant "$page"
}

printf '| attack | what strata does | where | shown by |\n|---|---|---|---|\n' >"$copy/$page"
echo "$attacks" | sed 's/, /\n/g' >"$copy/attacks"
while read -r attack; do
    row "a $attack in a sentence" planted "$place" "$test"
done <"$copy/attacks"
cp "$copy/$page" "$copy/docs.kept/"
last=$page:$(($(wc -l <"$copy/$page") + 1))
green 'a row for each attack'

# --- tests ---------------------------------------------------------------------------------------
row x planted "$place" "$test, \"HTTP/1.1 is served\", \`tests/rfc_map.sh\`"
green 'a function, a row of a table and a script'
row x planted "$place" ''
red "$last: no test shows it"
row x planted "$place" '`test_that_nobody_wrote`'
red "$last: no test is called test_that_nobody_wrote"
row x planted "$place" '"a row that nobody wrote"'
red "$last: no table has the row \"a row that nobody wrote\""
row x planted "$place" 'test_http_1_1_needs_a_host'
red "$last: neither \`a function\` nor \"a row\""
row x planted "$place" "\`$there\`"
plant_function tests/hostile/test_planted.c
red "$last: $there is in tests/hostile/test_planted.c, but never run"
row x planted "$place" "\`$there\`"
plant_function tests/hostile/test_planted.c
plant_run tests/hostile/test_planted.c
green 'a new test'
row x planted "$place" '"planted row"'
plant_rows tests/hostile/test_planted.c 'struct http_case'
green 'a new row of a table of requests'
for script in clients nowhere; do
    row x planted "$place" "\`tests/$script/planted.sh\`"
    [ $script = clients ] || mkdir "$copy/tests/$script"
    echo '# tier: learner' | plant "tests/$script/planted.sh"
    if [ $script = clients ]; then
        green 'a new script'
    else
        red "$last: no test is called tests/nowhere/planted.sh"
    fi
    rm "$copy/tests/$script/planted.sh"
done
row x planted "$place" '`tests/clients/planted.sh`'
red "$page:${last#*:}: there is no tests/clients/planted.sh"
row x planted "$place" '`tests/clients/planted.sh`'
echo '# tier: none' | plant tests/clients/planted.sh
red "$last: no test is called tests/clients/planted.sh"
rm "$copy/tests/clients/planted.sh"

# --- places, cells and names ---------------------------------------------------------------------
two='`http/target.c: http_parse_target(), http_encode_path()`'
row x planted "$two, \`fs/directory.c: directory_read()\`" "$test"
green 'functions of a file, and several files'
row x planted '`http/target.c: http_parse_targets()`' "$test"
red "$last: no function stands where it is said: http/target.c: http_parse_targets()"
row x planted '`http/request.c: http_parse_target()`' "$test"
red "$last: no function stands where it is said"
row x planted '`http/target.c`' "$test"
red "$last: no function stands where it is said"
row x planted 'http/target.c: http_parse_target()' "$test"
red "$last: where is it met?"
row x '' "$place" "$test"
red "$last: an empty cell"
echo "| x | $place | $test |" | plant "$page"
red "$last: a row has 4 cells, this one 3"
echo 'See http/targets.c.' | plant "$page"
red "$last: there is no http/targets.c"
printf '\n| figure |\n|---|\n| 7 |\n' | plant "$page"
green 'a table that needs no tests'
printf '\n| call | shown by |\n|---|---|\n| open | |\n' | plant "$page"
red 'no test shows it'

# --- attacks -------------------------------------------------------------------------------------
while read -r attack; do
    change "$page" "/^| a $attack in/d"
    red "$page: no row is about: $attack"
done <"$copy/attacks"
rm "$copy/$page"
red "$page"

planting_ends
