#!/bin/sh
# Exits with 0 where the server stands still, and gdb shows the timekeeper in count_used() and a
# worker in transport_give_back(), each waiting for a lock; with 1 where it goes on answering.
set -eu
# shellcheck source=docs/hunts/support.sh
. "$(dirname "$0")/../support.sh"
command -v gdb >/dev/null 2>&1 || {
    echo 'skipped: needs gdb'
    [ "${STRATA_REQUIRE_ALL-}" = 1 ] && exit 2
    exit 77
}
# The turn that makes this listing takes many ticks of a millisecond.
mkdir "$work/site/many"
awk 'BEGIN { for (i = 0; i < 999; i++) print "file" i }' | (cd "$work/site/many" && xargs touch)

cat >"$work/commands" <<END
tbreak keep_time
run
info proc
continue
thread apply all bt
kill
END
serve gdb -nx -q -batch -x "$work/commands" --args \
    "$program" --list --no-sandbox --threads 2 --linger-timeout 0.004 >"$work/gdb"
answered=0
while [ $answered -lt 10 ] && request /many/ | ask 2>/dev/null | grep -q '999 entries'; do
    answered=$((answered + 1))
done
kill -STOP "$(sed -n 's/^process //p' "$work/gdb")"
wait "$server" || :
held=$(grep -c '^#.* \(count_used\|transport_give_back\) (' "$work/gdb" || :)
echo "$answered of 10 times answered; calls of the two functions in the stacks: $held"
[ $answered -lt 10 ] && [ "$held" -eq 2 ]
