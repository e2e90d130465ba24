# check_fences.awk: compares the code that pages show with the tree, and looks at the other fences.
#
#     awk -f items.awk -f page.awk -f check_fences.awk SOURCE... PAGE.md...
#
# A fence with code is an item of that name from its first line, or the first of its comment, to its
# last; or a whole file. A line of only … stands for lines left out, so what does not begin at the
# beginning begins with one. Where several items have the name, it has to be one of them.

FNR == 1 { close_page() }
{ last_line = FILENAME ":" (fence == "" ? 0 : opened) }
{
    sub(/ +$/, "")
    if (in_fence && !at_fence) { add_line($0); next }
    if (!at_fence) next
    if (!in_fence) { shown = 0; check_kind(); next }
    kind = info
    if (sub(/^(c|def) +/, "", kind)) compare_code(kind)
    else if (sub(/^console figure +/, "", kind)) compare_figure(kind)
    else if (info ~ /^console/) compare_console()
}

function close_page() {
    if (last_line !~ /(^|:0)$/) { print last_line ": the fence is not closed"; bad = 1 }
}
function add_line(line,    i) {
    for (i = 0; i < indent && substr(line, 1, 1) == " "; i++) line = substr(line, 2)
    show[++shown] = line
}
function check_kind() {
    fences++
    if (info ~ /^(c|def) +[^ ]/ || info ~ /^console( server( output)?)?$/ || info == "text") return
    if (info ~ /^console figure +[^ ]/) return
    if (!in_course && info ~ /^(sh|ini)?$/) return
    wrong(FNR, "unknown kind of fence: \"" info "\"" \
        (in_course ? "; a page of the course has c NAME, def FILE, console …, text" : ""))
}

function compare_code(name,    part, count, i, best, at) {
    sub(/^(struct|enum|union) +/, "", name)
    sub(/\(\)$/, "", name)
    if (!shown) return wrong(opened, "an empty fence")
    if (name ~ /\//) {
        if (!(name in lines_in)) return wrong(opened, "the tree has no file " name)
        at = mismatch(name, 1, lines_in[name])
        if (at) complain(at, name)
        return
    }
    if (!(name in named)) return wrong(opened, "the tree has no function or type " name)
    count = split(named[name], part, " ")
    for (i = 1; i <= count; i++) {
        at = mismatch(file[part[i]], begins[part[i]], last[part[i]])
        if (at && first[part[i]] < begins[part[i]])
            at = larger(at, mismatch(file[part[i]], first[part[i]], last[part[i]]))
        if (!at) return
        if (at > best) { best = at; where = file[part[i]] ":" begins[part[i]] }
    }
    complain(best, name " (" where ")")
}
# 0 is best: no mismatch.
function larger(a, b) { return !a || !b ? 0 : a > b ? a : b }
function complain(at, what) {
    if (at > shown) wrong(opened + shown, what " goes on: say so with a line of …")
    else if (is_gap(at)) wrong(opened + at, what " ends otherwise")
    else wrong(opened + at, "not, or not here, in " what ": " show[at])
}
function is_gap(i) { return show[i] ~ /^ *…$/ }

# Compares what is shown with lines from..to of a file: 0, or the first line shown that cannot be
# found, or the one after the last. After … the earliest place is taken where all lines up to the
# next … are found.
function mismatch(name, from, to,    i, start, end, count, at, run, best_run) {
    for (i = 1; i <= shown; i = end) {
        if (is_gap(i) && i == shown) return 0
        start = i + is_gap(i)
        end = start
        while (end <= shown && !is_gap(end)) end++
        count = end - start
        at = from
        best_run = 0
        if (end > shown && is_gap(i) && to - count + 1 >= from &&
            same_lines(name, to - count + 1, to, start, count) == count) return 0
        for (;; at++) {
            run = same_lines(name, at, to, start, count)
            if (run > best_run) best_run = run
            if (run == count) break
            if (!is_gap(i) || at > to) return start + best_run
        }
        from = at + count
    }
    return from <= to ? shown + 1 : 0
}
function same_lines(name, at, to, i, count,    n) {
    while (n < count && at + n <= to && trimmed(line_of[name, at + n]) == show[i + n]) n++
    return n
}
function trimmed(line) { sub(/ +$/, "", line); return line }

# What is shown of a figure is one run's: it has the pattern as well.
function compare_figure(pattern,    i, found) {
    for (i = 1; i <= shown; i++) if (show[i] !~ /^\$ / && show[i] ~ pattern) found = 1
    if (!found) wrong(opened, "no line of what is shown is like " pattern)
    compare_console()
}
function compare_console() {
    if (info == "console server output") return
    if (shown == 0 || show[1] !~ /^\$ /) wrong(opened + 1, "it has to begin with: $ command")
}

END {
    close_page()
    if (!items) { print "check_fences.awk: no source was read"; exit 1 }
    exit bad
}
