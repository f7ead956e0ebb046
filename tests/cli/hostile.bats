#!/usr/bin/env bats
# Programs that attack what runs them: the library OS, which is in their reach,
# and by way of it the VMM, which must not be. tests/hostile/unikernel has the
# attacks, tests/hostile/judge.c says what an end is, and the VMM has guards
# around its memory (tests/hostile/guarded.c).

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    hostile=$build/tests/hostile
    state=$BATS_TEST_TMPDIR/state
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
    # The guest's 32 MiB and what the VMM may have beside; sanitizers have more.
    most=(-m 40)
    [[ $build != *sanitize* ]] || most=()
}

teardown() {
    [ ! -d "$state" ] || [ -z "$(ls -A "$state")" ]
}

# attack [OPTION...] -- ATTACK [NUMBER...]: with options for the judge. Without
# a jail, which would hide what the VMM itself lets through.
attack() {
    local options=()
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    run "$hostile/judge" "${most[@]}" "${options[@]}" "$hostile/ringside-vmm" \
        --root "$state" exec-static --jail=off --memory 32M \
        "$hostile/program" "${@:2}"
    output=$(grep -v -- ': --jail=off' <<<"$output" || true)
    mapfile -t lines <<<"$output"
}

# ends STATUS[,STATUS...] [OPTION...] -- ATTACK [NUMBER...]: the attack is made,
# and ends with one of these statuses, and one line at most.
ends() {
    local statuses=,$1,
    shift
    attack "$@"
    while [ "$1" != -- ]; do shift; done
    [[ $statuses == *",$status,"* ]] || {
        echo "${*:2}: status $status, expected$statuses: $output"
        false
    }
    [[ $output == "attempts "* || $late == *" $2 "* ]]
    [ "$(grep -c ^ringside-vmm: <<<"$output")" -le 1 ]
}
late=' absurd-fields read-over-itself timer-storm '

# refuses NUMBER ATTACK [NUMBER...]: the VMM says that this hypercall cannot be.
refuses() {
    ends 1 -- "${@:2}"
    [[ $output == *"hypercall $1 with a structure at 0x"*"not inside its memory or not aligned" ]]
}

hypercalls='0 1 2 3 4 5 6 7 8 9 10'

@test "the guards are seen when something goes past guest memory" {
    RINGSIDE_GUARDED=guard attack -- discard-itself
    [ "$status" -ne 9 ]
    [[ $build == *sanitize* || $output == "judge: it died of signal 11" ]]
    RINGSIDE_GUARDED=canary attack -- discard-itself
    [ "$status" -eq 66 ]
}

@test "a guest that never ends is seen" {
    state=$BATS_TEST_TMPDIR/killed attack -l 0.3 -- endless-signals
    [ "$status" -eq 99 ]
    [[ $output == "judge: it did not end, and was killed"* ]]
}

@test "hypercalls: a structure that is not aligned is refused" {
    for number in $hypercalls; do
        refuses "$number" structure-at "$number" 0x300004
        refuses "$number" structure-at "$number" 0x300001
    done
}

@test "hypercalls: a structure outside of memory is refused" {
    for number in $hypercalls; do
        refuses "$number" structure-at "$number" 0x2000000
        refuses "$number" structure-at "$number" 0xfffffff8
        refuses "$number" structure-at "$number" 0xfee00000
    done
}

@test "hypercalls: a structure over the end of memory is refused" {
    for number in 0 1 2 3 4 5 7 9 10; do
        refuses "$number" structure-over-end "$number" 8
    done
}

@test "hypercalls: fields that make no sense are refused or harmless" {
    for number in 2 3 4 5 6 7 8 9 10; do
        ends 9 -- absurd-fields "$number" </dev/null
        [ "$output" = "attempts 2000" ]
    done
}

@test "hypercalls: an end that makes no sense is an end" {
    for seed in 0 1 2 3 4 5; do
        ends "$(seq -s, 0 255)" -- absurd-end 0 "$seed"
        [[ $output == "attempts 1" ]]
        ends 132,133,135,136,139 -- absurd-end 1 "$seed"
        [[ ${lines[1]} == "ringside-vmm: guest ended by SIG"* ]]
    done
}

@test "hypercalls: what a call writes may be the call's own structure" {
    ends 9 -- read-over-itself <"$BASH"
    [ "${lines[0]}" = "bytes 14336" ]
    ends 9 -- discard-itself
    ends 9 -- terminal-over-itself
}

@test "hypercalls: memory and root files are attached once however often" {
    ends 9 -- attach-often
}

@test "hypercalls: upcalls as fast as they can be asked for" {
    ends 9 -- timer-storm
    [ "$output" = "attempts 20000" ]
}

@test "a snapshot of a hostile guest is as harmless, each time" {
    mkdir -p "$BATS_TEST_TMPDIR/bundle/rootfs"
    cp "$hostile/program" "$BATS_TEST_TMPDIR/bundle/rootfs/"
    for what in '"structure-at", "3", "4"' '"read-port", "0x3f8", "1"' \
        '"absurd-fields", "7"'; do
        cat >"$BATS_TEST_TMPDIR/bundle/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"cwd": "/", "args": ["/program", "late", $what], "env": []}}
JSON
        rm -f "$BATS_TEST_TMPDIR/snapshot"
        "$hostile/ringside-vmm" snapshot --memory 32M \
            --bundle "$BATS_TEST_TMPDIR/bundle" "$BATS_TEST_TMPDIR/snapshot"
        for _ in 1 2; do
            run "$hostile/judge" "${most[@]}" "$hostile/ringside-vmm" \
                restore "$BATS_TEST_TMPDIR/snapshot"
            [[ $status =~ ^(1|9|139)$ ]]
            [ "${lines[0]}" = "ringside ready" ]
            [[ $output == *"attempts "* ]]
        done
    done
}

@test "a program gets into ring 0, so that what follows is an attack" {
    attack -- level
    [ "$output" = "selector 8" ]
}

@test "ports: every kind of access but a hypercall's ends the guest" {
    for port in 0 0x3f8 0x4ff 0x50b 0x600 0xcf8 0xffff; do
        for width in 1 2 4; do
            ends 139 -- write-port "$port" "$width"
            [[ $output == *"access to I/O port 0x"* || $port == 0 ]]
            ends 139 -- read-port "$port" "$width"
        done
    done
    for port in 0x500 0x502 0x50a; do
        ends 139 -- write-port "$port" 1
        ends 139 -- write-port "$port" 2
        ends 139 -- read-port "$port" 4
    done
}

@test "ports: string instructions are refused or harmless" {
    for port in 0x3f8 0x502 0xffff; do
        # Some back ends hand them over one by one: hypercalls, of nothing.
        ends 1,9,139 -- write-port-string "$port"
        ends 1,139 -- read-port-string "$port"
    done
}

@test "a triple fault ends the guest, and is called one" {
    ends 1 -- triple-fault
    [[ ${lines[1]} == *"the guest stopped: triple fault"* ]]
}

@test "control registers that no kernel sets" {
    for value in 0 1 0x80000000 0xffffffff 0xffffffffffffffff; do
        # On some processors the guest then goes round in circles.
        ends 1,9,139,143 -e 2 -- control 0 "$value"
        ends 1,9,139,143 -e 2 -- control 1 "$value"
        ends 1,9,139,143 -e 2 -- control 2 "$value"
    done
}

@test "model-specific registers that make no sense" {
    ends 1,9,139 -- msr 0x1b 0                       # the APIC's base
    ends 1,9,139 -- msr 0x1b 0xfee00d00
    ends 1,9,139 -- msr 0xc0000080 0                 # EFER
    ends 1,9,139 -- msr 0xc0000082 0xdead000000000000 # LSTAR
    ends 1,9,139 -- msr 0x4b564d01 0xfffffffffffff001 # KVM's clock
    ends 1,9,139 -- msr 0x4b564d03 0xffffffffffffffc1 # KVM's steal time
    ends 1,9,139 -- msr 0x40000003 1                 # Hyper-V's reset
    ends 1,9,139 -- msr 0x277 0xffffffffffffffff     # PAT
}

@test "interrupts to itself: NMI, INIT, SIPI and vectors without a gate" {
    for command in 0x4400 0x84500 0x4600 0x404e 0x84000; do
        ends 1,9,139 -- apic "$command"
    done
    for number in 0 5 11 12; do
        ends 1,9,139 -- vmmcall "$number"
    done
}

@test "a processor that stops with interrupts off ends by a signal to the VMM" {
    ends 143 -t 0.3 -- halt
    ends 143 -t 0.3 -- loop-in-ring0
}

@test "page tables: what lies outside of memory cannot be reached" {
    for address in 0 0xc0000000 0xfec00000 0x7fff00000000; do
        ends 1,139 -- read-physical "$address"
        ends 1,139 -- write-physical "$address"
        ends 1,139 -- execute-physical "$address"
    done
    attack -- write-physical
    [[ $output == *"access outside guest memory, guest-physical 0x2000000"* ]]
}

@test "page tables: everything mapped, nothing mapped, reserved bits set" {
    ends 1,139 -- map-everything
    ends 1,139 -- nothing-mapped
    ends 1,139 -- reserved-bits
}

@test "processor tables, ring-0 code and boot information out of random bytes" {
    for page in 0x1000 0x2000 0x3000 0x5000; do
        ends 1,132,139,143 -e 2 -- scribble-system "$page"
    done
    ends 9 -- forge-boot-info
}

@test "memory: all there is can be had, and no more" {
    attack -- memory-bomb
    [ "$status" -eq 9 ]
    [[ ${lines[0]} == "pages "* ]]
    [ "${lines[0]#pages }" -gt 4096 ]
    [ "${lines[0]#pages }" -lt 8192 ]
    attack -- mapping-bomb
    [ "$status" -eq 9 ]
    attack -- file-bomb
    [ "$status" -eq 9 ]
    [ "${lines[0]#files }" -gt 2048 ]
}

@test "threads and descriptors: there is an end to them" {
    attack -l 30 -- thread-bomb # seconds where all is emulated
    [ "$status" -eq 9 ]
    [ "${lines[0]#threads }" -gt 100 ]
    attack -- descriptor-bomb
    [ "$status" -eq 9 ]
    [ "${lines[0]#descriptors }" -lt 2000000 ]
}

@test "recursion without end is a stack overflow" {
    ends 139 -- recursion
}

@test "output without end costs no memory and ends by a signal" {
    "$hostile/judge" "${most[@]}" -t 0.3 "$hostile/ringside-vmm" --root "$state" \
        exec-static --memory 32M "$hostile/program" endless-output \
        >/dev/null 2>&1 || status=$?
    [ "$status" -eq 143 ]
    mkfifo "$BATS_TEST_TMPDIR/pipe"
    exec 8<>"$BATS_TEST_TMPDIR/pipe"
    status=0
    "$hostile/judge" "${most[@]}" -t 0.3 "$hostile/ringside-vmm" --root "$state" \
        exec-static --memory 32M "$hostile/program" endless-output >&8 || status=$?
    exec 8>&-
    [ "$status" -eq 143 ]
}

@test "signals and upcalls without end leave room for a signal to the VMM" {
    attack -t 0.3 -- endless-signals
    [ "$status" -eq 143 ]
    attack -t 0.3 -- endless-upcalls
    [ "$status" -eq 143 ]
}
