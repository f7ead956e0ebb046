/* poll, select and epoll, each call with its error cases. */
#include "tests/programs/show.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CLOSED 50

enum { WAIT_MS = 300 }; /* of each wait for nothing */

static int64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How long it took since: as wanted, or not. */
static void show_time(int64_t since, int wanted)
{
    int64_t taken = milliseconds() - since;

    printf("took %s\n", taken < wanted          ? "too short"
                        : taken > wanted + 2000 ? "too long"
                                                : "as long as asked");
}

static void show_poll(void)
{
    int ends[2], other[2];
    int64_t start;

    SHOW(pipe(ends) | pipe(other));
    struct pollfd fds[4] = {
        {ends[0], POLLIN, 9},
        {ends[1], POLLOUT | POLLIN, 9},
        {-1, POLLIN, 9},
        {other[0], POLLIN | POLLRDNORM | POLLPRI, 9},
    };

    SHOW(poll(fds, 4, 0));
    printf("%x %x %x %x\n", fds[0].revents, fds[1].revents, fds[2].revents,
           fds[3].revents);
    write(ends[1], "x", 1);
    close(other[1]);
    SHOW(poll(fds, 4, -1));
    printf("%x %x %x %x\n", fds[0].revents, fds[1].revents, fds[2].revents,
           fds[3].revents);
    fds[2].fd = CLOSED;
    SHOW(poll(fds + 2, 1, -1));
    printf("%x\n", fds[2].revents);
    read(ends[0], &start, 1);
    start = milliseconds();
    SHOW(poll(fds, 1, 30));
    show_time(start, 30);
    start = milliseconds();
    SHOW(poll(NULL, 0, 20));
    show_time(start, 20);
    close(ends[0]);
    fds[1].events = 0;
    SHOW(poll(fds + 1, 1, -1));
    printf("%x\n", fds[1].revents);
    SHOW(poll(BAD, 1, 0));
    SHOW(syscall(SYS_poll, BAD, 0, 0));
    SHOW(syscall(SYS_poll, fds, 1u << 30, 0));
    close(ends[1]);
    close(other[0]);
}

static void show_ppoll(void)
{
    struct timespec time = {0, 10000000}, wrong = {0, 1000000000},
                    negative = {-1, 0};
    struct pollfd none = {-1, POLLIN, 0};
    sigset_t mask;
    int64_t start = milliseconds();

    sigemptyset(&mask);
    SHOW(syscall(SYS_ppoll, &none, 1, &time, NULL, 0));
    show_time(start, 10);
    printf("left %ld %ld\n", (long)time.tv_sec, time.tv_nsec);
    SHOW(syscall(SYS_ppoll, &none, 1, &wrong, NULL, 0));
    SHOW(syscall(SYS_ppoll, &none, 1, &negative, NULL, 0));
    SHOW(syscall(SYS_ppoll, &none, 1, BAD, NULL, 0));
    SHOW(syscall(SYS_ppoll, &none, 1, &time, &mask, 4));
    SHOW(syscall(SYS_ppoll, &none, 1, &time, BAD, 8));
    SHOW(syscall(SYS_ppoll, &none, 1, &time, &mask, 8));
}

static void show_select(void)
{
    struct timeval now = {0, 0}, soon = {0, 20000}, second = {0, 1000000};
    fd_set in, out, rest;
    int64_t start;
    int ends[2];

    SHOW(pipe(ends));
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_ZERO(&rest);
    FD_SET(ends[0], &in);
    FD_SET(ends[1], &out);
    FD_SET(ends[0], &rest);
    SHOW(select(10, &in, &out, &rest, &now));
    printf("%d %d %d\n", FD_ISSET(ends[0], &in), FD_ISSET(ends[1], &out),
           FD_ISSET(ends[0], &rest));
    FD_SET(ends[0], &in);
    write(ends[1], "x", 1);
    SHOW(select(10, &in, &out, NULL, NULL));
    SHOW(select(ends[0], &in, NULL, NULL, &now));
    read(ends[0], &start, 1);
    FD_SET(ends[0], &in);
    start = milliseconds();
    SHOW(select(10, &in, NULL, NULL, &soon));
    show_time(start, 20);
    printf("left %ld %ld, set %d\n", (long)soon.tv_sec, (long)soon.tv_usec,
           FD_ISSET(ends[0], &in));
    SHOW(select(-1, NULL, NULL, NULL, &now));
    SHOW(select(10, BAD, NULL, NULL, &now));
    SHOW(syscall(SYS_select, 10, NULL, NULL, NULL, BAD));
    soon = (struct timeval){-1, 0};
    SHOW(select(0, NULL, NULL, NULL, &soon));
    soon = (struct timeval){0, -1};
    SHOW(select(0, NULL, NULL, NULL, &soon));
    FD_SET(ends[1], &out);
    SHOW(select(10, NULL, &out, NULL, &second));
    FD_ZERO(&in);
    FD_SET(CLOSED, &in);
    SHOW(select(CLOSED + 1, &in, NULL, NULL, &now));
    SHOW(select(CLOSED, &in, NULL, NULL, &now));
    SHOW(syscall(SYS_select, 1 << 20, NULL, NULL, NULL, &now));
    SHOW(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &now, BAD));
    close(ends[0]);
    SHOW(select(10, NULL, &out, NULL, NULL));
    close(ends[1]);
}

static void show_events(int list, int timeout)
{
    struct epoll_event events[8];
    int count = epoll_wait(list, events, 8, timeout);
    unsigned int all[16] = {0};

    for (int i = 0; i < count; i++)
        all[events[i].data.u32 & 15] = events[i].events;
    printf("%d ready:", count);
    for (unsigned int i = 0; i < 16; i++) {
        if (all[i] != 0)
            printf(" %u:%x", i, all[i]);
    }
    printf("\n");
}

static int control(int list, int operation, int fd, unsigned int events,
                   unsigned int data)
{
    struct epoll_event event = {.events = events, .data = {.u32 = data}};

    return epoll_ctl(list, operation, fd, &event);
}

static void show_levels(void)
{
    int list, ends[2], copy, counter = eventfd(0, EFD_NONBLOCK);
    uint64_t value = 1;
    char byte;

    SHOW(pipe2(ends, O_NONBLOCK));
    SHOW(list = epoll_create1(EPOLL_CLOEXEC));
    SHOW(control(list, EPOLL_CTL_ADD, ends[0], EPOLLIN, 1));
    SHOW(control(list, EPOLL_CTL_ADD, ends[1], EPOLLOUT, 2));
    SHOW(control(list, EPOLL_CTL_ADD, counter, EPOLLIN | EPOLLOUT, 3));
    show_events(list, 0);
    write(ends[1], "xy", 2);
    write(counter, &value, sizeof(value));
    show_events(list, -1);
    show_events(list, -1);
    SHOW(control(list, EPOLL_CTL_MOD, ends[1], 0, 2));
    SHOW(control(list, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLONESHOT, 4));
    show_events(list, 0);
    show_events(list, 0);
    SHOW(control(list, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET, 5));
    show_events(list, 0);
    show_events(list, 0);
    read(ends[0], &byte, 1);
    show_events(list, 0);
    write(ends[1], "z", 1);
    show_events(list, 0);
    show_events(list, 0);
    SHOW(control(list, EPOLL_CTL_DEL, counter, 0, 0));
    SHOW(copy = dup(ends[0]));
    SHOW(close(ends[0]));
    write(ends[1], "z", 1);
    show_events(list, 0);
    SHOW(close(copy));
    show_events(list, 0);
    SHOW(close(ends[1]));
    show_events(list, 10);
    close(counter);
    close(list);
}

static void show_turns(void)
{
    struct epoll_event one;
    int list = epoll_create1(0), counters[3], seen = 0;

    for (int i = 0; i < 3; i++) {
        counters[i] = eventfd(1, 0);
        control(list, EPOLL_CTL_ADD, counters[i], EPOLLIN, i);
    }
    for (int i = 0; i < 3; i++) {
        SHOW(epoll_wait(list, &one, 1, 0));
        seen |= 1 << one.data.u32;
    }
    printf("all had their turn: %d\n", seen == 7);
    for (int i = 0; i < 3; i++)
        close(counters[i]);
    SHOW(epoll_wait(list, &one, 1, 0));
    close(list);
}

static void show_nesting(void)
{
    int lists[7], counter = eventfd(1, 0);

    for (int i = 0; i < 7; i++)
        lists[i] = epoll_create1(0);
    SHOW(control(lists[0], EPOLL_CTL_ADD, counter, EPOLLIN, 7));
    SHOW(control(lists[1], EPOLL_CTL_ADD, lists[0], EPOLLIN, 8));
    show_events(lists[1], 0);
    SHOW(control(lists[0], EPOLL_CTL_ADD, lists[1], EPOLLIN, 8));
    SHOW(control(lists[0], EPOLL_CTL_ADD, lists[0], EPOLLIN, 8));
    for (int i = 1; i < 6; i++)
        SHOW(control(lists[i + 1], EPOLL_CTL_ADD, lists[i], EPOLLIN, 9));
    SHOW(control(lists[2], EPOLL_CTL_MOD, lists[1], EPOLLIN | EPOLLEXCLUSIVE,
                 9));
    for (int i = 0; i < 7; i++)
        close(lists[i]);
    close(counter);
}

static void show_epoll_errors(void)
{
    int list = epoll_create1(0), counter = eventfd(0, 0);
    struct timespec wrong = {0, -1}, soon = {0, 10000000};
    struct epoll_event events[2];
    int64_t start;

    SHOW(epoll_create(0));
    SHOW(epoll_create1(1));
    SHOW(control(list, EPOLL_CTL_ADD, CLOSED, EPOLLIN, 0));
    SHOW(control(CLOSED, EPOLL_CTL_ADD, counter, EPOLLIN, 0));
    SHOW(control(counter, EPOLL_CTL_ADD, counter, EPOLLIN, 0));
    SHOW(control(counter, EPOLL_CTL_ADD, list, EPOLLIN, 0));
    SHOW(control(list, 9, counter, EPOLLIN, 0));
    SHOW(control(list, EPOLL_CTL_MOD, counter, EPOLLIN, 0));
    SHOW(control(list, EPOLL_CTL_DEL, counter, EPOLLIN, 0));
    SHOW(control(list, EPOLL_CTL_ADD, counter, EPOLLIN, 0));
    SHOW(control(list, EPOLL_CTL_ADD, counter, EPOLLIN, 0));
    SHOW(epoll_ctl(list, EPOLL_CTL_MOD, counter, BAD));
    SHOW(epoll_wait(list, events, 0, 0));
    SHOW(epoll_wait(list, events, minus_one, 0));
    SHOW(epoll_wait(CLOSED, events, 2, 0));
    SHOW(epoll_wait(counter, events, 2, 0));
    SHOW(epoll_wait(list, BAD, 2, 0));
    SHOW(control(list, EPOLL_CTL_MOD, counter, EPOLLOUT, 0));
    SHOW(epoll_wait(list, BAD, 2, 0));
    SHOW(control(list, EPOLL_CTL_MOD, counter, EPOLLIN, 0));
    SHOW(syscall(SYS_epoll_pwait2, list, events, 2, &wrong, NULL, 0));
    SHOW(syscall(SYS_epoll_pwait2, list, events, 2, BAD, NULL, 0));
    SHOW(syscall(SYS_epoll_pwait, list, events, 2, 0, events, 5));
    start = milliseconds();
    SHOW(syscall(SYS_epoll_pwait2, list, events, 2, &soon, NULL, 0));
    show_time(start, 10);
    start = milliseconds();
    SHOW(epoll_wait(list, events, 2, 15));
    show_time(start, 15);
    SHOW(read(list, events, 8));
    SHOW(write(list, events, 8));
    close(counter);
    close(list);
}

/* Copies stdin to stdout, by poll or by epoll, waiting before each read. */
static int copy_input(bool by_epoll)
{
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    int list = epoll_create1(0);
    struct epoll_event event;
    char data[1000];
    ssize_t moved;

    control(list, EPOLL_CTL_ADD, STDIN_FILENO, EPOLLIN, 0);
    do {
        int ready =
            by_epoll ? epoll_wait(list, &event, 1, -1) : poll(&input, 1, -1);

        if (ready != 1)
            return 1;
        moved = read(STDIN_FILENO, data, sizeof(data));
        if (moved > 0 && write(STDOUT_FILENO, data, (size_t)moved) != moved)
            return 2;
    } while (moved > 0);
    return moved < 0 ? 3 : 0;
}

/*
 * Waits, in every way, for nothing of a standard input that has bytes to read.
 */
static int ignore_input(void)
{
    struct pollfd input = {STDIN_FILENO, 0, 0};
    struct timeval time = {0, WAIT_MS * 1000};
    int list = epoll_create1(0);
    struct epoll_event event;
    fd_set exceptional;

    FD_ZERO(&exceptional);
    FD_SET(STDIN_FILENO, &exceptional);
    control(list, EPOLL_CTL_ADD, STDIN_FILENO, 0, 0);
    SHOW(poll(&input, 1, WAIT_MS));
    SHOW(select(1, NULL, NULL, &exceptional, &time));
    SHOW(epoll_wait(list, &event, 1, WAIT_MS));
    return 0;
}

int main(int argc, char **argv)
{
    const struct rlimit limit = {64, 64};

    if (argc > 1 && strcmp(argv[1], "ignore") == 0)
        return ignore_input();
    if (argc > 1)
        return copy_input(strcmp(argv[1], "epoll") == 0);
    setrlimit(RLIMIT_NOFILE, &limit);
    show_poll();
    show_ppoll();
    show_select();
    show_levels();
    show_turns();
    show_nesting();
    show_epoll_errors();
    return 0;
}
