#!/bin/sh
# "Ask this server" when the server is another than the page expects, or gone.
# tier: full
# shellcheck disable=SC2119 # serve without options
set -u
: "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/browser/support/ask.sh
. "$STRATA_SOURCE_DIR/tests/browser/support/ask.sh"

# 1. What stands in Server-Timing.
serve
evaluate "import('/lanes.js').then(({ layerTimes }) => [null, '', 'http;dur=0.012', 'cdn;dur=5',
    'x;desc=\u0022a, fs;dur=9, b\u0022', 'fs;desc=\u0022;dur=8;\u0022;DUR=2 ,miss',
    'http;dur=x, http'].map((value) => [...layerTimes(value)].join(' ')).join('|'))"
is 'Server-Timing is read as it is defined' '||http,12|||fs,2000|' "$value"

# 2. Each ask is one request, for the 304 two: no cache of the browser's answers or asks.
serve
ask 0
ask 0
ask 1
stop_strata
is 'what was asked twice is sent twice, and for a 304 there is a tag to learn' \
    '"GET /about HTTP/1.1" 200 | "GET /about HTTP/1.1" 200 | '\
'"HEAD /about HTTP/1.1" 200 | "GET /about HTTP/1.1" 304' \
    "$(sed -n 's/.*\("[A-Z]* .about HTTP.1.1" [0-9]*\).*/\1/p' strata.log | paste -sd '|' |
        sed 's/|/ | /g')"

# 3. Servers of other kinds.
serve --fallback index.html --header 'Server-Timing: http;dur=0.012'
ask 3
is 'a 404 that is none' "GET /nowhere was answered 200 OK, with $(wc -c <www/index.html) octets\
 of content. The layers took 12 us. 404 was expected. With --fallback a server answers 200 where it\
 finds nothing." "$value"
shows 'a time that is not told' 'not told | 12 us | not told | not told' '#lanes .time'
touch -d @1 www/about.html
serve --header 'Server-Timing: cdn;dur=5'
ask 1
is 'a 304 without a tag' 'HEAD /about was answered 200 OK, with no content. '\
'It has no entity tag to ask with. 304 was expected.' "$value"
shows 'times of others are not those of the layers' '' '#told, .time'
gzip -k www/about.html
serve --header 'Constructor: <b>toString</b>'
ask 0
is 'content with a coding counts as sent' \
    "GET /about was answered 200 OK, with $(wc -c <www/about.html.gz) octets of content." "$value"
shows 'a field of any name and value is text' 'constructor:<b>toString</b>CR LF' \
    '#response .line:has([aria-label$=constructor])'
see "document.querySelector('#response [aria-label$=constructor]').dataset.note"
is 'and nothing is said of it but that it is one' '11 octets: 63 6f 6e 73 74 72 75 63 74 6f 72. '\
'What the value is about; upper and lower case are the same (RFC 9110 section 5.1). ' \
    "$(echo "$value" | sed 's/\\u00a7/section /')"

# 4. The answer to the last ask wins, and a server that has gone is no silence.
evaluate "(() => {
    const real = fetch;
    window.held = new Promise((done) => { window.release = done; });
    window.fetch = async (...all) => {
        window.fetch = real;
        await held;
        return real(...all);
    };
})(), ''"
evaluate "document.querySelectorAll('#asks button')[3].click(), ''"
ask 4
evaluate "release(), fetch('/nowhere').then(() => new Promise((done) => setTimeout(done, 200)))
    .then(() => '')"
outcome
is 'a late answer to an earlier ask' 'HEAD /about was answered 200 OK, with no content.' "$value"
stop_strata
ask 0
is 'no answer' "No answer came from 127.0.0.1:$port. Has the server ended? Start it again, then ask\
 once more." "$value"
shows 'what was drawn before is gone' '' '#drawing'

# 5. The sources are to be read, and put nothing of a server's into the page but as text.
for file in www/*.js; do
    between "lines of $file" 1 150 "$(wc -l <"$file")"
done
is 'ways to write markup' '' \
    "$(grep -nE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(' www/*.js)"
