# shellcheck shell=sh
# What the scripts of the build route share; sourced from the tree's root.
# shellcheck source=docs/course/common.sh
. docs/course/common.sh

manifest=docs/course/taught.txt

# chapter_number WORD: 3 of "3" or "03"; nothing where that is no chapter.
chapter_number() {
    case $1 in
    [0-9] | 1[0-3]) echo "$1" ;;
    0[0-9]) echo "${1#0}" ;;
    esac
}

# chapter_file NUMBER: docs/chapters/03-a-request.md
chapter_file() { echo docs/chapters/"$(printf %02d "$1")"-*.md; }

# What the manifest says of a chapter.
chapter_files() { awk -v n="$1" '$1 == "teach" && $2 == n && !seen[$3]++ { print $3 }' $manifest; }
chapter_functions() { # chapter_functions NUMBER [FILE]
    awk -v n="$1" -v file="${2-}" '
        $1 == "teach" && $2 == n && (file == "" || $3 == file) { print $4 }' $manifest
}

# chapter_programs NUMBER [KIND]: its unit tests, in the manifest's order; KIND: tests or then.
chapter_programs() {
    awk -v n="$1" -v kind="${2-tests}" '
        $1 == kind && $2 == n { for (i = 3; i <= NF; i++) print $i }' $manifest
}

# begins_in_copy NUMBER: stops unless this is a copy in which that chapter was begun.
begins_in_copy() {
    [ -d .course ] || [ ! -d work/.course ] || course_stop 1 "this is for the copy: cd work"
    [ -d .course ] || course_stop 1 "this is for a copy: ./learn start $1; cd work"
    grep -qx "$1" .course/begun ||
        course_stop 1 "chapter $1 was not begun in this copy: ./learn start $1"
}

# teaches NUMBER: stops where the chapter empties nothing.
teaches() {
    [ -n "$(chapter_files "$1")" ] ||
        course_stop 1 "chapter $1 teaches no function: it is there to be read and run"
}

# empty_function NUMBER FILE FUNCTION: prints the file with that function of the chapter empty.
empty_function() {
    value=$(awk -v f="$3" '$1 == "teach" && $4 == f && $5 != "" { print "=" $5 }' $manifest)
    awk -v names="$3$value" -v note="$(note_for "$@")" -f docs/course/empty.awk "$2"
}

# manual_of FUNCTION FILE: the header that declares it; else that of its file, or of its layer; else
# the first that its file includes.
manual_of() {
    {
        grep -l "^[a-z].*[ *]$1(" "${2%/*}"/*.h || true
        ls "${2%.c}.h" "${2%/*}/${2%/*}.h" 2>/dev/null || true
        sed -n 's/^#include "\(.*\)"/\1/p' "$2"
    } | head -n 1
}

# note_for NUMBER FILE FUNCTION: where to read what the emptied function has to do.
note_for() {
    echo "Chapter $1: $(chapter_file "$1"); the manual is in $(manual_of "$3" "$2")."
}

# empty_chapter NUMBER: empties what the chapter teaches, in the tree that this is.
empty_chapter() {
    for file in $(chapter_files "$1"); do
        for name in $(chapter_functions "$1" "$file"); do
            empty_function "$1" "$file" "$name" >"$file.empty" && cat "$file.empty" >"$file"
            result=$?
            rm -f "$file.empty"
            [ $result -eq 0 ] || return 1
        done
    done
}
