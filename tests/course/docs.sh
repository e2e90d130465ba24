#!/bin/sh
# The pages are true, as far as that can be seen without running commands: see check_docs.sh.
# tier: learner
set -eu
: "${STRATA_SOURCE_DIR:?}"
sh "$STRATA_SOURCE_DIR/docs/course/check_docs.sh" --read
