#!/usr/bin/env bats
# Kernels that attack a microVM's devices, registers, rings and ports:
# tests/hostile/kernel has the attacks, tests/hostile/judge.c says what an end
# is, and the VMM has guards around its memory (tests/hostile/guarded.c).

load microvm-helpers


# attack [OPTION...] -- ATTACK: with options for the judge. Its limit is longer
# than on the host: the machine of the lane is emulated.
attack() {
    local options=()
    need_linux_guests
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    echo nothing >initramfs
    truncate -s 8G disk.img
    run "$build/tests/hostile/judge" -m 104 -l 15 "${options[@]}" \
        "$build/tests/hostile/ringside-vmm" --root "$state" exec-static \
        --guest linux --kernel "$build/tests/hostile/kernel" \
        --initramfs initramfs --memory 96M --cpus 2 --console --disk disk.img \
        --netns new --tap tap0 --append "attack=$2" \
        "$build/tests/hostile/program"
}

# ends STATUS [OPTION...] -- ATTACK: the attack is made, and ends like this.
ends() {
    local expected=$1
    shift
    attack "$@"
    [ "$status" -eq "$expected" ] || {
        echo "status $status: $output"
        false
    }
    [[ $output == *"attempts "* ]]
}

@test "a kernel that attacks nothing is no attack" {
    attack -- nothing
    [ "$status" -eq 2 ]
}

@test "every port, in every width" {
    ends 9 -- ports
    [ "${lines[0]#attempts }" -gt 15000 ]
    ends 9 -- guest-ports
    ends 9 -- strings
}

@test "every register of the serial port, with every value" {
    ends 9 -- serial
}

@test "every byte of every device's registers, in every width" {
    ends 9 -- registers
    [ "${lines[0]#attempts }" -gt 20000 ]
}

@test "registers in an order that no driver has" {
    ends 9 -- driver
}

@test "addresses where nothing is" {
    ends 9 -- gaps
}

@test "all of the guest's memory, and no more of the host's" {
    ends 9 -- memory
}

@test "queues in impossible places and chains without sense are refused, then all works" {
    ends 9 -- queues
    [ "$output" = "attempts 352
accepted 0
attempts 72
accepted 0
attempts 32
accepted 0
devices 4
working 4" ]
}

@test "rings that change while they are read" {
    ends 9 -- race
    [ "${lines[1]#refused }" -gt 10 ]
}

@test "notifications and resets without end" {
    ends 9 -- notifications
    ends 9 -- resets
}

@test "what a console is told about its ports, at random" {
    ends 9 -- control
}

@test "a guest that ended has no more done for it: output, disk, randomness" {
    ends 9 -- much-output
    [ "${lines[1]}" = "accepted 0" ]
    ends 9 -- randomness
    ends 9 -- disk
    # Output goes away as fast as it comes, here as with a reader.
    "$build/tests/hostile/judge" -l 15 "$build/tests/hostile/ringside-vmm" \
        --root "$state" exec-static --guest linux --memory 96M \
        --kernel "$build/tests/hostile/kernel" --initramfs initramfs \
        --append attack=output "$build/tests/hostile/program" >/dev/null ||
        status=$?
    [ "$status" -eq 9 ]
}

@test "output that nobody reads does not keep a signal or the boot's time from ending the guest" {
    need_linux_guests
    echo nothing >initramfs
    mkfifo pipe
    exec 8<>pipe
    for how in '-t 1 143' '-l 15 1 --boot-timeout 1'; do
        # shellcheck disable=SC2086
        set -- $how
        status=0
        "$build/tests/hostile/judge" "$1" "$2" \
            "$build/tests/hostile/ringside-vmm" --root "$state" exec-static \
            --guest linux --memory 96M --kernel "$build/tests/hostile/kernel" \
            --initramfs initramfs --append attack=endless-output "${@:4}" \
            "$build/tests/hostile/program" >&8 2>errors 8>&- || status=$?
        [ "$status" -eq "$3" ]
    done
    exec 8>&-
}

@test "a triple fault is a reset; a processor that stops or loops ends by a signal" {
    ends 1 -- triple-fault
    [[ $output == *"the guest reset before the program ran"* ]]
    ends 143 -t 1 -- halt
    ends 143 -t 1 -- loop
}
