#!/bin/sh
# "Ask this server" where the server explains: the times it tells are the times that are drawn.
# tier: full
set -u
: "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/browser/support/ask.sh
. "$STRATA_SOURCE_DIR/tests/browser/support/ask.sh"

number='[0-9]+\.[0-9]{3}'
pattern="^transport;dur=$number, http;dur=$number, fs;dur=$number, server;dur=$number\$"
serve --explain
for n in 0 1 2 3 4; do
    ask $n
    said=$value
    see "[...document.querySelectorAll('#response .line')].find((line) =>
        line.textContent.startsWith('server-timing')).querySelector('.field-value').textContent"
    echo "$value" | grep -qE "$pattern" || failed "Server-Timing of ask $n" "$pattern" "$value"
    echo "$value" | tr ',' '\n' | awk -F= '{ printf "%d us\n", $2 * 1000 + 0.5 }' >told
    expected=$(paste -sd '|' told | sed 's/|/ | /g')
    total=$(awk '{ sum += $1 } END { print sum " us" }' told)
    text_of '#lanes .time'
    is "the times of ask $n" "$expected" "$(echo "$value" | tr -d ,)"
    text_of '#total'
    is "their sum" "$total" "$(echo "$value" | tr -d ,)"
    case $said in
    *"The layers took $value."*) ;;
    *) failed "the outcome of ask $n" "The layers took $value." "$said" ;;
    esac
done
shows 'how to get times is not said' '' '#untold'
silent 'explaining' 'status of 404'
