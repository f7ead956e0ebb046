# Bars from zero: user memory (PSS) solid, kernel memory on top lighter, the
# interval of the PSS as a line, single values as small dots.
# Set above: name, rows, high, unit.

ink = "#1b1b1b"; muted = "#6b6b6c"; axis = "#a9a9aa"; grid = "#dededf"
row = 28.0                          # pixels a row
top = 4.0
bottom = 30.0
height = top + rows * row + bottom

set encoding utf8
set datafile separator "\t"
set xrange [0:high]
set yrange [rows:0]
set border 1 lc rgb axis lw 1
set tics nomirror scale 0
unset ytics
set xtics textcolor rgb muted
set format x "%g" . unit
set grid xtics lt 1 lc rgb grid lw 1
unset key
unset colorbox

do for [narrow = 0:1] {
    width = narrow ? 360.0 : 760.0
    left = narrow ? 118.0 : 192.0
    right = narrow ? 104.0 : 150.0
    set terminal svg noenhanced size width, height font "sans-serif,13"
    set output name . (narrow ? "-narrow.svg" : ".svg")
    set lmargin at screen left / width
    set rmargin at screen 1 - right / width
    set tmargin at screen 1 - top / height
    set bmargin at screen bottom / height
    set xtics autofreq rotate by 0 offset 0, 0.2
    data = name . ".tsv"
    plot data index 0 using 2:1:(0):2:($1 - 0.28):($1 + 0.28):6 \
             with boxxyerror fs solid 0.75 noborder lc rgb variable, \
         data index 0 \
             using 2:1:2:($2 + $5):($1 - 0.28):($1 + 0.28):6 \
             with boxxyerror fs solid 0.35 noborder lc rgb variable, \
         data index 0 using 3:1:($4 - $3):(0) \
             with vectors nohead lw 1.5 lc rgb ink, \
         data index 1 using 2:1 with points pt 7 ps 0.25 lc rgb ink, \
         data index 0 using (0):1:(stringcolumn(narrow ? 9 : 7)) \
             with labels right offset screen -12 / width, 0 \
             textcolor rgb muted, \
         data index 0 using ($2 + $5):1:8 \
             with labels left offset screen 8 / width, 0 \
             textcolor rgb ink
    unset output
}
