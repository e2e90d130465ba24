#!/bin/sh
# "Ask this server" on the start page, in a real browser: what each button's answer looks like when
# the server tells its times and when it does not, compared with what curl got.
# tier: full
#
# The screenshots stay in STRATA_BUILD_DIR/screenshots/layers/ to be looked at.
set -u
: "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/browser/support/ask.sh
. "$STRATA_SOURCE_DIR/tests/browser/support/ask.sh"
shots=$STRATA_BUILD_DIR/screenshots/layers
rm -rf "$shots"
mkdir -p "$shots"
size=$(wc -c <www/about.html)

head_of() { # request or response: sets $value, like "method=GET space=SP … | field name=Host …"
    see "[...document.querySelectorAll('#$1 .line')].map((line) => [...line.children]
        .map((part) => part.dataset.kind + '=' + part.textContent).join(' ')).join(' | ')"
}

# The head curl gets, as the page draws it: names in lower case and sorted. Dates may differ.
curl_head() { # ARGUMENT...
    curl -s -o /dev/null -D - "$@" | tr -d '\r"' | awk '
        NR == 1 {
            reason = substr($0, length($1 $2) + 3)
            print "version=" $1 " space=SP status code=" $2 " space=SP reason phrase=" reason
        }
        NR > 1 && NF {
            at = index($0, ":")
            print "field name=" tolower(substr($0, 1, at - 1)) " colon=: field value=" \
                substr($0, at + 2) | "sort"
        }
        END { close("sort"); print "empty line=CR LF" }' |
        sed '/^empty/!s/$/ line end=CR LF/' | paste -sd '|' | sed 's/|/ | /g' | undated
}

# Each part has words of its kind, and each field of this server has words of its own.
explained() { # WHAT
    evaluate "import('/words.js').then(({ fields, kinds }) =>
        [...document.querySelectorAll('#drawing button')].map((part) => part.dataset.kind)
            .filter((kind) => !kinds[kind]).concat(
        [...document.querySelectorAll('#drawing button.field-name')].map((one) => one.textContent)
            .filter((name) => !fields.has(name.toLowerCase()))).join(' '))"
    is "$1: what has no words" '' "$value"
}

undated() {
    sed 's/\(name=date colon=: field value=\)[^=]* line/\1… line/'
}

drawn() { # WHAT METHOD FIELD CONTENT CURL-ARGUMENT...: FIELD is what the page asks with, or empty
    what=$1 method=$2 field=$3 content=$4
    shift 4
    start=" space=SP target=${asked:-/about} space=SP version=HTTP/1.1 line end=CR LF"
    host="field name=Host colon=: field value=127.0.0.1:$port line end=CR LF"
    [ -z "$field" ] ||
        field="field name=${field%%: *} colon=: field value=${field#*: } line end=CR LF | "
    head_of request
    is "$what: the request" "method=$method$start | $host | ${field}more field lines=\
\\u2026 and what the browser adds | empty line=CR LF | content=No content: no field line announces\
 any." "$value"
    head_of response
    is "$what: the response, as curl has it" "$(curl_head "$@") | content=$content" \
        "$(echo "$value" | undated)"
    [ "$what" = 'a page, with times' ] || explained "$what"
}

look() { # NAME: screenshots, and no page wider than the screen
    for wide in 390x2300 1280x1700; do
        for scheme in dark light; do
            screen "${wide%x*}" "${wide#*x}" "$scheme"
            evaluate "document.querySelector('[aria-labelledby=ask]').scrollIntoView(), ''"
            see "document.documentElement.scrollWidth"
            is "$1, $scheme: its width on a screen of ${wide%x*}" "${wide%x*}" "$value"
            screenshot "$shots/$1-${wide%x*}-$scheme.png"
        done
        cmp -s "$shots/$1-${wide%x*}-dark.png" "$shots/$1-${wide%x*}-light.png"
        is "$1: dark and light are two pictures" 1 $?
    done
}

# 1. A server that does not explain; Tab and Enter alone.
start_strata www --no-server-field
origin=http://127.0.0.1:$port
visit "$origin/"
shows 'nothing is drawn before somebody asks' '' '#drawing'
for _ in 1 2 3 4 5 6 7 8; do
    press Tab
    see "document.activeElement.textContent"
    [ "$value" = 'A page GET /about' ] && break
done
is 'Tab comes to the first button' 'A page GET /about' "$value"
answers 'a page' "GET /about was answered 200 OK, with $size octets of content."
drawn 'a page' GET '' "$size octets of content, not drawn." "$origin/about"
shows 'the lanes' 'transport/ | http/ | fs/ | server/' '#lanes .name'
shows 'without times there are no bars' '' '#lanes .time, #lanes .track, #told'
shows 'how to get times is said' './learn serve --explain | Server-Timing' '#untold code'
press Tab
answers 'a 304' 'GET /about was answered 304 Not Modified, with no content.'\
' A HEAD before it had learnt the entity tag.'
tag=$(curl -sI "$origin/about" | tr -d '\r' | sed -n 's/^ETag: //p')
drawn 'a 304' GET "If-None-Match: $(echo "$tag" | tr -d '"')" \
    'No content: a 304 is over with its head.' -H "If-None-Match: $tag" "$origin/about"
press Tab
answers 'a range' 'GET /about was answered 206 Partial Content, with 100 octets of content.'
drawn 'a range' GET 'Range: bytes=0-99' '100 octets of content, not drawn.' -r 0-99 "$origin/about"
press Tab
missing=$(curl -s "$origin/nowhere" | wc -c)
answers 'a 404' "GET /nowhere was answered 404 Not Found, with $missing octets of content."
asked=/nowhere
drawn 'a 404' GET '' "$missing octets of content, not drawn." "$origin/nowhere"
asked=
shows 'the lanes of a 404' 'Received the request; sends the response. | '\
'Parsed GET /nowhere; formatted 404 Not Found. | Found no file. | '\
'Chose the function for GET; called the other three.' '#lanes .did'
press Tab
answers 'a HEAD' 'HEAD /about was answered 200 OK, with no content.'
drawn 'a HEAD' HEAD '' 'No content: HEAD asks for the head alone.' -I "$origin/about"
silent 'not explaining' 'status of 404'
ask 2
look told-nothing

# 2. A server that tells its times, and wants no inline style or script; a long value.
times='transport;dur=0.031, http;dur=0.012, fs;dur=0.100, server;dur=0.020'
serve --header "Server-Timing: $times" \
    --header "Content-Security-Policy: default-src 'self'" \
    --header "X-Long: $(printf '%0300d' 7)"
answers 'a page, with times' \
    "GET /about was answered 200 OK, with $size octets of content. The layers took 163 us."
drawn 'a page, with times' GET '' "$size octets of content, not drawn." "$origin/about"
shows 'the times' '31 us | 12 us | 100 us | 20 us' '#lanes .time'
see "[...document.querySelectorAll('.bar')].map((bar) => Math.round(100 *
    bar.getBoundingClientRect().width / bar.parentElement.getBoundingClientRect().width))"
is 'the bars, in percent of the longest' 31,12,100,20 "$value"
shows 'the sum' '163 us' '#total'
shows 'what the bars leave out is said' 'Sending is in no bar' '#told strong'
shows 'how to get times is not said' '' '#untold'
see "performance.getEntriesByType('resource').every((one) => one.name.startsWith('$origin/'))"
is 'all comes from this server' true "$value"
silent 'with times'
ask 1
look told
[ "$failures" -eq 0 ] && echo "screenshots: $shots"
