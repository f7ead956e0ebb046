/* Function in the table; see table_function.h. */
#include "bench/table_function.h"

#include <string.h>

enum { SENTENCE_SIZE = 1024 };

/* "a, b", as far as there is room. */
static void list_names(const json_t *names, char *text, size_t size)
{
    size_t used = 0, i;
    json_t *name;

    text[0] = '\0';
    json_array_foreach(names, i, name)
    {
        int n = snprintf(text + used, size - used, "%s%.64s",
                         used > 0 ? ", " : "", json_string_value(name));

        if (n < 0 || (size_t)n >= size - used)
            return;
        used += (size_t)n;
    }
}

static void print_one(const json_t *entry, const struct table_style *style,
                      FILE *stream)
{
    const char *workload =
        json_string_value(json_object_get(entry, "workload"));
    const json_t *disagreeing = json_object_get(entry, "disagreeing");
    size_t platforms = json_array_size(json_object_get(entry, "platforms"));
    char names[SENTENCE_SIZE / 2], text[SENTENCE_SIZE];

    if (workload == NULL || platforms == 0)
        return;
    list_names(disagreeing, names, sizeof(names));
    if (json_array_size(disagreeing) > 0)
        snprintf(text, sizeof(text),
                 "%.64s: its output or exit status was %s (%s).", workload,
                 json_is_true(json_object_get(entry, "varies"))
                     ? "not the same in all runs"
                     : "another on some platforms",
                 names);
    else if (platforms == 1)
        snprintf(text, sizeof(text),
                 "%.64s: its output and exit status were equal in all runs.",
                 workload);
    else
        snprintf(text, sizeof(text),
                 "%.64s: its output and exit status were equal on all %zu "
                 "platforms.",
                 workload, platforms);
    paragraph_print("", text, style, stream);
}

void table_function_print(const json_t *summary,
                          const struct table_style *style, FILE *stream)
{
    size_t i;
    json_t *entry;

    json_array_foreach(json_object_get(summary, "function"), i, entry)
    {
        print_one(entry, style, stream);
    }
}
