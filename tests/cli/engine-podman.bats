#!/usr/bin/env bats
# Podman with our runtimes, and with runc: the same test under each.

setup_file() {
    load engine_setup
    [ -z "$(engine_missing podman conmon)" ] || return 0
    find_runtimes
    # Podman takes no path of more than 50 characters.
    engine_directory=$(mktemp -d /tmp/ringside-podman.XXXXXX)
    export engine_directory
    export cgroup_parent=ringside-podman-$$
    make_image_archive "$BATS_FILE_TMPDIR/image.tar"
    make_rootfs "$BATS_FILE_TMPDIR/rootfs"
    runtime=runc
    podman_with load --quiet --input "$BATS_FILE_TMPDIR/image.tar"
}

setup() {
    load engine_setup
    engine_setup podman conmon
    rootfs=$BATS_FILE_TMPDIR/rootfs
}

teardown() {
    [ -z "${user_home-}" ] || abandon_user_home
    [ -z "${name-}" ] || podman_with rm --all --force --time 0 >/dev/null
}

teardown_file() {
    load engine_setup
    [ -z "${engine_directory-}" ] || {
        find_runtimes
        runtime=runc
        podman_with rmi --all --force >/dev/null
        assert_nothing_left "$engine_directory" "$cgroup_parent"
    }
}

# Podman with a store of its own, and the runtime of `use`.
podman_with() {
    podman --root "$engine_directory/root" --runroot "$engine_directory/run" \
        --tmpdir "$engine_directory/tmp" --storage-driver=overlay \
        --cgroup-manager=cgroupfs --events-backend=file \
        --runtime "$(runtime_path "$runtime")" "$@"
}

# run, with no network, and limits that need no right to raise them.
podman_run() {
    podman_with run --network=none --cgroup-parent="/$cgroup_parent" \
        --ulimit=nofile=1024:1024 --ulimit=nproc=4096:4096 "$@"
}

status_is() { # STATUS
    [ "$(podman_with inspect --format '{{.State.Status}}' "$name")" = "$1" ]
}

exit_code() {
    podman_with inspect --format '{{.State.ExitCode}}' "$name"
}

# The directory of the container's cgroup, of that controller.
cgroup_of() { # CONTROLLER
    local pid
    pid=$(podman_with inspect --format '{{.State.Pid}}' "$name")
    echo "/sys/fs/cgroup/$1$(grep ":$1:" "/proc/$pid/cgroup" | cut -d: -f3)"
}

logs_have() { # LINE
    podman_with logs "$name" 2>&1 | grep -qx "$1"
}

# A program that says "ready", and then waits.
start_waiting() { # PODMAN-FLAG...
    podman_run --detach --interactive --name "$name" "$@" "$image" \
        sh -c 'echo ready; read line' >/dev/null
    await logs_have ready
}

@test "run shows output and errors apart, and passes the exit status on" {
    for runtime in $everywhere; do
        use "$runtime"
        run -7 --separate-stderr podman_run --rm "$image" \
            sh -c 'echo out; echo err >&2; exit 7'
        [ "$output" = out ]
        # shellcheck disable=SC2154
        [ "$stderr" = err ]
    done
}

@test "a program that is not there is 127, one that is none 126, and the line names it" {
    for runtime in $everywhere; do
        use "$runtime"
        run -127 podman_run --rm "$image" /bin/absent
        output_has /bin/absent
        run -126 podman_run --rm "$image" /tmp
        output_has /tmp
    done
}

@test "standard input reaches the program, to its end" {
    for runtime in $everywhere; do
        use "$runtime"
        seq 20000 >numbers
        podman_run --rm --interactive "$image" cat <numbers >copy
        cmp numbers copy
    done
}

@test "environment, directory and command of the image hold, flags go before" {
    for runtime in $everywhere; do
        use "$runtime"
        run -0 podman_run --rm "$image"
        output_has GREETING=hello
        run -0 podman_run --rm --env GREETING=other --workdir /data \
            --user 1000:100 --hostname box "$image" \
            sh -c 'read name </proc/sys/kernel/hostname
                   echo $GREETING $PWD $name; exec id'
        [ "${lines[0]}" = "other /data box" ]
        output_has "uid=1000"
        output_has "gid=100"
    done
}

@test "a root file system instead of an image" {
    for runtime in $everywhere; do
        use "$runtime"
        run -3 podman_run --rm --rootfs "$rootfs" /bin/sh -c 'echo here; exit 3'
        [ "$output" = here ]
    done
}

@test "detached: it runs, its log is kept, wait tells its status" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        status_is running
        podman_with kill --signal KILL "$name"
        run -0 podman_with wait "$name"
        [ "$output" = 137 ]
        status_is exited
        logs_have ready
        run -0 podman_with ps --all --format '{{.Status}}'
        output_has "Exited (137)"
    done
}

@test "stop sends the signal that the program heeds; start runs it again" {
    for runtime in $everywhere; do
        use "$runtime"
        podman_run --detach --interactive --name "$name" "$image" \
            sh -c 'trap "echo stopping; exit 5" TERM; echo ready; read line' >/dev/null
        await logs_have ready
        podman_with stop --time 20 "$name" >/dev/null
        logs_have stopping
        [ "$(exit_code)" -eq 5 ]
        podman_with start "$name" >/dev/null
        status_is running
    done
}

@test "stop kills a program that does not end" {
    for runtime in $everywhere; do
        use "$runtime"
        podman_run --detach --interactive --name "$name" "$image" \
            sh -c 'trap "" TERM; echo ready; read line' >/dev/null
        await logs_have ready
        podman_with stop --time 1 "$name" >/dev/null 2>&1
        [ "$(exit_code)" -eq 137 ]
    done
}

@test "kill sends a signal by name, and the program handles it" {
    for runtime in $everywhere; do
        use "$runtime"
        podman_run --detach --interactive --name "$name" "$image" \
            sh -c 'trap "echo got USR1; exit 0" USR1; echo ready; read line' >/dev/null
        await logs_have ready
        podman_with kill --signal USR1 "$name" >/dev/null
        await status_is exited
        logs_have "got USR1"
        run -125 podman_with kill "$name"
    done
}

@test "rm refuses what runs; with --force it is gone, and its name free" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        run ! podman_with rm "$name"
        output_has running
        podman_with rm --force --time 0 "$name" >/dev/null
        run -1 podman_with container exists "$name"
        start_waiting
    done
}

@test "a long log is whole and in order" {
    for runtime in $everywhere; do
        use "$runtime"
        podman_run --name "$name" "$image" \
            sh -c 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo "line $i"; done' >shown
        [ "$(wc -l <shown)" -eq 3000 ]
        podman_with logs "$name" | cmp - shown
        [ "$(tail -n 1 shown)" = "line 3000" ]
    done
}

@test "pause stops it, unpause lets it go on" {
    for runtime in $everywhere; do
        use "$runtime"
        podman_run --detach --interactive --name "$name" "$image" \
            sh -c 'trap "echo got USR1" USR1; echo ready
                   while :; do read line; done' >/dev/null
        await logs_have ready
        podman_with pause "$name" >/dev/null
        status_is paused
        podman_with kill --signal USR1 "$name" >/dev/null
        run ! logs_have "got USR1"
        podman_with unpause "$name" >/dev/null
        status_is running
        await logs_have "got USR1"
    done
}

@test "what is paused is removed by force" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        podman_with pause "$name" >/dev/null
        podman_with rm --force --time 0 "$name" >/dev/null
        run -1 podman_with container exists "$name"
    done
}

shows_size() {
    in_terminal 33 99 podman_run --rm --tty "$image" stty size | grep -q "33 99"
}

@test "with a terminal the program has one, of the size of ours" {
    for runtime in $everywhere; do
        use "$runtime"
        run -0 in_terminal 33 99 podman_run --rm --tty "$image" tty
        [[ $output == /dev/* ]]
        # The size comes a moment after the start, with runc as well.
        await shows_size
    done
}

@test "what is typed at the terminal is read, interrupt is a signal" {
    for runtime in $everywhere; do
        use "$runtime"
        podman_run --detach --tty --interactive --name "$name" "$image" sh -c '
            trap "echo interrupted; exit 6" INT; echo ready
            read line; echo "got $line"; read line' >/dev/null
        await logs_have $'ready\r'
        (echo typed; await logs_have $'got typed\r' >&2; printf '\003') |
            podman_with attach "$name" >/dev/null
        await status_is exited
        [ "$(exit_code)" -eq 6 ]
        podman_with logs "$name" | grep -q interrupted
    done
}

@test "exec: output, status, user, directory and environment of its own" {
    for runtime in $containers; do
        use "$runtime"
        start_waiting
        run -9 podman_with exec --env A=b --workdir /data --user 1000:100 "$name" \
            sh -c 'echo $A $(pwd) $(id -u):$(id -g); exit 9'
        [ "$output" = "b /data 1000:100" ]
        run -127 podman_with exec "$name" /bin/absent
        run -126 podman_with exec "$name" /tmp
        run -0 podman_with exec --interactive "$name" cat <<<"typed"
        [ "$output" = typed ]
        status_is running
    done
}

@test "exec with a terminal, and detached" {
    for runtime in $containers; do
        use "$runtime"
        start_waiting
        # The size comes a moment after the start.
        run -3 in_terminal 21 77 podman_with exec --tty "$name" \
            sh -c 'until stty size 2>/dev/null; do :; done; exit 3'
        output_has "21 77"
        podman_with exec --detach "$name" sh -c 'echo done >/tmp/file' >/dev/null
        await podman_with exec "$name" grep -q done /tmp/file
    done
}

@test "without a cgroup it stays where its caller is, and makes no devices" {
    use ringside-container
    cat >containers.conf <<END
[engine]
runtime_supports_nocgroup = ["ringside-container"]
END
    export CONTAINERS_CONF=$PWD/containers.conf
    run -0 podman_with run --rm --cgroups=disabled --network=none \
        --ulimit=nofile=1024:1024 --ulimit=nproc=4096:4096 --cgroupns=host \
        --cap-add=MKNOD --rootfs "$rootfs" \
        sh -c 'cat /proc/self/cgroup; ! busybox mknod /dev/disk c 1 11'
    output_has "$(grep :memory: /proc/self/cgroup)"
    output_has "Operation not permitted"
    podman_with run --detach --name "$name" --cgroups=disabled --network=none \
        --ulimit=nofile=1024:1024 --ulimit=nproc=4096:4096 --cap-add=MKNOD \
        --rootfs "$rootfs" sleep 1000 >/dev/null
    run -1 podman_with exec "$name" busybox mknod /dev/disk c 1 11
    output_has "Operation not permitted"
}

@test "top and stats see its processes" {
    for runtime in $containers; do
        use "$runtime"
        start_waiting
        run -0 podman_with top "$name" pid args
        output_has "read line"
        run -0 podman_with stats --no-stream --format '{{.PIDs}}' "$name"
        [ "$output" = 1 ]
    done
}

@test "a health check that succeeds, and one that does not" {
    for runtime in $containers; do
        use "$runtime"
        start_waiting --health-interval=disable --health-retries 1 \
            --health-cmd '/bin/sh -c "test -e /tmp/well"'
        run -1 podman_with healthcheck run "$name"
        podman_with exec "$name" touch /tmp/well
        run -0 podman_with healthcheck run "$name"
        run -0 podman_with inspect --format '{{.State.Health.Status}}' "$name"
        [ "$output" = healthy ]
    done
}

@test "limits are set, and update changes them" {
    for runtime in $containers; do
        use "$runtime"
        start_waiting --memory 64m --pids-limit 20
        grep -qx 67108864 "$(cgroup_of memory)/memory.limit_in_bytes"
        grep -qx 20 "$(cgroup_of pids)/pids.max"
        podman_with update --memory 128m "$name" >/dev/null
        grep -qx 134217728 "$(cgroup_of memory)/memory.limit_in_bytes"
    done
}

@test "what the user takes away is gone: capabilities, writing, new rights" {
    for runtime in $containers; do
        use "$runtime"
        run -0 podman_run --rm --cap-drop all --read-only \
            --security-opt no-new-privileges "$image" \
            sh -c 'grep -E "CapEff|NoNewPrivs" /proc/self/status; touch /x || echo refused'
        output_has $'CapEff:\t0000000000000000'
        output_has $'NoNewPrivs:\t1'
        output_has refused
    done
}

@test "a directory of the host, to write to, and read-only" {
    for runtime in $containers; do
        use "$runtime"
        mkdir -p shared
        podman_run --rm --volume "$PWD/shared:/data" "$image" \
            sh -c "echo from $runtime >/data/file"
        [ "$(cat shared/file)" = "from $runtime" ]
        run -1 podman_run --rm --volume "$PWD/shared:/data:ro" "$image" touch /data/file
        output_has "Read-only file system"
    done
}

@test "a container joins the namespaces of another" {
    for runtime in $containers; do
        use "$runtime"
        start_waiting
        run -0 podman_with run --rm --network="container:$name" --pid="container:$name" \
            --cgroup-parent="/$cgroup_parent" --ulimit=nofile=1024:1024 \
            --ulimit=nproc=4096:4096 "$image" sh -c 'ps -o args; readlink /proc/self/ns/net'
        output_has "read line"
        output_has "$(readlink "/proc/$(podman_with inspect \
            --format '{{.State.Pid}}' "$name")/ns/net")"
    done
}

@test "the engine's hooks are run, with the state of the container" {
    for runtime in $everywhere; do
        use "$runtime"
        mkdir -p hooks
        rm -f state
        cat >hooks/test.json <<END
{"version": "1.0.0", "when": {"always": true}, "stages": ["prestart"],
 "hook": {"path": "/bin/sh", "args": ["sh", "-c", "cat >$PWD/state"]}}
END
        podman_with --hooks-dir "$PWD/hooks" run --rm --network=none \
            --cgroup-parent="/$cgroup_parent" --ulimit=nofile=1024:1024 \
            --ulimit=nproc=4096:4096 "$image" true
        grep -q '"pid": *[1-9]' state
    done
}

@test "a hook that fails keeps the container from starting" {
    for runtime in $everywhere; do
        use "$runtime"
        mkdir -p hooks
        cat >hooks/test.json <<END
{"version": "1.0.0", "when": {"always": true}, "stages": ["prestart"],
 "hook": {"path": "/bin/false", "args": ["false"]}}
END
        run -126 podman_with --hooks-dir "$PWD/hooks" run --rm --network=none \
            --cgroup-parent="/$cgroup_parent" --ulimit=nofile=1024:1024 \
            --ulimit=nproc=4096:4096 "$image" echo started
        output_has hook
        [[ $output != *started* ]]
    done
}

@test "what the runtime refuses, the engine shows, and nothing is left of it" {
    for runtime in $containers; do
        use "$runtime"
        run ! podman_run --name "$name" --sysctl net.absent=1 "$image" echo started
        output_has absent
        [[ $output != *started* ]]
        podman_with rm "$name" >/dev/null
    done
}

@test "events tell of create, start, death and removal" {
    for runtime in $everywhere; do
        use "$runtime"
        podman_run --rm --name "$name" "$image" true
        run -0 podman_with events --stream=false --filter "container=$name" \
            --format '{{.Status}}'
        [ "$(sort <<<"$output" | paste -sd' ')" = "attach create died init remove start" ]
    done
}

@test "inspect names the runtime, and the first process" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        run -0 podman_with inspect --format '{{.OCIRuntime}} {{.State.Pid}}' "$name"
        [ "${output% *}" = "$(runtime_path "$runtime")" ]
        [ -d "/proc/${output#* }" ]
    done
}

@test "a machine: exec and more memory are refused in one line, limits hold" {
    needs_machine
    use ringside-vmm
    start_waiting --pids-limit 20
    grep -qx 20 "$(cgroup_of pids)/pids.max"
    run ! podman_with exec "$name" true
    output_has "ringside-vmm: exec: not for a container of ringside-vmm"
    run ! podman_with update --memory 128m "$name"
    output_has "ringside-vmm: memory: that of a machine is what it was made with and cannot be updated"
    status_is running
}

@test "a machine: its health cannot be asked for from inside" {
    needs_machine
    use ringside-vmm
    start_waiting --health-interval=disable --health-retries 1 --health-cmd /bin/true
    run -1 podman_with healthcheck run "$name"
    status_is running
}

@test "a machine: the engine's files are there, the host's as copies" {
    needs_machine
    use ringside-vmm
    mkdir shared
    echo original >shared/file
    run -0 podman_run --rm --hostname box "$image" cat /etc/hostname
    [ "$output" = box ]
    run -0 podman_run --rm --volume "$PWD/shared:/data:ro" "$image" \
        sh -c 'read line </data/file; echo changed >/data/file; echo $line'
    output_has original
    [ "$(cat shared/file)" = original ]
    run ! podman_run --rm --volume "$PWD/shared:/data" "$image" true
    output_has "mount it read-only (ro), or copy it into the rootfs"
}

@test "a machine: the memory limit is what the guest has" {
    needs_machine
    use ringside-vmm
    run -0 podman_run --rm --memory 64m "$image" cat /proc/meminfo
    [[ ${lines[0]} =~ MemTotal:\ +([0-9]+) ]]
    [ "${BASH_REMATCH[1]}" -le 65536 ]
    [ "${BASH_REMATCH[1]}" -gt 32768 ]
}

@test "one image: the same digest, output and status in containers and in a machine" {
    use ringside-container
    digest=$(podman_with image inspect --format '{{.Id}}' "$image")
    [ "$digest" = "$(cat "$BATS_FILE_TMPDIR/image.tar.id")" ]
    for runtime in $everywhere; do
        use "$runtime"
        podman_run --name "$name" --env HOSTNAME=box "$image" | sort >"out.$runtime"
        run -0 podman_with inspect --format '{{.Image}} {{.State.ExitCode}}' "$name"
        [ "$output" = "$digest 0" ]
        run -7 podman_run --rm "$image" sh -c 'echo error >&2; exit 7'
        [ "$output" = error ]
        cmp "out.$runtime" "out.${everywhere%% *}"
    done
}

# Podman for a user without root, with ids of their own to give away and, for
# machines, the group of /dev/kvm.
rootless_podman() {
    unshare --mount sh -c '
        mount --bind "$1" /etc/subuid && mount --bind "$1" /etc/subgid || exit
        home=$2 group=$3
        shift 3
        cd "$home" || exit
        exec setpriv --reuid 65534 --regid 65534 --groups "$group" \
            env -i PATH="$PATH" HOME="$home" XDG_RUNTIME_DIR="$home/run" "$@"' - \
        "$PWD/ids" "$user_home" "$(kvm_group)" \
        podman --storage-driver=vfs --cgroup-manager=cgroupfs \
        --events-backend=none --runtime "$(runtime_path "$runtime")" "$@"
}

# run, in that user's home.
rootless_run() {
    rootless_podman run --network=none --ulimit=nofile=1024:1024 \
        --ulimit=nproc=4096:4096 "$@"
}

# The group that may open /dev/kvm; 65534 if there is none.
kvm_group() {
    if [ -n "$machine" ]; then stat -c %g /dev/kvm; else echo 65534; fi
}

# A home with the runtimes in it: what is not theirs they could not run.
make_user_home() {
    command -v newuidmap >/dev/null || skip "newuidmap is not installed"
    user_home=$(mktemp -d /tmp/ringside-podman.XXXXXX)
    export user_home
    mkdir "$user_home/run"
    make_rootfs "$user_home/rootfs"
    cp "$build/bin/ringside-container" "$build/bin/ringside-vmm" "$user_home/"
    chown -R 65534:65534 "$user_home"
    echo "nobody:200000:65536" >ids
}

remove_user_home() {
    # A process of Podman's holds the user namespace.
    rootless_podman system migrate
    assert_nothing_left "$user_home" ringside-no-cgroup
    unset name user_home
}

# Of a test that failed: its containers run still.
abandon_user_home() {
    rootless_podman rm --all --force --time 0 >/dev/null || true
    remove_user_home || rm -rf --one-file-system "$user_home"
}

@test "without root: run and exec, in a user namespace" {
    make_user_home
    for runtime in $containers; do
        use "$runtime"
        [ "$runtime" = runc ] || runtime=$user_home/ringside-container
        run -3 rootless_run --rm --rootfs "$user_home/rootfs" \
            sh -c 'id; cat /proc/self/uid_map; exit 3'
        echo "$output"
        output_has uid=0
        [[ $output =~ 0\ +65534\ +1 ]]
        rootless_run --detach --name "$name" --rootfs "$user_home/rootfs" \
            sleep 1000 >/dev/null
        run -0 rootless_podman exec --user 5 "$name" id
        output_has uid=5
        rootless_podman rm --force --time 0 "$name" >/dev/null
    done
    remove_user_home
}

@test "without root: a machine, its log, its signals and its status" {
    needs_machine
    make_user_home
    use "$user_home/ringside-vmm"
    name=machine
    run -3 rootless_run --rm --user 1000:100 --rootfs "$user_home/rootfs" \
        sh -c 'read version </proc/version; echo $version; exit 3'
    output_has "library OS"
    rootless_run --detach --interactive --name "$name" --rootfs "$user_home/rootfs" \
        sh -c 'trap "echo stopping; exit 5" TERM; echo ready; read line' >/dev/null
    await sees_in_log ready
    rootless_podman stop --time 20 "$name" >/dev/null
    sees_in_log stopping
    run -0 rootless_podman inspect --format '{{.State.ExitCode}}' "$name"
    [ "${lines[-1]}" = 5 ]
    rootless_podman rm "$name" >/dev/null
    remove_user_home
}

sees_in_log() { # LINE
    rootless_podman logs "$name" 2>/dev/null | grep -qx "$1"
}
