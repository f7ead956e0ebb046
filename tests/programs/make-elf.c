/*
 * Writes a tiny static program that exits with 42, with fields of its headers
 * set to what the arguments say:
 *
 *   make-elf FILE [FIELD=VALUE]...
 *
 * It has two segments: s0, code and headers at 0x400000, and s1, 4 KiB of
 * zeros to write to at 0x600000, from where it reads a byte that it adds to 42.
 */
#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct image {
    Elf64_Ehdr header;
    Elf64_Phdr segments[2];
    unsigned char code[32];
};

static struct image image = {
    .header =
        {
            .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
                        ELFDATA2LSB, EV_CURRENT},
            .e_type = ET_EXEC,
            .e_machine = EM_X86_64,
            .e_version = EV_CURRENT,
            .e_entry = 0x400000 + offsetof(struct image, code),
            .e_phoff = offsetof(struct image, segments),
            .e_ehsize = sizeof(Elf64_Ehdr),
            .e_phentsize = sizeof(Elf64_Phdr),
            .e_phnum = 2,
        },
    .segments =
        {
            {.p_type = PT_LOAD,
             .p_flags = PF_R | PF_X,
             .p_vaddr = 0x400000,
             .p_filesz = sizeof(struct image),
             .p_memsz = sizeof(struct image),
             .p_align = 0x1000},
            {.p_type = PT_LOAD,
             .p_flags = PF_R | PF_W,
             .p_vaddr = 0x600000,
             .p_memsz = 0x1000,
             .p_align = 0x1000},
        },
    .code =
        {
            0x0f, 0xb6, 0x3c, 0x25, 0x00, 0x00, 0x60, 0x00, /* movzbl s1,%edi */
            0x83, 0xc7, 0x2a,                               /* add $42,%edi */
            0xb8, 0xe7, 0x00, 0x00, 0x00, /* mov $exit_group,%eax */
            0x0f, 0x05,                   /* syscall */
        },
};

#define HEADER(name)                            \
    {                                           \
#name, offsetof(Elf64_Ehdr, e_##name),  \
            sizeof(((Elf64_Ehdr *)0)->e_##name) \
    }
#define SEGMENT(number, name)                                                  \
    {                                                                          \
        "s" #number "." #name,                                                 \
            offsetof(struct image, segments) + (number) * sizeof(Elf64_Phdr) + \
                offsetof(Elf64_Phdr, p_##name),                                \
            sizeof(((Elf64_Phdr *)0)->p_##name)                                \
    }
#define SEGMENTS(name) SEGMENT(0, name), SEGMENT(1, name)

static const struct {
    const char *name;
    size_t offset, size;
} fields[] = {
    HEADER(type),     HEADER(machine),   HEADER(entry),    HEADER(phoff),
    HEADER(phnum),    HEADER(phentsize), SEGMENTS(type),   SEGMENTS(flags),
    SEGMENTS(offset), SEGMENTS(vaddr),   SEGMENTS(filesz), SEGMENTS(memsz),
    SEGMENTS(align),
};

static int set(const char *argument)
{
    const char *equals = strchr(argument, '=');
    uint64_t value;

    if (equals == NULL)
        return -1;
    value = strtoull(equals + 1, NULL, 0);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (strlen(fields[i].name) == (size_t)(equals - argument) &&
            strncmp(fields[i].name, argument, strlen(fields[i].name)) == 0) {
            memcpy((char *)&image + fields[i].offset, &value, fields[i].size);
            return 0;
        }
    }
    return -1;
}

int main(int argc, char **argv)
{
    FILE *file = argc > 1 ? fopen(argv[1], "w") : NULL;

    if (file == NULL)
        return 1;
    for (int i = 2; i < argc; i++) {
        if (set(argv[i]) < 0) {
            fprintf(stderr, "make-elf: no such field: %s\n", argv[i]);
            return 1;
        }
    }
    fwrite(&image, sizeof(image), 1, file);
    return fclose(file) == 0 ? 0 : 1;
}
