/*
 * What goes over a pool's socket: one packet each way (SOCK_SEQPACKET). The
 * request brings the client's standard input, output and error along as
 * descriptors (SCM_RIGHTS), so the guest's streams are the client's own. A
 * client that hangs up ends its guest.
 * Source: unix(7).
 */
#ifndef RINGSIDE_VMM_POOL_PROTOCOL_H
#define RINGSIDE_VMM_POOL_PROTOCOL_H

#include <stdint.h>

#define POOL_MAGIC 0x6c6f6f70656e6f31 /* changes with the protocol */

enum { POOL_STREAMS = 3, POOL_PATH_MAX = 3072, POOL_TEXT_MAX = 1024 };

struct pool_request {
    uint64_t magic;
    char bundle[POOL_PATH_MAX]; /* absolute and canonical, NUL-terminated */
};

/* How prepared the guest was that served a request. */
enum pool_start {
    POOL_PREPARED, /* it had said that it is ready before the request came */
    POOL_COLD,     /* it was made for the request */
};

struct pool_answer {
    uint64_t magic;
    int32_t failed;      /* 0, or: there was no guest, `text` says why */
    int32_t exit_status; /* of the guest: 0..255 */
    uint32_t start;      /* enum pool_start */
    uint32_t process;    /* the one that served it, for tests and messages */
    char text[POOL_TEXT_MAX];
};

#endif
