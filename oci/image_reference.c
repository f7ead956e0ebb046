/* References to images; see image_reference.h. */
#include "oci/image_reference.h"

#include "oci/cleanup.h"
#include "oci/path.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
    /* Coarser than any file system's clock but that of FAT, which is 2 s. */
    SETTLED_SECONDS = 2,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct prefix {
    const char *text; /* of skopeo, with its colon */
    enum image_kind kind;
} prefixes[] = {
    {"oci:", IMAGE_LAYOUT},
    {"oci-archive:", IMAGE_OCI_ARCHIVE},
    {"docker-archive:", IMAGE_DOCKER_ARCHIVE},
    {"docker:", IMAGE_REMOTE},
};

static const struct prefix *find_prefix(const char *text)
{
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        if (strncmp(text, prefixes[i].text, strlen(prefixes[i].text)) == 0)
            return &prefixes[i];
    }
    return NULL;
}

/* What the path is; -1 for what is no image. */
static int examine(const char *path, struct error *error)
{
    _cleanup_free_ char *marker = path_join(path, "oci-layout");
    struct stat status;

    if (marker == NULL)
        return error_errno(error, ENOMEM, "%s", path);
    if (stat(path, &status) < 0)
        return error_errno(error, errno,
                           "image \"%.200s\" (a path, oci:DIR[:TAG], "
                           "oci-archive:FILE, docker-archive:FILE or "
                           "docker://NAME)",
                           path);
    if (S_ISREG(status.st_mode))
        return IMAGE_ARCHIVE;
    if (!S_ISDIR(status.st_mode))
        return error_set(error, EINVAL,
                         "image \"%.200s\": neither a directory nor a file",
                         path);
    return access(marker, F_OK) == 0 ? IMAGE_LAYOUT : IMAGE_ROOT_DIRECTORY;
}

static int no_memory(struct error *error)
{
    return error_errno(error, ENOMEM, "the image's name");
}

static int parse_plain(const char *text, struct image_reference *reference,
                       struct error *error)
{
    int kind = examine(text, error);

    if (kind < 0)
        return kind;
    if (kind != IMAGE_ROOT_DIRECTORY && strchr(text, ':') != NULL)
        return error_set(error, EINVAL,
                         "image \"%.200s\": a path with a colon cannot be told "
                         "to skopeo: give it another name",
                         text);
    reference->kind = (enum image_kind)kind;
    reference->path = strdup(text);
    return reference->path != NULL ? 0 : no_memory(error);
}

static int parse_prefixed(const struct prefix *prefix, const char *rest,
                          struct image_reference *reference,
                          struct error *error)
{
    size_t length =
        prefix->kind == IMAGE_REMOTE ? strlen(rest) : strcspn(rest, ":");

    if (length == 0 ||
        (prefix->kind == IMAGE_REMOTE && strncmp(rest, "//", 2) != 0))
        return error_set(
            error, EINVAL, "image \"%s%.200s\": expected %s behind \"%s\"",
            prefix->text, rest,
            prefix->kind == IMAGE_REMOTE ? "//NAME" : "a path", prefix->text);
    reference->kind = prefix->kind;
    reference->path = strndup(rest, length);
    if (rest[length] == ':')
        reference->selector = strdup(rest + length + 1);
    if (reference->path == NULL ||
        (rest[length] == ':' && reference->selector == NULL))
        return no_memory(error);
    return 0;
}

int image_reference_parse(const char *text, struct image_reference *reference,
                          struct error *error)
{
    const struct prefix *prefix = find_prefix(text);
    int status;

    *reference = (struct image_reference){0};
    status = prefix == NULL
                 ? parse_plain(text, reference, error)
                 : parse_prefixed(prefix, text + strlen(prefix->text),
                                  reference, error);
    if (status < 0)
        image_reference_release(reference);
    return status;
}

void image_reference_release(struct image_reference *reference)
{
    free(reference->path);
    free(reference->selector);
    *reference = (struct image_reference){0};
}

char *image_reference_format(const struct image_reference *reference)
{
    const char *selector = reference->selector;
    char *text = NULL;

    for (size_t i = 0; i < COUNT(prefixes); i++) {
        if (prefixes[i].kind == reference->kind &&
            asprintf(&text, "%s%s%s%s", prefixes[i].text, reference->path,
                     selector != NULL ? ":" : "",
                     selector != NULL ? selector : "") < 0)
            return NULL;
    }
    return text;
}

/* A selector is part of a file name, so it may be short and plain only. */
static bool is_plain(const char *selector)
{
    static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "abcdefghijklmnopqrstuvwxyz"
                                     "0123456789_.-";

    return strlen(selector) <= 80 &&
           selector[strspn(selector, characters)] == '\0';
}

bool image_reference_stamp(const struct image_reference *reference,
                           char stamp[IMAGE_STAMP_SIZE], bool *settled)
{
    const char *selector = reference->selector;
    _cleanup_free_ char *index = NULL;
    struct timespec now;
    struct stat status;

    if (reference->kind == IMAGE_LAYOUT)
        index = path_join(reference->path, "index.json");
    if (reference->kind == IMAGE_REMOTE ||
        reference->kind == IMAGE_ROOT_DIRECTORY ||
        (selector != NULL && !is_plain(selector)) ||
        stat(index != NULL ? index : reference->path, &status) < 0)
        return false;
    snprintf(
        stamp, IMAGE_STAMP_SIZE, "of-%llx-%llx-%llx-%llx.%09ld-%llx.%09ld%s%s",
        (unsigned long long)status.st_dev, (unsigned long long)status.st_ino,
        (unsigned long long)status.st_size,
        (unsigned long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
        (unsigned long long)status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        selector != NULL ? "-" : "", selector != NULL ? selector : "");
    clock_gettime(CLOCK_REALTIME, &now);
    *settled = now.tv_sec > status.st_ctim.tv_sec &&
               now.tv_sec - status.st_ctim.tv_sec > SETTLED_SECONDS;
    return true;
}
