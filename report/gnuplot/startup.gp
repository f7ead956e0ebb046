# Time from spawn to exit: the share of runs that were done after so long.
# Above the curves a row a platform: marker at the median, bar its interval.
# Set above: name, rows, curves and their colours, points (1: mark every
# single value), low, high and the ticks.

row = 23.0                          # pixels a row
plot_height = curves > 0 ? 230.0 : 14.0
gap = 16.0
top = 6.0
bottom = 30.0
height = top + rows * row + gap + plot_height + bottom
y_of(i) = 1 + (gap + (rows - i - 0.5) * row) / plot_height
y_top = 1 + (gap + rows * row) / plot_height

set logscale x
set xrange [low:high]
set yrange [0:y_top]
if (curves > 0) {
    set ytics ("0 %%" 0, "25 %%" 0.25, "50 %%" 0.5, "75 %%" 0.75, "100 %%" 1) \
        textcolor rgb muted
    do for [share = 0:4] {
        set arrow from low, share / 4.0 to high, share / 4.0 nohead back \
            lc rgb grid lw 1
    }
} else {
    unset ytics
}
set style fill solid 1.0

do for [form = 0:forms] {
    narrow = is_narrow(form)
    width = narrow ? 360.0 : 760.0
    eval terminal_of(form, width, height)
    set output file_of(form)
    set lmargin at screen (curves > 0 ? 50.0 : 8.0) / width
    set rmargin at screen 1 - 14.0 / width
    set tmargin at screen 1 - top / height
    set bmargin at screen bottom / height
    eval "set xtics offset 0, 0.2 " . (narrow ? ticks_narrow : ticks_wide)
    data = name . ".tsv"
    plot data index 0 using 2:(y_of($1)):(0):(0.5 - y_of($1)):5 \
             with vectors nohead lw (curves > 0 ? 1 : 0) dt 3 lc rgb grid, \
         for [k = 1:curves] data index 1 every :::(k - 1)::(k - 1) \
             using 1:2 with steps lw 2 lc rgb colours[k], \
         data index (curves > 0 ? 1 : 0) \
             using (points && $2 > 0 ? $1 : NaN):2:4:3 \
             with points ps 0.45 pt variable lc rgb variable, \
         data index 0 using 3:(y_of($1)):($4 - $3):(0):5 \
             with vectors nohead lw 3 lc rgb variable, \
         data index 0 using 2:(y_of($1)):6:5 \
             with points ps 1.1 pt variable lc rgb variable, \
         data index 0 using (curves > 0 ? $2 : NaN):(0.5):6:5 \
             with points ps 1.0 pt variable lc rgb variable, \
         data index 0 using ($7 == 0 ? $4 : NaN):(y_of($1)): \
             (stringcolumn(narrow ? 9 : 8)) \
             with labels left offset char 1.2, 0 textcolor rgb ink, \
         data index 0 using ($7 == 1 ? $3 : NaN):(y_of($1)): \
             (stringcolumn(narrow ? 9 : 8)) \
             with labels right offset char -1.2, 0 textcolor rgb ink
    unset output
}
