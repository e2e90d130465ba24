# Draws how the CPU time of a request grows, as SVG: a line for each lane, medians, x on a
# logarithmic scale.
#
#     awk -v work=NAME -f plot.awk results.csv >NAME.svg
#
# Nothing at all is printed where results.csv has none of that work.
BEGIN {
    FS = ","
    left = 60; top = 30; width = 560; height = 300
    split("#000000 #d1495b #00798c #edae49 #30638e #7a7a7a", colours, " ")
}

$1 == work {
    if (!($2 in number)) { number[$2] = ++lanes; name[lanes] = $2 }
    if (!($3 in place)) { place[$3] = ++points; x[points] = $3 }
    values[$2, $3] = values[$2, $3] " " $7 / $5 / 1000
}

function median(list,    v, n, i, j, t) {
    n = split(list, v, " ")
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) {
            t = v[j]
            v[j] = v[j - 1]
            v[j - 1] = t
        }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function across(value) {
    return left + width * log(value / x[1]) / log(x[points] / x[1])
}
function down(value) {
    return top + height * (1 - value / most)
}
function text(at_x, at_y, anchor, words) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", at_x, at_y, anchor, words
}
function straight(x1, y1, x2, y2) {
    printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#cccccc\"/>\n",
        x1, y1, x2, y2
}
function draw_axes(    i, step, value) {
    step = 1
    while (most / step > 8) step *= step ~ /^1/ ? 2 : step ~ /^2/ ? 2.5 : 2
    for (value = 0; value <= most; value += step) {
        straight(left, down(value), left + width, down(value))
        text(left - 6, down(value) + 4, "end", value)
    }
    for (i = 1; i <= points; i++) {
        straight(across(x[i]), top, across(x[i]), top + height)
        text(across(x[i]), top + height + 16, "middle", x[i])
    }
    text(left + width / 2, top + height + 34, "middle", work)
    text(left, top - 10, "start", "CPU time of a request, microseconds (median)")
}
function draw_lane(n,    i, path, at) {
    for (i = 1; i <= points; i++) {
        if (!((name[n], x[i]) in values)) continue
        at = sprintf("%.1f,%.1f", across(x[i]), down(median(values[name[n], x[i]])))
        path = path " " at
        sub(/,/, "\" cy=\"", at)
        printf "<circle cx=\"%s\" r=\"3\" fill=\"%s\"/>\n", at, colours[n]
    }
    printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n",
        path, colours[n]
    printf "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"4\" fill=\"%s\"/>\n",
        left + width + 16, top + 18 * n - 6, colours[n]
    text(left + width + 36, top + 18 * n, "start", name[n])
}

END {
    if (points < 2) exit
    for (key in values) if (median(values[key]) > most) most = median(values[key])
    most *= 1.05
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" ", 760, 380
    print "font-family=\"sans-serif\" font-size=\"12\">"
    print "<rect width=\"760\" height=\"380\" fill=\"#ffffff\"/>"
    draw_axes()
    for (n = 1; n <= lanes; n++) draw_lane(n)
    print "</svg>"
}
