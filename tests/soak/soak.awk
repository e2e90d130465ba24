# Is it flat? Reads the rows of a soak; compares the medians of the second and the last quarter.
#
#     awk -f soak.awk FILE.csv
#
# Prints one line and exits with 0 if it is flat, else with 1. The first quarter is left out: there
# caches fill. Memory may grow by an eighth and 2 MiB: malloc has an arena for each thread, and what
# one keeps in the cache another frees, so that it takes a while until all have had their most; and
# how much is kept for readers that stall is chance. Descriptors may grow by a sixteenth: that is
# what the server keeps free, and whether the flood fills it at this moment is chance, too. Threads
# may not grow.
BEGIN { FS = "," }
FNR == 1 {
    for (i = 1; i <= NF; i++) at[$i] = i
    next
}
{
    rows++
    memory[rows] = $at["memory_kib"]
    descriptors[rows] = $at["descriptors"]
    threads[rows] = $at["threads"]
}

# The median of values[first] to values[last].
function median(values, first, last,    count, sorted, i, j) {
    count = 0
    for (i = first; i <= last; i++) {
        for (j = ++count; j > 1 && sorted[j - 1] > values[i] + 0; j--) sorted[j] = sorted[j - 1]
        sorted[j] = values[i] + 0
    }
    return (sorted[int((count + 1) / 2)] + sorted[int(count / 2) + 1]) / 2
}
function judge(name, values, unit, share, more,    before, after, most) {
    before = median(values, quarter + 1, 2 * quarter)
    after = median(values, rows - quarter + 1, rows)
    most = before * (1 + share) + more
    if (after > most) grows = grows (grows == "" ? "" : ", ") name
    said = said sprintf("%s %s %.*f to %.*f%s (at most %.*f)", said == "" ? "" : ";", name,
        unit != "", before, unit != "", after, unit, unit != "", most)
}
END {
    quarter = int(rows / 4)
    if (quarter < 2) { print "not flat: too few rows to tell"; exit 1 }
    for (i = 1; i <= rows; i++) memory[i] /= 1024
    judge("memory", memory, " MiB", 1 / 8, 2)
    judge("descriptors", descriptors, "", 1 / 16, 0)
    judge("threads", threads, "", 0, 0)
    print (grows == "" ? "flat:" : "not flat, " grows " grew:") said
    exit grows != ""
}
