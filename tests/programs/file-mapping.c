/*
 * Files in memory: private copies, shared pages that all ways of access see,
 * their growth and shrinking. Needs an empty
 * directory /tree.
 */
#include "tests/programs/show.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 5 };

#define NOWHERE ((char *)MAP_FAILED)

/* The error, or that it worked: addresses differ. */
#define SHOW_MAP(call) (errno = 0, show(#call, (call) == MAP_FAILED ? -1 : 0))

static int make_file(const char *name, size_t pages)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
    char page[PAGE];

    for (size_t i = 0; i < pages; i++) {
        memset(page, (int)('a' + i), sizeof(page));
        if (write(fd, page, sizeof(page)) < 0)
            perror(name);
    }
    return fd;
}

static void arguments(void)
{
    int fd = make_file("arguments", 1);
    int reader = open("arguments", O_RDONLY);
    int writer = open("arguments", O_WRONLY);
    int directory = open(".", O_RDONLY);
    int path = open("arguments", O_PATH);
    int ends[2];

    if (pipe(ends) < 0)
        perror("pipe");
    SHOW_MAP(mmap(NULL, 0, PROT_READ, MAP_SHARED, fd, 0));
    SHOW_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 1));
    SHOW_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, 999, 0));
    SHOW_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, path, 0));
    SHOW_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, directory, 0));
    SHOW_MAP(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, ends[0], 0));
    SHOW_MAP(mmap(NULL, PAGE, PROT_READ, 0, fd, 0));
    SHOW_MAP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0));
    SHOW_MAP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, reader, 0));
    SHOW_MAP(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, writer, 0));
    SHOW_MAP(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, writer, 0));
    SHOW_MAP(mmap(NULL, PAGE, PROT_NONE, MAP_SHARED, reader, 0));
}

static void private_copies(void)
{
    int fd = make_file("private", PAGES);
    char *map =
        mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    char byte;

    printf("%c%c\n", map[0], map[PAGES * PAGE - 1]);
    map[0] = 'X';
    SHOW(pread(fd, &byte, 1, 0));
    printf("%c %c\n", byte, map[0]);
    SHOW(munmap(map, PAGES * PAGE));
    map = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 2 * PAGE);
    printf("%c\n", map[0]);
    SHOW(mprotect(map, PAGE, PROT_READ | PROT_WRITE));
    map[5] = 'Y';
    SHOW(close(fd));
    printf("%c%c\n", map[4], map[5]);
    SHOW(munmap(map, PAGE));
    fd = open("private", O_RDWR);
    SHOW(ftruncate(fd, PAGE + 10));
    map = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    printf("%c%c%d\n", map[PAGE - 1], map[PAGE + 9], map[PAGE + 10]);
    SHOW(munmap(map, 2 * PAGE));
    close(fd);
}

static void shared_pages(void)
{
    int fd = make_file("shared", PAGES), ends[2];
    char *one =
        mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *two = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
    char text[8] = "";

    SHOW(one != two);
    memcpy(one + PAGE, "written", 7);
    printf("%.7s\n", two);
    SHOW(pread(fd, text, 7, PAGE));
    printf("%s\n", text);
    SHOW(pwrite(fd, "by call", 7, PAGE));
    printf("%.7s %.7s\n", one + PAGE, two);
    SHOW(pwrite(fd, one, 100, 2 * PAGE));
    printf("%c\n", two[PAGE + 99]);
    SHOW(pipe(ends));
    SHOW(write(ends[1], two, 7));
    SHOW(read(ends[0], one, 7));
    printf("%.7s\n", one);
    SHOW(msync(one, PAGES * PAGE, MS_SYNC));
    SHOW(msync(one + 1, PAGE, MS_SYNC));
    SHOW(msync(one, PAGE, MS_SYNC | MS_ASYNC));
    SHOW(mprotect(one, PAGE, PROT_READ));
    SHOW(read(ends[0], one, 0));
    SHOW(pread(fd, one, 10, 0));
    SHOW(mprotect(one, PAGE, PROT_READ | PROT_WRITE));
    SHOW(munmap(one + PAGE, PAGE));
    SHOW(pwrite(fd, one + PAGE, 1, 0));
    one[2 * PAGE] = 'Z';
    printf("%c %c\n", two[PAGE], one[3 * PAGE]);
    SHOW(munmap(one, PAGES * PAGE));
    SHOW(unlink("shared"));
    SHOW(close(fd));
    printf("%.7s %c\n", two, two[PAGE]);
    SHOW(munmap(two, 2 * PAGE));
    SHOW(fflush(stdout));
}

static void rights(void)
{
    int reader = open("private", O_RDONLY);
    char *map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, reader, 0);

    SHOW(mprotect(map, PAGE, PROT_READ | PROT_WRITE));
    SHOW(mprotect(map, PAGE, PROT_NONE));
    SHOW(write(1, map, 1));
    SHOW(mprotect(map, PAGE, PROT_READ));
    SHOW(madvise(map, PAGE, MADV_DONTNEED));
    printf("%c\n", map[0]);
    SHOW(munmap(map, PAGE));
    close(reader);
}

/* Mapped further than the file goes, which then grows, shrinks and grows. */
static void growth(void)
{
    int fd = make_file("growth", 1);
    char *map =
        mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    SHOW(pwrite(fd, "later", 5, 3 * PAGE));
    printf("%.5s %d\n", map + 3 * PAGE, map[2 * PAGE]);
    SHOW(ftruncate(fd, 5 * PAGE));
    map[5 * PAGE - 1] = '!';
    SHOW(ftruncate(fd, PAGE));
    SHOW(ftruncate(fd, 4 * PAGE));
    printf("%d %d\n", map[2 * PAGE], map[3 * PAGE]);
    SHOW(write(1, map + 4 * PAGE, 1));
    map[2 * PAGE] = 'G';
    map = mremap(map, PAGES * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
    SHOW(map != NOWHERE);
    printf("%c%c\n", map[0], map[2 * PAGE]);
    SHOW(ftruncate(fd, 8 * PAGE));
    map[8 * PAGE - 1] = 'e';
    SHOW(munmap(map, 8 * PAGE));
    close(fd);
}

/* Memory given back, where then perhaps files are, and given back again. */
static void holes(void)
{
    enum { LENGTH = 64 << 20, FILE_PAGES = 2000 };
    char *map =
        mmap(NULL, LENGTH, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char byte = 0;
    int fd;

    SHOW(munmap(map, LENGTH));
    fd = make_file("holes", FILE_PAGES);
    SHOW(munmap(map, LENGTH));
    SHOW(pread(fd, &byte, 1, (FILE_PAGES - 1l) * PAGE));
    printf("%d\n", byte);
    SHOW(ftruncate(fd, 0));
    close(fd);
}

static sigjmp_buf back;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)context;
    printf("signal %d, code %d\n", signal, info->si_code);
    siglongjmp(back, 1);
}

/* What is read from a page, or that a signal came. */
static void show_byte(const volatile char *at)
{
    if (sigsetjmp(back, 1) == 0)
        printf("byte %d\n", *at);
}

/* Behind the end of a file there is nothing to read. */
static void beyond(void)
{
    const struct sigaction action = {.sa_sigaction = on_fault,
                                     .sa_flags = SA_SIGINFO};
    int fd = make_file("beyond", 2);
    char *map = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);

    SHOW(sigaction(SIGBUS, &action, NULL));
    SHOW(sigaction(SIGSEGV, &action, NULL));
    show_byte(map + 2 * PAGE - 1);
    show_byte(map + 2 * PAGE);
    SHOW(ftruncate(fd, 3 * PAGE));
    show_byte(map + 2 * PAGE);
    SHOW(ftruncate(fd, PAGE));
    show_byte(map + PAGE);
    SHOW(mprotect(map, PAGE, PROT_NONE));
    show_byte(map);
    SHOW(munmap(map, 4 * PAGE));
    show_byte(map);
    map = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    SHOW(signal(SIGBUS, SIG_DFL) == SIG_ERR);
    close(fd);
    show_byte(map + PAGE);
}

/* The ring buffer: one file twice side by side, in a place of the program's. */
static void fixed(void)
{
    int fd = make_file("fixed", 1);
    char *place =
        mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    SHOW(mmap(place, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
              0) == place);
    SHOW(mmap(place + PAGE, PAGE, PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_FIXED, fd, 0) == place + PAGE);
    memcpy(place + PAGE - 2, "ring", 4);
    printf("%.2s%.2s %.2s\n", place + PAGE - 2, place, place + 2 * PAGE - 2);
    SHOW(write(1, place + PAGE - 2, 2));
    SHOW(mprotect(place, 2 * PAGE, PROT_READ));
    printf("%.2s\n", place + 2 * PAGE - 2);
    SHOW_MAP(
        mmap(place, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0));
    SHOW(mmap(place, PAGE, PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == place);
    printf("%d %.2s\n", place[0], place + PAGE);
    place[0] = 'p';
    SHOW(munmap(place, 3 * PAGE));
    close(fd);
}

int main(void)
{
    if (chdir("/tree") < 0)
        return 1;
    setvbuf(stdout, NULL, _IONBF, 0);
    arguments();
    private_copies();
    shared_pages();
    rights();
    growth();
    fixed();
    holes();
    beyond();
    return 0;
}
