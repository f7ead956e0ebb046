/*
 * Runs a fuzz target over files instead of looking for inputs: those of
 * tests/fuzz/regressions that once broke something, and a few of its own that
 * every target must take (nothing, one byte, all zeros, all ones).
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OWN_SIZE = 4096, FILE_MAX_SIZE = 4 << 20 };

static void run_own(void)
{
    uint8_t *bytes = malloc(OWN_SIZE);

    fuzz_require(bytes != NULL);
    memset(bytes, 0, OWN_SIZE);
    LLVMFuzzerTestOneInput(bytes, 0);
    LLVMFuzzerTestOneInput(bytes, 1);
    LLVMFuzzerTestOneInput(bytes, OWN_SIZE);
    memset(bytes, 0xff, OWN_SIZE);
    LLVMFuzzerTestOneInput(bytes, OWN_SIZE);
    free(bytes);
}

static int run_file(const char *path)
{
    uint8_t *bytes = malloc(FILE_MAX_SIZE);
    FILE *file = fopen(path, "r");
    size_t size;

    fuzz_require(bytes != NULL);
    if (file == NULL) {
        perror(path);
        free(bytes);
        return 1;
    }
    size = fread(bytes, 1, FILE_MAX_SIZE, file);
    fclose(file);
    /* Of exactly that size, so that a byte too far is seen. */
    bytes = realloc(bytes, size > 0 ? size : 1);
    fuzz_require(bytes != NULL);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    return 0;
}

int main(int count, char **arguments)
{
    int status = 0;

    run_own();
    for (int i = 1; i < count; i++)
        status |= run_file(arguments[i]);
    return status;
}
