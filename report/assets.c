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
ASSET(report_asset_sort, "report/sort.js");
ASSET(report_asset_english, "report/strings/en.json");
ASSET(report_asset_korean, "report/strings/ko.json");
ASSET(report_asset_claims, "report/claims.json");
ASSET(report_asset_published, "report/published.csv");
ASSET(report_asset_common, "report/gnuplot/common.gp");
ASSET(report_asset_startup, "report/gnuplot/startup.gp");
ASSET(report_asset_dots, "report/gnuplot/dots.gp");
ASSET(report_asset_bars, "report/gnuplot/bars.gp");
ASSET(report_asset_order, "report/gnuplot/order.gp");
ASSET(report_asset_curves, "report/gnuplot/curves.gp");
ASSET(report_asset_scatter, "report/gnuplot/scatter.gp");
ASSET(report_asset_multiples, "report/gnuplot/multiples.gp");
