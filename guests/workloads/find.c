/* Finding a workload in whichever table this program has. */
#include "workload.h"

#include <string.h>

const struct workload *workload_find(const char *name)
{
    for (size_t i = 0; workloads[i] != NULL; i++) {
        if (strcmp(workloads[i]->name, name) == 0)
            return workloads[i];
    }
    return NULL;
}
