/* Mapping memory; see memory.h. */
#include "memory.h"

#include "report.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

void *memory_map(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        report_failure("cannot map %zu MiB of memory: %s", size / MIB,
                       strerror(errno));
        return NULL;
    }
    return memory;
}

void memory_unmap(void *memory, size_t size)
{
    munmap(memory, size);
}
