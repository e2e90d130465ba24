#!/bin/sh
# tier: full
# Chromium plays a sound of 120 s and jumps to 100 s. It need not load what lies between: it asks
# for ranges, and the log says which lengths it was sent.
set -u
: "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"

for name in chromium-browser google-chrome chromium; do
    command -v "$name" >/dev/null 2>&1 && chromium=$name
done
needs "${chromium:=chromium}" seq
begin

# 1. The sound: 16 bits, two channels, 48 kHz. Octets that say where they are are noise.
rate=192000
size=$((120 * rate))
LC_ALL=C
export LC_ALL
number() { # 32 bits, the lowest first
    for shift in 0 8 16 24; do
        # shellcheck disable=SC2059 # an octal escape
        printf "\\$(printf %o $(($1 >> shift & 255)))"
    done
}
{
    printf RIFF && number $((size + 36)) && printf 'WAVEfmt ' && number 16
    printf '\001\000\002\000' && number 48000 && number $rate && printf '\004\000\020\000'
    printf data && number $size && seq 1 9999999 | head -c $size
} >root/sound.wav
cat >root/listen.html <<'END'
<!DOCTYPE html>
<title>Listen</title>
<audio src="/sound.wav" preload="auto"></audio>
<script>
  const sound = document.querySelector("audio");
  sound.onerror = () => fetch("/failed/" + encodeURIComponent(sound.error.message));
  sound.onloadedmetadata = () => sound.currentTime = 100;
  sound.onseeked = () => fetch(`/seeked/${sound.currentTime}/of/${sound.duration}`);
</script>
END
start_strata root

# 2. Chromium, until the page has said how it went.
"$chromium" --version 2>/dev/null
HOME=$scratch timeout 60 "$chromium" --headless --no-sandbox --disable-gpu --disable-quic \
    --no-first-run --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$scratch/profile" --remote-debugging-port=0 \
    "http://127.0.0.1:$port/listen.html" >complaints 2>&1 &
browser=$!
others="$others $browser"
said() {
    grep -qE '"GET /(seeked|failed)/' strata.log || ended "$browser"
}
poll said || poll said || failed 'the page reports within 40 s' 'seeked or failed' "$(tail complaints)"
stop_strata

# 3. The log: first all of it, then from where 100 s are, or a little before.
is 'what the page reports' /seeked/100/of/120 \
    "$(sed -n 's/.*"GET \(\/[sf][^/ ]*ed\/[^ ]*\) .*/\1/p' strata.log)"
lengths=$(sed -n 's/.*"GET \/sound.wav HTTP\/1.1" 206 \([0-9]*\) .*/\1/p' strata.log | sort -n)
is 'octets of the first range' $((size + 44)) "$(echo "$lengths" | tail -n 1)"
between 'octets of the range behind 100 s' $((20 * rate)) $((30 * rate)) \
    "$(echo "$lengths" | head -n 1)"
is 'other answers for the sound' '' \
    "$(sed -n 's/.*"GET \/sound.wav HTTP\/1.1" \([0-9]*\) .*/\1/p' strata.log | grep -v 206)"
