#!/usr/bin/env bats
# What the runtimes do when a system call fails: a part of all that can, to
# keep it short; make test-faults has every one.

setup() {
    command -v strace >/dev/null || skip "strace is not installed"
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    [[ $RINGSIDE_BUILD != *sanitize* ]] ||
        skip "LeakSanitizer does not work under ptrace"
    cd "$BATS_TEST_DIRNAME/../.." || return
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/root"
}

# Mounts are those of a namespace of our own, so that no other's are counted.
inject() {
    run unshare --mount --propagation private tests/fault/inject \
        --every "${RINGSIDE_FAULTS_EVERY:-9}" --expect "ringside ready" \
        --leaves "$TMPDIR/*" --leaves "$BATS_TEST_TMPDIR/root/*" \
        --leaves '/sys/fs/cgroup/*/exec-*' -- "$@"
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "a container says which call failed and leaves nothing" {
    inject "$RINGSIDE_BUILD/bin/ringside-container" \
        --root "$BATS_TEST_TMPDIR/root" \
        exec-static "$RINGSIDE_BUILD/guests/workload" noop
}

@test "a unikernel says which call failed and leaves nothing" {
    [ -w /dev/kvm ] || skip "no /dev/kvm"
    inject "$RINGSIDE_BUILD/bin/ringside-vmm" \
        --root "$BATS_TEST_TMPDIR/root" \
        exec-static "$RINGSIDE_BUILD/guests/workload" noop
}

@test "a restored unikernel says which call failed" {
    [ -w /dev/kvm ] || skip "no /dev/kvm"
    mkdir -p "$BATS_TEST_TMPDIR/bundle/rootfs"
    cp "$RINGSIDE_BUILD/guests/workload" "$BATS_TEST_TMPDIR/bundle/rootfs/"
    "$RINGSIDE_BUILD/bin/ringside-vmm" spec --bundle "$BATS_TEST_TMPDIR/bundle"
    sed -i 's|"sh"|"/workload", "noop"|; s|"terminal": true|"terminal": false|' \
        "$BATS_TEST_TMPDIR/bundle/config.json"
    "$RINGSIDE_BUILD/bin/ringside-vmm" snapshot \
        --bundle "$BATS_TEST_TMPDIR/bundle" "$BATS_TEST_TMPDIR/snapshot"
    inject "$RINGSIDE_BUILD/bin/ringside-restore" "$BATS_TEST_TMPDIR/snapshot"
}

@test "a fault that nobody handles is found" {
    run tests/fault/inject -- sh -c 'exit 3'
    [ "$status" -eq 1 ]
    [[ $output == *"without a fault"* ]]
    run tests/fault/inject --expect here -- \
        sh -c 'cat /proc/self/comm >/dev/null 2>&1; echo here 2>/dev/null; exit 0'
    [ "$status" -eq 1 ]
    [[ $output == *"claims success, without its output"* ]]
}
