#!/usr/bin/env bats
# ringside-vmm --guest linux: a real kernel under our VMM. It needs a KVM that
# can run one; where there is none (kvm_pvm), only the refusal is tested, and
# the rest runs in the SVM lane.

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    vmm=$build/bin/ringside-vmm
    programs=$build/tests/programs
    workload=$build/guests/workload
    state=$BATS_TEST_TMPDIR/state
    cd "$BATS_TEST_TMPDIR"
}

teardown() {
    if [ -d "$state" ]; then
        [ -z "$(ls -A "$state")" ]
    fi
}

need_linux_guests() {
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
    [ ! -e /sys/module/kvm_pvm ] || skip "kvm_pvm cannot run a Linux kernel"
    [ -e "$build/guests/linux/vmlinuz" ] ||
        skip "no kernel: make guest-kernel"
}

guest() {
    "$vmm" --root "$state" exec-static --guest linux "$@"
}

@test "a back end that cannot run Linux says so at once, with its own status" {
    [ -e /sys/module/kvm_pvm ] || skip "this back end can run Linux"
    run timeout 10 "$vmm" --root "$state" exec-static --guest linux "$workload" noop
    [ "$status" -eq 125 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *kvm_pvm* ]]
}

@test "the same program runs under Linux: arguments, streams, status" {
    need_linux_guests
    guest "$programs/echo" one "two words" >out 2>err || code=$?
    [ "$code" -eq 3 ]
    grep -qx 'argv\[2\]=two words' out
    grep -qx 'to stderr' err
    [ "$(grep -c . err)" -eq 1 ]
}

@test "standard input reaches the program to its end" {
    need_linux_guests
    head -c 200000 /dev/urandom >in
    guest "$programs/fault" copy-input <in >out
    cmp in out
}

@test "it computes what the host computes" {
    need_linux_guests
    host=$("$workload" sha256 --duration 1 | grep '^ringside result')
    guest=$(guest "$workload" sha256 --duration 1 | grep '^ringside result')
    [ -n "$host" ]
    [ "$host" = "$guest" ]
}

@test "a program that crashes ends with 128 and its signal" {
    need_linux_guests
    run guest "$programs/fault" null-read
    [ "$status" -eq 139 ]
}

@test "phases come in order" {
    need_linux_guests
    run guest --phases "$workload" noop
    [ "$status" -eq 0 ]
    order=$(sed -n 's/.*phase \([a-z]*\) .*/\1/p' <<<"$output" | tr '\n' ' ')
    [ "$order" = "exec start bundle open vm region vcpu entry init modules program end teardown " ]
    sed -n 's/.*phase [a-z]* \([0-9.]*\) us.*/\1/p' <<<"$output" | sort -n -c
}

@test "two processors are both there" {
    need_linux_guests
    [ "$(guest --cpus 2 "$programs/devices" processors)" = 2 ]
}

@test "more than 3 GiB of memory lie around the gap" {
    need_linux_guests
    run guest --memory 4G "$programs/devices" processors
    [ "$status" -eq 0 ]
}

@test "what is written to a disk, and flushed, is in the image" {
    need_linux_guests
    truncate -s 8M disk.img
    run guest --disk disk.img "$programs/devices" disk-write /dev/vda
    [ "$output" = "8388608 bytes" ]
    inside=$(guest --disk disk.img "$programs/devices" disk-read /dev/vda |
        sha256sum)
    [ "$inside" = "$(sha256sum <disk.img)" ]
    [ "$inside" != "$(head -c 8M /dev/zero | sha256sum)" ]
}

@test "a read-only disk stays as it was" {
    need_linux_guests
    head -c 1M /dev/urandom >disk.img
    before=$(sha256sum <disk.img)
    guest --disk disk.img,ro "$programs/devices" disk-is-read-only /dev/vda
    run guest --disk disk.img,ro "$programs/devices" disk-write /dev/vda
    [ "$status" -ne 0 ]
    [ "$(sha256sum <disk.img)" = "$before" ]
}

@test "a disk that is not there is named" {
    need_linux_guests
    run guest --disk missing.img "$programs/devices" processors
    [ "$status" -eq 1 ]
    [[ $output == *missing.img* ]]
}

@test "guests have different randomness" {
    need_linux_guests
    one=$(guest "$programs/devices" random /dev/hwrng)
    two=$(guest "$programs/devices" random /dev/hwrng)
    [ "${#one}" -eq 32 ]
    [ "$one" != "$two" ]
}

@test "a kernel panic is reported with the kernel's last words" {
    need_linux_guests
    run guest "$programs/devices" crash-kernel
    [ "$status" -eq 1 ]
    [[ $output == *"reset the machine"* ]]
}

@test "memory exhausted inside ends the program, not the VMM" {
    need_linux_guests
    run guest --memory 128M "$programs/devices" exhaust
    [ "$status" -eq 137 ]
}

@test "files that are no kernel are refused in one line" {
    need_linux_guests
    head -c 100000 /dev/urandom >garbage
    : >empty
    head -c 5000000 "$build/guests/linux/vmlinuz" >cut
    for kernel in garbage empty cut . /dev/zero missing "$workload"; do
        run guest --kernel "$kernel" "$workload" noop
        [ "$status" -eq 1 ]
        [ "${#lines[@]}" -eq 1 ]
        [[ ${lines[0]} == "ringside-vmm: "* ]]
    done
}

@test "a kernel that is damaged inside ends in an error, not in a hang" {
    need_linux_guests
    cp "$build/guests/linux/vmlinuz" damaged
    dd if=/dev/urandom of=damaged bs=1M seek=4 count=2 conv=notrunc 2>/dev/null
    run timeout 90 "$vmm" --root "$state" exec-static --guest linux \
        --boot-timeout 20 --kernel damaged "$workload" noop
    [ "$status" -eq 1 ]
    [[ $output == "ringside-vmm: "* ]]
}

# The kernel is told to run the program itself as its first process: our init
# never does, and the program only sleeps.
@test "a guest that never starts the program is ended in time" {
    need_linux_guests
    run timeout 60 "$vmm" --root "$state" exec-static --guest linux \
        --boot-timeout 5 --append "rdinit=/rootfs/fault -- sleep" \
        "$programs/fault" sleep
    [ "$status" -eq 1 ]
    [[ $output == *"did not start the program in time"* ]]
}

@test "a rootfs larger than memory is refused in one line" {
    need_linux_guests
    mkdir -p bundle/rootfs
    cp "$workload" bundle/rootfs/workload
    truncate -s 300M bundle/rootfs/large
    cat >bundle/config.json <<JSON
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"cwd": "/", "args": ["/workload", "noop"], "env": ["A=b"]}}
JSON
    run "$vmm" --root "$state" run --guest linux --memory 256M \
        --bundle bundle large
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *"does not fit"* ]]
}

@test "too little memory for Linux is refused in one line" {
    need_linux_guests
    run guest --memory 16M "$workload" noop
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
}

@test "a reader that goes away ends the program" {
    need_linux_guests
    run timeout 60 bash -c "'$vmm' --root '$state' exec-static --guest linux \
        '$programs/fault' write-on | head -n 1; exit \${PIPESTATUS[0]}"
    [ "$status" -eq 141 ]
    [ "$output" = more ]
}

@test "SIGTERM ends a guest with 143 and leaves nothing" {
    need_linux_guests
    mkfifo out
    "$vmm" --root "$state" exec-static --guest linux "$programs/fault" sleep \
        >out 3>&- &
    pid=$!
    read -r line <out
    [ "$line" = sleeping ]
    kill -TERM "$pid"
    code=0
    wait "$pid" || code=$?
    [ "$code" -eq 143 ]
}

# A network namespace of the test's own with a tap in it; runs the function.
in_network() {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    [ -c /dev/net/tun ] || skip "no /dev/net/tun"
    command -v ip >/dev/null || skip "no ip(8)"
    export vmm programs state
    export -f guest "$1"
    timeout 100 unshare --net bash -euc "
        ip tuntap add ringside0 mode tap
        ip address add 10.9.0.1/24 dev ringside0
        ip link set ringside0 up
        $1"
}

echo_from_inside() {
    "$programs/devices" tcp-echo-server 3>&- &
    guest --tap ringside0,10.9.0.2/24 "$programs/devices" tcp-echo 10.9.0.1
    wait
}

@test "the guest reaches the host by TCP over its tap" {
    need_linux_guests
    run in_network echo_from_inside
    [ "$status" -eq 0 ]
    [ "$output" = echoed ]
}

send_from_outside() {
    "$programs/devices" tcp-send 10.9.0.2 3>&- &
    guest --tap ringside0,10.9.0.2/24 "$programs/devices" tcp-serve
    wait
}

@test "the host reaches the guest by TCP over its tap" {
    need_linux_guests
    run in_network send_from_outside
    [ "$status" -eq 0 ]
    [ "$output" = "hello from outside" ]
}

ping_inside() {
    guest --tap ringside0,10.9.0.2/24 "$programs/fault" sleep >out 3>&- &
    pid=$!
    for _ in $(seq 100); do
        ping -c 1 -W 1 10.9.0.2 >/dev/null 2>&1 && break
        sleep 0.2
    done
    ping -c 3 -W 5 10.9.0.2 | grep -q ' 0% packet loss' && echo answered
    pkill -TERM -P "$pid" || kill "$pid"
    wait || true
}

@test "the guest answers ping" {
    need_linux_guests
    command -v ping >/dev/null || skip "no ping(8)"
    run in_network ping_inside
    [ "$output" = answered ]
}

@test "bad addresses of a tap are refused" {
    for tap in "" ",10.0.0.1/24" "t,10.0.0.1" "t,10.0.0/24" "t,10.0.0.1/33" \
        "t,10.0.0.1/24,x"; do
        run guest --tap "$tap" "$workload" noop
        [ "$status" -eq 1 ]
        [[ $output == *"--tap: expected"* ]]
    done
}
