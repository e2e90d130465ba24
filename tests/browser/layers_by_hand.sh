#!/bin/sh
# "Ask this server" with the keyboard alone, with a pointer, by those who listen, and without
# scripts.
# tier: full
# shellcheck disable=SC2119 # serve without options
set -u
: "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/browser/support/ask.sh
. "$STRATA_SOURCE_DIR/tests/browser/support/ask.sh"

in_focus() { # WHAT EXPECTED
    see "document.activeElement.getAttribute('aria-label')"
    is "$1" "$2" "$value"
}
note() { # WHAT EXPECTED
    text_of '#part'
    is "$1" "$2" "$(echo "$value" | sed 's/ \\u00b7 / - /; s/\\u00a7/section /g')"
}

# 1. Walk over the parts.
serve
ask 4
for _ in 1 2 3 4 5; do press Tab; done
in_focus 'Tab comes to the request head' 'method: HEAD'
note 'its first part is explained' 'method - 4 octets: 48 45 41 44. '\
'What is asked for; upper and lower case differ (RFC 9110 section 9.1).'
evaluate "String(document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
    { key: 'End', altKey: true, bubbles: true, cancelable: true })) ? 'theirs' : 'ours')"
is 'keys with Alt belong to the browser' theirs "$value"
press ArrowUp
in_focus 'nothing is above the first line' 'method: HEAD'
press ArrowRight
in_focus 'to the right' 'space: SP'
note 'a space is an octet' 'space - 1 octet: 20. '\
'One space, never two, between the parts of the first line (RFC 9112 section 3, section 4).'
press ArrowDown
in_focus 'down' 'field name: Host'
press ArrowLeft
in_focus 'left, to the end of the line above' 'line end: CR LF'
press End
in_focus 'to the end' 'content: No content: no field line announces any.'
press Home
in_focus 'to the start' 'method: HEAD'
press ArrowDown
press Tab
in_focus 'a head is one stop of Tab' 'version: HTTP/1.1'
press End
press ArrowUp
in_focus 'up' 'empty line: CR LF'
note 'the empty line' 'empty line - 2 octets: 0d 0a. '\
'Nothing before the line end: the head is over (RFC 9112 section 2.1).'
listeners_meet() { # NAME: in the accessibility tree, which follows the page a little later
    tell Accessibility.getFullAXTree
    case $answer in
    *"\"name\":{\"type\":\"computedString\",\"value\":\"$1\""*) ;;
    *) return 1 ;;
    esac
}
for name in 'method: HEAD' 'empty line: CR LF' 'field name: content-type' 'A 304 If-None-Match'; do
    poll listeners_meet "$name" ||
        failed 'a name in the accessibility tree' "$name" "${#answer} octets without"
done
see "document.getElementById('outcome').role + ' ' + document.getElementById('part').ariaLive"
is 'what happened is announced' 'status polite' "$value"

# 2. Point at a part.
see "(({ x, y }) => 'x:' + x + ',y:' + (y + 3))(document.querySelector('#request .target')
    .getBoundingClientRect(document.querySelector('#request .target').scrollIntoView()))"
tell Input.dispatchMouseEvent \
    "\"type\":\"mouseMoved\",$(echo "$value" | sed 's/x:/"x":/; s/y:/"y":/')"
note 'what the pointer is at is explained' 'target - 6 octets: 2f 61 62 6f 75 74. '\
'What it is asked of, as written by the client (RFC 9112 section 3.2).'

# 3. Without scripts; and the console is really watched.
serve
evaluate "console.error('planted'), Promise.reject(new Error('thrown')), ''"
silent 'planted' planted thrown
tell Emulation.setScriptExecutionDisabled '"value":true'
visit "$origin/"
shows 'a page without scripts says so' 'The buttons need JavaScript, which is off.' \
    'noscript strong'
shows 'and has no dead buttons' '' '#asks button'
