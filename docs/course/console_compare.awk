# console_compare.awk: awk -f console_compare.awk EXPECTED SEEN. Are the lines the same? … stands
# for any octets of a line, a line of only … for any lines. If they are not, both are printed from
# where they part, expected lines with a -, seen ones with a +.

{ sub(/[ \t\r]+$/, "") }
FILENAME == ARGV[1] { expected[++expectations] = $0; next }
{ seen[++lines] = $0 }

function is_gap(i) { return expected[i] ~ /^ *…$/ }

# Do the parts between the … stand in the line, in this order, the first at its beginning and the
# last at its end?
function is_like(line, wanted,    part, count, i, at) {
    count = split(wanted, part, "…")
    if (count < 2) return line == wanted
    if (substr(line, 1, length(part[1])) != part[1]) return 0
    line = substr(line, length(part[1]) + 1)
    for (i = 2; i < count; i++) {
        at = index(line, part[i])
        if (!at && part[i] != "") return 0
        if (at) line = substr(line, at + length(part[i]))
    }
    at = length(line) - length(part[count])
    return at >= 0 && substr(line, at + 1) == part[count]
}

END {
    e = s = 1
    while (s <= lines) {
        if (e <= expectations && is_gap(e)) {
            gap = e++
            after = s
        } else if (e <= expectations && is_like(seen[s], expected[e])) {
            e++
            s++
            if (e > furthest) { furthest = e; parted = s }
        } else if (gap) {
            e = gap + 1
            s = ++after
        } else {
            break
        }
    }
    while (e <= expectations && is_gap(e)) e++
    if (s > lines && e > expectations) exit 0
    if (!furthest) furthest = parted = 1
    if (furthest > 1) print "  " expected[furthest - 1]
    for (e = furthest; e <= expectations; e++) print "- " expected[e]
    for (s = parted; s <= lines && s < parted + 60; s++) print "+ " seen[s]
    exit 1
}
