/* Threads that take turns, and should not do so across processors. */
#ifndef RINGSIDE_WORKLOAD_ONE_PROCESSOR_H
#define RINGSIDE_WORKLOAD_ONE_PROCESSOR_H

/*
 * Keeps this thread, and those that it makes, on the first processor that it
 * may use. Where that is refused there is but one, or the kernel decides.
 */
void stay_on_one_processor(void);

#endif
