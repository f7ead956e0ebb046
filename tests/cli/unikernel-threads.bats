#!/usr/bin/env bats
# Threads in the library OS: each case runs natively and as a unikernel, built
# with musl and with glibc, and must print the same and end the same way.

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    vmm=$build/bin/ringside-vmm
    programs=$build/tests/programs
    state=$BATS_TEST_TMPDIR/state
}

need_kvm() {
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

# same_as_natively PROGRAM CASE...
same_as_natively() {
    local program native guest
    for program in "$1" "$1-glibc"; do
        native=0 guest=0
        "$programs/$program" "${@:2}" >"$BATS_TEST_TMPDIR/native" || native=$?
        "$vmm" --root "$state" exec-static "$programs/$program" "${@:2}" \
            >"$BATS_TEST_TMPDIR/guest" || guest=$?
        [ -s "$BATS_TEST_TMPDIR/native" ]
        diff "$BATS_TEST_TMPDIR/native" "$BATS_TEST_TMPDIR/guest"
        [ "$native" -eq "$guest" ]
    done
}

@test "threads are created, return values and are joined" {
    need_kvm
    same_as_natively threads create-and-join identity
}

@test "mutexes, conditions, barriers, read-write locks and semaphores" {
    need_kvm
    same_as_natively threads mutual-exclusion condition-variables barriers \
        read-write-locks semaphores once
}

@test "thread-local storage is each thread's own" {
    need_kvm
    same_as_natively threads thread-local-storage
}

@test "sleeping, computing and waiting threads can be cancelled" {
    need_kvm
    same_as_natively threads cancellation
}

@test "detached threads and two hundred at once" {
    need_kvm
    same_as_natively threads detached many-threads
}

@test "a thread that spins does not keep the others from running" {
    need_kvm
    same_as_natively threads spin-without-yield
}

@test "vector registers survive being interrupted" {
    need_kvm
    same_as_natively threads vector-state
}

@test "futex calls have Linux's results and errors" {
    need_kvm
    same_as_natively threads futex-calls
}

@test "a robust mutex tells that its owner died" {
    need_kvm
    same_as_natively threads robust-mutexes
}

@test "the process lives as long as its last thread" {
    need_kvm
    same_as_natively threads main-ends-first
}

@test "any thread can end the process" {
    need_kvm
    same_as_natively threads thread-ends-process
}
