#!/bin/sh
# Records anew what --explain tells: the conversations of test_golden.c, after the published filter.
#
#     tests/explain/golden/record.sh [BUILD]    default: build/dev
#
# This records what the server told, not what it ought to tell. READ IT line by line, with the RFC
# beside it, before it is committed: git diff tests/explain/golden
set -eu
golden=$(cd "$(dirname "$0")" && pwd)
source=${golden%/tests/explain/golden}
build=${1:-$source/build/dev}
cmake --build "$build" --target strata strata_with_echo explain_golden
rm -f "$golden"/*.jsonl "$golden"/*.txt
STRATA_RECORD=1 STRATA_SOURCE_DIR=$source STRATA_PROGRAM=$build/strata \
    STRATA_ECHO_PROGRAM=$build/tests/strata_with_echo "$build/tests/explain_golden"
echo "recorded in $golden; now read it: git diff tests/explain/golden"
