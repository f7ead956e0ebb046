/* What a program asks about itself and the system it runs on. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/limits.h"
#include "guests/unikernel/path.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/processor.h"
#include "guests/unikernel/random.h"
#include "guests/unikernel/string.h"
#include "guests/unikernel/syscalls.h"
#include "guests/unikernel/thread.h"

#include <asm/errno.h>
#include <asm/prctl.h>

enum { RANDOM_CHUNK = 256 };

static struct {
    const struct boot_info *boot;
    const char *executable, *working_directory;
    struct process_strings strings;
    char name[COMMAND_NAME_SIZE];
    bool renamed;
} process;

/* Both, one behind the other: in one page as a rule. */
static char paths[2 * (PATH_LENGTH_MAX + 1)];

/* A path too long for the system keeps one byte too many, and is refused
 * where it is used. Returns what is behind the copy. */
static char *keep_path(char *place, const char *path)
{
    const uint64_t length = strlen(path), limit = PATH_LENGTH_MAX;
    const uint64_t kept = length < limit ? length : limit;

    memcpy(place, path, kept);
    place[kept] = '\0';
    return place + kept + 1;
}

/* The program may write over the texts it was given, or unmap them. */
void process_init(const struct boot_info *boot, const char *executable,
                  const char *working_directory)
{
    char *behind = keep_path(paths, executable);

    keep_path(behind, working_directory);
    process.boot = boot;
    process.executable = paths;
    process.working_directory = behind;
    limits_init(boot);
}

void process_set_strings(const struct process_strings *strings)
{
    process.strings = *strings;
}

const struct process_strings *process_strings(void)
{
    return &process.strings;
}

const struct boot_info *process_boot(void)
{
    return process.boot;
}

/* Until the program names itself it has the last part of its path. */
const char *process_command_name(void)
{
    const char *last = process.executable;

    if (process.name[0] != '\0' || process.renamed)
        return process.name;
    for (const char *at = last; *at != '\0'; at++) {
        if (*at == '/')
            last = at + 1;
    }
    for (unsigned int i = 0; i < sizeof(process.name) - 1 && last[i]; i++)
        process.name[i] = last[i];
    return process.name;
}

void process_set_command_name(const char name[COMMAND_NAME_SIZE])
{
    memcpy(process.name, name, sizeof(process.name));
    process.renamed = true;
}

const char *process_executable(void)
{
    return process.executable;
}

const char *process_working_directory(void)
{
    return process.working_directory;
}

int64_t sys_arch_prctl(const struct registers *call)
{
    uint64_t base;

    switch (call->rdi) {
    case ARCH_SET_FS:
    case ARCH_SET_GS:
        if (call->rsi >> 47 != 0)
            return -EPERM;
        if (call->rdi == ARCH_SET_FS)
            processor_set_fs(call->rsi);
        else
            processor_set_gs(call->rsi);
        return 0;
    case ARCH_GET_FS:
        base = processor_fs();
        return user_copy_out(call->rsi, &base, sizeof(base));
    case ARCH_GET_GS:
        base = processor_gs();
        return user_copy_out(call->rsi, &base, sizeof(base));
    default:
        return -EINVAL;
    }
}

int64_t sys_getpid(const struct registers *call)
{
    (void)call;
    return PROCESS_ID;
}

int64_t sys_getppid(const struct registers *call)
{
    (void)call;
    return 0;
}

/* For calls whose whole effect is success here. */
int64_t sys_zero(const struct registers *call)
{
    (void)call;
    return 0;
}

int64_t sys_getcpu(const struct registers *call)
{
    const uint32_t zero = 0;

    if (call->rdi != 0 && user_copy_out(call->rdi, &zero, sizeof(zero)) < 0)
        return -EFAULT;
    if (call->rsi != 0 && user_copy_out(call->rsi, &zero, sizeof(zero)) < 0)
        return -EFAULT;
    return 0;
}

int64_t sys_getrandom(const struct registers *call)
{
    uint8_t chunk[RANDOM_CHUNK];
    uint64_t length = call->rsi;

    if (length > INT32_MAX)
        length = INT32_MAX;
    if (user_check_write(call->rdi, length) < 0)
        return -EFAULT;
    for (uint64_t done = 0; done < length;) {
        uint64_t part = length - done;

        if (part > sizeof(chunk))
            part = sizeof(chunk);
        random_fill(chunk, part);
        memcpy((void *)(call->rdi + done), chunk, part);
        done += part;
    }
    return (int64_t)length;
}
