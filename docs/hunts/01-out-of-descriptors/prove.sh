#!/bin/sh
# Exits with 0 where each 404 costs a descriptor, so that after some of them files that are there
# are answered with 503; with 1 where not.
set -eu
# shellcheck source=docs/hunts/support.sh
. "$(dirname "$0")/../support.sh"
echo 'here' >"$work/site/here.txt"

absent() { # absent FROM TO: requests for that many files that are not there
    number=$1
    while [ "$number" -le "$2" ]; do
        request "/absent-$number"
        number=$((number + 1))
    done
}
descriptors() {
    find "/proc/$server/fd" -type l | wc -l
}

# shellcheck disable=SC3045 # ulimit -n is everywhere that strata is
ulimit -n 100
serve "$program" --no-sandbox
before=$(descriptors)
absent 1 30 | ask >"$work/answers"
after=$(descriptors)
absent 31 150 | ask >/dev/null
last=$(request /here.txt | ask | statuses)
echo "30 times 404: descriptors from $before to $after; after 150, a file that is there: $last"
[ $((after - before)) -ge 30 ] && [ "$last" = '503 ' ]
