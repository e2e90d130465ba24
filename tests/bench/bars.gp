# The works of the table: CPU time of a request, a panel for each work, a bar for each server.
#
#     gnuplot -e "data = 'FILE'; svg = 'FILE'" bars.gp
#
# data: rows as report.awk writes them. Panels have scales of their own, from 0.
awk(program) = system(sprintf("awk -F '\t' '%s' '%s'", program, data))
works = awk("!seen[$1]++ { print $1 }")
title_of(work) = system(sprintf( \
    "awk -F '\t' '$1 == \"%s\" { sub(/;.*/, \"\"); print $7; exit }' '%s' | fold -s -w 29", \
    work, data))

panels = words(works)
columns = panels < 4 ? panels : 4
rows = (panels + columns - 1) / columns
top = 74.0 # for the heading and the key
height = int(top + 215 * rows + 12)
load "tests/bench/style.gp"

set multiplot
heading = "CPU time of a request, microseconds: median of the rounds, and the least and the most"
set label 1 heading at screen 0.5, 1 - 18 / (height * 1.0) center font ",14"

# The key is a plot of nothing.
set size 1, 40 / (height * 1.0)
set origin 0, 1 - 66 / (height * 1.0)
set lmargin 2; set rmargin 2; set tmargin 0; set bmargin 0
set key center center horizontal maxrows 1 samplen 1.2 width 1 height 0
unset border; unset tics; unset grid
set xrange [0:1]; set yrange [0:1]
plot for [i = 1:6] NaN with boxes fillstyle solid noborder linecolor rgb colour[i] title shown[i]
unset label 1
unset key

set border 2 linecolor "#555555"
set grid ytics linecolor "#dddddd" linetype 1
set ytics nomirror scale 0 font ",10"
set xrange [0.4:6.6]; set yrange [0:*]
set offsets 0, 0, graph 0.1, 0
set boxwidth 0.8
set label 2 "µs" at graph 0, graph 1.07 right offset -1.1, 0.4 font ",10" textcolor rgb "#555555"
set lmargin 6; set rmargin 0.5; set tmargin 3; set bmargin 0.5
set size 1.0 / columns, 215 / (height * 1.0)
of(work, i, column_number) = \
    strcol(1) eq work && strcol(2) eq lane[i] ? column(column_number) : NaN
do for [panel = 1:panels] {
    work = word(works, panel)
    set origin ((panel - 1) % columns) * 1.0 / columns, \
        1 - (top + 215 * (1 + (panel - 1) / columns)) / height
    set title title_of(work) font ",11" offset 0, -0.4
    plot for [i = 1:6] data using (i):(of(work, i, 4)) with boxes fillstyle solid noborder \
            linecolor rgb colour[i], \
        for [i = 1:6] data using (i):(of(work, i, 5)):(0):(column(6) - column(5)) \
            with vectors nohead linewidth 2 linecolor rgb "#777777", \
        for [i = 1:6] data using (i):(of(work, i, 6)): \
            (sprintf(column(4) < 100 ? "%.1f" : "%.0f", column(4))) \
            with labels offset 0, 0.5 font ",9"
}
unset multiplot
