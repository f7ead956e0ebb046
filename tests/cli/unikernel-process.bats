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

# same_as_natively PROGRAM ARG...: natively it leads its session, as a guest,
# and has no more descriptors than one.
same_as_natively() {
    local program=$programs/$1 native=0 unikernel=0
    shift
    setsid -w "$program" "$@" >"$BATS_TEST_TMPDIR/native" </dev/null \
        3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- || native=$?
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

@test "pipes and event counters transfer, block and break as under Linux" {
    need_kvm
    same_as_natively pipes
}

@test "poll, select and epoll report what Linux reports" {
    need_kvm
    same_as_natively polling
}

@test "input is waited for by poll and by epoll" {
    need_kvm
    for way in poll epoll; do
        mkfifo "$BATS_TEST_TMPDIR/$way"
        guest "$programs/polling" "$way" <"$BATS_TEST_TMPDIR/$way" \
            >"$BATS_TEST_TMPDIR/out" &
        exec 9>"$BATS_TEST_TMPDIR/$way"
        echo one >&9
        until grep -q one "$BATS_TEST_TMPDIR/out"; do :; done
        echo two >&9
        exec 9>&-
        wait $!
        [ "$(cat "$BATS_TEST_TMPDIR/out")" = $'one\ntwo' ]
    done
}

@test "limits, names, advice, children: the calls and their errors are Linux's" {
    need_kvm
    need_root
    same_as_natively process
}
