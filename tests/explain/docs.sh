#!/bin/sh
# The pictures of docs/explain.md are made of the runs that lie beside them.
# tier: learner
set -eu
: "${STRATA_SOURCE_DIR:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
pictures=0
for run in "$STRATA_SOURCE_DIR"/docs/explain/*.jsonl; do
    name=$(basename "$run" .jsonl)
    pictures=$((pictures + 1))
    cp "$run" "$work/"
    sh "$STRATA_SOURCE_DIR/docs/explain/picture.sh" "$work/$name.jsonl" 2>/dev/null
    cmp "$work/$name.svg" "${run%.jsonl}.svg" || failures=$((failures + 1))
    grep -q "(explain/$name.svg)" "$STRATA_SOURCE_DIR/docs/explain.md" || {
        echo "FAILED: docs/explain.md does not show $name.svg"
        failures=$((failures + 1))
    }
done
echo "$pictures pictures, $failures failures"
[ $failures -eq 0 ] && [ $pictures -ge 3 ]
