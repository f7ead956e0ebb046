/*
 * /proc/self/maps: the regions of the address space, as C libraries and
 * debuggers parse them. Program segments are found by the program headers,
 * which tell what part of the file is where; as under Linux, what follows a
 * segment's file content is anonymous.
 */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/file_mapping.h"
#include "guests/unikernel/layout.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/proc.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/rootfs.h"

#include <elf.h>
#include <linux/mman.h>
#include <stddef.h>

enum { NAME_COLUMN = 73, HEADERS_MAX = 64 };

/* The program's file and where it was loaded. */
struct image {
    const char *path;
    uint64_t device, inode;
    uint64_t bias; /* what was added to the addresses in the file */
};

/* What of a file a region shows. */
struct backing {
    const char *name; /* NULL: anonymous, or a file whose name is not known */
    uint64_t offset, device, inode;
    bool shared;
};

static uint64_t page_down(uint64_t value)
{
    return value & -(uint64_t)PAGE_SIZE;
}

static uint64_t page_up(uint64_t value)
{
    return page_down(value + PAGE_SIZE - 1);
}

/* The header of this number, as the program sees it; false behind the last. */
static bool read_header(uint64_t index, Elf64_Phdr *header)
{
    const struct boot_info *boot = process_boot();

    return index < boot->program_header_count && index < HEADERS_MAX &&
           user_copy_in(header, boot->program_headers + index * sizeof(*header),
                        sizeof(*header)) == 0;
}

static void find_image(struct image *image)
{
    struct node *root;
    struct path path;
    Elf64_Phdr header;

    *image = (struct image){.path = process_executable()};
    for (uint64_t i = 0; read_header(i, &header); i++) {
        if (header.p_type == PT_PHDR)
            image->bias = process_boot()->program_headers - header.p_vaddr;
    }
    if (rootfs(&root) < 0 ||
        path_resolve(root, image->path, PATH_FOLLOW, &path) < 0)
        return;
    image->device = path.node->filesystem->device;
    image->inode = path.node->inode;
    path_release(&path);
}

/* Cuts a region of the program where a segment, or its content, ends. */
static void find_segment(const struct image *image,
                         struct address_region *region, struct backing *backing)
{
    Elf64_Phdr header;

    for (uint64_t i = 0; read_header(i, &header); i++) {
        uint64_t start = page_down(header.p_vaddr + image->bias);
        uint64_t content =
            page_up(header.p_vaddr + image->bias + header.p_filesz);

        if (header.p_type != PT_LOAD)
            continue;
        if (start > region->start && start < region->end)
            region->end = start;
        if (header.p_filesz == 0 || region->start < start ||
            region->start >= content)
            continue;
        if (region->end > content)
            region->end = content;
        *backing = (struct backing){
            .name = image->path,
            .offset = page_down(header.p_offset) + region->start - start,
            .device = image->device,
            .inode = image->inode,
        };
    }
}

static void show_region(struct text *text, const struct address_region *region,
                        const struct backing *backing)
{
    const uint64_t line = text->length;

    text_format(text, "%08lx-%08lx %c%c%c%c %08lx %02lx:%02lx %lu ",
                region->start, region->end,
                region->prot & PROT_READ ? 'r' : '-',
                region->prot & PROT_WRITE ? 'w' : '-',
                region->prot & PROT_EXEC ? 'x' : '-',
                backing->shared ? 's' : 'p', backing->offset,
                backing->device >> 8, backing->device & 0xff, backing->inode);
    if (backing->name != NULL) {
        while (text->length - line < NAME_COLUMN)
            text_add(text, " ", 1);
        text_format(text, "%s", backing->name);
    }
    text_add(text, "\n", 1);
}

/* Shared mappings of files lie above all else. */
static void show_file_mappings(struct text *text)
{
    struct file_mapping mapping = {.end = 0};

    while (file_mapping_next(mapping.end, &mapping)) {
        const struct address_region region = {
            .start = mapping.start,
            .end = mapping.end,
            .prot = (uint32_t)mapping.prot,
        };
        const struct backing backing = {
            .offset = mapping.offset,
            .device = mapping.node->filesystem->device,
            .inode = mapping.node->inode,
            .shared = true,
        };

        show_region(text, &region, &backing);
    }
}

void proc_show_maps(struct text *text, uint64_t id)
{
    static const char *const names[] = {
        [REGION_HEAP] = "[heap]",
        [REGION_STACK] = "[stack]",
    };
    struct address_region region = {.end = 0};
    struct image image;

    (void)id;
    find_image(&image);
    while (address_space_region(region.end, &region)) {
        struct backing backing = {.name = names[region.kind]};

        if (region.kind == REGION_PROGRAM)
            find_segment(&image, &region, &backing);
        show_region(text, &region, &backing);
    }
    show_file_mappings(text);
}
