# shellcheck shell=sh
# ask.sh — for tests of "Ask this server" on the start page. Sourced; it sources the other two, and
# then there is a scratch directory with a copy of www/, and a browser. $value is what was seen:
#
#     serve OPTION...             strata with these; its start page is open, its first button in
#                                 focus
#     ask N                       click on the button of that number, from 0; the outcome
#     answers WHAT EXPECTED       Enter on the button in focus has this outcome
#     see EXPRESSION              the string it is; µ is u, and there are no quotes
#     text_of SELECTOR            the texts of all such elements in sight
#     shows WHAT EXPECTED SELECTOR
#     silent WHAT PATTERN...      the console has one complaint for each PATTERN, and no other
set -u
: "${STRATA_SOURCE_DIR:?}" "${STRATA_BUILD_DIR:?}"
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"
# shellcheck source=tests/browser/support/browser.sh
. "$STRATA_SOURCE_DIR/tests/browser/support/browser.sh"

serve() { # OPTION...: another server; the start page is open
    stop_strata
    start_strata www "$@"
    origin=http://127.0.0.1:$port
    open_page
}

open_page() {
    visit "$origin/"
    evaluate "document.querySelector('#asks button').focus(), ''"
}

# A value without what would be escaped.
see() { # EXPRESSION
    evaluate "String($1).replaceAll(String.fromCharCode(34), '').replaceAll('µ', 'u')"
}

text_of() { # SELECTOR: sets $value to the texts in sight of all such elements
    see "[...document.querySelectorAll('$1')].filter((one) => one.checkVisibility())
        .map((one) => one.textContent.replace(/[ \\\\n]+/g, ' ').trim()).join(' | ')"
}

shows() { # WHAT EXPECTED SELECTOR
    text_of "$3"
    is "$1" "$2" "$value"
}

outcome() { # sets $value once there is one
    evaluate "new Promise((done) => {
        const look = () => {
            const text = document.getElementById('outcome').textContent;
            text.startsWith('Waiting') ? setTimeout(look, 10) : done(text.replaceAll('µ', 'u'));
        };
        look();
    })"
}

answers() { # WHAT EXPECTED: Enter on the button in focus
    press Enter
    outcome
    is "$1" "$2" "$value"
}

ask() { # N: the button of that number, from 0, is clicked
    evaluate "document.querySelectorAll('#asks button')[$1].click(), ''"
    outcome
}

silent() { # WHAT PATTERN...: the console has one complaint for each PATTERN, and no other
    what=$1
    shift
    complaints >said
    is "$what: complaints in the console" $# "$(wc -l <said)"
    for pattern in "$@"; do
        grep -q "$pattern" said || failed "$what: a complaint" "$pattern" "$(cat said)"
    done
}

needs curl
need_chromium
begin
cp -R "$STRATA_SOURCE_DIR/www" . || exit 1
touch -d '2020-01-02 03:04:05 UTC' www/*
start_browser
screen 1280 900 light
