/* The initramfs of a bundle: from ordinary trees, and from hostile ones. */
#include "vmm/initramfs.h"

#include "oci/file.h"
#include "tests/unit/cpio_reader.h"
#include "vmm/rootfs_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

static char scratch[64], rootfs[80];
static char *arguments[] = {(char *)"/program", NULL};
static char *environment[] = {NULL};
static char cwd[] = "/";
static struct bundle bundle;
static struct buffer buffer;
static struct error error;
static struct initramfs_options options;

static int begin(void **state)
{
    (void)state;
    snprintf(scratch, sizeof(scratch), "/tmp/test_vmm_initramfs.XXXXXX");
    if (mkdtemp(scratch) == NULL)
        return -1;
    snprintf(rootfs, sizeof(rootfs), "%s/rootfs", scratch);
    error = (struct error){0};
    bundle = (struct bundle){
        .directory = scratch,
        .rootfs = rootfs,
        .process = {.arguments = arguments,
                    .environment = environment,
                    .cwd = cwd},
    };
    options = (struct initramfs_options){
        .init = "/proc/self/exe",
        .limit = 1 << 30,
    };
    return mkdir(rootfs, 0755);
}

static int end(void **state)
{
    (void)state;
    buffer_release(&buffer);
    return tree_remove(scratch, &error);
}

static int build(void)
{
    return initramfs_build(&bundle, &options, &buffer, &error);
}

static void build_well(void)
{
    if (build() < 0)
        fail_msg("%s", error.text);
}

static bool has(const char *name, struct cpio_read *entry)
{
    return cpio_find(buffer.data, buffer.size, name, entry);
}

/* PATH below the scratch directory. */
static const char *below(const char *path)
{
    static char text[256];

    snprintf(text, sizeof(text), "%s/%s", scratch, path);
    return text;
}

static void write_file(const char *path, const char *content)
{
    int fd = open(below(path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

    assert_true(fd >= 0);
    assert_int_equal(file_write_all(fd, content, strlen(content)), 0);
    close(fd);
}

static void init_process_and_rootfs_are_in_their_places(void **state)
{
    struct cpio_read entry;

    (void)state;
    write_file("rootfs/program", "text");
    build_well();
    assert_true(has("init", &entry));
    assert_int_equal(entry.fields[CPIO_MODE], S_IFREG | 0700);
    assert_true(has("process", &entry));
    assert_memory_equal(entry.content, "RSPROC01", 8);
    assert_true(has("dev/console", &entry));
    assert_true(has("rootfs", &entry));
    assert_true(has("rootfs/program", &entry));
    assert_int_equal(entry.fields[CPIO_MODE], S_IFREG | 0640);
    assert_memory_equal(entry.content, "text", 4);
    assert_false(has("modules", &entry));
}

static void a_directory_comes_before_what_is_in_it(void **state)
{
    struct cpio_read entry;
    size_t offset = 0;
    bool seen = false;

    (void)state;
    assert_int_equal(mkdir(below("rootfs/a"), 0711), 0);
    write_file("rootfs/a/b", "");
    build_well();
    while (cpio_read_next(buffer.data, buffer.size, &offset, &entry)) {
        if (strcmp(entry.name, "rootfs/a") == 0)
            seen = true;
        if (strcmp(entry.name, "rootfs/a/b") == 0)
            assert_true(seen);
    }
    assert_true(seen);
}

static void links_are_kept_and_never_followed(void **state)
{
    struct cpio_read entry;

    (void)state;
    assert_int_equal(symlink("/", below("rootfs/up")), 0);
    assert_int_equal(symlink("../../../../etc/passwd", below("rootfs/out")), 0);
    assert_int_equal(symlink("loop", below("rootfs/loop")), 0);
    build_well();
    assert_true(has("rootfs/up", &entry));
    assert_int_equal(entry.fields[CPIO_MODE], S_IFLNK | 0777);
    assert_int_equal(entry.fields[CPIO_SIZE], 1);
    assert_true(has("rootfs/out", &entry));
    assert_memory_equal(entry.content, "../../../../etc/passwd", 22);
    assert_true(has("rootfs/loop", &entry));
    assert_false(has("rootfs/up/etc", &entry));
}

static void a_rootfs_that_is_a_link_is_refused(void **state)
{
    (void)state;
    assert_int_equal(rmdir(rootfs), 0);
    assert_int_equal(symlink("/", rootfs), 0);
    assert_int_equal(build(), -ENOENT);
}

static void odd_names_are_kept(void **state)
{
    struct cpio_read entry;

    (void)state;
    write_file("rootfs/a\nb", "x");
    write_file("rootfs/TRAILER!!!", "x");
    write_file("rootfs/\xff", "x");
    build_well();
    assert_true(has("rootfs/a\nb", &entry));
    assert_true(has("rootfs/TRAILER!!!", &entry));
    assert_true(has("rootfs/\xff", &entry));
}

static void fifos_are_nodes_and_are_not_waited_for(void **state)
{
    struct cpio_read entry;

    (void)state;
    assert_int_equal(mkfifo(below("rootfs/fifo"), 0600), 0);
    build_well();
    assert_true(has("rootfs/fifo", &entry));
    assert_int_equal(entry.fields[CPIO_MODE], S_IFIFO | 0600);
}

static void sockets_are_left_out(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct cpio_read entry;

    (void)state;
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", rootfs);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    build_well();
    assert_false(has("rootfs/socket", &entry));
    close(fd);
}

static void device_nodes_are_kept(void **state)
{
    struct cpio_read entry;

    (void)state;
    if (mknod(below("rootfs/null"), S_IFCHR | 0666, makedev(1, 3)) < 0) {
        print_message("device nodes cannot be made here\n");
        skip();
    }
    build_well();
    assert_true(has("rootfs/null", &entry));
    assert_int_equal(entry.fields[CPIO_NODE_MAJOR], 1);
    assert_int_equal(entry.fields[CPIO_NODE_MINOR], 3);
}

static void a_file_with_several_names_is_there_once(void **state)
{
    struct cpio_read one, other;
    char from[256];

    (void)state;
    write_file("rootfs/one", "same");
    snprintf(from, sizeof(from), "%s", below("rootfs/one"));
    assert_int_equal(link(from, below("rootfs/other")), 0);
    build_well();
    assert_true(has("rootfs/one", &one) && has("rootfs/other", &other));
    assert_int_equal(one.fields[CPIO_INODE], other.fields[CPIO_INODE]);
    assert_int_equal(one.fields[CPIO_LINKS], 2);
    assert_int_equal(other.fields[CPIO_LINKS], 2);
    assert_memory_equal(one.content, "same", 4);
    assert_int_equal(other.fields[CPIO_SIZE], 0);
}

static void a_sparse_file_past_the_format_is_refused(void **state)
{
    (void)state;
    write_file("rootfs/huge", "");
    assert_int_equal(truncate(below("rootfs/huge"), 5ll << 30), 0);
    assert_int_equal(build(), -EFBIG);
    assert_string_equal(error.text, "rootfs/huge: 5368709120 bytes; an archive "
                                    "takes files below 4 GiB");
}

static void what_does_not_fit_says_how_much_it_is(void **state)
{
    (void)state;
    write_file("rootfs/huge", "");
    assert_int_equal(truncate(below("rootfs/huge"), 3ll << 30), 0);
    options.limit = 100 << 20;
    assert_int_equal(build(), -ENOSPC);
    assert_non_null(strstr(error.text, "the initramfs of 30"));
    assert_non_null(
        strstr(error.text, " MiB does not fit guest memory of 100 MiB"));
    assert_true(buffer.size <= options.limit);
}

static void a_tree_too_deep_is_refused(void **state)
{
    int fd = open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);

    (void)state;
    for (int depth = 0; depth <= ROOTFS_MAX_DEPTH; depth++) {
        int next;

        assert_int_equal(mkdirat(fd, "d", 0755), 0);
        next = openat(fd, "d", O_PATH | O_DIRECTORY | O_CLOEXEC);
        close(fd);
        fd = next;
    }
    close(fd);
    assert_int_equal(build(), -E2BIG);
    assert_non_null(strstr(error.text, "directories deeper than 256"));
}

static void a_path_too_long_is_refused(void **state)
{
    enum { DEPTH = 21 }; /* of 201 characters each: past PATH_MAX */
    int levels[DEPTH + 1] = {open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC)};
    char name[201];
    int status;

    (void)state;
    memset(name, 'n', 200);
    name[200] = '\0';
    for (int i = 0; i < DEPTH; i++) {
        assert_int_equal(mkdirat(levels[i], name, 0755), 0);
        levels[i + 1] =
            openat(levels[i], name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    status = build();
    close(levels[DEPTH]);
    for (int i = DEPTH - 1; i >= 0; i--) {
        unlinkat(levels[i], name, AT_REMOVEDIR);
        close(levels[i]);
    }
    assert_int_equal(status, -ENAMETOOLONG);
}

static void owners_are_as_the_mappings_say(void **state)
{
    static struct bundle_id_mapping mine = {.size = 1};
    static struct bundle_id_mapping others = {.size = 5};
    struct cpio_read entry;

    (void)state;
    write_file("rootfs/file", "");
    mine.host_id = geteuid();
    others.host_id = getegid() + 1;
    bundle.mappings.uids = &mine;
    bundle.mappings.uid_count = 1;
    bundle.mappings.gids = &others;
    bundle.mappings.gid_count = 1;
    build_well();
    assert_true(has("rootfs/file", &entry));
    assert_int_equal(entry.fields[CPIO_UID], 0);
    assert_int_equal(entry.fields[CPIO_GID], 65534);
}

/* Replaces one name by ever another kind of file, until told to stop. */
static atomic_bool stop;

static void *trouble(void *context)
{
    char name[128], other[128];

    (void)context;
    snprintf(name, sizeof(name), "%s/rootfs/it", scratch);
    snprintf(other, sizeof(other), "%s/rootfs/it/x", scratch);
    while (!stop) {
        (void)!symlink("/etc", name);
        unlink(name);
        mkdir(name, 0755);
        mkfifo(other, 0600);
        unlink(other);
        rmdir(name);
        mkfifo(name, 0600);
        unlink(name);
        close(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        (void)!truncate(name, 100000);
        (void)!truncate(name, 10);
        unlink(name);
    }
    return NULL;
}

static void a_tree_that_changes_meanwhile_does_no_harm(void **state)
{
    pthread_t thread;

    (void)state;
    options.init = "/dev/null";
    stop = false;
    assert_int_equal(pthread_create(&thread, NULL, trouble, NULL), 0);
    for (int i = 0; i < 3000; i++) {
        struct cpio_read entry;

        buffer.size = 0;
        if (build() < 0) {
            stop = true;
            fail_msg("%s", error.text);
        }
        assert_false(has("rootfs/it/passwd", &entry));
    }
    stop = true;
    pthread_join(thread, NULL);
}

static void a_missing_init_is_told(void **state)
{
    (void)state;
    options.init = "/nonexistent/init";
    assert_int_equal(build(), -ENOENT);
    assert_non_null(strstr(error.text, "/nonexistent/init"));
}

static void a_bind_mount_that_could_be_written_to_is_refused(void **state)
{
    static char *words[] = {(char *)"rbind", NULL};
    static struct bundle_mount mount = {
        .destination = (char *)"/data",
        .type = (char *)"none",
        .source = (char *)"/srv/data",
        .options = words,
    };

    (void)state;
    bundle.mounts = &mount;
    bundle.mount_count = 1;
    assert_int_equal(build(), -ENOTSUP);
    assert_string_equal(error.text,
                        "config.json: mounts: /data: \"/srv/data\" of the "
                        "host: a virtual machine works on a copy, and what it "
                        "writes would be lost: mount it read-only (ro), or "
                        "copy it into the rootfs");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(init_process_and_rootfs_are_in_their_places),
        TEST(a_directory_comes_before_what_is_in_it),
        TEST(links_are_kept_and_never_followed),
        TEST(a_rootfs_that_is_a_link_is_refused),
        TEST(odd_names_are_kept),
        TEST(fifos_are_nodes_and_are_not_waited_for),
        TEST(sockets_are_left_out),
        TEST(device_nodes_are_kept),
        TEST(a_file_with_several_names_is_there_once),
        TEST(a_sparse_file_past_the_format_is_refused),
        TEST(what_does_not_fit_says_how_much_it_is),
        TEST(a_tree_too_deep_is_refused),
        TEST(a_path_too_long_is_refused),
        TEST(owners_are_as_the_mappings_say),
        TEST(a_tree_that_changes_meanwhile_does_no_harm),
        TEST(a_missing_init_is_told),
        TEST(a_bind_mount_that_could_be_written_to_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
