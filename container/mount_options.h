/*
 * The option words of a mount, as mount(8) spells them, sorted into what the
 * kernel wants to hear separately.
 * Source: runtime-spec 1.0.2, config.md, "Linux mount options"; mount(8).
 */
#ifndef RINGSIDE_CONTAINER_MOUNT_OPTIONS_H
#define RINGSIDE_CONTAINER_MOUNT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct mount_options {
    bool bind;                                 /* bind or rbind */
    bool recursive;                            /* rbind */
    bool remount;                              /* of one that is there */
    bool copy_up;                              /* tmpcopyup */
    bool id_mapped, id_mapped_all;             /* idmap, ridmap */
    uint64_t attributes_set, attributes_clear; /* MOUNT_ATTR_... */
    uint64_t attributes_set_all, attributes_clear_all; /* with submounts */
    uint64_t propagation;       /* MS_PRIVATE, MS_SLAVE...; 0: as it comes */
    bool propagation_recursive; /* rprivate, rslave, ... */
};

/*
 * Takes one word in. Returns false for a word that is the file system's own
 * (size=64k, gid=5): the caller hands it to fsconfig(2).
 */
bool mount_option_apply(struct mount_options *options, const char *word);

/* Is it a word for a whole file system (sync, lazytime), which says nothing
 * about a bind mount of it? */
bool mount_option_is_superblock(const char *word);

#endif
