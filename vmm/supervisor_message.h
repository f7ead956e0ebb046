/* What supervisor and jailed process say to each other, packet by packet. */
#ifndef RINGSIDE_VMM_SUPERVISOR_MESSAGE_H
#define RINGSIDE_VMM_SUPERVISOR_MESSAGE_H

#include "oci/error.h"

#include <stddef.h>
#include <stdint.h>

enum { MESSAGE_DESCRIPTORS = 4 };

enum message_kind {
    /* From the supervisor */
    MESSAGE_CAGE, /* value: process id; network, ipc, root */
    MESSAGE_ROOT, /* value: size; the archive. Or an error */
    MESSAGE_GO,   /* what ward->engage hands over */
    /* From the jailed process */
    MESSAGE_OPEN_ROOT,
    MESSAGE_STARTED,
    MESSAGE_READY,
    MESSAGE_DENIED, /* value: the system call's number */
    MESSAGE_FAILED, /* an error */
};

struct message {
    uint32_t kind;    /* enum message_kind: not to be trusted */
    uint32_t present; /* 1 << i: descriptor i comes with it */
    uint64_t value;
    struct error error; /* code != 0: instead */
};

/*
 * Sends a packet with the descriptors that are not -1; fds may be NULL.
 * Errors: those of sendmsg(2).
 */
int message_send(int channel, struct message *message,
                 const int fds[MESSAGE_DESCRIPTORS]);

/*
 * Receives a packet; descriptors, -1 where there is none, are the caller's.
 * Errors: -EPIPE where the other side has ended, -EPROTO for a packet that is
 * none of these, -EINTR, those of recvmsg(2).
 */
int message_receive(int channel, struct message *message,
                    int fds[MESSAGE_DESCRIPTORS]);

#endif
