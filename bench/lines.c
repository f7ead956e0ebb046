/* Reading JSON Lines; see lines.h for the contract. */
#include "bench/lines.h"

#include "bench/results.h"
#include "oci/cleanup.h"
#include "oci/path.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static FILE *open_regular(const char *path, struct error *error)
{
    _cleanup_close_ int fd =
        open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    FILE *file;

    if (fd < 0 || fstat(fd, &status) < 0) {
        error_errno(error, errno, "%s", path);
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        error_set(error, EINVAL, "%s: expected a regular file", path);
        return NULL;
    }
    file = fdopen(fd, "r");
    if (file == NULL)
        error_errno(error, errno, "%s", path);
    else
        take_fd(&fd);
    return file;
}

static int take_line(const char *text, size_t length, line_visitor *visit,
                     void *context, struct error *error)
{
    json_error_t where;
    json_t *line = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    int result;

    if (line == NULL)
        return error_set(error, EINVAL, "%s", where.text);
    result = json_is_object(line)
                 ? visit(context, line, error)
                 : error_set(error, EINVAL, "expected an object");
    json_decref(line);
    return result;
}

int lines_read(const char *directory, const char *name, line_visitor *visit,
               void *context, struct error *error)
{
    _cleanup_free_ char *path = path_join(directory, name);
    _cleanup_free_ char *text = malloc(RESULT_MAX_LINE + 1);
    _cleanup_file_ FILE *file = NULL;
    int result = 0;

    if (path == NULL || text == NULL)
        return error_set(error, ENOMEM, "out of memory");
    file = open_regular(path, error);
    if (file == NULL)
        return error->code == ENOENT ? 0 : -error->code;
    for (long number = 1; result == 0 && fgets(text, RESULT_MAX_LINE + 1, file);
         number++) {
        size_t length = strlen(text);

        if (length == 0 || text[length - 1] != '\n') {
            if (feof(file))
                break;
            result = error_set(error, EINVAL, "longer than %d bytes",
                               RESULT_MAX_LINE);
        } else {
            result = take_line(text, length, visit, context, error);
        }
        if (result < 0)
            error_prefix(error, "%s:%ld", path, number);
    }
    return result;
}
