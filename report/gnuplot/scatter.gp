# Start-up (logarithmic) against what of the host's kernel is reached (from
# zero), a marker a platform, each named at the right end of its line.
# Index 0: x, y, colour, marker, y of the label, label, name.
# Set above: name, low_x, high_x, high, word_x, word_y and the ticks.

set logscale x
set xrange [low_x:high_x]
set yrange [0:high]
set format y "%g"
set grid xtics ytics lt 1 lc rgb grid lw 1
height = plot_height + 70.0

do for [form = 0:forms] {
    narrow = is_narrow(form)
    width = narrow ? 360.0 : 760.0
    eval terminal_of(form, width, height)
    set output file_of(form)
    set lmargin at screen 50.0 / width
    set rmargin at screen 1 - (narrow ? 146.0 : 196.0) / width
    set tmargin at screen 1 - 26.0 / height
    set bmargin at screen 44.0 / height
    eval "set xtics offset 0, 0.2 " . (narrow ? ticks_narrow : ticks_wide)
    set label 1 word_x at graph 1, screen 9.0 / height right \
        textcolor rgb muted
    set label 2 word_y at screen 8.0 / width, screen 1 - 10.0 / height left \
        textcolor rgb muted
    data = name . ".tsv"
    plot data index 0 using 1:2:(high_x - $1):($5 - $2):3 \
             with vectors nohead lw 0.6 lc rgb variable, \
         data index 0 using 1:2:4:3 \
             with points ps 1.3 pt variable lc rgb variable, \
         data index 0 using (high_x):5:4:3 \
             with points ps 0.9 pt variable lc rgb variable, \
         data index 0 using (high_x):5:(stringcolumn(narrow ? 7 : 6)) \
             with labels left offset screen 10 / width, 0 textcolor rgb ink
    unset output
}
