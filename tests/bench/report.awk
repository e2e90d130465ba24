# Reads what bench.sh measured and prints it as tables, with a verdict for each target.
#
#     awk [-v medians=FILE] [-v kept=FILES] -f report.awk works results.csv [idle.csv]
#
# A ratio is taken within each round, between two lanes that ran one after the other; what is
# printed is the median of these, and the least and the greatest. FILE gets what plots are made of:
# work, lane, x, median, least and greatest CPU time of a request, title of the work; with tabs.
# FILES is how many strata's cache holds.

# --- Reading -----------------------------------------------------------------------------------

FILENAME == ARGV[1] {
    if (/^#/) next
    bare_limit[$1] = $7
    peer_target[$1] = $8
    title[$1] = $9
    for (i = 10; i <= NF; i++) title[$1] = title[$1] " " $i
    next
}
FNR == 1 { split($0, head, ","); next }
FILENAME == ARGV[3] {
    idle[++idles] = $0
    next
}
{
    split($0, f, ",")
    work = f[1]; lane = f[2]; x = f[3]; round = f[4]
    if (!(work in seen)) { seen[work] = 1; works[++work_count] = work }
    if (!((work, lane) in seen)) { seen[work, lane] = 1; lanes[work, ++lane_count[work]] = lane }
    if (!((work, "x", x) in seen)) { seen[work, "x", x] = 1; xs[work, ++x_count[work]] = x }
    if (round > rounds[work]) rounds[work] = round
    cpu[work, lane, x, round] = f[7] / f[5] / 1000 # microseconds a request
    rate[work, lane, x, round] = f[5] / f[6]
    if (f[8] != "") p99[work, lane, x, round] = f[8]
    errors[work, lane] += f[9]
}

# --- Medians -----------------------------------------------------------------------------------

# Sorts values[1..n]; sets low, middle and high.
function summarise(values, n,    i, j, value) {
    for (i = 2; i <= n; i++) {
        value = values[i]
        for (j = i; j > 1 && values[j - 1] > value; j--) values[j] = values[j - 1]
        values[j] = value
    }
    low = values[1]
    high = values[n]
    middle = n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
    return n > 0
}

# Of one lane, or of the ratio of two; false where there is nothing to take it of.
function of_lane(table, work, lane, x,    i, n, values) {
    for (i = 1; i <= rounds[work]; i++)
        if ((work, lane, x, i) in table) values[++n] = table[work, lane, x, i]
    return summarise(values, n + 0)
}
function of_ratio(table, work, lane, other, x,    i, n, values) {
    for (i = 1; i <= rounds[work]; i++)
        if ((work, lane, x, i) in table && table[work, other, x, i] > 0)
            values[++n] = table[work, lane, x, i] / table[work, other, x, i]
    return summarise(values, n + 0)
}
function is_peer(lane) {
    return lane !~ /^(bare|strata)/ && lane !~ /\+log$/
}

# --- Tables ------------------------------------------------------------------------------------

function print_lane(work, lane,    text) {
    text = sprintf("  %-15s", lane)
    of_lane(cpu, work, lane, 0)
    text = text sprintf(" %9.2f %8.2f %8.2f", middle, low, high)
    text = text (of_ratio(cpu, work, lane, "bare", 0) ? sprintf(" %7.2f", middle) : "       -")
    text = text (of_ratio(cpu, work, "strata", lane, 0) ? sprintf(" %7.2f", middle) : "       -")
    of_lane(rate, work, lane, 0)
    text = text sprintf(" %10.0f %9.0f", middle, low)
    if (of_lane(p99, work, lane, 0)) text = text sprintf(" %8.0f %8.0f", middle, high)
    else text = text "        -        -"
    if (errors[work, lane] > 0) text = text "  errors: " errors[work, lane]
    print text
}
function print_table(work,    i) {
    printf "  %-15s %9s %8s %8s %7s %7s %10s %9s %8s %8s\n", "", "CPU us", "least", "most",
        "/ bare", "strata/", "requests/s", "least", "p99 us", "most"
    for (i = 1; i <= lane_count[work]; i++) print_lane(work, lanes[work, i])
}
function print_growth(work,    i, j) {
    printf "  %-15s", "CPU us, " work
    for (j = 1; j <= x_count[work]; j++) printf " %8d", xs[work, j]
    print ""
    for (i = 1; i <= lane_count[work]; i++) {
        printf "  %-15s", lanes[work, i]
        for (j = 1; j <= x_count[work]; j++)
            if (of_lane(cpu, work, lanes[work, i], xs[work, j]))
                printf " %8.2f", middle
            else
                printf " %8s", "-"
        print ""
    }
}
function print_log(    i, lane, log_lane) {
    printf "  %-15s %9s %9s %8s %6s %6s %12s %12s\n", "", "CPU us", "with log", "with /", "least",
        "most", "requests/s", "with log"
    for (i = 1; i <= lane_count["log"]; i++) {
        lane = lanes["log", i]
        log_lane = lane "+log"
        if (lane ~ /\+log$/ || !of_lane(cpu, "log", lane, 0)) continue
        printf "  %-15s %9.2f", lane, middle
        if (!of_lane(cpu, "log", log_lane, 0)) { print "         -"; continue }
        printf " %9.2f", middle
        of_ratio(cpu, "log", log_lane, lane, 0)
        printf " %8.3f %6.2f %6.2f", middle, low, high
        of_lane(rate, "log", lane, 0)
        printf " %12.0f", middle
        of_lane(rate, "log", log_lane, 0)
        printf " %12.0f\n", middle
    }
}
function write_medians(work,    i, j, lane, x) {
    for (i = 1; i <= lane_count[work]; i++)
        for (j = 1; j <= x_count[work]; j++) {
            lane = lanes[work, i]
            x = xs[work, j]
            if (of_lane(cpu, work, lane, x))
                printf "%s\t%s\t%s\t%.3f\t%.3f\t%.3f\t%s\n", work, lane, x, middle, low, high,
                    title[work] >medians
        }
}
function print_idle(    i, f) {
    print "\nIdle connections, each after one answer: octets of the server's own memory each (idle)"
    printf "  %-15s %11s %9s %9s %12s\n", "", "connections", "left", "grown by", "with tables"
    for (i = 1; i <= idles; i++) {
        split(idle[i], f, ",")
        printf "  %-15s %11d %9d %9d %12d\n", f[1], f[2], f[3], f[4], f[5]
        if (f[1] == "strata") {
            verdict("idle", "at most 256 octets, with its tables", f[5], f[5] <= 256)
            verdict("idle", "all of them held", f[3], f[3] >= f[2])
        }
    }
    print_verdicts("idle")
}

# --- Verdicts ----------------------------------------------------------------------------------

function verdict(work, what, value, good) {
    verdicts[work, ++verdict_count[work]] = sprintf("%-50s %s  %s", what, value,
        good ? "within target" : "missed")
    if (!good) misses[work]++
}
function print_verdicts(work,    i) {
    for (i = 1; i <= verdict_count[work]; i++) print "  -> " verdicts[work, i]
}
function spread() {
    return sprintf("%.2f (%.2f-%.2f)", middle, low, high)
}
function judge_bare(work) {
    if (bare_limit[work] + 0 == 0 || !of_ratio(cpu, work, "strata", "bare", 0)) return
    verdict(work, "CPU at most " bare_limit[work] " of the bare loop's", spread(),
        middle <= bare_limit[work])
}
# below: less than each; best: no more than the best of them.
function judge_peer_cpu(work,    i, lane, best, least) {
    for (i = 1; i <= lane_count[work]; i++) {
        lane = lanes[work, i]
        if (!is_peer(lane)) continue
        if (peer_target[work] ~ /below/ && of_ratio(cpu, work, "strata", lane, 0))
            verdict(work, "CPU below that of " lane, spread(), middle < 1)
        if (of_lane(cpu, work, lane, 0) && (best == "" || middle < least)) {
            best = lane
            least = middle
        }
    }
    if (peer_target[work] ~ /best/ && best != "" && of_ratio(cpu, work, "strata", best, 0))
        verdict(work, "CPU at most that of the best, " best, spread(), middle <= 1)
}
# Worse is: strata's median is worse than the peer's worst round.
function judge_peer_speed(work,    i, lane, rate_median, p99_median) {
    of_lane(rate, work, "strata", 0)
    rate_median = middle
    of_lane(p99, work, "strata", 0)
    p99_median = middle
    for (i = 1; i <= lane_count[work]; i++) {
        lane = lanes[work, i]
        if (!is_peer(lane)) continue
        if (peer_target[work] ~ /speed/ && of_lane(rate, work, lane, 0))
            verdict(work, "requests/s not below the least of " lane,
                sprintf("%.0f, %.0f", rate_median, low), rate_median >= low)
        if ((peer_target[work] ~ /speed/ || (peer_target[work] ~ /tail/ && lane ~ /^nginx/)) &&
            of_lane(p99, work, lane, 0))
            verdict(work, "p99 not above the most of " lane,
                sprintf("%.0f, %.0f us", p99_median, high), p99_median <= high)
    }
}
function judge(work) {
    judge_bare(work)
    judge_peer_cpu(work)
    judge_peer_speed(work)
    if (work == "pipelined" && of_ratio(rate, work, "strata", "strata-single", 0))
        verdict(work, "at least 3 times the requests/s of strata-single", spread(), middle >= 3)
    if (work == "log" && of_ratio(cpu, work, "strata+log", "strata", 0))
        verdict(work, "CPU with a log at most 1.08 of that without", spread(), middle <= 1.08)
}

END {
    title["pipelined"] = "1 KiB, 16 requests at a time, 64 connections; strata-single: one"
    title["log"] = "1 KiB, 64 connections, without an access log and with one"
    title["threads"] = "How cost grows: threads, or processes; 1 KiB, 64 connections"
    title["connections"] = "How cost grows: keep-alive connections; 1 KiB"
    title["files"] = "How cost grows: distinct files of 1 KiB, picked at random; 64 connections"
    for (i = 1; i <= work_count; i++) {
        work = works[i]
        print "\n" title[work] " (" work ")"
        if (medians != "") write_medians(work)
        if (x_count[work] > 1) {
            print_growth(work)
            if (work == "files" && kept != "")
                print "  strata keeps at most " kept " files, nginx 10000"
        } else {
            if (work == "log") print_log()
            else print_table(work)
            judge(work)
            print_verdicts(work)
        }
    }
    if (idles) print_idle()
    if (idles) works[++work_count] = "idle"
    for (i = 1; i <= work_count; i++)
        if (verdict_count[works[i]]) {
            if (!judged++) print "\nTargets"
            printf "  %-15s %-13s %d of %d\n", works[i],
                misses[works[i]] ? "missed" : "within target",
                misses[works[i]] ? misses[works[i]] : verdict_count[works[i]],
                verdict_count[works[i]]
        }
}
