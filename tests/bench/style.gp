# What the plots have in common. The colours are those of Okabe and Ito, which can be told apart
# without seeing red from green; a server has the same in every plot.
set terminal svg size 800, height noenhanced font "sans-serif,12" background "#ffffff"
set output svg
set encoding utf8
set datafile separator tab
set border 3 linecolor "#555555"
set tics nomirror
set grid ytics linecolor "#dddddd" linetype 1

array lane[6] = ["strata", "bare", "nginx", "nginx-no-cache", "lighttpd", "h2o"]
array shown[6] = ["strata", "bare loop", "nginx", "nginx, no cache", "lighttpd", "h2o"]
array colour[6] = [0xd55e00, 0x000000, 0x0072b2, 0x56b4e9, 0x009e73, 0xe69f00]
array point[6] = [7, 1, 5, 4, 9, 13]
