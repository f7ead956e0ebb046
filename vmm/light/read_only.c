/*
 * Makes read-only what a program at any address has had to write once: the
 * addresses in its constants. musl's dynamic linker does so (PT_GNU_RELRO), but
 * not what it has static programs begin with.
 * Source: elf(5), mprotect(2).
 */
#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

/* The linker's: the ELF header, where the program begins in memory. */
extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

enum {
    PAGE = 4096,
};

/* What cannot be protected works no worse. */
__attribute__((constructor)) static void protect_constants(void)
{
    uintptr_t base = (uintptr_t)&__ehdr_start;
    const Elf64_Phdr *header =
        (const Elf64_Phdr *)(base + __ehdr_start.e_phoff);

    for (size_t i = 0; i < __ehdr_start.e_phnum; i++) {
        if (header[i].p_type != PT_GNU_RELRO)
            continue;
        uintptr_t begin = (base + header[i].p_vaddr) & -(uintptr_t)PAGE;
        uintptr_t end = base + header[i].p_vaddr + header[i].p_memsz;

        mprotect((void *)begin, (end & -(uintptr_t)PAGE) - begin, PROT_READ);
    }
}
