/*
 * A look at every header of a layer, a tar archive, before anything of it is
 * unpacked: that names stay inside of the root file system, and that sizes and
 * numbers are within bounds. What two readers could take for different things
 * is refused.
 * Source: POSIX.1-2017 pax, "ustar Interchange Format"; tar(5); image-spec 1.0,
 * layer.md.
 */
#ifndef RINGSIDE_IMAGE_TAR_CHECK_H
#define RINGSIDE_IMAGE_TAR_CHECK_H

#include "oci/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TAR_BLOCK = 512,
    TAR_PATH_MAX = 4095, /* bytes of a name, as PATH_MAX has it */
    TAR_NAME_MAX = 255,  /* of each part of it */
    /* Of a pax header or a long name: extended attributes are in there. */
    TAR_EXTENSION_MAX = 1 << 20,
};

/* What all layers of an image may have together, and what they had so far. */
struct tar_budget {
    uint64_t bytes_left; /* of files; a block more for each entry */
    uint64_t entries_left;
    uint64_t devices; /* device nodes seen */
};

struct tar_check {
    struct tar_budget *budget;
    unsigned char header[TAR_BLOCK];
    size_t filled;         /* bytes of it that are there */
    char *extension;       /* being read; TAR_EXTENSION_MAX + 1 bytes */
    size_t extension_size; /* bytes of it that are there */
    char kind;             /* of it: 'x', 'L', 'K'; 0: data is passed over */
    uint64_t data_left, padding_left;
    bool has_path, has_link, has_size, has_pax; /* said by extensions */
    char path[TAR_PATH_MAX + 1], link[TAR_PATH_MAX + 1];
    uint64_t size;
    unsigned int zero_blocks;
    bool ended; /* two zero blocks: what follows has no meaning */
};

/* Errors: -ENOMEM. Release in any case. */
int tar_check_start(struct tar_check *check, struct tar_budget *budget,
                    struct error *error);

/*
 * Looks at the next bytes. Errors: -EINVAL with what is wrong with which name,
 * -E2BIG when the budget is spent. No more is to be fed then.
 */
int tar_check_feed(struct tar_check *check, const void *bytes, size_t size,
                   struct error *error);

/* The archive is over. Errors: -EINVAL when it was cut short. */
int tar_check_finish(const struct tar_check *check, struct error *error);

void tar_check_release(struct tar_check *check);

#endif
