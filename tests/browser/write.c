/*
 * Writes the page of a result directory from its summary.json as it stands:
 * `write DIRECTORY...`. Unlike `ringside report` it computes nothing, so that
 * tests can hand it summaries that no session would have.
 */
#include "report/chart.h"
#include "report/report.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    chart_set_pictures(false);
    for (int i = 1; i < argc; i++) {
        struct error error = {0};

        if (report_render(argv[i], &error) < 0) {
            fprintf(stderr, "write: %s\n", error.text);
            return 1;
        }
    }
    return 0;
}
