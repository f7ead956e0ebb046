/*
 * Timers that send signals: setitimer(2), alarm(2), timer_create(2). They are
 * looked at by the scheduler; the calls are in sys_timer.c as well.
 */
#ifndef RINGSIDE_UNIKERNEL_TIMER_H
#define RINGSIDE_UNIKERNEL_TIMER_H

#include <stdbool.h>
#include <stdint.h>

/* Sends the signals of all timers whose moment has come. */
void timers_expire(void);

/*
 * The earliest moment (clock_monotonic_ns) of any, THREAD_FOREVER for none;
 * those that count processor time only while the program runs.
 */
uint64_t timers_next(bool running);

/* How often the timer expired again before its signal was taken. */
int64_t timer_signal_taken(uint64_t timer);

#endif
