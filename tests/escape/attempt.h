/*
 * One way out of a container, tried from inside. An attempt takes what an
 * attacker would have found out or guessed (an address, a process id, a
 * device's number) as words, and brings back evidence that only the host
 * could have given: a secret of a file, a socket's answer, a value that it
 * wrote. It does no harm where it succeeds.
 */
#ifndef ESCAPE_ATTEMPT_H
#define ESCAPE_ATTEMPT_H

#include <stddef.h>

struct attempt {
    const char *name;
    int operands; /* words that it takes */
    /* Ends in escaped() or refused(), whose result it returns. */
    int (*make)(char **words);
};

/* Each file's table, ended by one without a name. */
extern const struct attempt file_attempts[];
extern const struct attempt kernel_attempts[];
extern const struct attempt process_attempts[];
extern const struct attempt service_attempts[];

/* What the host lays out to be found: the same, but they stay until they are
 * killed, having said "ready" and what there is to know. */
extern const struct attempt baits[];

/* Prints "escaped: EVIDENCE" (printf(3)); 0. */
__attribute__((format(printf, 1, 2))) int escaped(const char *evidence, ...);

/* Prints "refused: WHAT: " and errno's words; 1. */
int refused(const char *what);

/* Prints what an open descriptor gives, up to its first line's end, as
 * evidence, and closes it; or why it could not be read. */
int escaped_with(int fd, const char *what);

/* Connects a stream (listens, if asked to) at an address: "unix:PATH",
 * "abstract:NAME" or "tcp:PORT" of 127.0.0.1. A descriptor, or -1 and errno. */
int open_address(const char *address, int to_listen);

#endif
