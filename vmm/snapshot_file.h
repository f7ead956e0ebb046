/*
 * The file that a snapshot is written to: it has no name, or another one, until
 * it is whole, and then replaces what had its name.
 */
#ifndef RINGSIDE_VMM_SNAPSHOT_FILE_H
#define RINGSIDE_VMM_SNAPSHOT_FILE_H

#include "oci/error.h"

#include <stdbool.h>

struct snapshot_file {
    const char *path; /* borrowed */
    char *temporary;  /* the other name */
    int fd;
    bool is_named; /* it has that other name */
};

#define SNAPSHOT_FILE_NONE ((struct snapshot_file){.fd = -1})

/*
 * Makes the file that is to be at path, for its owner alone: it holds all that
 * the guest knows. Errors: of open(2). The caller releases it, also after
 * failure.
 */
int snapshot_file_create(struct snapshot_file *file, const char *path,
                         struct error *error);

/* Gives it its name. Errors: of linkat(2), rename(2). */
int snapshot_file_publish(struct snapshot_file *file, struct error *error);

/* What was not published is gone. */
void snapshot_file_release(struct snapshot_file *file);

#endif
