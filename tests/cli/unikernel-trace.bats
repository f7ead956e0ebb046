#!/usr/bin/env bats
# ringside-vmm --trace: a unikernel's system calls, as strace prints them.

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    vmm=$build/bin/ringside-vmm
    programs=$build/tests/programs
    state=$BATS_TEST_TMPDIR/state
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

# trace PROGRAM ARG...: its trace alone, in $output and $lines.
trace() {
    run bash -c '"$@" </dev/null 2>&1 >/dev/null' - \
        "$vmm" --root "$state" exec-static --trace "$@"
}

# has LINE: a line of the output is this one.
has() {
    local line
    for line in "${lines[@]}"; do
        [ "$line" != "$1" ] || return 0
    done
    echo "no line: $1"
    return 1
}

@test "it begins with the first call of the C library" {
    trace "$programs/echo"
    [[ ${lines[0]} == "arch_prctl(ARCH_SET_FS, 0x"*" = 0" ]]
}

@test "what an argument is decides how it is printed" {
    trace "$programs/trace"
    has 'openat(AT_FDCWD, "/no\t\"such\" \0011 file", O_RDWR|O_CLOEXEC) = -1 ENOENT (No such file or directory)'
    has 'write(1, "01234567890123456789012345678901"..., 41) = 41'
    has 'writev(1, [{"one\n", 4}, {"2\n", 2}], 2)  = 6'
    has 'rt_sigprocmask(SIG_BLOCK, [INT USR1], NULL, 8) = 0'
    [[ $output == *"mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS, -1, 0x1001) = -1 E"* ]]
}

@test "an error is named" {
    trace "$programs/trace"
    has 'write(77, "x", 1)                         = -1 EBADF (Bad file descriptor)'
}

@test "a pointer to nothing is printed as it is" {
    trace "$programs/trace"
    has 'read(0, 0x8, 10)                          = -1 EFAULT (Bad address)'
    has 'openat(AT_FDCWD, 0x8, O_RDONLY)           = -1 EFAULT (Bad address)'
}

@test "a call that waits is cut and taken up again" {
    trace "$programs/trace"
    has 'nanosleep({tv_sec=0, tv_nsec=1000000}, NULL <unfinished ...>'
    has '<... nanosleep resumed>)                  = 0'
}

@test "calls that are not there are counted and named at the end" {
    trace "$programs/trace"
    has 'ringside-vmm: system call swapoff (168) is not in the library OS: 2 times ENOSYS'
    [[ $output == *"syscall_5000(0x1, "*" = -1 ENOSYS (Function not implemented)"* ]]
    [ "${lines[-1]}" = "ringside-vmm: system calls above 511 are not Linux's: 1 times ENOSYS" ]
}

@test "the call that ends the program is there, and how it ended" {
    trace "$programs/echo" one two
    [ "$status" -eq 3 ]
    [ "${lines[-2]}" = "exit_group(3)                             = ?" ]
    [ "${lines[-1]}" = "+++ exited with 3 +++" ]
    trace "$programs/trace"
    [ "$status" -eq 137 ]
    [[ $output == *"kill(1, SIGKILL)                          = "* ]]
    has '+++ killed by SIGKILL +++'
    trace "$programs/fault" null-read
    has '+++ killed by SIGSEGV +++'
}

@test "the program's own output is what it was" {
    run bash -c '"$@" 2>/dev/null' - \
        "$vmm" --root "$state" exec-static --trace "$programs/echo" one two
    [ "$status" -eq 3 ]
    [ "${lines[1]}" = "argv[1]=one" ]
}

@test "without --trace nothing is said" {
    run bash -c '"$@" 2>&1 >/dev/null </dev/null' - \
        "$vmm" --root "$state" exec-static "$programs/trace"
    [ -z "$output" ]
}

# The guest tells the VMM of its calls: a hostile one tells it anything.
@test "a guest that tells nonsense does no harm" {
    run "$vmm" --root "$state" exec-static --trace "$programs/trace-nonsense"
    [ "$status" -eq 0 ]
    [[ $output != *$'\033'* ]]
}
