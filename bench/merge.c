/* Putting sessions together; see merge.h for the contract. */
#include "bench/merge.h"

#include "bench/experiment_header.h"
#include "oci/cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The sessions that a header stands for: itself, or those merged into it. */
static size_t session_count(const struct result_header *header)
{
    return header->session_count > 0 ? header->session_count : 1;
}

static struct result_session session_at(const struct result_header *header,
                                        size_t index)
{
    if (header->session_count > 0)
        return header->sessions[index];
    return (struct result_session){header->created, header->seed,
                                   header->blocks};
}

static bool share_a_session(const struct result_header *left,
                            const struct result_header *right)
{
    for (size_t i = 0; i < session_count(left); i++)
        for (size_t j = 0; j < session_count(right); j++) {
            struct result_session a = session_at(left, i);
            struct result_session b = session_at(right, j);

            if (a.seed == b.seed && strcmp(a.created, b.created) == 0 &&
                strcmp(left->fingerprint_sha256, right->fingerprint_sha256) ==
                    0)
                return true;
        }
    return false;
}

static int refuse_twins(const struct merge_session *sessions, size_t count,
                        struct error *error)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (share_a_session(&sessions[j].reader.header,
                                &sessions[i].reader.header))
                return error_set(error, EEXIST,
                                 "%s and %s hold the same session, and it "
                                 "would count twice",
                                 sessions[j].directory, sessions[i].directory);
    return 0;
}

int merge_open(char *const *directories, size_t count,
               struct merge_session *sessions, struct error *error)
{
    size_t opened = 0;
    int result = 0;

    for (; opened < count && result == 0; opened++) {
        sessions[opened].directory = directories[opened];
        result =
            results_open(directories[opened], &sessions[opened].reader, error);
        if (result < 0)
            break;
    }
    if (result == 0)
        result = refuse_twins(sessions, count, error);
    if (result < 0)
        merge_close(sessions, opened);
    return result;
}

void merge_close(struct merge_session *sessions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        results_reader_close(&sessions[i].reader);
}

/* Marks the sessions of the first one's host; they must agree otherwise. */
static int choose(const struct merge_session *sessions, size_t count,
                  bool *merged, struct error *error)
{
    const struct result_header *first = &sessions[0].reader.header;

    for (size_t i = 0; i < count; i++) {
        const struct result_header *header = &sessions[i].reader.header;
        const char *difference;

        merged[i] =
            strcmp(first->fingerprint_sha256, header->fingerprint_sha256) == 0;
        difference = merged[i] ? header_difference(first, header) : NULL;
        if (difference != NULL)
            return error_set(error, EINVAL,
                             "%s and %s are of one machine and cannot be put "
                             "together: they differ in %s",
                             sessions[0].directory, sessions[i].directory,
                             difference);
    }
    return 0;
}

/* Pairs that none of the sessions has measured. */
static size_t keep_skipped(const struct merge_session *sessions, size_t count,
                           const bool *merged, struct result_skipped *skipped)
{
    const struct result_header *first = &sessions[0].reader.header;
    size_t kept = 0;

    for (size_t i = 0; i < first->skipped_count; i++) {
        const struct result_skipped *pair = &first->skipped[i];
        bool by_all = true;

        for (size_t j = 1; j < count; j++)
            if (merged[j] &&
                result_header_skips(&sessions[j].reader.header, pair->platform,
                                    pair->workload) == NULL)
                by_all = false;
        if (by_all)
            skipped[kept++] = *pair;
    }
    return kept;
}

/* Lists the sessions and counts their blocks. */
static size_t list_sessions(const struct merge_session *sessions, size_t count,
                            const bool *merged, struct result_session *list,
                            int64_t *blocks)
{
    size_t listed = 0;

    *blocks = 0;
    for (size_t i = 0; i < count; i++) {
        const struct result_header *header = &sessions[i].reader.header;

        if (!merged[i])
            continue;
        for (size_t j = 0;
             j < session_count(header) && listed < RESULT_MAX_LIST; j++)
            list[listed++] = session_at(header, j);
        *blocks += header->blocks;
    }
    return listed;
}

/* Appends the runs of a session as blocks from `offset` on. */
static int append_runs(struct result_writer *writer,
                       struct merge_session *session, int64_t offset,
                       struct error *error)
{
    _cleanup_free_ struct result_run *run = malloc(sizeof(*run));
    int result = run != NULL ? 0 : error_set(error, ENOMEM, "out of memory");

    while (result == 0 &&
           (result = results_next(&session->reader, run, error)) > 0) {
        run->block += offset;
        result = results_append(writer, run, error);
        if (result < 0)
            error_prefix(error, "%s", session->directory);
    }
    return result;
}

static int append_all(struct merge_session *sessions, size_t count,
                      const bool *merged, struct result_writer *writer,
                      struct error *error)
{
    bool complete = true;
    int64_t offset = 0;
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++) {
        if (!merged[i])
            continue;
        result = append_runs(writer, &sessions[i], offset, error);
        offset += sessions[i].reader.header.blocks;
        complete &= sessions[i].reader.complete;
    }
    if (result == 0 && complete)
        result = results_finish(writer, error);
    return result;
}

int merge_append(struct merge_session *sessions, size_t count,
                 const char *directory, char *const *command, bool *merged,
                 struct error *error)
{
    struct result_header header = sessions[0].reader.header;
    _cleanup_free_ struct result_skipped *skipped =
        calloc(header.skipped_count + 1, sizeof(*skipped));
    _cleanup_free_ struct result_session *list =
        calloc(RESULT_MAX_LIST, sizeof(*list));
    struct result_writer writer;
    int result = choose(sessions, count, merged, error);

    if (result < 0)
        return result;
    if (skipped == NULL || list == NULL)
        return error_set(error, ENOMEM, "out of memory");
    header.command = (const char *const *)command;
    header.skipped_count = keep_skipped(sessions, count, merged, skipped);
    header.skipped = skipped;
    header.session_count =
        list_sessions(sessions, count, merged, list, &header.blocks);
    header.sessions = list;
    result = results_create(directory, &header, &writer, error);
    if (result < 0)
        return result;
    result = append_all(sessions, count, merged, &writer, error);
    results_close(&writer);
    return result;
}
