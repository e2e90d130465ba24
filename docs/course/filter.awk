# What docs/explain/filter.awk leaves as it is, and what is another each time all the same: … takes
# its place in what consoles of chapters show.
#
#     COMMAND 2>&1 | awk -f docs/explain/filter.awk | awk -f docs/course/filter.awk    # LC_ALL=C
#
# Replaced are
#     ports of clients          of 5 digits: "127.0.0.1:53412", "htons(53412)"
#     process ids               "pid 4711", "pid=4711", "[1] 4711"
#     times                     "12:34:56", "3.2 ms", "41 us", "0.123 s"; what time prints
#     dates                     as Date has them, wherever they stand; "2026-01-01"
#     addresses in memory       "0x7ffd12345678"
#     inode numbers             "ino:4711"
# Left out are lines of ./learn that say what it builds, curl's "[5 bytes data]", which it prints
# where its output is no terminal, and white space at the ends of lines.

# Wherever before, what and behind match one after the other, … takes the place of what.
function mask(before, what, behind,    rest, found, length_) {
    rest = $0
    $0 = ""
    while (match(rest, before what behind)) {
        $0 = $0 substr(rest, 1, RSTART - 1)
        found = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        length_ = before == "" ? 0 : match(found, "^(" before ")") ? RLENGTH : 0
        $0 = $0 substr(found, 1, length_) "…"
        found = substr(found, length_ + 1)
        match(found, "^(" what ")")
        $0 = $0 substr(found, RLENGTH + 1)
    }
    $0 = $0 rest
}

/^learn: (building in|built)/ { next }
/^[{}] \[[0-9]+ bytes data\]/ { next }
{
    sub(/[ \t\r]+$/, "")
    mask("[0-9\\]]:", "[1-6][0-9][0-9][0-9][0-9]")
    mask("htons\\(", "[1-6][0-9][0-9][0-9][0-9]")
    mask("(pid|PID|Process)[ =]", "[0-9]+")
    mask("^\\[[0-9]+\\] ", "[0-9]+")
    mask("ino:", "[0-9]+")
    mask("[A-Z][a-z][a-z], ", "[0-9][0-9] [A-Z][a-z][a-z] [0-9]+ [0-9:]+ GMT")
    mask("", "20[0-9][0-9]-[01][0-9]-[0-3][0-9]")
    mask("", "[0-9][0-9]:[0-9][0-9]:[0-9][0-9](\\.[0-9]+)?")
    mask("", "[0-9]+(\\.[0-9]+)?", " (ms|us|µs)")
    mask("", "[0-9]+\\.[0-9]+", " s( |,|$)")
    mask("^(real|user|sys)[ \t]+", "[0-9].*")
    mask("", "0x[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]+")
    print
}
