#!/bin/sh
# Draws what strata --explain-format=json wrote: lanes are workers, layers and connections, time
# goes to the right.
#
#     ./learn picture FILE.jsonl    writes FILE.svg
#     ./learn picture - <IN >OUT    from standard input to standard output
#
# The same input gives the same octets. Lines that are no events, such as "strata: serving …", are
# passed over.
set -eu
LC_ALL=C # awk then sees octets, whichever awk it is
export LC_ALL

usage=64 unusable=65 no_input=66 cannot_create=73 # after sysexits.h
here=$(dirname "$0")

stop() { # stop STATUS MESSAGE
    echo "picture: $2" >&2
    exit "$1"
}

draw() { # draw NAME: what comes on standard input, as a picture with NAME in its title
    NAME=$1 STYLE=$here/picture.css awk -f "$here/picture.awk" -f "$here/picture_layout.awk" \
        -f "$here/picture_story.awk" -f "$here/picture_svg.awk"
}

[ $# -eq 1 ] || stop $usage 'one FILE.jsonl is needed, or - for standard input'
if [ "$1" = - ]; then
    draw 'standard input' || exit $unusable
    exit
fi
if ! [ -f "$1" ] || ! [ -r "$1" ]; then
    stop $no_input "cannot read the file $1 (from $PWD)"
fi
name=$(basename "$1" .jsonl)
output=${1%.jsonl}.svg
picture=$(draw "$name" <"$1") || exit $unusable
{ printf '%s\n' "$picture" >"$output"; } 2>/dev/null || stop $cannot_create "cannot write $output"
echo "picture: $output" >&2
