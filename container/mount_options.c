/* Mount option words; see mount_options.h. */
#include "container/mount_options.h"

#include <stddef.h>
#include <string.h>
#include <sys/mount.h>

/* Attributes of a mount; the r variants reach the mounts below it too. */
static const struct {
    const char *word;
    uint64_t set, clear;
} attributes[] = {
    {"ro", MOUNT_ATTR_RDONLY, 0},
    {"rw", 0, MOUNT_ATTR_RDONLY},
    {"nosuid", MOUNT_ATTR_NOSUID, 0},
    {"suid", 0, MOUNT_ATTR_NOSUID},
    {"nodev", MOUNT_ATTR_NODEV, 0},
    {"dev", 0, MOUNT_ATTR_NODEV},
    {"noexec", MOUNT_ATTR_NOEXEC, 0},
    {"exec", 0, MOUNT_ATTR_NOEXEC},
    {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0},
    {"symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW},
    {"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    {"diratime", 0, MOUNT_ATTR_NODIRATIME},
    /* The three ways of access times are one field: clear it, set one. */
    {"relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"norelatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {"noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    {"atime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {"nostrictatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
};

static const struct {
    const char *word;
    uint64_t type;
} propagations[] = {
    {"private", MS_PRIVATE},
    {"slave", MS_SLAVE},
    {"shared", MS_SHARED},
    {"unbindable", MS_UNBINDABLE},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool apply_attribute(struct mount_options *options, const char *word,
                            bool all)
{
    uint64_t *set =
        all ? &options->attributes_set_all : &options->attributes_set;
    uint64_t *clear =
        all ? &options->attributes_clear_all : &options->attributes_clear;

    for (size_t i = 0; i < COUNT(attributes); i++) {
        if (strcmp(attributes[i].word, word) != 0)
            continue;
        /* The last word wins. */
        *set = (*set & ~attributes[i].clear) | attributes[i].set;
        *clear = (*clear & ~attributes[i].set) | attributes[i].clear;
        return true;
    }
    return false;
}

static bool apply_propagation(struct mount_options *options, const char *word)
{
    bool recursive = word[0] == 'r';

    for (size_t i = 0; i < COUNT(propagations); i++) {
        if (strcmp(propagations[i].word, word + recursive) != 0)
            continue;
        options->propagation = propagations[i].type;
        options->propagation_recursive = recursive;
        return true;
    }
    return false;
}

bool mount_option_apply(struct mount_options *options, const char *word)
{
    if (strcmp(word, "bind") == 0 || strcmp(word, "rbind") == 0) {
        options->bind = true;
        options->recursive = word[0] == 'r';
        return true;
    }
    /* "defaults" is what a mount has anyway. */
    if (strcmp(word, "defaults") == 0)
        return true;
    if (apply_attribute(options, word, false) ||
        apply_propagation(options, word))
        return true;
    return word[0] == 'r' && apply_attribute(options, word + 1, true);
}
