/* A platform that takes part; see participant.h for the contract. */
#include "bench/participant.h"

#include "bench/command.h"
#include "bench/placeholder.h"
#include "bench/words.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { ENTER_SECONDS = 30 };

/*
 * In a child: leaves the caller's mounts, then waits to be killed; by the
 * kernel if the harness dies first.
 */
static void hold_namespace(int ready, pid_t parent)
{
    int failure = 0;

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
        _exit(1);
    if (unshare(CLONE_NEWNS) < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        failure = errno;
    if (write(ready, &failure, sizeof(failure)) < 0)
        _exit(1);
    for (;;)
        pause();
}

/*
 * A descriptor of a fresh mount namespace in which nothing propagates. It
 * lives as long as the descriptor, so no process and no mount is left behind
 * however the session ends.
 */
static int make_namespace(struct error *error)
{
    int ready[2], failure = EIO, namespace_fd = -1;
    char path[64];
    pid_t parent = getpid(), holder;

    if (pipe2(ready, O_CLOEXEC) < 0)
        return error_errno(error, errno, "pipe");
    holder = fork();
    if (holder == 0)
        hold_namespace(ready[1], parent);
    close(ready[1]);
    if (holder < 0)
        failure = errno;
    else if (read(ready[0], &failure, sizeof(failure)) == sizeof(failure) &&
             failure == 0) {
        snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)holder);
        namespace_fd = open(path, O_RDONLY | O_CLOEXEC);
        failure = namespace_fd < 0 ? errno : 0;
    }
    close(ready[0]);
    if (holder > 0) {
        kill(holder, SIGKILL);
        waitpid(holder, NULL, 0);
    }
    return failure != 0
               ? error_errno(error, failure, "a private mount namespace")
               : namespace_fd;
}

static int enter(struct participant *participant, const struct paths *paths,
                 struct error *error)
{
    const struct placeholders values = {
        .bin = paths->bin,
        .here = participant->platform->directory,
        .state = participant->state,
    };
    _cleanup_words_ char **expanded =
        placeholders_expand(participant->platform->enter, &values);
    _cleanup_words_ char **command =
        expanded == NULL ? NULL : probe_resolve(expanded, paths, error);
    _cleanup_free_ struct command_result *result = malloc(sizeof(*result));
    int failed;

    if (expanded == NULL || result == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (command == NULL)
        return -error->code;
    participant->mount_namespace = make_namespace(error);
    if (participant->mount_namespace < 0)
        return participant->mount_namespace;
    failed = command_run(command, participant->mount_namespace, ENTER_SECONDS,
                         result, error);
    if (failed < 0)
        return failed;
    if (result->interrupted)
        return error_set(error, EINTR, "interrupted");
    if (result->status == 0 && !result->timed_out)
        return 0;
    command_reason(result, ENTER_SECONDS, command[0], error);
    return -error->code;
}

/* A command that a platform may do without. */
static int resolve(char *const *command, char ***resolved,
                   const struct paths *paths, struct error *error)
{
    if (command == NULL)
        return 0;
    *resolved = probe_resolve(command, paths, error);
    return *resolved == NULL ? -error->code : 0;
}

static bool wants_to_enter(const struct platform *platform,
                           const struct session *session)
{
    switch (platform->enter_when) {
    case ENTER_HYBRID_CGROUPS:
        return session->host.hybrid;
    case ENTER_ROOT:
        return geteuid() == 0;
    default:
        return true;
    }
}

static int prepare(const struct platform *platform, const struct paths *paths,
                   const struct session *session,
                   struct participant *participant, struct error *error)
{
    participant->run = probe_resolve(probe_run_command(platform), paths, error);
    if (participant->run == NULL)
        return -error->code;
    if (resolve(platform->cleanup, &participant->cleanup, paths, error) < 0 ||
        resolve(platform->prepare, &participant->prepare, paths, error) < 0 ||
        resolve(platform->finish, &participant->finish, paths, error) < 0)
        return -error->code;
    participant->state =
        text_format("%s/state-%s", session->directory, platform->name);
    if (participant->state == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (mkdir(participant->state, 0700) < 0)
        return error_errno(error, errno, "%s", participant->state);
    if (platform->enter != NULL && wants_to_enter(platform, session))
        return enter(participant, paths, error);
    return 0;
}

int participant_open(const struct candidate *candidate,
                     const struct paths *paths, const struct session *session,
                     struct participant *participant, struct error *error)
{
    int result;

    *participant = (struct participant){.platform = candidate->platform,
                                        .mount_namespace = -1};
    memcpy(participant->version, candidate->version, PROBE_VERSION_SIZE);
    result = prepare(candidate->platform, paths, session, participant, error);
    if (result < 0) {
        error_prefix(error, "%s", candidate->platform->name);
        participant_release(participant);
    }
    return result;
}

void participant_release(struct participant *participant)
{
    words_free(participant->run);
    words_free(participant->cleanup);
    words_free(participant->prepare);
    words_free(participant->finish);
    free(participant->state);
    cleanup_close(&participant->mount_namespace);
    *participant = (struct participant){.mount_namespace = -1};
}
