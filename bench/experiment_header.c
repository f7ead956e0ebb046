/* The header of a record; see experiment_header.h for the contract. */
#include "bench/experiment_header.h"

#include "bench/clock.h"
#include "bench/fingerprint.h"
#include "oci/cleanup.h"

static void cleanup_json(json_t **json)
{
    json_decref(*json);
}

static void describe_platforms(const struct lineup *lineup,
                               struct result_platform *platforms)
{
    for (size_t i = 0; i < lineup->participant_count; i++) {
        const struct participant *participant = &lineup->participants[i];
        const struct platform *platform = participant->platform;

        platforms[i] = (struct result_platform){
            .name = platform->name,
            .title = platform->title,
            .class_name = platform->class_name,
            .version =
                participant->version[0] != '\0' ? participant->version : NULL,
            .control = platform->control,
            .floor = platform->floor,
            .differs = (const char *const *)platform->differs,
        };
    }
}

static void describe_workloads(const struct workload_list *list,
                               struct result_workload *workloads)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct workload *workload = &list->items[i];

        workloads[i] = (struct result_workload){
            .name = workload->name,
            .title = workload->title,
            .group = workload->group->name,
            .arguments = (const char *const *)workload->arguments,
            .primary = workload->group->primary,
        };
    }
}

static void describe_left_out(const struct lineup *lineup,
                              struct result_left_out *left_out)
{
    for (size_t i = 0; i < lineup->left_out_count; i++)
        left_out[i] = (struct result_left_out){
            .platform = lineup->left_out[i].platform->name,
            .title = lineup->left_out[i].platform->title,
            .reason = lineup->left_out[i].reason,
            .remedy = lineup->left_out[i].remedy,
        };
}

/* Memory for the lists of a header. */
struct lists {
    struct result_platform *platforms;
    struct result_workload *workloads;
    struct result_left_out *left_out;
};

static void lists_release(struct lists *lists)
{
    free(lists->platforms);
    free(lists->workloads);
    free(lists->left_out);
}

static int lists_fill(const struct header_facts *facts, struct lists *lists)
{
    const struct lineup *lineup = facts->lineup;

    lists->platforms =
        calloc(lineup->participant_count, sizeof(*lists->platforms));
    lists->workloads =
        calloc(facts->workloads->count, sizeof(*lists->workloads));
    lists->left_out =
        calloc(lineup->left_out_count + 1, sizeof(*lists->left_out));
    if (lists->platforms == NULL || lists->workloads == NULL ||
        lists->left_out == NULL)
        return -ENOMEM;
    describe_platforms(lineup, lists->platforms);
    describe_workloads(facts->workloads, lists->workloads);
    describe_left_out(lineup, lists->left_out);
    return 0;
}

int experiment_create_results(const struct header_facts *facts,
                              struct result_writer *writer, struct error *error)
{
    _cleanup_(cleanup_json) json_t *host = fingerprint_collect();
    _cleanup_(lists_release) struct lists lists = {0};
    char created[CLOCK_TEXT_SIZE], program[SHA256_HEX_SIZE],
        digest[SHA256_HEX_SIZE];
    struct result_header header = {
        .created = created,
        .ringside = RINGSIDE_VERSION,
        .seed = facts->seed,
        .profile = facts->options->profile->name,
        .command = (const char *const *)facts->options->command,
        .blocks = facts->blocks,
        .rest_ms = facts->options->rest_ms,
        .program_path = facts->program,
        .program_sha256 = program,
        .fingerprint_sha256 = digest,
        .host = host,
    };
    int result;

    if (host == NULL || fingerprint_digest(host, digest) < 0 ||
        lists_fill(facts, &lists) < 0)
        return error_set(error, ENOMEM, "out of memory");
    result = sha256_file(facts->program, program, error);
    if (result < 0)
        return result;
    clock_text(created, 0);
    header.platforms = lists.platforms;
    header.platform_count = facts->lineup->participant_count;
    header.workloads = lists.workloads;
    header.workload_count = facts->workloads->count;
    header.left_out = lists.left_out;
    header.left_out_count = facts->lineup->left_out_count;
    return results_create(facts->options->directory, &header, writer, error);
}
