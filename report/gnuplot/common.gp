# What all charts share. A chart is drawn in four forms: wide and narrow SVG
# for the page, and where gnuplot has Cairo PNG and PDF for slides.

ink = "#1b1b1b"; muted = "#6b6b6c"; axis = "#a9a9aa"; grid = "#dededf"
band_colour = "#eeeeef"
if (!exists("pictures")) pictures = 1
forms = pictures && strstrt(GPVAL_TERMINALS, "pngcairo") > 0 ? 3 : 1
is_narrow(form) = form == 1
file_of(form) = name . word(".svg -narrow.svg .png .pdf", form + 1)
terminal_of(form, width, height) = \
    form == 2 ? sprintf("set terminal pngcairo noenhanced size %d, %d font 'sans-serif,9.75' fontscale 2 linewidth 2 pointscale 2", 2 * width, 2 * height) : \
    form == 3 ? sprintf("set terminal pdfcairo noenhanced size %gin, %gin font 'sans-serif,13' fontscale 1 linewidth 1 pointscale 1", width / 72.0, height / 72.0) : \
    sprintf("set terminal svg noenhanced size %d, %d font 'sans-serif,13'", width, height)

set encoding utf8
set datafile separator "\t"
set border 1 lc rgb axis lw 1
set tics nomirror scale 0
set xtics textcolor rgb muted
set ytics textcolor rgb muted
set grid xtics lt 1 lc rgb grid lw 1
unset key
unset colorbox
