/*
 * Files that become part of the program, by the assembler's .incbin: no tool
 * beyond the compiler, and nothing to install beside the program. Paths are
 * those of the source tree, where make runs; report.mk knows that this object
 * depends on them.
 */
#include "report/assets.h"

#define ASSET(symbol, path)                              \
    __asm__(".pushsection .rodata\n"                     \
            ".global " #symbol "\n"                      \
            ".type " #symbol ", @object\n" #symbol ":\n" \
            ".incbin \"" path "\"\n"                     \
            ".byte 0\n"                                  \
            ".size " #symbol ", . - " #symbol "\n"       \
            ".popsection\n")

ASSET(report_asset_style, "report/style.css");
ASSET(report_asset_chart, "report/chart.css");
ASSET(report_asset_published, "report/published.csv");
ASSET(report_asset_startup, "report/gnuplot/startup.gp");
ASSET(report_asset_dots, "report/gnuplot/dots.gp");
ASSET(report_asset_bars, "report/gnuplot/bars.gp");
