#!/usr/bin/env bats
# --systemd-cgroup: systemd makes the container's cgroup, a scope of its own. A
# systemd that is the first process of namespaces of its own serves for that.

setup() {
    load container_setup
    container_setup
    container+=(--systemd-cgroup)
}

teardown() {
    [ -z "${manager-}" ] || kill -KILL "$manager" 2>/dev/null || true
    [ ! -d "/sys/fs/cgroup/$id" ] ||
        find "/sys/fs/cgroup/$id" -depth -type d -exec rmdir {} + 2>/dev/null || true
}

# Starts it; the calls of in_systemd run beside it.
start_systemd() {
    [ -e /sys/fs/cgroup/cgroup.controllers ] ||
        skip "needs a host with cgroup v2 alone"
    needs_root "to be the first process of namespaces"
    [ -x /usr/lib/systemd/systemd ] && command -v systemd-run >/dev/null ||
        skip "systemd is not installed"
    mkdir -p "/sys/fs/cgroup/$id" units
    printf '[Unit]\nDescription=Nothing\n' >units/default.target
    unshare --pid --mount --kill-child --fork sh -c '
        echo 0 >"/sys/fs/cgroup/$1/cgroup.procs"
        exec unshare --cgroup --mount sh -c "
            umount /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup
            mount -t proc none /proc; mount -t tmpfs none /run
            mkdir -p /run/systemd/system; cp $PWD/units/* /run/systemd/system
            exec env -i PATH=\$PATH container=test \
                /usr/lib/systemd/systemd --system --log-target=console"
        ' - "$id" >log 2>&1 3>&- &
    holder=$!
    for _ in $(seq 200); do
        manager=$(tr -d ' ' <"/proc/$holder/task/$holder/children")
        [ -z "$manager" ] || ! in_systemd test -S /run/systemd/private 2>/dev/null || return 0
        read -r -t 0.1 <> <(:) || true
    done
    cat log
    false
}

in_systemd() { # COMMAND...
    nsenter --target "$manager" --pid --mount --cgroup "$@"
}

# systemd notices that a scope is empty in its own time.
await_end() {
    for _ in $(seq 100); do
        run in_systemd systemctl is-active "ringside-$id.scope"
        [ "$output" != inactive ] || return 0
        read -r -t 0.1 <> <(:) || true
    done
    echo "the scope is $output"
    false
}

@test "a scope holds the container, with its limits, and goes with it" {
    start_systemd
    linux='"resources":{"memory":{"limit":67108864},"pids":{"limit":33},
        "cpu":{"shares":512,"quota":50000,"period":100000}},
        "cgroupsPath":"machine.slice:ringside:'$id'"'
    namespaces=${namespaces/,\{\"type\":\"cgroup\"\}/}
    make_bundle cat /proc/self/cgroup
    run -0 in_systemd "${container[@]}" run -b "$PWD/bundle" "$id"
    [ "$output" = "0::/machine.slice/ringside-$id.scope" ]
    await_end

    make_bundle wait
    mkfifo input
    in_systemd "${container[@]}" run -d -b "$PWD/bundle" "$id" <>input >/dev/null 3>&-
    show() {
        in_systemd systemctl show -P "$1" "ringside-$id.scope"
    }
    [ "$(show ActiveState) $(show Slice)" = "active machine.slice" ]
    [ "$(show MemoryMax) $(show TasksMax)" = "67108864 33" ]
    [ "$(show CPUQuotaPerSecUSec) $(show CPUWeight)" = "500ms 20" ]
    scope=/sys/fs/cgroup/$id/machine.slice/ringside-$id.scope
    [ "$(cat "$scope/memory.max") $(cat "$scope/pids.max")" = "67108864 33" ]
    # What systemd reads anew does not undo what was updated.
    in_systemd "${container[@]}" update --pids-limit 44 "$id"
    in_systemd systemctl daemon-reload
    [ "$(show TasksMax) $(cat "$scope/pids.max")" = "44 44" ]
    [ "$(cat "$scope/memory.max")" = 67108864 ]
    in_systemd "${container[@]}" delete --force "$id"
    [ ! -e "$scope" ]
    await_end
}

@test "a scope holds a machine as well, and goes with it" {
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
    start_systemd
    vmm=("$build/bin/ringside-vmm" --root "$BATS_TEST_TMPDIR/machines" --systemd-cgroup)
    mkdir -p bundle/rootfs
    cp "$build/tests/programs/fault" bundle/rootfs/
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/fault", "sleep"], "cwd": "/"},
 "linux": {"cgroupsPath": "machine.slice:ringside:$id",
           "resources": {"pids": {"limit": 33}}}}
END
    in_systemd "${vmm[@]}" create -b "$PWD/bundle" "$id" </dev/null >output 2>&1 3>&-
    scope=/sys/fs/cgroup/$id/machine.slice/ringside-$id.scope
    [ "$(wc -l <"$scope/cgroup.procs")" -eq 1 ]
    [ "$(cat "$scope/pids.max")" = 33 ]
    in_systemd "${vmm[@]}" update --pids-limit 44 "$id"
    [ "$(in_systemd systemctl show -P TasksMax "ringside-$id.scope")" = 44 ]
    in_systemd "${vmm[@]}" delete --force "$id"
    await_end
    sed -i 's/"sleep"/"survive"/' bundle/config.json
    run -77 in_systemd "${vmm[@]}" run -b "$PWD/bundle" "$id"
    await_end
}

@test "a path that is not for systemd, or a slice that is none, is an error" {
    start_systemd
    linux='"cgroupsPath":"/a/path"'
    make_bundle machine
    run -1 in_systemd "${container[@]}" run -b "$PWD/bundle" "$id"
    [[ $output == *'linux.cgroupsPath: expected SLICE:PREFIX:NAME for systemd, got "/a/path"' ]]
    linux='"cgroupsPath":"no--slice.slice::here"'
    make_bundle machine
    run -1 in_systemd "${container[@]}" run -b "$PWD/bundle" "$id"
    [[ $output == "ringside-container: systemd-run: "* ]]
    [ ! -e "$BATS_TEST_TMPDIR/state/$id" ]
}

@test "where systemd does not run, or there is more than cgroup v2, it is refused" {
    [ ! -d /run/systemd/system ] || [ -e /sys/fs/cgroup/cgroup.controllers ] ||
        skip "systemd runs here, on cgroup v2"
    make_bundle machine
    run -1 "${container[@]}" run -b bundle "$id"
    [[ $output == "ringside-container: --systemd-cgroup: "*"; use --cgroup-manager=cgroupfs" ]]
}
