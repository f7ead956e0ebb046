/* Which devices a container may use; see device_rules.h. */
#include "cgroup/device_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ALL = DEVICE_MAKE | DEVICE_READ | DEVICE_WRITE };

/* Those of runc and crun: any node may be made, these may be used. Numbers:
 * Documentation/admin-guide/devices.txt. */
static const struct bundle_device_rule always[] = {
    {true, 'c', -1, -1, DEVICE_MAKE}, {true, 'b', -1, -1, DEVICE_MAKE},
    {true, 'c', 1, 3, ALL},    /* null */
    {true, 'c', 1, 5, ALL},    /* zero */
    {true, 'c', 1, 7, ALL},    /* full */
    {true, 'c', 1, 8, ALL},    /* random */
    {true, 'c', 1, 9, ALL},    /* urandom */
    {true, 'c', 5, 0, ALL},    /* tty */
    {true, 'c', 5, 1, ALL},    /* console */
    {true, 'c', 5, 2, ALL},    /* ptmx */
    {true, 'c', 136, -1, ALL}, /* pts */
};

int device_rules_collect(const struct bundle_resources *resources,
                         struct device_rules *rules, struct error *error)
{
    size_t count = resources->device_count;

    *rules = (struct device_rules){
        .rules = calloc(count + COUNT(always), sizeof(*rules->rules)),
        .count = count + COUNT(always),
    };
    if (rules->rules == NULL)
        return error_errno(error, ENOMEM, "linux.resources.devices");
    if (count > 0)
        memcpy(rules->rules, resources->devices, count * sizeof(*rules->rules));
    memcpy(rules->rules + count, always, sizeof(always));
    return 0;
}

void device_rules_release(struct device_rules *rules)
{
    free(rules->rules);
}

static bool is_everything(const struct bundle_device_rule *rule)
{
    return rule->type == 'a' && rule->major < 0 && rule->minor < 0 &&
           rule->access == ALL;
}

static bool number_covers(int64_t wide, int64_t narrow)
{
    return wide < 0 || wide == narrow;
}

/* Is every device of narrow one of wide? */
static bool covers(const struct bundle_device_rule *wide,
                   const struct bundle_device_rule *narrow)
{
    return (wide->type == 'a' || wide->type == narrow->type) &&
           number_covers(wide->major, narrow->major) &&
           number_covers(wide->minor, narrow->minor);
}

static bool number_overlaps(int64_t a, int64_t b)
{
    return a < 0 || b < 0 || a == b;
}

static bool overlaps(const struct bundle_device_rule *a,
                     const struct bundle_device_rule *b)
{
    return (a->type == 'a' || b->type == 'a' || a->type == b->type) &&
           number_overlaps(a->major, b->major) &&
           number_overlaps(a->minor, b->minor) && (a->access & b->access) != 0;
}

/*
 * Takes a rule that says what is the default anyway: it undoes exceptions
 * before it. One of which it undoes some devices cannot be written.
 */
static int undo_exceptions(struct device_rules *rules,
                           const struct bundle_device_rule *rule,
                           struct error *error)
{
    size_t kept = 0;

    for (size_t i = 0; i < rules->count; i++) {
        if (covers(rule, &rules->rules[i]))
            rules->rules[i].access &= ~rule->access;
        else if (overlaps(rule, &rules->rules[i]))
            return error_set(error, ENOTSUP,
                             "config.json: linux.resources.devices: cgroup v1 "
                             "has no exceptions from exceptions");
        if (rules->rules[i].access != 0)
            rules->rules[kept++] = rules->rules[i];
    }
    rules->count = kept;
    return 0;
}

int device_rules_flatten(const struct bundle_resources *resources,
                         struct device_rules *rules, struct error *error)
{
    int status = device_rules_collect(resources, rules, error);
    size_t total = rules->count;

    if (status < 0)
        return status;
    rules->count = 0;
    /* rules->rules is read ahead of where it is written. */
    for (size_t i = 0; status == 0 && i < total; i++) {
        struct bundle_device_rule rule = rules->rules[i];

        if (is_everything(&rule)) {
            rules->allow = rule.allow;
            rules->count = 0;
        } else if (rule.allow == rules->allow) {
            status = undo_exceptions(rules, &rule, error);
        } else {
            rules->rules[rules->count++] = rule;
        }
    }
    return status;
}
