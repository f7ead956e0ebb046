/*
 * What the host lays out for the attempts: a service, a process with a secret,
 * shared memory, a key, a file's handle. They belong to the host's end of the
 * test, and are no attempts.
 */
#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attempt.h"

static int stay(void)
{
    while (pause() < 0)
        ;
    return 0;
}

/* serve ADDRESS SECRET: answers everybody by it. */
static int serve(char **words)
{
    int listener = open_address(words[0], 1);

    if (listener < 0)
        return refused(words[0]);
    puts("ready");
    for (;;) {
        char question[256];
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

        if (fd < 0)
            return refused("accept");
        if (read(fd, question, sizeof(question)) > 0 &&
            write(fd, words[1], strlen(words[1])) < 0)
            perror("attempts: write");
        close(fd);
    }
}

/* keep SECRET: a process that has it in memory, and says where. */
static int keep(char **words)
{
    printf("ready %p\n", (void *)words[0]);
    return stay();
}

/* share KEY SECRET: memory that has it, until it is told to forget. */
static int share(char **words)
{
    int id = shmget(atoi(words[0]), 4096, IPC_CREAT | IPC_EXCL | 0600);
    char *text = id < 0 ? (void *)-1 : shmat(id, NULL, 0);

    if (text == (void *)-1)
        return refused("shmget");
    snprintf(text, 4096, "%s", words[1]);
    puts("ready");
    return stay();
}

/* forget KEY: removes what share made. */
static int forget(char **words)
{
    if (shmctl(shmget(atoi(words[0]), 0, 0), IPC_RMID, NULL) < 0)
        return refused("shmctl");
    return 0;
}

/* with-key NAME SECRET COMMAND...: runs it in a session that has the key. */
static int with_key(char **words)
{
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
        syscall(SYS_add_key, "user", words[0], words[1], strlen(words[1]),
                KEY_SPEC_SESSION_KEYRING) < 0)
        return refused("add_key");
    execvp(words[2], words + 2);
    return refused(words[2]);
}

/* show-handle FILE: its handle, as the attempt takes it. */
static int show_handle(char **words)
{
    union {
        struct file_handle head;
        unsigned char bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    } file = {.head.handle_bytes = MAX_HANDLE_SZ};
    int mount_id;

    if (name_to_handle_at(AT_FDCWD, words[0], &file.head, &mount_id, 0) < 0)
        return refused(words[0]);
    printf("%d ", file.head.handle_type);
    for (unsigned int i = 0; i < file.head.handle_bytes; i++)
        printf("%02x", file.head.f_handle[i]);
    putchar('\n');
    return 0;
}

const struct attempt baits[] = {
    {"serve", 2, serve},       {"keep", 1, keep},
    {"share", 2, share},       {"forget", 1, forget},
    {"with-key", 3, with_key}, {"show-handle", 1, show_handle},
    {NULL, 0, NULL},
};
