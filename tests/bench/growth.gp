# How the CPU time of a request grows: a line for each server.
#
#     gnuplot -e "data = 'FILE'; svg = 'FILE'; work = 'WORK'; kept = 'FILES'" growth.gp
#
# data: rows as report.awk writes them. kept: how many files strata's cache holds, or ''.
height = 450
load "tests/bench/style.gp"

set title system(sprintf("head -n 1 '%s' | cut -f 7", data)) font ",14"
set ylabel "CPU time of a request, microseconds\nmedian of the rounds; bars: least and most"
set yrange [0:*]
set offsets 0, 0, graph 0.05, 0
set key outside right top vertical Left reverse samplen 2 spacing 1.2
set xlabel work eq "threads" ? "threads, or processes, of the server" : \
    work eq "files" ? "distinct files (logarithmic)" : "connections (logarithmic)"
set logscale x work eq "threads" ? 2 : 10
xs = system(sprintf("cut -f 3 '%s' | sort -nu", data))
set xrange [word(xs, 1) / 1.25 : word(xs, words(xs)) * 1.25]
set format x "%.0f"
unset mxtics
set for [value in xs] xtics add (value int(value))
if (work eq "files" && kept ne "") {
    set arrow 1 from first int(kept), graph 0 to first int(kept), graph 1 nohead dashtype 2 \
        linecolor rgb "#777777"
    set label 1 sprintf("strata's cache\nholds %s", kept) at first int(kept), graph 0.97 \
        right offset -0.6, 0 textcolor rgb "#555555"
}
of(i, column_number) = strcol(2) eq lane[int(i)] ? column(column_number) : NaN
beside(i) = column(3) * (work eq "threads" ? 1.01 : 1.04) ** (int(i) - 3) # so that bars stay apart
has(i) = system(sprintf("cut -f 2 '%s' | grep -cx -e '%s'", data, lane[i])) > 0
drawn = ""
do for [i = 1:6] { if (has(i)) { drawn = drawn." ".i } }
set datafile missing NaN
plot for [i in drawn] data using (beside(i)):(of(i, 5)):(0):(column(6) - column(5)) \
        with vectors nohead linecolor rgb colour[int(i)] notitle, \
    for [i in drawn] data using (beside(i)):(of(i, 4)) with linespoints linewidth 2 \
        pointtype point[int(i)] linecolor rgb colour[int(i)] title shown[int(i)]
