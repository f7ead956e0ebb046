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

/* Why they are not known is often the same for all: below the table. */
static void print_functions(const struct surface *surface)
{
    if (surface->start_kernel_functions >= 0)
        printf("  %8" PRId64, surface->start_kernel_functions);
    else
        printf("  %8s", "-");
    if (surface->kernel_functions >= 0)
        printf(" %7" PRId64, surface->kernel_functions);
    else
        printf(" %7s", "-");
}

static int print_line(void *context, const json_t *line, struct error *error)
{
    struct surface surface;
    char *no_functions = context;
    int result = surface_decode(line, &surface, error);

    if (result < 0)
        return result;
    if (surface.why == NULL && surface.kernel_functions_why != NULL)
        snprintf(no_functions, RESULT_MAX_TEXT, "%s",
                 surface.kernel_functions_why);
    printf("%-20s %-14s", surface.platform, surface.workload);
    if (surface.why != NULL) {
        printf("  %s\n", surface.why);
        return 0;
    }
    print_calls(&surface.start);
    print_calls(&surface.work);
    print_functions(&surface);
    putchar('\n');
    return 0;
}

int surface_table_print(const char *directory, struct error *error)
{
    char no_functions[RESULT_MAX_TEXT] = "";
    int result;

    printf("%-35s  %16s  %16s  %16s\n", "", "until ready", "at work",
           "kernel functions");
    printf("%-35s  %6s %9s  %6s %9s  %8s %7s\n", "host system calls", "kinds",
           "in all", "kinds", "in all", "starting", "at work");
    result =
        lines_read(directory, SURFACE_FILE, print_line, no_functions, error);
    if (result == 0 && no_functions[0] != '\0')
        printf("\nkernel functions: %s\n", no_functions);
    return result;
}
