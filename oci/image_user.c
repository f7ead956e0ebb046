/* Users of an image; see image_user.h. Source: passwd(5), group(5). */
#include "oci/image_user.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum {
    FILE_LIMIT = 1 << 20, /* bytes of passwd or group */
    PASSWD_FIELDS = 7,
    GROUP_FIELDS = 4,
    GROUPS_LIMIT = 1024,
};

/* What is looked for: a name, or else the number that it spells. */
struct wanted {
    const char *name;
    bool numeric;
    uint32_t number;
};

static int open_regular(int rootfs, const char *path)
{
    const struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };
    _cleanup_close_ int fd =
        (int)syscall(SYS_openat2, rootfs, path, &how, sizeof(how));
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode) || status.st_size > FILE_LIMIT)
        return -EINVAL;
    return take_fd(&fd);
}

/* The whole file as text; an absent one is an empty one. */
static int read_text(int rootfs, const char *path, char **text,
                     struct error *error)
{
    _cleanup_close_ int fd = open_regular(rootfs, path);
    size_t size = 0;
    ssize_t n = 0;

    if (fd < 0 && fd != -ENOENT && fd != -ENOTDIR)
        return error_errno(error, -fd, "/%s of the image", path);
    *text = calloc(1, FILE_LIMIT + 1);
    if (*text == NULL)
        return error_errno(error, ENOMEM, "/%s of the image", path);
    while (fd >= 0 && size < FILE_LIMIT &&
           (n = read(fd, *text + size, FILE_LIMIT - size)) > 0)
        size += (size_t)n;
    return n < 0 ? error_errno(error, errno, "/%s of the image", path) : 0;
}

/* Cuts the next line of *rest into fields; false at the end. Lines with other
 * than count fields are passed over. */
static bool next_entry(char **rest, char **fields, size_t count)
{
    char *line;

    while ((line = strsep(rest, "\n")) != NULL) {
        size_t found = 0;
        char *field;

        while ((field = strsep(&line, ":")) != NULL) {
            if (found < count)
                fields[found] = field;
            found++;
        }
        if (found == count && fields[0][0] != '\0')
            return true;
    }
    return false;
}

/* Digits alone, at most INT32_MAX as engines have it. */
static bool parse_id(const char *text, uint32_t *id)
{
    uint64_t value = 0;

    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
        if (value > INT32_MAX)
            return false;
    }
    *id = (uint32_t)value;
    return true;
}

static struct wanted want(const char *text)
{
    struct wanted wanted = {.name = text};

    wanted.numeric = parse_id(text, &wanted.number);
    return wanted;
}

static bool is_wanted(const struct wanted *wanted, const char *name,
                      uint32_t number)
{
    return strcmp(wanted->name, name) == 0 ||
           (wanted->numeric && wanted->number == number);
}

static int not_found(const char *what, const char *name, const char *file,
                     struct error *error)
{
    return error_set(error, EINVAL,
                     "the image's user: expected a %s of its %s or a number "
                     "up to %d, got \"%.80s\"",
                     what, file, INT32_MAX, name);
}

/* *name becomes the user's, in text. */
static int find_user(char *text, const char *wanted_text,
                     struct image_user *user, const char **name,
                     struct error *error)
{
    const struct wanted wanted = want(wanted_text);
    char *fields[PASSWD_FIELDS];

    while (next_entry(&text, fields, PASSWD_FIELDS)) {
        uint32_t uid, gid;

        if (!parse_id(fields[2], &uid) || !parse_id(fields[3], &gid) ||
            !is_wanted(&wanted, fields[0], uid))
            continue;
        user->uid = uid;
        user->gid = gid;
        *name = fields[0];
        if (fields[5][0] == '/')
            user->home = strdup(fields[5]);
        return 0;
    }
    if (!wanted.numeric)
        return not_found("name", wanted_text, "/etc/passwd", error);
    user->uid = wanted.number;
    return 0;
}

static int find_group(char *text, const char *wanted_text,
                      struct image_user *user, struct error *error)
{
    const struct wanted wanted = want(wanted_text);
    char *fields[GROUP_FIELDS];

    while (next_entry(&text, fields, GROUP_FIELDS)) {
        uint32_t gid;

        if (parse_id(fields[2], &gid) && is_wanted(&wanted, fields[0], gid)) {
            user->gid = gid;
            return 0;
        }
    }
    if (!wanted.numeric)
        return not_found("group", wanted_text, "/etc/group", error);
    user->gid = wanted.number;
    return 0;
}

static bool is_member(char *members, const char *name)
{
    const char *member;

    while ((member = strsep(&members, ",")) != NULL) {
        if (strcmp(member, name) == 0)
            return true;
    }
    return false;
}

static int add_groups(char *text, const char *name, struct image_user *user,
                      struct error *error)
{
    char *fields[GROUP_FIELDS];

    user->groups = calloc(GROUPS_LIMIT, sizeof(*user->groups));
    if (user->groups == NULL)
        return error_errno(error, ENOMEM, "the image's groups");
    while (next_entry(&text, fields, GROUP_FIELDS)) {
        uint32_t gid;

        if (!parse_id(fields[2], &gid) || !is_member(fields[3], name))
            continue;
        if (user->group_count == GROUPS_LIMIT)
            return error_set(error, EINVAL,
                             "/etc/group of the image: user \"%.80s\" is in "
                             "more than %d groups",
                             name, GROUPS_LIMIT);
        user->groups[user->group_count++] = gid;
    }
    return 0;
}

static int resolve(int rootfs, char *user_text, const char *group_text,
                   struct image_user *user, struct error *error)
{
    _cleanup_free_ char *passwd = NULL, *group = NULL;
    const char *name = NULL;
    int status = read_text(rootfs, "etc/passwd", &passwd, error);

    if (status == 0)
        status = read_text(rootfs, "etc/group", &group, error);
    if (status == 0)
        status = find_user(passwd, *user_text != '\0' ? user_text : "0", user,
                           &name, error);
    if (status < 0)
        return status;
    if (group_text != NULL)
        return find_group(group, group_text, user, error);
    return name != NULL ? add_groups(group, name, user, error) : 0;
}

int image_user_find(int rootfs, const char *text, struct image_user *user,
                    struct error *error)
{
    _cleanup_free_ char *copy = strdup(text);
    char *group = copy;
    const char *name = strsep(&group, ":");
    int status;

    *user = (struct image_user){0};
    if (copy == NULL)
        return error_errno(error, ENOMEM, "the image's user");
    status = resolve(rootfs, (char *)name, group, user, error);
    if (status < 0)
        image_user_release(user);
    return status;
}

void image_user_release(struct image_user *user)
{
    free(user->groups);
    free(user->home);
    *user = (struct image_user){0};
}
