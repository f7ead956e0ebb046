/*
 * Takes all the memory there is, then makes the calls that need some of the
 * kernel's. Writes without buffers, which would need memory, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static void take_all_memory(void)
{
    for (size_t size = 1 << 24; size >= 4096; size /= 2) {
        while (mmap(NULL, size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
            continue;
    }
}

/* Until it fails: small things may still fit where larger ones ended. */
static void show_failure(const char *name, int (*make)(void))
{
    const char *error;

    while (make() >= 0)
        continue;
    error = strerror(errno);
    write(STDOUT_FILENO, name, strlen(name));
    write(STDOUT_FILENO, ": ", 2);
    write(STDOUT_FILENO, error, strlen(error));
    write(STDOUT_FILENO, "\n", 1);
}

static int make_pipe(void)
{
    int ends[2];

    return pipe(ends);
}

static int make_pair(void)
{
    int ends[2];

    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int make_counter(void)
{
    return eventfd(0, 0);
}

static int make_list(void)
{
    return epoll_create1(0);
}

static int make_file(void)
{
    return memfd_create("file", 0);
}

static int open_process_file(void)
{
    return open("/proc/self/maps", O_RDONLY);
}

static int open_root(void)
{
    return open("/", O_RDONLY);
}

static int grow_heap(void)
{
    return sbrk(1 << 20) == (void *)-1 ? -1 : 0;
}

int main(void)
{
    take_all_memory();
    show_failure("pipe", make_pipe);
    show_failure("pair", make_pair);
    show_failure("counter", make_counter);
    show_failure("list", make_list);
    show_failure("file", make_file);
    show_failure("/proc", open_process_file);
    show_failure("/", open_root);
    show_failure("heap", grow_heap);
    return 0;
}
