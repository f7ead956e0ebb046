# Medians (large markers) with their 95 % intervals (bars) and single values
# (small dots), a row a platform, under a heading a workload.
# Set above: name, rows, low, high, reference (1: these are ratios to native),
# band (half-width of equivalence), word_left, word_right and the ticks.

row = 23.0                          # pixels a row
top = 4.0
bottom = reference ? 48.0 : 30.0
height = top + rows * row + bottom

set logscale x
set xrange [low:high]
set yrange [rows:0]
unset ytics

do for [form = 0:forms] {
    narrow = is_narrow(form)
    width = narrow ? 360.0 : 760.0
    left = narrow ? 142.0 : 200.0
    right = narrow ? 62.0 : 196.0
    eval terminal_of(form, width, height)
    set output file_of(form)
    set lmargin at screen left / width
    set rmargin at screen 1 - right / width
    set tmargin at screen 1 - top / height
    set bmargin at screen bottom / height
    eval "set xtics offset 0, 0.2 " . (narrow ? ticks_narrow : ticks_wide)
    if (reference) {
        set object 1 rectangle from 1 / (1 + band), graph 0 \
            to 1 + band, graph 1 behind fc rgb band_colour \
            fs solid 1.0 noborder
        set arrow 1 from 1, graph 0 to 1, graph 1 nohead back \
            lc rgb axis lw 1.5
        # Long words have no room between the ends of a narrow plot.
        spread = narrow && strlen(word_left . word_right) > 16
        from = (spread ? 8.0 : left) / width
        to = 1 - (spread ? 8.0 : right) / width
        set label 1 "← " . word_left at screen from, screen 9.0 / height \
            left textcolor rgb muted
        set label 2 word_right . " →" at screen to, screen 9.0 / height \
            right textcolor rgb muted
    }
    data = name . ".tsv"
    plot data index 2 using 2:1:3 \
             with points pt 7 ps 0.28 lc rgb variable, \
         data index 2 using ($4 > 0 ? $2 : NaN):1:("›") \
             with labels left offset char 0.2, 0 textcolor rgb muted, \
         data index 2 using ($4 < 0 ? $2 : NaN):1:("‹") \
             with labels right offset char -0.2, 0 textcolor rgb muted, \
         data index 0 using 3:1:($4 - $3):(0):5 \
             with vectors nohead lw 4 lc rgb variable, \
         data index 0 using 2:1:6:5 \
             with points ps 1.1 pt variable lc rgb variable, \
         data index 1 using (low):1:(stringcolumn(narrow ? 3 : 2)) \
             with labels left offset screen (8 - left) / width, 0 \
             font "sans-serif:Bold" textcolor rgb ink, \
         data index 0 using (low):1:(stringcolumn(narrow ? 10 : 7)) \
             with labels right offset screen -12 / width, 0 \
             textcolor rgb muted, \
         data index 0 using (high):1:(stringcolumn(narrow ? 8 : 9)) \
             with labels left offset screen 12 / width, 0 \
             textcolor rgb ink
    unset output
}
