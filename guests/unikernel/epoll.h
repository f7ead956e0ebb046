/*
 * Interest lists, epoll(7): which files are watched for what. sys_epoll.c has
 * the calls.
 */
#ifndef RINGSIDE_UNIKERNEL_EPOLL_H
#define RINGSIDE_UNIKERNEL_EPOLL_H

#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/poll.h"

#include <stdbool.h>
#include <stdint.h>

struct epoll;

/* One watched file. It holds no reference: a closed file is forgotten. */
struct interest {
    struct interest *previous, *next;
    struct description *file;
    uint32_t descriptor; /* by which it was added */
    uint32_t events;     /* EPOLL... */
    uint64_t data;
    /* For EPOLLET: what was there when it was last looked at. */
    bool looked_at;
    uint32_t seen_events, seen_in, seen_out; /* of the node: changes_... */
    bool spent;                              /* EPOLLONESHOT has fired */
};

/* A new, empty list: its node with one reference, or NULL. */
struct node *epoll_create(void);

/* The list behind a description; NULL for any other file. */
struct epoll *epoll_of(const struct description *file);

/* The entry for a file under this descriptor, or NULL. */
struct interest *epoll_find(struct epoll *epoll, struct description *file,
                            uint32_t descriptor);

/* Adds an entry: 0, -ENOMEM, or -ELOOP where lists would nest too deep. */
int64_t epoll_add(struct epoll *epoll, const struct interest *interest);
void epoll_remove(struct epoll *epoll, struct interest *interest);

/* The entry's next look reports what is ready, whatever was seen. */
void epoll_rearm(struct epoll *epoll, struct interest *interest,
                 uint32_t events, uint64_t data);

/*
 * Calls report for at most count ready entries, each at most once, those
 * first that waited longest; stops where it returns false. Returns how many
 * were reported, or -EFAULT where that was false for the first.
 */
int64_t epoll_collect(struct epoll *epoll, uint64_t count,
                      struct poll_wait *wait,
                      bool (*report)(void *context, uint32_t events,
                                     uint64_t data),
                      void *context);

#endif
