# shellcheck shell=sh
# What a copy has of a chapter's functions: as they stood, in one file that grep does not read, and
# as they are written; sourced after chapters.sh.
# shellcheck disable=SC2154 # manifest is there

origin=.course/origin.tar

# keep_origin DIR: puts each file in which something is taught into the copy in DIR, as it is here.
keep_origin() {
    # shellcheck disable=SC2046 # words
    tar -cf "$1/$origin" $(awk '$1 == "teach" && !seen[$3]++ { print $3 }' "$manifest")
}

# stood FILE FUNCTION, written FILE FUNCTION: prints the function, with the comment before it.
stood() { tar -xOf $origin "$1" | awk -v names="$2" -f docs/course/function.awk; }
written() { awk -v names="$2" -f docs/course/function.awk "$1"; }

# still_empty NUMBER: names the functions of a chapter in which this copy has no more than empty.awk
# put there.
still_empty() {
    awk -v n="$1" '$1 == "teach" && $2 == n { print $3, $4, $5 }' "$manifest" |
        while read -r file name value; do
            written "$file" "$name" | awk -v name="$name" -v value="$value" '
                /^}/ { inside = 0 }
                inside && NF > 0 && !/^ *\/\* Chapter [0-9]+: / &&
                    !/^ *return \([a-z_0-9 *]+\)\{0\};$/ && $0 !~ "^ *return " value ";$" { done = 1 }
                /^\{/ { inside = 1 }
                END { if (!done) print name }'
        done
}

# tell_unfinished NUMBER: which other chapters were begun in this copy and are not written: what
# they teach is missing to this one.
tell_unfinished() {
    while read -r begun; do
        names=$(still_empty "$begun" | tr '\n' ' ')
        if [ "$begun" = "$1" ] || [ -z "$names" ]; then continue; fi
        echo
        echo "Chapter $begun is begun and not finished here. Still empty: $names"
        echo "./learn restore $begun puts back what stood there."
    done <.course/begun
}
