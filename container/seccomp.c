/*
 * The seccomp filter of a container: made before it, installed in it, and its
 * notifications handed to a listener; see seccomp.h.
 */
#include "container/seccomp.h"

#include "oci/cleanup.h"
#include "oci/socket.h"

#include <linux/seccomp.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5) /* Linux 5.19 */
#endif

static const struct {
    const char *name;
    unsigned int flag;
} flag_names[] = {
    /* Init has one thread when it installs the filter. */
    {"SECCOMP_FILTER_FLAG_TSYNC", 0},
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
     SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
};

enum { FLAG_COUNT = sizeof(flag_names) / sizeof(flag_names[0]) };

json_t *seccomp_flag_names(void)
{
    json_t *names = json_array();

    for (size_t i = 0; i < FLAG_COUNT; i++)
        json_array_append_new(names, json_string(flag_names[i].name));
    return names;
}

static int parse_flags(const struct json_node *profile, unsigned int *flags,
                       struct error *error)
{
    struct json_node list = json_node_member(profile, "flags");
    int status = json_node_array(&list, error);

    for (size_t i = 0; status == 0 && i < json_node_count(&list); i++) {
        struct json_node element = json_node_element(&list, i);
        const char *name = "";
        size_t j = 0;

        status = json_node_require(&element, "a flag", error);
        if (status == 0)
            status = json_node_text(&element, &name, error);
        while (j < FLAG_COUNT && strcmp(flag_names[j].name, name) != 0)
            j++;
        if (status == 0 && j == FLAG_COUNT)
            return json_node_expected(&element, error, "a seccomp flag");
        if (status == 0)
            *flags |= flag_names[j].flag;
    }
    return status;
}

/* "containerProcessState" of config-linux.md, without the process id. */
static int make_notice(const struct bundle *bundle, const char *id,
                       const char *metadata, struct seccomp_program *program,
                       struct error *error)
{
    program->notice = json_pack(
        "{s:s, s:[s], s:s, s:{s:s, s:s, s:s, s:s}}", "ociVersion", "1.0.2",
        "fds", "seccompFd", "metadata", metadata, "state", "ociVersion",
        "1.0.2", "id", id, "status", "creating", "bundle", bundle->directory);
    return program->notice != NULL
               ? 0
               : error_errno(error, ENOMEM, "linux.seccomp.listenerPath");
}

void seccomp_set_pids(const struct seccomp_program *program, pid_t process,
                      pid_t container)
{
    json_t *state = json_object_get(program->notice, "state");

    if (program->notice == NULL)
        return;
    json_object_set_new(program->notice, "pid", json_integer(process));
    json_object_set_new(state, "pid", json_integer(container));
}

int seccomp_note_pid(const struct seccomp_program *program, struct error *error)
{
    char text[16] = "";
    pid_t pid;

    if (program->notice == NULL)
        return 0;
    if (readlink("/proc/self", text, sizeof(text) - 1) < 0)
        return error_errno(error, errno, "/proc/self");
    pid = atoi(text);
    seccomp_set_pids(program, pid, pid);
    return 0;
}

static int prepare_listener(const struct json_node *profile,
                            const struct bundle *bundle, const char *id,
                            struct seccomp_program *program,
                            struct error *error)
{
    struct json_node path_node = json_node_member(profile, "listenerPath");
    struct json_node text_node = json_node_member(profile, "listenerMetadata");
    const char *path = "", *metadata = "";
    int status = json_node_text(&path_node, &path, error);

    if (status == 0)
        status = json_node_text(&text_node, &metadata, error);
    if (status < 0 || path[0] == '\0')
        return status;
    program->listener =
        socket_connect(path, SOCK_STREAM, "linux.seccomp.listenerPath", error);
    if (program->listener < 0)
        return program->listener;
    program->flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
    return make_notice(bundle, id, metadata, program, error);
}

int seccomp_prepare(const struct bundle *bundle, const char *id,
                    struct seccomp_program *program, struct error *error)
{
    struct json_node root = json_root(bundle->document);
    struct json_node linux_node = json_node_member(&root, "linux");
    struct json_node profile = json_node_member(&linux_node, "seccomp");
    char key[SECCOMP_KEY_SIZE];
    int status = json_node_object(&profile, error);

    *program = (struct seccomp_program){.listener = -1};
    if (status < 0 || !json_node_present(&profile))
        return status;
    status = parse_flags(&profile, &program->flags, error);
    if (status == 0)
        status = prepare_listener(&profile, bundle, id, program, error);
    if (status < 0 || seccomp_cache_key(profile.value, key) < 0)
        return status;
    if (seccomp_cache_load(key, program))
        return 0;
    status = seccomp_compile(&profile, program->listener >= 0, program, error);
    if (status == 0)
        seccomp_cache_store(key, program);
    return status;
}

void seccomp_program_release(struct seccomp_program *program)
{
    free(program->filter);
    json_decref(program->notice);
    cleanup_close(&program->listener);
    *program = (struct seccomp_program){.listener = -1};
}

bool seccomp_needs_rights(const struct seccomp_program *program,
                          const struct bundle_process *process)
{
    return program->filter != NULL && !process->no_new_privileges;
}

static long load(const struct seccomp_program *program)
{
    const struct sock_fprog code = {
        .len = program->count,
        .filter = program->filter,
    };

    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, program->flags, &code);
}

static int send_descriptor(const struct seccomp_program *program, int fd)
{
    _cleanup_free_ char *notice = json_dumps(program->notice, JSON_COMPACT);

    return notice == NULL ? -ENOMEM
                          : socket_send_descriptor(program->listener, notice,
                                                   strlen(notice), fd);
}

/*
 * What the two threads below share. The one under the filter may make no
 * system call before the listener has the descriptor: it could be one that
 * the listener is to decide. So it spins on done, a few microseconds.
 */
struct handover {
    const struct seccomp_program *program;
    volatile int descriptor; /* -1: not there yet */
    volatile int status;
    volatile bool done;
};

static int hand_over(void *argument)
{
    struct handover *handover = argument;

    while (handover->descriptor == -1)
        sched_yield();
    if (handover->descriptor >= 0)
        handover->status =
            send_descriptor(handover->program, handover->descriptor);
    __atomic_store_n(&handover->done, true, __ATOMIC_RELEASE);
    syscall(SYS_exit, 0);
    return 0;
}

static int install_with_listener(const struct seccomp_program *program,
                                 struct error *error)
{
    enum { STACK_SIZE = 64 << 10 };
    static char stack[STACK_SIZE] __attribute__((aligned(16)));
    struct handover handover = {.program = program, .descriptor = -1};
    long fd;

    if (clone(hand_over, stack + STACK_SIZE,
              CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                  CLONE_SYSVSEM,
              &handover) < 0)
        return error_errno(error, errno, "linux.seccomp: cannot make a thread");
    fd = load(program);
    handover.descriptor = fd < 0 ? -2 : (int)fd;
    while (!__atomic_load_n(&handover.done, __ATOMIC_ACQUIRE))
        __builtin_ia32_pause();
    if (fd < 0)
        return error_errno(error, errno, "linux.seccomp: cannot install it");
    if (handover.status < 0)
        return error_errno(error, -handover.status,
                           "linux.seccomp.listenerPath: cannot send to it");
    return 0;
}

int seccomp_install(const struct seccomp_program *program, struct error *error)
{
    if (program->filter == NULL)
        return 0;
    if (program->listener >= 0)
        return install_with_listener(program, error);
    return load(program) < 0
               ? error_errno(error, errno, "linux.seccomp: cannot install it")
               : 0;
}
