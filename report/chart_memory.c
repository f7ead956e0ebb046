/*
 * What an idle instance holds, as stacked bars from zero: memory of its own
 * and shared (together the proportional set size), and on top what the host's
 * kernel holds for it, as finely as the host accounts it.
 */
#include "report/chart_stack.h"
#include "report/numbers.h"
#include "report/strings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* Okabe and Ito's set, in the order of the stack. */
static const struct {
    const char *key; /* of the legend's text */
    uint32_t colour;
} parts[] = {
    {"memory.own", 0x0072b2},          {"memory.shared", 0x56b4e9},
    {"memory.guest-kernel", 0xcc79a7}, {"memory.kernel", 0xe69f00},
    {"memory.page-tables", 0xd55e00},  {"memory.kernel-stack", 0xf0e442},
};

enum part { OWN, SHARED, GUEST_KERNEL, KERNEL, PAGE_TABLES, STACK, PARTS };

static double median_of(const struct record *record, const struct cell *pss,
                        const char *metric)
{
    const struct cell *cell =
        record_cell(record, pss->platform, pss->workload, metric);

    return cell != NULL && cell->value.n > 0 ? cell->value.median : 0;
}

/* PSS is split where its parts are known; kernel memory likewise. */
static void find_parts(const struct record *record, const struct cell *pss,
                       double lengths[PARTS])
{
    const double own =
        fmin(median_of(record, pss, "memory_uss"), pss->value.median);
    const double guest =
        fmin(median_of(record, pss, "memory_guest_kernel"), own);
    const double kernel = median_of(record, pss, "memory_kernel");
    const double tables =
        median_of(record, pss, "memory_page_tables") +
        median_of(record, pss, "memory_secondary_page_tables");
    const double stacks = median_of(record, pss, "memory_kernel_stack");

    lengths[OWN] = own - guest;
    lengths[SHARED] = pss->value.median - own;
    lengths[GUEST_KERNEL] = guest;
    /* Both are of the kernel's memory; an older host has no sum of it. */
    lengths[PAGE_TABLES] = kernel > 0 ? fmin(tables, kernel) : tables;
    lengths[STACK] =
        kernel > 0 ? fmin(stacks, kernel - lengths[PAGE_TABLES]) : stacks;
    lengths[KERNEL] = fmax(0, kernel - lengths[PAGE_TABLES] - lengths[STACK]);
    if (own <= 0) {
        lengths[OWN] = pss->value.median;
        lengths[SHARED] = 0;
    }
}

static void add_bar(struct stack *stack, const struct cell *pss,
                    bool present[PARTS])
{
    struct stack_bar *bar = stack_add(stack, pss->platform);
    const double kernel = median_of(stack->record, pss, "memory_kernel");
    double lengths[PARTS];

    if (bar == NULL)
        return;
    find_parts(stack->record, pss, lengths);
    for (enum part part = 0; part < PARTS; part++) {
        stack_segment(bar, lengths[part], parts[part].colour, "");
        present[part] |= lengths[part] > 0;
    }
    bar->first = pss->value;
    bar->workload = pss->workload;
    snprintf(bar->brief, sizeof(bar->brief), "%.30s",
             number_value(pss->value.median, pss->unit).text);
    if (kernel > 0)
        snprintf(bar->value, sizeof(bar->value), "%.40s + %.40s",
                 number_value(pss->value.median, pss->unit).text,
                 number_value(kernel, pss->unit).text);
    else
        snprintf(bar->value, sizeof(bar->value), "%.60s", bar->brief);
}

int chart_memory(const struct record *record, enum workload_group group,
                 const struct workload_entry *workload, struct chart *chart)
{
    struct stack *stack = calloc(1, sizeof(*stack));
    bool present[PARTS] = {false};
    int result;

    (void)group;
    if (stack == NULL)
        return -ENOMEM;
    stack->record = record;
    stack->unit = "bytes";
    stack->opacity = 0.8;
    for (size_t i = 0; i < record->platform_count; i++) {
        const struct cell *pss =
            record_cell(record, &record->platforms[i], workload, "memory_pss");

        if (pss != NULL && pss->value.n > 0)
            add_bar(stack, pss, present);
    }
    for (enum part part = 0; part < PARTS; part++)
        if (present[part]) {
            stack->legend[stack->legend_count].text = say(parts[part].key);
            stack->legend[stack->legend_count++].colour = parts[part].colour;
        }
    result = stack_write(stack, say("chart.memory"), chart);
    free(stack);
    return result;
}
