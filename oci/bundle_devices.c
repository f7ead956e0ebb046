/*
 * Devices of a bundle: which are made, and which may be used.
 * Source: runtime-spec 1.0.2, config-linux.md, "Devices" and "Allowed Device
 * list"; mknod(2) and Documentation/admin-guide/cgroup-v1/devices.rst.
 */
#include "oci/bundle_parts.h"
#include "oci/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    MAJOR_MAX = 0xfff, /* 12 bits of the kernel's dev_t */
    MINOR_MAX = 0xfffff,
    MODE_MAX = 07777,
};

static mode_t device_type(const char *name)
{
    static const struct {
        const char *name;
        mode_t type;
    } types[] = {
        {"c", S_IFCHR}, {"u", S_IFCHR}, {"b", S_IFBLK}, {"p", S_IFIFO}};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    }
    return 0;
}

/* The device numbers, which all but a FIFO must have. */
static int parse_numbers(const struct json_node *node,
                         struct bundle_device *device, struct error *error)
{
    struct json_node major = json_node_member(node, "major");
    struct json_node minor = json_node_member(node, "minor");
    int64_t major_number = 0, minor_number = 0;
    int status = 0;

    if (!S_ISFIFO(device->mode))
        status = json_node_require(&major, "a device number", error);
    if (status == 0 && !S_ISFIFO(device->mode))
        status = json_node_require(&minor, "a device number", error);
    if (status == 0)
        status = json_node_integer(&major, 0, MAJOR_MAX, &major_number, error);
    if (status == 0)
        status = json_node_integer(&minor, 0, MINOR_MAX, &minor_number, error);
    device->major = (uint32_t)major_number;
    device->minor = (uint32_t)minor_number;
    return status;
}

static int parse_owner(const struct json_node *node,
                       struct bundle_device *device, struct error *error)
{
    struct json_node mode = json_node_member(node, "fileMode");
    struct json_node uid = json_node_member(node, "uid");
    struct json_node gid = json_node_member(node, "gid");
    int64_t permissions = 0666, user = 0, group = 0;
    int status = 0;

    /* Some engines write the type of the file along. */
    status =
        json_node_integer(&mode, 0, S_IFMT | MODE_MAX, &permissions, error);
    if (status == 0)
        status = json_node_integer(&uid, 0, UINT32_MAX - 1, &user, error);
    if (status == 0)
        status = json_node_integer(&gid, 0, UINT32_MAX - 1, &group, error);
    device->mode |= (mode_t)permissions & MODE_MAX;
    device->uid = (uid_t)user;
    device->gid = (gid_t)group;
    return status;
}

static int parse_device(const struct json_node *node,
                        struct bundle_device *device, struct error *error)
{
    struct json_node path = json_node_member(node, "path");
    struct json_node type = json_node_member(node, "type");
    const char *name = "";
    int status = json_node_require(node, "an object", error);

    if (status == 0)
        status = json_node_object(node, error);
    if (status == 0)
        status = json_node_require(&path, "an absolute path", error);
    if (status == 0)
        status = json_node_absolute_path(&path, &device->path, error);
    if (status == 0)
        status = json_node_text(&type, &name, error);
    if (status < 0)
        return status;
    path_normalise(device->path);
    if (strcmp(device->path, "/") == 0)
        return json_node_expected(&path, error, "the path of a file");
    device->mode = device_type(name);
    if (device->mode == 0)
        return json_node_expected(&type, error, "\"c\", \"b\", \"u\" or \"p\"");
    status = parse_numbers(node, device, error);
    return status == 0 ? parse_owner(node, device, error) : status;
}

int bundle_parse_devices(const struct json_node *linux_node,
                         struct bundle *bundle, struct error *error)
{
    struct json_node node = json_node_member(linux_node, "devices");
    size_t count = json_node_count(&node);
    int status = json_node_array(&node, error);

    if (status < 0 || count == 0)
        return status;
    bundle->devices = calloc(count, sizeof(*bundle->devices));
    if (bundle->devices == NULL)
        return error_errno(error, ENOMEM, "linux.devices");
    bundle->device_count = count;
    for (size_t i = 0; status == 0 && i < count; i++) {
        struct json_node element = json_node_element(&node, i);

        status = parse_device(&element, &bundle->devices[i], error);
    }
    return status;
}

void bundle_release_devices(struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->device_count; i++)
        free(bundle->devices[i].path);
    free(bundle->devices);
}

/* Letters of "rwm"; none given means all. */
static int parse_access(const struct json_node *node, unsigned int *access,
                        struct error *error)
{
    static const char letters[] = "mrw"; /* in the order of the bits */
    const char *text = "";
    int status = json_node_text(node, &text, error);

    if (status == 0 && text[0] == '\0')
        text = letters;
    for (; status == 0 && *text != '\0'; text++) {
        const char *letter = strchr(letters, *text);

        if (letter == NULL)
            return json_node_expected(node, error, "letters of \"rwm\"");
        *access |= 1U << (letter - letters);
    }
    return status;
}

static int parse_rule(const struct json_node *node,
                      struct bundle_device_rule *rule, struct error *error)
{
    struct json_node allow = json_node_member(node, "allow");
    struct json_node type = json_node_member(node, "type");
    struct json_node major = json_node_member(node, "major");
    struct json_node minor = json_node_member(node, "minor");
    struct json_node access = json_node_member(node, "access");
    const char *name = "a";
    int status = json_node_require(node, "an object", error);

    rule->major = -1;
    rule->minor = -1;
    if (status == 0)
        status = json_node_object(node, error);
    if (status == 0)
        status = json_node_require(&allow, "true or false", error);
    if (status == 0)
        status = json_node_boolean(&allow, &rule->allow, error);
    if (status == 0)
        status = json_node_text(&type, &name, error);
    if (status == 0 && strcmp(name, "") != 0 && strcmp(name, "a") != 0 &&
        strcmp(name, "b") != 0 && strcmp(name, "c") != 0)
        return json_node_expected(&type, error, "\"a\", \"b\" or \"c\"");
    rule->type = name[0] != '\0' ? name[0] : 'a';
    if (status == 0)
        status = json_node_integer(&major, -1, MAJOR_MAX, &rule->major, error);
    if (status == 0)
        status = json_node_integer(&minor, -1, MINOR_MAX, &rule->minor, error);
    return status == 0 ? parse_access(&access, &rule->access, error) : status;
}

int bundle_parse_device_rules(const struct json_node *resources,
                              struct bundle_resources *result,
                              struct error *error)
{
    struct json_node node = json_node_member(resources, "devices");
    size_t count = json_node_count(&node);
    int status = json_node_array(&node, error);

    if (status < 0 || count == 0)
        return status;
    result->devices = calloc(count, sizeof(*result->devices));
    if (result->devices == NULL)
        return error_errno(error, ENOMEM, "linux.resources.devices");
    result->device_count = count;
    for (size_t i = 0; status == 0 && i < count; i++) {
        struct json_node element = json_node_element(&node, i);

        status = parse_rule(&element, &result->devices[i], error);
    }
    return status;
}
