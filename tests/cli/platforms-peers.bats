#!/usr/bin/env bats
# The systems of others that are installed here: each runs a bundle, computes
# what native computes, passes on the exit status, and leaves nothing behind.

setup_file() {
    # Once: a platform that cannot run here may take its time to say so.
    "${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}/bin/ringside" \
        platforms >"$BATS_FILE_TMPDIR/table"
}

setup() {
    bats_require_minimum_version 1.5.0
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    build=${RINGSIDE_BUILD:-$root/build}
    ringside=$build/bin/ringside
    unset RINGSIDE_DATA
    [ "$(id -u)" = 0 ] || skip "needs root"
    # Short: the sockets of some engines lie below it.
    export RINGSIDE_RUNTIME_DIR=$(mktemp -d /run/ringside-test.XXXX)
    cd "$BATS_TEST_TMPDIR"
}

teardown() {
    [ -z "${RINGSIDE_RUNTIME_DIR-}" ] || {
        "$ringside" clean
        rm -f "$RINGSIDE_RUNTIME_DIR/lock"
        rmdir "$RINGSIDE_RUNTIME_DIR"
    }
}

# Those of the named platforms that can run here; the others are told.
available() {
    local name table=$BATS_FILE_TMPDIR/table
    for name; do
        if grep -q "^$name  .*  yes  " "$table"; then
            echo "$name"
        else
            grep "^$name " "$table" >&3 || echo "no platform $name" >&3
        fi
    done | paste -sd,
}

containers=(nspawn lxc podman containerd docker gvisor-ptrace)

# A static program that writes a digest and ends with status 7.
seven() {
    printf '#include <stdio.h>\nint main(void) { puts("ringside ready"); %s }' \
        'puts("ringside result abcd"); return 7;' >seven.c
    musl-gcc -static -O1 -o seven seven.c
}

# passes_on PLATFORMS: each of them runs seven and tells its status.
passes_on() {
    local name
    seven
    "$ringside" run -q -p "$1" -n 1 -o out -- ./seven || true
    for name in ${1//,/ }; do
        grep -q "\"platform\":\"$name\".*\"status\":7,.*\"digest\":\"abcd\"" \
            out/results.jsonl || {
            grep "\"platform\":\"$name\"" out/results.jsonl
            return 1
        }
    done
}

# agree PLATFORMS WORKLOADS: they run them all, with native's digests.
agree() {
    run -0 "$ringside" run -q -p "native,$1" -w "$2" -n 1 -o out
    [[ $output != *"failed"* ]]
    [[ $output != *"left out"* ]]
    ! grep -q '"agree": *false' out/summary.json || return 1
}

# What is left of sessions, and processes of theirs.
nothing_left() {
    [ -z "$(find "$RINGSIDE_RUNTIME_DIR" -mindepth 1 -type d)" ] &&
        ! grep -q "$RINGSIDE_RUNTIME_DIR" /proc/self/mountinfo
}

@test "containers of others compute the same and leave nothing" {
    names=$(available "${containers[@]}")
    [ -n "$names" ] || skip "none is installed"
    agree "$names" noop,sha256,pause
    nothing_left
}

@test "containers of others pass on the exit status" {
    names=$(available "${containers[@]}")
    [ -n "$names" ] || skip "none is installed"
    passes_on "$names"
    nothing_left
}

@test "machines of others compute the same and leave nothing" {
    names=$(available qemu-microvm-tcg libvirt-q35-tcg)
    [ -n "$names" ] || skip "none is installed"
    agree "$names" sha256
    nothing_left
}

@test "machines of others pass on the exit status" {
    names=$(available uml qemu-q35-tcg libvirt-microvm-tcg)
    [ -n "$names" ] || skip "none is installed"
    passes_on "$names"
    nothing_left
}

@test "daemons that were started for a session end when it is killed" {
    names=$(available docker containerd)
    [ -n "$names" ] || skip "none is installed"
    "$ringside" run -q -p "$names" -w pause -n 100 -o out >/dev/null 2>&1 3>&- &
    session=$!
    for ((i = 0; i < 400; i++)); do
        [ ! -s out/results.jsonl ] || break
        sleep 0.05
    done
    [ -s out/results.jsonl ]
    id=$(find "$RINGSIDE_RUNTIME_DIR" -mindepth 1 -maxdepth 1 -type d)
    mapfile -t daemons < <(cat "$id"/state-*/pid "$id"/state-*/pids)
    [ ${#daemons[@]} -ge 2 ]
    kill -KILL $session
    wait $session || true
    run -0 "$ringside" clean
    for daemon in "${daemons[@]}"; do
        run ! grep -q '^State:.[^Z]' "/proc/$daemon/status"
    done
    nothing_left
    [ -z "$(find /sys/fs/cgroup -name "ringside-bench-${id##*/}*")" ]
}
