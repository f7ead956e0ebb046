/*
 * The program's streams between its pipes and the host; see init.h. Pipes,
 * because ports are not like the streams that programs know: only one may
 * open a port, nobody gets SIGPIPE, and there is no end of file that stays.
 * One loop does it all: what is read is written on at once.
 */
#include "guests/linux/init.h"
#include "guests/linux/init_control.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STREAM_SIZE = 64 << 10, STREAMS = 3 };

/* One direction of one stream. Closed: both descriptors are -1. */
struct stream {
    int from, to;
    bool last;         /* nothing follows what can be read now */
    size_t start, end; /* of what was read and not yet written */
    char data[STREAM_SIZE];
};

struct carrier {
    struct stream streams[STREAMS]; /* by descriptor: 0, 1, 2 */
    struct control_reader reader;
    int children; /* signalfd of SIGCHLD */
    int control;
    pid_t program;
    bool ended;
    int status; /* of the program, once it has ended */
};

static void stream_open(struct stream *stream, int from, int to)
{
    stream->from = from;
    stream->to = to;
}

static void stream_close(struct stream *stream)
{
    if (stream->from >= 0)
        close(stream->from);
    if (stream->to >= 0)
        close(stream->to);
    stream->from = stream->to = -1;
}

static bool would_block(ssize_t n)
{
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void stream_write(struct stream *stream)
{
    ssize_t n = write(stream->to, stream->data + stream->start,
                      stream->end - stream->start);

    if (would_block(n))
        return;
    if (n <= 0) {
        stream_close(stream); /* nobody reads it any more */
        return;
    }
    stream->start += (size_t)n;
}

static void stream_read(struct stream *stream)
{
    ssize_t n = read(stream->from, stream->data, sizeof(stream->data));

    if (would_block(n) && !stream->last)
        return;
    if (n <= 0) {
        stream_close(stream);
        return;
    }
    stream->start = 0;
    stream->end = (size_t)n;
    stream_write(stream);
}

static bool stream_is_full(const struct stream *stream)
{
    return stream->start < stream->end;
}

static struct pollfd stream_wait(const struct stream *stream)
{
    if (stream_is_full(stream))
        return (struct pollfd){.fd = stream->to, .events = POLLOUT};
    return (struct pollfd){.fd = stream->from, .events = POLLIN};
}

static void stream_serve(struct stream *stream, short events)
{
    if (events == 0 || stream->from < 0)
        return;
    if (!stream_is_full(stream))
        stream_read(stream);
    else if (events & (POLLHUP | POLLERR))
        stream_close(stream);
    else
        stream_write(stream);
}

/* Takes in what is still there of a stream that gets nothing more. */
static void stream_finish(struct stream *stream)
{
    while (stream->last && stream->from >= 0 && !stream_is_full(stream))
        stream_read(stream);
}

static void obey(struct carrier *carrier, const struct control_message *message)
{
    switch (message->kind) {
    case CONTROL_SIGNAL:
        if (!carrier->ended)
            kill(carrier->program, message->number);
        break;
    case CONTROL_CLOSED:
        if (message->number == STDIN_FILENO)
            carrier->streams[STDIN_FILENO].last = true;
        else
            stream_close(&carrier->streams[message->number]);
        break;
    }
}

static void serve_control(struct carrier *carrier, short events)
{
    char data[RINGSIDE_CONTROL_LINE];
    struct control_message message;
    ssize_t n;

    if (events == 0)
        return;
    n = read(carrier->control, data, sizeof(data));
    if (would_block(n))
        return;
    if (n <= 0) {
        carrier->control = -1; /* still open: the end is told through it */
        return;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (control_reader_take(&carrier->reader, data[i], &message))
            obey(carrier, &message);
    }
}

/*
 * With the program ends everything else, as in a container: its children
 * would hold the pipes open.
 */
static void end_others(void)
{
    kill(-1, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        continue;
}

static void reap(struct carrier *carrier)
{
    struct signalfd_siginfo ignored;
    int status;
    pid_t pid;

    (void)!read(carrier->children, &ignored, sizeof(ignored));
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != carrier->program)
            continue;
        report_phase(RINGSIDE_PHASE_END);
        carrier->ended = true;
        carrier->status = status;
        stream_close(&carrier->streams[STDIN_FILENO]);
        end_others();
        return;
    }
}

static bool finished(const struct carrier *carrier)
{
    return carrier->ended && carrier->streams[STDOUT_FILENO].from < 0 &&
           carrier->streams[STDERR_FILENO].from < 0;
}

static void carry_once(struct carrier *carrier)
{
    struct pollfd waits[STREAMS + 2];

    for (int i = 0; i < STREAMS; i++) {
        stream_finish(&carrier->streams[i]);
        waits[i] = stream_wait(&carrier->streams[i]);
    }
    waits[STREAMS] = (struct pollfd){carrier->control, POLLIN, 0};
    waits[STREAMS + 1] = (struct pollfd){carrier->children, POLLIN, 0};
    if (poll(waits, STREAMS + 2, -1) < 0) {
        if (errno == EINTR)
            return;
        init_fail("poll: %s", strerror(errno));
    }
    for (int i = 0; i < STREAMS; i++)
        stream_serve(&carrier->streams[i], waits[i].revents);
    serve_control(carrier, waits[STREAMS].revents);
    if (waits[STREAMS + 1].revents != 0)
        reap(carrier);
}

int streams_carry(const struct program *program, const struct host_ports *ports)
{
    static struct carrier carrier; /* process 1 has a single program */
    sigset_t children;

    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    stream_open(&carrier.streams[0], ports->input, program->input);
    stream_open(&carrier.streams[1], program->output, ports->output);
    stream_open(&carrier.streams[2], program->errors, ports->errors);
    carrier.control = ports->control;
    carrier.program = program->pid;
    carrier.children = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    if (carrier.children < 0)
        init_fail("signalfd: %s", strerror(errno));
    while (!finished(&carrier))
        carry_once(&carrier);
    return carrier.status;
}
