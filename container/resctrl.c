/* Classes of the resctrl file system; see resctrl.h. */
#include "container/resctrl.h"

#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/json.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

static const char json_path[] = "config.json: linux.intelRdt";

/* The object, its texts borrowed; "" is what is not given. */
struct wish {
    const char *class, *cache, *bandwidth;
    bool monitored;
};

static int read_wish(const struct bundle *bundle, bool *wanted,
                     struct wish *wish, struct error *error)
{
    struct json_node root = json_root(bundle->document);
    struct json_node linux_node = json_node_member(&root, "linux");
    struct json_node node = json_node_member(&linux_node, "intelRdt");
    struct json_node class = json_node_member(&node, "closID");
    struct json_node cache = json_node_member(&node, "l3CacheSchema");
    struct json_node bandwidth = json_node_member(&node, "memBwSchema");
    struct json_node use = json_node_member(&node, "enableCMT");
    struct json_node traffic = json_node_member(&node, "enableMBM");
    bool monitors_traffic = false;
    int status = json_node_object(&node, error);

    *wish = (struct wish){"", "", "", false};
    *wanted = status == 0 && json_object_size(node.value) > 0;
    if (status == 0)
        status = json_node_text(&class, &wish->class, error);
    if (status == 0)
        status = json_node_text(&cache, &wish->cache, error);
    if (status == 0)
        status = json_node_text(&bandwidth, &wish->bandwidth, error);
    if (status == 0)
        status = json_node_boolean(&use, &wish->monitored, error);
    if (status == 0)
        status = json_node_boolean(&traffic, &monitors_traffic, error);
    wish->monitored = wish->monitored || monitors_traffic;
    return status < 0 ? error_prefix(error, "config.json") : 0;
}

int resctrl_find(const struct bundle *bundle, const char **root,
                 struct error *error)
{
    static const char place[] = "/sys/fs/resctrl";
    struct statfs filesystem;
    struct wish wish;
    bool wanted;
    int status = read_wish(bundle, &wanted, &wish, error);

    *root = wanted ? place : NULL;
    if (status < 0 || !wanted)
        return status;
    if (statfs(place, &filesystem) < 0 ||
        filesystem.f_type != RDTGROUP_SUPER_MAGIC)
        return error_set(error, ENOTSUP,
                         "%s: this host has no resctrl file system at %s",
                         json_path, place);
    return 0;
}

static int write_file(const char *directory, const char *name, const char *text,
                      struct error *error)
{
    _cleanup_free_ char *path = NULL;
    _cleanup_file_ FILE *file = NULL;

    if (asprintf(&path, "%s/%s", directory, name) < 0)
        return error_errno(error, ENOMEM, "%s", json_path);
    file = fopen(path, "r+e");
    if (file == NULL || fputs(text, file) < 0 || fflush(file) != 0)
        return error_errno(error, errno, "%s: cannot write \"%.*s\" to %s",
                           json_path, (int)strcspn(text, "\n"), text, path);
    return 0;
}

/* Has the class those shares? The file has a line for each resource. */
static bool has_line(const char *directory, const char *wanted)
{
    char path[PATH_MAX], line[1024];
    _cleanup_file_ FILE *file = NULL;

    snprintf(path, sizeof(path), "%s/schemata", directory);
    file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        const char *text = line + strspn(line, " ");

        if (strncmp(text, wanted, strlen(wanted)) == 0 &&
            text[strlen(wanted)] == '\n')
            return true;
    }
    return wanted[0] == '\0';
}

static int make_directory(json_t *made, const char *path, struct error *error)
{
    if (mkdir(path, 0755) < 0)
        return error_errno(error, errno, "%s: cannot make %s", json_path, path);
    (void)json_array_insert_new(made, 0, json_string(path));
    return 0;
}

static int provide_class(const char *path, const struct wish *wish,
                         json_t *made, struct error *error)
{
    bool shares = wish->cache[0] != '\0' || wish->bandwidth[0] != '\0';
    int status;

    if (access(path, F_OK) == 0)
        return has_line(path, wish->cache) && has_line(path, wish->bandwidth)
                   ? 0
                   : error_set(error, EEXIST,
                               "%s.closID: %s is there, with other shares",
                               json_path, path);
    if (wish->class[0] != '\0' && !shares)
        return error_set(error, ENOENT,
                         "%s.closID: there is no %s, and no schema to make it "
                         "with",
                         json_path, path);
    status = make_directory(made, path, error);
    if (status == 0 && wish->cache[0] != '\0')
        status = write_file(path, "schemata", wish->cache, error);
    if (status == 0 && wish->bandwidth[0] != '\0')
        status = write_file(path, "schemata", wish->bandwidth, error);
    return status;
}

static bool is_name(const char *name)
{
    static const char *const reserved[] = {".", "..", "info", "mon_groups",
                                           "mon_data"};

    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (strcmp(name, reserved[i]) == 0)
            return false;
    }
    return strlen(name) <= NAME_MAX && strpbrk(name, "/\n") == NULL;
}

int resctrl_join(const char *root, const struct bundle *bundle, const char *id,
                 pid_t pid, json_t **made, struct error *error)
{
    char path[PATH_MAX], monitor[PATH_MAX], number[16];
    struct wish wish;
    bool wanted;
    int status = read_wish(bundle, &wanted, &wish, error);

    *made = json_array();
    if (status < 0)
        return status;
    if (!is_name(wish.class) || *made == NULL)
        return error_set(error, EINVAL,
                         "%s.closID: expected the name of a class, got \"%s\"",
                         json_path, wish.class);
    snprintf(number, sizeof(number), "%d", (int)pid);
    snprintf(path, sizeof(path), "%s/%s", root,
             wish.class[0] != '\0' ? wish.class : id);
    snprintf(monitor, sizeof(monitor), "%.*s/mon_groups/%s", PATH_MAX / 2, path,
             id);
    status = provide_class(path, &wish, *made, error);
    if (status == 0)
        status = write_file(path, "tasks", number, error);
    if (status == 0 && wish.monitored)
        status = make_directory(*made, monitor, error);
    if (status == 0 && wish.monitored)
        status = write_file(monitor, "tasks", number, error);
    return status;
}

void resctrl_remove(const json_t *made)
{
    for (size_t i = 0; i < json_array_size(made); i++)
        (void)rmdir(json_string_value(json_array_get(made, i)));
}
