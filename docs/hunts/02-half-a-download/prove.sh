#!/bin/sh
# Exits with 0 where a client that does not read for a while gets only the first octets of a large
# file, though all are announced; with 1 where it gets the file.
set -eu
# shellcheck source=docs/hunts/support.sh
. "$(dirname "$0")/../support.sh"
size=16000000 # more than the kernel takes for a client that does not read
awk -v size=$size 'BEGIN { for (; i < size; i += 8) printf "%08d", i }' >"$work/site/large"

serve "$program" --explain=transport
mkfifo "$work/pipe"
request /large | ask >"$work/pipe" &
exec 4<"$work/pipe" # opened, not yet read: the pipe fills, then the client stops to read
await ' sent '
cat <&3 >/dev/null &
said=$!
cat <&4 >"$work/answer"
kill $said
tail -c $size "$work/answer" >"$work/content"
if cmp -s "$work/content" "$work/site/large"; then
    echo "all $size octets came, and as they are in the file"
    exit 1
fi
came=$(wc -c <"$work/answer")
echo "the head and the content have $came octets together, the file has $size"
grep -q "^Content-Length: $size" "$work/answer" && [ "$came" -lt $size ]
