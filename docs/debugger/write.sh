#!/bin/sh
# write.sh [--check]: writes into docs/debugger.md what comes from stops.txt and from a run in gdb:
# all lines between "<!-- NAME -->" and "<!-- end -->". --check: only says how it would differ.
set -eu
cd "$(dirname "$0")/../.."
page=docs/debugger.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

from_stops() { # WANT
    LC_ALL=C awk -v want="$1" -f docs/debugger/stops.awk docs/debugger/stops.txt
}

from_stops table >"$work/stops"
from_stops breakpoints >"$work/breakpoints"
{
    echo '```text'
    sh docs/debugger/functions.sh
    echo '```'
} >"$work/functions"
awk -v work="$work" '
/^<!-- end -->$/ { inside = 0 }
!inside { print }
/^<!-- (stops|breakpoints|functions) -->$/ {
    inside = 1
    while ((getline line <(work "/" $2)) > 0) print line
}' $page >"$work/page"
if [ "${1-}" = --check ]; then
    diff -u $page "$work/page"
else
    cp "$work/page" $page
fi
