#!/bin/sh
# Exits with 0 where encoded dots are no longer removed by http, so that fs has to stop them; with 1
# where they are answered like plain ones. What is outside is sent in neither case.
set -eu
# shellcheck source=docs/hunts/support.sh
. "$(dirname "$0")/../support.sh"
echo 'not to be seen' >"$work/secret"
echo 'about' >"$work/site/about.html"

serve "$program" --no-sandbox --explain
plain=$({ request /docs/../about && request /../secret; } | ask | statuses)
{ request /docs/%2e%2e/about && request /%2e%2e/secret; } | ask >"$work/answer"
encoded=$(statuses <"$work/answer")
kill "$server"
by_fs=$(grep -c 'fs *missed.*/\.\./' <&3 || :)
echo "plain dots: $plain; encoded dots: $encoded; paths with dots that fs was asked for: $by_fs"
if grep 'not to be seen' "$work/answer"; then exit 2; fi
[ "$plain" = '200 400 ' ] || exit 2
[ "$encoded" = '404 404 ' ] && [ "$by_fs" -eq 2 ]
