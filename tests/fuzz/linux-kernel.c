/* A kernel image, bzImage or vmlinux, on its way into a microVM's memory. */
#include "tests/fuzz/fuzz.h"

#include "vmm/linux_kernel.h"
#include "vmm/microvm_layout.h"

#include <sys/mman.h>

enum { MEMORY_SIZE = 32 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct guest_memory memory;
    struct linux_kernel kernel = {0};
    struct error error = {0};
    int status;

    if (memory.host == NULL)
        fuzz_require(guest_memory_create(&memory, MEMORY_SIZE, &error) == 0);
    status = linux_kernel_load(fuzz_file(data, size), "input", &memory, &kernel,
                               &error);
    fuzz_require(status <= 0);
    if (status == 0) {
        fuzz_require(kernel.end <= memory.low_size);
        fuzz_require(kernel.entry >= MICROVM_HIGH);
    }
    madvise(memory.host, MEMORY_SIZE, MADV_DONTNEED);
    return 0;
}
