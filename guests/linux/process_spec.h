/*
 * What the VMM and the init of a Linux guest agree on: the file /process of
 * the initramfs (the OCI process that init is to run), the names of the
 * virtio-console ports with the messages on the control port, and two I/O
 * ports that work before any driver does.
 *
 * The file: the header, group_count numbers of 32 bits, rlimit_count and then
 * mount_count structures as below, then string_bytes of NUL-terminated
 * strings: cwd, hostname (may be empty), the arguments, the environment, and
 * for each mount its destination, type, source and data. All of it little
 * endian and without padding between the parts; the sizes must add up.
 */
#ifndef RINGSIDE_GUESTS_LINUX_PROCESS_SPEC_H
#define RINGSIDE_GUESTS_LINUX_PROCESS_SPEC_H

#include <stdint.h>

/* The last two characters are the version. */
#define PROCESS_SPEC_MAGIC "RSPROC01"

/* Places in the initramfs. */
#define RINGSIDE_SPEC_PATH    "/process"
#define RINGSIDE_ROOTFS_PATH  "/rootfs"
#define RINGSIDE_MODULES_PATH "/modules" /* its file "order": a name a line */
#define RINGSIDE_WHOLE_PATH   "/whole"   /* the last file: all is unpacked */

enum {
    PROCESS_SPEC_MAX_SIZE = 8 << 20, /* bytes */
    PROCESS_SPEC_MAX_STRINGS = 65536,
    PROCESS_SPEC_MAX_GROUPS = 65536, /* NGROUPS_MAX */
    PROCESS_SPEC_MAX_RLIMITS = 16,   /* RLIM_NLIMITS */
    PROCESS_SPEC_MAX_MOUNTS = 256,
    PROCESS_SPEC_CAPABILITY_SETS = 5,
};

enum process_spec_flags {
    PROCESS_SPEC_READONLY_ROOT = 1 << 0,
    PROCESS_SPEC_HAS_UMASK = 1 << 1,
    PROCESS_SPEC_HAS_OOM_SCORE = 1 << 2,
    PROCESS_SPEC_NO_NEW_PRIVILEGES = 1 << 3,
    PROCESS_SPEC_HAS_NETWORK = 1 << 4, /* give eth0 the address below */
    PROCESS_SPEC_KNOWN_FLAGS = (1 << 5) - 1,
};

struct process_spec_header {
    char magic[8];
    uint32_t size; /* bytes of the whole file */
    uint32_t flags;
    uint32_t uid, gid;
    uint32_t umask;        /* with HAS_UMASK */
    int32_t oom_score_adj; /* with HAS_OOM_SCORE */
    /* Bounding, effective, permitted, inheritable, ambient: bit n is
     * capability n. */
    uint64_t capabilities[PROCESS_SPEC_CAPABILITY_SETS];
    uint32_t network_address; /* IPv4, 0x0a000002 is 10.0.0.2 */
    uint32_t network_gateway; /* 0: none */
    uint32_t network_prefix;  /* bits, 0..32 */
    uint32_t group_count;
    uint32_t rlimit_count;
    uint32_t mount_count;
    uint32_t argument_count; /* at least 1 */
    uint32_t environment_count;
    uint32_t string_bytes;
    uint32_t reserved; /* 0 */
};

struct process_spec_rlimit {
    uint32_t resource; /* RLIMIT_... */
    uint32_t reserved; /* 0 */
    uint64_t soft, hard;
};

/* flags are those of mount(2). */
struct process_spec_mount {
    uint64_t flags;
};

_Static_assert(sizeof(struct process_spec_header) == 112, "no padding");
_Static_assert(sizeof(struct process_spec_rlimit) == 24, "no padding");

/*
 * I/O ports. RINGSIDE_PHASE_PORT: one byte when init reaches a phase.
 * RINGSIDE_EXIT_PORT: 32 bits, the last thing that a guest says; written
 * always, after everything else (output, the message on the control port) was
 * handed to the devices. The VMM serves the queues of the output ports once
 * more before it acts on it.
 */
#define RINGSIDE_PHASE_PORT 0x520
#define RINGSIDE_EXIT_PORT  0x524

enum ringside_phase {
    RINGSIDE_PHASE_INIT = 1,    /* first instructions outside the kernel */
    RINGSIDE_PHASE_MODULES = 2, /* kernel modules loaded */
    RINGSIDE_PHASE_EXEC = 3,    /* the program is about to be executed */
    RINGSIDE_PHASE_END = 4,     /* the program has ended */
};

#define RINGSIDE_EXIT_VALID       0x80000000u /* set in every value */
#define RINGSIDE_EXIT_SIGNAL      0x40000000u /* ended by a signal */
#define RINGSIDE_EXIT_ERROR       0x20000000u /* init failed; it said why */
#define RINGSIDE_EXIT_STATUS_MASK 0xffu       /* 128 + n for signal n */

/*
 * The virtio-console ports. Output reaches its port in the order in which
 * the program wrote it, without delay.
 *
 * On the control port each side sends lines that end in '\n'.
 * From init:
 *   started       the program was executed
 *   exit STATUS   it ended with this status, 0..255
 *   signal N      it was ended by signal N
 *   error TEXT    it could not be run: one sentence
 * To init:
 *   signal N      send the program signal N
 *   closed stdin  nothing follows what was put into the stdin port so far
 *   closed stdout, closed stderr
 *                 whoever read it is gone: writers get SIGPIPE
 * A port that the host closes (VIRTIO_CONSOLE_PORT_OPEN, 0) means the same as
 * the "closed" message. The device announces the ports in the order below, each
 * with its name and then PORT_OPEN, 1, before the next: when init sees the
 * control port, it knows that stdin was open, so that closed means its end.
 */
#define RINGSIDE_PORT_STDIN   "ringside.stdin"
#define RINGSIDE_PORT_STDOUT  "ringside.stdout"
#define RINGSIDE_PORT_STDERR  "ringside.stderr"
#define RINGSIDE_PORT_CONTROL "ringside.control"

/*
 * For machines without these ports the kernel's command line may name terminals
 * to use instead, as in RINGSIDE_STDOUT=/dev/ttyS0: the kernel hands such words
 * to init as its environment. Where there is neither, output goes to the
 * kernel's console and there is no control port. RINGSIDE_END=reboot is for
 * machines that end when they are reset and cannot be powered off. With
 * RINGSIDE_PORTS=none init leaves the I/O ports above alone: in a machine of
 * others they may be somebody else's, and one may not let init have them.
 */
#define RINGSIDE_VARIABLE_STDOUT  "RINGSIDE_STDOUT"
#define RINGSIDE_VARIABLE_STDERR  "RINGSIDE_STDERR"
#define RINGSIDE_VARIABLE_CONTROL "RINGSIDE_CONTROL"
#define RINGSIDE_VARIABLE_END     "RINGSIDE_END"
#define RINGSIDE_VARIABLE_PORTS   "RINGSIDE_PORTS"

enum { RINGSIDE_CONTROL_LINE = 512 }; /* bytes, the longest line with '\n' */

#endif
