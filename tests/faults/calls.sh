#!/bin/sh
#
# Whatever the server calls of the system either can be made to fail (calls.def) or cannot fail, and
# there is the reason (cannot_fail.txt). A call that stands in neither is one whose failure nobody
# has tried; one that is not called is left over.
set -eu
LC_ALL=C
export LC_ALL

cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/../..}"
build=${STRATA_BUILD_DIR:-build/dev}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sed -nE 's/^(CALL|AFTER|OWN)\(([a-z0-9_]+).*/\2/p' tests/faults/calls.def >"$work/listed"
sed -n '/^#/d; s/^[^:]*: //p' tests/faults/cannot_fail.txt | tr ' ' '\n' >>"$work/listed"

# "nm -P" prints NAME TYPE …; what the layers and main.c define themselves is no call of the system.
# A name is that in the source: without what fortification and C99 modes put around it; and what the
# compiler puts in by itself is none.
nm -P "$build"/libstrata_*.a "$build"/CMakeFiles/strata.dir/server/main.c.o 2>/dev/null |
    awk '
$2 ~ /^[A-TV-Z]$/ { ours[$1] = 1 }
$2 ~ /^[Uvw]$/ { needed[$1] = 1 }
END {
    for (name in needed) {
        if (name in ours) continue
        if (name ~ /^__(asan|ubsan|tsan|lsan|sanitizer|gcov|llvm|stack_chk)_/) continue
        if (name == "_GLOBAL_OFFSET_TABLE_" || name == "__tls_get_addr") continue
        if (name ~ /^__.*_chk$/) { sub(/^__/, "", name); sub(/_chk$/, "", name) }
        sub(/^__isoc(99|23)_/, "", name)
        sub(/^_IO_/, "", name)
        if (name ~ /^__open(at)?(64)?_2$/) { sub(/^__/, "", name); sub(/_2$/, "", name) }
        print name
    }
}' | sort -u >"$work/needed"

result=0
[ -s "$work/needed" ] || { echo "$build holds no objects; build first"; exit 1; }
sort "$work/listed" | uniq -d | sed 's/$/: listed twice/' >"$work/wrong"
sort -u "$work/listed" | comm -13 - "$work/needed" |
    sed 's/$/: called, but neither in calls.def nor in cannot_fail.txt/' >>"$work/wrong"
sort -u "$work/listed" | comm -23 - "$work/needed" |
    sed 's/$/: in calls.def or cannot_fail.txt, but never called/' >>"$work/wrong"
[ ! -s "$work/wrong" ] || { cat "$work/wrong"; result=1; }
echo "$(wc -l <"$work/needed") calls of the system are accounted for"
exit $result
