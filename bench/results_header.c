/* The header line of results.jsonl, in both directions. */
#include "bench/results_fields.h"
#include "bench/results_format.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const platform_classes[] = {
    "native",    "container", "user-space kernel", "paravirtual kernel",
    "unikernel", "microVM",   "full VM",           NULL,
};

static const char *const workload_groups[] = {
    "start", "cpu", "memory", "kernel", "files", "macro", "idle", "own", NULL,
};

static const char *const cache_states[] = {"cold", "warm", NULL};

#define MEMBER(structure, member) offsetof(struct structure, member)

static const struct field header_fields[] = {
    {"created", FIELD_TIME, false, MEMBER(result_header, created), NULL},
    {"ringside", FIELD_TEXT, false, MEMBER(result_header, ringside), NULL},
    {"seed", FIELD_INTEGER, false, MEMBER(result_header, seed), NULL},
    {"profile", FIELD_TEXT, false, MEMBER(result_header, profile), NULL},
    {"command", FIELD_WORDS, false, MEMBER(result_header, command), NULL},
    {"blocks", FIELD_INTEGER, false, MEMBER(result_header, blocks), NULL},
    {"rest_ms", FIELD_INTEGER, true, MEMBER(result_header, rest_ms), NULL},
    {"page_cache", FIELD_CHOICE, true, MEMBER(result_header, page_cache),
     cache_states},
    {"cpus", FIELD_TEXT, true, MEMBER(result_header, cpus), NULL},
    {"config", FIELD_TEXT, true, MEMBER(result_header, config), NULL},
    {"image", FIELD_TEXT, true, MEMBER(result_header, image), NULL},
    {"precision", FIELD_NUMBER, true, MEMBER(result_header, precision), NULL},
};

static const struct field program_fields[] = {
    {"path", FIELD_PATH, false, MEMBER(result_header, program_path), NULL},
    {"sha256", FIELD_HEX, true, MEMBER(result_header, program_sha256), NULL},
};

static const struct field fingerprint_fields[] = {
    {"sha256", FIELD_HEX, false, MEMBER(result_header, fingerprint_sha256),
     NULL},
};

static const struct field platform_fields[] = {
    {"name", FIELD_NAME, false, MEMBER(result_platform, name), NULL},
    {"title", FIELD_TEXT, false, MEMBER(result_platform, title), NULL},
    {"class", FIELD_CHOICE, false, MEMBER(result_platform, class_name),
     platform_classes},
    {"version", FIELD_TEXT, true, MEMBER(result_platform, version), NULL},
    {"control", FIELD_BOOLEAN, false, MEMBER(result_platform, control), NULL},
    {"floor", FIELD_BOOLEAN, true, MEMBER(result_platform, floor), NULL},
    {"kernel", FIELD_TEXT, true, MEMBER(result_platform, kernel), NULL},
    {"network", FIELD_TEXT, true, MEMBER(result_platform, network), NULL},
    {"seccomp", FIELD_TEXT, true, MEMBER(result_platform, seccomp), NULL},
    {"limits", FIELD_TEXT, true, MEMBER(result_platform, limits), NULL},
    {"files", FIELD_TEXT, true, MEMBER(result_platform, files), NULL},
    {"differs", FIELD_TEXTS, false, MEMBER(result_platform, differs), NULL},
};

static const struct field workload_fields[] = {
    {"name", FIELD_NAME, false, MEMBER(result_workload, name), NULL},
    {"title", FIELD_TEXT, false, MEMBER(result_workload, title), NULL},
    {"group", FIELD_CHOICE, false, MEMBER(result_workload, group),
     workload_groups},
    {"arguments", FIELD_WORDS, false, MEMBER(result_workload, arguments), NULL},
    {"primary", FIELD_NAME, true, MEMBER(result_workload, primary), NULL},
    {"program_sha256", FIELD_HEX, true, MEMBER(result_workload, program_sha256),
     NULL},
};

static const struct field left_out_fields[] = {
    {"platform", FIELD_NAME, false, MEMBER(result_left_out, platform), NULL},
    {"title", FIELD_TEXT, false, MEMBER(result_left_out, title), NULL},
    {"reason", FIELD_TEXT, false, MEMBER(result_left_out, reason), NULL},
    {"remedy", FIELD_TEXT, true, MEMBER(result_left_out, remedy), NULL},
};

static const struct field skipped_fields[] = {
    {"platform", FIELD_NAME, false, MEMBER(result_skipped, platform), NULL},
    {"workload", FIELD_NAME, false, MEMBER(result_skipped, workload), NULL},
    {"reason", FIELD_TEXT, false, MEMBER(result_skipped, reason), NULL},
};

static const struct field session_fields[] = {
    {"created", FIELD_TIME, false, MEMBER(result_session, created), NULL},
    {"seed", FIELD_INTEGER, false, MEMBER(result_session, seed), NULL},
    {"blocks", FIELD_INTEGER, false, MEMBER(result_session, blocks), NULL},
};

/* The header's lists of objects. */
static const struct object_list {
    const char *key;
    const struct field *fields;
    size_t field_count;
    size_t item_size;
    size_t items_offset, count_offset;
    size_t most;   /* objects in it */
    bool optional; /* of later versions: may be missing */
} lists[] = {
    {"platforms", platform_fields, FIELD_TABLE_SIZE(platform_fields),
     sizeof(struct result_platform), MEMBER(result_header, platforms),
     MEMBER(result_header, platform_count), RESULT_MAX_LIST, false},
    {"workloads", workload_fields, FIELD_TABLE_SIZE(workload_fields),
     sizeof(struct result_workload), MEMBER(result_header, workloads),
     MEMBER(result_header, workload_count), RESULT_MAX_LIST, false},
    {"left_out", left_out_fields, FIELD_TABLE_SIZE(left_out_fields),
     sizeof(struct result_left_out), MEMBER(result_header, left_out),
     MEMBER(result_header, left_out_count), RESULT_MAX_LIST, false},
    {"skipped", skipped_fields, FIELD_TABLE_SIZE(skipped_fields),
     sizeof(struct result_skipped), MEMBER(result_header, skipped),
     MEMBER(result_header, skipped_count), RESULT_MAX_SKIPPED, true},
    {"sessions", session_fields, FIELD_TABLE_SIZE(session_fields),
     sizeof(struct result_session), MEMBER(result_header, sessions),
     MEMBER(result_header, session_count), RESULT_MAX_LIST, true},
};

/* The member is a pointer to the list's own struct, hence memcpy. */
static void *list_items(const struct object_list *list,
                        const struct result_header *header)
{
    void *items;

    memcpy(&items, (const char *)header + list->items_offset, sizeof(items));
    return items;
}

static size_t *list_count(const struct object_list *list,
                          const struct result_header *header)
{
    return (size_t *)((char *)header + list->count_offset);
}

static int list_decode(const struct object_list *list, const json_t *document,
                       struct result_header *header, struct error *error)
{
    const json_t *array = json_object_get(document, list->key);
    size_t count = json_array_size(array);
    char *items;
    int result = 0;

    if (array == NULL && list->optional)
        return 0;
    if (!json_is_array(array) || count > list->most) {
        char expected[64];

        snprintf(expected, sizeof(expected), "a list of at most %zu objects",
                 list->most);
        return fields_unexpected(error, "", list->key, expected, array);
    }
    items = calloc(count + 1, list->item_size);
    if (items == NULL)
        return error_errno(error, ENOMEM, "result header");
    memcpy((char *)header + list->items_offset, &items, sizeof(items));
    *list_count(list, header) = count;
    for (size_t i = 0; i < count && result == 0; i++) {
        char prefix[64];

        snprintf(prefix, sizeof(prefix), "%s[%zu].", list->key, i);
        result = fields_decode(json_array_get(array, i), prefix, list->fields,
                               list->field_count, items + i * list->item_size,
                               error);
    }
    return result;
}

static int list_encode(const struct object_list *list,
                       const struct result_header *header, json_t *document,
                       struct error *error)
{
    json_t *array = json_array();
    const char *items = list_items(list, header);

    if (json_object_set_new(document, list->key, array) < 0)
        return error_errno(error, ENOMEM, "result header");
    for (size_t i = 0; i < *list_count(list, header); i++) {
        json_t *object = json_object();
        int result =
            json_array_append_new(array, object) < 0
                ? error_errno(error, ENOMEM, "result header")
                : fields_encode(list->fields, list->field_count,
                                items + i * list->item_size, object, error);

        if (result < 0)
            return result;
    }
    return 0;
}

json_t *header_encode(const struct result_header *header, struct error *error)
{
    json_t *program = json_object();
    json_t *fingerprint = json_object();
    json_t *document = json_pack("{s:s, s:i, s:o, s:o}", "type", "header",
                                 "schema", RESULTS_SCHEMA, "program", program,
                                 "fingerprint", fingerprint);
    int result;

    if (document == NULL) {
        error_errno(error, ENOMEM, "result header");
        return NULL;
    }
    result = fields_encode(header_fields, FIELD_TABLE_SIZE(header_fields),
                           header, document, error);
    if (result == 0)
        result = fields_encode(program_fields, FIELD_TABLE_SIZE(program_fields),
                               header, program, error);
    if (result == 0)
        result = fields_encode(fingerprint_fields,
                               FIELD_TABLE_SIZE(fingerprint_fields), header,
                               fingerprint, error);
    if (result == 0 && json_object_set(fingerprint, "host", header->host) < 0)
        result = error_set(error, EINVAL, "fingerprint.host: missing");
    for (size_t i = 0; i < FIELD_TABLE_SIZE(lists) && result == 0; i++)
        result = list_encode(&lists[i], header, document, error);
    if (result == 0)
        return document;
    json_decref(document);
    return NULL;
}

/* Schema before everything else: a newer one may differ in every member. */
static int check_schema(const json_t *document, struct error *error)
{
    const char *type = json_string_value(json_object_get(document, "type"));
    const json_t *schema = json_object_get(document, "schema");

    if (type == NULL || strcmp(type, "header") != 0)
        return error_set(error, EINVAL, "expected the header of a result file");
    if (!json_is_integer(schema) || json_integer_value(schema) < 1)
        return fields_unexpected(error, "", "schema", "a number from 1",
                                 schema);
    if (json_integer_value(schema) > RESULTS_SCHEMA)
        return error_set(error, EINVAL,
                         "schema %lld is newer than this program's %d",
                         (long long)json_integer_value(schema), RESULTS_SCHEMA);
    return 0;
}

/* Every name once, and not more runs than the format allows. */
static int check_names(const struct result_header *header, struct error *error)
{
    size_t runs;

    for (size_t i = 0; i < header->platform_count; i++)
        if ((size_t)result_platform_index(header, header->platforms[i].name) !=
            i)
            return error_set(error, EINVAL, "platforms[%zu]: %s twice", i,
                             header->platforms[i].name);
    for (size_t i = 0; i < header->workload_count; i++)
        if ((size_t)result_workload_index(header, header->workloads[i].name) !=
            i)
            return error_set(error, EINVAL, "workloads[%zu]: %s twice", i,
                             header->workloads[i].name);
    for (size_t i = 0; i < header->left_out_count; i++) {
        const char *name = header->left_out[i].platform;

        if (result_platform_index(header, name) >= 0)
            return error_set(error, EINVAL,
                             "left_out[%zu]: %s is among the platforms", i,
                             name);
    }
    if (header->blocks < 1 ||
        __builtin_mul_overflow(header->blocks, header->platform_count, &runs) ||
        __builtin_mul_overflow(runs, header->workload_count, &runs) ||
        runs > RESULT_MAX_RUNS)
        return error_set(error, EINVAL,
                         "blocks: expected 1 or more, and at most %d runs in "
                         "all, got %lld blocks",
                         RESULT_MAX_RUNS, (long long)header->blocks);
    return 0;
}

int header_decode(json_t *document, struct result_header *header,
                  struct error *error)
{
    const json_t *fingerprint = json_object_get(document, "fingerprint");
    int result = check_schema(document, error);

    memset(header, 0, sizeof(*header));
    if (result < 0)
        return result;
    header->document = json_incref(document);
    header->host = json_object_get(fingerprint, "host");
    if (!json_is_object(header->host))
        return fields_unexpected(error, "fingerprint.", "host", "an object",
                                 header->host);
    result = fields_decode(document, "", header_fields,
                           FIELD_TABLE_SIZE(header_fields), header, error);
    if (result == 0)
        result = fields_decode(json_object_get(document, "program"), "program.",
                               program_fields, FIELD_TABLE_SIZE(program_fields),
                               header, error);
    if (result == 0)
        result =
            fields_decode(fingerprint, "fingerprint.", fingerprint_fields,
                          FIELD_TABLE_SIZE(fingerprint_fields), header, error);
    for (size_t i = 0; i < FIELD_TABLE_SIZE(lists) && result == 0; i++)
        result = list_decode(&lists[i], document, header, error);
    return result < 0 ? result : check_names(header, error);
}

void result_header_release(struct result_header *header)
{
    if (header->document == NULL)
        return;
    fields_release(header_fields, FIELD_TABLE_SIZE(header_fields), header);
    for (size_t i = 0; i < FIELD_TABLE_SIZE(lists); i++) {
        char *items = list_items(&lists[i], header);

        for (size_t j = 0; j < *list_count(&lists[i], header); j++)
            fields_release(lists[i].fields, lists[i].field_count,
                           items + j * lists[i].item_size);
        free(items);
    }
    json_decref(header->document);
    memset(header, 0, sizeof(*header));
}

int result_platform_index(const struct result_header *header, const char *name)
{
    for (size_t i = 0; i < header->platform_count; i++)
        if (strcmp(header->platforms[i].name, name) == 0)
            return (int)i;
    return -1;
}

bool result_header_is_cold(const struct result_header *header)
{
    return header->page_cache != NULL &&
           strcmp(header->page_cache, "cold") == 0;
}

const char *result_header_skips(const struct result_header *header,
                                const char *platform, const char *workload)
{
    for (size_t i = 0; i < header->skipped_count; i++)
        if (strcmp(header->skipped[i].platform, platform) == 0 &&
            strcmp(header->skipped[i].workload, workload) == 0)
            return header->skipped[i].reason;
    return NULL;
}

int result_workload_index(const struct result_header *header, const char *name)
{
    for (size_t i = 0; i < header->workload_count; i++)
        if (strcmp(header->workloads[i].name, name) == 0)
            return (int)i;
    return -1;
}
