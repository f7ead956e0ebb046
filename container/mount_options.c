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

/* Words that stand for themselves. */
static bool apply_flag(struct mount_options *options, const char *word)
{
    const struct {
        const char *word;
        bool *flag, *all; /* all: of submounts, too */
        bool recursive;
    } flags[] = {
        {"bind", &options->bind, &options->recursive, false},
        {"rbind", &options->bind, &options->recursive, true},
        {"idmap", &options->id_mapped, &options->id_mapped_all, false},
        {"ridmap", &options->id_mapped, &options->id_mapped_all, true},
        {"remount", &options->remount, NULL, false},
        {"tmpcopyup", &options->copy_up, NULL, false},
    };

    for (size_t i = 0; i < COUNT(flags); i++) {
        if (strcmp(flags[i].word, word) != 0)
            continue;
        *flags[i].flag = true;
        if (flags[i].all != NULL)
            *flags[i].all = flags[i].recursive;
        return true;
    }
    return false;
}

/* What a mount has anyway, or what only the kernel's log shows. */
static bool says_nothing(const char *word)
{
    static const char *const words[] = {"defaults", "silent", "loud",
                                        "iversion", "noiversion"};

    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

bool mount_option_is_superblock(const char *word)
{
    static const char *const words[] = {
        "sync", "async", "dirsync", "lazytime", "nolazytime", "mand", "nomand"};

    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

bool mount_option_apply(struct mount_options *options, const char *word)
{
    if (says_nothing(word) || apply_flag(options, word) ||
        apply_attribute(options, word, false) ||
        apply_propagation(options, word))
        return true;
    return word[0] == 'r' && apply_attribute(options, word + 1, true);
}
