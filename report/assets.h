/*
 * The files that the program carries in itself, each a string.
 */
#ifndef RINGSIDE_REPORT_ASSETS_H
#define RINGSIDE_REPORT_ASSETS_H

extern const char report_asset_style[];     /* style.css: the page */
extern const char report_asset_chart[];     /* chart.css: a chart on its own */
extern const char report_asset_published[]; /* published.csv */
extern const char report_asset_startup[];   /* gnuplot/startup.gp */
extern const char report_asset_dots[];      /* gnuplot/dots.gp */
extern const char report_asset_bars[];      /* gnuplot/bars.gp */

#endif
