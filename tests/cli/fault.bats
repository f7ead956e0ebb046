#!/usr/bin/env bats
# What the programs do when a system call fails or they are killed: a part of
# all that can, to keep it short; make test-faults and test-kills have more.

setup() {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    cd "$BATS_TEST_DIRNAME/../.." || return
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/root"
}

needs_strace() {
    command -v strace >/dev/null || skip "strace is not installed"
    [[ $RINGSIDE_BUILD != *sanitize* ]] ||
        skip "LeakSanitizer does not work under ptrace"
}

# Mounts are those of a namespace of our own, so that no other's are counted.
inject() {
    needs_strace
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
    needs_strace
    run tests/fault/inject -- sh -c 'exit 3'
    [ "$status" -eq 1 ]
    [[ $output == *"without a fault"* ]]
    run tests/fault/inject --expect here -- \
        sh -c 'cat /proc/self/comm >/dev/null 2>&1; echo here 2>/dev/null; exit 0'
    [ "$status" -eq 1 ]
    [[ $output == *"claims success, without its output"* ]]
}

# Killed at random moments, what comes next must succeed and leave nothing.
kills() { # SCENARIO...
    run tests/fault/kill --build "$RINGSIDE_BUILD" \
        --count "${RINGSIDE_KILLS:-4}" "$@"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(grep -c ", 0 went wrong$" <<<"$output")" -eq $# ]
}

@test "containers that are killed leave nothing to whoever comes next" {
    kills container container-steps
}

@test "unikernels, pools and snapshots that are killed leave nothing either" {
    [ -w /dev/kvm ] || skip "no /dev/kvm"
    kills unikernel unikernel-steps pool snapshot
}

@test "a session that is killed leaves its finished runs, and nothing else once cleaned up" {
    [ -w /dev/kvm ] || skip "no /dev/kvm"
    kills session bench
}

@test "what a killed program leaves is found" {
    mkdir -p "$BATS_TEST_TMPDIR/build/bin" "$BATS_TEST_TMPDIR/build/guests"
    cp "$RINGSIDE_BUILD/guests/workload" "$BATS_TEST_TMPDIR/build/guests/"
    cat >"$BATS_TEST_TMPDIR/build/bin/ringside-container" <<END
#!/bin/bash
# A runtime that makes a file, takes its time, and removes it again.
[ "\$1" != spec ] || exec "$RINGSIDE_BUILD/bin/ringside-container" "\$@"
touch "\$2/left-\$\$"
sleep 0.2
rm "\$2/left-\$\$"
END
    chmod +x "$BATS_TEST_TMPDIR/build/bin/ringside-container"
    run tests/fault/kill --build "$BATS_TEST_TMPDIR/build" --count 1 container
    [ "$status" -eq 1 ]
    [[ $output == *"left: file "*"/left-"* ]]
}
