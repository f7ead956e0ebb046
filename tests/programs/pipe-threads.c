/* Threads that wait for each other's bytes, and what /proc says of them. */
#include "tests/programs/show.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

static int ends[2];
static unsigned char written[700001];
static pthread_barrier_t named;

/* Reads to the end; returns how much, and a digest of it. */
static void *read_all(void *digest)
{
    static unsigned char buffer[3000];
    ssize_t moved, total = 0;

    while ((moved = read(ends[0], buffer, sizeof(buffer))) > 0) {
        for (ssize_t i = 0; i < moved; i++)
            *(unsigned int *)digest = *(unsigned int *)digest * 31 + buffer[i];
        total += moved;
    }
    return (void *)total;
}

/* A write that is longer than the pipe goes on as often as there is room. */
static void show_long_write(void)
{
    unsigned int digest = 0;
    pthread_t reader;
    void *total;

    for (size_t i = 0; i < sizeof(written); i++)
        written[i] = (unsigned char)(i * 7 >> 3);
    SHOW(pipe(ends));
    pthread_create(&reader, NULL, read_all, &digest);
    SHOW(write(ends[1], written, sizeof(written)));
    SHOW(write(ends[1], written, 5));
    close(ends[1]);
    pthread_join(reader, &total);
    printf("read %ld, digest %x\n", (long)total, digest);
    close(ends[0]);
}

static void *wait_for_bytes(void *unused)
{
    struct pollfd input = {ends[0], POLLIN, 0};
    char byte;

    prctl(PR_SET_NAME, "worker");
    pthread_barrier_wait(&named);
    SHOW(read(ends[0], &byte, 1));
    SHOW(poll(&input, 1, -1));
    return unused;
}

static void show_tasks(void)
{
    int tasks = 0, workers = 0;
    DIR *directory = opendir("/proc/self/task");
    struct dirent *entry;

    while ((entry = readdir(directory)) != NULL) {
        char path[300], name[20] = "";
        int fd;

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
        fd = open(path, O_RDONLY);
        if (read(fd, name, sizeof(name) - 1) > 0)
            workers += strcmp(name, "worker\n") == 0;
        close(fd);
        tasks++;
    }
    closedir(directory);
    printf("%d tasks, %d of them named\n", tasks, workers);
}

int main(void)
{
    pthread_t worker;

    show_long_write();
    SHOW(pipe(ends));
    pthread_barrier_init(&named, NULL, 2);
    pthread_create(&worker, NULL, wait_for_bytes, NULL);
    pthread_barrier_wait(&named);
    show_tasks();
    fflush(stdout);
    if (write(ends[1], "ab", 2) != 2)
        return 1;
    pthread_join(worker, NULL);
    return 0;
}
