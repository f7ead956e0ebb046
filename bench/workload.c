/* What is run; see workload.h for the contract. */
#include "bench/workload.h"

#include "bench/command.h"
#include "bench/results.h"
#include "bench/words.h"
#include "oci/path.h"

#include <string.h>

enum { LIST_SECONDS = 10 };

static const struct workload_group groups[] = {
    {.name = "start", .records = true},
    {.name = "cpu",
     .primary = "time_per_operation",
     .timed = true,
     .records = true},
    {.name = "memory",
     .primary = "time_per_operation",
     .timed = true,
     .records = true},
    {.name = "kernel",
     .primary = "time_per_operation",
     .timed = true,
     .records = true},
    {.name = "files",
     .primary = "time_per_operation",
     .timed = true,
     .records = true},
    {.name = "macro",
     .primary = "time_per_operation",
     .timed = true,
     .records = true},
    {.name = "idle", .primary = "memory_pss", .idle = true, .records = true},
    {.name = "own"},
};

static const struct workload_group *find_group(const char *name)
{
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (strcmp(groups[i].name, name) == 0)
            return &groups[i];
    }
    return NULL;
}

static void release(struct workload *workload)
{
    free(workload->name);
    free(workload->title);
    free(workload->program);
    words_free(workload->arguments);
    *workload = (struct workload){0};
}

static int append(struct workload_list *list, struct workload *workload)
{
    struct workload *grown =
        reallocarray(list->items, list->count + 1, sizeof(*grown));

    if (grown == NULL)
        return -ENOMEM;
    list->items = grown;
    grown[list->count++] = *workload;
    *workload = (struct workload){0};
    return 0;
}

static int set_arguments(struct workload *workload, int duration_ms)
{
    _cleanup_free_ char *duration = text_format("%d", duration_ms);

    if (duration == NULL || words_append(&workload->arguments, workload->name))
        return -ENOMEM;
    if (!workload->group->timed)
        return 0;
    if (words_append(&workload->arguments, "--duration") < 0)
        return -ENOMEM;
    return words_append(&workload->arguments, duration);
}

/* One line: NAME, GROUP and SUMMARY with tabs between them. */
static int read_line(char *line, const char *elf, int duration_ms,
                     struct workload_list *list, struct error *error)
{
    const char *name = strsep(&line, "\t");
    const char *group = strsep(&line, "\t");
    struct workload workload = {0};

    if (group == NULL || line == NULL || *name == '\0' || *line == '\0' ||
        strlen(name) > RESULT_MAX_NAME)
        return error_set(error, EINVAL,
                         "expected NAME, GROUP and SUMMARY, got \"%.80s\"",
                         name);
    workload.group = find_group(group);
    if (workload.group == NULL)
        return error_set(error, EINVAL, "%s: unknown group \"%.40s\"", name,
                         group);
    workload.name = strdup(name);
    workload.title = strdup(line);
    workload.program = strdup(elf);
    if (workload.name == NULL || workload.title == NULL ||
        workload.program == NULL || set_arguments(&workload, duration_ms) < 0 ||
        append(list, &workload) < 0) {
        release(&workload);
        return error_set(error, ENOMEM, "out of memory");
    }
    return 0;
}

static int read_lines(char *text, const char *elf, int duration_ms,
                      struct workload_list *list, struct error *error)
{
    size_t before = list->count;
    char *state = NULL;

    for (char *line = strtok_r(text, "\n", &state); line != NULL;
         line = strtok_r(NULL, "\n", &state)) {
        int result = read_line(line, elf, duration_ms, list, error);

        if (result < 0)
            return result;
    }
    if (list->count == before)
        return error_set(error, EINVAL, "lists no workload");
    return 0;
}

static int append_list(const char *elf, int duration_ms,
                       struct workload_list *list, struct error *error)
{
    char *const command[] = {(char *)elf, "list", NULL};
    _cleanup_free_ struct command_result *result = malloc(sizeof(*result));
    int failed;

    if (result == NULL)
        return error_set(error, ENOMEM, "out of memory");
    failed = command_run(command, -1, LIST_SECONDS, result, error);
    if (failed < 0)
        return failed;
    if (result->interrupted)
        return error_set(error, EINTR, "interrupted");
    if (result->status != 0) {
        command_reason(result, LIST_SECONDS, elf, error);
        return error_prefix(error, "%s list", elf);
    }
    failed = read_lines(result->output, elf, duration_ms, list, error);
    return failed < 0 ? error_prefix(error, "%s list", elf) : 0;
}

int workload_list_load(const struct paths *paths, int duration_ms,
                       struct workload_list *list, struct error *error)
{
    int result;

    *list = (struct workload_list){0};
    if (paths->workload == NULL)
        return error_set(error, ENOENT,
                         "the workload program was not found; build it: make");
    result = append_list(paths->workload, duration_ms, list, error);
    if (result == 0 && paths->workload_large != NULL)
        result = append_list(paths->workload_large, duration_ms, list, error);
    if (result < 0)
        workload_list_release(list);
    return result;
}

/* A program's file name as a workload's: other characters become '_'. */
static char *own_name(const char *program)
{
    char *name = strdup(path_basename(program));

    if (name == NULL)
        return NULL;
    if (strlen(name) > RESULT_MAX_NAME)
        name[RESULT_MAX_NAME] = '\0';
    for (char *at = name; *at != '\0'; at++) {
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                   "0123456789",
                   *at) == NULL &&
            (at == name || strchr(".+_-", *at) == NULL))
            *at = '_';
    }
    return name;
}

/* The command line with blanks between the words, for people. */
static char *own_title(char *const *argv)
{
    char *title = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&title, &size);

    if (stream == NULL)
        return NULL;
    for (size_t i = 0; argv[i] != NULL; i++)
        fprintf(stream, "%s%s", i > 0 ? " " : "", argv[i]);
    if (fclose(stream) != 0 || size == 0) {
        free(title);
        return NULL;
    }
    if (size > RESULT_MAX_TEXT)
        title[RESULT_MAX_TEXT] = '\0';
    return title;
}

int workload_list_own(char *const *argv, struct workload_list *list,
                      struct error *error)
{
    struct workload workload = {
        .name = own_name(argv[0]),
        .title = own_title(argv),
        .program = strdup(argv[0]),
        .arguments = words_copy(argv + 1),
        .group = find_group("own"),
    };

    *list = (struct workload_list){0};
    if (workload.name == NULL || workload.title == NULL ||
        workload.program == NULL || workload.arguments == NULL ||
        append(list, &workload) < 0) {
        release(&workload);
        return error_set(error, ENOMEM, "out of memory");
    }
    return 0;
}

int workload_list_select(struct workload_list *list, char *const *names,
                         struct error *error)
{
    size_t kept = 0;

    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        bool found = false;

        for (size_t j = 0; j < list->count; j++)
            found = found || strcmp(list->items[j].name, names[i]) == 0;
        if (!found)
            return error_set(error, EINVAL,
                             "%s: no such workload; see ringside workloads",
                             names[i]);
    }
    for (size_t i = 0; i < list->count; i++) {
        if (names == NULL || words_contain(names, list->items[i].name))
            list->items[kept++] = list->items[i];
        else
            release(&list->items[i]);
    }
    list->count = kept;
    return 0;
}

void workload_list_release(struct workload_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        release(&list->items[i]);
    free(list->items);
    *list = (struct workload_list){0};
}
