/* Keeping and replaying output; see recorder.h. */
#include "vmm/recorder.h"

#include "oci/file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Follows the bytes along the ready line; true once it is complete. */
static bool follow(struct recorder *recorder, const char *data, size_t length)
{
    static const char line[] = RECORDER_READY_LINE;

    for (size_t i = 0; i < length; i++) {
        if (recorder->matched != SIZE_MAX && data[i] == line[recorder->matched])
            recorder->matched++;
        else
            recorder->matched = data[i] == '\n' ? 0 : SIZE_MAX;
        if (recorder->matched == sizeof(line) - 1)
            return true;
    }
    return false;
}

int recorder_reserve(struct recorder *recorder)
{
    char *unused;
    int status = buffer_extend(&recorder->kept, RECORDER_MAX, &unused);

    recorder->kept.size = 0;
    return status;
}

int64_t recorder_write(struct recorder *recorder, uint64_t stream,
                       const void *data, size_t length)
{
    const struct recorder_head head = {(uint32_t)stream, (uint32_t)length};
    char *to;
    int status;

    if (stream == STDOUT_FILENO && follow(recorder, data, length)) {
        recorder->ready = true;
        return 0;
    }
    if (length > RECORDER_MAX - sizeof(head) ||
        recorder->kept.size > RECORDER_MAX - sizeof(head) - length)
        return -ENOSPC;
    status = buffer_extend(&recorder->kept, sizeof(head) + length, &to);
    if (status < 0)
        return status;
    memcpy(to, &head, sizeof(head));
    memcpy(to + sizeof(head), data, length);
    return (int64_t)length;
}

/* Takes one piece off the front; false where there is no whole one. */
static bool next_piece(const char **data, size_t *size,
                       struct recorder_head *head)
{
    if (*size < sizeof(*head))
        return false;
    memcpy(head, *data, sizeof(*head));
    if (head->length > *size - sizeof(*head) ||
        (head->stream != STDOUT_FILENO && head->stream != STDERR_FILENO))
        return false;
    *data += sizeof(*head) + head->length;
    *size -= sizeof(*head) + head->length;
    return true;
}

bool recorder_check(const void *data, size_t size)
{
    const char *at = data;
    struct recorder_head head;

    while (size > 0) {
        if (!next_piece(&at, &size, &head))
            return false;
    }
    return true;
}

int recorder_replay(const void *data, size_t size)
{
    const char *at = data;
    struct recorder_head head;
    int status = 0;

    while (status == 0 && next_piece(&at, &size, &head))
        status =
            file_write_all((int)head.stream, at - head.length, head.length);
    return status;
}

void recorder_release(struct recorder *recorder)
{
    buffer_release(&recorder->kept);
}
