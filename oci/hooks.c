/* Runs the hooks of a bundle; see hooks.h. */
#include "oci/hooks.h"

#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/json.h"

#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static const char *const kinds[] = {
    "prestart",       "createRuntime", "createContainer",
    "startContainer", "poststart",     "poststop",
};

enum { TIMEOUT_MAX = 86400 /* s */, MILLISECONDS = 1000 };

/* One hook, in the form that it is executed. */
struct hook {
    const char *path;
    char **arguments, **environment;
    int64_t timeout; /* s; 0: none */
};

bool hooks_present(const json_t *document, const char *kind)
{
    const json_t *hooks = json_object_get(document, "hooks");

    return json_array_size(json_object_get(hooks, kind)) > 0;
}

static void release_hook(struct hook *hook)
{
    string_vector_free(hook->arguments);
    string_vector_free(hook->environment);
}

static int parse_hook(const struct json_node *node, struct hook *hook,
                      struct error *error)
{
    struct json_node path = json_node_member(node, "path");
    struct json_node arguments = json_node_member(node, "args");
    struct json_node environment = json_node_member(node, "env");
    struct json_node timeout = json_node_member(node, "timeout");
    int status = json_node_object(node, error);

    if (status == 0)
        status = json_node_require(&path, "an absolute path", error);
    if (status == 0)
        status = json_node_text(&path, &hook->path, error);
    if (status == 0 && hook->path[0] != '/')
        return json_node_expected(&path, error, "an absolute path");
    if (status == 0)
        status = json_node_strings(&arguments, &hook->arguments, error);
    if (status == 0)
        status = json_node_strings(&environment, &hook->environment, error);
    if (status == 0)
        status =
            json_node_integer(&timeout, 1, TIMEOUT_MAX, &hook->timeout, error);
    return status;
}

int hooks_check(json_t *document, struct error *error)
{
    struct json_node root = json_root(document);
    struct json_node hooks = json_node_member(&root, "hooks");
    int status = json_node_object(&hooks, error);

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct json_node list = json_node_member(&hooks, kinds[i]);

        if (status == 0)
            status = json_node_array(&list, error);
        for (size_t j = 0; status == 0 && j < json_node_count(&list); j++) {
            struct json_node element = json_node_element(&list, j);
            struct hook hook = {0};

            status = parse_hook(&element, &hook, error);
            release_hook(&hook);
        }
    }
    return status < 0 ? error_prefix(error, "config.json") : 0;
}

/* The state, to be read from its beginning: a file cannot block the writer
 * when a hook does not care to read. */
static int open_state(json_t *state)
{
    _cleanup_free_ char *text = json_dumps(state, JSON_COMPACT);
    _cleanup_close_ int fd = memfd_create("state", MFD_CLOEXEC);
    int status;

    if (text == NULL || fd < 0)
        return text == NULL ? -ENOMEM : -errno;
    status = file_write_all(fd, text, strlen(text));
    if (status < 0)
        return status;
    return lseek(fd, 0, SEEK_SET) < 0 ? -errno : take_fd(&fd);
}

/* In a process group of its own, to be ended as a whole. */
static int spawn(const struct hook *hook, int input, pid_t *pid)
{
    char *alone[] = {(char *)hook->path, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    int failure;

    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    failure = posix_spawn(pid, hook->path, &actions, &attributes,
                          hook->arguments[0] != NULL ? hook->arguments : alone,
                          hook->environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -failure;
}

/* Waits for the hook's end; -ETIMEDOUT after its time, and it is killed. */
static int await(pid_t pid, int64_t timeout, int *status)
{
    _cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd end = {.fd = fd, .events = POLLIN};
    int n;

    do {
        n = poll(&end, 1, timeout > 0 ? (int)timeout * MILLISECONDS : -1);
    } while (n < 0 && errno == EINTR);
    if (n == 0)
        kill(-pid, SIGKILL);
    while (waitpid(pid, status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    return n == 0 ? -ETIMEDOUT : 0;
}

static int run_one(const struct hook *hook, json_t *state, struct error *error)
{
    _cleanup_close_ int input = open_state(state);
    pid_t pid = 0;
    int outcome = 0;
    int status = input < 0 ? input : spawn(hook, input, &pid);

    if (status < 0)
        return error_set(error, ENOEXEC, "%s: cannot run it: %s", hook->path,
                         strerror(-status));
    status = await(pid, hook->timeout, &outcome);
    if (status == -ETIMEDOUT)
        return error_set(error, ENOEXEC, "%s: not done within %d s: killed",
                         hook->path, (int)hook->timeout);
    if (status < 0)
        return error_errno(error, -status, "%s", hook->path);
    if (WIFSIGNALED(outcome))
        return error_set(error, ENOEXEC, "%s: killed by signal %d", hook->path,
                         WTERMSIG(outcome));
    if (WEXITSTATUS(outcome) != 0)
        return error_set(error, ENOEXEC, "%s: exit status %d", hook->path,
                         WEXITSTATUS(outcome));
    return 0;
}

int hooks_run(json_t *document, const char *kind, json_t *state,
              struct error *error)
{
    struct json_node root = json_root(document);
    struct json_node hooks = json_node_member(&root, "hooks");
    struct json_node list = json_node_member(&hooks, kind);
    int status = 0;

    for (size_t i = 0; status == 0 && i < json_node_count(&list); i++) {
        struct json_node element = json_node_element(&list, i);
        struct hook hook = {0};

        status = parse_hook(&element, &hook, error);
        if (status == 0)
            status = run_one(&hook, state, error);
        release_hook(&hook);
        if (status < 0)
            error_prefix(error, "hooks.%s[%zu]", kind, i);
    }
    return status;
}
