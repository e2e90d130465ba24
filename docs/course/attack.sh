#!/bin/sh
# What hostile clients try, and which layer stops it: ./learn attack. It starts a strata of its own,
# with short deadlines, sends each attack with docs/steps/11_send.c, and looks at what comes back:
# the statuses, all of them, and the rule that the answer names. The server runs without its
# sandbox: what is shown here is what the functions do that stand in the table.
set -eu
program=${STRATA_PROGRAM-build/serve/strata}
send=${STRATA_BUILD_DIR-build/serve}/steps/11_send
work=$(mktemp -d)
server=
clean_up() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# --- The site, and the server --------------------------------------------------------------------

mkdir "$work/site"
echo 'not to be seen' >"$work/secret"
ln -s ../secret "$work/site/link"
ln -s "$work/secret" "$work/site/absolute"
mkfifo "$work/site/fifo" "$work/says"
echo 'not to be seen' >"$work/site/.env"
awk 'BEGIN { for (i = 0; i < 4096; i++) printf "%04d", i; print "" }' >"$work/site/file" # 16 KiB

"$program" --address 127.0.0.1 --port 0 --no-sandbox --head-timeout 1 --content-timeout 1 \
    --grace 5 --access-log none "$work/site" 2>"$work/says" &
server=$!
exec 3<"$work/says"
line=
port=
while [ -z "$port" ] && read -r line <&3; do
    port=$(echo "$line" | sed -n 's/.*serving.*:\([0-9]*\)\/$/\1/p')
done
[ -n "$port" ] || {
    echo "attack: $program does not serve: $line" >&2
    exit 1
}

# --- What is sent --------------------------------------------------------------------------------

# request TARGET [FIELD-LINES]: with Host, to the end of the head. \r \n \t \0NNN are understood.
request() {
    printf 'GET %s HTTP/1.1\r\nHost: a\r\n%b\r\n' "$1" "${2-}"
}

last_chunk() {
    printf '0\r\n\r\n'
}

hidden() { # the request of 31 octets that a smuggler hides in or behind another one
    request /file
}

many() { # many COUNT TEXT
    text=$2 awk -v count="$1" 'BEGIN { while (count-- > 0) printf "%s", ENVIRON["text"] }'
}

ranges() { # ranges COUNT: of one octet each, every other octet
    awk -v count="$1" 'BEGIN { while (count-- > 0) printf "%d-%d,", 2 * count, 2 * count }'
}

# --- And what becomes of it ----------------------------------------------------------------------

pace= # OCTETS MILLISECONDS: attacks come in such pieces

# attack WHAT STATUSES LAYER FUNCTION RULE: sends standard input. STATUSES are those of all answers
# that come back, in order; an error page names its rule.
attack() {
    what=$1
    # shellcheck disable=SC2086 # two words
    timeout 10 "$send" "$port" $pace >"$work/answer" 2>"$work/errors" || true
    statuses=$(awk '/^HTTP\/1\.1 [0-9]/ { printf "%s%s", n++ ? " " : "", $2 }' "$work/answer")
    rule=$(sed -n 's/.*(\(RFC [0-9]* §[0-9.]*\)).*/\1/p' "$work/answer")
    row "$1" "${statuses:-none}" "$3" "$4" "${5#RFC }"
    [ "$statuses" = "$2" ] || failed "the answer should be $2"
    [ "${rule:-$5}" = "$5" ] || failed "the answer names $rule"
    [ "$(wc -c <"$work/answer")" -le 20000 ] || failed 'the answer is longer than the file'
    if grep -q 'not to be seen' "$work/answer"; then failed 'what is secret was sent'; fi
    if [ -s "$work/errors" ]; then failed "$(cat "$work/errors")"; fi
    echo "$1" >>"$work/attacks"
}

failed() {
    echo "    NOT STOPPED: $*"
    echo "$what" >>"$work/failures" # in a pipe, a variable would be lost
}

row() {
    printf '%-25s%-7s%-10s%-24s%s\n' "$@"
}

heading() {
    echo
    row "$1" answer layer function RFC
}
touch "$work/attacks" "$work/failures"

heading 'Smuggling: its two ends'
{ request /file 'Content-Length: 36\r\nTransfer-Encoding: chunked\r\n' && last_chunk && hidden; } |
    attack 'CL.TE: 36 octets, or 0?' 400 http check_coding 'RFC 9112 §6.3'
{ request /file 'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n' && printf '1f\r\n' &&
    hidden && printf '\r\n' && last_chunk; } |
    attack 'TE.CL: 31 octets, or 4?' 400 http check_coding 'RFC 9112 §6.3'
{ request /file 'Content-Length: 0\r\nContent-Length: 31\r\n' && hidden; } |
    attack 'a length of 0, and of 31' 400 http find_length 'RFC 9110 §8.6'
{ request /file 'Transfer-Encoding: xchunked\r\n' && last_chunk && hidden; } |
    attack 'a coding named xchunked' 400 http check_coding 'RFC 9112 §6.3'
{ request /file 'Transfer-Encoding : chunked\r\n' && last_chunk && hidden; } |
    attack 'a space before its colon' 400 http http_parse_field_line 'RFC 9112 §5.1'
{ request /file 'X: a\r\n Content-Length: 31\r\n' && hidden; } |
    attack 'a length, folded' 400 http http_parse_field_line 'RFC 9112 §5.2'
{ request /file 'X: a\nContent-Length: 31\r\n' && hidden; } |
    attack 'a length behind LF alone' 400 http fault_at 'RFC 9112 §2.2'
{ request /file 'X: a\0000\r\n' && hidden; } |
    attack 'NUL in a value' 400 http fault_at 'RFC 9110 §5.5'
{ request /file 'Transfer-Encoding: chunked\r\n' && printf '5\n12345\r\n' &&
    last_chunk && hidden; } |
    attack 'a chunk size ended by LF' 400 http take_octet 'RFC 9112 §7.1'
{ request /file 'Transfer-Encoding: chunked\r\n' && printf '10000000000000005\r\n12345\r\n' &&
    last_chunk && hidden; } |
    attack 'one of 2^64 + 5 octets' 400 http take_octet 'RFC 9112 §7.1'

heading 'Paths: out of the root'
request /../secret | attack '/../secret' 400 http end_segment 'RFC 3986 §5.2.4'
request /%2e%2E/secret | attack '/%2e%2E/secret' 400 http end_segment 'RFC 3986 §5.2.4'
request /%252e%252e/secret | attack '/%252e%252e/secret' 404 http next_octet 'RFC 9110 §15.5.5'
request /..%2fsecret | attack '/..%2fsecret' 404 http parse_origin_form 'RFC 9110 §15.5.5'
request /file%00.html | attack '/file%00.html' 400 http parse_origin_form 'RFC 3986 §7.3'
request /link | attack 'a link to ../secret' 404 fs fs_open_beneath 'RFC 9110 §15.5.5'
request /absolute | attack 'an absolute link to it' 404 fs fs_open_beneath 'RFC 9110 §15.5.5'
request /fifo | attack 'a FIFO nobody writes to' 404 fs open_regular 'RFC 9110 §15.5.5'
request /.env | attack '/.env' 404 fs fs_is_hidden 'RFC 9110 §15.5.5'

heading 'Floods: too much of it'
request "/$(many 9000 a)" |
    attack 'a target of 9000 octets' 414 http fault_of_long_line 'RFC 9112 §3'
request /file "$(many 10 "X: $(many 4000 a)\\r\\n")" |
    attack 'a head of 40,000 octets' 431 http fault_at 'RFC 9110 §5.4'
request /file "$(many 100 'X: a\r\n')" |
    attack '101 field lines' 431 http http_parse_request_head 'RFC 9110 §5.4'
request /file 'Content-Length: 1048577\r\n' |
    attack 'content, 1 MiB + 1 octet' 413 http http_content_exceeds 'RFC 9110 §15.5.14'
request /file "Range: bytes=$(many 1000 '0-,')\\r\\n" |
    attack 'the file, 1000 times' 206 http add_piece 'RFC 9110 §15.3.7.2'
request /file "Range: bytes=$(ranges 1000)\\r\\n" |
    attack '1000 ranges of an octet' 200 http http_select_range 'RFC 9110 §17.15'

heading 'Time: octets that drip'
pace='1 50'
request /file "$(many 100 'X: a\r\n')" |
    attack 'a head, 20 octets/s' 408 transport transport_next_overdue 'RFC 9110 §15.5.9'
pace='40 100'
{ request /file 'Content-Length: 1000\r\n' && many 1000 a; } |
    attack 'content, 400 octets/s' 408 transport wait_progress_deadline 'RFC 9110 §15.5.9'
pace=

heading 'And what is no HTTP/1.1'
printf '\026\003\001\002\000\001\000\001' |
    attack 'a TLS hello' 400 http fault_at 'RFC 9110 §4.2.1'
printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' |
    attack 'HTTP/2' 505 http http_parse_request_head 'RFC 9110 §15.6.6'

# --- Is it as it was before? ---------------------------------------------------------------------

heading 'Afterwards'
request /file | attack 'GET /file' 200 server method_get 'RFC 9110 §9.3.1'
kill "$server"
status=0
wait "$server" || status=$?
server=
what=SIGTERM
row SIGTERM "exit $status" server keep_time -
[ $status -eq 0 ] || failed 'the server should stop in order'
while read -r line <&3; do failed "it said: $line"; done
attacks=$(($(wc -l <"$work/attacks") - 1))
echo
echo "$attacks attacks, $(sort -u "$work/failures" | wc -l) not stopped"
[ ! -s "$work/failures" ]
