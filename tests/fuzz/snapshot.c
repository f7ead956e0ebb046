/*
 * A snapshot's file. Its checksum keeps fuzzers out as it keeps accidents out,
 * but not those who mean harm: so it is put right where the rest of the head
 * allows, and what lies behind it is tested too.
 */
#include "tests/fuzz/fuzz.h"

#include "vmm/snapshot.h"

#include <stdlib.h>
#include <string.h>

static void put_right(uint8_t *bytes, size_t size)
{
    struct snapshot_header *header = (struct snapshot_header *)(void *)bytes;
    struct error error = {0};

    if (size < sizeof(*header))
        return;
    memcpy(header->magic, SNAPSHOT_MAGIC, sizeof(header->magic));
    header->version = SNAPSHOT_VERSION;
    header->interface = snapshot_interface();
    header->file_size = size;
    if (snapshot_check_header(header, size, &error) == 0)
        header->checksum = snapshot_checksum(header);
}

static void open_one(const uint8_t *data, size_t size)
{
    struct snapshot snapshot;
    struct error error = {0};

    if (snapshot_open(fuzz_file_path(data, size), &snapshot, &error) == 0) {
        const struct snapshot_header *header = snapshot.header;

        for (uint32_t i = 0; i < header->extent_count; i++)
            fuzz_require(snapshot.extents[i].address +
                             snapshot.extents[i].length <=
                         header->memory_size);
        recorder_replay(snapshot.output, header->output_size);
    }
    snapshot_release(&snapshot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);

    fuzz_silence();
    fuzz_require(copy != NULL);
    if (size > 0)
        memcpy(copy, data, size);
    open_one(copy, size);
    put_right(copy, size);
    open_one(copy, size);
    free(copy);
    return 0;
}
