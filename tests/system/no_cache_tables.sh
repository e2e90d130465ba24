#!/bin/sh
# tier: learner
# With --no-cache the answers are those of the default: the same tables of cases, asked again.
set -eu
export STRATA_OPTION=--no-cache
failures=0
for table in conditional error_pages fallback listing media_types paths pipelining range \
    redirects rfc9110 target validators variants; do
    echo "== $table with $STRATA_OPTION"
    "$STRATA_BUILD_DIR/tests/system_$table" || failures=$((failures + 1))
done
exit $failures
