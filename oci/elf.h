/*
 * What every part needs to know of a program file before it runs it: that it
 * is a static ELF for x86-64 Linux, and if not, what it is instead.
 * Source: System V ABI, chapter 4 (ELF header, program header), AMD64
 * supplement.
 */
#ifndef RINGSIDE_OCI_ELF_H
#define RINGSIDE_OCI_ELF_H

#include "oci/error.h"

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ELF_MAX_PROGRAM_HEADERS = 64,
};

struct elf_program {
    Elf64_Ehdr header;
    Elf64_Phdr segments[ELF_MAX_PROGRAM_HEADERS]; /* header.e_phnum of them */
    uint64_t file_size;                           /* bytes */
};

/*
 * Reads and checks the ELF header and program headers of the open file fd.
 * name is used in messages only. After success: class, machine, type
 * (ET_EXEC or ET_DYN), no PT_INTERP, 1..64 program headers inside the file,
 * every PT_LOAD with p_filesz <= p_memsz, file part inside the file, no
 * wrapping address range, and the entry point inside an executable PT_LOAD.
 * Errors: -ENOEXEC with one line that names what the file is instead (a
 * directory, an empty file, a script, a 32-bit ELF, dynamically linked, cut
 * short, ...), or the errno of the failed read.
 */
int elf_read_static(int fd, const char *name, struct elf_program *program,
                    struct error *error);

/* As elf_read_static, for a path; opens and closes the file itself. */
int elf_check_static(const char *path, struct error *error);

#endif
