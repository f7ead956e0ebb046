/*
 * Uses up what a program can: `exhaust WHAT` asks for more until it is refused,
 * checks that the refusal is the error that Linux gives, and that the program
 * can go on.
 *
 *   pages      memory by the page, each with other rights than the one before
 *   heap       brk
 *   large      one mapping larger than memory, then the largest that fits
 *   regrow     all memory, given back and taken again, a hundred times
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, MEBIBYTE = 1 << 20 };

static void *map(size_t size, int rights)
{
    return mmap(NULL, size, rights, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int is_refused(const void *place)
{
    return place == MAP_FAILED && errno == ENOMEM;
}

static int pages(void)
{
    static const int rights[] = {PROT_READ | PROT_WRITE, PROT_READ, PROT_NONE};
    char *first = NULL, *page = NULL;
    uint64_t count = 0;

    for (;;) {
        page = map(PAGE, rights[count % 3]);
        if (page == MAP_FAILED)
            break;
        if (count % 3 == 0)
            *page = 1;
        if (first == NULL)
            first = page;
        count++;
    }
    if (!is_refused(page) || *first != 1 || count < 100)
        return 1;
    /* What is given back can be had again. */
    return munmap(first, PAGE) == 0 && map(PAGE, PROT_READ) != MAP_FAILED ? 0
                                                                          : 1;
}

/* The call returns the end of the heap: where it was, if refused. */
static uint64_t move_heap(uint64_t end)
{
    return (uint64_t)syscall(SYS_brk, end);
}

static int heap(void)
{
    const uint64_t start = move_heap(0);
    uint64_t end = start;

    while (move_heap(end + MEBIBYTE) == end + MEBIBYTE)
        end += MEBIBYTE;
    if (end == start || move_heap(0) != end)
        return 1;
    *((char *)end - 1) = 1;
    return move_heap(start) == start && move_heap(end) == end &&
                   *((char *)end - 1) == 0
               ? 0
               : 1;
}

static int large(void)
{
    size_t size = (size_t)1 << 46;

    if (!is_refused(map(size, PROT_READ)) ||
        !is_refused(map(SIZE_MAX & -(size_t)PAGE, PROT_READ)))
        return 1;
    while (size > PAGE && map(size, PROT_READ | PROT_WRITE) == MAP_FAILED)
        size /= 2;
    return size > MEBIBYTE ? 0 : 1;
}

static int regrow(void)
{
    for (int i = 0; i < 100; i++) {
        size_t size = (size_t)64 * MEBIBYTE;
        char *place = MAP_FAILED;

        while (size > PAGE && place == MAP_FAILED) {
            size /= 2;
            place = map(size, PROT_READ | PROT_WRITE);
        }
        if (place == MAP_FAILED || place[0] != 0 || place[size - 1] != 0)
            return 1;
        place[0] = place[size - 1] = 1;
        if (munmap(place, size) < 0)
            return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } ways[] = {
        {"pages", pages}, {"heap", heap}, {"large", large}, {"regrow", regrow}};

    for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(argv[1], ways[i].name) == 0 && ways[i].run() == 0) {
            puts("refused, and went on");
            return 0;
        }
    }
    return 1;
}
