/*
 * Interest lists. An edge is a change that the node was told of since the
 * last look (poll_changed), or an event that was not there at that look, for
 * files that become ready by themselves.
 */
#include "guests/unikernel/epoll.h"

#include "guests/unikernel/heap.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/unnamed_node.h"

#include <asm/errno.h>
#include <linux/eventpoll.h>
#include <stddef.h>

enum { NESTING_MAX = 4 };

#define OUTWARD    (EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND)
#define NOT_EVENTS (EPOLLET | EPOLLONESHOT | EPOLLEXCLUSIVE | EPOLLWAKEUP)

struct epoll {
    struct node node;
    struct epoll *next; /* of all */
    struct interest *first, *last;
    uint64_t count;
};

static struct epoll *all;

static struct epoll *list_of(struct node *node)
{
    return (struct epoll *)((char *)node - offsetof(struct epoll, node));
}

static void append(struct epoll *epoll, struct interest *interest)
{
    interest->next = NULL;
    interest->previous = epoll->last;
    if (epoll->last != NULL)
        epoll->last->next = interest;
    else
        epoll->first = interest;
    epoll->last = interest;
    epoll->count++;
}

static void take_out(struct epoll *epoll, struct interest *interest)
{
    if (interest->previous != NULL)
        interest->previous->next = interest->next;
    else
        epoll->first = interest->next;
    if (interest->next != NULL)
        interest->next->previous = interest->previous;
    else
        epoll->last = interest->previous;
    epoll->count--;
}

void epoll_remove(struct epoll *epoll, struct interest *interest)
{
    take_out(epoll, interest);
    heap_free(interest);
}

struct interest *epoll_find(struct epoll *epoll, struct description *file,
                            uint32_t descriptor)
{
    struct interest *at = epoll->first;

    while (at != NULL && (at->file != file || at->descriptor != descriptor))
        at = at->next;
    return at;
}

/* How deep lists are nested below this one; more than allowed for a loop. */
static int depth_below(struct epoll *epoll, const struct epoll *loop, int limit)
{
    int deepest = 0;

    if (epoll == loop || limit == 0)
        return NESTING_MAX + 1;
    for (const struct interest *at = epoll->first; at != NULL; at = at->next) {
        struct epoll *inner = epoll_of(at->file);
        int depth = inner == NULL ? 0 : 1 + depth_below(inner, loop, limit - 1);

        if (depth > deepest)
            deepest = depth;
    }
    return deepest;
}

/* How many lists there are above this one, up to the limit. */
static int depth_above(const struct epoll *epoll, int limit)
{
    int highest = 0;

    if (limit == 0)
        return 0;
    for (const struct epoll *outer = all; outer != NULL; outer = outer->next) {
        for (const struct interest *at = outer->first; at != NULL;
             at = at->next) {
            int height;

            if (epoll_of(at->file) != epoll)
                continue;
            height = 1 + depth_above(outer, limit - 1);
            if (height > highest)
                highest = height;
            break;
        }
    }
    return highest;
}

int64_t epoll_add(struct epoll *epoll, const struct interest *interest)
{
    struct epoll *inner = epoll_of(interest->file);
    struct interest *added;

    if (inner != NULL && depth_above(epoll, NESTING_MAX + 1) + 1 +
                                 depth_below(inner, epoll, NESTING_MAX + 1) >
                             NESTING_MAX)
        return -ELOOP;
    added = heap_allocate(sizeof(*added));
    if (added == NULL)
        return -ENOMEM;
    *added = *interest;
    append(epoll, added);
    poll_changed(&epoll->node, EPOLLIN);
    return 0;
}

void epoll_rearm(struct epoll *epoll, struct interest *interest,
                 uint32_t events, uint64_t data)
{
    interest->events = events;
    interest->data = data;
    interest->looked_at = interest->spent = false;
    poll_changed(&epoll->node, EPOLLIN);
}

/* Whether something happened since the last look at these events. */
static bool is_edge(const struct interest *interest, uint32_t events)
{
    const struct node *node = interest->file->node;

    return !interest->looked_at || (events & ~interest->seen_events) != 0 ||
           ((interest->events & ~(OUTWARD | NOT_EVENTS)) != 0 &&
            node->changes_in != interest->seen_in) ||
           ((interest->events & OUTWARD) != 0 &&
            node->changes_out != interest->seen_out);
}

/* What is to be reported of an entry now; notes what was seen if taken. */
static uint32_t ready_events(struct interest *interest, struct poll_wait *wait,
                             bool taken)
{
    uint32_t events;
    bool edge;

    if (interest->spent)
        return 0;
    events = poll_events(interest->file, interest->events & ~NOT_EVENTS, wait);
    edge = is_edge(interest, events);
    if (taken) {
        interest->looked_at = true;
        interest->seen_in = interest->file->node->changes_in;
        interest->seen_out = interest->file->node->changes_out;
        interest->seen_events = events;
    }
    return (interest->events & EPOLLET) && !edge ? 0 : events;
}

int64_t epoll_collect(struct epoll *epoll, uint64_t count,
                      struct poll_wait *wait,
                      bool (*report)(void *context, uint32_t events,
                                     uint64_t data),
                      void *context)
{
    struct interest *at = epoll->first, *next;
    int64_t reported = 0;

    for (uint64_t left = epoll->count; left > 0 && count > 0; left--) {
        uint32_t events = ready_events(at, wait, true);

        next = at->next;
        if (events != 0) {
            if (!report(context, events, at->data)) {
                at->looked_at = false;
                return reported > 0 ? reported : -EFAULT;
            }
            at->spent = (at->events & EPOLLONESHOT) != 0;
            take_out(epoll, at);
            append(epoll, at);
            reported++;
            count--;
        }
        at = next != NULL ? next : epoll->first;
    }
    return reported;
}

static uint32_t list_poll(struct description *file, struct poll_wait *wait)
{
    struct epoll *epoll = list_of(file->node);
    uint32_t events = 0;

    for (struct interest *at = epoll->first; at != NULL; at = at->next) {
        if (ready_events(at, wait, false) != 0)
            events = EPOLLIN | EPOLLRDNORM;
    }
    return events;
}

static int64_t list_text(struct node *node, char *buffer, uint64_t size)
{
    (void)node;
    return unnamed_node_kind("anon_inode:[eventpoll]", buffer, size);
}

static void list_release(struct node *node)
{
    struct epoll *epoll = list_of(node), **link = &all;

    while (*link != epoll)
        link = &(*link)->next;
    *link = epoll->next;
    while (epoll->first != NULL)
        epoll_remove(epoll, epoll->first);
    heap_free(epoll);
}

static const struct node_operations operations = {
    .flags = NODE_STREAM,
    .poll = list_poll,
    .readlink = list_text,
    .release = list_release,
};

struct epoll *epoll_of(const struct description *file)
{
    return file->node->operations == &operations ? list_of(file->node) : NULL;
}

struct node *epoll_create(void)
{
    struct epoll *epoll = heap_allocate_zeroed(sizeof(*epoll));

    if (epoll == NULL)
        return NULL;
    unnamed_node_init(&epoll->node, &unnamed_filesystem, &operations, 0600);
    epoll->next = all;
    all = epoll;
    return &epoll->node;
}

void poll_forget(struct description *file)
{
    for (struct epoll *epoll = all; epoll != NULL; epoll = epoll->next) {
        for (struct interest *at = epoll->first, *next; at != NULL; at = next) {
            next = at->next;
            if (at->file == file)
                epoll_remove(epoll, at);
        }
    }
}
