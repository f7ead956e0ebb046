/* A pool's client, as the pool sees it; see pool_protocol.h. */
#ifndef RINGSIDE_VMM_POOL_ASKER_H
#define RINGSIDE_VMM_POOL_ASKER_H

#include "vmm/pool_protocol.h"

#include <sys/types.h>

/* Who asks, and for what. */
struct pool_asker {
    int fd;
    int streams[POOL_STREAMS];
    struct pool_request request;
};

#define POOL_ASKER_NONE ((struct pool_asker){.fd = -1, .streams = {-1, -1, -1}})

/*
 * Waits at the listening socket for one that may ask and does, of this
 * process's user or root; others are turned away. Errors: -EINVAL once the pool
 * is being drained. The caller releases it, also after failure.
 */
int pool_asker_accept(int listener, struct pool_asker *asker);

/* Sends the answer, whose magic need not be set, to the socket; without
 * consequences where nobody hears it. */
void pool_asker_answer(int fd, struct pool_answer *answer, const char *text);

void pool_asker_release(struct pool_asker *asker);

#endif
