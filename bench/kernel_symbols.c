/* Functions of the kernel by address; see kernel_symbols.h. */
#include "bench/kernel_symbols.h"

#include "oci/cleanup.h"

#include <inttypes.h>
#include <string.h>

enum { FIRST_CAPACITY = 1 << 16 };

static int append(struct kernel_symbols *symbols, size_t *capacity,
                  const struct kernel_symbol *symbol)
{
    if (symbols->count == *capacity) {
        const size_t wanted = *capacity == 0 ? FIRST_CAPACITY : 2 * *capacity;
        struct kernel_symbol *items =
            reallocarray(symbols->items, wanted, sizeof(*items));

        if (items == NULL)
            return -ENOMEM;
        symbols->items = items;
        *capacity = wanted;
    }
    symbols->items[symbols->count++] = *symbol;
    return 0;
}

static int by_address(const void *left, const void *right)
{
    const struct kernel_symbol *a = left, *b = right;

    return (a->address > b->address) - (a->address < b->address);
}

static int read_symbols(FILE *file, struct kernel_symbols *symbols)
{
    size_t capacity = 0;
    char line[512];

    while (fgets(line, sizeof(line), file) != NULL) {
        struct kernel_symbol symbol;
        char kind;

        if (sscanf(line, "%" SCNx64 " %c %63s", &symbol.address, &kind,
                   symbol.name) != 3 ||
            strchr("tTwW", kind) == NULL || symbol.address == 0)
            continue;
        if (append(symbols, &capacity, &symbol) < 0)
            return -ENOMEM;
    }
    return 0;
}

int kernel_symbols_load(const char *path, struct kernel_symbols *symbols,
                        struct error *error)
{
    _cleanup_file_ FILE *file = fopen(path, "re");
    int result;

    *symbols = (struct kernel_symbols){0};
    if (file == NULL)
        return error_errno(error, errno, "%s", path);
    result = read_symbols(file, symbols);
    if (result < 0) {
        kernel_symbols_release(symbols);
        return error_set(error, ENOMEM, "out of memory");
    }
    if (symbols->count == 0)
        return error_set(error, EPERM,
                         "%s: the addresses of the kernel's functions are "
                         "hidden (needs root and kernel.kptr_restrict below 2)",
                         path);
    qsort(symbols->items, symbols->count, sizeof(*symbols->items), by_address);
    return 0;
}

const char *kernel_symbols_find(const struct kernel_symbols *symbols,
                                uint64_t address)
{
    size_t low = 0, high = symbols->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (symbols->items[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : symbols->items[low - 1].name;
}

void kernel_symbols_release(struct kernel_symbols *symbols)
{
    free(symbols->items);
    *symbols = (struct kernel_symbols){0};
}
