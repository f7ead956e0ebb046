/*
 * The table of the large program's workloads, as table.c is the small one's.
 * Those that need static libraries are left out where there are none.
 */
#include "workload.h"

const struct workload *const workloads[] = {
    &fault_file_workload,
    &fault_signal_workload,
    &getrandom_workload,
    &switch_pipe_workload,
    &switch_futex_workload,
    &file_create_workload,
    &file_read_workload,
    &file_write_workload,
    &file_sync_workload,
    &directory_walk_workload,
    &hash_join_workload,
    &arenas_workload,
    &requests_workload,
    &archive_workload,
#ifdef WORKLOAD_LIBRARIES
    &compress_workload,
    &database_workload,
#endif
    NULL,
};
