#!/usr/bin/env bats
# What deploy/kubernetes/ says, read by containerd and kubectl, and done by
# containerd as a kubelet would have it done: through the Container Runtime
# Interface.

setup_file() {
    load engine_setup
    find_runtimes
    [ -z "$(engine_missing containerd ctr curl)" ] || return 0
    export engine_directory=$BATS_FILE_TMPDIR/kubernetes
    export cgroup_parent=ringside-kubernetes-$$
    mkdir "$engine_directory"
    ls /run/containerd/s >"$BATS_FILE_TMPDIR/sockets" 2>/dev/null || true
    start_containerd '
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "localhost/ringside-pause:latest"
restrict_oom_score_adj = true # not every root may lower it
stream_server_address = "127.0.0.1"
stream_server_port = "0"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
'"$(sed "s|/usr/local/bin|$build/bin|" "$(deployed containerd.toml)")"
    import_image localhost/ringside-pause:latest '["sleep","1000000"]'
    import_image localhost/ringside-workload:latest '["/workload","help"]'
}

setup() {
    load engine_setup
    engine_setup containerd ctr curl
}

teardown() {
    local id
    [ -n "${name-}" ] || return 0
    for id in $(ctr_with containers ls --quiet 'labels."io.cri-containerd.kind"==sandbox'); do
        cri_with remove-pod "$id"
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

# A file of deploy/kubernetes.
deployed() { # NAME
    echo "$BATS_TEST_DIRNAME/../../deploy/kubernetes/$1"
}

import_image() { # NAME COMMAND-AS-JSON
    make_image_archive "$BATS_FILE_TMPDIR/image.tar" "$2" "$1"
    ctr_with images import "$BATS_FILE_TMPDIR/image.tar" >/dev/null
}

ctr_with() {
    timeout 20 ctr --address "$engine_directory/socket" --namespace k8s.io "$@"
}

cri_with() { # VERB...
    timeout 40 "$BATS_TEST_DIRNAME/cri" "$engine_directory/socket" "$@"
}

# A pod of that runtime, and a container in it; $pod and $container.
start_container() { # IMAGE COMMAND...
    pod=$(cri_with run-pod "$name" "$runtime" "/$cgroup_parent")
    container=$(cri_with create "$pod" "$name" "$@")
    cri_with start "$container"
}

start_waiting() {
    start_container localhost/ringside-workload:latest sh -c '
        trap "exit 5" TERM; echo ready; while :; do kill -0 $$; done'
    await grep -q "stdout F ready" "$engine_directory/$name.log"
}

has_exited() {
    [[ $(cri_with status "$container") == exited* ]]
}

@test "containerd reads the configuration: a runtime each, with our programs" {
    run -0 cri_with config
    for runtime in ringside-container ringside-vmm; do
        grep -qF "\"BinaryName\":\"$build/bin/$runtime\"" <<<"${output// /}"
    done
}

@test "each runtime class names a runtime of the configuration" {
    handlers=$(sed -n 's/^handler: //p' "$(deployed runtimeclass.yaml)")
    [ "$(wc -l <<<"$handlers")" -eq 2 ]
    for runtime in $handlers; do
        grep -qF "containerd.runtimes.$runtime]" "$(deployed containerd.toml)"
    done
    for class in $(sed -n 's/^ *runtimeClassName: //p' "$(deployed job.yaml)"); do
        grep -qx "  name: $class" "$(deployed runtimeclass.yaml)"
    done
}

@test "kubectl knows every field of the jobs" {
    command -v kubectl >/dev/null || skip "kubectl is not installed"
    # It reads them as objects of its types: a field that is none is lost.
    kubectl set env --local --filename "$(deployed job.yaml)" --output json PROBE=1 |
        sed 's/": /":/' >typed
    for field in $(sed -n 's/^[ -]*\([A-Za-z]*\):.*/\1/p' "$(deployed job.yaml)" | sort -u); do
        grep -qF "\"$field\":" typed || {
            echo "unknown: $field"
            return 1
        }
    done
}

@test "the jobs' programs run under their runtimes, and compute the same" {
    needs_machine
    command -v kubectl >/dev/null || skip "kubectl is not installed"
    [ "$(grep -c 'command: \["/workload", "sha256"\]' "$(deployed job.yaml)")" -eq 2 ]
    for runtime in $(sed -n 's/^ *runtimeClassName: //p' "$(deployed job.yaml)"); do
        use "$runtime"
        start_container localhost/ringside-workload:latest /workload sha256
        await has_exited
        run -0 cri_with status "$container"
        [ "$output" = "exited 0 Completed" ]
        sed -n 's/.* stdout F \(ringside result .*\)/\1/p' \
            "$engine_directory/$name.log" >"result.$runtime"
        [ -s "result.$runtime" ]
    done
    cmp result.ringside-container result.ringside-vmm
}

@test "a container of a pod: probed from inside, stopped by its signal, told of" {
    for runtime in $everywhere; do
        use "$runtime"
        start_waiting
        if [ "$runtime" = ringside-vmm ]; then
            run -1 cri_with exec "$container" true
            output_has "OCI runtime exec failed: exec: not for a container of ringside-vmm"
        else
            run -4 cri_with exec "$container" sh -c 'echo inside; exit 4'
            [ "$output" = inside ]
        fi
        run -0 cri_with status "$container"
        [ "$output" = "running 0 " ]
        cri_with stop "$container"
        run -0 cri_with status "$container"
        [ "$output" = "exited 5 Error" ]
        # A pod may have one more; this one cannot be started.
        container=$(cri_with create "$pod" "$name-second" localhost/ringside-workload:latest /absent)
        run -1 cri_with start "$container"
        output_has /absent
    done
}

@test "a pod of a runtime that is not configured is refused" {
    use absent
    run -1 cri_with run-pod "$name" absent "/$cgroup_parent"
    output_has 'no runtime for "absent" is configured'
}
