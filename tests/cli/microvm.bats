#!/usr/bin/env bats
# ringside-vmm --guest linux: a program under a real kernel in our VMM.

load microvm-helpers

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
