/* The I/O loop: who is called when, and that it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vmm/io_loop.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct counter {
    atomic_int calls;
    int fd;
    bool drain;               /* reads what made it ready */
    struct io_source *remove; /* taken out when called */
};

static struct io_loop *loop;

static int create(void **state)
{
    struct error error = {0};

    (void)state;
    return io_loop_create(&loop, &error);
}

static int release(void **state)
{
    (void)state;
    io_loop_release(loop);
    return 0;
}

static void count(void *context, uint32_t events)
{
    struct counter *counter = context;
    eventfd_t value;

    (void)events;
    if (counter->drain)
        eventfd_read(counter->fd, &value);
    atomic_fetch_add(&counter->calls, 1);
    if (counter->remove != NULL)
        io_loop_remove(loop, counter->remove);
}

static struct io_source source_of(struct counter *counter)
{
    return (struct io_source){.fd = counter->fd,
                              .events = EPOLLIN,
                              .handle = count,
                              .context = counter};
}

static void ready_source_is_called_until_it_is_not(void **state)
{
    struct counter counter = {.fd = eventfd(1, EFD_NONBLOCK)};
    struct io_source source = source_of(&counter);

    (void)state;
    assert_int_equal(io_loop_dispatch(loop, 0), 0);
    assert_int_equal(io_loop_add(loop, &source), 0);
    assert_int_equal(io_loop_add(loop, &source), 0);
    assert_int_equal(io_loop_dispatch(loop, 0), 1);
    counter.drain = true;
    assert_int_equal(io_loop_dispatch(loop, 0), 1);
    assert_int_equal(io_loop_dispatch(loop, 0), 0);
    assert_int_equal(counter.calls, 2);
    io_loop_remove(loop, &source);
    close(counter.fd);
}

static void removed_source_is_left_alone_and_can_come_back(void **state)
{
    struct counter counter = {.fd = eventfd(1, EFD_NONBLOCK)};
    struct io_source source = source_of(&counter);

    (void)state;
    io_loop_remove(loop, &source);
    assert_int_equal(io_loop_add(loop, &source), 0);
    io_loop_remove(loop, &source);
    io_loop_remove(loop, &source);
    assert_int_equal(io_loop_dispatch(loop, 0), 0);
    assert_int_equal(io_loop_add(loop, &source), 0);
    assert_int_equal(io_loop_dispatch(loop, 0), 1);
    io_loop_remove(loop, &source);
    close(counter.fd);
}

static void handler_may_remove_itself(void **state)
{
    struct counter counter = {.fd = eventfd(1, EFD_NONBLOCK)};
    struct io_source source = source_of(&counter);

    (void)state;
    counter.remove = &source;
    assert_int_equal(io_loop_add(loop, &source), 0);
    assert_int_equal(io_loop_dispatch(loop, 0), 1);
    assert_int_equal(io_loop_dispatch(loop, 0), 0);
    close(counter.fd);
}

/* A file cannot be polled; it is ready at all times, as poll(2) has it. */
static void files_are_always_ready(void **state)
{
    struct counter first = {.fd = open("/dev/null", O_RDONLY)};
    struct counter second = {.fd = open("/proc/self/exe", O_RDONLY)};
    struct io_source null = source_of(&first), file = source_of(&second);

    (void)state;
    assert_int_equal(io_loop_add(loop, &null), 0);
    assert_int_equal(io_loop_add(loop, &file), 0);
    assert_int_equal(io_loop_dispatch(loop, 0), 2);
    assert_int_equal(io_loop_dispatch(loop, 0), 2);
    io_loop_remove(loop, &null);
    assert_int_equal(io_loop_dispatch(loop, 0), 1);
    io_loop_remove(loop, &file);
    assert_int_equal(io_loop_dispatch(loop, 0), 0);
    assert_int_equal(first.calls, 2);
    assert_int_equal(second.calls, 3);
    close(first.fd);
    close(second.fd);
}

static void bad_descriptor_is_an_error(void **state)
{
    struct counter counter = {.fd = 1000000};
    struct io_source source = source_of(&counter);

    (void)state;
    assert_int_equal(io_loop_add(loop, &source), -EBADF);
    io_loop_remove(loop, &source);
}

static void thread_handles_until_it_is_stopped(void **state)
{
    struct counter counter = {.fd = eventfd(0, EFD_NONBLOCK), .drain = true};
    struct io_source source = source_of(&counter);
    struct error error = {0};

    (void)state;
    assert_int_equal(io_loop_start(loop, &error), 0);
    assert_int_equal(io_loop_add(loop, &source), 0);
    for (int i = 1; i <= 100; i++) {
        eventfd_write(counter.fd, 1);
        while (atomic_load(&counter.calls) < i)
            sched_yield();
    }
    io_loop_stop(loop);
    eventfd_write(counter.fd, 1);
    assert_int_equal(counter.calls, 100);
    io_loop_stop(loop);
    assert_int_equal(io_loop_start(loop, &error), 0);
    io_loop_stop(loop);
    assert_int_equal(counter.calls, 101);
    io_loop_remove(loop, &source);
    close(counter.fd);
}

/* More sources than one round takes, one of them ready for ever. */
static void stopping_serves_everything_once(void **state)
{
    struct counter counters[40];
    struct io_source sources[40];
    struct error error = {0};

    (void)state;
    for (int i = 0; i < 40; i++) {
        counters[i] =
            (struct counter){.fd = eventfd(1, EFD_NONBLOCK), .drain = i != 7};
        sources[i] = source_of(&counters[i]);
        assert_int_equal(io_loop_add(loop, &sources[i]), 0);
    }
    assert_int_equal(io_loop_start(loop, &error), 0);
    io_loop_stop(loop);
    for (int i = 0; i < 40; i++) {
        assert_true(counters[i].calls > 0);
        io_loop_remove(loop, &sources[i]);
        close(counters[i].fd);
    }
}

static void report_signals(void *context, uint32_t events)
{
    sigset_t blocked;

    (void)events;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    atomic_store((atomic_int *)context, sigismember(&blocked, SIGUSR1) ? 1 : 2);
}

static void signals_are_for_other_threads(void **state)
{
    atomic_int blocked = 0;
    struct io_source source = {.fd = eventfd(1, EFD_NONBLOCK),
                               .events = EPOLLIN,
                               .handle = report_signals,
                               .context = &blocked};
    struct error error = {0};

    (void)state;
    assert_int_equal(io_loop_add(loop, &source), 0);
    assert_int_equal(io_loop_start(loop, &error), 0);
    io_loop_stop(loop);
    assert_int_equal(blocked, 1);
    io_loop_remove(loop, &source);
    close(source.fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, create, release)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ready_source_is_called_until_it_is_not),
        TEST(removed_source_is_left_alone_and_can_come_back),
        TEST(handler_may_remove_itself),
        TEST(files_are_always_ready),
        TEST(bad_descriptor_is_an_error),
        TEST(thread_handles_until_it_is_stopped),
        TEST(stopping_serves_everything_once),
        TEST(signals_are_for_other_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
