/* Relays between two terminals; see terminal.h. */
#include "container/terminal.h"

#include "oci/cleanup.h"
#include "oci/file.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>

/* One direction: a buffer that is filled when empty. */
struct flow {
    int from, to; /* from -1: nothing comes any more */
    char data[4096];
    size_t start, end;
};

struct terminal {
    int master, signals;
    bool raw;
    struct termios original;
    struct flow in, out;
};

/* A terminal of no size has nothing to say against the bundle's wish. */
static void copy_size(const struct terminal *terminal)
{
    struct winsize size;

    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 &&
        size.ws_col > 0)
        (void)ioctl(terminal->master, TIOCSWINSZ, &size);
}

static void enter_raw_mode(struct terminal *terminal)
{
    struct termios raw;

    if (tcgetattr(STDIN_FILENO, &terminal->original) < 0)
        return;
    raw = terminal->original;
    cfmakeraw(&raw);
    terminal->raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    copy_size(terminal);
}

int terminal_open(int master, struct terminal **terminal, struct error *error)
{
    struct terminal *new = calloc(1, sizeof(*new));

    if (new == NULL)
        return error_errno(error, ENOMEM, "terminal");
    new->master = master;
    new->signals = -1;
    new->in = (struct flow){.from = STDIN_FILENO, .to = master};
    new->out = (struct flow){.from = master, .to = STDOUT_FILENO};
    /* A program that does not read must not keep us from showing what it
     * writes. */
    (void)fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
    enter_raw_mode(new);
    *terminal = new;
    return 0;
}

static bool is_empty(const struct flow *flow)
{
    return flow->start == flow->end;
}

/* Reads what there is; at the end of the source nothing comes any more. */
static void fill(struct flow *flow)
{
    ssize_t n = read(flow->from, flow->data, sizeof(flow->data));

    if (n > 0) {
        flow->start = 0;
        flow->end = (size_t)n;
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        flow->from = -1;
    }
}

static void drain(struct flow *flow)
{
    ssize_t n =
        write(flow->to, flow->data + flow->start, flow->end - flow->start);

    if (n > 0)
        flow->start += (size_t)n;
    else if (n < 0 && errno != EINTR && errno != EAGAIN)
        flow->start = flow->end; /* nobody takes it */
}

static int open_signals(struct terminal *terminal, const sigset_t *set)
{
    if (terminal->signals < 0)
        terminal->signals = signalfd(-1, set, SFD_CLOEXEC);
    return terminal->signals < 0 ? -errno : 0;
}

/* The source of a flow that is empty, the target of one that is not. */
static struct pollfd interest(const struct flow *flow)
{
    return is_empty(flow) ? (struct pollfd){.fd = flow->from, .events = POLLIN}
                          : (struct pollfd){.fd = flow->to, .events = POLLOUT};
}

static void serve(struct flow *flow, const struct pollfd *ready)
{
    if (ready->revents == 0)
        return;
    if (is_empty(flow))
        fill(flow);
    else
        drain(flow);
}

int terminal_attend(struct terminal *terminal, const sigset_t *set)
{
    int status = open_signals(terminal, set);

    while (status == 0) {
        struct pollfd ready[] = {
            {.fd = terminal->signals, .events = POLLIN},
            interest(&terminal->in),
            interest(&terminal->out),
        };
        struct signalfd_siginfo signal;

        if (poll(ready, sizeof(ready) / sizeof(ready[0]), -1) < 0) {
            status = errno == EINTR ? 0 : -errno;
            continue;
        }
        serve(&terminal->in, &ready[1]);
        serve(&terminal->out, &ready[2]);
        if (ready[0].revents == 0 ||
            read(terminal->signals, &signal, sizeof(signal)) !=
                (ssize_t)sizeof(signal))
            continue;
        if (signal.ssi_signo != SIGWINCH)
            return (int)signal.ssi_signo;
        copy_size(terminal);
    }
    return status;
}

void terminal_close(struct terminal *terminal)
{
    struct flow *out;

    if (terminal == NULL)
        return;
    out = &terminal->out;
    do {
        (void)file_write_all(out->to, out->data + out->start,
                             out->end - out->start);
        out->start = out->end;
        if (out->from >= 0)
            fill(out);
    } while (!is_empty(out));
    if (terminal->raw)
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal->original);
    if (terminal->signals >= 0)
        close(terminal->signals);
    close(terminal->master);
    free(terminal);
}
