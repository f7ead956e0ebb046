# Two panels side by side over the same rows and on the same kind of axis: what
# is done in a time, and what processor time it takes, both as times native.
# Index 0: y, panel (0, 1), median, low, high, colour, marker, value. Index 1:
# y, platform, name. Index 2: y, heading.
# Set above: name, rows, low, high, band, panel_words, word_empty (in place of
# the second panel's figures where there are none) and the ticks.

row = 23.0
top = 26.0
bottom = 30.0
height = top + rows * row + bottom

set logscale x
set xrange [low:high]
set yrange [rows:0]
unset ytics

do for [form = 0:forms] {
    narrow = is_narrow(form)
    width = narrow ? 360.0 : 760.0
    left = narrow ? 140.0 : 200.0
    gap = narrow ? 30.0 : 70.0
    right = narrow ? 20.0 : 70.0
    panel_width = (width - left - gap - right) / 2
    eval terminal_of(form, width, height)
    set output file_of(form)
    set multiplot
    set tmargin at screen 1 - top / height
    set bmargin at screen bottom / height
    data = name . ".tsv"
    do for [panel = 0:1] {
        from = left + panel * (panel_width + gap)
        set lmargin at screen from / width
        set rmargin at screen (from + panel_width) / width
        eval "set xtics offset 0, 0.2 " . ticks_panel
        set object 1 rectangle from 1 / (1 + band), graph 0 \
            to 1 + band, graph 1 behind fc rgb band_colour \
            fs solid 1.0 noborder
        set arrow 1 from 1, graph 0 to 1, graph 1 nohead back \
            lc rgb axis lw 1.5
        k = panel + 1 + 2 * narrow
        set label 1 panel_words[k] at graph 0, screen 1 - 10.0 / height \
            left textcolor rgb muted
        if (panel == 1) {
            set label 2 word_empty at graph 0.5, graph 0.5 center \
                rotate by 90 textcolor rgb muted
        }
        plot data index 0 using ($2 == panel ? $4 : NaN):1:($5 - $4):(0):6 \
                 with vectors nohead lw 4 lc rgb variable, \
             data index 0 using ($2 == panel ? $3 : NaN):1:7:6 \
                 with points ps 1.1 pt variable lc rgb variable, \
             data index 0 using (narrow || $2 != panel ? NaN : high):1: \
                 (stringcolumn(8)) with labels left \
                 offset screen 6 / width, 0 textcolor rgb ink, \
             data index 1 using (panel == 0 ? low : NaN):1: \
                 (stringcolumn(narrow ? 3 : 2)) with labels right \
                 offset screen -10 / width, 0 textcolor rgb muted, \
             data index 2 using (panel == 0 ? low : NaN):1:2 with labels left \
                 offset screen (8 - left) / width, 0 \
                 font "sans-serif:Bold" textcolor rgb ink
    }
    unset label 2
    unset multiplot
    unset output
}
