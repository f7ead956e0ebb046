#!/usr/bin/env bats
# ringside-vmm on the real /dev/kvm: static programs as unikernels.

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    vmm=$build/bin/ringside-vmm
    programs=$build/tests/programs
    workload=$build/guests/workload
    state=$BATS_TEST_TMPDIR/state
}

teardown() {
    # Nothing may be left in the state directory, whatever the test did.
    if [ -d "$state" ]; then
        [ -z "$(ls -A "$state")" ]
    fi
}

need_kvm() {
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

guest() {
    "$vmm" --root "$state" exec-static "$@"
}

# as_natively WAY STATUS WORDS: the fault has the status that the host gives,
# and a one-line report with these words.
as_natively() {
    need_kvm
    native=0
    "$programs/fault" "$1" >/dev/null 2>&1 || native=$?
    [ "$native" -eq "$2" ]
    run guest "$programs/fault" "$1"
    [ "$status" -eq "$2" ]
    [ "${#lines[@]}" -eq 1 ]
    [[ ${lines[0]} == "ringside-vmm: "*"$3"* ]]
}

# make_bundle PROGRAM-NAME ARG...: a bundle of that test program.
make_bundle() {
    bundle=$BATS_TEST_TMPDIR/bundle
    mkdir -p "$bundle/rootfs/bin"
    cp "$programs/$1" "$bundle/rootfs/bin/$1"
    arguments=$(printf ', "%s"' "${@:2}")
    cat >"$bundle/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"cwd": "/", "args": ["$1"${2:+$arguments}],
             "env": ["PATH=/sbin:/bin", "NAME=value"]}}
JSON
}

run_bundle() {
    run "$vmm" --root "$state" run --bundle "$bundle" "$@" test-guest
}

# signal_guest WAY LINE SIGNAL STATUS: once the guest has said LINE, the signal
# ends the VMM with this status. (A background job of a shell ignores SIGINT
# until it asks for it again, which the VMM does.)
signal_guest() {
    mkfifo "$BATS_TEST_TMPDIR/out"
    "$vmm" --root "$state" exec-static "$programs/fault" "$1" \
        >"$BATS_TEST_TMPDIR/out" 3>&- &
    pid=$!
    read -r line <"$BATS_TEST_TMPDIR/out"
    [ "$line" = "$2" ]
    kill "-$3" "$pid"
    code=0
    wait "$pid" || code=$?
    [ "$code" -eq "$4" ]
}

@test "a musl program gets its arguments and environment" {
    need_kvm
    run env -i NAME=value "$vmm" --root "$state" exec-static \
        "$programs/echo" one "two words" ""
    [ "$status" -eq 4 ]
    [[ $output == *"argv[1]=one"*"argv[2]=two words"*"argv[3]="* ]]
    [[ $output == *"env NAME=value"* ]]
}

@test "a glibc program runs unmodified" {
    need_kvm
    run guest "$programs/echo-glibc" one
    [ "$status" -eq 2 ]
    [[ $output == *"argv[1]=one"* ]]
}

@test "a position-independent static program runs unmodified" {
    need_kvm
    run guest "$programs/echo-static-pie" one
    [ "$status" -eq 2 ]
    [[ $output == *"argv[1]=one"* ]]
}

@test "stdout and stderr stay apart" {
    need_kvm
    guest "$programs/echo" >"$BATS_TEST_TMPDIR/out" \
        2>"$BATS_TEST_TMPDIR/err" || true
    grep -q 'argv\[0\]' "$BATS_TEST_TMPDIR/out"
    [ "$(cat "$BATS_TEST_TMPDIR/err")" = "to stderr" ]
}

@test "stdin is passed through to its end" {
    need_kvm
    head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/in"
    guest "$programs/fault" copy-input <"$BATS_TEST_TMPDIR/in" \
        >"$BATS_TEST_TMPDIR/out"
    cmp "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
}

@test "a closed stdout is the program's error, not the VMM's death" {
    need_kvm
    run bash -c "'$vmm' --root '$state' exec-static '$programs/echo' 2 3 >&-"
    [ "$status" -eq 3 ]
}

@test "a reader that goes away ends the program by SIGPIPE" {
    need_kvm
    run bash -c "'$vmm' --root '$state' exec-static '$programs/fault' write-on |
                 head -c 100 >/dev/null; exit \${PIPESTATUS[0]}"
    [ "$status" -eq 141 ]
    [ -z "$output" ]
}

@test "a null dereference ends in SIGSEGV" {
    as_natively null-read 139 "SIGSEGV: read of unmapped address 0,"
}

@test "a division by zero ends in SIGFPE" {
    as_natively divide-by-zero 136 "SIGFPE: division error"
}

@test "an illegal instruction ends in SIGILL" {
    as_natively illegal-instruction 132 "SIGILL: illegal instruction"
}

@test "an unmapped access names its address" {
    as_natively write-unmapped 139 "write to unmapped address 0x12345678000,"
}

@test "an access between heap and stack is unmapped too" {
    as_natively write-between 139 "write to unmapped address 0x10000000,"
}

@test "code cannot be written" {
    as_natively write-code 139 "write to read-only address"
}

@test "data cannot be executed" {
    as_natively execute-data 139 "execution at non-executable address"
}

@test "a stack overflow hits the guard" {
    as_natively overflow-stack 139 "write to unmapped address"
}

@test "privileged instructions end in SIGSEGV" {
    as_natively halt 139 "SIGSEGV: general protection fault"
}

@test "stray port access ends in SIGSEGV" {
    as_natively use-port 139 "SIGSEGV"
}

@test "a breakpoint ends in SIGTRAP" {
    as_natively breakpoint 133 "SIGTRAP: breakpoint"
}

@test "a non-canonical address ends in SIGSEGV" {
    as_natively non-canonical 139 "SIGSEGV"
}

@test "memory that was given back is unmapped" {
    as_natively write-unmapped-again 139 "write to unmapped address"
}

@test "mprotect holds for one page in the middle of many" {
    as_natively write-protected 139 "write to read-only address"
}

@test "a lost stack pointer still ends in a report" {
    as_natively lose-stack 139 "write to unmapped address 0xfffffffffffffff8,"
}

@test "abort ends in SIGABRT" {
    need_kvm
    run guest "$programs/fault" abort
    [ "$status" -eq 134 ]
}

@test "a program that kills itself ends in SIGKILL" {
    need_kvm
    run guest "$programs/fault" kill
    [ "$status" -eq 137 ]
}

@test "a bad pointer in a system call is EFAULT" {
    need_kvm
    guest "$programs/fault" bad-pointer
}

@test "memory that is mapped again is zero again" {
    need_kvm
    guest "$programs/fault" remap-is-zero
}

@test "exhausted memory is an error of malloc; --memory says how much there is" {
    need_kvm
    small=$(guest --memory 64M "$programs/fault" exhaust-memory)
    large=$(guest --memory 256M "$programs/fault" exhaust-memory)
    [ "$small" -gt 32 ] && [ "$small" -lt 64 ]
    [ "$large" -gt 192 ] && [ "$large" -lt 256 ]
}

@test "the library OS cannot be overwritten by accident" {
    need_kvm
    run guest "$programs/fault" write-library-os
    [ "$status" -eq 139 ]
    [[ $output == *"read-only address 0x700000010000"* ]]
}

@test "a guest that wipes its page tables only ends itself" {
    need_kvm
    run timeout 20 "$vmm" --root "$state" exec-static "$programs/fault" \
        wipe-page-tables
    [ "$status" -ne 0 ] && [ "$status" -ne 124 ]
    [[ $output == *"ringside-vmm: "* ]]
}

@test "a hypercall outside guest memory ends the guest with one line" {
    need_kvm
    run guest "$programs/fault" hypercall-outside
    [ "$status" -eq 1 ]
    [[ $output == "ringside-vmm: the guest made hypercall 2"* ]]
    run guest "$programs/fault" hypercall-unaligned
    [ "$status" -eq 1 ]
}

@test "SIGTERM ends a computing guest with 143" {
    need_kvm
    signal_guest spin spinning TERM 143
}

@test "SIGINT ends a sleeping guest with 130 and leaves no state" {
    need_kvm
    signal_guest sleep sleeping INT 130
}

@test "a bundle runs: PATH inside the rootfs, status passed on" {
    need_kvm
    make_bundle echo one
    run_bundle
    [ "$status" -eq 2 ]
    [[ $output == *"argv[0]=echo"*"env NAME=value"* ]]
}

@test "the bundle's memory limit is the guest's memory" {
    need_kvm
    make_bundle fault exhaust-memory
    sed -i 's/"root"/"linux": {"resources": {"memory": {"limit": 67108864}}}, "root"/' \
        "$bundle/config.json"
    run_bundle
    [ "$status" -eq 0 ]
    [ "$output" -lt 64 ]
    run_bundle --memory 256M
    [ "$output" -gt 192 ]
}

@test "a link in the rootfs does not lead out of it" {
    need_kvm
    make_bundle echo
    ln -s "$programs/echo" "$bundle/rootfs/bin/outside"
    sed -i 's/"args": \["echo"/"args": ["outside"/' "$bundle/config.json"
    run_bundle
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
}

@test "a program that is not there is named" {
    make_bundle echo
    sed -i 's/"args": \["echo"/"args": ["missing"/' "$bundle/config.json"
    run_bundle
    [ "$status" -eq 1 ]
    [[ $output == *'exec: "missing": executable file not found in $PATH' ]]
}

@test "what a unikernel cannot give is refused, not ignored" {
    make_bundle echo
    sed -i 's/"root"/"hooks": {"startContainer": [{"path": "\/bin\/true"}]}, "root"/' \
        "$bundle/config.json"
    run_bundle
    [ "$status" -eq 1 ]
    [[ $output == *"hooks.startContainer: runs inside of a container"* ]]
}

@test "the pid file holds the VMM's process id" {
    need_kvm
    make_bundle echo
    run_bundle --pid-file "$BATS_TEST_TMPDIR/pid"
    [ "$status" -eq 1 ]
    [[ $(cat "$BATS_TEST_TMPDIR/pid") =~ ^[0-9]+$ ]]
}

@test "what is no static x86-64 program is refused in one line" {
    printf '#!/bin/sh\n' >"$BATS_TEST_TMPDIR/script"
    : >"$BATS_TEST_TMPDIR/empty"
    head -c 100 "$programs/echo" >"$BATS_TEST_TMPDIR/truncated"
    for file in "$BATS_TEST_TMPDIR"/{script,empty,truncated} \
        "$BATS_TEST_TMPDIR" "$programs/echo-dynamic" /dev/null missing; do
        run guest "$file"
        [ "$status" -eq 1 ]
        [ "${#lines[@]}" -eq 1 ]
        [[ ${lines[0]} == "ringside-vmm: "* ]]
    done
}

@test "impossible memory sizes are refused in one line" {
    for size in 0 -1 4M 1X 99999999999999999999 9223372036854775807; do
        run guest --memory "$size" "$programs/echo"
        [ "$status" -ne 0 ] && [ "$status" -lt 128 ]
        [[ ${lines[0]} == *"ringside-vmm"* ]]
    done
}

@test "every workload computes the same in the guest as on the host" {
    need_kvm
    for name in cpu-int cpu-float sha256 memory-touch syscall; do
        host=$("$workload" $name --duration 1 | grep '^ringside result')
        guest=$(guest "$workload" $name --duration 1 | grep '^ringside result')
        [ -n "$host" ]
        [ "$host" = "$guest" ]
    done
}

@test "every larger workload computes the same in the guest as on the host" {
    need_kvm
    for name in $("$workload-large" list | cut -f 1); do
        host=$("$workload-large" "$name" --duration 1 | grep '^ringside result')
        guest=$(guest "$workload-large" "$name" --duration 1 |
            grep '^ringside result')
        [ -n "$host" ]
        [ "$host" = "$guest" ]
    done
}

@test "guests have different randomness" {
    need_kvm
    one=$(guest "$programs/clock-and-random" | grep random)
    two=$(guest "$programs/clock-and-random" | grep random)
    [ -n "$one" ]
    [ "$one" != "$two" ]
}

@test "the guest's clocks agree with the host's" {
    need_kvm
    before=$(date +%s%N)
    wall=$(guest "$programs/clock-and-random" | sed -n 's/^realtime //p')
    after=$(date +%s%N)
    [ "$wall" -gt $((before - 1000000)) ]
    [ "$wall" -lt $((after + 1000000)) ]
}

@test "sleeping takes as long as asked" {
    need_kvm
    slept=$(guest "$programs/clock-and-random" | sed -n 's/^slept //p')
    [ "$slept" -ge 20000000 ]
}

@test "phases come in order, the guest's own among them" {
    need_kvm
    run guest --phases "$workload" noop
    [ "$status" -eq 0 ]
    order=$(sed -n 's/.*phase \([a-z]*\) .*/\1/p' <<<"$output" | tr '\n' ' ')
    [ "$order" = "exec start bundle memory load open vm region vcpu cpuid registers entry instruction program output end teardown " ]
    sed -n 's/.*phase [a-z]* \([0-9.]*\) us.*/\1/p' <<<"$output" | sort -n -c
}

@test "memory that KVM is told of late is there when it is used" {
    need_kvm
    for size in 96M 512M 3G; do
        run guest --memory "$size" "$workload" memory-first --duration 1
        [ "$status" -eq 0 ]
    done
}
