# compare.awk: awk -f compare.awk EXPECTED SEEN. Are the lines of EXPECTED among those of SEEN, in
# this order? … stands for anything. What gdb could not show is never as expected.
function pattern(line) {
    gsub(/[][\\.^$*+?(){}|]/, "\\\\&", line)
    gsub(/…/, ".*", line)
    return "^" line "$"
}

FILENAME == ARGV[1] { expected[++expectations] = $0; next }
{ seen[++lines] = $0 }
/^   |reakpoint/ && /<optimized out>|<unavailable>|<error: / { # values, and arguments at a stop
    print "not readable: " $0
    bad = 1
}
END {
    for (i = 1; i <= expectations; i++) {
        for (found = at + 1; found <= lines; found++)
            if (seen[found] ~ pattern(expected[i])) break
        if (found <= lines) { at = found; continue }
        print "expected: " expected[i]
        print "but after this line there is none like it: " (at ? seen[at] : "(the first)")
        bad = 1
        break
    }
    exit bad
}
