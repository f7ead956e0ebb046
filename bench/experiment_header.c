/* The header of a record; see experiment_header.h for the contract. */
#include "bench/experiment_header.h"

#include "bench/clock.h"
#include "bench/fingerprint.h"
#include "oci/cleanup.h"

#include <string.h>

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
            .kernel = platform->kernel,
            .network = platform->network,
            .seccomp = platform->seccomp,
            .limits = platform->limits,
            .files = platform->files,
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

struct program_digest {
    char hex[SHA256_HEX_SIZE];
};

/* Digests of the programs that are not the session's first. */
static int digest_programs(const struct header_facts *facts,
                           struct program_digest *digests,
                           struct result_workload *workloads,
                           struct error *error)
{
    const struct workload *items = facts->workloads->items;

    for (size_t i = 0; i < facts->workloads->count; i++) {
        int result = 0;

        if (strcmp(items[i].program, facts->program) == 0)
            continue;
        if (i > 0 && strcmp(items[i].program, items[i - 1].program) == 0)
            digests[i] = digests[i - 1];
        else
            result = sha256_file(items[i].program, digests[i].hex, error);
        if (result < 0)
            return result;
        workloads[i].program_sha256 = digests[i].hex;
    }
    return 0;
}

struct reason {
    char text[256];
};

static size_t pair_count(const struct header_facts *facts)
{
    return facts->pairs != NULL
               ? facts->lineup->participant_count * facts->workloads->count
               : 0;
}

/* Lists the pairs that cannot be run or do not fit into the profile's time; how
 * many. */
static size_t describe_skipped(const struct header_facts *facts,
                               struct reason *reasons,
                               struct result_skipped *skipped)
{
    size_t workloads = facts->workloads->count, count = 0;

    for (size_t i = 0; i < pair_count(facts); i++) {
        if (!facts->pairs[i].left_out)
            continue;
        /* The same words for all of them, so that a table says them once. */
        if (facts->pairs[i].cannot != NULL)
            snprintf(reasons[count].text, sizeof(reasons[count].text),
                     RESULT_CANNOT "%s", facts->pairs[i].cannot);
        else
            snprintf(
                reasons[count].text, sizeof(reasons[count].text),
                "a run takes too long for the time of profile %s; -n has it "
                "measured",
                facts->options->profile->name);
        skipped[count] = (struct result_skipped){
            .platform =
                facts->lineup->participants[i / workloads].platform->name,
            .workload = facts->workloads->items[i % workloads].name,
            .reason = reasons[count].text,
        };
        count++;
    }
    return count;
}

/* Memory for the lists of a header. */
struct lists {
    struct result_platform *platforms;
    struct result_workload *workloads;
    struct result_left_out *left_out;
    struct program_digest *programs; /* one for each workload */
    struct result_skipped *skipped;
    struct reason *reasons;
    size_t skipped_count;
};

static void lists_release(struct lists *lists)
{
    free(lists->platforms);
    free(lists->workloads);
    free(lists->programs);
    free(lists->left_out);
    free(lists->skipped);
    free(lists->reasons);
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
    lists->programs = calloc(facts->workloads->count, sizeof(*lists->programs));
    lists->skipped = calloc(pair_count(facts) + 1, sizeof(*lists->skipped));
    lists->reasons = calloc(pair_count(facts) + 1, sizeof(*lists->reasons));
    if (lists->platforms == NULL || lists->workloads == NULL ||
        lists->left_out == NULL || lists->programs == NULL ||
        lists->skipped == NULL || lists->reasons == NULL)
        return -ENOMEM;
    describe_platforms(lineup, lists->platforms);
    describe_workloads(facts->workloads, lists->workloads);
    describe_left_out(lineup, lists->left_out);
    lists->skipped_count =
        describe_skipped(facts, lists->reasons, lists->skipped);
    return 0;
}

/* A header and all that it borrows. */
struct header_parts {
    struct result_header header;
    struct lists lists;
    json_t *host;
    char created[CLOCK_TEXT_SIZE];
    char program[SHA256_HEX_SIZE], digest[SHA256_HEX_SIZE];
};

static void header_parts_release(struct header_parts *parts)
{
    lists_release(&parts->lists);
    json_decref(parts->host);
}

static int header_parts_make(const struct header_facts *facts,
                             struct header_parts *parts, struct error *error)
{
    int result;

    parts->host = fingerprint_collect();
    if (parts->host == NULL ||
        fingerprint_digest(parts->host, parts->digest) < 0 ||
        lists_fill(facts, &parts->lists) < 0)
        return error_set(error, ENOMEM, "out of memory");
    result = sha256_file(facts->program, parts->program, error);
    if (result == 0)
        result = digest_programs(facts, parts->lists.programs,
                                 parts->lists.workloads, error);
    if (result < 0)
        return result;
    clock_text(parts->created, 0);
    parts->header = (struct result_header){
        .created = parts->created,
        .ringside = RINGSIDE_VERSION,
        .seed = facts->seed,
        .profile = facts->options->profile->name,
        .command = (const char *const *)facts->options->command,
        .blocks = facts->blocks,
        .rest_ms = facts->options->rest_ms,
        .page_cache = facts->options->cold_cache ? "cold" : "warm",
        .cpus = facts->options->cpus,
        .config = facts->options->config,
        .image = facts->image,
        .precision = facts->options->precision > 0 ? facts->options->precision
                                                   : (double)RESULT_ABSENT,
        .program_path = facts->program,
        .program_sha256 = parts->program,
        .fingerprint_sha256 = parts->digest,
        .host = parts->host,
        .platforms = parts->lists.platforms,
        .platform_count = facts->lineup->participant_count,
        .workloads = parts->lists.workloads,
        .workload_count = facts->workloads->count,
        .left_out = parts->lists.left_out,
        .left_out_count = facts->lineup->left_out_count,
        .skipped = parts->lists.skipped,
        .skipped_count = parts->lists.skipped_count,
    };
    return 0;
}

int experiment_create_results(const struct header_facts *facts,
                              struct result_writer *writer, struct error *error)
{
    _cleanup_(header_parts_release) struct header_parts parts = {0};
    int result = header_parts_make(facts, &parts, error);

    return result < 0
               ? result
               : results_create(facts->directory, &parts.header, writer, error);
}

static bool same_text(const char *left, const char *right)
{
    return left == right ||
           (left != NULL && right != NULL && strcmp(left, right) == 0);
}

static bool same_words(const char *const *left, const char *const *right)
{
    size_t i = 0;

    while (left != NULL && right != NULL && left[i] != NULL &&
           same_text(left[i], right[i]))
        i++;
    return same_text(left != NULL ? left[i] : NULL,
                     right != NULL ? right[i] : NULL);
}

static bool same_platforms(const struct result_header *then,
                           const struct result_header *now)
{
    if (then->platform_count != now->platform_count)
        return false;
    for (size_t i = 0; i < now->platform_count; i++)
        if (!same_text(then->platforms[i].name, now->platforms[i].name) ||
            !same_text(then->platforms[i].version, now->platforms[i].version))
            return false;
    return true;
}

static bool same_workloads(const struct result_header *then,
                           const struct result_header *now)
{
    if (then->workload_count != now->workload_count)
        return false;
    for (size_t i = 0; i < now->workload_count; i++)
        if (!same_text(then->workloads[i].name, now->workloads[i].name) ||
            !same_words(then->workloads[i].arguments,
                        now->workloads[i].arguments))
            return false;
    return true;
}

static bool same_programs(const struct result_header *then,
                          const struct result_header *now)
{
    for (size_t i = 0; i < now->workload_count; i++)
        if (!same_text(then->workloads[i].program_sha256,
                       now->workloads[i].program_sha256))
            return false;
    return same_text(then->program_sha256, now->program_sha256);
}

/* What of the session has changed, or NULL. */
const char *header_difference(const struct result_header *then,
                              const struct result_header *now)
{
    if (!same_text(then->fingerprint_sha256, now->fingerprint_sha256))
        return "the host, or the state it is in";
    if (!same_platforms(then, now))
        return "the platforms or their versions";
    if (!same_workloads(then, now))
        return "the workloads or their arguments";
    if (!same_programs(then, now))
        return "the program";
    if (then->rest_ms != now->rest_ms)
        return "the rest before each start";
    if (result_header_is_cold(then) != result_header_is_cold(now))
        return "the state of the page cache";
    if (!same_text(then->cpus, now->cpus))
        return "the processors that runs are kept on";
    if (!same_text(then->config, now->config))
        return "the changes to the bundles";
    if (!same_text(then->image, now->image))
        return "the image";
    return NULL;
}

int experiment_resume_results(const struct header_facts *facts,
                              struct result_writer *writer, struct error *error)
{
    _cleanup_(header_parts_release) struct header_parts parts = {0};
    const char *difference;
    int result = header_parts_make(facts, &parts, error);

    if (result == 0)
        result = results_resume(facts->directory, writer, error);
    if (result < 0)
        return result;
    difference = header_difference(&writer->header, &parts.header);
    if (difference == NULL)
        return 0;
    results_close(writer);
    return error_set(error, EINVAL,
                     "%s cannot be gone on with: %s changed since; start a "
                     "new session",
                     facts->directory, difference);
}
