/*
 * The report from top to bottom: load the record, judge the claims, draw the
 * charts, write the document beside its final name and rename it.
 */
#include "report/report.h"

#include "oci/cleanup.h"
#include "report/document.h"
#include "report/page.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static const char *const endings[REPORT_FORMATS] = {
    [REPORT_HTML] = "html",
    [REPORT_MARKDOWN] = "md",
    [REPORT_PLAIN] = "txt",
    [REPORT_JSON] = "json",
};

/* Everything that a document is written from. */
struct contents {
    struct record record;
    struct figures figures;
    struct claims claims;
    char charts[24]; /* name of the directory of charts */
};

const char *report_format_name(enum report_format format)
{
    return endings[format];
}

/* ".ko", or nothing for English. */
static void language_suffix(char suffix[8])
{
    const char *language = strings_language();

    suffix[0] = '\0';
    if (strcmp(language, "en") != 0)
        snprintf(suffix, 8, ".%s", language);
}

char *report_path(const char *directory, const struct report_options *options)
{
    char suffix[8], *path;

    language_suffix(suffix);
    return asprintf(&path, "%s/report%s.%s", directory, suffix,
                    endings[options->format]) < 0
               ? NULL
               : path;
}

static int open_charts(const char *directory, const char *name,
                       struct error *error)
{
    _cleanup_free_ char *path = NULL;
    int fd;

    if (asprintf(&path, "%s/%s", directory, name) < 0) {
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

static int write_contents(FILE *out, const struct contents *contents,
                          enum report_format format)
{
    switch (format) {
    case REPORT_HTML:
        page_write(out, &contents->record, &contents->figures,
                   &contents->claims);
        return 0;
    case REPORT_JSON:
        return document_write_json(out, &contents->record, &contents->figures,
                                   &contents->claims);
    default:
        document_write(out,
                       format == REPORT_MARKDOWN ? FORM_MARKDOWN : FORM_PLAIN,
                       contents->charts, &contents->record, &contents->figures,
                       &contents->claims);
        return 0;
    }
}

static int write_document(const char *path, const struct contents *contents,
                          enum report_format format, struct error *error)
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
    failed = write_contents(out, contents, format) < 0;
    failed |= ferror(out) | make_public(fd);
    if (fclose(out) == 0 && !failed && rename(temporary, path) == 0)
        return 0;
    error_errno(error, errno != 0 ? errno : EIO, "%s", path);
    unlink(temporary);
    return -error->code;
}

/* Judges the claims and draws the charts. */
static int prepare(const char *directory, struct contents *contents,
                   struct error *error)
{
    _cleanup_close_ int charts = -1;
    char suffix[8];
    int result = claims_judge(&contents->record, &contents->claims);

    if (result < 0)
        return error_errno(error, -result, "claims");
    language_suffix(suffix);
    snprintf(contents->charts, sizeof(contents->charts), "charts%s", suffix);
    charts = open_charts(directory, contents->charts, error);
    return charts < 0 ? charts
                      : figures_make(&contents->record, charts,
                                     &contents->figures, error);
}

int report_write(const char *directory, const struct report_options *options,
                 struct error *error)
{
    struct contents *contents = calloc(1, sizeof(*contents));
    char *path = report_path(directory, options);
    int result;

    if (contents == NULL || path == NULL) {
        result = error_errno(error, ENOMEM, "%s", directory);
        goto out;
    }
    result = record_load(directory, &contents->record, error);
    if (result == 0)
        result = prepare(directory, contents, error);
    if (result == 0)
        result = write_document(path, contents, options->format, error);
    figures_release(&contents->figures);
    claims_release(&contents->claims);
    record_release(&contents->record);
out:
    free(contents);
    free(path);
    return result;
}

int report_render(const char *directory, struct error *error)
{
    const struct report_options options = {.format = REPORT_HTML};

    return report_write(directory, &options, error);
}
