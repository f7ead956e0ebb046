/*
 * What a service manager has with the container that it starts by us: sockets
 * that it listens at for it (LISTEN_FDS), and one to be told at when it is
 * ready (NOTIFY_SOCKET), at which only we are believed, and only for that.
 * Source: sd_listen_fds(3), sd_notify(3); runc, "notify_socket.go".
 */
#ifndef RINGSIDE_OCI_SERVICE_H
#define RINGSIDE_OCI_SERVICE_H

#include "oci/process.h"
#include "oci/runtime.h"

/*
 * The descriptors that the manager has opened follow the standard ones, and
 * are told to the process of bundle, which is the request's. Errors: -EBADF
 * with the one that is not open.
 */
int service_pass_listening(struct run_request *request, struct bundle *bundle,
                           struct error *error);

/*
 * Gives the bundle a directory for a socket of ours, in which its process may
 * say that it is ready; nothing where nobody is to be told. Needs the state
 * directory. Errors: negative errno.
 */
int service_offer_notify(const struct run_request *request,
                         struct bundle *bundle, struct error *error);

/* Listens there, before the program runs. *listener stays -1 where nobody is to
 * be told. Errors: negative errno. */
int service_listen(const char *state_directory, int *listener,
                   struct error *error);

/*
 * Waits until the container says that it is ready, or its first process ends,
 * and tells the manager of both its readiness and its process id. Closes the
 * socket.
 */
void service_await_ready(int socket, const struct process_identity *init);

/* The same in a process of its own, for a runtime that stays with the
 * container and speaks for it. */
struct service_relay {
    pid_t pid; /* 0: none */
    int hold;  /* it ends when this is closed */
};

/* Closes the socket, which may be -1: then there is none. */
int service_relay_start(int socket, struct service_relay *relay,
                        struct error *error);

/* Once the container has ended; what it said before is told. */
void service_relay_end(struct service_relay *relay);

#endif
