#!/bin/sh
# What pages show of a terminal is what is seen there: see check_console.sh. It needs the tools that
# the pages use: curl, nc, ss, strace …
# tier: full
set -eu
: "${STRATA_SOURCE_DIR:?}" "${STRATA_BUILD_DIR:?}"
sh "$STRATA_SOURCE_DIR/docs/course/check_docs.sh" --run
