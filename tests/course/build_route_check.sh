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
stood() { cp "$STRATA_SOURCE_DIR/server/$1" "$copy/server/$1"; }

left_running() { # processes of the copy's strata, when check has ended
    checks=$((checks + 1))
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/exe")" = "$copy/build/check/strata" ] || continue
        failures=$((failures + 1))
        echo "FAILED: ${process#/proc/} still runs"
    done
}

(cd "$STRATA_SOURCE_DIR" && ./learn start 10 "$copy") >/dev/null

# Empty.
check 1
says 'server_method_flags          2 of 3 tests pass' \
    'allow lists the methods of the table' '9 octets: "GET, HEAD"' \
    'tests/server/test_methods.c:' 'assert_text(method_allow(), expected);' \
    './learn hint 10' "-ex 'break method_allow' -ex continue" \
    'build/check/tests/server_methods'

# One function is empty: the rule is that of the test, the place that of the assertion.
stood methods.c
check 1
says 'server_method_flags          3 of 3 tests pass' 'head has the fields of get' \
    'RFC 9110 §9.3.2' '>   ' 'assert_int_equal(exchange->response.status, of_get.status);'

# Written.
stood method_head.c
check 0
says 'server_methods               6 of 6 tests pass' 'Then, with all of it written:' \
    'server_turn                  18 of 18 tests pass' 'as expected  10-head' \
    'as expected  10-letters' 'Chapter 10 is done' 'docs/chapters/11-hostile-input.md'
left_running

# What only a test that needs all of it sees.
sed -i 's/received ? IO_BLOCKED : connection_receive/connection_receive/' "$copy/server/worker.c"
check 1
says 'server_method_head           7 of 7 tests pass' 'a turn receives at most once'
stood worker.c

# What the unit tests of this chapter do not see, the conversation does.
sed -i 's/^MEDIA_TYPE("txt", "text.plain;/& /' "$copy/fs/media_types.def"
check 1
says 'otherwise    10-head' 'HEAD is GET without the content: RFC 9110 §9.3.2.' \
    '    HEAD /digits.txt HTTP/1.1\r\n' '    Content-Type: text/plain;  charset=utf-8\r\n' \
    '                              ^' \
    'chose      the handler of HEAD' '--args build/check/strata' 'steps/11_send 8080'
left_running

# Another chapter of the copy that is begun and not written is named.
(cd "$copy" && ./learn start 4) >/dev/null
check 1
says './learn restore 4' \
    'Chapter 4 is begun and not finished here. Still empty: http_response_add_field'
left_running

# Memory that is not freed is no crash: the place that asked for it is said.
sed -i 's/uint32_t flags = 0;/&\n    char *volatile left = strdup("left");\n    left = NULL;/' \
    "$copy/server/methods.c"
check 1
says 'server_method_flags          3 of 3 tests pass' 'memory was not freed' \
    'It was asked for in method_flags server/methods.c:'
sed -i '/left = /d' "$copy/server/methods.c"

# A crash is not an assertion; and what the compiler says is shown.
printf 'int unused_here(void);\nint unused_here(void)\n{\n    int nobody;\n    return 0;\n}\n' \
    >>"$copy/server/methods.c"
sed -i 's/uint32_t flags = 0;/uint32_t flags = *(volatile uint32_t *)(uintptr_t)16;/' \
    "$copy/server/methods.c"
check 1
says 'It came to no end' 'unused variable' 'build/check/tests/server_method_flags'

echo "$checks checks, $failures failures"
[ $failures -eq 0 ] && [ $checks -ge 30 ]
