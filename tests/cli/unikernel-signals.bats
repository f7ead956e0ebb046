#!/usr/bin/env bats
# Signals in the library OS: each case runs natively and as a unikernel, built
# with musl and with glibc, and must print the same and end the same way.

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    vmm=$build/bin/ringside-vmm
    programs=$build/tests/programs
    state=$BATS_TEST_TMPDIR/state
}

teardown() {
    [ -z "${guest_pid-}" ] || kill -KILL "$guest_pid" 2>/dev/null || true
}

need_kvm() {
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

# same_as_natively CASE...
same_as_natively() {
    local program native guest
    for program in signals signals-glibc; do
        native=0 guest=0
        "$programs/$program" "$@" >"$BATS_TEST_TMPDIR/native" || native=$?
        "$vmm" --root "$state" exec-static "$programs/$program" "$@" \
            >"$BATS_TEST_TMPDIR/guest" || guest=$?
        [ -s "$BATS_TEST_TMPDIR/native" ]
        diff "$BATS_TEST_TMPDIR/native" "$BATS_TEST_TMPDIR/guest"
        [ "$native" -eq "$guest" ]
    done
}

# start_guest PROGRAM CASE: runs it in the background until it says that it is
# ready.
start_guest() {
    mkfifo "$BATS_TEST_TMPDIR/out"
    "$vmm" --root "$state" exec-static "$programs/$1" "$2" \
        >"$BATS_TEST_TMPDIR/out" 3>&- &
    guest_pid=$!
    exec 8<"$BATS_TEST_TMPDIR/out"
    line=
    while [ "$line" != ready ]; do
        read -r line <&8
    done
}

# scribbled WAY STATUS: how a program ends that attacks in this way.
scribbled() {
    run timeout -s KILL 20 "$vmm" --root "$state" exec-static \
        "$programs/scribble" "$1"
    [ "$status" -eq "$2" ]
    [ "${#lines[@]}" -le 1 ]
}

# end_guest SIGNAL STATUS [LINE]: what it says and how it ends.
end_guest() {
    local code=0
    kill "-$1" "$guest_pid"
    wait "$guest_pid" || code=$?
    guest_pid=
    [ "$code" -eq "$2" ]
    line=
    read -r line <&8 || true
    exec 8<&-
    [ "$line" = "${3-}" ]
}

@test "handlers run, nest and are masked" {
    need_kvm
    same_as_natively handlers-run nesting masks
}

@test "exceptions reach handlers with the same facts" {
    need_kvm
    same_as_natively faults
}

@test "a handler may change registers or memory and go on" {
    need_kvm
    same_as_natively handlers-that-mend
}

@test "a stack overflow is handled on the alternate stack" {
    need_kvm
    same_as_natively alternate-stack
}

@test "calls are broken off, or begun again with SA_RESTART" {
    need_kvm
    same_as_natively restart-or-not restarted-calls
}

@test "timers interrupt a computation" {
    need_kvm
    same_as_natively alarm-during-computation timers
}

@test "vector registers survive handlers" {
    need_kvm
    same_as_natively vector-registers
}

@test "real-time signals queue with their values" {
    need_kvm
    same_as_natively queued-signals
}

@test "sigwait and sigsuspend" {
    need_kvm
    same_as_natively waiting-for-signals
}

@test "timers and signals that are read" {
    need_kvm
    same_as_natively timer-files signal-files
}

@test "poll and select with a mask of their own" {
    need_kvm
    same_as_natively polling-with-a-mask
}

@test "system calls by function call are broken off and begun again, too" {
    need_kvm
    same_as_natively calls-by-function
}

@test "signals go to the thread that they are for" {
    need_kvm
    same_as_natively signals-to-threads signals-among-threads
}

@test "threads and timers go on in a restored snapshot" {
    need_kvm
    same_as_natively ready-among-threads
    bundle=$BATS_TEST_TMPDIR/bundle
    mkdir -p "$bundle/rootfs"
    cp "$programs/signals" "$bundle/rootfs/signals"
    cat >"$bundle/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"cwd": "/", "args": ["/signals", "ready-among-threads"]}}
JSON
    "$vmm" snapshot --bundle "$bundle" --memory 64M "$BATS_TEST_TMPDIR/taken"
    for _ in 1 2; do
        timeout 20 "$vmm" restore "$BATS_TEST_TMPDIR/taken" \
            >"$BATS_TEST_TMPDIR/restored"
        diff "$BATS_TEST_TMPDIR/guest" "$BATS_TEST_TMPDIR/restored"
    done
}

@test "wrong arguments give Linux's errors" {
    need_kvm
    same_as_natively bad-calls
}

@test "unhandled signals end the program" {
    need_kvm
    for way in terminated aborted fault-in-handler no-stack-for-handler; do
        same_as_natively "$way"
    done
}

@test "a signal to the VMM reaches the program's handler while it waits" {
    need_kvm
    start_guest signals external-signal
    end_guest TERM 7 "handled 15"
}

@test "a signal that the VMM itself does not use reaches the handler, too" {
    need_kvm
    start_guest signals external-signal
    end_guest ALRM 7 "handled 14"
}

@test "a signal to the VMM reaches the program's handler while it computes" {
    need_kvm
    start_guest signals external-signal-while-computing
    end_guest TERM 7 "handled 15"
}

@test "a signal that the program ignores does not end the VMM" {
    need_kvm
    start_guest signals external-signal-while-computing
    kill -INT "$guest_pid"
    end_guest TERM 7 "handled 15"
}

@test "a signal that the program does not handle ends the VMM" {
    need_kvm
    start_guest signals external-signal-while-computing
    end_guest USR1 138
}

@test "a program that attacks what upcalls use ruins only itself" {
    need_kvm
    scribbled words 132
    scribbled stack 9
    scribbled upcall 139
    scribbled no-stack 139
    scribbled timers 9
    scribbled timer-outside 1
    [[ $output == *"not inside its memory"* ]]
}

@test "a guest without a way back from ring 0 can be ended" {
    need_kvm
    start_guest scribble frames
    end_guest TERM 143
}
