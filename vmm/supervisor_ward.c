/* The jailed process's side; see supervisor.h. */
#include "vmm/supervisor.h"

#include "oci/cleanup.h"
#include "vmm/supervisor_message.h"
#include "vmm/supervisor_processors.h"

#include <errno.h>
#include <unistd.h>

static int gone(int status, struct error *error)
{
    return error_errno(error, -status, "the supervisor");
}

/* The next packet, which must be of that kind. */
static int receive(const struct jail *jail, enum message_kind kind,
                   struct message *message, int fds[MESSAGE_DESCRIPTORS],
                   struct error *error)
{
    int status;

    do {
        status = message_receive(jail->channel, message, fds);
    } while (status == -EINTR);
    if (status == 0 && message->kind != kind)
        status = -EPROTO;
    if (status < 0)
        return gone(status, error);
    if (message->error.code == 0)
        return 0;
    *error = message->error;
    return -error->code;
}

int supervisor_await(struct jail *jail, struct error *error)
{
    struct message message;
    int fds[MESSAGE_DESCRIPTORS];
    int status = receive(jail, MESSAGE_CAGE, &message, fds, error);

    if (status < 0)
        return status;
    jail->process = (pid_t)message.value;
    jail->network = fds[0];
    jail->ipc = fds[1];
    jail->root = fds[2];
    processors_rejoin(&jail->processors);
    return 0;
}

int supervisor_tell_started(const struct jail *jail, struct error *error)
{
    struct message message = {.kind = MESSAGE_STARTED};
    int status = message_send(jail->channel, &message, NULL);

    return status < 0 ? gone(status, error) : 0;
}

/* By write(2), which is allowed anyway. */
static int say(const struct jail *jail, enum message_kind kind,
               struct error *error)
{
    const struct message message = {.kind = kind};

    if (write(jail->channel, &message,
              offsetof(struct message, error.text) + 1) < 0)
        return gone(-errno, error);
    return 0;
}

int supervisor_await_go(const struct jail *jail,
                        int handed[MESSAGE_DESCRIPTORS], struct error *error)
{
    struct message message;
    int status = say(jail, MESSAGE_READY, error);

    return status < 0 ? status
                      : receive(jail, MESSAGE_GO, &message, handed, error);
}

int supervisor_open_root(const struct jail *jail, uint64_t *size,
                         struct error *error)
{
    struct message answer;
    int fds[MESSAGE_DESCRIPTORS] = {-1, -1, -1, -1};
    int status = say(jail, MESSAGE_OPEN_ROOT, error);

    if (status < 0)
        return status;
    status = receive(jail, MESSAGE_ROOT, &answer, fds, error);
    *size = answer.value;
    if (status == 0 && fds[0] < 0)
        status = gone(-EPROTO, error);
    return status < 0 ? status : fds[0];
}

void supervisor_tell_denied(int channel, int number)
{
    const struct message message = {.kind = MESSAGE_DENIED,
                                    .value = (uint64_t)number};

    (void)!write(channel, &message, offsetof(struct message, error.text) + 1);
}
