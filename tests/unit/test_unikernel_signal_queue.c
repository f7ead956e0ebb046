/* Pending signals: what is kept of those that were sent, and in what order. */
#include "guests/unikernel/signal_queue.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { REAL_TIME = 40, POOL_MORE = 100000 };

static struct pending_signals pending;

static int begin(void **state)
{
    (void)state;
    for (uint64_t signal = 1; signal <= SIGNALS; signal++)
        pending_drop(&pending, signal);
    assert_int_equal(pending.set, 0);
    return 0;
}

static int64_t send(int signal, int code, uint64_t value)
{
    const struct signal_info info = {
        .signal = signal, .code = code, .fields = {0, value}};

    return pending_add(&pending, &info);
}

static struct signal_info take(int signal)
{
    struct signal_info info;

    pending_take(&pending, (uint64_t)signal, &info);
    assert_int_equal(info.signal, signal);
    return info;
}

static void a_standard_signal_is_pending_once(void **state)
{
    (void)state;
    assert_int_equal(send(SIGUSR1, SI_QUEUE, 1), 0);
    assert_int_equal(send(SIGUSR1, SI_QUEUE, 2), 0);
    assert_int_equal(pending.set, signal_bit(SIGUSR1));
    assert_int_equal(take(SIGUSR1).fields[1], 1);
    assert_int_equal(pending.set, 0);
}

static void real_time_signals_are_taken_in_order(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 3; i++) {
        send(REAL_TIME, SI_QUEUE, i);
        send(REAL_TIME + 1, SI_QUEUE, 10 + i);
    }
    for (uint64_t i = 0; i < 3; i++) {
        assert_true(pending.set & signal_bit(REAL_TIME));
        assert_int_equal(take(REAL_TIME).fields[1], i);
    }
    assert_int_equal(pending.set, signal_bit(REAL_TIME + 1));
    assert_int_equal(take(REAL_TIME + 1).fields[1], 10);
}

static void dropping_a_signal_leaves_the_others(void **state)
{
    (void)state;
    send(REAL_TIME, SI_QUEUE, 1);
    send(SIGTERM, SI_USER, 2);
    send(REAL_TIME, SI_QUEUE, 3);
    pending_drop(&pending, REAL_TIME);
    assert_int_equal(pending.set, signal_bit(SIGTERM));
    assert_int_equal(take(SIGTERM).fields[1], 2);
}

static void without_memory_only_information_is_lost(void **state)
{
    uint64_t sent = 0;

    (void)state;
    while (sent < POOL_MORE && send(REAL_TIME, SI_QUEUE, sent) == 0)
        sent++;
    assert_true(sent < POOL_MORE);
    assert_int_equal(send(REAL_TIME, SI_QUEUE, 0), -EAGAIN);
    assert_int_equal(send(SIGTERM, SI_TKILL, 7), 0);
    assert_true(pending.set & signal_bit(SIGTERM));
    assert_int_equal(take(SIGTERM).code, SI_USER);
    for (uint64_t i = 0; i < sent; i++)
        assert_int_equal(take(REAL_TIME).fields[1], i);
    assert_int_equal(pending.set, 0);
    assert_int_equal(send(REAL_TIME, SI_QUEUE, 5), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
    const struct CMUnitTest tests[] = {
        TEST(a_standard_signal_is_pending_once),
        TEST(real_time_signals_are_taken_in_order),
        TEST(dropping_a_signal_leaves_the_others),
        TEST(without_memory_only_information_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
