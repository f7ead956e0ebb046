# A curve a platform over the number of instances, both axes logarithmic, each
# named at its end. Index 0: x, y, colour, marker; a blank line between the
# curves. Index 1: y of the label (shared out), x and y of the curve's end,
# colour, label, name, marker. The axis has room for the lines to the labels.
# Set above: name, curves and their colours, low_x, high_x, low, high,
# word_x, ticks_y, and the ticks.

height = plot_height + 44.0
set logscale xy
set xrange [low_x:high_x]
set yrange [low:high]
set grid xtics ytics lt 1 lc rgb grid lw 1

do for [form = 0:forms] {
    narrow = is_narrow(form)
    width = narrow ? 360.0 : 760.0
    left = narrow ? 66.0 : 72.0
    right = narrow ? 146.0 : 196.0
    eval terminal_of(form, width, height)
    set output file_of(form)
    set lmargin at screen left / width
    set rmargin at screen 1 - right / width
    set tmargin at screen 1 - 8.0 / height
    set bmargin at screen 44.0 / height
    eval "set xtics offset 0, 0.2 " . (narrow ? ticks_narrow : ticks_wide)
    eval "set ytics " . ticks_y
    set label 1 word_x at graph 1, screen 9.0 / height right \
        textcolor rgb muted
    data = name . ".tsv"
    plot for [k = 1:curves] data index 0 every :::(k - 1)::(k - 1) \
             using 1:2 with lines lw 2 lc rgb colours[k], \
         data index 0 using 1:2:4:3 \
             with points ps 0.7 pt variable lc rgb variable, \
         data index 1 using 2:3:(high_x - $2):($1 - $3):4 \
             with vectors nohead lw 0.6 lc rgb variable, \
         data index 1 using (high_x):1:7:4 \
             with points ps 0.9 pt variable lc rgb variable, \
         data index 1 using (high_x):1:(stringcolumn(narrow ? 6 : 5)) \
             with labels left offset screen 10 / width, 0 textcolor rgb ink
    unset output
}
