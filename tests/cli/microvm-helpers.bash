# What the tests of the microVM share: load it with "load microvm-helpers".
# They need a KVM that can run Linux; where there is none (kvm_pvm), they run
# in the SVM lane.

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    vmm=$build/bin/ringside-vmm
    linux=$build/guests/linux
    programs=$build/tests/programs
    workload=$build/guests/workload
    state=$BATS_TEST_TMPDIR/state
    pids=()
    cd "$BATS_TEST_TMPDIR"
}

# background OUTPUT COMMAND...: starts it with nothing of bats' own, which would
# wait for it otherwise; its process is $!.
background() {
    "${@:2}" >"$1" 2>errors 3>&- &
    pids+=($!)
}

# What runs in the background is in pids; a test that failed leaves it.
teardown() {
    local pid
    for pid in "${pids[@]}"; do
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    if [ ${#pids[@]} -gt 0 ] && [ -z "${BATS_TEST_COMPLETED-}" ]; then
        return # and its state
    fi
    if [ -d "$state" ]; then
        [ -z "$(ls -A "$state")" ]
    fi
}

need_linux_guests() {
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
    [ ! -e /sys/module/kvm_pvm ] || skip "kvm_pvm cannot run a Linux kernel"
    [ -e "$linux/vmlinuz" ] || skip "no kernel: make guest-kernel"
}

# guest [OPTION...] PROGRAM [ARGUMENT...]
guest() {
    "$vmm" --root "$state" exec-static --guest linux "$@"
}

# make_bundle DIR PROGRAM [ARGUMENT...]: a bundle whose rootfs is that program.
make_bundle() {
    local directory=$1 program=$2 arguments='' argument
    shift 2
    mkdir -p "$directory/rootfs"
    cp "$program" "$directory/rootfs/program"
    for argument in /program "$@"; do
        arguments+="${arguments:+, }\"$argument\""
    done
    cat >"$directory/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"cwd": "/", "args": [$arguments], "env": ["A=b"]}${namespaces-}}
JSON
}
