/* Measuring an image; see image.h for the contract. */
#include "bench/image.h"

#include "bench/results.h"
#include "bench/words.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

static int no_memory(struct error *error)
{
    return error_set(error, ENOMEM, "out of memory");
}

/* The host's path of a file inside of the image, or NULL. */
static char *find_inside(const char *rootfs, const char *path)
{
    const struct open_how how = {
        .flags = O_PATH | O_CLOEXEC,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };
    _cleanup_close_ int root = open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_close_ int fd =
        root < 0 ? -1
                 : (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
    char link[32], found[PATH_MAX];
    ssize_t length;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    length = fd < 0 ? -1 : readlink(link, found, sizeof(found) - 1);
    if (length < 0)
        return NULL;
    found[length] = '\0';
    return strdup(found);
}

static const char *search_path(const json_t *process)
{
    size_t i;
    json_t *entry;

    json_array_foreach(json_object_get(process, "env"), i, entry)
    {
        if (strncmp(json_string_value(entry), "PATH=", strlen("PATH=")) == 0)
            return json_string_value(entry) + strlen("PATH=");
    }
    return "";
}

/* As execvp(3) finds it, inside. */
static char *find_program(const char *rootfs, const json_t *process,
                          const char *name)
{
    bool on_path = strchr(name, '/') == NULL;
    const char *directory =
        on_path ? search_path(process)
                : json_string_value(json_object_get(process, "cwd"));

    if (name[0] == '/')
        return find_inside(rootfs, name);
    for (;;) {
        size_t length = on_path ? strcspn(directory, ":") : strlen(directory);
        _cleanup_free_ char *path =
            text_format("%.*s/%s", (int)length, directory, name);
        char *found = path == NULL ? NULL : find_inside(rootfs, path);

        if (found != NULL || directory[length] == '\0')
            return found;
        directory += length + 1;
    }
}

static int take_words(const json_t *process, struct measured_image *measured,
                      struct error *error)
{
    size_t i;
    json_t *word;

    json_array_foreach(json_object_get(process, "args"), i, word)
    {
        if (words_append(&measured->words, json_string_value(word)) < 0)
            return no_memory(error);
    }
    return 0;
}

static int find(const json_t *document, struct measured_image *measured,
                struct error *error)
{
    const json_t *process = json_object_get(document, "process");
    const char *rootfs = measured->image.rootfs;
    int result = take_words(process, measured, error);

    if (result < 0)
        return result;
    measured->program = find_program(rootfs, process, measured->words[0]);
    if (measured->program == NULL)
        return error_set(error, ENOENT,
                         "the image has no program \"%.200s\": name one behind "
                         "\"--\"",
                         measured->words[0]);
    measured->inner = strdup(measured->program + strlen(rootfs));
    return measured->inner == NULL ? no_memory(error) : 0;
}

int measured_image_open(const char *reference, char *const *arguments,
                        struct measured_image *measured, struct error *error)
{
    const struct bundle_template plain = {
        .memory_limit = BUNDLE_UNSET,
        .pids_limit = BUNDLE_UNSET,
    };
    char living[32];
    json_t *document = NULL;
    int result;

    *measured = (struct measured_image){.overrides = {.arguments = arguments}};
    /* It is there as long as we are. */
    snprintf(living, sizeof(living), "/proc/%d", (int)getpid());
    result = image_get(reference, living, &measured->image, error);
    if (result == 0)
        result = image_bundle_document(&measured->image, &measured->overrides,
                                       &plain, true, &document, error);
    if (result == 0)
        result = find(document, measured, error);
    json_decref(document);
    if (result < 0)
        measured_image_release(measured);
    return result;
}

void measured_image_release(struct measured_image *measured)
{
    image_release(&measured->image);
    free(measured->program);
    free(measured->inner);
    words_free(measured->words);
    *measured = (struct measured_image){0};
}

int measured_image_workload(const struct measured_image *measured,
                            const char *reference, struct workload_list *list,
                            struct error *error)
{
    _cleanup_words_ char **words = words_copy(measured->words);
    char *title = text_format("%s in %s", measured->inner, reference);
    int result;

    if (words == NULL || title == NULL) {
        free(title);
        return no_memory(error);
    }
    free(words[0]);
    words[0] = strdup(measured->program);
    result = words[0] == NULL ? no_memory(error)
                              : workload_list_own(words, list, error);
    if (result < 0) {
        free(title);
        return result;
    }
    if (strlen(title) > RESULT_MAX_TEXT)
        title[RESULT_MAX_TEXT] = '\0';
    free(list->items[0].title);
    list->items[0].title = title;
    return 0;
}

static int fill(const struct session *session,
                const struct measured_image *measured, const char *cgroup,
                int64_t memory_limit, struct bundles *bundles,
                struct error *error)
{
    *bundles = (struct bundles){
        .items = calloc(1, sizeof(*bundles->items)),
        .count = 1,
        .cgroup = strdup(cgroup + 1),
        .memory = text_format("%lld", (long long)memory_limit),
    };
    if (bundles->items == NULL)
        return no_memory(error);
    bundles->items[0] = (struct bundle_place){
        .directory = text_format("%s/bundle-0", session->directory),
        .rootfs = strdup(measured->image.rootfs),
        .program = strdup(measured->program),
        .inner = strdup(measured->inner),
    };
    return bundles->cgroup == NULL || bundles->memory == NULL ||
                   bundles->items[0].directory == NULL ||
                   bundles->items[0].rootfs == NULL ||
                   bundles->items[0].program == NULL ||
                   bundles->items[0].inner == NULL
               ? no_memory(error)
               : 0;
}

int measured_image_make_bundles(const struct session *session,
                                const struct measured_image *measured,
                                int64_t memory_limit, json_t *changes,
                                struct bundles *bundles, struct error *error)
{
    _cleanup_free_ char *cgroup = bundles_cgroup(session);
    struct bundle_template template =
        bundles_template(session, cgroup, memory_limit);
    int result = cgroup == NULL ? no_memory(error)
                                : fill(session, measured, cgroup, memory_limit,
                                       bundles, error);

    template.changes = changes;
    if (result == 0)
        result = image_bundle_create(&measured->image, &measured->overrides,
                                     &template, true,
                                     bundles->items[0].directory, error);
    if (result < 0 && cgroup != NULL)
        bundles_release(bundles);
    return result;
}

static bool takes_bundles(const struct platform *platform)
{
    return words_contain(platform->run, "{bundle}") ||
           (platform->prepare != NULL &&
            words_contain(platform->prepare, "{bundle}"));
}

void measured_image_narrow(struct lineup *lineup)
{
    static const char reason[] = "it takes no bundle, and so no image";

    for (size_t i = 0; i < lineup->candidate_count; i++) {
        struct candidate *candidate = &lineup->candidates[i];

        if (!candidate->available || takes_bundles(candidate->platform))
            continue;
        candidate->available = false;
        candidate->remedy = NULL;
        memcpy(candidate->reason, reason, sizeof(reason));
    }
}
