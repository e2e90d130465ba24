# shellcheck shell=sh
# browser.sh — a Chromium that is driven through a pipe, in the DevTools protocol: one JSON object
# a message, which NUL ends. Sourced, after clients/support/servers.sh:
#
#     need_chromium               sets $chromium, or the test is skipped
#     start_browser               after begin; on exit it ends
#     tell METHOD [PARAMETERS]    waits for the result, $answer; PARAMETERS is JSON without { }
#     evaluate EXPRESSION         in the page: $value is the string it is, or the promise of it. No
#                                 double quote and no backslash in either
#     visit ADDRESS               and waits until the page has loaded
#     screen WIDTH HEIGHT SCHEME  light or dark
#     press KEY                   a real key: Tab, Enter, ArrowDown …
#     screenshot FILE             of what is in sight
#     complaints                  prints what the page has logged or thrown since visit
#
# Everything received is in protocol.log, a line each.

need_chromium() {
    for name in chromium chromium-browser google-chrome; do
        chromium=$(command -v "$name") && return
    done
    needs chromium
}

start_browser() {
    trap '' PIPE # a browser that is gone is found by tell
    : >protocol.log
    mkfifo commands answers || exit 1
    HOME=${scratch:?} TMPDIR=$scratch "$chromium" --headless --no-sandbox --disable-gpu \
        --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --hide-scrollbars \
        --user-data-dir="$scratch/profile" --remote-debugging-pipe \
        3<commands 4>answers >browser.out 2>&1 &
    browser=$!
    trap 'stop_browser; finish' EXIT
    stdbuf -o0 tr '\0' '\n' <answers >protocol.log &
    exec 8>commands
    commands=0
    session=
    tell Target.createTarget '"url":"about:blank"'
    tell Target.attachToTarget "\"targetId\":\"$(member targetId)\",\"flatten\":true"
    session=$(member sessionId)
    for domain in Page Runtime Log; do tell $domain.enable; done
}

# Its children outlive it by a moment in which they still write.
stop_browser() {
    result=$?
    kill -TERM "$browser" 2>/dev/null
    poll ended "$browser"
    poll rm -rf "$scratch/profile" 2>/dev/null
    return $result
}

member() { # NAME: of $answer, a string
    printf '%s\n' "$answer" | sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p"
}

answered() {
    answer=$(grep "^{\"id\":$commands," protocol.log) || ended "$browser"
}

tell() { # METHOD [PARAMETERS]
    commands=$((commands + 1))
    printf '{"id":%d,"method":"%s","params":{%s}%s}\0' "$commands" "$1" "${2:-}" \
        "${session:+,\"sessionId\":\"$session\"}" >&8
    poll answered
    case $answer in
    '' | *'"error":'* | *'"exceptionDetails":'*)
        failed "the browser does $1" "${2:-}" "${answer:-no answer; $(tail -n 3 browser.out)}"
        ;;
    esac
}

evaluate() { # EXPRESSION
    expression=$(printf %s "$1" | tr '\n' ' ')
    tell Runtime.evaluate \
        "\"expression\":\"$expression\",\"awaitPromise\":true,\"returnByValue\":true"
    # shellcheck disable=SC2034 # for those who source this
    value=$(member value)
}

loaded() {
    tail -n "+$since" protocol.log | grep -q '"method":"Page.loadEventFired"'
}

visit() { # ADDRESS
    since=$(($(wc -l <protocol.log) + 1))
    tell Page.navigate "\"url\":\"$1\""
    poll loaded || failed "$1 loads" 'an event' "$(tail -n 3 protocol.log)"
}

screen() { # WIDTH HEIGHT SCHEME
    tell Emulation.setDeviceMetricsOverride \
        "\"width\":$1,\"height\":$2,\"deviceScaleFactor\":1,\"mobile\":false"
    tell Emulation.setEmulatedMedia \
        "\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"$3\"}]"
}

press() { # KEY, and the code of the few that need one
    case $1 in
    Tab) code=9 text= ;;
    Enter) code=13 text=',"text":"\r"' ;;
    End) code=35 text= ;;
    Home) code=36 text= ;;
    ArrowLeft) code=37 text= ;;
    ArrowUp) code=38 text= ;;
    ArrowRight) code=39 text= ;;
    ArrowDown) code=40 text= ;;
    esac
    key="\"key\":\"$1\",\"code\":\"$1\",\"windowsVirtualKeyCode\":$code$text"
    tell Input.dispatchKeyEvent "\"type\":\"keyDown\",$key"
    tell Input.dispatchKeyEvent "\"type\":\"keyUp\",$key"
}

screenshot() { # FILE
    tell Page.captureScreenshot '"format":"png"'
    member data | base64 -d >"$1"
}

complaints() {
    tail -n "+$since" protocol.log |
        grep -E '"method":"(Runtime\.(consoleAPICalled|exceptionThrown)|Log\.entryAdded)"'
}
