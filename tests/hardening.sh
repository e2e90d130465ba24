#!/bin/sh
# tier: learner
#
# What CMakeLists.txt asks of a release is looked for in the program itself: a flag that a compiler
# ignored, or that got lost between compiling and linking, protects nobody. And a check that cannot
# fail proves nothing, so a program that lacks one of these is built for each, and must be refused.
set -eu
LC_ALL=C
export LC_ALL

cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/..}"
build=${STRATA_BUILD_DIR:-build/dev}/release
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# look PROGRAM: prints what it lacks, a line each.
look() {
    readelf -hldW "$1" >"$scratch/facts" 2>&1
    nm -D --undefined-only "$1" >"$scratch/imports" 2>&1 || true
    objdump -d --no-show-raw-insn "$1" >"$scratch/code" 2>&1
    has facts 'Type: *DYN' && has facts 'FLAGS_1.* PIE' || echo 'not position-independent'
    has facts '^ *GNU_RELRO ' || echo 'no RELRO'
    has facts 'BIND_NOW' || echo 'not bound at the start: RELRO is not full'
    has facts '^ *GNU_STACK .* RW ' || echo 'an executable stack'
    ! has facts '(RPATH|RUNPATH)' || echo 'looks for libraries in places of its own'
    has imports ' __stack_chk_fail' || echo 'no stack protector'
    has imports ' __[a-z]+_chk(@|$)' || echo 'not fortified'
    has facts 'Machine: .*X86-64' || return 0
    # what gcc writes to touch a page of the stack, and nothing else does
    # shellcheck disable=SC2016 # a dollar of the assembler
    has code 'or[ql] +\$0x0,(0x[0-9a-f]+)?\(%rsp\)' || echo 'large frames are not probed'
    awk '/^[0-9a-f]+ <main>:$/ { getline; if (/endbr64/) marked = 1 } END { exit !marked }' \
        "$scratch/code" || echo 'indirect jumps may end anywhere'
}
has() { # has facts|imports|code PATTERN
    grep -Eq -- "$2" "$scratch/$1"
}

# --- The release -------------------------------------------------------------------------------
# Once more without -flto: then the layers' libraries show what they call, fortified names too.
compile() { # compile DIRECTORY TARGET [OPTION]...
    directory=$1
    target=$2
    shift 2
    cmake --preset release -B "$directory" -DSTRATA_TESTS=OFF \
        -DSTRATA_WERROR="${STRATA_REQUIRE_ALL:-OFF}" "$@" &&
        cmake --build "$directory" -j 2 --target "$target"
}
for options in '' '-DCMAKE_INTERPROCEDURAL_OPTIMIZATION=OFF'; do
    directory=$build${options:+_layers}
    # shellcheck disable=SC2086 # one option or none
    compile "$directory" strata $options >"$scratch/log" 2>&1 || {
        cat "$scratch/log"
        exit 1
    }
    lacks=$(look "$directory/strata")
    if [ -n "$lacks" ]; then
        printf '%s: %s\n' "$directory/strata" "$lacks"
        exit 1
    fi
done
STRATA_BUILD_DIR=${build}_layers sh tests/layering.sh

# --- The check itself --------------------------------------------------------------------------
cat >"$scratch/planted.c" <<'END'
#include <stdio.h>
#include <string.h>
int main(int count, char **arguments)
{
    char text[20000];
    memcpy(text, arguments[0], (size_t)count);
    return puts(text);
}
END
plant() { # plant [OPTION]...: prints what is found missing in a program built with that as well
    # shellcheck disable=SC2086 # options
    "${CC:-cc}" -w -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
        -fstack-clash-protection -fPIE $marks -pie -Wl,-z,relro,-z,now,-z,noexecstack "$@" \
        -o "$scratch/planted" "$scratch/planted.c"
    look "$scratch/planted"
}
marks=
! has facts 'Machine: .*X86-64' || marks=-fcf-protection

failed=0
expect() { # expect FINDING [OPTION]...: that and nothing else is found, or nothing where it is ''
    finding=$1
    shift
    found=$(plant "$@")
    [ "$found" = "$finding" ] && return
    printf 'built with "%s", found "%s" instead of "%s"\n' "$*" "$found" "$finding"
    failed=1
}
expect ''
expect 'not position-independent' -fno-PIE -no-pie
expect 'no RELRO' -Wl,-z,norelro
expect 'not bound at the start: RELRO is not full' -Wl,-z,lazy
expect 'an executable stack' -Wl,-z,execstack
expect 'looks for libraries in places of its own' -Wl,-rpath,/tmp
expect 'no stack protector' -fno-stack-protector
expect 'not fortified' -U_FORTIFY_SOURCE
if [ -n "$marks" ]; then
    expect 'large frames are not probed' -fno-stack-clash-protection
    expect 'indirect jumps may end anywhere' -fcf-protection=none
fi
[ $failed -eq 0 ] || exit 1
level=$(sed -n 's/.*-D_FORTIFY_SOURCE=\([0-9]\).*/\1/p' "$build/CMakeFiles/strata.dir/flags.make")
echo "a release is hardened, fortified at level $level; without a flag it is refused"
