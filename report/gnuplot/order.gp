# Every run in the order in which it was made, a strip a platform: its value
# over the platform's median, on a logarithmic axis. Runs that the host
# disturbed (flags) have a ring; values beyond the strip sit on its edge.
# Index 0: strip, platform, name, colour. Index 1: strip, order, ratio (of the
# strip's height, -0.5 to 0.5), colour, marker, flagged.
# Set above: name, rows, last, reach, word_left, word_right.

row = 34.0                          # pixels a strip
top = 6.0

set xrange [0:last]
set yrange [rows:0]
unset ytics
set format x "%g"

do for [form = 0:forms] {
    narrow = is_narrow(form)
    width = narrow ? 360.0 : 760.0
    left = narrow ? 142.0 : 200.0
    right = narrow ? 26.0 : 16.0
    bottom = narrow ? 62.0 : 46.0   # narrow: the words on two lines
    height = top + rows * row + bottom
    eval terminal_of(form, width, height)
    set output file_of(form)
    set lmargin at screen left / width
    set rmargin at screen 1 - right / width
    set tmargin at screen 1 - top / height
    set bmargin at screen bottom / height
    set xtics autofreq offset 0, 0.2
    if (narrow) { set xtics ceil(last / 3.0) }
    if (narrow) {
        set label 1 word_left at screen 8.0 / width, screen 26.0 / height \
            left textcolor rgb muted
        set label 2 word_right at screen 8.0 / width, screen 9.0 / height \
            left textcolor rgb muted
    } else {
        set label 1 word_left at graph 0, screen 9.0 / height left \
            textcolor rgb muted
        set label 2 word_right at graph 1, screen 9.0 / height right \
            textcolor rgb muted
    }
    data = name . ".tsv"
    plot data index 0 using (0):($1 + 0.5):(last):(0) \
             with vectors nohead lw 1 lc rgb axis, \
         data index 0 using (0):($1 + 1):(last):(0) \
             with vectors nohead lw 1 lc rgb grid, \
         data index 1 using 2:($1 + 0.5 - $3 * 0.84):5:4 \
             with points ps 0.5 pt variable lc rgb variable, \
         data index 1 using ($6 > 0 ? $2 : NaN):($1 + 0.5 - $3 * 0.84) \
             with points pt 6 ps 1.1 lw 1.2 lc rgb ink, \
         data index 0 using (0):($1 + 0.5):(stringcolumn(narrow ? 3 : 2)) \
             with labels right offset screen -12 / width, 0 \
             textcolor rgb muted
    unset output
}
