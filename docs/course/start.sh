#!/bin/sh
# start.sh N [DIR]: makes a copy of the tree in DIR, work/ where it is not named, in which the
# functions that chapter N teaches are empty. Where DIR is such a copy already, chapter N is begun
# there as well, and what was written in it stays. In a copy, DIR is that copy.
set -eu
# shellcheck source=docs/course/chapters.sh
. docs/course/chapters.sh
# shellcheck source=docs/course/origin.sh
. docs/course/origin.sh

number=$(chapter_number "${1-}")
[ -n "$number" ] || course_stop 64 "say the number of a chapter: ./learn start 3 [DIR]"
teaches "$number"
default=work
[ ! -d .course ] || default=.
directory=${2-$default}

if [ ! -d "$directory/.course" ]; then
    [ -z "$(ls -A "$directory" 2>/dev/null)" ] ||
        course_stop 1 "$directory is there already, and is no copy: name another directory"
    mkdir -p "$directory/.course"
    copy_tree "$directory"
    keep_origin "$directory"
    : >"$directory/.course/begun"
fi

cd "$directory"
if grep -qx "$number" .course/begun; then
    course_stop 1 "chapter $number was begun in $directory already: cd there and ./learn check $number"
fi
for file in $(chapter_files "$number"); do
    names=$(chapter_functions "$number" "$file")
    [ "$(written "$file" "$names")" = "$(stood "$file" "$names")" ] ||
        course_stop 1 "in $directory/$file functions of chapter $number were changed already;" \
            'take another directory'
done
empty_chapter "$number"
echo "$number" >>.course/begun

echo "Chapter $number: $(chapter_file "$number"). Empty now, and yours to write:"
for file in $(chapter_files "$number"); do
    echo "    $directory/$file" | sed 's|^    \./|    |'
    chapter_functions "$number" "$file" | sed 's/^/        /'
done
echo
[ "$directory" = . ] || echo "    cd $directory"
echo "    ./learn check $number    was it right?"
echo "    ./learn hint $number     what to look at next"
