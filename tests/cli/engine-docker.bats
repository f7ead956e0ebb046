#!/usr/bin/env bats
# Docker with our runtimes, and with runc: the same test under each.

setup_file() {
    load engine_setup
    find_runtimes
    [ -z "$(engine_missing dockerd docker containerd)" ] || return 0
    export engine_directory=$BATS_FILE_TMPDIR/docker
    export cgroup_parent=ringside-docker-$$
    mkdir "$engine_directory"
    ls /run/containerd/s >"$BATS_FILE_TMPDIR/sockets" 2>/dev/null || true
    start_containerd
    dockerd --data-root "$engine_directory/root" --exec-root "$engine_directory/exec" \
        --pidfile "$engine_directory/pid" --host "unix://$engine_directory/docker" \
        --containerd "$engine_directory/socket" --cgroup-parent "/$cgroup_parent" \
        --exec-opt native.cgroupdriver=cgroupfs \
        --bridge=none --iptables=false --ip6tables=false \
        --add-runtime "ringside-container=$(runtime_path ringside-container)" \
        --add-runtime "ringside-vmm=$(runtime_path ringside-vmm)" \
        >"$BATS_FILE_TMPDIR/log" 2>&1 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/docker.pid"
    await docker_with version >/dev/null
    make_image_archive "$BATS_FILE_TMPDIR/image.tar"
    docker_with load --quiet --input "$BATS_FILE_TMPDIR/image.tar"
}

setup() {
    load engine_setup
    engine_setup dockerd docker containerd
}

teardown() {
    local ids
    [ -n "${name-}" ] || return 0
    ids=$(docker_with ps --all --quiet)
    # shellcheck disable=SC2086 # one word each
    [ -z "$ids" ] || docker_with rm --force $ids >/dev/null
}

teardown_file() {
    load engine_setup
    [ -n "${engine_directory-}" ] || return 0
    stop_process "$(cat "$BATS_FILE_TMPDIR/docker.pid")"
    stop_process "$(cat "$BATS_FILE_TMPDIR/containerd.pid")"
    end_forgotten_shims "$engine_directory"
    assert_nothing_left "$engine_directory" "$cgroup_parent"
    ls /run/containerd/s 2>/dev/null | diff "$BATS_FILE_TMPDIR/sockets" -
}

# A command that waits for what does not come must not stop the tests.
docker_with() {
    DOCKER_CONFIG=$engine_directory/client timeout --foreground 20 \
        docker --host "unix://$engine_directory/docker" "$@"
}

docker_run() {
    docker_with run --network none --runtime "$runtime" "$@"
}

of_container() { # TEMPLATE
    docker_with inspect --format "$1" "$name"
}

status_is() { # STATUS
    [ "$(of_container '{{.State.Status}}')" = "$1" ]
}

logs_have() { # LINE
    docker_with logs "$name" 2>&1 | grep -qx "$1"
}

# A program that says "ready", and then waits.
start_waiting() { # DOCKER-FLAG...
    docker_run --detach --interactive --name "$name" "$@" "$image" sh -c '
        trap "echo stopping; exit 5" TERM; trap "echo got USR1" USR1; echo ready
        while :; do read line; done' >/dev/null
    await logs_have ready
}

@test "run shows output and errors apart, and passes the exit status on" {
    for runtime in $everywhere; do
        use "$runtime"
        run -7 --separate-stderr docker_run --rm "$image" \
            sh -c 'echo out; echo err >&2; exit 7'
        [ "$output" = out ]
        # shellcheck disable=SC2154
        [ "$stderr" = err ]
    done
}

@test "a program that is not there is 127, one that is none 126, and the line names it" {
    for runtime in $everywhere; do
        use "$runtime"
        run -127 docker_run --rm "$image" /bin/absent
        output_has "OCI runtime create failed: "
        output_has /bin/absent
        run -127 docker_run --rm "$image" absent
        output_has "executable file not found in \$PATH"
        run -126 docker_run --rm "$image" /tmp
        output_has /tmp
    done
}

@test "standard input reaches the program, to its end" {
    for runtime in $everywhere; do
        use "$runtime"
        seq 20000 >numbers
        docker_run --rm --interactive "$image" cat <numbers >copy
        cmp numbers copy
    done
}

@test "environment, directory and command of the image hold, flags go before" {
    for runtime in $everywhere; do
        use "$runtime"
        run -0 docker_run --rm "$image"
        output_has GREETING=hello
        run -0 docker_run --rm --env GREETING=other --workdir /data \
            --user 1000:100 --hostname box "$image" \
            sh -c 'read name </etc/hostname; echo $GREETING $PWD $name; exec id'
        [ "${lines[0]}" = "other /data box" ]
        output_has "uid=1000"
        output_has "gid=100"
    done
}

@test "detached: it runs, its log is kept, wait tells its status" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        status_is running
        [ "$(of_container '{{.HostConfig.Runtime}}')" = "$runtime" ]
        docker_with kill "$name"
        run -0 docker_with wait "$name"
        [ "$output" = 137 ]
        status_is exited
        logs_have ready
    done
}

@test "stop sends the signal that the program heeds; start runs it again" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        docker_with stop --time 20 "$name"
        logs_have stopping
        [ "$(of_container '{{.State.ExitCode}}')" = 5 ]
        docker_with start "$name"
        status_is running
    done
}

@test "kill sends a signal by name, and the program handles it" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        docker_with kill --signal USR1 "$name"
        await logs_have "got USR1"
        status_is running
    done
}

@test "rm refuses what runs; with --force it is gone, and its name free" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        run -1 docker_with rm "$name"
        output_has "running container"
        docker_with rm --force "$name"
        run -1 docker_with inspect "$name"
        start_waiting
    done
}

@test "pause stops it, unpause lets it go on" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        docker_with pause "$name"
        status_is paused
        docker_with unpause "$name"
        status_is running
        docker_with kill --signal USR1 "$name"
        await logs_have "got USR1"
    done
}

@test "with a terminal the program has one" {
    for runtime in $everywhere; do
        use "$runtime"
        run -0 in_terminal 33 99 docker_run --rm --tty "$image" tty
        output_has /dev/
        [[ $output != *"not a tty"* ]]
    done
}

@test "the hook that Docker sets is run: the network namespace is known to it" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        key=$(of_container '{{.NetworkSettings.SandboxKey}}')
        [ "$(stat -Lc %d:%i "$key")" = \
            "$(stat -Lc %d:%i "/proc/$(of_container '{{.State.Pid}}')/ns/net")" ]
        [ "$(stat -Lc %d:%i "$key")" != "$(stat -Lc %d:%i /proc/self/ns/net)" ]
    done
}

@test "what fails is started again as often as is asked for" {
    for runtime in $everywhere; do
        use "$runtime"
        docker_run --detach --name "$name" --restart on-failure:2 "$image" \
            sh -c 'echo once; exit 3' >/dev/null
        await status_is exited
        [ "$(of_container '{{.RestartCount}} {{.State.ExitCode}}')" = "2 3" ]
        [ "$(docker_with logs "$name" | grep -c once)" -eq 3 ]
    done
}

@test "a directory of the host, read-only" {
    for runtime in $everywhere; do
        use "$runtime"
        mkdir -p shared
        echo original >shared/file
        run -0 docker_run --rm --volume "$PWD/shared:/data:ro" "$image" cat /data/file
        [ "$output" = original ]
    done
}

@test "exec: output, status, user, directory and environment of its own" {
    for runtime in $containers; do
        use "$runtime"
        start_waiting
        run -9 docker_with exec --env A=b --workdir /data --user 1000:100 "$name" \
            sh -c 'echo $A $(pwd) $(id -u):$(id -g); exit 9'
        [ "$output" = "b /data 1000:100" ]
        run docker_with exec "$name" /bin/absent
        output_has /bin/absent
        run -0 docker_with exec --interactive "$name" cat <<<"typed"
        [ "$output" = typed ]
        run -3 in_terminal 21 77 docker_with exec --tty "$name" sh -c 'test -t 0 && exit 3'
    done
}

@test "limits are set, and update changes them" {
    for runtime in $containers; do
        use "$runtime"
        start_waiting --memory 64m --pids-limit 20 --cpus 0.5
        cgroup=/$cgroup_parent/$(of_container '{{.Id}}')
        [ "$(cat "/sys/fs/cgroup/memory$cgroup/memory.limit_in_bytes")" = 67108864 ]
        [ "$(cat "/sys/fs/cgroup/pids$cgroup/pids.max")" = 20 ]
        [ "$(cat "/sys/fs/cgroup/cpu$cgroup/cpu.cfs_quota_us")" = 50000 ]
        docker_with update --memory 128m --memory-swap 128m "$name"
        [ "$(cat "/sys/fs/cgroup/memory$cgroup/memory.limit_in_bytes")" = 134217728 ]
    done
}

@test "a health check runs inside, again and again" {
    for runtime in $containers; do
        use "$runtime"
        start_waiting --health-interval 100ms --health-retries 1 \
            --health-cmd 'test -e /tmp/well'
        await health_is unhealthy
        docker_with exec "$name" touch /tmp/well
        await health_is healthy
    done
}

health_is() {
    [ "$(of_container '{{.State.Health.Status}}')" = "$1" ]
}

@test "a container joins the network namespace of another" {
    for runtime in $containers; do
        use "$runtime"
        start_waiting
        run -0 docker_with run --rm --runtime "$runtime" --network "container:$name" \
            "$image" ls -l /proc/self/ns/net
        output_has "$(readlink "/proc/$(of_container '{{.State.Pid}}')/ns/net")"
    done
}

@test "a machine: exec and more memory are refused in one line, limits hold" {
    needs_machine
    use ringside-vmm
    start_waiting --cpus 0.5
    cgroup=/$cgroup_parent/$(of_container '{{.Id}}')
    [ "$(cat "/sys/fs/cgroup/cpu$cgroup/cpu.cfs_quota_us")" = 50000 ]
    docker_with update --cpus 0.75 "$name" >/dev/null
    [ "$(cat "/sys/fs/cgroup/cpu$cgroup/cpu.cfs_quota_us")" = 75000 ]
    grep -qx "$(of_container '{{.State.Pid}}')" "/sys/fs/cgroup/memory$cgroup/cgroup.procs"
    run -126 docker_with exec "$name" true
    output_has "OCI runtime exec failed: exec: not for a container of ringside-vmm: unknown"
    run -1 docker_with update --memory 128m --memory-swap 128m "$name"
    output_has "ringside-vmm: memory: that of a machine is what it was made with and cannot be updated"
    status_is running
    run -0 docker_with top "$name"
    output_has ringside-vmm
}

@test "one image: the same digest, output and status in containers and in a machine" {
    [ "$(docker_with image inspect --format '{{.Id}}' "$image")" = \
        "sha256:$(cat "$BATS_FILE_TMPDIR/image.tar.id")" ]
    for runtime in $everywhere; do
        use "$runtime"
        docker_run --name "$name" --hostname box "$image" env |
            grep -v ^HOME= | sort >"out.$runtime" # runc adds that one
        [ "$(of_container '{{.Image}} {{.State.ExitCode}}')" = \
            "sha256:$(cat "$BATS_FILE_TMPDIR/image.tar.id") 0" ]
        cmp "out.$runtime" "out.${everywhere%% *}"
    done
}
