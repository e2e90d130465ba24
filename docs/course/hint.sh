#!/bin/sh
# hint.sh N|exNN: the next of three hints, at each call: a nudge, where to look, pseudo-code. After
# the last it begins again. Which comes next is kept in .course/ of a copy, else in build/.
set -eu
# shellcheck source=docs/course/chapters.sh
. docs/course/chapters.sh

case ${1-} in
ex*)
    digits=${1#ex}
    case $digits in
    [0-9]) digits=0$digits ;;
    esac
    key=ex$digits
    ;;
*)
    key=$(chapter_number "${1-}")
    [ -n "$key" ] || course_stop 64 "say which chapter or exercise: ./learn hint 3, ./learn hint ex01"
    teaches "$key"
    ;;
esac

# hint NUMBER: prints it; fails where there is none.
hint() {
    case $key in
    ex*) cat docs/exercises/"$digits"-*/hint-"$1".md 2>/dev/null ;;
    *)
        awk -v wanted="$1" '
            /^## / { hint++; next }
            hint != wanted { next }
            NF == 0 { blank = blank "\n"; next }
            { printf "%s%s\n", printed ? blank : "", $0; blank = ""; printed = 1 }
            END { exit !printed }' "docs/course/hints/$(printf %02d "$key").md" 2>/dev/null
        ;;
    esac
}

kept=build
[ ! -d .course ] || kept=.course
mkdir -p $kept
told=$(cat "$kept/hint.$key" 2>/dev/null || echo 0)
next=$((told % 3 + 1))
hint $next || course_stop 64 "there is no $key with hints"
echo $next >"$kept/hint.$key"
echo
if [ $next -lt 3 ]; then
    echo "(hint $next of 3; the same command prints the next)"
else
    echo "(hint 3 of 3)"
fi
