/* Phases that a platform tells; see phases.h. */
#include "bench/phases.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>

static bool is_wanted(char *const *command)
{
    for (; *command != NULL; command++) {
        if (strstr(*command, "{phases}") != NULL)
            return true;
    }
    return false;
}

int phases_open(char *const *command, struct phases *phases,
                struct error *error)
{
    int ends[2];

    *phases = PHASES_NONE;
    if (!is_wanted(command))
        return 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, errno, "pipe");
    *phases = (struct phases){.to_read = ends[0], .to_write = ends[1]};
    if (fcntl(phases->to_read, F_SETFL, O_NONBLOCK) == 0)
        return 0;
    phases_close(phases);
    return error_errno(error, errno, "fcntl(O_NONBLOCK)");
}

/* "ringside phase NAME MICROSECONDS"; returns what is wrong, or NULL. */
static const char *take_line(const char *line, struct records *records)
{
    char name[RESULT_MAX_NAME] = "phase_", end;
    const size_t prefix = strlen(name);
    double microseconds;

    if (sscanf(line, "ringside phase %50[a-zA-Z0-9_] %lf%c", name + prefix,
               &microseconds, &end) != 2 ||
        !isfinite(microseconds) || microseconds < 0)
        return "expected \"ringside phase NAME MICROSECONDS\"";
    return records_add_metric(records, name, microseconds * 1000, "ns");
}

static void malformed(struct records *records, const char *wrong,
                      const char *line)
{
    if (records->malformed[0] == '\0')
        snprintf(records->malformed, sizeof(records->malformed),
                 "phases: %s: \"%.60s\"", wrong, line);
}

void phases_collect(const struct phases *phases, struct records *records)
{
    char text[PHASES_MAX_SIZE + 1], *rest = text, *line;
    size_t used = 0;
    ssize_t n;

    if (phases->to_read < 0)
        return;
    while (used < PHASES_MAX_SIZE && ((n = read(phases->to_read, text + used,
                                                PHASES_MAX_SIZE - used)) > 0 ||
                                      (n < 0 && errno == EINTR)))
        used += n > 0 ? (size_t)n : 0;
    text[used] = '\0';
    while ((line = strsep(&rest, "\n")) != NULL) {
        const char *wrong = *line != '\0' ? take_line(line, records) : NULL;

        if (wrong != NULL)
            malformed(records, wrong, line);
    }
}

void phases_close(struct phases *phases)
{
    cleanup_close(&phases->to_read);
    cleanup_close(&phases->to_write);
    *phases = PHASES_NONE;
}
