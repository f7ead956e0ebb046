/* /proc/self/status and /proc/self/stat, and the memory that they sum up. */
#include "guests/unikernel/address_space.h"
#include "guests/unikernel/clock.h"
#include "guests/unikernel/credentials.h"
#include "guests/unikernel/descriptor.h"
#include "guests/unikernel/limits.h"
#include "guests/unikernel/proc.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/scheduler.h"
#include "guests/unikernel/working_directory.h"

#include <linux/mman.h>
#include <linux/signal.h>
#include <stddef.h>

enum { NS_PER_TICK = 1000000000 / CLOCK_TICKS, PRIORITY = 20 };

struct process_memory proc_memory(void)
{
    struct process_memory memory = {0};
    struct address_region region = {.end = 0};

    while (address_space_region(region.end, &region)) {
        uint64_t kilobytes = (region.end - region.start) / 1024;

        memory.total += kilobytes;
        if (region.kind == REGION_STACK)
            memory.stack += kilobytes;
        else if (region.kind == REGION_PROGRAM && region.prot & PROT_EXEC)
            memory.code += kilobytes;
        else if (region.prot & PROT_WRITE)
            memory.data += kilobytes;
    }
    return memory;
}

uint32_t proc_thread_count(void)
{
    uint32_t count = 0;

    for (const struct thread *at = thread_list; at != NULL;
         at = at->next_of_all)
        count++;
    return count;
}

static void show_ids(struct text *text)
{
    const struct identity *user = &credentials.user;
    const struct identity *group = &credentials.group;

    text_format(text, "Uid:\t%u\t%u\t%u\t%u\n", user->real, user->effective,
                user->saved, user->filesystem);
    text_format(text, "Gid:\t%u\t%u\t%u\t%u\n", group->real, group->effective,
                group->saved, group->filesystem);
    text_format(text, "FDSize:\t%lu\nGroups:\t", descriptor_table_size());
    for (uint32_t i = 0; i < credentials.group_count; i++)
        text_format(text, "%u ", credentials.groups[i]);
    text_format(text, "\n");
}

static void show_memory(struct text *text)
{
    const struct process_memory memory = proc_memory();
    const struct {
        const char *name;
        uint64_t kilobytes;
    } rows[] = {
        {"VmPeak", memory.total},
        {"VmSize", memory.total},
        {"VmLck", 0},
        {"VmPin", 0},
        {"VmHWM", memory.total},
        {"VmRSS", memory.total},
        {"RssAnon", memory.total - memory.code},
        {"RssFile", memory.code},
        {"RssShmem", 0},
        {"VmData", memory.data},
        {"VmStk", memory.stack},
        {"VmExe", memory.code},
        {"VmLib", 0},
        {"VmSwap", 0},
    };

    for (uint64_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        text_format(text, "%s:\t%8lu kB\n", rows[i].name, rows[i].kilobytes);
}

static void show_signals(struct text *text, const struct thread *thread)
{
    const uint64_t own = thread->signals.pending.set;
    uint64_t ignored = 0, caught = 0;

    for (uint64_t signal = 1; signal <= SIGNALS; signal++) {
        uint64_t handler = signal_action(signal)->handler;

        if (handler == (uint64_t)SIG_IGN)
            ignored |= signal_bit(signal);
        else if (handler != (uint64_t)SIG_DFL)
            caught |= signal_bit(signal);
    }
    text_format(text, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\n",
                own, signal_pending(thread) & ~own, thread->signals.mask);
    text_format(text, "SigIgn:\t%016lx\nSigCgt:\t%016lx\n", ignored, caught);
}

static void show_capabilities(struct text *text)
{
    text_format(text, "CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\n",
                credentials.inheritable, credentials.permitted,
                credentials.effective);
    text_format(text, "CapBnd:\t%016lx\nCapAmb:\t%016lx\nNoNewPrivs:\t%d\n",
                credentials.bounding, credentials.ambient,
                credentials.no_new_privileges);
}

void proc_show_status(struct text *text, uint64_t id)
{
    const struct thread *thread = thread_find((int32_t)id);

    if (thread == NULL)
        return;
    text_format(text, "Name:\t%s\nUmask:\t%04o\nState:\tR (running)\n",
                thread_name(thread), creation_mask());
    text_format(text, "Tgid:\t%d\nNgid:\t0\nPid:\t%lu\nPPid:\t0\n", PROCESS_ID,
                id);
    text_format(text, "TracerPid:\t0\n");
    show_ids(text);
    text_format(text, "NStgid:\t%d\nNSpid:\t%lu\nNSpgid:\t%d\nNSsid:\t%d\n",
                PROCESS_ID, id, PROCESS_ID, PROCESS_ID);
    show_memory(text);
    text_format(text, "Threads:\t%u\n", proc_thread_count());
    show_signals(text, thread);
    show_capabilities(text);
    text_format(text, "Seccomp:\t0\nCpus_allowed:\t1\nCpus_allowed_list:\t0\n"
                      "Mems_allowed:\t1\nMems_allowed_list:\t0\n");
}

/* The fields of proc_pid_stat(5) by their numbers there. */
void proc_show_stat(struct text *text, uint64_t id)
{
    const struct process_strings *strings = process_strings();
    const struct boot_info *boot = process_boot();
    const struct process_memory memory = proc_memory();
    const uint64_t ticks = clock_processor_ns() / NS_PER_TICK;

    const struct thread *thread = thread_find((int32_t)id);

    if (thread == NULL)
        return;
    /* 1 to 13: who it is; no terminal, no faults. */
    text_format(text, "%lu (%s) R 0 %d %d 0 -1 0 0 0 0 0 ", id,
                thread_name(thread), PROCESS_ID, PROCESS_ID);
    /* 14 to 22: times, scheduling, threads, when it began. */
    text_format(text, "%lu 0 0 0 %d %d %u 0 0 ", ticks,
                PRIORITY + process_nice(), process_nice(), proc_thread_count());
    /* 23 to 28: memory, program, stack. */
    text_format(text, "%lu %lu %lu %lu %lu %lu ", memory.total * 1024,
                memory.total / 4, limit_soft(RLIMIT_RSS), boot->window,
                boot->program_end, strings->auxiliary);
    /* 29 to 44: registers and signals, which are told no more; processor. */
    text_format(text, "0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 ");
    /* 45 to 52: data, heap, strings, exit code. */
    text_format(text, "%lu %lu %lu %lu %lu %lu %lu 0\n", boot->window,
                boot->program_end, boot->program_end, strings->arguments,
                strings->environment, strings->environment, strings->end);
}
