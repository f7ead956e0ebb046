/*
 * ringside-pool [--repeat N] SOCKET BUNDLE: `ringside-vmm pool run` with as
 * little before main as a C program can have.
 *
 * --repeat asks N times, one request after the other, and says on standard
 * error how long a request took from its connection to the guest's exit status:
 * the process that asks is not counted.
 */
#include "vmm/phases.h"
#include "vmm/pool_client.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_REPEAT = 1000000 };

static int compare(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

static void report(uint64_t *ns, size_t count, size_t cold)
{
    qsort(ns, count, sizeof(*ns), compare);
    fprintf(stderr,
            "ringside-pool: %zu requests, %zu cold; us: least %.1f, quarter "
            "%.1f, median %.1f, three quarters %.1f, most %.1f\n",
            count, cold, (double)ns[0] / 1000, (double)ns[count / 4] / 1000,
            (double)ns[count / 2] / 1000, (double)ns[count * 3 / 4] / 1000,
            (double)ns[count - 1] / 1000);
}

/* The status of the last request, or of the first that failed. */
static int repeat(const char *socket, const char *bundle, size_t count,
                  int *exit_status, struct error *error)
{
    uint64_t *ns = calloc(count, sizeof(*ns));
    struct pool_answer answer;
    size_t cold = 0;
    int status = 0;

    if (ns == NULL)
        return error_errno(error, ENOMEM, "--repeat");
    for (size_t i = 0; status == 0 && i < count; i++) {
        uint64_t before = phases_now();

        status = pool_run(socket, bundle, &answer, error);
        ns[i] = phases_now() - before;
        cold += status == 0 && answer.start == POOL_COLD;
    }
    if (status == 0) {
        report(ns, count, cold);
        *exit_status = answer.exit_status;
    }
    free(ns);
    return status;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    char bundle[PATH_MAX];
    struct pool_answer answer;
    struct error error = {0};
    int status, exit_status = 0;

    if (argc == 5 && strcmp(argv[1], "--repeat") == 0) {
        count = strtoul(argv[2], NULL, 10);
        argv += 2;
    }
    if ((argc != 3 && argc != 5) || (argc == 5 && count == 0) ||
        count > MAX_REPEAT) {
        fputs("usage: ringside-pool [--repeat N] SOCKET BUNDLE\n", stderr);
        return 1;
    }
    if (realpath(argv[2], bundle) == NULL)
        status = error_errno(&error, errno, "%s", argv[2]);
    else if (count > 0)
        status = repeat(argv[1], bundle, count, &exit_status, &error);
    else {
        status = pool_run(argv[1], bundle, &answer, &error);
        exit_status = answer.exit_status;
    }
    if (status == 0)
        return exit_status;
    fprintf(stderr, "ringside-pool: %s\n", error.text);
    return 1;
}
