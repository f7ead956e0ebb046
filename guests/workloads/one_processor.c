/* Staying on one processor; see one_processor.h. */
#include "one_processor.h"

#include <sched.h>

void stay_on_one_processor(void)
{
    cpu_set_t set;
    int first = 0;

    if (sched_getaffinity(0, sizeof(set), &set) < 0)
        return;
    while (first < CPU_SETSIZE - 1 && !CPU_ISSET(first, &set))
        first++;
    CPU_ZERO(&set);
    CPU_SET(first, &set);
    sched_setaffinity(0, sizeof(set), &set);
}
