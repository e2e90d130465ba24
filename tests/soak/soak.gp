# What a server was like in the course of a soak: a panel for each figure, time to the right.
#
#     gnuplot -e "data = 'FILE.csv'; svg = 'FILE'; heading = 'TEXT'" soak.gp
#
# Panels have scales of their own, from 0, but for the one of p99, which is logarithmic.
array column_of[6] = [2, 3, 4, 5, 6, 7]
array title_of[6] = ["answers to good clients, a second", "p99 of the probe, milliseconds", \
    "resident memory, MiB", "descriptors", "threads", \
    "processor time, % of one processor"]
array divisor_of[6] = [1, 1000, 1024, 1, 1, 1]

top = 44.0 # for the heading
panel_height = 120
height = int(top + 6 * panel_height + 46)
load "tests/bench/style.gp"
set datafile separator ","

stats data skip 1 using 1 nooutput name "time"
minutes = time_max > 180
quarter = time_max / 4 / (minutes ? 60.0 : 1)

set multiplot
set label 1 heading at screen 0.5, 1 - 20 / (height * 1.0) center font ",14"
set xrange [0:time_max / (minutes ? 60.0 : 1)]
set lmargin 8; set rmargin 2; set tmargin 1.6; set bmargin 0.4
set size 1, panel_height / (height * 1.0)
set border 3 linecolor "#555555"
set ytics font ",9"
set xtics scale 0.5 font ",10"
do for [panel = 1:6] {
    # The two quarters that are compared.
    set object 1 rectangle from quarter, graph 0 to 2 * quarter, graph 1 behind \
        fillcolor rgb "#eeeeee" fillstyle solid noborder
    set object 2 rectangle from 3 * quarter, graph 0 to 4 * quarter, graph 1 behind \
        fillcolor rgb "#eeeeee" fillstyle solid noborder
    set origin 0, 1 - (top + panel_height * panel) / height
    set title title_of[panel] font ",11" offset 0, -0.7
    set format x panel == 6 ? "%g" : ""
    if (panel == 6) { set xlabel minutes ? "minutes" : "seconds" font ",11" offset 0, 0.4 }
    if (panel == 2) {
        set logscale y
        set ytics 10
        set yrange [*:*]
        set offsets 0, 0, 0, 0
    } else {
        unset logscale y
        set ytics autofreq
        set yrange [0:*]
        set offsets 0, 0, graph 0.15, 0
    }
    plot data skip 1 using (column(1) / (minutes ? 60.0 : 1)): \
        (column(column_of[panel]) / divisor_of[panel]) with lines linewidth 1 \
        linecolor rgb colour[1] notitle
    unset label 1
}
unset multiplot
