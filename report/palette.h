/*
 * What a platform looks like in every chart and table: its colour (Okabe and
 * Ito's set, which people with any colour vision can tell apart) and its
 * marker. Fixed by name, so that two reports can be laid side by side.
 * Source: Okabe and Ito, Color Universal Design, 2008.
 */
#ifndef RINGSIDE_REPORT_PALETTE_H
#define RINGSIDE_REPORT_PALETTE_H

#include "report/record.h"

#include <stdint.h>

/*
 * Colours that stand for a role. The page replaces them by the reader's own
 * text colour (dark or light), with the opacity given; a chart redrawn by
 * hand shows them as they are.
 */
#define COLOUR_INK   UINT32_C(0x1b1b1b) /* text, and native */
#define COLOUR_MUTED UINT32_C(0x6b6b6c) /* secondary text */
#define COLOUR_AXIS  UINT32_C(0xa9a9aa) /* axis lines */
#define COLOUR_GRID  UINT32_C(0xdededf) /* grid lines */
#define COLOUR_BAND  UINT32_C(0xeeeeef) /* the equivalence band */

struct look {
    uint32_t colour;  /* 0xRRGGBB */
    int point_type;   /* gnuplot's */
    const char *path; /* the marker as an SVG path in a box of 16 by 16 */
    bool filled;
};

/* The look of a platform; others than the known ones share what is left. */
struct look platform_look(const struct record *record,
                          const struct platform_entry *platform);

/*
 * Replaces a colour of a role: returns true and sets the opacity that takes
 * its place, if colour is one of the roles above.
 */
bool colour_role(uint32_t colour, double *opacity);

#endif
