#!/bin/sh
# prove_hunts.sh [N]...: shows for each hunt, or those named, that its symptom is there with the
# patch, and is not without it. A copy of the tree is built once, then as much anew as a patch
# changes; all is bounded in time.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=docs/course/common.sh
. docs/course/common.sh
[ $# -gt 0 ] || set -- 1 2 3 4
for number in "$@"; do
    for proof in docs/hunts/0"$number"-*/prove.sh; do break; done
    [ -f "$proof" ] || course_stop 64 "there is no proof of hunt '$number'; handouts have none"
done
command -v patch >/dev/null 2>&1 || course_stop 69 'patch is not here; please install it'
tree=$PWD
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 1' HUP INT TERM
copy_tree "$copy"
cd "$copy"
unset STRATA_OPTION
export STRATA_PROGRAM="$copy/build/strata"

build() {
    timeout 300 cmake --build build -j "${jobs:-2}" --target strata --target 11_send \
        >"$copy/built" 2>&1 && return
    cat "$copy/built"
    course_stop 1 'it does not build'
}

# try STATUS WHAT: the proof has to end with STATUS.
try() {
    status=0
    timeout -k 5 90 sh "$proof" >"$copy/said" 2>&1 || status=$?
    sed "s/^/    $2: /" "$copy/said"
    [ $status -ne 77 ] || skipped="needs gdb"
    [ $status -eq 77 ] || [ $status -eq "$1" ] || {
        echo "FAILED: hunt $number $2 ended with $status, not $1"
        failed=$((failed + 1))
    }
}

failed=0
skipped=
cmake --preset dev -B build -DSTRATA_TESTS=OFF >"$copy/built" 2>&1 || {
    cat "$copy/built"
    course_stop 1 'configuring failed'
}
build
for number in "$@"; do
    for proof in "$tree"/docs/hunts/0"$number"-*/prove.sh; do break; done
    echo "hunt $number, ${proof%/prove.sh}" | sed "s|$tree/||"
    try 1 'without'
done
for number in "$@"; do
    for proof in "$tree"/docs/hunts/0"$number"-*/prove.sh; do break; done
    echo "hunt $number, ${proof%/prove.sh}" | sed "s|$tree/||"
    patch -s -f -p1 -F0 <"${proof%/*}/plant.patch"
    build
    try 0 'with the patch'
    patch -s -f -p1 -F0 -R <"${proof%/*}/plant.patch"
done
[ $failed -eq 0 ] || exit 1
if [ -n "$skipped" ]; then
    echo "skipped: $skipped"
    [ "${STRATA_REQUIRE_ALL-}" = 1 ] && exit 1
    exit 77
fi
echo "$# hunts: each symptom is there with its patch, and only with it"
