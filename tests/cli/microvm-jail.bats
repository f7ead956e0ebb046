#!/usr/bin/env bats
# The jail of a Linux guest's VMM, seen from outside. What it may not do is
# tried in tests/unit/test_vmm_microvm_jail.c.

load microvm-helpers

# Starts a guest that sleeps; guest is the process that runs it.
start() { # OPTION...
    need_linux_guests
    make_bundle bundle "$programs/fault" sleep
    mkfifo output
    exec 5<>output
    background output "$vmm" --root "$state" run --guest linux --bundle bundle \
        --pid-file pid "$@" jail
    read -r -t 60 line <&5
    [ "$line" = sleeping ]
    guest=$(cat pid)
}

stop() {
    "$vmm" --root "$state" kill jail KILL
    wait "${pids[0]}" || true
    "$vmm" --root "$state" delete --force jail 2>/dev/null || true
}

@test "the process that runs a guest has no rights in any thread, and little open" {
    start --cpus 2
    for task in /proc/"$guest"/task/*; do
        [ "$(sed -n 's/^\(Cap[A-Za-z]*\|Seccomp\|NoNewPrivs\):\t*//p' "$task/status" | sort -u)" = "0000000000000000
1
2" ]
        threads=$((${threads-0} + 1))
    done
    [ "$threads" -eq 4 ] # one waits, one has the devices
    [ "$(id -u)" -ne 0 ] || grep -q "^Uid:"$'\t65534\t65534\t65534\t65534' "/proc/$guest/status"
    for namespace in user mnt net pid ipc; do
        [ "$(readlink "/proc/$guest/ns/$namespace")" != "$(readlink "/proc/self/ns/$namespace")" ]
    done
    [ -z "$(ls -A "/proc/$guest/root/")" ]
    grep -q '^Max processes  *0 ' "/proc/$guest/limits"
    for descriptor in /proc/"$guest"/fd/*; do
        case "${descriptor##*/} $(readlink "$descriptor")" in
            [012]\ *) ;;
            *\ anon_inode:kvm-v* | *\ anon_inode:\[event*) ;;
            *\ pipe:* | *\ socket:*) others=$((${others-0} + 1)) ;;
            *) echo "$descriptor: $(readlink "$descriptor")" && false ;;
        esac
    done
    [ "$others" -eq 3 ] # signals for init; the supervisor
    stop
}

@test "with a disk it makes 24 different system calls at most" {
    [[ $build != *sanitize* ]] || skip "sanitizers make their own"
    command -v strace >/dev/null || skip "needs strace"
    need_linux_guests
    truncate -s 8M disk.img
    strace -f -o trace "$vmm" --root "$state" exec-static --guest linux \
        --disk disk.img "$programs/devices" disk-write /dev/vda </dev/null >out
    grep -q fdatasync trace
    # All but the supervisor, which has removed the state.
    supervisor=$(sed -n 's/^\([0-9]*\) *rmdir(.*/\1/p' trace | head -1)
    calls=$(sed -n '/ seccomp(/,$p' trace | grep -v "^$supervisor " |
        sed -n 's/^[0-9]* *\([a-z_0-9]*\)(.*/\1/p' | grep -v seccomp | sort -u)
    echo "$calls"
    [ "$(wc -l <<<"$calls")" -ge 10 ]
    [ "$(wc -l <<<"$calls")" -le 24 ]
}

@test "without a jail nothing of it is there, and a line says so" {
    start --jail=off
    [ "$guest" = "${pids[0]}" ]
    grep -q '^Seccomp:.0$' "/proc/$guest/status"
    [ "$(cat errors)" = "ringside-vmm: --jail=off: the VMM keeps all its rights" ]
    stop
}
