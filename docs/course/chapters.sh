# shellcheck shell=sh
# What the scripts of the build route share; sourced from the tree's root.

manifest=docs/course/taught.txt

course_stop() { # course_stop STATUS MESSAGE...
    status=$1
    shift
    printf 'learn: %s\n' "$*" >&2
    exit "$status"
}

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

# chapter_programs NUMBER BUILD: its unit tests, in the manifest's order.
chapter_programs() {
    ctest --test-dir "$2" -N | sed -n 's/^ *Test *#[0-9]*: //p' | awk -v n="$1" '
        FILENAME == ARGV[1] { if ($1 == "tests" && $2 == n) row[++rows] = $3; next }
        { for (i = 1; i <= rows; i++) if ($0 ~ row[i]) names[i] = names[i] $0 "\n" }
        END { for (i = 1; i <= rows; i++) printf "%s", names[i] }' $manifest -
}

# begins_in_copy NUMBER: stops unless this is a copy in which that chapter was begun.
begins_in_copy() {
    [ -d .course ] || course_stop 1 "this is for a copy: ./learn start $1; cd work"
    grep -qx "$1" .course/begun ||
        course_stop 1 "chapter $1 was not begun in this copy: ./learn start $1"
}

# teaches NUMBER: stops where the chapter empties nothing.
teaches() {
    [ -n "$(chapter_files "$1")" ] ||
        course_stop 1 "chapter $1 teaches no function: it is there to be read and run"
}

# empty_functions NUMBER FILE NOTE MANUAL: prints the file with the functions of the chapter empty.
empty_functions() {
    awk -v names="$(awk -v n="$1" -v file="$2" '
        $1 == "teach" && $2 == n && $3 == file { print $4 ($5 == "" ? "" : "=" $5) }' $manifest)" \
        -v note="$3" -f docs/course/empty.awk "$2"
}

# note_for NUMBER FILE: where to read what the emptied functions of a file have to do.
note_for() {
    manual=
    [ ! -e "${2%.c}.h" ] || manual="; the manual is in ${2%.c}.h"
    echo "Chapter $1: $(chapter_file "$1")$manual."
}

# empty_chapter NUMBER: empties what the chapter teaches, in the tree that this is.
empty_chapter() {
    for file in $(chapter_files "$1"); do
        empty_functions "$1" "$file" "$(note_for "$1" "$file")" >"$file.empty" &&
            cat "$file.empty" >"$file"
        result=$?
        rm -f "$file.empty"
        [ $result -eq 0 ] || return 1
    done
}

# copy_tree DIR: all of this tree but what was built, what git keeps, and other copies.
copy_tree() {
    for entry in * .[!.]*; do
        case $entry in build | .git | work | .course) continue ;; esac
        [ ! -d "$entry/.course" ] || continue
        cp -Rp "$entry" "$1/"
    done
}
