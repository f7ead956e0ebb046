/*
 * A made-up record for the tests of the page (tests/fixtures/report/whole:
 * invented figures, no machine), in a directory of each test's own. A test
 * changes the summary, renders it and looks at what came out.
 */
#ifndef RINGSIDE_TESTS_REPORT_FIXTURE_H
#define RINGSIDE_TESTS_REPORT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oci/cleanup.h"
#include "report/report.h"

#include <errno.h>
#include <ftw.h>
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#define FIXTURE "tests/fixtures/report/whole"

struct bench {
    char directory[64];
    json_t *summary;
    char *page; /* once rendered */
};

static inline bool have_gnuplot(void)
{
    return access("/usr/bin/gnuplot", X_OK) == 0;
}

static inline char *read_text(const char *directory, const char *name)
{
    char path[PATH_MAX];
    char *text = NULL;
    size_t size = 0;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "r");
    if (file == NULL)
        return NULL;
    if (getdelim(&text, &size, '\0', file) < 0)
        text[0] = '\0';
    fclose(file);
    return text;
}

static inline void write_text(const char *directory, const char *name,
                              const char *text)
{
    char path[PATH_MAX];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static inline int set_up(void **state)
{
    static struct bench bench;
    _cleanup_free_ char *results = read_text(FIXTURE, "results.jsonl");

    memset(&bench, 0, sizeof(bench));
    strcpy(bench.directory, "/tmp/test_report_render.XXXXXX");
    if (mkdtemp(bench.directory) == NULL || results == NULL)
        return -1;
    write_text(bench.directory, "results.jsonl", results);
    bench.summary = json_load_file(FIXTURE "/summary.json", 0, NULL);
    *state = &bench;
    return bench.summary != NULL ? 0 : -1;
}

static inline int remove_entry(const char *path, const struct stat *status,
                               int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline int tear_down(void **state)
{
    struct bench *bench = *state;

    json_decref(bench->summary);
    free(bench->page);
    return nftw(bench->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static inline int render(struct bench *bench, struct error *error)
{
    char path[PATH_MAX];
    int result;

    snprintf(path, sizeof(path), "%s/summary.json", bench->directory);
    assert_int_equal(json_dump_file(bench->summary, path, JSON_INDENT(1)), 0);
    result = report_render(bench->directory, error);
    free(bench->page);
    bench->page = read_text(bench->directory, "report.html");
    return result;
}

static inline void render_well(struct bench *bench)
{
    struct error error = {0};

    if (render(bench, &error) < 0)
        fail_msg("%s", error.text);
    assert_non_null(bench->page);
    assert_non_null(strstr(bench->page, "</html>"));
}

static inline void expect(const struct bench *bench, const char *text)
{
    if (strstr(bench->page, text) == NULL)
        fail_msg("the page does not say \"%s\"", text);
}

static inline void expect_none(const struct bench *bench, const char *text)
{
    if (strstr(bench->page, text) != NULL)
        fail_msg("the page says \"%s\"", text);
}

static inline json_t *header_of(const struct bench *bench)
{
    return json_object_get(bench->summary, "header");
}

static inline json_t *item(json_t *object, const char *list, size_t index)
{
    return json_array_get(json_object_get(object, list), index);
}

static inline size_t count(const char *text, const char *part)
{
    size_t found = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        found++;
    return found;
}

#define IN_A_DIRECTORY(test) \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
