#!/usr/bin/env bats
# The life of a virtual machine in steps, as engines go through it: a process
# of ours keeps it from create to its end.

setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
    cd "$BATS_TEST_TMPDIR"
    id=test-$$-$BATS_TEST_NUMBER
    vmm=("$build/bin/ringside-vmm" --root "$BATS_TEST_TMPDIR/state")
}

teardown() {
    "${vmm[@]}" delete --force "$id" 2>/dev/null || true
}

# A created machine that runs the test program fault; its output is in
# ./output, read from descriptor 4.
create() { # ARGUMENT...
    local words
    words=$(printf ',"%s"' "$@")
    mkdir -p bundle/rootfs
    cp "$build/tests/programs/fault" bundle/rootfs/
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"}, ${more-}
 "process": {"args": ["/fault"$words], "cwd": "/"}}
END
    mkfifo output
    "${vmm[@]}" create --bundle bundle --pid-file pid "$id" <>output >output 3>&- &
    exec 4<output
    wait $!
}

status_of() {
    "${vmm[@]}" state "$id" | sed -n 's/^ *"status": "\(.*\)",$/\1/p'
}

await_status() { # STATUS
    for _ in $(seq 2000); do
        [ "$(status_of)" != "$1" ] || return 0
        read -r -t 0.01 <> <(:) || true
    done
    return 1
}

@test "a machine is created, started, seen, killed and deleted" {
    create sleep
    [ "$(status_of)" = created ]
    if read -r -t 0.05 line <&4; then return 1; fi
    run -0 "${vmm[@]}" start "$id"
    read -r -t 20 line <&4
    [ "$line" = sleeping ]
    [ "$(status_of)" = running ]
    run -0 "${vmm[@]}" list --quiet
    [ "$output" = "$id" ]
    run -1 "${vmm[@]}" delete "$id"
    run -1 "${vmm[@]}" start "$id"
    run -0 "${vmm[@]}" kill "$id" TERM
    await_status stopped
    run -0 "${vmm[@]}" delete "$id"
    [ -z "$(ls -A state)" ]
}

@test "the pid file names the process that keeps it, and is it" {
    create sleep
    [ "$(readlink "/proc/$(cat pid)/exe")" = "$(realpath "${vmm[0]}")" ]
    run -0 "${vmm[@]}" delete --force "$id"
    [ ! -e "/proc/$(cat pid)/exe" ]
}

@test "a machine that cannot be made is refused by create, and leaves nothing" {
    mkdir -p bundle/rootfs
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/absent"], "cwd": "/"}}
END
    run -1 "${vmm[@]}" create --bundle bundle "$id" 3>&-
    [[ $output == "ringside-vmm: "*absent* ]]
    [ "${#lines[@]}" -eq 1 ]
    [ -z "$(ls -A state)" ]
}

@test "what a machine has not is refused in one line" {
    create sleep
    run -1 "${vmm[@]}" exec "$id" /fault
    [ "$output" = "ringside-vmm: exec: not for a container of ringside-vmm" ]
}

@test "a paused machine does nothing, and goes on when it is resumed" {
    create sleep
    run -0 "${vmm[@]}" start "$id"
    read -r -t 20 line <&4
    run -0 "${vmm[@]}" ps --format json "$id"
    [ "$output" = "[$(cat pid)]" ]
    run -1 "${vmm[@]}" resume "$id"
    run -0 "${vmm[@]}" pause "$id"
    [ "$(status_of)" = paused ]
    grep -q '^State:.*stopped' "/proc/$(cat pid)/status"
    run -1 "${vmm[@]}" pause "$id"
    run -0 "${vmm[@]}" kill "$id" TERM
    [ "$(status_of)" = paused ]
    run -0 "${vmm[@]}" resume "$id"
    await_status stopped
}

@test "a paused machine is deleted by force" {
    create sleep
    run -0 "${vmm[@]}" start "$id"
    run -0 "${vmm[@]}" pause "$id"
    run -0 "${vmm[@]}" delete --force "$id"
    [ -z "$(ls -A state)" ]
}

@test "hooks of the host see the machine, with a network namespace of its own" {
    [ "$(id -u)" -eq 0 ] || skip "needs root to make a network namespace"
    more='"linux": {"namespaces": [{"type": "network"}]}, "hooks": {'
    for kind in prestart createRuntime poststart poststop; do
        more+='"'$kind'": [{"path": "/bin/sh", "args": ["sh", "-c",
            "readlink /proc/self/ns/net >'$PWD/$kind'"]}],'
    done
    more=${more%,}'},'
    create sleep
    [ "$(cat prestart)" = "$(cat createRuntime)" ]
    [ "$(cat prestart)" = "$(readlink "/proc/$(cat pid)/ns/net")" ]
    [ "$(cat prestart)" != "$(readlink /proc/self/ns/net)" ]
    [ ! -e poststart ]
    run -0 "${vmm[@]}" start "$id"
    [ -e poststart ]
    [ ! -e poststop ]
    run -0 "${vmm[@]}" delete --force "$id"
    [ -e poststop ]
}

@test "a hook that fails keeps the machine from being made" {
    more='"hooks": {"prestart": [{"path": "/bin/false"}]},'
    create sleep || true
    run -1 "${vmm[@]}" create --bundle bundle "$id" 3>&-
    [[ $output == *"hooks.prestart[0]: /bin/false"* ]]
    [ -z "$(ls -A state)" ]
}

@test "what is bound read-only from the host is there as a copy" {
    [ "$(id -u)" -eq 0 ] || skip "needs root to mount"
    command -v busybox >/dev/null || skip "busybox is not installed"
    mkdir -p bundle/rootfs shared/below
    echo original >shared/below/file
    cp "$(command -v busybox)" bundle/rootfs/
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "mounts": [{"destination": "/a/new/place", "type": "bind",
             "source": "$PWD/shared", "options": ["rbind", "ro"]}],
 "process": {"args": ["/busybox", "sh", "-c",
    "read x </a/new/place/below/file; echo 2 >/a/new/place/below/file; echo \$x"],
  "cwd": "/"}}
END
    run -0 "${vmm[@]}" run --bundle bundle "$id"
    [ "$output" = original ]
    [ "$(cat shared/below/file)" = original ]
    # Nothing is mounted where others see it.
    ! grep -F "$PWD" /proc/self/mountinfo || return 1
    sed -i 's/, "ro"/, "rw"/' bundle/config.json
    run -1 "${vmm[@]}" run --bundle bundle "$id"
    [[ $output == *"mount it read-only (ro)"* ]]
}

@test "signals that do nothing do nothing while the root file system is read" {
    command -v busybox >/dev/null || skip "busybox is not installed"
    mkdir -p bundle/rootfs/many
    (cd bundle/rootfs/many && seq 3000 | xargs touch)
    cp "$(command -v busybox)" bundle/rootfs/
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/busybox", "stat", "-c", "%s", "/busybox"], "cwd": "/"}}
END
    "${vmm[@]}" run --bundle bundle "$id" >output 3>&- &
    machine=$!
    for _ in $(seq 200); do
        kill -WINCH "$machine" 2>/dev/null || break
    done
    wait "$machine"
    [ "$(cat output)" = "$(stat -c %s bundle/rootfs/busybox)" ]
}

# The bundle names a cgroup, and has these limits.
limit() { # RESOURCES
    [ "$(id -u)" -eq 0 ] || skip "needs root to make cgroups"
    more='"linux": {"cgroupsPath": "/ringside-test/'$id'", "resources": {'$1'}},'
}

# A file of its cgroup: what it is called in v1, with the controller, and in v2.
limit_of() { # CONTROLLER/FILE FILE
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
        cat "/sys/fs/cgroup/ringside-test/$id/$2"
    else
        cat "/sys/fs/cgroup/${1%%/*}/ringside-test/$id/${1#*/}"
    fi
}

assert_no_cgroup() {
    [ -z "$(find /sys/fs/cgroup -name "$id" 2>/dev/null)" ]
}

@test "a machine is in the cgroup that its bundle names, under its limits" {
    limit '"memory": {"limit": 67108864}, "pids": {"limit": 33},
        "cpu": {"quota": 50000, "period": 100000}'
    create sleep
    run -0 cat "/proc/$(cat pid)/cgroup"
    [[ $output == *":/ringside-test/$id"* ]]
    run -0 "${vmm[@]}" start "$id"
    read -r -t 20 line <&4
    # All of its threads are.
    [ "$(limit_of pids/cgroup.procs cgroup.procs)" = "$(cat pid)" ]
    [ "$(limit_of pids/pids.max pids.max)" = 33 ]
    [ "$(limit_of cpu/cpu.cfs_quota_us cpu.max)" = 50000 ] ||
        [ "$(limit_of '' cpu.max)" = "50000 100000" ]
    # What the guest may have, 32 MiB and 1/64 for what makes it a machine.
    [ "$(limit_of memory/memory.limit_in_bytes memory.max)" = $((67108864 + 34603008)) ]
    run -0 "${vmm[@]}" delete --force "$id"
    assert_no_cgroup
}

@test "a machine that takes more memory than its limit is killed" {
    limit '"memory": {"limit": 16777216, "swap": 16777216}'
    create fill-memory
    run -0 "${vmm[@]}" delete --force "$id"
    run -137 "${vmm[@]}" run --memory 128M --bundle bundle "$id"
    run -0 "${vmm[@]}" --cgroup-manager=disabled run --memory 128M \
        --bundle bundle "$id-free"
    [ "$output" = filled ]
    run -0 "${vmm[@]}" delete --force "$id"
    assert_no_cgroup
}

@test "limits of a machine are updated, but for its memory" {
    limit '"memory": {"limit": 67108864}, "pids": {"limit": 33}'
    create sleep
    run -0 "${vmm[@]}" update --pids-limit 44 --memory 67108864 "$id"
    [ "$(limit_of pids/pids.max pids.max)" = 44 ]
    run -1 "${vmm[@]}" update --memory 33554432 "$id"
    [ "$output" = "ringside-vmm: memory: that of a machine is what it was made with and cannot be updated" ]
    run -0 "${vmm[@]}" delete --force "$id"
    assert_no_cgroup
}

@test "a machine without a cgroup of its own has no limits to update" {
    create sleep
    run -1 "${vmm[@]}" update --pids-limit 44 "$id"
    [ "$output" = "ringside-vmm: the container has no cgroup, which this needs" ]
}

@test "a run leaves no cgroup, nor does one that was killed once it is deleted" {
    limit '"pids": {"limit": 33}'
    create sleep
    run -0 "${vmm[@]}" delete --force "$id"
    sed -i 's/"sleep"/"survive"/' bundle/config.json
    run -77 "${vmm[@]}" run --bundle bundle "$id"
    assert_no_cgroup
    run -77 "${vmm[@]}" --cgroup-manager=disabled run --bundle bundle "$id"
    sed -i 's/"survive"/"spin"/' bundle/config.json
    exec 4<>output
    "${vmm[@]}" run --bundle bundle "$id" >output 3>&- &
    read -r -t 20 line <&4
    kill -KILL $!
    wait $! || true
    [ -n "$(find /sys/fs/cgroup -name "$id")" ]
    run -0 "${vmm[@]}" delete --force "$id"
    assert_no_cgroup
}
