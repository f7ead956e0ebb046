/*
 * Keeps the runtime's own file out of a container's reach, before anything
 * else happens.
 *
 * A process of ours in the container can be found under its /proc, and
 * /proc/PID/exe is a way to the program's file on the host, past all
 * namespaces: a container that runs as the host's root could write to it, and
 * own the next caller of the runtime (CVE-2019-5736). It is enough that it
 * has /proc/self/exe as its program or as the interpreter of a script.
 *
 * So a command that enters a container is executed once more from where
 * nobody can write: the same file on a detached read-only mount, which costs
 * no copy; where that is not to be had (a user without root), from a sealed
 * copy in memory. Nothing is done where it is safe as it is: on a read-only
 * file system, or when the file is not the caller's to write to.
 *
 * This is the program's entry point and runs before the C library is set up:
 * its start-up, of which CPUID is the costly part in a virtual machine, would
 * otherwise be paid for twice. Hence system calls by hand, no library, and no
 * stack protector, which needs the library too.
 * Source: open_tree(2), mount_setattr(2), execveat(2), memfd_create(2).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3; older ones have nothing else */
#endif

#define BEFORE_LIBC __attribute__((no_stack_protector, used))

enum {
    SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
};

/* The C library's own, which is entered at last. */
extern void _start(void);

BEFORE_LIBC void seal_before_libc(long *stack);

/* argc, argv and the environment are on the stack; rdx is for the library. */
__asm__(".globl seal_start\n"
        "seal_start:\n"
        "    xor %ebp, %ebp\n"
        "    mov %rsp, %rbx\n"
        "    mov %rdx, %r12\n"
        "    mov %rsp, %rdi\n"
        "    and $-16, %rsp\n"
        "    call seal_before_libc\n"
        "    mov %rbx, %rsp\n"
        "    mov %r12, %rdx\n"
        "    jmp _start\n");

BEFORE_LIBC static long call(long number, long a, long b, long c, long d,
                             long e)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}

BEFORE_LIBC static bool equal(const char *a, const char *b)
{
    for (; *a == *b; a++, b++) {
        if (*a == '\0')
            return true;
    }
    return false;
}

/* A word too many only costs time. */
BEFORE_LIBC static bool enters_container(char *const *argv)
{
    for (; *argv != NULL; argv++) {
        if (equal(*argv, "run") || equal(*argv, "create") ||
            equal(*argv, "exec") || equal(*argv, "exec-static"))
            return true;
    }
    return false;
}

/* Can nobody in a container of ours write to the open program? */
BEFORE_LIBC static bool is_safe(int program)
{
    long seals = call(SYS_fcntl, program, F_GET_SEALS, 0, 0, 0);
    long user = call(SYS_geteuid, 0, 0, 0, 0, 0);
    struct statfs system;
    struct stat file;

    if (seals >= 0 && (seals & SEALS) == SEALS)
        return true;
    if (call(SYS_fstatfs, program, (long)&system, 0, 0, 0) == 0 &&
        (system.f_flags & ST_RDONLY) != 0)
        return true;
    /* What we cannot do, nobody can who has no more rights than we. */
    return user != 0 && call(SYS_fstat, program, (long)&file, 0, 0, 0) == 0 &&
           file.st_uid != (uid_t)user &&
           call(SYS_access, (long)"/proc/self/exe", 2 /* W_OK */, 0, 0, 0) < 0;
}

/* The same file on a mount of its own, read-only, that is in no tree. */
BEFORE_LIBC static long clone_read_only(int program)
{
    const struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
    long mount =
        call(SYS_open_tree, program, (long)"",
             OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH, 0, 0);
    long status = mount;

    if (mount >= 0)
        status = call(SYS_mount_setattr, mount, (long)"", AT_EMPTY_PATH,
                      (long)&attributes, sizeof(attributes));
    return status < 0 ? status : mount;
}

BEFORE_LIBC static long copy_sealed(int program)
{
    const long flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    long copy =
        call(SYS_memfd_create, (long)"ringside", flags | MFD_EXEC, 0, 0, 0);
    long n;

    if (copy == -EINVAL)
        copy = call(SYS_memfd_create, (long)"ringside", flags, 0, 0, 0);
    if (copy < 0)
        return copy;
    do {
        n = call(SYS_sendfile, copy, program, 0, 1 << 30, 0);
    } while (n > 0);
    if (n == 0)
        n = call(SYS_fcntl, copy, F_ADD_SEALS, SEALS, 0, 0);
    return n < 0 ? n : copy;
}

/* A program that was executed by descriptor is called by its number. */
BEFORE_LIBC static void restore_name(const char *path)
{
    const char *name = path;

    for (; *path != '\0'; path++) {
        if (*path == '/')
            name = path + 1;
    }
    call(SYS_prctl, PR_SET_NAME, (long)name, 0, 0, 0);
}

BEFORE_LIBC void seal_before_libc(long *stack)
{
    static const char failure[] =
        "ringside-container: cannot keep its own program from being written "
        "to by containers\n";
    long argc = stack[0], program, sealed;
    char **argv = (char **)(stack + 1);

    if (argc < 2 || !enters_container(argv))
        return;
    program =
        call(SYS_open, (long)"/proc/self/exe", O_RDONLY | O_CLOEXEC, 0, 0, 0);
    if (program >= 0 && is_safe((int)program)) {
        restore_name(argv[0]);
        call(SYS_close, program, 0, 0, 0, 0);
        return;
    }
    sealed = clone_read_only((int)program);
    if (sealed < 0)
        sealed = copy_sealed((int)program);
    if (sealed >= 0)
        call(SYS_execveat, sealed, (long)"", (long)argv,
             (long)(argv + argc + 1), AT_EMPTY_PATH);
    call(SYS_write, 2, (long)failure, sizeof(failure) - 1, 0, 0);
    call(SYS_exit_group, 1, 0, 0, 0, 0);
}
