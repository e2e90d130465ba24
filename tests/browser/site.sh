#!/bin/sh
# The site a fresh build serves, seen by a real browser: pages, style sheet, icons, the friendly
# 404, both colour schemes, no horizontal scroll at 390 px, and what the access log says of it.
# tier: full
#
# Serves a copy of www/, because one page is added: it frames the others at 390 px and measures
# them, which only a page of the same origin may do. The screenshots stay in
# STRATA_BUILD_DIR/screenshots/site/ to be looked at.
set -u
: "${STRATA_SOURCE_DIR:?}" "${STRATA_BUILD_DIR:?}"
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"
# shellcheck source=tests/browser/support/browser.sh
. "$STRATA_SOURCE_DIR/tests/browser/support/browser.sh"

need_chromium
shots=$STRATA_BUILD_DIR/screenshots/site

browse() { # ARGUMENT...: chromium with a profile of its own; the DOM goes to standard output
    HOME=$scratch TMPDIR=$scratch timeout 60 "$chromium" --headless --no-sandbox --disable-gpu \
        --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --hide-scrollbars \
        --user-data-dir="$(mktemp -d "$scratch/profile.XXXXXX")" \
        --virtual-time-budget=5000 --dump-dom "$@" 2>complaints
}

holds() { # WHAT FILE TEXT
    grep -qF -- "$3" "$2" || failed "$1" "$3" "$(head -c 600 "$2")"
}

agent='"[^"]*Chrome/[^"]*"'
logged() { # WHAT PATTERN: in a line of the log, in Combined Log Format, a browser's
    grep -qE "^[^ ]+ - [^ ]+ \[[^]]+\] $2 $agent\$" strata.log ||
        failed "$1" "$2" "$(cat strata.log)"
}

png_head() { # FILE: signature and IHDR chunk up to width and height, in hexadecimal
    od -An -v -tx1 -N24 "$1" 2>/dev/null | tr -d ' \n'
}

look() { # NAME TARGET TEXT...: screenshots at two widths and in two schemes; TEXT in the DOM
    name=$1 target=$2
    shift 2
    for size in 390x844 1280x900; do
        for scheme in 0-dark 1-light; do
            shot=$shots/$name-${size%x*}-${scheme#*-}.png
            browse --blink-settings=preferredColorScheme="${scheme%-*}" --screenshot="$shot" \
                --window-size="${size%x*},${size#*x}" "$origin$target" >dom ||
                failed "chromium loads $target" "exit status 0" "$(tail -n 3 complaints)"
            head=$(printf '89504e470d0a1a0a0000000d49484452%08x%08x' "${size%x*}" "${size#*x}")
            [ "$(png_head "$shot")" = "$head" ] ||
                failed "$shot is a PNG, $size" "$head" "$(png_head "$shot")"
            for text in "$@"; do holds "DOM of $target" dom "$text"; done
        done
        cmp -s "$shots/$name-${size%x*}-dark.png" "$shot"
        status=$?
        [ $status -eq 1 ] || failed "dark beside $shot" "another picture" "cmp exits $status"
    done
}

# 1. Serve the copy, with the page that measures.
rm -rf "$shots"
begin
mkdir -p "$shots" && cp -R "$STRATA_SOURCE_DIR/www" . || exit 1
cat >www/measure.html <<'PAGE'
<!DOCTYPE html>
<title>Measure</title>
<img src="/favicon.ico" alt="">
<iframe title="/"></iframe><iframe title="/about"></iframe><iframe title="/no/such/page"></iframe>
<script>
  const broken = (page) => [...page.images].filter((image) => !image.naturalWidth).length;
  const styled = (page) => { // reading the rules of a refused sheet throws
    try { return page.styleSheets[0].cssRules.length > 9; } catch { return false; }
  };
  for (const frame of document.querySelectorAll("iframe")) {
    frame.style = "width: 390px; height: 844px; border: 0";
    frame.src = frame.title;
  }
  onload = () => {
    const lines = [...document.querySelectorAll("iframe")].map((frame) => {
      const page = frame.contentDocument;
      return `${frame.title} is ${page.documentElement.scrollWidth} wide, ` +
        `${styled(page)} sheet, ${broken(page)} broken images; `;
    });
    document.body.prepend(lines.join(""), `here ${broken(document)} broken images`);
  };
</script>
PAGE
start_strata www
origin=http://127.0.0.1:$port

# 2. Look at it.
icon='<link rel="icon" href="/favicon.svg" type="image/svg+xml">'
look index / '<title>strata: an HTTP/1.1 file server in four layers</title>' \
    '<h1>This page came to you through four layers</h1>' '<a href="/about">' "$icon"
look about /about '<title>About strata</title>' '<h1>About strata</h1>' "$icon"
look layers /layers.svg '<title id="title">The layers of strata</title>'
look 404 /no-such-page '<title>Nothing here (404) · strata</title>' '<h1>Nothing here</h1>' "$icon"

# 3. Measure it.
browse "$origin/measure.html" >dom
for target in / /about /no/such/page; do
    holds "$target framed at 390 px" dom "$target is 390 wide, true sheet, 0 broken images; "
done
holds "favicon.ico is an image" dom "here 0 broken images"

# 4. Read the log; it is complete once the server has stopped.
stop_strata
logged "/ is answered" '"GET / HTTP/1.1" 200 [0-9]+ "[^"]*"'
logged "/about is answered" '"GET /about HTTP/1.1" 200 [0-9]+ "[^"]*"'
logged "/no-such-page is not found" '"GET /no-such-page HTTP/1.1" 404 [0-9]+ "[^"]*"'
for target in / /about /no-such-page; do
    logged "the browser wants the style sheet of $target" \
        "\"GET /style.css HTTP/1.1\" 200 [0-9]+ \"http://[^/]+$target\""
done
for name in favicon.svg favicon.ico; do
    logged "the browser wants $name" "\"GET /$name HTTP/1.1\" 200 [0-9]+ \"[^\"]*\""
done
[ "$failures" -eq 0 ] && echo "screenshots: $shots"
