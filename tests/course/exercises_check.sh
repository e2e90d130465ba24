#!/bin/sh
# ./learn check exNN, as a learner meets it: before anything is written, with a mistake, with a line
# that does not compile, and done; and gdb follows the test into the server.
# tier: full
set -eu
: "${STRATA_SOURCE_DIR:?}"
cd "$STRATA_SOURCE_DIR"
for tool in gdb patch; do
    command -v $tool >/dev/null || {
        echo "skipped: needs $tool"
        if [ "${STRATA_REQUIRE_ALL-}" = 1 ]; then exit 1; else exit 77; fi
    }
done
unset STRATA_OPTION
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
tar -cf - --exclude=./build --exclude=./work --exclude=./.git . | (cd "$tree" && tar -xf -)
cd "$tree"
failures=0

check() { # check STATUS WHAT ARGUMENT...: what it prints is in said
    expected=$1
    what=$2
    shift 2
    status=0
    timeout 500 sh docs/course/check_exercise.sh "$@" >said 2>&1 </dev/null || status=$?
    [ $status -eq "$expected" ] && echo "ok: $what" && return
    failures=$((failures + 1))
    echo "FAILED: $what: exit status $status instead of $expected"
    cat said
}
says() { # says WORD...: in this order, each in a line of its own that begins so, without blanks
    awk 'BEGIN {
            for (i = 1; i < ARGC; i++) wanted[i] = ARGV[i]
            count = ARGC - 1; ARGC = 1; at = 1
        }
        { sub(/^ +/, "") }
        at <= count && index($0, wanted[at]) == 1 { at++ }
        END { if (at <= count) print "nowhere in this order: " wanted[at]; exit at <= count }
        ' "$@" <said && return
    failures=$((failures + 1))
    cat said
}
caret_is_under() { # caret_is_under TEXT: the line above the caret goes on with this from there
    awk -v text="$1" '/^ +\^$/ && index(substr(above, index($0, "^")), text) == 1 { found = 1 }
        { above = $0 } END { exit !found }' said && return
    failures=$((failures + 1))
    echo "FAILED: no caret is under '$1'"
    cat said
}

first=red_options_names_the_methods_of_the_target
check 1 'before anything is written' ex01
says "FAILED  $first" 'ok      guard_' "$first" request 'OPTIONS /file.txt HTTP/1.1' response \
    'HTTP/1.1 501' '^' 'expected (RFC 9110 §9.3.7)' 'the status is 2xx' explained \
    'c1.r1   http      parsed     OPTIONS /file.txt' 'a hint:        ./learn hint ex01' \
    "the debugger:  ./learn check ex01 --debug $first"
caret_is_under '501 Not Implemented'

patch -p1 -s <docs/exercises/01-options/solution.patch
check 0 'done' ex1
says 'ok      red_' 'All 10 tests pass'

sed -i 's/"Allow", method_allow()/"Allow", text_of("GET, BREW, HEAD, OPTIONS")/' \
    server/method_options.c
check 1 'a value that is wrong in its middle' ex01
says 'FAILED  red_options_says_what_a_405_says' 'response' 'Allow: GET, BREW' '^' \
    'expected (RFC 9110 §10.2.1)' 'Allow: GET, HEAD, OPTIONS, ECHO'
caret_is_under 'BREW, HEAD, OPTIONS'

sed -i '/"Content-Length"/d' server/method_options.c
check 1 'a head without a length' 01
says "FAILED  $first" 'expected (RFC 9112 §6.3)' 'Content-Length, for the connection stays open'

echo 'this is no C' >>server/method_options.c
check 1 'a line that does not compile' ex01
says '/' 'learn: it does not build'
grep -q 'method_options.c:[0-9]*:.*error' said || failures=$((failures + 1))

rm server/method_options.c
sed -i '/method_options/d' server/methods.def
status=0
printf 'backtrace 2\nkill\nquit\n' |
    timeout 500 sh docs/course/check_exercise.sh ex01 --debug >said 2>&1 || status=$?
says 'Thread' '(gdb) #0  http_parse_request_head' '#1'
check 64 'an exercise that is not there' ex99

echo "$failures failures"
[ $failures -eq 0 ]
