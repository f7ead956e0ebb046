/* Prints the table that table_columns.c lays out, and what goes with it. */
#include "bench/table.h"

#include "bench/statistics.h"
#include "bench/summary.h"
#include "bench/table_columns.h"
#include "bench/table_function.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEFAULT_WIDTH = 80, NARROWEST = 40, GAP = 2 };

struct table_style table_style_detect(FILE *stream)
{
    struct table_style style = {.width = DEFAULT_WIDTH};
    const char *terminal = getenv("TERM");
    struct winsize size;
    bool is_terminal = isatty(fileno(stream)) == 1;

    if (is_terminal && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 &&
        size.ws_col >= NARROWEST)
        style.width = size.ws_col;
    style.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    /* https://no-color.org: present and not empty */
    style.color = is_terminal && terminal != NULL &&
                  strcmp(terminal, "dumb") != 0 &&
                  (getenv("NO_COLOR") == NULL || *getenv("NO_COLOR") == '\0');
    return style;
}

static int name_width(const struct table *table)
{
    int width = 0;

    for (size_t i = 0; i < table->header.platform_count; i++) {
        int columns = text_columns(table->header.platforms[i].name);

        if (columns > width)
            width = columns;
    }
    return width;
}

/* The end of the columns from first on that fit beside the names; at least one
 * group, and never a part of one. */
static size_t columns_that_fit(const struct table *table, size_t first,
                               int width)
{
    size_t end = first, fits = first;
    int used = 0;

    while (end < table->column_count) {
        do
            used += GAP + table->columns[end++].width;
        while (end < table->column_count && !table->columns[end].starts_group);
        if (used > width && fits > first)
            break;
        fits = end;
    }
    return fits;
}

/* One line: a name and the cells that pick chooses from each column. */
static void print_line(const struct table *table, const char *name, int row,
                       size_t first, size_t end,
                       const struct table_style *style, FILE *stream)
{
    struct table_cell label = {.tone = TONE_PLAIN};

    snprintf(label.text, sizeof(label.text), "%s", name);
    cell_print(&label, name_width(table), false, style, stream);
    for (size_t i = first; i < end; i++) {
        const struct table_column *column = &table->columns[i];
        const struct table_cell *cell =
            row < 0 ? &column->heading[row + 2] : &column->cells[row];

        fprintf(stream, "%*s", GAP, "");
        cell_print(cell, column->width, true, style, stream);
    }
    fputc('\n', stream);
}

static void print_columns(const struct table *table,
                          const struct table_style *style, FILE *stream)
{
    size_t first = 0, end;

    for (; first < table->column_count; first = end) {
        end = columns_that_fit(table, first, style->width - name_width(table));
        print_line(table, "", -2, first, end, style, stream);
        print_line(table, "", -1, first, end, style, stream);
        for (size_t i = 0; i < table->header.platform_count; i++)
            print_line(table, table->header.platforms[i].name, (int)i, first,
                       end, style, stream);
        fputc('\n', stream);
    }
}

/* How to read the table, once: n and the marks. */
static void print_legend(const struct table *table, const json_t *summary,
                         const struct table_style *style, FILE *stream)
{
    double band =
        json_number_value(json_object_get(summary, "equivalence_band"));
    char text[512], n[64];

    if (table->smallest_n == table->largest_n)
        snprintf(n, sizeof(n), "n = %lld", (long long)table->largest_n);
    else
        snprintf(n, sizeof(n), "n = %lld to %lld", (long long)table->smallest_n,
                 (long long)table->largest_n);
    snprintf(text, sizeof(text),
             "%s%s. Medians; [low high] is the 95 %% interval. Ratios are to "
             "native, below each name is native's own figure: %s slower, %s "
             "faster, = equivalent (within %.3g %% or the noise floor), ~ "
             "inconclusive.",
             n,
             table->smallest_n < STATISTICS_MINIMUM
                 ? " (too few for an interval or a verdict)"
                 : "",
             style->utf8 ? "▼" : "v", style->utf8 ? "▲" : "^", 100 * band);
    paragraph_print("", text, style, stream);
}

static void print_notes(const struct table *table,
                        const struct table_style *style, FILE *stream)
{
    for (size_t i = 0; i < table->note_count; i++) {
        char mark[8], label[16], text[3 * RESULT_MAX_TEXT];

        table_note_mark(i, mark);
        snprintf(label, sizeof(label), "- %s  ", mark);
        snprintf(text, sizeof(text), "%s: %s", table->notes[i].platform,
                 table->notes[i].why);
        paragraph_print(label, text, style, stream);
    }
}

static void print_left_out(const struct result_header *header,
                           const struct table_style *style, FILE *stream)
{
    for (size_t i = 0; i < header->left_out_count; i++) {
        const struct result_left_out *left = &header->left_out[i];
        char text[3 * RESULT_MAX_TEXT];

        snprintf(text, sizeof(text), "%s: %s%s%s", left->platform, left->reason,
                 left->remedy != NULL ? "; to have it: " : "",
                 left->remedy != NULL ? left->remedy : "");
        paragraph_print("left out  ", text, style, stream);
    }
}

/* Marks are of corrected verdicts; says so where that makes a difference. */
static void print_correction(const json_t *summary,
                             const struct table_style *style, FILE *stream)
{
    const json_t *family = json_object_get(summary, "family");
    long long given = json_integer_value(json_object_get(family, "verdicts"));
    long long stand =
        json_integer_value(json_object_get(family, "verdicts_corrected"));
    char text[256];

    if (stand >= given)
        return;
    snprintf(text, sizeof(text),
             "%lld of %lld verdicts do not stand the correction for their "
             "number (Benjamini-Hochberg, 5 %%) and are shown as inconclusive; "
             "more blocks (-n) decide.",
             given - stand, given);
    paragraph_print("", text, style, stream);
}

/* "load 12, steal 3" */
static void list_flags(const json_t *by_flag, char *text, size_t size)
{
    const char *name;
    json_t *count;
    size_t used = 0;

    text[0] = '\0';
    json_object_foreach((json_t *)by_flag, name, count)
    {
        if (used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%.16s %lld",
                                     used > 0 ? ", " : "", name,
                                     (long long)json_integer_value(count));
    }
}

/* How many runs were disturbed, and whether that changes what is said. */
static void print_flagged(const json_t *summary,
                          const struct table_style *style, FILE *stream)
{
    const json_t *flagged = json_object_get(summary, "flagged");
    long long runs = json_integer_value(json_object_get(flagged, "runs"));
    long long all = json_integer_value(json_object_get(summary, "runs"));
    size_t changed =
        json_array_size(json_object_get(flagged, "verdicts_changed"));
    char flags[160], verdicts[64], text[512];

    if (runs == 0)
        return;
    list_flags(json_object_get(flagged, "by_flag"), flags, sizeof(flags));
    if (runs == all)
        snprintf(verdicts, sizeof(verdicts), "there is nothing left");
    else if (changed == 0)
        snprintf(verdicts, sizeof(verdicts), "no verdict changes");
    else
        snprintf(verdicts, sizeof(verdicts), "%zu verdict%s", changed,
                 changed == 1 ? " changes" : "s change");
    snprintf(text, sizeof(text),
             "%lld of %lld runs were disturbed (%s) and count all the same; "
             "without them %s.",
             runs, all, flags, verdicts);
    paragraph_print("", text, style, stream);
}

/* Workloads in which the order of runs mattered. */
static void print_order(const json_t *summary, const struct table_style *style,
                        FILE *stream)
{
    const char *workload;
    json_t *effect;

    json_object_foreach(json_object_get(summary, "order_effect"), workload,
                        effect)
    {
        const char *sentence =
            json_string_value(json_object_get(effect, "sentence"));
        char text[384];

        if (!json_is_true(json_object_get(effect, "found")) || sentence == NULL)
            continue;
        snprintf(text, sizeof(text),
                 "%.64s: %.256s. Random order spreads that "
                 "over all platforms.",
                 workload, sentence);
        paragraph_print("", text, style, stream);
    }
}

/* "native 1.04 [1.02 1.06]" for each platform that hyperfine has timed. */
static void print_second_instrument(const json_t *summary,
                                    const struct table_style *style,
                                    FILE *stream)
{
    const json_t *second = json_object_get(summary, "second_instrument");
    const char *name = json_string_value(json_object_get(second, "instrument"));
    const char *platform, *separator = "";
    char text[4096];
    json_t *figures;
    size_t used;

    if (name == NULL)
        return;
    used = (size_t)snprintf(text, sizeof(text),
                            "%.64s, a second instrument, over our "
                            "spawn-to-exit of noop: ",
                            name);
    json_object_foreach(json_object_get(second, "platforms"), platform, figures)
    {
        json_t *ratio = json_object_get(figures, "ratio");

        if (!json_is_object(ratio) || used + 128 > sizeof(text))
            continue;
        used += (size_t)snprintf(
            text + used, sizeof(text) - used, "%s%.64s %.2f [%.2f %.2f]",
            separator, platform,
            json_number_value(json_object_get(ratio, "median")),
            json_number_value(json_object_get(ratio, "low")),
            json_number_value(json_object_get(ratio, "high")));
        separator = ", ";
    }
    paragraph_print("", text, style, stream);
}

/* Platforms whose clock is wrong, and what their own figures are worth. */
static void print_clocks(const json_t *summary, const struct table_style *style,
                         FILE *stream)
{
    const char *platform;
    json_t *clock;

    json_object_foreach(json_object_get(summary, "clocks"), platform, clock)
    {
        char text[256];

        if (!json_is_false(json_object_get(clock, "agrees")))
            continue;
        snprintf(text, sizeof(text),
                 "%.64s: its clock is off by %+.1f %% of the host's (%.1f %% "
                 "allowed): what its workloads timed themselves gets no "
                 "verdict.",
                 platform,
                 100 * json_number_value(json_object_get(clock, "difference")),
                 100 * json_number_value(json_object_get(clock, "bound")));
        paragraph_print("", text, style, stream);
    }
}

static void print_warnings(const json_t *summary,
                           const struct table_style *style, FILE *stream)
{
    long long runs =
        (long long)json_integer_value(json_object_get(summary, "runs"));
    long long failures =
        (long long)json_integer_value(json_object_get(summary, "failures"));
    char text[256];

    if (!json_is_true(json_object_get(summary, "complete"))) {
        snprintf(text, sizeof(text),
                 "The session was interrupted after %lld runs.", runs);
        paragraph_print("", text, style, stream);
    }
    if (failures > 0) {
        snprintf(text, sizeof(text),
                 "%lld of %lld runs failed and take no part; %s lists them.",
                 failures, runs, SUMMARY_FILE);
        paragraph_print("", text, style, stream);
    }
}

int table_print(const char *directory, const struct table_style *style,
                FILE *stream, struct error *error)
{
    struct table table;
    json_t *summary;
    int result = summary_load(directory, &summary, error);

    if (result < 0)
        return result;
    result = table_build(summary, style, &table, error);
    if (result < 0) {
        error_prefix(error, "%s/%s", directory, SUMMARY_FILE);
    } else {
        print_columns(&table, style, stream);
        if (table.largest_n > 0)
            print_legend(&table, summary, style, stream);
        if (result_header_is_cold(&table.header))
            paragraph_print("",
                            "The page cache was dropped before each start "
                            "(--page-cache cold).",
                            style, stream);
        print_correction(summary, style, stream);
        print_flagged(summary, style, stream);
        print_order(summary, style, stream);
        print_clocks(summary, style, stream);
        print_second_instrument(summary, style, stream);
        print_notes(&table, style, stream);
        table_function_print(summary, style, stream);
        print_left_out(&table.header, style, stream);
        print_warnings(summary, style, stream);
        if (fflush(stream) != 0 || ferror(stream))
            result = error_errno(error, errno != 0 ? errno : EIO,
                                 "cannot print the table");
    }
    table_release(&table);
    json_decref(summary);
    return result;
}
