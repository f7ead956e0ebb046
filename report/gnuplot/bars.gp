# Stacked bars from zero, a row a platform: segments of one height side by
# side, the interval of the first as a line, single values as small dots.
# Index 0: y, end of the stack, low, high of the first segment, platform, value
# (wide), name, value (narrow). Index 1: y, from, to, colour, label. Index 2: y
# and single values. Index 3: legend column, colour, label.
# Set above: name, rows, high, unit, legend (entries), opacity.

row = 28.0                          # pixels a row
columns_wide = 5; columns_narrow = 2
bottom = 30.0

set xrange [0:high]
set yrange [rows:0]
unset ytics
set format x "%g" . unit

do for [form = 0:forms] {
    narrow = is_narrow(form)
    columns = narrow ? columns_narrow : columns_wide
    top = 4.0 + 22.0 * ceil(legend / (1.0 * columns))
    height = top + rows * row + bottom
    width = narrow ? 360.0 : 760.0
    left = narrow ? 142.0 : 200.0
    right = narrow ? 78.0 : 150.0
    step = (width - 16.0) / columns
    eval terminal_of(form, width, height)
    set output file_of(form)
    set lmargin at screen left / width
    set rmargin at screen 1 - right / width
    set tmargin at screen 1 - top / height
    set bmargin at screen bottom / height
    set xtics autofreq rotate by 0 offset 0, 0.2
    if (narrow) { set xtics high / 2.0; set format x "%.2g" . unit; } \
    else { set xtics autofreq; set format x "%g" . unit; }
    unset label
    do for [k = 1:legend] {
        x = (8.0 + step * ((k - 1) % columns)) / width
        y = 1 - (10.0 + 22.0 * ((k - 1) / columns)) / height
        set object k rectangle from screen x, y - 6.0 / height \
            to screen x + 12.0 / width, y + 6.0 / height \
            fc rgb legend_colours[k] fs solid opacity noborder
        set label k legend_texts[k] at screen x + 18.0 / width, y left \
            textcolor rgb muted
    }
    data = name . ".tsv"
    plot data index 1 using 2:1:2:3:($1 - 0.3):($1 + 0.3):4 \
             with boxxyerror fs solid opacity noborder lc rgb variable, \
         data index 1 using (($2 + $3) / 2):1: \
             (narrow ? "" : stringcolumn(5)) \
             with labels center textcolor rgb ink, \
         data index 0 using 3:1:($4 - $3):(0) \
             with vectors nohead lw 1.5 lc rgb ink, \
         data index 2 using 2:1 with points pt 7 ps 0.25 lc rgb ink, \
         data index 0 using (0):1:(stringcolumn(narrow ? 7 : 5)) \
             with labels right offset screen -12 / width, 0 \
             textcolor rgb muted, \
         data index 0 using 2:1:(stringcolumn(narrow ? 8 : 6)) \
             with labels left offset screen 8 / width, 0 \
             textcolor rgb ink
    unset output
}
