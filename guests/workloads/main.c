/*
 * The workload program: many benchmarks, one static ELF.
 *
 *   workload NAME [--option value...]
 *
 * or, through a link, by the name it is called by. Nothing happens before
 * the ready line but reading the arguments.
 */
#include "workload.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    HELP_SIZE = 8192,
};

static int refuse(const char *message)
{
    report_failure("%s (try: workload help)", message);
    return EXIT_USAGE;
}

/* Writes to standard output with one call. */
static int print(const char *text)
{
    if (write_all(STDOUT_FILENO, text, strlen(text)) < 0)
        return EXIT_FAILED;
    return EXIT_OK;
}

/* One workload a line: name, group, summary, with tabs between. */
static int list(void)
{
    char text[HELP_SIZE];
    size_t used = 0;

    for (size_t i = 0; workloads[i] != NULL; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used,
                                 "%s\t%s\t%s\n", workloads[i]->name,
                                 workloads[i]->group, workloads[i]->summary);
    return print(text);
}

static size_t describe_option(const struct option *option, char *text,
                              size_t size)
{
    char name[32];

    snprintf(name, sizeof(name), "--%s %s", option->name,
             option->argument != NULL ? option->argument : "");
    if (option->argument == NULL)
        return (size_t)snprintf(text, size, "      %-16s %s\n", name,
                                option->help);
    return (size_t)snprintf(text, size, "      %-16s %s (%" PRIu64 ")\n", name,
                            option->help, option->initial);
}

static int help(void)
{
    char text[HELP_SIZE];
    size_t used = (size_t)snprintf(
        text, sizeof(text),
        "Usage: workload NAME [--option value...]\n"
        "       workload list | help\n\n"
        "One benchmark, reported on standard output, one record a line.\n");

    for (size_t i = 0; workloads[i] != NULL; i++) {
        const struct option *option = workloads[i]->options;

        used +=
            (size_t)snprintf(text + used, sizeof(text) - used, "\n  %-16s %s\n",
                             workloads[i]->name, workloads[i]->summary);
        for (; option->name != NULL; option++)
            used += describe_option(option, text + used, sizeof(text) - used);
    }
    return print(text);
}

static int run(const struct workload *workload, int argc, char **argv)
{
    uint64_t values[OPTIONS_MAXIMUM];
    char message[OPTIONS_MESSAGE_SIZE];
    struct report report = {0};

    if (options_parse(workload->options, argc, argv, values, message) < 0)
        return refuse(message);
    if (workload->run(values, &report) < 0 || report_flush(&report) < 0)
        return EXIT_FAILED;
    return EXIT_OK;
}

int main(int argc, char **argv)
{
    const struct workload *workload = NULL;
    char message[OPTIONS_MESSAGE_SIZE];
    const char *slash;

    if (argc > 0) {
        slash = strrchr(argv[0], '/');
        workload = workload_find(slash != NULL ? slash + 1 : argv[0]);
        if (workload != NULL)
            return run(workload, argc - 1, argv + 1);
    }
    if (argc < 2)
        return refuse("no workload named");
    if (strcmp(argv[1], "list") == 0)
        return list();
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
        return help();
    workload = workload_find(argv[1]);
    if (workload == NULL) {
        snprintf(message, sizeof(message), "no workload \"%.40s\"", argv[1]);
        return refuse(message);
    }
    return run(workload, argc - 2, argv + 2);
}
