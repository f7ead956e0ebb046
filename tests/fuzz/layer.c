/* A layer of a container image, as a tar archive. */
#include "tests/fuzz/fuzz.h"

#include "image/tar_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHECKSUM = 148, CHECKSUM_SIZE = 8 };

/* Or hardly any input would get past the first header. */
static void mend_checksums(unsigned char *bytes, size_t size)
{
    for (; size >= TAR_BLOCK; bytes += TAR_BLOCK, size -= TAR_BLOCK) {
        unsigned int sum = 0;

        memset(bytes + CHECKSUM, ' ', CHECKSUM_SIZE);
        for (size_t i = 0; i < TAR_BLOCK; i++)
            sum += bytes[i];
        if (sum != CHECKSUM_SIZE * ' ')
            snprintf((char *)bytes + CHECKSUM, CHECKSUM_SIZE, "%06o", sum);
        else
            memset(bytes + CHECKSUM, 0, CHECKSUM_SIZE);
    }
}

static int check(const unsigned char *bytes, size_t size, size_t step,
                 struct error *error)
{
    struct tar_budget budget = {.bytes_left = 1 << 20, .entries_left = 100};
    struct tar_check state;
    int status = tar_check_start(&state, &budget, error);

    for (size_t at = 0; status == 0 && at < size; at += step)
        status = tar_check_feed(&state, bytes + at,
                                size - at < step ? size - at : step, error);
    if (status == 0)
        status = tar_check_finish(&state, error);
    fuzz_require(budget.bytes_left <= 1 << 20 && budget.entries_left <= 100);
    tar_check_release(&state);
    return status;
}

/* However it arrives, it is judged alike. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char *bytes = malloc(size + 1);
    struct error whole = {0}, pieces = {0};

    if (bytes == NULL)
        return 0;
    memcpy(bytes, data, size);
    mend_checksums(bytes, size);
    check(bytes, size, size + 1, &whole);
    check(bytes, size, 100, &pieces);
    fuzz_require(whole.code == pieces.code &&
                 strcmp(whole.text, pieces.text) == 0);
    free(bytes);
    return 0;
}
