#!/bin/sh
# The picture of a run, ./learn picture: what is drawn of the runs in tests/explain/picture/, which
# are written by hand, and what is said of files of which nothing can be drawn.
# tier: learner
set -u
LC_ALL=C
export LC_ALL
: "${STRATA_SOURCE_DIR:=$(cd "$(dirname "$0")/../.." && pwd)}"
runs=$STRATA_SOURCE_DIR/tests/explain/picture
program=$STRATA_SOURCE_DIR/docs/explain/picture.sh
failures=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

failed() { # WHAT EXPECTED SEEN
    printf 'FAILED: %s\n  expected: %s\n  seen:     %s\n' "$1" "$2" "$3"
    failures=$((failures + 1))
}

is() { # WHAT EXPECTED SEEN
    [ "$2" = "$3" ] || failed "$@"
}

draw() { # NAME: the picture of the run NAME, in NAME.svg
    [ -f "$1.jsonl" ] || cp "$runs/$1.jsonl" .
    sh "$program" "$1.jsonl" 2>said || failed "$1 is drawn" 'exit status 0' "$(cat said)"
}

count() { # NAME TEXT: how many lines of the picture hold TEXT
    grep -cF -- "$2" "$1.svg"
}

has() { # NAME TEXT
    grep -qF -- "$2" "$1.svg" || failed "$1.svg holds" "$2" 'no such line'
}

has_not() { # NAME TEXT
    if grep -qF -- "$2" "$1.svg"; then failed "$1.svg does not hold $2" 0 "$(count "$1" "$2")"; fi
}

# Elements nest, and no < or & stands for itself: as far as awk can tell, this is XML.
is_well_formed() { # NAME
    seen=$(awk '
        { all = all $0 "\n" }
        END {
            if (all ~ /&[^alqg]/) print "a bare &"
            parts = split(all, part, /[<]/)
            for (i = 2; i <= parts; i++) {
                if (part[i] !~ /^\/?[a-z]+( [a-zA-Z:-]+="[^"]*")*\/?>[^>]*$/) print "<" part[i]
                name = part[i]
                sub(/^\//, "", name)
                sub(/[^a-z].*/, "", name)
                if (part[i] ~ /^\//) { if (open[depth--] != name) print "</" name ">" }
                else if (part[i] !~ /\/>/) open[++depth] = name
            }
            if (depth) print "open: " open[depth]
        }' "$1.svg")
    is "$1.svg is well-formed" '' "$seen"
}

# Turns of one worker stand beside one another, all within the picture.
is_in_order() { # NAME
    seen=$(awk '
        function value(name) {
            match($0, " " name "=\"[-0-9.]+")
            return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) + 0
        }
        /class="box"/ {
            left[++boxes] = value("x"); right[boxes] = left[boxes] + value("width")
            top[boxes] = value("y")
            if (left[boxes] < 92 || right[boxes] > 942) print "outside: " $0
            for (i = 1; i < boxes; i++)
                if (top[i] == top[boxes] && left[i] <= right[boxes] && left[boxes] <= right[i])
                    print "overlap: " $0
        }
        END { if (!boxes) print "no turn at all" }' "$1.svg")
    is "the turns of $1.svg are in order" '' "$seen"
}

# As letters of 11 px monospace are 6.62 px wide, no bar ends before its word does.
words_fit() { # NAME
    seen=$(awk '
        function value(name) {
            match($0, " " name "=\"[-0-9.]+")
            return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) + 0
        }
        /class="(bar|box)"/ { right = value("x") + value("width") }
        /class="(verb|name)"/ {
            words = $0
            gsub(/<[^>]*>/, "", words)
            gsub(/[\200-\277]/, "", words)
            checked++
            if (value("x") + 6.62 * length(words) > right) print
        }
        END { if (!checked) print "no words at all" }' "$1.svg")
    is "the words of $1.svg fit" '' "$seen"
}

# --- every run ----------------------------------------------------------------------------------
for name in one-get two-clients slow-reader keep-alive refused hostile; do
    draw "$name"
    is "$name says where" "picture: $name.svg" "$(cat said)"
    is_well_formed "$name"
    is_in_order "$name"
    words_fit "$name"
    is "the events of $name" "$(grep -c '^{' "$name.jsonl")" "$(count "$name" '<g class="event">')"
    has "$name" "<title id=\"title\">A run of strata: $name</title>"
    cp "$name.svg" first.svg
    draw "$name"
    cmp -s first.svg "$name.svg" || failed "$name drawn again" 'the same octets' 'others'
    sh "$program" - <"$name.jsonl" | sed "s/standard input/$name/" | cmp -s - first.svg ||
        failed "$name from standard input" 'the same picture on standard output' 'another'
    for other in mawk gawk original-awk 'busybox awk'; do # as far as they are here
        command -v "${other%% *}" >/dev/null || continue
        mkdir -p bin
        printf '#!/bin/sh\nexec %s "$@"\n' "$other" >bin/awk
        chmod +x bin/awk
        PATH=$work/bin:$PATH sh "$program" "$name.jsonl" 2>/dev/null
        cmp -s first.svg "$name.svg" || failed "$name by $other" 'the same octets' 'others'
    done
done

# --- one GET ------------------------------------------------------------------------------------
is 'turns of one GET' 1 "$(count one-get '<g class="turn ')"
has one-get '1 connection, 1 request, 1 turn of 1 worker, 0.223 ms'
has one-get '>c1.r1 · 223 µs</text>'
parsed='c1.r1 http parsed: GET /about, HTTP/1.1, 2 field lines [RFC 9112 §3], at 0.030 ms'
has one-get "<title>$parsed</title>"
has one-get '>opened 121 µs</text>'
has one-get '>GET /about → 200 OK</text>'
has one-get '>for the next request</text>'
is 'each layer has a line' 'transport http fs server ' \
    "$(sed -n 's/.*class="layer"[^>]*>\([a-z]*\)<.*/\1/p' one-get.svg | tr '\n' ' ')"
is 'a field line after another has no word' 1 "$(count one-get '>field</text>')"
is 'accepted' 1 "$(count one-get 'class="accepted"')"
has_not one-get 'class="closed"'
has one-get 'waits for the next request, at most 60 s; still open.'

# --- two clients --------------------------------------------------------------------------------
has two-clients '2 connections, 2 requests, 2 turns of 2 workers'
is 'two clients are served at once' 'at once' "$(awk -F '"' '
    /class="box"/ && !seen[$6]++ && ++boxes == 1 { right = $4 + $8; top = $6 }
    /class="box"/ && boxes == 2 { print ($4 < right && $6 > top ? "at once" : "in turn"); exit }
    ' two-clients.svg)"
has two-clients '>Colours are connections. The order in time is exact, '
grep -E '^ *--(transport|http|fs|server): #' "$STRATA_SOURCE_DIR/www/style.css" |
    grep -o '#[0-9a-f]*' | sort -u >layers
is 'layers have colours, four in light and four in dark' 8 "$(grep -c . layers)"
is 'connections that have the colour of a layer' '' "$(grep -F -f layers two-clients.svg)"
is 'the two have colours of their own' 'k0 k1 ' \
    "$(sed -n 's/.*class="turn \([^"]*\)".*/\1/p' two-clients.svg | tr '\n' ' ')"
has two-clients '>worker 2</text>'
has two-clients '>GET /layers.svg → 200 OK</text>'
# Workers write at once: of what comes a line too late, nothing changes.
awk '/"worker":1/ && NR > 8 && !done { if (held) print held; held = $0; next }
    { print }
    held { print held; held = ""; done = 1 }' two-clients.jsonl >late.jsonl
cmp -s late.jsonl two-clients.jsonl && failed 'the lines' 'in another order' 'the same'
draw late
sed s/two-clients/late/ two-clients.svg | cmp -s - late.svg ||
    failed 'a line comes late' 'the same picture' 'another'

# --- a slow reader ------------------------------------------------------------------------------
has slow-reader '>479.6 ms</text>'
has slow-reader '>349.2 ms</text>'
is 'pauses' 2 "$(count slow-reader 'class="zigzag"')"
is 'turns of the slow reader and of another' 4 "$(count slow-reader '<g class="turn ')"
has slow-reader '>waits until the peer reads, at most 30 s</text>'
has slow-reader '>sent 810 µs</text>'
is 'four times somebody is parked' 4 "$(awk '/class="lane-of/ { lane = 1 }
    /class="parked"/ && lane { parked++; lane = 0 } END { print parked }' slow-reader.svg)"

# --- keep-alive, refused ------------------------------------------------------------------------
has keep-alive 'c1.r1 transport resumed: '
has keep-alive '2 requests, 3 turns'
has keep-alive '>1.0 s</text>'
has keep-alive '>2.0 s</text>'
has keep-alive '>1000.100 ms</text>'
is 'two requests on one connection' 1 "$(count keep-alive 'class="accepted"')"
is 'which is closed at the end' 1 "$(count keep-alive 'class="closed"')"
is 'turns of the one connection, the last without a request' 'c1.r1 c1.r2 c1.r2 ' \
    "$(sed -n 's/.*class="name"[^>]*>\([^ ]*\) .*/\1/p' keep-alive.svg | tr '\n' ' ')"
has refused '1 connection, 1 request, 2 turns of 1 worker, 0.309 ms'
has refused '>400 Bad Request: at octet 20: &quot;Host : x\r\n&quot;</text>'
is 'what is refused is closed' 1 "$(count refused 'class="closed"')"
has_not refused 'class="zigzag"'
is 'the connection is parked from the end of a turn to the next' "$(awk -F '"' '
    /class="box"/ && !from { from = $4 + $8; next }
    /class="box"/ { print from " " $4 }' refused.svg)" \
    "$(sed -n 's/.*class="parked" d="M\([0-9]*\) [0-9]*L\([0-9]*\) .*/\1 \2/p' refused.svg)"

# --- hostile words ------------------------------------------------------------------------------
has_not hostile '<script'
has_not hostile 'class="closed"'
is 'what words say of verbs and times is words' 1 "$(count hostile '<g class="turn ')"
nasty='&lt;/title&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; '
nasty="$nasty'é → 日本語 \\x00\\x1b ]]&gt;"
has hostile "http field: X-&quot;at&quot;:9,&quot;verb&quot;:&quot;closed&quot; &lt;b&gt;: $nasty"
has hostile '[&quot;&lt;&amp;&gt;&quot;], at 0.022 ms'

# --- runs made here -----------------------------------------------------------------------------
event() { # AT TURN WORKER CONNECTION REQUEST LAYER VERB WORDS
    printf '{"at":%s,"turn":%s,"worker":%s,"connection":%s,"request":%s,"layer":"%s",' \
        "$1" "$2" "$3" "$4" "$5" "$6"
    printf '"verb":"%s","words":"%s"}\n' "$7" "$8"
}

{
    event 9000000000 9000000000 1 12 1 http parsed 'GET /a, HTTP/1.1, no field line'
    event 9000000001 9000000000 1 12 1 http decided '200 OK, stays open'
    event 9000000001 9000000000 1 12 1 http formatted '300 octets of head'
    event 9000000002 9000000000 1 12 2 http parsed 'GET /b, HTTP/1.1, no field line'
    event 9000000003 9000000000 1 12 2 http decided '404 Not Found, stays open'
    event 9000000003 9000000000 1 12 2 http formatted '300 octets of head'
    event 9000000009 9000000000 1 12 2 transport waits 'for the rest, at most 10 s'
    event 9010000000 9010000000 0 12 3 http refused '408 Request Timeout'
} >long-up.jsonl
draw long-up
is_in_order long-up
has long-up '>c12.r1–r2 · 9 µs</text>'
has long-up '>GET /a → 200 OK</text>'
has long-up '>GET /b → 404 Not Found</text>'
has long-up '>timekeeper</text>'
has long-up '2 turns of 1 worker and the timekeeper, 10000.000 ms'
has long-up '>10.0 s</text>'

i=0
while [ $i -lt 40 ]; do # four workers, eight connections, turns that overlap
    for step in 1 2 3 4 5 6 7 8; do
        event $((i * 70 + step * 30)) $((i * 70)) $((i % 4 + 1)) $((i % 8 + 1)) 1 http "step$step" x
    done
    i=$((i + 1))
done >many.jsonl
draw many
is_well_formed many
is_in_order many
is 'turns of many' 40 "$(count many '<g class="turn ')"
is 'seven connections and the eighth are named' 'c1 c2 c3 c4 c5 c6 c7 c8 ' \
    "$(sed -n 's/.*class="lane"[^>]*>\(.*\)<.*/\1/p' many.svg | sort -u | tr '\n' ' ')"

# --- what cannot be drawn -----------------------------------------------------------------------
refuses() { # WHAT STATUS MESSAGE ARGUMENT...
    what=$1 wanted=$2 message=$3
    shift 3
    sh "$program" "$@" >out 2>said
    is "$what: exit status" "$wanted" $?
    is "$what: standard output" '' "$(cat out)"
    grep -qF -- "$message" said || failed "$what" "$message" "$(cat said)"
}

refuses 'no argument' 64 'one FILE.jsonl is needed'
refuses 'two arguments' 64 'one FILE.jsonl is needed' a b
refuses 'no such file' 66 'cannot read the file nothing.jsonl' nothing.jsonl
refuses 'a directory' 66 'cannot read the file .' .

echo 'strata: serving /srv/www at http://127.0.0.1:8080/' >empty.jsonl
refuses 'no event' 65 '--explain-format=json 2>run.jsonl' empty.jsonl
[ ! -e empty.svg ] || failed 'of no event' 'no picture' 'empty.svg'

echo 'an older picture' >broken.svg
line() { # NUMBER WHAT MESSAGE: broken.jsonl is refused for that
    refuses "$2" 65 "picture: line $1 of broken $3" broken.jsonl
}
sed '5s/.\{20\}$//' one-get.jsonl >broken.jsonl
line 5 'a line without its end' 'is cut'
sed '5s/^.\{20\}//' one-get.jsonl >broken.jsonl
line 5 'a line without its begin' 'is cut'
sed '5s/.\{60\}$//' one-get.jsonl | awk 'NR == 5 { printf "%s", $0; next } 1' >broken.jsonl
line 5 'two lines in one' 'is cut'
sed '5s/"at":[0-9]*,//' one-get.jsonl >broken.jsonl
line 5 'an event without its time' 'is no event of strata'
sed '5s/"http"/"tls"/' one-get.jsonl >broken.jsonl
line 5 'a layer there is not' 'is no event of strata'
printf '%s\n' "$(sed -n 2p one-get.jsonl | sed "s/127/$(printf '\303')/")" >broken.jsonl
line 1 'half a character' 'is cut or is no event'
printf '%s\n' "$(sed -n 2p one-get.jsonl | sed "s/127/$(printf '\033')/")" >broken.jsonl
line 1 'a control octet' 'is cut or is no event'
sed 's/"turn":5012340/"turn":9012340/' one-get.jsonl >broken.jsonl
line 2 'a turn that begins after its event' 'goes back in time'
cat keep-alive.jsonl refused.jsonl >broken.jsonl
refuses 'two runs' 65 'goes back in time' broken.jsonl
is 'what was there before stays' 'an older picture' "$(cat broken.svg)"
mkdir one-get.svg 2>/dev/null || { rm one-get.svg && mkdir one-get.svg; }
refuses 'where nothing can be written' 73 'cannot write one-get.svg' one-get.jsonl

[ $failures -eq 0 ] && echo 'every run is drawn'
exit $((failures > 0))
