#!/bin/sh
# prove_chapters.sh [--each | --manifest] [CHAPTER]...: what ./learn start and ./learn check
# promise, in one copy and one build of it, for each chapter:
#   - emptied, the tree compiles;
#   - the unit tests of the chapters before it stay green;
#   - its own are red: each that fails does so by assertion, none by crash, signal or time limit;
#   - as it was, its own are green, and so are those that ./learn check runs then.
# And that the conversations of ./learn check go as expected with the tree as it is.
# --each: besides, each of its functions emptied alone turns one of its tests red (slow).
# --manifest: only whether the manifest has every public function, and each once.
set -eu
# shellcheck source=docs/course/chapters.sh
. docs/course/chapters.sh
# shellcheck source=docs/course/conversations.sh
. docs/course/conversations.sh

mode=
case ${1-} in --each | --manifest)
    mode=$1
    shift
    ;;
esac
teaching() { awk '$1 == "teach" && !seen[$2]++ { print $2 }' $manifest; }
chapters=${*:-$(teaching)}
origin=$PWD
work=$(mktemp -d)
trap 'stop_server; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
failures=0
wrong() {
    echo "    WRONG: $*"
    failures=$((failures + 1))
}

# --- The manifest ------------------------------------------------------------------------------

cat transport/*.h http/*.h fs/*.h server/*.h | awk '
    /^[a-z].*\(/ && !/^(static|typedef) / {
        name = substr($0, 1, index($0, "(") - 1)
        sub(/^.*[ *]/, "", name)
        print name
    }' | sort -u >"$work/public"
awk '$1 == "teach" { print $4 } $1 == "left" { print $2 }' $manifest | sort >"$work/named"
echo "the manifest: $(wc -l <"$work/public") public functions"
for name in $(comm -23 "$work/public" "$work/named"); do
    wrong "$name is public, and neither taught nor left"
done
for name in $(uniq -d "$work/named"); do wrong "$name stands there twice"; done
awk '$1 == "left" { print $2 }' $manifest | sort >"$work/left"
for name in $(comm -13 "$work/public" "$work/left"); do
    wrong "$name is left, and no header declares it"
done
! grep '^left [a-z_0-9]*$' $manifest || wrong 'left without a reason'
if [ "$mode" = --manifest ]; then
    echo "$failures failures"
    exit $failures
fi

# --- One copy, one build -------------------------------------------------------------------------

mkdir "$work/tree"
copy_tree "$work/tree"
cd "$work/tree"
build=$work/build
cmake --preset dev -B "$build" >"$work/said" 2>&1 ||
    { cat "$work/said"; course_stop 1 'cmake failed'; }
programs_until() { # programs_until CHAPTER: those of all chapters so far
    for n in $(teaching); do
        [ "$n" -gt "$1" ] || chapter_programs "$n"
    done | sort -u
}

# compile NAME...: make, asked once for all of them, is much faster than asked for each by cmake.
compile() {
    rules=CMakeFiles/Makefile2
    if [ -e "$build/$rules" ]; then
        # shellcheck disable=SC2046 # words
        make -C "$build" -s -f $rules -j "${jobs:-2}" \
            $(printf 'tests/CMakeFiles/%s.dir/all\n' "$@") >"$work/said" 2>&1
    else
        cmake --build "$build" -j "${jobs:-2}" --target "$@" >"$work/said" 2>&1
    fi || { grep -m 5 'error' "$work/said"; return 1; }
}

# verdict PROGRAM: prints green, red, or what is wrong with its end.
verdict() {
    result=0
    (cd "$build/tests" && timeout -s KILL 60 "./$1") >"$work/out.$1" 2>&1 || result=$?
    if [ $result -eq 0 ]; then
        echo green
    elif [ $result -ge 124 ] || ! grep -q '\[   LINE   \] --- ' "$work/out.$1" ||
        grep -q 'Test failed with exception\|a test hangs' "$work/out.$1"; then
        echo "no assertion (status $result)"
    else
        echo red
    fi
}

# is_noticed FUNCTION FILE CHAPTER: alone emptied, it turns a test of its chapter red.
is_noticed() {
    (cd "$origin" && empty_function "$3" "$2" "$1") >emptied
    mv emptied "$2"
    own=$(chapter_programs "$3")
    # shellcheck disable=SC2086 # words
    compile $own || wrong "$1 empty: does not compile"
    noticed=no
    for program in $own; do
        case $(verdict "$program") in
        green) ;;
        red) noticed=yes ;;
        *) wrong "$1 empty: $program ends without an assertion" ;;
        esac
    done
    [ $noticed = yes ] || wrong "$1 empty: no test of chapter $3 is red"
    cp "$origin/$2" "$2"
}

restore() { for file in $(chapter_files "$1"); do cp "$origin/$file" "$file"; done; }

prove() {
    chapter_programs "$1" | sort >"$work/own"
    chapter_programs "$1" 'then' | sort >"$work/then"
    programs_until $(($1 - 1)) | comm -23 - "$work/own" >"$work/before"
    programs=$(cat "$work/own" "$work/before")
    empty_chapter "$1" || wrong "a function of chapter $1 is not there"
    # shellcheck disable=SC2086 # words
    compile $programs || { wrong "emptied, it does not compile"; restore "$1"; return; }
    red=0
    while read -r program; do
        case $(verdict "$program") in
        green) wrong "$program is green while the functions are empty" ;;
        red) red=$((red + 1)) ;;
        *) wrong "$program ends without an assertion: $(verdict "$program")" ;;
        esac
    done <"$work/own"
    earlier=0
    while read -r program; do
        [ "$(verdict "$program")" = green ] || wrong "$program, of a chapter before, is not green"
        earlier=$((earlier + 1))
    done <"$work/before"
    restore "$1"
    # shellcheck disable=SC2046,SC2086 # words
    compile $programs $(cat "$work/then") || wrong 'restored, it does not compile'
    while read -r program; do
        [ "$(verdict "$program")" = green ] || wrong "$program is not green when all is restored"
    done <<END
$(cat "$work/own" "$work/then")
END
    echo "    $(chapter_functions "$1" | wc -l) functions, $red test programs red," \
        "$earlier before green, $(wc -l <"$work/then") then"
    [ "$mode" = --each ] || return 0
    for file in $(chapter_files "$1"); do
        for name in $(chapter_functions "$1" "$file"); do is_noticed "$name" "$file" "$1"; done
    done
}

for chapter in $chapters; do
    echo "chapter $chapter"
    prove "$chapter"
done

echo conversations
cmake --build "$build" -j "${jobs:-2}" --target strata 11_send >"$work/said" 2>&1 ||
    { cat "$work/said"; course_stop 1 'strata does not build'; }
serve --access-log none
held=0
for request in docs/course/conversations/*.request; do
    held=$((held + 1))
    converse "${request%.request}" || { wrong "${request%.request}"; cat "$work/difference"; }
    grep -q 'RFC [0-9]* §[0-9]' "${request%.request}.why" || wrong "${request%.request}: no rule"
done
[ $held -ge 30 ] || wrong "only $held conversations"
echo "    $held as expected"
echo "$failures failures"
[ $failures -eq 0 ]
