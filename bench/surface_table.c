/* The table of `ringside surface`; see surface_table.h. */
#include "bench/surface_table.h"

#include "bench/lines.h"
#include "bench/results.h"
#include "bench/surface.h"

#include <inttypes.h>
#include <stdio.h>

static void print_calls(const struct surface_calls *calls)
{
    if (calls->distinct < 0)
        printf("  %6s %9s", "-", "-");
    else
        printf("  %6" PRId64 " %9" PRId64, calls->distinct, calls->total);
}

static int print_line(void *context, const json_t *line, struct error *error)
{
    struct surface surface;
    int result = surface_decode(line, &surface, error);

    (void)context;
    if (result < 0)
        return result;
    printf("%-20s %-14s", surface.platform, surface.workload);
    if (surface.why != NULL) {
        printf("  %s\n", surface.why);
        return 0;
    }
    print_calls(&surface.start);
    print_calls(&surface.work);
    if (surface.kernel_functions >= 0)
        printf("  %6" PRId64, surface.kernel_functions);
    putchar('\n');
    return 0;
}

int surface_table_print(const char *directory, struct error *error)
{
    printf("%-35s  %16s  %16s\n", "host system calls", "until ready",
           "at work");
    printf("%-35s  %6s %9s  %6s %9s  %6s\n", "", "kinds", "in all", "kinds",
           "in all", "kernel functions");
    return lines_read(directory, SURFACE_FILE, print_line, NULL, error);
}
