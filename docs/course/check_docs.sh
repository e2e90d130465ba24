#!/bin/sh
# check_docs.sh [--read | --run] [FILE.md...]: are the pages true? All that is wrong is told, with
# its file and line, and makes it fail. --read: what can be seen without running anything, that is,
# fences with code, what is named, and the form of chapters. --run: the fences with commands, by
# check_console.sh. Neither: both. No file: README.md and all of docs/.
# STRATA_SOURCE_DIR: the tree, for --run with STRATA_BUILD_DIR, where it was built.
set -eu
cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/../..}"
LC_ALL=C # awk then sees octets
export LC_ALL
tools=docs/course
reads=yes
runs=yes
case ${1-} in
--read) runs=no && shift ;;
--run) reads=no && shift ;;
esac
if [ $# -eq 0 ]; then
    # shellcheck disable=SC2046 # no name of a page holds a blank
    set -- README.md $(find docs -name '*.md' | sort)
fi
for page in "$@"; do
    [ -f "$page" ] || {
        echo "check_docs: there is no $page" >&2
        exit 64
    }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
result=0

read_pages() { # read_pages PAGE...
    sources=$(find transport http fs server tests docs -name '*.[ch]' -o -name '*.def' | sort)
    # shellcheck disable=SC2086,SC2046
    {
        sh $tools/facts.sh
        awk -f $tools/page.awk -f $tools/anchors.awk README.md $(find docs -name '*.md' | sort)
    } >"$work/facts"
    # shellcheck disable=SC2086
    awk -f $tools/items.awk -f $tools/page.awk -f $tools/check_fences.awk $sources "$@" || result=1
    awk -f $tools/page.awk -f $tools/check_words.awk "$work/facts" "$@" || result=1
    chapters=
    for page in "$@"; do
        case $page in docs/chapters/*) chapters="$chapters $page" ;; *) continue ;; esac
        grep -qsF "(${page#docs/})" docs/README.md || {
            echo "docs/README.md:1: there is no link to ${page#docs/}"
            result=1
        }
    done
    [ -n "$chapters" ] || return 0
    # shellcheck disable=SC2086
    awk -f $tools/page.awk -f $tools/check_chapter.awk "$work/facts" docs/answers.md $chapters ||
        result=1
}

[ $reads = no ] || read_pages "$@"
[ $runs = no ] || sh $tools/check_console.sh "$@" || {
    status=$?
    [ $result -ne 0 ] || result=$status # 77: skipped
}
[ $result -ne 0 ] || echo "$# pages: nothing is wrong"
exit $result
