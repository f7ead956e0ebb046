/* The host's time-stamp counter, as emulated machines are told of it. */
#ifndef RINGSIDE_BENCH_TSC_H
#define RINGSIDE_BENCH_TSC_H

/*
 * {tsc_khz}: its frequency in kHz, measured once against CLOCK_MONOTONIC_RAW
 * for a few hundredths of a second. A guest under emulation reads the host's
 * counter but has to measure it with emulated timers, which a busy host delays
 * until its clock lies or its boot hangs.
 */
const char *tsc_khz(void);

#endif
