#!/bin/sh
# tier: full
# What curl can do with a file server: methods, versions, persistence, content where none is wanted,
# resuming, conditions, ranges and variants.
set -u
: "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"

needs curl gzip diff seq
begin

# curl is quiet, bounded and leaves ./fields and ./content. FORMAT says what to print.
ask() { # FORMAT ARGUMENT...
    format=$1
    shift
    rm -f fields content
    curl -sS --max-time 30 -D fields -o content -w "$format" "$@" || echo ", exit status $?"
}

resume() { # FORMAT: takes what is missing of part.txt
    curl -sS --max-time 30 -D fields -o part.txt -w "$1" -C - "$numbers" ||
        echo ", exit status $?"
}

field() { # NAME: its value in ./fields
    tr -d '\r' <fields | sed -n "s/^$1: //p"
}

# 1. A site of octets that say where they are.
seq 1 100000 >root/numbers.txt
size=$(($(wc -c <root/numbers.txt)))
TZ=UTC touch -d '2020-01-02 03:04:05' root/numbers.txt
mkdir root/dir
echo 'this is dir/index.html' >root/dir/index.html
seq 1 5000 | sed 's/.*/<p>&/' >root/page.html
gzip -9 -n -k root/page.html
start_strata root
numbers=http://127.0.0.1:$port/numbers.txt
page=http://127.0.0.1:$port/page.html

# 2. Methods, versions, connections.
is 'GET' "200 $size" "$(ask '%{http_code} %{size_download}' "$numbers")"
same 'its content' root/numbers.txt content
is '-I' '200 0' "$(ask '%{http_code} %{size_download}' -I "$numbers")"
is 'its Content-Length' "$size" "$(field Content-Length)"
is '-X BREW' 501 "$(ask '%{http_code}' -X BREW "$numbers")"
is '-T' 501 "$(ask '%{http_code}' -T root/numbers.txt "$numbers")"
is '--http1.0' "200 $size" "$(ask '%{http_code} %{size_download}' --http1.0 "$numbers")"
is 'its Connection' close "$(field Connection)"
is 'two requests on one connection' '200 1 200 0 ' \
    "$(ask '%{http_code} %{num_connects} ' "$numbers" -o content "$numbers")"
is '-L' '200 1' "$(ask '%{http_code} %{num_redirects}' -L "http://127.0.0.1:$port/dir")"
same 'its content' root/dir/index.html content
is '--path-as-is' 400 "$(ask '%{http_code}' --path-as-is "http://127.0.0.1:$port/../etc/passwd")"

# 3. Content where none is wanted.
is '--data with GET, and a request after it on the connection' '200 1 200 0 ' "$(ask \
    '%{http_code} %{num_connects} ' -X GET --data @root/dir/index.html "$numbers" -o content "$numbers")"
same 'the content of the second' root/numbers.txt content
is 'chunked content with GET' 200 "$(ask '%{http_code}' -X GET -H 'Transfer-Encoding: chunked' \
    --data-binary @root/numbers.txt "$numbers")"
is 'Expect: 100-continue' 200 "$(ask '%{http_code}' -X GET -H 'Expect: 100-continue' \
    --expect100-timeout 25 --data-binary @root/numbers.txt "$numbers")"
is 'its first status line' 'HTTP/1.1 100 Continue' "$(tr -d '\r' <fields | head -n 1)"
is 'Expect: 100-continue with BREW: refused before the content' '501 0' \
    "$(ask '%{http_code} %{size_upload}' -X BREW -H 'Expect: 100-continue' \
        --expect100-timeout 25 --data-binary @root/numbers.txt "$numbers")"

# 4. Ranges and resuming.
is '-r 1000-1999' '206 1000' "$(ask '%{http_code} %{size_download}' -r 1000-1999 "$numbers")"
tail -c +1001 root/numbers.txt | head -c 1000 >expected
same 'its content' expected content
is 'its Content-Range' "bytes 1000-1999/$size" "$(field Content-Range)"
is '-r -1000' '206 1000' "$(ask '%{http_code} %{size_download}' -r -1000 "$numbers")"
tail -c 1000 root/numbers.txt >expected
same 'its content' expected content
head -c 123456 root/numbers.txt >part.txt
is '-C -' "206 $((size - 123456))" "$(resume '%{http_code} %{size_download}')"
same 'what is resumed' root/numbers.txt part.txt
is '-C - with nothing left' 416 "$(resume '%{http_code}')"
is 'its Content-Range' "bytes */$size" "$(field Content-Range)"
same 'what was whole' root/numbers.txt part.txt

# 5. Conditions.
is '-z the date' '304 0' "$(ask '%{http_code} %{size_download}' \
    -z 'Thu, 02 Jan 2020 03:04:05 GMT' "$numbers")"
is '-z a second before' "200 $size" "$(ask '%{http_code} %{size_download}' \
    -z 'Thu, 02 Jan 2020 03:04:04 GMT' "$numbers")"
curl -sS --max-time 30 -R -o copy.txt "$numbers"
is '-z a copy of that date' 304 "$(ask '%{http_code}' -z copy.txt "$numbers")"
is '--etag-save' 200 "$(ask '%{http_code}' --etag-save tag "$numbers")"
is '--etag-compare' '304 0' "$(ask '%{http_code} %{size_download}' --etag-compare tag "$numbers")"

# 6. Variants.
is '--compressed' "200 $(($(wc -c <root/page.html.gz)))" \
    "$(ask '%{http_code} %{size_download}' --compressed "$page")"
same 'what is unpacked' root/page.html content
is 'its coding, type and Vary' 'gzip; text/html; charset=utf-8; Accept-Encoding' \
    "$(field Content-Encoding); $(field Content-Type); $(field Vary)"
tag=$(field ETag)
is 'without' "200 $(($(wc -c <root/page.html)))" "$(ask '%{http_code} %{size_download}' "$page")"
same 'its content' root/page.html content
is 'its coding and Vary' '; Accept-Encoding' "$(field Content-Encoding); $(field Vary)"
[ "$(field ETag)" != "$tag" ] || failed 'the tags of content and variant' 'two' "$tag twice"
is '--compressed -I' "200 $(($(wc -c <root/page.html.gz)))" \
    "$(ask '%{http_code}' --compressed -I "$page") $(field Content-Length)"
