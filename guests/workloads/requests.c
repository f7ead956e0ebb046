/*
 * requests: a server and its client, two threads with a socket pair between
 * them, as a web server works: epoll_wait, read, a little parsing and hashing,
 * write. Half a dozen system calls and two changes of thread a request; both
 * are kept on one processor where the platform can do that. One operation is
 * one request answered.
 */
#include "measure.h"
#include "one_processor.h"
#include "random.h"
#include "sha256.h"
#include "workload.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MESSAGE_SIZE = 256,
    VERIFIED_REQUESTS = 64,
};

struct connection {
    int client, server; /* ends of a socket pair */
    uint64_t number;    /* of the next request */
    uint64_t answer;    /* to the last */
    int failure;        /* errno of the first call that failed */
};

static const char request_start[] = "GET /item/";

/* Answers one request that was read; -1 when it is none, or cannot. */
static int serve(int socket, char *message, ssize_t size)
{
    char answer[MESSAGE_SIZE];
    uint64_t item;
    int length;

    message[size] = '\0';
    if (strncmp(message, request_start, strlen(request_start)) != 0)
        return -1;
    item = strtoull(message + strlen(request_start), NULL, 10);
    length = snprintf(answer, sizeof(answer), "200 OK\r\n\r\n%llu",
                      (unsigned long long)random_next(&item));
    return write(socket, answer, (size_t)length) == length ? 0 : -1;
}

/* Until the client closes its end. */
static void *server(void *context)
{
    struct connection *connection = context;
    struct epoll_event event = {.events = EPOLLIN};
    int queue = epoll_create1(EPOLL_CLOEXEC);
    char message[MESSAGE_SIZE];

    if (queue >= 0 &&
        epoll_ctl(queue, EPOLL_CTL_ADD, connection->server, &event) == 0) {
        while (epoll_wait(queue, &event, 1, -1) >= 0) {
            ssize_t n = read(connection->server, message, MESSAGE_SIZE - 1);

            if (n <= 0 || serve(connection->server, message, n) < 0)
                break;
        }
    }
    if (queue >= 0)
        close(queue);
    close(connection->server); /* a client that still waits reads the end */
    return NULL;
}

static int request(struct connection *connection)
{
    char message[MESSAGE_SIZE];
    const char *body;
    ssize_t n;
    int length =
        snprintf(message, sizeof(message), "%s%llu HTTP/1.1\r\n\r\n",
                 request_start, (unsigned long long)connection->number++);

    errno = EIO;
    if (write(connection->client, message, (size_t)length) != length ||
        (n = read(connection->client, message, MESSAGE_SIZE - 1)) <= 0)
        return -1;
    message[n] = '\0';
    body = strstr(message, "\r\n\r\n");
    if (body == NULL)
        return -1;
    connection->answer = strtoull(body + 4, NULL, 10);
    return 0;
}

static void run_batch(void *state, uint64_t iterations)
{
    struct connection *connection = state;

    for (; iterations > 0 && connection->failure == 0; iterations--) {
        if (request(connection) < 0)
            connection->failure = errno;
    }
}

/* The result: the answers to the first 64 requests. */
static void verify(struct connection *connection, struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    connection->number = 0;
    for (int i = 0; i < VERIFIED_REQUESTS; i++) {
        run_batch(connection, 1);
        sha256_add_u64(&hash, connection->answer);
    }
    sha256_finish(&hash, digest);
    report_result(report, digest);
}

static int measure_requests(struct connection *connection,
                            const uint64_t *values, struct report *report)
{
    if (measure_and_report(&(struct batch){run_batch, connection}, values,
                           report) < 0)
        return -1;
    verify(connection, report);
    return connection->failure == 0
               ? 0
               : report_failure("a request failed: %s",
                                strerror(connection->failure));
}

static int run(const uint64_t *values, struct report *report)
{
    struct connection connection = {0};
    pthread_t thread;
    int ends[2], status;

    stay_on_one_processor();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return report_failure("cannot make a socket pair: %s", strerror(errno));
    connection.client = ends[0];
    connection.server = ends[1];
    status = pthread_create(&thread, NULL, server, &connection);
    if (status != 0)
        return report_failure("cannot make a thread: %s", strerror(status));
    status = measure_requests(&connection, values, report);
    close(connection.client);
    pthread_join(thread, NULL);
    return status;
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload requests_workload = {
    .name = "requests",
    .group = "macro",
    .summary = "Requests to a server, answered",
    .options = options,
    .run = run,
};
