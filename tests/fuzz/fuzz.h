/*
 * What the fuzz targets share. Each target is one file with one
 * LLVMFuzzerTestOneInput: it gives the bytes to a part of Ringside as that
 * part would get them from outside, and returns. Finding what is wrong is left
 * to the sanitizers, and to fuzz_require for what they cannot know.
 *
 * Linked with libFuzzer a target looks for new inputs (make fuzz); linked with
 * replay.c it runs the inputs of files, so that every one that once broke
 * something stays tested (make test).
 * Source: LLVM's libFuzzer documentation.
 */
#ifndef RINGSIDE_TESTS_FUZZ_H
#define RINGSIDE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * A descriptor of a file in memory that holds the bytes, at offset 0. It is
 * the same at every call and stays open.
 */
int fuzz_file(const uint8_t *data, size_t size);

/* The path of that file, for what takes a path only. */
const char *fuzz_file_path(const uint8_t *data, size_t size);

/* A directory that exists while the target runs, and nobody else writes to. */
const char *fuzz_directory(void);

/* Makes NAME, a constant, in fuzz_directory hold the bytes. */
void fuzz_write(const char *name, const uint8_t *data, size_t size);

/* Has standard output disappear and standard input be empty, once for all. */
void fuzz_silence(void);

/* Ends the target with a message where what must be so is not. */
#define fuzz_require(what) \
    ((what) ? (void)0 : fuzz_failed(#what, __FILE__, __LINE__))
_Noreturn void fuzz_failed(const char *what, const char *file, int line);

/* Bytes of the input, taken from its front; zeros once it is used up. */
struct fuzz_input {
    const uint8_t *data;
    size_t size;
};

uint64_t fuzz_take(struct fuzz_input *input, unsigned int bytes);

/* Takes up to size bytes; returns where they are and how many in *taken. */
const uint8_t *fuzz_take_bytes(struct fuzz_input *input, size_t size,
                               size_t *taken);

#endif
