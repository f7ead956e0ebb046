/* A program file on its way into a unikernel: checked, placed and mapped. */
#include "tests/fuzz/fuzz.h"

#include "guests/unikernel/layout.h"
#include "oci/elf.h"
#include "vmm/program.h"
#include "vmm/system.h"

#include <string.h>
#include <sys/mman.h>

enum { MEMORY_SIZE = 8 << 20 };

static struct guest_memory memory;
static struct page_tables fresh;

static void begin(void)
{
    struct error error = {0};
    uint64_t entry;

    fuzz_require(guest_memory_create(&memory, MEMORY_SIZE, &error) == 0);
    fuzz_require(system_load(&memory, &fresh, &entry, &error) == 0);
}

/* What the loader has put into the window and into the page tables' pool. */
static void forget(const struct page_tables *tables, const char *pool)
{
    memcpy(memory.host + SYSTEM_PAGE_TABLES, pool,
           tables->next - SYSTEM_PAGE_TABLES);
    madvise(memory.host + WINDOW_PHYSICAL, MEMORY_SIZE - WINDOW_PHYSICAL,
            MADV_DONTNEED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char pool[WINDOW_PHYSICAL - SYSTEM_PAGE_TABLES];
    struct elf_program checked;
    struct program program = {0};
    struct error error = {0};
    struct page_tables tables;
    int fd, status;

    if (memory.host == NULL) {
        begin();
        memcpy(pool, memory.host + SYSTEM_PAGE_TABLES, sizeof(pool));
    }
    tables = fresh;
    fd = fuzz_file(data, size);
    status = program_load(fd, "input", &memory, &tables, &program, &error);
    if (elf_read_static(fd, "input", &checked, &error) < 0)
        fuzz_require(status < 0);
    if (status == 0) {
        const uint64_t last = program.window + program.window_size;

        fuzz_require(program.end >= program.window && program.end <= last);
        fuzz_require(program.entry >= program.window &&
                     program.entry < program.end);
        fuzz_require(program.window_size == MEMORY_SIZE - WINDOW_PHYSICAL);
    }
    forget(&tables, pool);
    return 0;
}
