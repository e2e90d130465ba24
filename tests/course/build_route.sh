#!/bin/sh
# The build route without its builds: the manifest is whole; start, diff and hint do what they say;
# the tools that empty a function and that find the first difference.
# tier: learner
set -eu
: "${STRATA_SOURCE_DIR:?}"
cd "$STRATA_SOURCE_DIR"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
checks=0
LC_ALL=C
export LC_ALL

# expect WHAT EXPECTED SEEN: two strings.
expect() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    failures=$((failures + 1))
    printf 'FAILED: %s\n--- expected\n%s\n--- seen\n%s\n' "$1" "$2" "$3"
}
# status COMMAND...: its exit status; what it says goes to $work/said.
status() {
    result=0
    "$@" >"$work/said" 2>&1 || result=$?
    echo $result
}
says() { grep -c "$1" "$work/said" || true; }

# --- The manifest ------------------------------------------------------------------------------

expect 'the manifest names every public function once' 0 \
    "$(status sh docs/course/prove_chapters.sh --manifest)"
[ $failures -eq 0 ] || cat "$work/said"

awk '$1 == "tests" || $1 == "then" { for (i = 3; i <= NF; i++) print $i }' \
    docs/course/taught.txt | sort -u >"$work/programs"
while read -r program; do
    expect "$program is a unit test" 0 "$(status ls "tests/${program%%_*}/test_${program#*_}.c")"
done <"$work/programs"
# shellcheck source=docs/course/chapters.sh
. docs/course/chapters.sh
expect 'they come in the order of the manifest' 'transport_wait transport_content_progress' \
    "$(chapter_programs 8 | sed -n '2,3p' | paste -s -d ' ' -)"
expect 'and those that need all of it apart' server_time_out \
    "$(chapter_programs 8 'then' | tail -n 1)"

# --- mentioned.awk -------------------------------------------------------------------------------

mentioned() { # TEST FILE FUNCTION...
    test=$1 source=$2
    shift 2
    awk -v test="test_$test" -v functions="$*" -f docs/course/mentioned.awk "$source" \
        "${source%/*}"/*.h
}
expect 'what the test calls is the place to stop' transport_give_back \
    "$(mentioned a_listener_that_pauses_before_the_slot_is_returned_is_armed_after \
        tests/transport/test_race_close.c take_slot transport_give_back)"
expect 'else what its helpers call' transport_next_overdue \
    "$(mentioned content_that_moves_buys_time tests/transport/test_content_progress.c \
        http_persists transport_next_overdue)"
expect 'else the first' http_persists "$(mentioned content_that_moves_buys_time \
    tests/transport/test_content_progress.c http_persists http_frame_content)"

# --- empty.awk -----------------------------------------------------------------------------------

cat >"$work/sample.c" <<'C'
#include "sample.h"

/* What it does, in words. */
static struct text first(const char *one,
    int two)
{
    if (two > 0) {
        return text_of(one);
    }
    return text_of("");
}

void second(void);

void second(void)
{
    first("", 0);
}

const char *third(void)
{
    return "third(";
}
C
cat >"$work/expected" <<'C'
#include "sample.h"

/* What it does, in words. */
static struct text first(const char *one,
    int two)
{
    /* Read. */
    return (struct text){0};
}

void second(void);

void second(void)
{
    /* Read. */
}

const char *third(void)
{
    /* Read. */
    return "";
}
C
empty() { awk -v names="$1" -v note=Read. -f docs/course/empty.awk "$work/sample.c"; }
expect 'bodies are emptied, and only they' "$(cat "$work/expected")" \
    "$(empty 'first second third=""')"
expect 'nothing else is touched' "$(cat "$work/sample.c")" "$(empty '')"
expect 'a function that is not there is an error' 1 "$(status empty fourth)"
expect 'and it is named' 1 "$(says 'no function fourth')"

# --- start, diff, hint ---------------------------------------------------------------------------

copy=$work/copy
expect 'a copy is made' 0 "$(status sh docs/course/start.sh 4 "$copy")"
expect 'its functions are named' 1 "$(says '        http_response_format_head')"
expect 'and empty, with where to read' 1 "$(sed -n '/^size_t http_response_format_head/,/^}/p' \
    "$copy/http/response.c" | grep -c 'Chapter 4: docs/chapters/04-.*md; the manual is in http/resp')"
expect 'a status is the zero that means refused' 1 \
    "$(grep -c 'return (size_t){0};' "$copy/http/response.c")"
expect 'nothing else is' 0 "$(status cmp http/request.c "$copy/http/request.c")"
expect 'what was built stays behind' 0 "$(find "$copy" -maxdepth 1 -name build | wc -l)"
expect 'what was begun is not begun again' 1 "$(status sh docs/course/start.sh 4 "$copy")"
expect 'a directory that holds something else is left alone' 1 \
    "$(status sh docs/course/start.sh 4 "$work")"
expect 'a chapter without functions says so' 1 "$(status sh docs/course/start.sh 0 "$work/other")"
expect 'in words' 1 "$(says 'chapter 0 teaches no function')"
expect 'without a number it is bad usage' 64 "$(status sh docs/course/start.sh)"
expect 'check is for copies' 1 "$(status sh docs/course/check.sh 4)"

cd "$copy"
expect 'in a copy another chapter can be begun' 0 "$(status sh docs/course/start.sh 10)"
expect 'what no header declares' 0 "$(status sh docs/course/start.sh 7)"
expect 'has the manual of its layer' 1 \
    "$(sed -n '/^static struct .*take_slot/,/^}/p' transport/turn.c |
    grep -c '07-.*md; the manual is in transport/transport.h')"
expect 'what a header declares' 0 "$(status sh docs/course/start.sh 5)"
expect 'has that header' 1 "$(sed -n '/^enum fs_status fs_status_of/,/^}/p' fs/document_root.c |
    grep -c '05-.*md; the manual is in fs/internal.h')"
expect 'a tour needs the finished tree' 1 "$(status sh docs/debugger/tour.sh)"
expect 'and says so' 1 "$(says 'a tour needs the finished tree')"
expect 'and the first is still begun' '4 10 7 5' "$(tr '\n' ' ' <.course/begun | sed 's/ $//')"
expect 'diff shows what stood there and what was written' 0 "$(status sh docs/course/diff.sh 10)"
expect 'what stood there' 1 "$(says '^-    method_get(exchange);')"
expect 'what was written' 3 "$(says '^+    /\* Chapter 10: ')"
expect 'what it shows stands in no file that grep reads' 0 \
    "$(grep -rIl 'method_get(exchange);' .course | wc -l | tr -d ' ')"
expect 'one function is put back' 0 "$(status sh docs/course/restore.sh 10 method_head)"
expect 'to the letter' 0 "$(status cmp server/method_head.c "$STRATA_SOURCE_DIR/server/method_head.c")"
expect 'and no other' 1 "$(status cmp server/methods.c "$STRATA_SOURCE_DIR/server/methods.c")"
expect 'a function of another chapter is none of this' 64 \
    "$(status sh docs/course/restore.sh 10 http_format_date)"
expect 'where nothing differs' 0 "$(status sh docs/course/diff.sh 10)"
expect 'it says so' 1 "$(grep -A 1 '^== method_head' "$work/said" | grep -c '^the same$')"
echo '/* a chapter of which one function is put back is not finished */' >>http/response.c
expect 'the others of a chapter are put back' 0 "$(status sh docs/course/restore.sh 4)"
expect 'each of them' 5 "$(says ' stands in http/.*\.c again')"
expect 'and what else was written stays' 1 \
    "$(diff http/response.c "$STRATA_SOURCE_DIR/http/response.c" | grep -c '^< /\* a chapter of')"
sed 's/method_get/method_head/' server/method_get.c >"$work/sample.c"
cp "$work/sample.c" server/method_get.c
expect 'what was changed is not emptied over' 1 "$(status sh docs/course/start.sh 6)"
for hint in 1 2 3 1; do
    expect 'a hint' 0 "$(status sh docs/course/hint.sh 10)"
    expect "hint $hint comes" 1 "$(says "^(hint $hint of 3")"
done
cd "$STRATA_SOURCE_DIR"
awk '$1 == "teach" && !seen[$2]++ { print $2 }' docs/course/taught.txt >"$work/chapters"
while read -r chapter; do
    expect "chapter $chapter has three hints" 3 \
        "$(grep -c '^## ' "docs/course/hints/$(printf %02d "$chapter").md")"
done <"$work/chapters"

# --- compare.awk -----------------------------------------------------------------------------------

compare() { # compare EXPECTED CAME, as printf(1) writes them
    # shellcheck disable=SC2059 # they are formats
    printf "$1" >"$work/expected" && printf "$2" >"$work/came"
    awk -f docs/course/compare.awk "$work/expected" "$work/came"
}
expect 'the same is the same' 0 "$(status compare 'a\r\nb: …\r\n' 'a\r\nb: c d\r\n')"
expect 'and nothing is said' 0 "$(wc -l <"$work/said" | tr -d ' ')"
expect 'another octet is not' 1 "$(status compare 'a\r\nb: 57\r\n' 'a\r\nb: 58\r\n')"
expect 'the caret stands below it' '    b: 58\r\n
        ^' "$(grep -B 1 '\^' "$work/said")"
expect 'nor is another end of a line' 1 "$(status compare 'a\r\n' 'a\n')"
expect 'nor a line too few' 1 "$(status compare 'a\nb\n' 'a\n')"
expect 'nor one too many' 1 "$(status compare 'a\n' 'a\nb\n')"
expect 'what follows a gap counts' 1 "$(status compare 'a…c\n' 'abbd\n')"

echo "$checks checks, $failures failures"
[ $failures -eq 0 ] && [ $checks -ge 140 ]
