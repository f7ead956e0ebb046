/*
 * From gnuplot's SVG to one that can stand inside the page: ids made unique,
 * the role colours replaced by the reader's text colour, fonts and sizes left
 * to the page, empty groups and gnuplot's own titles dropped.
 */
#ifndef RINGSIDE_REPORT_SVG_H
#define RINGSIDE_REPORT_SVG_H

#include "oci/error.h"

#include <stdio.h>

struct svg {
    int width, height; /* of the view box */
    char *body;        /* everything inside <svg>, well-formed */
};

/*
 * Converts a document that gnuplot's svg terminal wrote. prefix (letters,
 * digits, '-') goes in front of every id. Errors: -EINVAL when it is not such
 * a document, -ENOMEM. The caller releases *svg with svg_release.
 */
int svg_convert(const char *document, const char *prefix, struct svg *svg,
                struct error *error);

void svg_release(struct svg *svg);

/*
 * Writes the picture with an accessible title and description, escaped.
 * class_name and prefix are trusted. svg_write_inline is for HTML;
 * svg_write_document is a file of its own, with a style sheet that follows
 * the reader's dark or light mode.
 */
void svg_write_inline(FILE *out, const struct svg *svg, const char *class_name,
                      const char *prefix, const char *title,
                      const char *description);
void svg_write_document(FILE *out, const struct svg *svg, const char *prefix,
                        const char *title, const char *description);

#endif
