/* Programs with an interpreter; see program_hint.h. */
#include "vmm/program_hint.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { HEADERS_MAX = 64 };

static bool is_dynamic(int fd)
{
    Elf64_Ehdr header;
    Elf64_Phdr segment;

    if (pread(fd, &header, sizeof(header), 0) != sizeof(header) ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_phnum > HEADERS_MAX || header.e_phoff > INT32_MAX)
        return false;
    for (unsigned int i = 0; i < header.e_phnum; i++) {
        off_t at = (off_t)(header.e_phoff + i * sizeof(segment));

        if (pread(fd, &segment, sizeof(segment), at) == sizeof(segment) &&
            segment.p_type == PT_INTERP)
            return true;
    }
    return false;
}

static bool is_script(int fd)
{
    char start[2];

    return pread(fd, start, sizeof(start), 0) == sizeof(start) &&
           memcmp(start, "#!", sizeof(start)) == 0;
}

int program_hint(int fd, struct error *error)
{
    static const char hint[] = ", or have Linux run it: --guest linux";
    size_t length = strlen(error->text);

    if ((is_script(fd) || is_dynamic(fd)) &&
        length + sizeof(hint) <= sizeof(error->text))
        memcpy(error->text + length, hint, sizeof(hint));
    return -error->code;
}
