/* The kernel's own memory, from its /proc; see kernel_memory.h. */
#include "kernel_memory.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    CHUNK_SIZE = 512, /* on the stack, whose page is there already */
    WORD_SIZE = 24,
    PAGE = 4096,
    KIB = 1024,
};

/* A word of a file, after which a number stands, and what that counts. */
struct term {
    const char *word;
    int64_t unit;
};

static const struct term zone_terms[] = {
    {"present", PAGE}, {"managed", -PAGE}, {NULL, 0}};
static const struct term memory_terms[] = {{"Slab:", KIB},
                                           {"PageTables:", KIB},
                                           {"Percpu:", KIB},
                                           {"VmallocUsed:", KIB},
                                           {NULL, 0}};

/* Takes a file's words one by one. */
struct reading {
    const struct term *terms, *last; /* last: the word before was its */
    char word[WORD_SIZE];
    size_t length;
    int64_t sum;
};

static void end_word(struct reading *reading)
{
    reading->word[reading->length] = '\0';
    if (reading->length > 0 && reading->last != NULL)
        reading->sum += strtoll(reading->word, NULL, 10) * reading->last->unit;
    if (reading->length > 0) {
        reading->last = NULL;
        for (const struct term *term = reading->terms; term->word != NULL;
             term++) {
            if (strcmp(reading->word, term->word) == 0)
                reading->last = term;
        }
    }
    reading->length = 0;
}

static int64_t sum_terms(const char *path, const struct term *terms)
{
    struct reading reading = {.terms = terms};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char chunk[CHUNK_SIZE];
    ssize_t n;

    while (fd >= 0 && (n = read(fd, chunk, sizeof(chunk))) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            if (chunk[i] == ' ' || chunk[i] == '\n')
                end_word(&reading);
            else if (reading.length < WORD_SIZE - 1)
                reading.word[reading.length++] = chunk[i];
        }
    }
    if (fd >= 0)
        close(fd);
    return reading.sum;
}

uint64_t kernel_memory(void)
{
    const int64_t never_given = sum_terms("/proc/zoneinfo", zone_terms);
    const int64_t taken = sum_terms("/proc/meminfo", memory_terms);

    return never_given > 0 && taken > 0 ? (uint64_t)(never_given + taken) : 0;
}
