# What cmocka says of a test that failed: the assertion, and the lines of source round it.
#
#     awk -v test=test_name -v source=tests/LAYER/test_NAME.c -v root=/path/of/the/tree/ \
#         -f failure.awk OUTPUT
#
# Where the assertion stands in what tests share, the test itself is shown as well. A test that
# never came to its end has no assertion: what the sanitizer or the kernel said of it is printed.
# Without a test: what all of them need first has failed.

BEGIN { at = test == "" }
$0 == "[ RUN      ] " test { at = 1; said = ""; next }
!at { next }
/^\[  FAILED  \]/ { at = 0; next }
{ while (sub(/^\[ +(ERROR|LINE) +\] --- /, "")) { } }
match($0, /^[^ ]*\.[ch]:[0-9]+: error/) {
    place = substr($0, 1, RLENGTH - length(": error"))
    at = 0
    next
}
$0 != "" { said = said "    " $0 "\n" }

# show FILE FROM TO LINE: those lines, the one that failed with a mark.
function show(file, from, to, marked,    i, text) {
    print file ":"
    for (i = 1; (getline text < file) > 0; i++)
        if (i >= from && i <= to) printf "  %s %4d | %s\n", i == marked ? ">" : " ", i, text
    close(file)
}

# The lines from the first of the test to the last.
function find_test(    i, text) {
    for (i = 1; (getline text < source) > 0; i++) {
        if (index(text, "static void " test "(") == 1) first = i
        if (first && !last && text ~ /^}/) last = i
    }
    close(source)
}

END {
    if (place == "") {
        print "It came to no end: there was a crash, or a wait or a loop that does not end."
        count = split(said, line, "\n")
        for (i = 1; i <= count && i <= 25; i++) if (line[i] != "") print line[i]
    } else {
        printf "%s", said
        if (index(place, root) == 1) place = substr(place, length(root) + 1)
        split(place, part, ":")
        show(part[1], part[2] - 4, part[2] + 1, part[2])
    }
    find_test()
    if (place == "" || part[1] != source || part[2] < first || part[2] > last)
        show(source, first, last, 0)
}
