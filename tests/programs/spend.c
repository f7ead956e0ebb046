/*
 * Spends a known amount of one thing, for the tests of what costs are measured:
 *
 *   spend calls BEFORE AFTER  getppid BEFORE times until it is ready, AFTER
 *                             times in itself, a child and a thread; getuid
 * once for each ten of those spend writes N            N writes of one byte to
 * stdout spend pages N             N first touches of a page spend naps N N
 * sleeps spend daemon MS           so many ms of processor time in a child of a
 *                             daemon that nobody waits for
 *   spend share MIB           two processes that idle on the same memory
 *
 * Each says `ringside ready` first, `share` when the memory is there.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096 };

static void say_ready(void)
{
    static const char line[] = "ringside ready\n";

    if (write(STDOUT_FILENO, line, strlen(line)) < 0)
        _exit(1);
}

static void make_calls(long count)
{
    for (long i = 0; i < count; i++) {
        syscall(SYS_getppid);
        if (i % 10 == 0)
            syscall(SYS_getuid);
    }
}

static void *make_calls_in_thread(void *count)
{
    make_calls(*(const long *)count);
    return NULL;
}

static void spend_calls(long before, long after)
{
    pthread_t thread;

    make_calls(before);
    say_ready();
    if (after == 0)
        return;
    make_calls(after);
    if (fork() == 0) {
        make_calls(after);
        _exit(0);
    }
    wait(NULL);
    if (pthread_create(&thread, NULL, make_calls_in_thread, &after) == 0)
        pthread_join(thread, NULL);
}

static void spend_writes(long count, long unused)
{
    (void)unused;
    say_ready();
    while (count-- > 0) {
        if (syscall(SYS_write, STDOUT_FILENO, "\n", 1) != 1)
            _exit(1);
    }
}

/* Whole and without huge pages, so that each page is one fault. */
static volatile char *map_pages(size_t size, int sharing)
{
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        sharing | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED || madvise(memory, size, MADV_NOHUGEPAGE) < 0)
        _exit(1);
    return memory;
}

static void spend_pages(long count, long unused)
{
    volatile char *memory;

    (void)unused;
    say_ready();
    if (count == 0)
        return;
    memory = map_pages((size_t)count * PAGE, MAP_PRIVATE);
    for (long i = 0; i < count; i++)
        memory[i * PAGE] = 1;
}

static void spend_naps(long count, long unused)
{
    static const struct timespec nap = {0, 1000};

    (void)unused;
    say_ready();
    while (count-- > 0)
        nanosleep(&nap, NULL);
}

static long processor_ms(void)
{
    struct timespec used;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/* The pipe's end tells when the daemon's child has done its work. */
static void spend_daemon(long ms, long unused)
{
    int done[2];
    char byte;

    (void)unused;
    say_ready();
    if (pipe(done) < 0)
        _exit(1);
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            if (fork() == 0) {
                while (processor_ms() < ms)
                    continue;
            }
        }
        _exit(0);
    }
    close(done[1]);
    wait(NULL);
    if (read(done[0], &byte, 1) != 0)
        _exit(1);
}

static void spend_share(long mebibytes, long unused)
{
    const size_t size = (size_t)mebibytes << 20;
    volatile char *memory = map_pages(size, MAP_SHARED);
    int touched[2];
    char byte = 0;

    (void)unused;
    for (size_t i = 0; i < size; i += PAGE)
        memory[i] = 1;
    if (pipe(touched) < 0)
        _exit(1);
    if (fork() == 0) {
        for (size_t i = 0; i < size; i += PAGE)
            byte += memory[i];
        if (write(touched[1], &byte, 1) != 1)
            _exit(1);
        pause();
    }
    if (read(touched[0], &byte, 1) != 1)
        _exit(1);
    say_ready();
    pause();
}

static const struct {
    const char *name;
    void (*spend)(long first, long second);
} kinds[] = {{"calls", spend_calls},   {"writes", spend_writes},
             {"pages", spend_pages},   {"naps", spend_naps},
             {"daemon", spend_daemon}, {"share", spend_share}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 2 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(argv[1], kinds[i].name) != 0)
            continue;
        kinds[i].spend(atol(argv[2]), argc > 3 ? atol(argv[3]) : 0);
        return 0;
    }
    return 2;
}
