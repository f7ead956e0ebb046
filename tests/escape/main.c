/*
 * attempts NAME [WORD...]: makes one attempt to get out of a container, and
 * says how it ended: status 0 and "escaped: EVIDENCE", or 1 and "refused: WHY".
 * tests/cli/escape.bats makes each where it must fail and where it must not.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "attempt.h"

int escaped(const char *evidence, ...)
{
    va_list arguments;

    va_start(arguments, evidence);
    fputs("escaped: ", stdout);
    vprintf(evidence, arguments);
    putchar('\n');
    va_end(arguments);
    return 0;
}

int refused(const char *what)
{
    printf("refused: %s: %s\n", what, strerror(errno));
    return 1;
}

int escaped_with(int fd, const char *what)
{
    char text[256];
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    int result;

    if (length < 0) {
        result = refused(what);
    } else {
        text[length] = '\0';
        text[strcspn(text, "\n")] = '\0';
        result = escaped("%s", text);
    }
    if (fd >= 0)
        close(fd);
    return result;
}

/* The length of an address of the local family; 0 where it does not fit. */
static socklen_t local_address(struct sockaddr_un *local, const char *name,
                               int abstract)
{
    size_t length = strlen(name);

    local->sun_family = AF_UNIX;
    if (length == 0 || length >= sizeof(local->sun_path) - 1)
        return 0;
    memcpy(local->sun_path + abstract, name, length);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
}

int open_address(const char *address, int to_listen)
{
    struct sockaddr_un local = {0};
    struct sockaddr_in internet = {.sin_family = AF_INET};
    struct sockaddr *at = (struct sockaddr *)&local;
    socklen_t length = 0;
    int fd, result;

    if (strncmp(address, "unix:", 5) == 0) {
        length = local_address(&local, address + 5, 0);
    } else if (strncmp(address, "abstract:", 9) == 0) {
        length = local_address(&local, address + 9, 1);
    } else if (strncmp(address, "tcp:", 4) == 0) {
        internet.sin_port = htons((uint16_t)atoi(address + 4));
        internet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        at = (struct sockaddr *)&internet;
        length = sizeof(internet);
    }
    errno = EINVAL;
    if (length == 0 || (fd = socket(at->sa_family, SOCK_STREAM, 0)) < 0)
        return -1;
    result = to_listen ? bind(fd, at, length) : connect(fd, at, length);
    if (result < 0 || (to_listen && listen(fd, 8) < 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

int main(int argc, char **argv)
{
    const struct attempt *tables[] = {file_attempts, kernel_attempts,
                                      process_attempts, service_attempts,
                                      baits};

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; argc > 1 && i < sizeof(tables) / sizeof(*tables); i++)
        for (const struct attempt *each = tables[i]; each->name != NULL; each++)
            if (strcmp(each->name, argv[1]) == 0 && argc - 2 >= each->operands)
                return each->make(argv + 2);
    fprintf(stderr, "attempts: no such attempt, or words missing\n");
    return 2;
}
