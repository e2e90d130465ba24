# The first difference between octets that were expected and those that came, with a caret below it.
#
#     LC_ALL=C awk -f docs/course/compare.awk EXPECTED CAME
#
# Both are files of lines, as the published filter leaves them (docs/explain/filter.awk), with CR LF
# or LF at their ends: which of them, is compared as well. … in EXPECTED stands for any octets of a
# line. Nothing is printed, and the exit status is 0, where they are alike; else it is 1, after
#
#     what came, from the line before the difference on:
#         HTTP/1.1 200 OK\r\n
#         Content-Length: 6\r\n
#                         ^
#     expected here:
#         Content-Length: 5\r\n
#
# \r\n, \n and \xff are shown so. A line that is missing, or one too many, is said in words.

BEGIN {
    RS = "\n"
    for (i = 0; i < 256; i++) code[sprintf("%c", i)] = i
}
FILENAME == ARGV[1] { expected[++expected_lines] = $0; next }
{ came[++came_lines] = $0 }

# The line as it is shown: octets that cannot be seen have names. UTF-8 is left as it is.
function shown(line,    i, octet, text) {
    for (i = 1; i <= length(line); i++) {
        octet = substr(line, i, 1)
        if (octet == "\r") octet = "\\r"
        else if (octet == "\t") octet = "\\t"
        else if (code[octet] < 32 || code[octet] == 127) octet = sprintf("\\x%02x", code[octet])
        text = text octet
    }
    return text
}

function columns(line) {
    gsub(/[\200-\277]/, "", line)
    return length(line)
}

# How many octets of the line are as wanted, counted from its start; -1: all of it is.
function same_until(line, wanted,    part, count, i, at, done) {
    count = split(wanted, part, "…")
    while (done < length(part[1]) && done < length(line) &&
        substr(line, done + 1, 1) == substr(part[1], done + 1, 1)) done++
    if (done < length(part[1])) return done
    for (i = 2; i <= count; i++) {
        at = i == count && part[i] != "" ? last_index(substr(line, done + 1), part[i]) : \
            index(substr(line, done + 1), part[i])
        if (part[i] == "") at = i == count ? length(line) - done + 1 : 1
        if (!at) return done
        done += at + length(part[i]) - 1
    }
    return done == length(line) ? -1 : done
}

function last_index(line, part,    at, found, start) {
    start = 1
    while (at = index(substr(line, start), part)) {
        found = start + at - 1
        start = found + 1
    }
    return found
}

END {
    for (n = 1; n <= expected_lines && n <= came_lines; n++) {
        at = same_until(came[n], expected[n])
        if (at >= 0) break
    }
    if (n > expected_lines && n > came_lines) exit 0
    print "what came, from the line before the difference on:"
    if (n > 1) print "    " shown(came[n - 1]) "\\n"
    if (n > came_lines) {
        print "    (nothing more)"
        print "    ^"
    } else {
        print "    " shown(came[n]) "\\n"
        printf "    %" columns(shown(substr(came[n], 1, at))) "s^\n", ""
    }
    print "expected here:"
    print "    " (n > expected_lines ? "(nothing more)" : shown(expected[n]) "\\n")
    exit 1
}
