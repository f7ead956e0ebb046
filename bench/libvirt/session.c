/*
 * Running a machine; see session.h. libvirt wants its event loop turned while
 * a machine starts, so that has a thread of its own; it writes a byte when the
 * machine has stopped. What init says arrives in a second pipe.
 */
#include "bench/libvirt/session.h"

#include "guests/linux/process_spec.h"
#include "oci/cleanup.h"
#include "oci/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TURN_MILLISECONDS = 100, SIGNAL_BASE = 128, PATH_SIZE = 64 };

struct session {
    virConnectPtr connection;
    virDomainPtr machine;
    pthread_t turner;
    bool turning;
    atomic_bool leave;
    int stopped[2]; /* pipe: a byte when the machine has stopped */
    int control[2]; /* pipe: from init */
};

static const char configuration[] = "stdio_handler = \"file\"\n"
                                    "user = \"root\"\n"
                                    "group = \"root\"\n"
                                    "dynamic_ownership = 0\n"
                                    "remember_owner = 0\n"
                                    "security_driver = \"none\"\n"
                                    "namespaces = []\n"
                                    "cgroup_controllers = []\n";

static int make_directory(const char *path, struct error *error)
{
    return mkdir(path, 0700) < 0 && errno != EEXIST
               ? error_errno(error, errno, "%s", path)
               : 0;
}

int session_configure(const char *root, struct error *error)
{
    _cleanup_free_ char *directory = NULL, *path = NULL;
    _cleanup_close_ int fd = -1;
    int status = make_directory(root, error);

    if (status < 0)
        return status;
    if (asprintf(&directory, "%s/etc", root) < 0 ||
        asprintf(&path, "%s/etc/qemu.conf", root) < 0)
        return error_set(error, ENOMEM, "out of memory");
    status = make_directory(directory, error);
    if (status < 0)
        return status;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? 0 : error_errno(error, errno, "%s", path);
    status = file_write_all(fd, configuration, strlen(configuration));
    return status < 0 ? error_errno(error, -status, "%s", path) : 0;
}

static int libvirt_fails(struct error *error, const char *what)
{
    return error_set(error, EIO, "libvirt: %s: %s", what,
                     virGetLastErrorMessage());
}

static void *turn(void *context)
{
    struct session *session = context;

    while (!atomic_load(&session->leave))
        virEventRunDefaultImpl();
    return NULL;
}

/* Only so that a turn of the loop comes to an end. */
static void tick(int timer, void *context)
{
    (void)timer;
    (void)context;
}

static void tell_stopped(virConnectPtr connection, virDomainPtr machine,
                         int event, int detail, void *context)
{
    const struct session *session = context;

    (void)connection;
    (void)machine;
    (void)detail;
    if (event == VIR_DOMAIN_EVENT_STOPPED)
        (void)!write(session->stopped[1], "", 1);
}

/* libvirt would print every error itself. */
static void keep_quiet(void *context, virErrorPtr error)
{
    (void)context;
    (void)error;
}

static volatile sig_atomic_t signal_fd = -1;

static void take_signal(int number)
{
    const char byte = (char)number;
    int saved = errno;

    (void)!write(signal_fd, &byte, 1);
    errno = saved;
}

/* A signal ends the wait for the machine, and so the machine. */
static void watch_signals(int fd)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGTERM};
    const struct sigaction action = {.sa_handler = take_signal};

    signal_fd = fd;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &action, NULL);
}

static int session_connect(struct session *session, const char *uri,
                           struct error *error)
{
    virSetErrorFunc(NULL, keep_quiet);
    if (setenv("LIBVIRT_LOG_OUTPUTS", "4:file:/dev/null", 0) < 0)
        return error_set(error, ENOMEM, "out of memory");
    if (virInitialize() < 0 || virEventRegisterDefaultImpl() < 0 ||
        virEventAddTimeout(TURN_MILLISECONDS, tick, NULL, NULL) < 0)
        return libvirt_fails(error, "initialisation");
    if (pthread_create(&session->turner, NULL, turn, session) != 0)
        return error_set(error, EAGAIN, "cannot start a thread");
    session->turning = true;
    session->connection = virConnectOpen(uri);
    return session->connection == NULL ? libvirt_fails(error, uri) : 0;
}

/* Without a daemon nobody else would end a machine that we leave. */
static void session_close(struct session *session)
{
    if (session->machine != NULL) {
        if (virDomainIsActive(session->machine) == 1)
            virDomainDestroy(session->machine);
        virDomainFree(session->machine);
    }
    if (session->connection != NULL)
        virConnectClose(session->connection);
    if (session->turning) {
        atomic_store(&session->leave, true);
        pthread_join(session->turner, NULL);
    }
    for (int i = 0; i < 2; i++) {
        cleanup_close(&session->stopped[i]);
        cleanup_close(&session->control[i]);
    }
}

/* Our descriptor, as a path that another process can open too. */
static void descriptor_path(int fd, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "/proc/%d/fd/%d", (int)getpid(), fd);
}

static int start(struct session *session, const struct domain *wanted,
                 struct error *error)
{
    char output[PATH_SIZE], errors[PATH_SIZE], control[PATH_SIZE];
    struct domain domain = *wanted;
    _cleanup_free_ char *xml = NULL;

    descriptor_path(STDOUT_FILENO, output);
    descriptor_path(STDERR_FILENO, errors);
    descriptor_path(session->control[1], control);
    domain.output = output;
    domain.errors = errors;
    domain.control = control;
    xml = domain_xml(&domain);
    if (xml == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if (virConnectDomainEventRegisterAny(
            session->connection, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
            VIR_DOMAIN_EVENT_CALLBACK(tell_stopped), session, NULL) < 0)
        return libvirt_fails(error, "events");
    session->machine = virDomainCreateXML(session->connection, xml, 0);
    if (session->machine != NULL)
        return 0;
    libvirt_fails(error, "start");
    /* What a log daemon opens has to be a file; QEMU itself opens pipes, too.
     */
    if (strstr(error->text, "file offset") != NULL)
        error_set(error, EIO,
                  "libvirt: start: its log daemon cannot write to our output; "
                  "in the daemon's qemu.conf set stdio_handler = \"file\" and "
                  "user = \"root\", or use --root");
    return -error->code;
}

/* What init said last is how the program ended. */
static int read_end(FILE *control, int *exit_status, struct error *error)
{
    char line[RINGSIDE_CONTROL_LINE + 1];
    int number;

    error_set(error, EPROTO, "the guest ended early, without a word");
    while (fgets(line, sizeof(line), control) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (sscanf(line, "exit %d", &number) == 1 && number >= 0 &&
            number <= 255) {
            *exit_status = number;
            return 0;
        }
        if (sscanf(line, "signal %d", &number) == 1 && number >= 1 &&
            number <= 64) {
            *exit_status = SIGNAL_BASE + number;
            return 0;
        }
        if (strncmp(line, "error ", 6) == 0)
            error_set(error, EPROTO, "the guest ended early: %s", line + 6);
    }
    return -error->code;
}

static int await_end(struct session *session, int *exit_status,
                     struct error *error)
{
    _cleanup_file_ FILE *control = NULL;
    char byte = 0;

    while (read(session->stopped[0], &byte, 1) < 0 && errno == EINTR)
        continue;
    if (byte != 0) {
        *exit_status = SIGNAL_BASE + byte;
        return 0;
    }
    cleanup_close(&session->control[1]); /* the last writer is gone */
    session->control[1] = -1;
    control = fdopen(session->control[0], "r");
    if (control == NULL)
        return error_errno(error, errno, "fdopen");
    session->control[0] = -1;
    return read_end(control, exit_status, error);
}

int session_run(const char *uri, const struct domain *domain, int *exit_status,
                struct error *error)
{
    struct session session = {.stopped = {-1, -1}, .control = {-1, -1}};
    int status = 0;

    if (pipe2(session.stopped, O_CLOEXEC) < 0 ||
        pipe2(session.control, O_CLOEXEC) < 0)
        status = error_errno(error, errno, "pipe");
    if (status == 0)
        watch_signals(session.stopped[1]);
    if (status == 0)
        status = session_connect(&session, uri, error);
    if (status == 0)
        status = start(&session, domain, error);
    if (status == 0)
        status = await_end(&session, exit_status, error);
    session_close(&session);
    return status;
}

int session_probe(const char *uri, struct error *error)
{
    struct session session = {.stopped = {-1, -1}, .control = {-1, -1}};
    int status = session_connect(&session, uri, error);
    char *capabilities = NULL;

    if (status == 0) {
        capabilities = virConnectGetDomainCapabilities(session.connection, NULL,
                                                       "x86_64", NULL, NULL, 0);
        if (capabilities == NULL)
            status = libvirt_fails(error, "QEMU's capabilities");
    }
    free(capabilities);
    session_close(&session);
    return status;
}
