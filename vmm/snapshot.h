/*
 * Snapshots of unikernels: a file from which any number of guests go on.
 *
 *   header           struct snapshot_header
 *   extents          where which part of memory lies in the file
 *   output           what the guest had written (recorder.h)
 *   memory           the pages that are not all zeros, page-aligned
 *
 * All of the library OS's state is guest memory, so memory, vCPU and the
 * hypercall that the guest was stopped in are all there is. Memory is mapped
 * copy-on-write: clones share what they do not write, and what the guest does
 * not touch is never read. Only a few pages that it will write, by its page
 * tables, are copied at once, which is less than a fault to read and another to
 * write for each. The file must not change while guests run from it.
 *
 * A snapshot may come from anywhere and is not trusted: what it says of itself
 * is checked here, and what is in its memory has the rights of any guest.
 */
#ifndef RINGSIDE_VMM_SNAPSHOT_H
#define RINGSIDE_VMM_SNAPSHOT_H

#include "oci/error.h"
#include "vmm/recorder.h"
#include "vmm/snapshot_file.h"
#include "vmm/unikernel.h"
#include "vmm/unikernel_vcpu.h"

#include <stddef.h>
#include <stdint.h>

#define SNAPSHOT_MAGIC "ringside snapsho"

enum {
    SNAPSHOT_VERSION = 1,
    SNAPSHOT_MAX_EXTENTS = 4096,
    SNAPSHOT_MAX_PATH = 4096,
};

/* A part of guest memory; the first three are multiples of the page size. */
struct snapshot_extent {
    uint64_t address; /* guest-physical */
    uint64_t length;
    uint64_t offset; /* in the file */
    uint64_t copied; /* 1: read at the start, 0: mapped */
};

/* What was run, to tell whether a bundle still says the same. */
struct snapshot_origin {
    uint64_t process; /* checksum of arguments, environment, cwd, ids */
    uint64_t program; /* checksum of the program file */
    uint64_t root;    /* of the attached root file system, 0: none */
    char bundle[SNAPSHOT_MAX_PATH]; /* absolute; NUL-terminated */
};

struct snapshot_header {
    char magic[16];
    uint32_t version;
    uint32_t interface; /* between library OS and VMM: see snapshot_check.c */
    uint64_t checksum;  /* of all that follows, up to memory */
    uint64_t file_size;
    uint64_t memory_size; /* bytes, a multiple of 2 MiB */
    /* Guest-physical, multiples of 2 MiB: what of it is held back. */
    struct guest_addr held, held_end;
    uint64_t monotonic_ns; /* how long the guest has run */
    uint32_t extent_count;
    uint32_t output_size;
    struct pending_call pending;
    struct snapshot_origin origin;
    struct unikernel_vcpu_state vcpu;
};

/* An open snapshot. */
struct snapshot {
    int fd;
    char *head; /* header, extents and output, checked */
    const struct snapshot_header *header;
    const struct snapshot_extent *extents;
    const char *output;
};

#define SNAPSHOT_NONE ((struct snapshot){.fd = -1})

/* Bytes of header, extents and output. */
size_t snapshot_head_size(const struct snapshot_header *header);

/* What header->interface must be. */
uint32_t snapshot_interface(void);

/* The header's checksum, given all of the head. */
uint64_t snapshot_checksum(const struct snapshot_header *header);

/*
 * Checks the first sizeof(struct snapshot_header) bytes of a file of that size,
 * after which snapshot_head_size can be believed. Errors: -EINVAL and -ENOTSUP,
 * in words.
 */
int snapshot_check_header(const struct snapshot_header *header,
                          uint64_t file_size, struct error *error);

/* Checks the whole head, which starts with a checked header. */
int snapshot_check_head(const struct snapshot_header *header,
                        struct error *error);

/*
 * Checksums of what the bundle would run. Errors: of finding and reading the
 * program. origin->root is left alone.
 */
int snapshot_origin(const struct bundle *bundle, struct snapshot_origin *origin,
                    struct error *error);

/* Checksum of a root file system that is attached, 0 for one that is not. */
uint64_t snapshot_root(const struct root_archive *root);

/* What saving takes and a process in a jail cannot get any more. */
struct snapshot_preparation {
    int pagemap; /* of this process */
    struct unikernel_vcpu_state vcpu;
};

#define SNAPSHOT_UNPREPARED ((struct snapshot_preparation){.pagemap = -1})

/* Errors: of opening /proc/self/pagemap; of unikernel_vcpu_describe. The caller
 * releases it, also after failure. */
int snapshot_prepare(const struct unikernel *unikernel,
                     struct snapshot_preparation *preparation,
                     struct error *error);
void snapshot_preparation_release(struct snapshot_preparation *preparation);

/* Writes a paused guest to the file, which has yet to be published. Errors: of
 * the parts; of write(2). */
int snapshot_save(const struct unikernel *unikernel,
                  const struct recorder *recorder,
                  const struct snapshot_origin *origin,
                  const struct snapshot_preparation *preparation,
                  const struct snapshot_file *file, struct error *error);

/*
 * Opens the file at path. Errors: -EINVAL for one that is no snapshot or makes
 * no sense, -ENOTSUP for one of another version. The caller releases it, also
 * after failure.
 */
int snapshot_open(const char *path, struct snapshot *snapshot,
                  struct error *error);
void snapshot_release(struct snapshot *snapshot);

/*
 * Makes a guest that goes on from the snapshot, with a seed, an id and clocks
 * of its own, paused where the snapshot was taken. Errors: -EINVAL, -ENOTSUP as
 * above, those of the parts. The caller releases the guest, also after failure,
 * and may release the snapshot before.
 */
int snapshot_restore(const struct snapshot *snapshot,
                     struct unikernel *unikernel, struct error *error);

/* A guest that is to go on. */
struct snapshot_request {
    const struct snapshot *snapshot;
    const char *path;            /* of the snapshot, for messages */
    const struct bundle *bundle; /* for the guest's files; NULL: it has none */
    struct root_options root;    /* as are these */
    /* root_archive_open, which who has no files need not link. */
    int (*open_root)(const struct bundle *bundle,
                     const struct root_options *options, uint64_t *size,
                     struct error *error);
    bool no_jail;
    /* What KVM counted, if that is to be told: statistics are then read. */
    int (*tell)(const struct vcpu *vcpu, struct error *error);
};

/*
 * All of it, in a jail: restores a guest, has it begin with the output in the
 * snapshot and runs it to its end. Returns 0 with the status to exit with, or
 * the error, also where the root file system is not the one that was attached.
 * Without a jail the guest is left to the end of the process, as with one.
 */
int snapshot_run(const struct snapshot_request *request, int *exit_status,
                 struct error *error);

#endif
