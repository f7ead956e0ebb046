/*
 * The files that the program carries in itself, each a string.
 */
#ifndef RINGSIDE_REPORT_ASSETS_H
#define RINGSIDE_REPORT_ASSETS_H

extern const char report_asset_style[];     /* style.css: the page */
extern const char report_asset_chart[];     /* chart.css: a chart alone */
extern const char report_asset_sort[];      /* sort.js: tables by a click */
extern const char report_asset_english[];   /* strings/en.json */
extern const char report_asset_korean[];    /* strings/ko.json */
extern const char report_asset_claims[];    /* claims.json */
extern const char report_asset_published[]; /* published.csv */
extern const char report_asset_common[];    /* gnuplot/common.gp: every chart */
extern const char report_asset_startup[];   /* gnuplot/startup.gp */
extern const char report_asset_dots[];      /* gnuplot/dots.gp */
extern const char report_asset_bars[];      /* gnuplot/bars.gp */
extern const char report_asset_order[];     /* gnuplot/order.gp */
extern const char report_asset_curves[];    /* gnuplot/curves.gp */
extern const char report_asset_scatter[];   /* gnuplot/scatter.gp */
extern const char report_asset_multiples[]; /* gnuplot/multiples.gp */

#endif
