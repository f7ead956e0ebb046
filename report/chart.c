/*
 * What all charts share: labels, ticks, files and the call of gnuplot.
 */
#include "report/chart.h"

#include "oci/cleanup.h"
#include "report/assets.h"
#include "report/gnuplot.h"
#include "report/numbers.h"
#include "report/strings.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_PICTURE = 16 << 20 };

static const char *const suffixes[CHART_WIDTHS] = {
    [CHART_WIDE] = "",
    [CHART_NARROW] = "-narrow",
};

static bool pictures = true;

void chart_set_pictures(bool wanted)
{
    pictures = wanted;
}

const char *chart_metric_title(const char *metric)
{
    const char *title = say_named("metric.", metric);

    return title != NULL ? title : metric;
}

/*
 * How wide a character is drawn, in halves of an ordinary one: measured of
 * DejaVu Sans, which is among the widest.
 */
static size_t half_widths(const unsigned char *character)
{
    if (*character >= 0xe1) /* Hangul, Chinese characters, emoji */
        return *character == 0xe2 ? 2 : 4;
    if (strchr("mwMW@%", *character) != NULL)
        return 3;
    return strchr("iljft.,:;'|! ", *character) != NULL ? 1 : 2;
}

void chart_write_label(FILE *out, const char *text, size_t limit)
{
    size_t width = 0;

    fputc('"', out);
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0';
         at++) {
        if ((*at & 0xc0) != 0x80) {
            width += half_widths(at);
            if (width > 2 * limit) {
                fputs("…", out);
                break;
            }
        }
        if (*at < 0x20 || *at == 0x7f)
            fputc(' ', out);
        else if (*at == '"' || *at == '\\')
            fputc(*at == '"' ? '\'' : '/', out);
        else
            fputc(*at, out);
    }
    fputc('"', out);
}

/* The smallest of 1, 2, 5, 10, ... times a power of ten that is >= step. */
static double round_step(double step)
{
    const double power = pow(10, floor(log10(step)));

    for (double nice = 1; nice < 10; nice = nice == 2 ? 5 : nice * 2)
        if (nice * power >= step * (1 - 1e-9))
            return nice * power;
    return 10 * power;
}

/* "500 µs" or, for a ratio, "1.05×". */
static void write_tick(FILE *out, double value, const char *unit,
                       const char *separator)
{
    const struct number_scale scale = number_scale(value, unit);

    fprintf(out, "%s\"%.6g%s%s\" %.9g", separator, value * scale.factor,
            strcmp(unit, "×") == 0 ? "" : " ", scale.unit, value);
}

/* Even steps where the axis spans less than a factor of three. */
static void write_even_ticks(FILE *out, double low, double high,
                             const char *unit, int wanted)
{
    const double step = round_step((high - low) / wanted);
    const char *separator = "";

    for (double k = ceil(low / step - 1e-9); k * step <= high * (1 + 1e-9);
         k++) {
        write_tick(out, k * step, unit, separator);
        separator = ", ";
    }
}

/* The finest of these that gives no more ticks than wanted. */
static const struct {
    size_t count;
    double digits[6];
} decade_steps[] = {
    {6, {1, 1.5, 2, 3, 5, 7}},
    {3, {1, 2, 5}},
    {2, {1, 3}},
    {1, {1}},
};

static void write_decade_ticks(FILE *out, double low, double high,
                               const char *unit, int wanted)
{
    const double decades = log10(high / low);
    const int first = (int)floor(log10(low)), last = (int)ceil(log10(high));
    const int stride = 1 + (int)(decades / wanted);
    const char *separator = "";
    size_t fineness = 0;

    while (fineness < 3 &&
           decades * (double)decade_steps[fineness].count > wanted)
        fineness++;
    for (int power = first; power <= last; power += stride)
        for (size_t i = 0; i < decade_steps[fineness].count; i++) {
            const double value =
                decade_steps[fineness].digits[i] * pow(10, power);

            if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9))
                continue;
            write_tick(out, value, unit, separator);
            separator = ", ";
        }
}

void chart_write_log_ticks(FILE *out, const struct chart_axis *axis,
                           const char *unit, int wanted)
{
    const double low = axis->low, high = axis->high;

    /* The script is no place for a word of the result file. */
    if (strcmp(unit, "ns") != 0 && strcmp(unit, "bytes") != 0 &&
        strcmp(unit, "×") != 0)
        unit = "";
    for (int width = 0; width < CHART_WIDTHS; width++) {
        fprintf(out, "ticks_%s = '(", width == CHART_WIDE ? "wide" : "narrow");
        if (high / low < 3)
            write_even_ticks(out, low, high, unit, wanted);
        else
            write_decade_ticks(out, low, high, unit, wanted);
        fputs(")'\n", out);
        wanted = wanted / 2 + 1;
    }
}

/* Never through a link that somebody left there. */
static int write_file(int directory, const char *name, struct error *error,
                      const char *const *parts)
{
    FILE *file;
    int fd, failed = 0;

    unlinkat(directory, name, 0);
    fd = openat(directory, name,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return error_errno(error, errno, "charts/%s", name);
    file = fdopen(fd, "w");
    if (file == NULL) {
        close(fd);
        return error_errno(error, ENOMEM, "charts/%s", name);
    }
    for (; *parts != NULL; parts++)
        fputs(*parts, file);
    failed = ferror(file);
    if (fclose(file) != 0 || failed)
        return error_errno(error, errno, "charts/%s", name);
    return 0;
}

static int read_file(int directory, const char *name, char **content,
                     struct error *error)
{
    _cleanup_close_ int fd =
        openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    _cleanup_free_ char *text = NULL;
    struct stat status;
    ssize_t got, length = 0;

    if (fd < 0 || fstat(fd, &status) < 0)
        return error_errno(error, errno, "charts/%s", name);
    if (!S_ISREG(status.st_mode) || status.st_size > MAX_PICTURE)
        return error_set(error, EINVAL, "charts/%s: not a picture", name);
    text = malloc((size_t)status.st_size + 1);
    if (text == NULL)
        return error_errno(error, ENOMEM, "charts/%s", name);
    while (length < status.st_size) {
        got = read(fd, text + length, (size_t)(status.st_size - length));
        if (got <= 0)
            break;
        length += got;
    }
    text[length] = '\0';
    *content = take_pointer(text);
    return 0;
}

static int read_picture(int directory, struct chart *chart,
                        enum chart_width width, struct error *error)
{
    _cleanup_free_ char *document = NULL, *page = NULL;
    char prefix[sizeof(chart->name) + 8], name[sizeof(prefix) + 8];
    size_t size;
    FILE *out;
    int result;

    snprintf(prefix, sizeof(prefix), "%s%s", chart->name, suffixes[width]);
    snprintf(name, sizeof(name), "%s.svg", prefix);
    result = read_file(directory, name, &document, error);
    if (result == 0)
        result = svg_convert(document, prefix, &chart->picture[width], error);
    if (result < 0)
        return result;
    out = open_memstream(&page, &size);
    if (out == NULL)
        return error_errno(error, ENOMEM, "charts/%s", name);
    svg_write_document(out, &chart->picture[width], prefix, chart->title,
                       chart->description);
    if (fclose(out) != 0)
        return error_errno(error, ENOMEM, "charts/%s", name);
    return write_file(directory, name, error,
                      (const char *const[]){page, NULL});
}

int chart_write(int directory, const struct chart *chart, struct error *error)
{
    char script[sizeof(chart->name) + 8], data[sizeof(chart->name) + 8];
    static const char *const endings[] = {".svg", "-narrow.svg", ".png",
                                          ".pdf"};
    char picture[sizeof(chart->name) + 16];
    int result;

    snprintf(script, sizeof(script), "%s.gp", chart->name);
    snprintf(data, sizeof(data), "%s.tsv", chart->name);
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        snprintf(picture, sizeof(picture), "%s%s", chart->name, endings[i]);
        unlinkat(directory, picture, 0);
    }
    result = write_file(directory, data, error,
                        (const char *const[]){chart->data, NULL});
    if (result < 0)
        return result;
    return write_file(directory, script, error,
                      (const char *const[]){
                          "# Redraw with: gnuplot ", script, "\n", "name = \"",
                          chart->name, "\"\n", pictures ? "" : "pictures = 0\n",
                          chart->settings, "\n", report_asset_common, "\n",
                          chart->script, NULL});
}

int chart_draw(int directory, struct chart *chart, struct error *error)
{
    char script[sizeof(chart->name) + 8];
    int result;

    snprintf(script, sizeof(script), "%s.gp", chart->name);
    result = gnuplot_run(directory, script, error);
    for (int width = 0; result == 0 && width < CHART_WIDTHS; width++)
        result = read_picture(directory, chart, width, error);
    chart->drawn = result == 0;
    return result;
}

void chart_release(struct chart *chart)
{
    free(chart->title);
    free(chart->description);
    free(chart->settings);
    free(chart->data);
    for (int width = 0; width < CHART_WIDTHS; width++)
        svg_release(&chart->picture[width]);
    *chart = (struct chart){0};
}
