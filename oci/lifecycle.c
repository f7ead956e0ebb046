/* What the verbs share of a container's life; see lifecycle.h. */
#include "oci/lifecycle.h"

#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/hooks.h"
#include "oci/json.h"
#include "oci/keeper.h"
#include "oci/path.h"
#include "oci/service.h"
#include "oci/start_gate.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

int lifecycle_root(const struct invocation *invocation, char **root,
                   struct error *error)
{
    if (invocation->root == NULL)
        return state_default_root(invocation->runtime->name, root, error);
    *root = strdup(invocation->root);
    return *root != NULL ? 0 : error_errno(error, ENOMEM, "--root");
}

int lifecycle_look(const struct invocation *invocation, const char *id,
                   char **directory, struct record *record, struct error *error)
{
    _cleanup_free_ char *root = NULL, *path = NULL;
    int status = state_check_id(id, error);

    if (status == 0)
        status = lifecycle_root(invocation, &root, error);
    if (status < 0)
        return status;
    path = path_join(root, id);
    if (path == NULL)
        return error_errno(error, ENOMEM, "%s", root);
    status = record_read(path, record, error);
    if (status == -ENOENT)
        return error_set(error, ENOENT, "container \"%s\" does not exist", id);
    *directory = take_pointer(path);
    return status;
}

int lifecycle_find(const struct invocation *invocation, const char *id,
                   struct subject *subject, struct error *error)
{
    _cleanup_free_ char *root = NULL;
    int status = state_check_id(id, error);

    if (status == 0)
        status = lifecycle_root(invocation, &root, error);
    if (status == 0)
        status = state_open(root, id, &subject->state, error);
    if (status < 0)
        return status;
    status = record_read(subject->state.directory, &subject->record, error);
    subject->config = NULL;
    /* Its making was cut short: what is known is that it has ended, and, if
     * it came to that, its configuration. */
    if (status == -ENOENT) {
        subject->config = path_join(subject->state.directory, "config.json");
        subject->record.id = id;
        subject->record.config = subject->config;
        return 0;
    }
    if (status < 0)
        state_close(&subject->state);
    return status;
}

void lifecycle_release(struct subject *subject)
{
    free(take_pointer(subject->config));
    record_release(&subject->record);
    state_close(&subject->state);
}

/* A `run` that is killed takes its container along, but not in an instant. */
static bool has_died(const struct process_identity *init)
{
    enum { DYING_MS = 500 };
    _cleanup_close_ int process = process_open(init);
    struct pollfd end = {.fd = process, .events = POLLIN};

    return process < 0 || poll(&end, 1, DYING_MS) > 0;
}

/* Clears away a container whose `run` did not live to do it. */
bool lifecycle_clear_orphan(const struct invocation *invocation, const char *id)
{
    struct error ignored = {0};
    struct subject subject;
    bool orphan;

    if (lifecycle_find(invocation, id, &subject, &ignored) < 0)
        return false;
    /* One whose making was cut short has lost its last process: we have its
     * lock. */
    orphan = subject.config != NULL ||
             (subject.record.attached && has_died(&subject.record.init));
    if (orphan)
        lifecycle_delete(invocation, &subject);
    else
        lifecycle_release(&subject);
    return orphan;
}

int lifecycle_make_state(const struct invocation *invocation, const char *id,
                         struct state *state, struct error *error)
{
    _cleanup_free_ char *root = NULL;
    int status = lifecycle_root(invocation, &root, error);

    if (status == 0)
        status = state_create(root, id, state, error);
    if (status == -EEXIST && lifecycle_clear_orphan(invocation, id))
        status = state_create(root, id, state, error);
    return status;
}

int lifecycle_write_pid_file(const char *path, pid_t pid, struct error *error)
{
    char text[16];

    if (path == NULL)
        return 0;
    snprintf(text, sizeof(text), "%d", (int)pid);
    return file_replace(path, text, error);
}

int lifecycle_announce(const struct run_request *request, pid_t pid,
                       json_t *details, bool creating, struct error *error)
{
    const struct bundle *bundle = request->bundle;
    const struct record_facts facts = {
        .id = request->id,
        .bundle = bundle->directory,
        .rootfs = bundle->rootfs,
        .config = request->config,
        .pid = pid,
        .attached = request->attached,
        .creating = creating,
        .details = details,
        .annotations = json_object_get(bundle->document, "annotations"),
    };
    int status = 0;

    if (request->state != NULL)
        status = record_write(request->state_directory, &facts, error);
    if (status < 0 || creating)
        return status;
    status = lifecycle_write_pid_file(request->pid_file, pid, error);
    if (status == 0 && request->state != NULL && request->attached)
        state_unlock(request->state);
    return status;
}

bool lifecycle_reclaim(const struct run_request *request)
{
    return request->state == NULL || !request->attached ||
           state_lock(request->state) == 0;
}

static json_t *make_state(const struct run_request *request,
                          enum container_status status, pid_t pid)
{
    const struct bundle *bundle = request->bundle;

    return json_pack("{ss ss ss si ss sO*}", "ociVersion", RUNTIME_SPEC_VERSION,
                     "id", request->id, "status", container_status_name(status),
                     "pid", (int)pid, "bundle", bundle->directory,
                     "annotations",
                     json_object_get(bundle->document, "annotations"));
}

int lifecycle_run_hooks(const struct run_request *request, const char *kind,
                        enum container_status status, pid_t pid,
                        struct error *error)
{
    json_t *document = request->bundle->document, *state;
    int result;

    if (!hooks_present(document, kind))
        return 0;
    state = make_state(request, status, pid);
    result = hooks_run(document, kind, state, error);
    json_decref(state);
    return result;
}

static void warn(const struct log *log, const struct error *error)
{
    fprintf(stderr, "warning: %s\n", error->text);
    (void)log_write(log, "warning", "%s", error->text);
}

void lifecycle_run_late_hooks(const struct run_request *request,
                              const char *kind, enum container_status status,
                              pid_t pid)
{
    struct error error = {0};

    if (lifecycle_run_hooks(request, kind, status, pid, &error) < 0)
        warn(request->log, &error);
}

/* The same for a container of which there is only the record. */
static void run_recorded_hooks(const struct invocation *invocation,
                               const struct record *record, const char *kind,
                               enum container_status status)
{
    struct error error = {0};
    json_t *document = NULL, *state = NULL;
    int result;

    if (record->config == NULL || access(record->config, F_OK) < 0)
        return;
    result = json_read_file(record->config, &document, &error);
    if (result == 0 && hooks_present(document, kind)) {
        state = record_state(record, status, record->init.pid);
        result = hooks_run(document, kind, state, &error);
    }
    json_decref(state);
    json_decref(document);
    if (result < 0)
        warn(&invocation->log, &error);
}

int lifecycle_prepare(struct run_request *request, struct error *error)
{
    return request->prepare != NULL ? request->prepare(request, error) : 0;
}

static int create_in(const struct invocation *invocation,
                     struct run_request *request, struct error *error)
{
    _cleanup_free_ char *original =
        path_join(request->bundle->directory, "config.json");
    _cleanup_free_ char *config =
        path_join(request->state_directory, "config.json");
    int status;

    if (original == NULL || config == NULL)
        return error_errno(error, ENOMEM, "%s", request->state_directory);
    /* "Any changes made to config.json after this operation will not have an
     * effect on the container." */
    status = file_copy(original, config, 0600, error);
    if (status < 0)
        return status;
    request->config = config;
    request->gate = start_gate_make(request->state->lock, error);
    if (request->gate < 0)
        return request->gate;
    status = invocation->runtime->create != NULL
                 ? invocation->runtime->create(request, error)
                 : keeper_create(invocation->runtime, request, error);
    close(take_fd(&request->gate));
    request->config = NULL;
    return status;
}

int lifecycle_create(const struct invocation *invocation,
                     struct run_request *request, struct error *error)
{
    struct state state;
    int status = lifecycle_make_state(invocation, request->id, &state, error);

    if (status < 0)
        return status;
    request->state = &state;
    request->state_directory = state.directory;
    status = lifecycle_prepare(request, error);
    if (status == 0)
        status = create_in(invocation, request, error);
    if (status < 0) {
        lifecycle_run_late_hooks(request, "poststop", STATUS_STOPPED, 0);
        state_remove(&state);
    } else {
        state_close(&state);
    }
    request->state = NULL;
    return status;
}

int lifecycle_start(const struct invocation *invocation,
                    const struct subject *subject, struct error *error)
{
    const struct record *record = &subject->record;
    enum container_status before =
        record_status(invocation->runtime, subject->state.directory, record);
    _cleanup_close_ int socket = -1;
    int status;

    if (before != STATUS_CREATED)
        return error_set(error, EINVAL,
                         "container \"%s\" cannot be started: it is %s",
                         record->id, container_status_name(before));
    status = service_listen(subject->state.directory, &socket, error);
    if (status < 0)
        return status;
    status = start_gate_open(subject->state.directory, error);
    if (status == 0 && socket >= 0)
        service_await_ready(take_fd(&socket), &record->init);
    if (status == 0)
        run_recorded_hooks(invocation, record, "poststart", STATUS_RUNNING);
    return status;
}

int lifecycle_end(const struct runtime *runtime, const struct record *record,
                  struct error *error)
{
    enum { PATIENCE = 10000 /* ms */ };
    _cleanup_close_ int process = process_open(&record->init);
    struct pollfd end = {.fd = process, .events = POLLIN};
    int n;

    if (process < 0)
        return 0;
    if (syscall(SYS_pidfd_send_signal, process, SIGKILL, NULL, 0) < 0 &&
        errno != ESRCH)
        return error_errno(error, errno, "container \"%s\": cannot kill it",
                           record->id);
    /* What is frozen does not die. */
    if (runtime->is_paused != NULL && runtime->is_paused(record)) {
        int status = runtime->pause(record, false, error);

        if (status < 0)
            return status;
    }
    do {
        n = poll(&end, 1, PATIENCE);
    } while (n < 0 && errno == EINTR);
    return n > 0 ? 0
                 : error_set(error, ETIMEDOUT,
                             "container \"%s\": killed, but not gone after "
                             "%d s",
                             record->id, PATIENCE / 1000);
}

void lifecycle_delete(const struct invocation *invocation,
                      struct subject *subject)
{
    const struct record *record = &subject->record;

    if (invocation->runtime->destroy != NULL)
        invocation->runtime->destroy(record->id, record);
    run_recorded_hooks(invocation, record, "poststop", STATUS_STOPPED);
    free(take_pointer(subject->config));
    record_release(&subject->record);
    state_remove(&subject->state);
}
