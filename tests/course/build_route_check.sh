#!/bin/sh
# ./learn check in a copy: red while functions are empty, with the assertion, its rule and the
# debugger; green when they are written; a conversation that goes otherwise, with a caret; a crash.
# tier: full
set -eu
: "${STRATA_SOURCE_DIR:?}"
unset STRATA_REQUIRE_ALL CI # a copy that is not finished warns
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
copy=$work/copy
failures=0
checks=0

check() { # check EXPECTED-STATUS: ./learn check 10 in the copy; what it says goes to $work/said
    result=0
    (cd "$copy" && ./learn check 10) >"$work/said" 2>&1 || result=$?
    checks=$((checks + 1))
    [ $result -ne "$1" ] || return 0
    failures=$((failures + 1))
    printf 'FAILED: exit status %s, expected %s\n' $result "$1"
    cat "$work/said"
}
says() { # says LINE...: each is part of what it said
    for line in "$@"; do
        checks=$((checks + 1))
        grep -qF -e "$line" "$work/said" && continue
        failures=$((failures + 1))
        printf 'FAILED: it does not say: %s\n' "$line"
        cat "$work/said"
    done
}
stood() { cp "$copy/.course/origin/server/$1" "$copy/server/$1"; }

(cd "$STRATA_SOURCE_DIR" && ./learn start 10 "$copy") >/dev/null

# Empty.
check 1
says 'server_method_flags          2 of 3 tests pass' \
    'the flags of the table are those of any row' '0 != 0x3' \
    'tests/server/test_method_flags.c:' 'assert_int_equal(method_flags(), WRITES | EXECUTES);' \
    './learn hint 10' "-ex 'break method_flags' -ex continue" 'build/check/tests/server_method_flags'

# One function is wrong: the rule is that of the test, the place that of the assertion.
stood methods.c
stood method_head.c
sed 's/text){tokens, strlen(tokens) - strlen(", ")}/text){tokens, 3}/' \
    "$copy/.course/origin/server/methods.c" >"$copy/server/methods.c"
check 1
says 'server_method_flags          3 of 3 tests pass' 'a 405 lists the methods that are allowed' \
    'RFC 9110 §15.5.6' '>   ' 'assert_non_null(memmem(allowed.start'

# Written.
stood methods.c
check 0
says 'server_methods               6 of 6 tests pass' 'as expected  10-head' \
    'as expected  10-letters' 'Chapter 10 is done' 'docs/chapters/11-hostile-input.md'

# What the unit tests of this chapter do not see, the conversation does.
sed -i 's/"HTTP\/1.1 "), status), " ")/"HTTP\/1.1 "), status), "  ")/' "$copy/http/response.c"
check 1
says 'otherwise    10-head' 'HEAD is GET without the content: RFC 9110 §9.3.2.' \
    '    HEAD /digits.txt HTTP/1.1\r\n' '    HTTP/1.1 200  OK\r\n' '                 ^' \
    'chose      the handler of HEAD' '--args build/check/strata' 'steps/11_send 8080'

# A crash is not an assertion; and what the compiler says is shown.
printf 'int unused_here(void);\nint unused_here(void)\n{\n    int nobody;\n    return 0;\n}\n' \
    >>"$copy/server/methods.c"
sed -i 's/uint32_t flags = 0;/uint32_t flags = *(volatile uint32_t *)(uintptr_t)16;/' \
    "$copy/server/methods.c"
check 1
says 'It came to no end' 'unused variable' 'build/check/tests/server_method_flags'

echo "$checks checks, $failures failures"
[ $failures -eq 0 ] && [ $checks -ge 30 ]
