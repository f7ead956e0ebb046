/* Compares digests across platforms; see the header. */
#include "bench/summary_gate.h"

#include <string.h>

int reference_platform(const struct result_header *header)
{
    int native = result_platform_index(header, "native");

    for (size_t i = 0; i < header->platform_count && native < 0; i++)
        if (strcmp(header->platforms[i].class_name, "native") == 0 &&
            !header->platforms[i].control)
            native = (int)i;
    return native;
}

static bool same_digest(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* How many good runs of the workload had this digest, over all platforms. */
static size_t votes_for(const struct collection *collection, size_t workload,
                        const char *digest)
{
    size_t votes = 0;

    for (size_t i = 0; i < collection->reader.header.platform_count; i++) {
        const struct cell_record *cell =
            collection_cell(collection, i, workload);

        for (size_t j = 0; j < cell->digest_count; j++)
            if (same_digest(cell->digests[j].digest, digest))
                votes += cell->digests[j].runs;
    }
    return votes;
}

/* The first of the digests with most runs, so that a tie is settled too. */
static const char *native_majority(const struct cell_record *cell)
{
    const struct digest_count *best = &cell->digests[0];

    for (size_t i = 1; i < cell->digest_count; i++)
        if (cell->digests[i].runs > best->runs)
            best = &cell->digests[i];
    return best->digest;
}

const char *gate_digest(const struct collection *collection, size_t workload)
{
    const struct result_header *header = &collection->reader.header;
    int native = reference_platform(header);
    const char *best = NULL;
    size_t best_votes = 0;

    if (native >= 0 &&
        collection_cell(collection, (size_t)native, workload)->good > 0)
        return native_majority(
            collection_cell(collection, (size_t)native, workload));
    for (size_t i = 0; i < header->platform_count; i++) {
        const struct cell_record *cell =
            collection_cell(collection, i, workload);

        for (size_t j = 0; j < cell->digest_count; j++) {
            const char *digest = cell->digests[j].digest;
            size_t votes = votes_for(collection, workload, digest);

            if (votes > best_votes) {
                best = digest;
                best_votes = votes;
            }
        }
    }
    return best;
}

const char *gate_refuses(const struct collection *collection, size_t platform,
                         size_t workload, const char *digest)
{
    const struct cell_record *cell =
        collection_cell(collection, platform, workload);
    int native = reference_platform(&collection->reader.header);

    for (size_t i = 0; i < cell->digest_count; i++) {
        if (same_digest(cell->digests[i].digest, digest))
            continue;
        if ((int)platform == native)
            return "digest differs between native's own runs";
        if (native < 0)
            return "digest differs from the other platforms'";
        return cell->digests[i].digest == NULL
                   ? "a run reported no digest, native's did"
                   : "digest differs from native's";
    }
    return NULL;
}

static bool anyone_reported(const struct collection *collection,
                            size_t workload)
{
    for (size_t i = 0; i < collection->reader.header.platform_count; i++) {
        const struct cell_record *cell =
            collection_cell(collection, i, workload);

        for (size_t j = 0; j < cell->digest_count; j++)
            if (cell->digests[j].digest != NULL)
                return true;
    }
    return false;
}

static json_t *disagreeing(const struct collection *collection, size_t workload,
                           const char *digest)
{
    const struct result_header *header = &collection->reader.header;
    json_t *names = json_array();

    for (size_t i = 0; i < header->platform_count && names != NULL; i++)
        if (gate_refuses(collection, i, workload, digest) != NULL)
            json_array_append_new(names,
                                  json_string(header->platforms[i].name));
    return names;
}

json_t *gate_to_json(const struct collection *collection)
{
    const struct result_header *header = &collection->reader.header;
    json_t *gate = json_object();

    for (size_t i = 0; i < header->workload_count && gate != NULL; i++) {
        const char *digest = gate_digest(collection, i);
        json_t *names;

        if (!anyone_reported(collection, i))
            continue;
        names = disagreeing(collection, i, digest);
        json_object_set_new(gate, header->workloads[i].name,
                            json_pack("{s:b, s:s?, s:o}", "agree",
                                      json_array_size(names) == 0, "digest",
                                      digest, "disagreeing", names));
    }
    return gate;
}
