#!/usr/bin/env bats
# The library OS as a process sees it: each program is run natively and as a
# unikernel, and must print the same and end the same way.

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    vmm=$build/bin/ringside-vmm
    programs=$build/tests/programs
    state=$BATS_TEST_TMPDIR/state
}

need_kvm() {
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

need_root() {
    [ "$(id -u)" -eq 0 ] || skip "the program gives up root's privileges"
}

guest() {
    "$vmm" --root "$state" exec-static "$@"
}

# same_as_natively PROGRAM ARG...: natively it leads its session, as a guest.
same_as_natively() {
    local program=$programs/$1 native=0 unikernel=0
    shift
    setsid -w "$program" "$@" >"$BATS_TEST_TMPDIR/native" </dev/null ||
        native=$?
    guest "$program" "$@" >"$BATS_TEST_TMPDIR/guest" </dev/null || unikernel=$?
    [ -s "$BATS_TEST_TMPDIR/native" ]
    diff "$BATS_TEST_TMPDIR/native" "$BATS_TEST_TMPDIR/guest"
    [ "$native" -eq "$unikernel" ]
}

@test "ids, groups and capabilities change as under Linux" {
    need_kvm
    need_root
    same_as_natively identity
}

@test "limits, names, advice, children: the calls and their errors are Linux's" {
    need_kvm
    need_root
    same_as_natively process
}
