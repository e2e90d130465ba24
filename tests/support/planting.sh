# shellcheck shell=sh
#
# For the self-tests of checks: plants something into a copy of the tree and wants the check, named
# in $checker, to turn red for that reason and to say where, or to stay green. To be sourced in the
# root of the sources; planting_ends comes last.

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -R README.md docs tests transport http fs server "$copy"
cp -R docs "$copy/docs.kept"

: "${checker:?names no check of tests/}"
planted=0
failed=0

check() {
    STRATA_SOURCE_DIR=$copy sh "$copy/tests/$checker" 2>&1
}
complain() { # complain MESSAGE OUTPUT
    printf '%s; it said:\n%s\n\n' "$1" "$2"
    failed=$((failed + 1))
}
uproot() {
    rm -rf "$copy/docs" "$copy"/*/planted* "$copy"/tests/*/test_planted*
    cp -R "$copy/docs.kept" "$copy/docs"
}
red() { # red TEXT: it must fail and say TEXT
    planted=$((planted + 1))
    if output=$(check); then
        complain "it stayed green, wanted: $1" "$output"
    elif ! printf '%s\n' "$output" | grep -qF -- "$1"; then
        complain "it turned red, but not with: $1" "$output"
    fi
    uproot
}
green() { # green WHAT: it must pass
    planted=$((planted + 1))
    output=$(check) || complain "it turned red over $1" "$output"
    uproot
}
plant() { # plant FILE: standard input is added to a file of the copy
    cat >>"$copy/$1"
}
change() { # change FILE PROGRAM: sed, which has to change something
    sed "$2" "$copy/$1" >"$copy/changed"
    if cmp -s "$copy/$1" "$copy/changed"; then
        complain "sed changed nothing: $2" "$1"
    fi
    mv "$copy/changed" "$copy/$1"
}

there=test_planted_is_there
plant_function() { # plant_function FILE: the test
    printf 'static void %s(void **state)\n{\n    (void)state;\n}\n' $there | plant "$1"
}
plant_run() { # plant_run FILE: and what runs it
    printf 'static const struct CMUnitTest tests[] = {\n    cmocka_unit_test(%s),\n};\n' $there |
        plant "$1"
}
plant_rows() { # plant_rows FILE TYPE: a table with one row
    printf 'static const %s cases[] = {\n    {"planted row (RFC 9112 §2.2)", 1},\n};\n' "$2" |
        plant "$1"
}

planting_ends() {
    echo "$planted planted: $failed wrong"
    [ "$failed" -eq 0 ]
}
