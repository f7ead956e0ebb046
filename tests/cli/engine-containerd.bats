#!/usr/bin/env bats
# containerd with our runtimes, and with runc, through its shim for runc: the
# same test under each. Docker and Kubernetes go this way, too.

setup_file() {
    load engine_setup
    find_runtimes
    [ -z "$(engine_missing containerd ctr)" ] || return 0
    export engine_directory=$BATS_FILE_TMPDIR/containerd
    export cgroup_parent=ringside-containerd-$$
    mkdir "$engine_directory"
    ls /run/containerd/s >"$BATS_FILE_TMPDIR/sockets" 2>/dev/null || true
    start_containerd
    make_image_archive "$BATS_FILE_TMPDIR/image.tar"
    make_rootfs "$BATS_FILE_TMPDIR/rootfs"
    ctr_with images import "$BATS_FILE_TMPDIR/image.tar" >/dev/null
}

setup() {
    load engine_setup
    engine_setup containerd ctr
}

teardown() {
    local id
    [ -n "${name-}" ] || return 0
    for id in $(ctr_with tasks ls --quiet); do
        ctr_with tasks kill --signal KILL "$id" || true
        await task_is "$id" STOPPED
        ctr_with tasks delete "$id" 2>/dev/null || true
    done
    for id in $(ctr_with containers ls --quiet); do
        ctr_with containers delete "$id"
    done
}

teardown_file() {
    load engine_setup
    [ -n "${engine_directory-}" ] || return 0
    stop_process "$(cat "$BATS_FILE_TMPDIR/containerd.pid")"
    end_forgotten_shims "$engine_directory"
    assert_nothing_left "$engine_directory" "$cgroup_parent"
    ls /run/containerd/s 2>/dev/null | diff "$BATS_FILE_TMPDIR/sockets" -
}

# A command that waits for what does not come must not stop the tests.
ctr_with() {
    timeout --foreground 20 ctr --address "$engine_directory/socket" "$@"
}

# run, with the runtime of `use`, and the image if a test names nothing else.
ctr_run() { # FLAG... IMAGE NAME COMMAND...
    ctr_with run --runc-binary "$(runtime_path "$runtime")" \
        --cgroup "/$cgroup_parent/$name" "$@"
}

task_is() { # ID STATUS
    ctr_with tasks ls | grep -q "^$1 .*$2"
}

has_ended() {
    task_is "$name" STOPPED
}

pid_of() {
    ctr_with tasks ls | awk -v id="$name" '$1 == id { print $2 }'
}

# A program that waits for a signal.
start_waiting() {
    ctr_run --detach --log-uri "file://$PWD/log" "$image" "$name" sh -c '
        trap "exit 5" TERM; trap "exit 6" USR1; echo ready
        while :; do kill -0 $$; done'
    await grep -q ready log
    rm log
    task_is "$name" RUNNING
}

@test "run shows output and errors apart, and passes the exit status on" {
    for runtime in $everywhere; do
        use "$runtime"
        run -7 --separate-stderr ctr_run --rm "$image" "$name" \
            sh -c 'echo out; echo err >&2; exit 7'
        [ "$output" = out ]
        # shellcheck disable=SC2154
        [ "$stderr" = err ]
    done
}

@test "the runtime's message is what the user reads" {
    for runtime in $everywhere; do
        use "$runtime"
        run -1 ctr_run --rm "$image" "$name" /bin/absent
        output_has "OCI runtime create failed: "
        output_has /bin/absent
        [ "${#lines[@]}" -eq 1 ]
    done
}

@test "standard input reaches the program" {
    for runtime in $everywhere; do
        use "$runtime"
        run -0 ctr_run --rm "$image" "$name" sh -c 'read line; echo "got $line"' <<<typed
        [ "$output" = "got typed" ]
    done
}

@test "environment and directory of the image hold, flags go before" {
    for runtime in $everywhere; do
        use "$runtime"
        run -0 ctr_run --rm --env A=b "$image" "$name" sh -c 'echo $GREETING $A $PWD'
        [ "$output" = "hello b /tmp" ]
        run -0 ctr_run --rm --cwd /data "$image" "$name" sh -c 'echo $PWD'
        [ "$output" = /data ]
    done
}

@test "a root file system instead of an image" {
    for runtime in $everywhere; do
        use "$runtime"
        run -0 ctr_run --rm --rootfs "$BATS_FILE_TMPDIR/rootfs" "$name" /bin/echo here
        [ "$output" = here ]
    done
}

@test "with a terminal the program has one" {
    for runtime in $everywhere; do
        use "$runtime"
        run -0 in_terminal 33 99 ctr_run --rm --tty "$image" "$name" tty
        output_has /dev/
        [[ $output != *"not a tty"* ]]
    done
}

@test "detached: it runs, and ps names its process" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        run -0 ctr_with tasks ps "$name"
        [ "$(awk 'NR == 2 { print $1 }' <<<"$output")" = "$(pid_of)" ]
        [ -d "/proc/$(pid_of)" ]
    done
}

@test "kill sends the signal, delete tells the status that it led to" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        ctr_with tasks kill --signal USR1 "$name"
        await has_ended
        run -0 ctr_with tasks delete "$name"
        output_has "exit code 6"
    done
}

@test "what is killed is stopped, and killing it again is told" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        ctr_with tasks kill --signal KILL "$name"
        await has_ended
        run -1 ctr_with tasks kill "$name"
        output_has "process already finished"
        run -0 ctr_with tasks delete "$name"
        output_has "exit code 137"
    done
}

@test "a running task is deleted by force alone" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        run -1 ctr_with tasks delete "$name"
        output_has "must be stopped before deletion"
        run -0 ctr_with tasks delete --force "$name"
        run -0 ctr_with tasks ls --quiet
        [ -z "$output" ]
    done
}

@test "pause stops it, resume lets it go on" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        ctr_with tasks pause "$name"
        task_is "$name" PAUSED
        ctr_with tasks kill --signal TERM "$name"
        task_is "$name" PAUSED
        ctr_with tasks resume "$name"
        await has_ended
        run -0 ctr_with tasks delete "$name"
        output_has "exit code 5"
    done
}

@test "exec: output and status of its own" {
    for runtime in $containers; do
        use "$runtime"
        start_waiting
        run -9 ctr_with tasks exec --exec-id one --cwd /data --user 1000:100 "$name" \
            sh -c 'echo $(pwd) $(id -u):$(id -g); exit 9'
        [ "${lines[0]}" = "/data 1000:100" ]
        run -1 ctr_with tasks exec --exec-id two "$name" /bin/absent
        output_has "OCI runtime exec failed: "
        output_has /bin/absent
        task_is "$name" RUNNING
    done
}

@test "exec in a machine is refused in one line, and it goes on" {
    needs_machine
    use ringside-vmm
    start_waiting
    run -1 ctr_with tasks exec --exec-id one "$name" true
    output_has "OCI runtime exec failed: exec: not for a container of ringside-vmm"
    [ "${#lines[@]}" -eq 1 ]
    task_is "$name" RUNNING
}

@test "limits are set in the cgroup that is asked for" {
    for runtime in $containers; do
        use "$runtime"
        ctr_run --detach --null-io --memory-limit 67108864 "$image" "$name" sleep 1000
        run -0 cat "/proc/$(pid_of)/cgroup"
        output_has ":memory:/$cgroup_parent/$name"
        [ "$(cat "/sys/fs/cgroup/memory/$cgroup_parent/$name/memory.limit_in_bytes")" = 67108864 ]
    done
}

@test "when the shim is killed, its container goes, and nothing stays" {
    bundles=$engine_directory/state/io.containerd.runtime.v2.task/default
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        shim=$(pgrep -f "containerd-shim-runc-v2 .*-id $name ")
        socket=$(cat "$bundles/$name/address")
        kill -KILL "$shim"
        await gone
        rm "${socket#unix://}" # the shim itself would have
        ctr_with containers delete "$name"
    done
}

# containerd has cleaned up behind a shim: by the runtime's delete --force.
gone() {
    [ -z "$(ctr_with tasks ls --quiet)" ] &&
        [ ! -e "$bundles/$name" ]
}

@test "one image: the same digest, output and status in containers and in a machine" {
    for runtime in $everywhere; do
        use "$runtime"
        ctr_run --rm "$image" "$name" env |
            grep -v ^HOME= | sort >"out.$runtime" # runc adds that one
        cmp "out.$runtime" "out.${everywhere%% *}"
        grep -q GREETING=hello "out.$runtime"
    done
    run -0 ctr_with images ls "name==$image"
    [ "${#lines[@]}" -eq 2 ]
}
