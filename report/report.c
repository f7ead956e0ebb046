/*
 * The report from top to bottom: load the record, draw the charts, write the
 * page beside its final name and rename it.
 */
#include "report/report.h"

#include "oci/cleanup.h"
#include "report/figures.h"
#include "report/page.h"
#include "report/record.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static int open_charts(const char *directory, struct error *error)
{
    _cleanup_free_ char *path = NULL;
    int fd;

    if (asprintf(&path, "%s/charts", directory) < 0) {
        path = NULL;
        return error_errno(error, ENOMEM, "%s", directory);
    }
    if (mkdir(path, 0777) < 0 && errno != EEXIST)
        return error_errno(error, errno, "%s", path);
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd >= 0 ? fd : error_errno(error, errno, "%s", path);
}

/* mkostemp makes a private file; the page is as public as umask says. */
static int make_public(int fd)
{
    const mode_t mask = umask(0);

    umask(mask);
    return fchmod(fd, 0666 & ~mask);
}

static int write_page(const char *path, const struct record *record,
                      const struct figures *figures, struct error *error)
{
    _cleanup_free_ char *temporary = NULL;
    FILE *out;
    int fd, failed;

    if (asprintf(&temporary, "%s.XXXXXX", path) < 0) {
        temporary = NULL;
        return error_errno(error, ENOMEM, "%s", path);
    }
    fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return error_errno(error, errno, "%s", path);
    out = fdopen(fd, "w");
    if (out == NULL) {
        close(fd);
        unlink(temporary);
        return error_errno(error, ENOMEM, "%s", path);
    }
    page_write(out, record, figures);
    failed = ferror(out) | make_public(fd);
    if (fclose(out) == 0 && !failed && rename(temporary, path) == 0)
        return 0;
    error_errno(error, errno, "%s", path);
    unlink(temporary);
    return -error->code;
}

int report_render(const char *directory, struct error *error)
{
    struct record record;
    struct figures figures = {0};
    char *path = NULL;
    int charts = -1;
    int result = record_load(directory, &record, error);

    if (result < 0)
        return result;
    charts = open_charts(directory, error);
    result =
        charts < 0 ? charts : figures_make(&record, charts, &figures, error);
    if (result < 0)
        goto out;
    if (asprintf(&path, "%s/report.html", directory) < 0) {
        path = NULL;
        result = error_errno(error, ENOMEM, "%s", directory);
        goto out;
    }
    result = write_page(path, &record, &figures, error);
out:
    if (charts >= 0)
        close(charts);
    figures_release(&figures);
    record_release(&record);
    free(path);
    return result;
}
