/*
 * ringside-restore [--phases[=FD]] FILE: `ringside-vmm restore` with as little
 * before main as a C program can have. It takes the snapshot for what it is,
 * without a look at the bundle it came from, and its guest can have no files.
 */
#include "vmm/phases.h"
#include "vmm/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    const char *const file = argc > 1 ? argv[argc - 1] : NULL;
    const int phases = argc == 3 && strncmp(argv[1], "--phases", 8) == 0;
    const int descriptor = phases ? atoi(argv[1] + 8 + (argv[1][8] == '=')) : 0;
    struct snapshot snapshot;
    struct error error = {0};
    int status, exit_status = 1;

    phases_start();
    if (file == NULL || argc != 2 + phases || file[0] == '-') {
        fputs("usage: ringside-restore [--phases[=FD]] FILE\n", stderr);
        return 1;
    }
    status = snapshot_open(file, &snapshot, &error);
    phases_mark(PHASE_BUNDLE);
    if (status == 0 && phases)
        status = phases_share(&error);
    if (status == 0)
        status = snapshot_run(
            &(struct snapshot_request){.snapshot = &snapshot, .path = file},
            &exit_status, &error);
    snapshot_release(&snapshot);
    if (status < 0) {
        fprintf(stderr, "ringside-restore: %s\n", error.text);
        return 1;
    }
    if (phases && descriptor > 0)
        phases_record(descriptor);
    else if (phases)
        phases_print(stderr, "ringside-restore");
    return exit_status;
}
