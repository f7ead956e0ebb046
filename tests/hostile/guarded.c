/*
 * What is added to ringside-vmm for the hostile guests' tests, by the linker
 * (--wrap): guest memory lies between two regions that nobody may touch, and
 * around the VMM's own data lie values that are looked at when it ends. A VMM
 * that a guest has got to reach past guest memory dies of SIGSEGV, or ends with
 * status 66.
 *
 * RINGSIDE_GUARDED=guard or canary does what a guest must not be able to do, so
 * that the tests see it noticed.
 */
#include "vmm/memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    STATUS_OVERWRITTEN = 66,
    GUARD = 64 << 20, /* on each side; no transfer of ours is longer at once */
    ALIGNMENT = 2 << 20,
    WORDS = 512,
    BLOCKS = 64,
};

#define VALUE 0x5ca1ab1edeadbea7ull

int __real_guest_memory_create(struct guest_memory *memory, uint64_t size,
                               struct error *error);
void __real_guest_memory_release(struct guest_memory *memory);
int __wrap_guest_memory_create(struct guest_memory *memory, uint64_t size,
                               struct error *error);
void __wrap_guest_memory_release(struct guest_memory *memory);

/* In .data, in .bss, on the heap between other blocks, and read-only. */
static uint64_t in_data[WORDS] = {[0 ... WORDS - 1] = VALUE};
static uint64_t in_bss[WORDS];
static uint64_t *on_heap[BLOCKS];

static bool is_whole(const uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (((const volatile uint64_t *)words)[i] != VALUE)
            return false;
    }
    return true;
}

static void fill(uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        words[i] = VALUE;
}

/* Sizes of what the VMM allocates itself, so that the blocks lie among it. */
static size_t words_of_block(size_t block)
{
    return (size_t)4 << block % 8;
}

__attribute__((constructor)) static void place(void)
{
    fill(in_bss, WORDS);
    for (size_t i = 0; i < BLOCKS; i++) {
        on_heap[i] = malloc(words_of_block(i) * sizeof(uint64_t));
        if (on_heap[i] != NULL)
            fill(on_heap[i], words_of_block(i));
    }
}

__attribute__((destructor)) static void look(void)
{
    static const char text[] = "guarded: the VMM's memory was overwritten\n";
    bool whole = is_whole(in_data, WORDS) && is_whole(in_bss, WORDS);

    for (size_t i = 0; i < BLOCKS; i++) {
        whole = whole && on_heap[i] != NULL &&
                is_whole(on_heap[i], words_of_block(i));
        free(on_heap[i]);
    }
    if (whole)
        return;
    if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
        _exit(STATUS_OVERWRITTEN + 1);
    _exit(STATUS_OVERWRITTEN);
}

/* What the environment asks for: see above. */
static void attack_oneself(const struct guest_memory *memory)
{
    const char *what = getenv("RINGSIDE_GUARDED");

    if (what != NULL && strcmp(what, "guard") == 0)
        ((volatile char *)memory->host)[memory->size] = 1;
    else if (what != NULL && strcmp(what, "canary") == 0)
        on_heap[BLOCKS / 2][0]++;
}

int __wrap_guest_memory_create(struct guest_memory *memory, uint64_t size,
                               struct error *error)
{
    const int status = __real_guest_memory_create(memory, size, error);
    char *place, *to;

    if (status < 0)
        return status;
    place = mmap(NULL, memory->size + 2 * (size_t)GUARD + ALIGNMENT, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place == MAP_FAILED)
        return error_errno(error, errno, "no room for guards");
    to = place + GUARD + -(uintptr_t)place % ALIGNMENT;
    if (mremap(memory->host, memory->size, memory->size,
               MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED)
        return error_errno(error, errno, "cannot move guest memory");
    memory->host = to;
    attack_oneself(memory);
    return 0;
}

/*
 * The guards stay: what is used after its release meets them too. Without that
 * mapping it would be released all the same.
 */
void __wrap_guest_memory_release(struct guest_memory *memory)
{
    if (memory->host != NULL)
        (void)mmap(memory->host, memory->size, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
                   0);
    memory->host = NULL;
    __real_guest_memory_release(memory);
}
