/* Every platform of the data directories; see platform.h. */
#include "bench/platform.h"
#include "bench/words.h"

#include <dirent.h>
#include <string.h>

static int is_platform_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return entry->d_name[0] != '.' && length > 5 &&
           strcmp(entry->d_name + length - 5, ".json") == 0;
}

static int append(const char *path, struct platform_list *list,
                  struct error *error)
{
    struct platform *grown =
        reallocarray(list->items, list->count + 1, sizeof(*grown));
    const struct platform *twin;
    struct platform platform;
    int result;

    if (grown == NULL)
        return error_set(error, ENOMEM, "out of memory");
    list->items = grown;
    result = platform_load(path, &platform, error);
    if (result < 0)
        return result;
    twin = platform_find(list, platform.name);
    if (twin != NULL) {
        error_set(error, EEXIST, "%s: name: \"%s\" is taken by %s", path,
                  platform.name, twin->path);
        platform_release(&platform);
        return -EEXIST;
    }
    list->items[list->count++] = platform;
    return 0;
}

static int load_directory(const char *directory, struct platform_list *list,
                          struct error *error)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_platform_file, alphasort);
    int result = 0;

    if (count < 0)
        return error_errno(error, errno, "%s", directory);
    for (int i = 0; i < count; i++) {
        _cleanup_free_ char *path =
            text_format("%s/%s", directory, entries[i]->d_name);

        if (result == 0)
            result = path == NULL ? error_set(error, ENOMEM, "out of memory")
                                  : append(path, list, error);
        free(entries[i]);
    }
    free(entries);
    return result;
}

static int by_order(const void *left, const void *right)
{
    const struct platform *a = left, *b = right;

    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return strcmp(a->name, b->name);
}

int platform_list_load(char *const *directories, struct platform_list *list,
                       struct error *error)
{
    *list = (struct platform_list){0};
    for (size_t i = 0; directories[i] != NULL; i++) {
        int result = load_directory(directories[i], list, error);

        if (result < 0) {
            platform_list_release(list);
            return result;
        }
    }
    if (list->count > 0)
        qsort(list->items, list->count, sizeof(*list->items), by_order);
    return 0;
}

void platform_list_release(struct platform_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        platform_release(&list->items[i]);
    free(list->items);
    *list = (struct platform_list){0};
}

const struct platform *platform_find(const struct platform_list *list,
                                     const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, name) == 0)
            return &list->items[i];
    }
    return NULL;
}
