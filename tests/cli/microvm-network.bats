#!/usr/bin/env bats
# The network of a microVM: both ways over a tap interface.

load microvm-helpers

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

show_features() {
    guest --tap ringside0,10.9.0.2/24 "$programs/inspect" \
        cat /sys/class/net/eth0/device/features
}

# Virtio feature bits as sysfs has them: a digit each, bit 0 first.
@test "checksums and segmentation are left to the host, both ways" {
    need_linux_guests
    run in_network show_features
    [ "$status" -eq 0 ]
    for bit in 0 1 7 8 11 12 15; do # 5.1.3: CSUM, TSO, MRG_RXBUF
        [ "${output:bit:1}" = 1 ]
    done
}

# sleeping_guest OPTION...: a guest that runs until end_guest; its process is
# $pid, and its program runs when this returns.
sleeping_guest() {
    mkfifo running
    background running "$vmm" --root "$state" exec-static --guest linux "$@" \
        "$programs/fault" sleep
    pid=$!
    read -r _ <running
}

end_guest() {
    kill -TERM "$pid"
    wait "$pid" || true
}

@test "a tap can lie in a network namespace of its own" {
    need_linux_guests
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    sleeping_guest --netns new --tap ringside0,10.9.0.2/24,10.9.0.1
    run ip link show ringside0
    [ "$status" -ne 0 ]
    [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/self/ns/net)" ]
    run nsenter --net=/proc/$pid/ns/net ping -c 3 -W 5 10.9.0.2
    end_guest
    [ "$status" -eq 0 ]
    [[ $output == *" 0% packet loss"* ]]
}

@test "the guest and its own namespace reach each other by TCP" {
    need_linux_guests
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    background served "$vmm" --root "$state" exec-static --guest linux \
        --netns new --tap t0,10.9.0.2/24,10.9.0.1 \
        "$programs/devices" tcp-serve
    pid=$!
    while [ "$(readlink /proc/$pid/ns/net)" = "$(readlink /proc/self/ns/net)" ]
    do
        kill -0 "$pid"
    done
    nsenter --net=/proc/$pid/ns/net "$programs/devices" tcp-send 10.9.0.2
    wait "$pid"
    [ "$(cat served)" = "hello from outside" ]
}

@test "a tap can lie in the network namespace that the bundle names" {
    need_linux_guests
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    background /dev/null unshare --net sleep 100
    owner=$!
    while [ "$(readlink /proc/$owner/ns/net)" = "$(readlink /proc/self/ns/net)" ]
    do
        kill -0 "$owner"
    done
    enter=(nsenter --net=/proc/$owner/ns/net)
    "${enter[@]}" ip tuntap add ringside0 mode tap
    "${enter[@]}" ip address add 10.9.0.1/24 dev ringside0
    "${enter[@]}" ip link set ringside0 up
    namespaces=", \"linux\": {\"namespaces\": [{\"type\": \"network\",
        \"path\": \"/proc/$owner/ns/net\"}]}" \
        make_bundle bundle "$programs/devices" tcp-echo 10.9.0.1
    background /dev/null "${enter[@]}" "$programs/devices" tcp-echo-server
    run "$vmm" --root "$state" run --guest linux \
        --tap ringside0,10.9.0.2/24 --bundle bundle inside
    kill "$owner"
    [ "$status" -eq 0 ]
    [ "$output" = echoed ]
}

@test "a network namespace that is none is named" {
    need_linux_guests
    for path in missing /dev/null /; do
        run guest --netns "$path" --tap ringside0 "$workload" noop
        [ "$status" -eq 1 ]
        [ "${#lines[@]}" -eq 1 ]
        [[ $output == *"network namespace $path"* ]]
    done
}
