#!/bin/sh
# tier: learner
#
# strata is to be read in one sitting per layer. This counts whether it still can be: lines of code
# (neither blank nor comment) in all, columns a line, lines a function, lines a file. Code is .c and
# .h; the rows of tables, .def, are counted apart, and so are methods
# besides GET and HEAD: the exercises of the course add some.
#
# A function's body is what stands between a { and a } in column 0, both excluded.
set -eu
LC_ALL=C # awk then sees octets, and the octets that continue a UTF-8 character are not counted
export LC_ALL

code_limit=4600
column_limit=100
function_limit=40
file_limit=300

cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/..}"

layer_files() {
    find transport http fs server -type f \( -name '*.c' -o -name '*.h' -o -name '*.def' \) | sort
}
test_files() {
    find tests -type f \( -name '*.c' -o -name '*.h' \) | sort
}

# count TESTS FILE...: prints "wrong MESSAGE" for each limit passed and "code FILE LINES" for each
# file. Where TESTS is 1, only the columns are looked at.
count() {
    tests=$1
    shift
    awk -v tests="$tests" -v column_limit="$column_limit" \
        -v function_limit="$function_limit" -v file_limit="$file_limit" '
# Has this line anything but blanks and comments? "state" is what the line begins in, and then what
# it ends in: "code", "block" (comment), "line" (comment), or the quote of an open literal.
function has_code(line,    i, one, two, found) {
    for (i = 1; i <= length(line); i++) {
        one = substr(line, i, 1)
        two = substr(line, i, 2)
        if (state == "line") {
            break
        } else if (state == "block") {
            if (two == "*/") { state = "code"; i++ }
        } else if (state != "code") {
            found = 1
            if (one == "\\") i++
            else if (one == state) state = "code"
        } else if (two == "/*") {
            state = "block"; i++
        } else if (two == "//") {
            state = "line"
        } else if (one == "\"" || one == "\047") {
            state = one; found = 1
        } else if (one != " " && one != "\t") {
            found = 1
        }
    }
    if (state != "block" && line !~ /\\$/) state = "code"    # only a backslash carries these on
    return found
}
function wrong(message) { print "wrong " FILENAME ":" FNR ": " message }
function end_of_file() {
    if (file == "" || tests == 1) return
    if (body) print "wrong " file ": the function " name " has no } in column 0"
    if (lines > file_limit)
        print "wrong " file ": " lines " lines, the limit is " file_limit
    print "code " file " " code
}
FNR == 1 { end_of_file(); file = FILENAME; state = "code"; code = lines = body = 0; name = "?" }
{
    lines = FNR
    columns = $0
    gsub(/[\200-\277]/, "", columns)
    if (length(columns) > column_limit)
        wrong(length(columns) " columns, the limit is " column_limit)
    if (tests == 1) next
    in_code = (state == "code")
    if (has_code($0)) code++
    if (!in_code) next
    if (/^[A-Za-z_].*\(/ && match($0, /[A-Za-z_0-9]+\(/)) name = substr($0, RSTART, RLENGTH - 1)
    if (/^[A-Za-z_].*\)[ \t]*\{/) wrong("the { of the function " name " is not in column 0")
    if (/^\{/) body = FNR
    if (/^\}/ && body) {
        if (FNR - body - 1 > function_limit)
            wrong("the function " name " has " FNR - body - 1 \
                  " lines, the limit is " function_limit)
        body = 0
    }
}
END { end_of_file() }
' "$@"
}

# Reads what count printed: says the messages and the table, and fails if there was a message.
report() {
    awk -v code_limit="$code_limit" '
$1 == "wrong" { sub(/^wrong /, ""); print; bad = 1; next }
$2 ~ /\.def$/ { rows += $3; next }
$2 ~ /\/method_/ && $2 !~ /_(get|head)\.c$/ { methods += $3; next } # of who extends it
{ layer = $2; sub(/\/.*/, "", layer); files[layer]++; code[layer] += $3; total += $3; all++ }
END {
    print ""
    printf "%-10s %6s %6s\n", "layer", "files", "code"
    layers = split("transport http fs server", names, " ")
    for (i = 1; i <= layers; i++) {
        printf "%-10s %6d %6d\n", names[i], files[names[i]], code[names[i]]
        if (!code[names[i]]) { print names[i] "/: no code there: was anything counted?"; bad = 1 }
    }
    printf "%-10s %6d %6d of at most %d\n", "together", all, total, code_limit
    printf "%-10s %13d lines of methods besides GET and HEAD, one file each\n", "", methods
    printf "%-10s %13d lines of rows (.def): data, read as tables\n", "", rows
    if (total > code_limit) {
        print "too much: " total " lines of code, the limit is " code_limit; bad = 1
    }
    exit bad
}
'
}

# shellcheck disable=SC2046 # file names in this tree hold no white space
{
    count 0 $(layer_files) /dev/null
    count 1 $(test_files) /dev/null
} | report
