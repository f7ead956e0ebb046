#!/usr/bin/env bats
# Snapshots of unikernels: guests that go on from where another one was.

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    vmm=$build/bin/ringside-vmm
    snapshot=$BATS_TEST_TMPDIR/snapshot
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

# make_bundle WAY: a bundle of the test program `restored`.
make_bundle() {
    bundle=$BATS_TEST_TMPDIR/bundle
    mkdir -p "$bundle/rootfs"
    cp "$build/tests/programs/restored" "$bundle/rootfs/restored"
    cat >"$bundle/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"cwd": "/", "args": ["/restored", "$1"], "env": ["A=b"]}}
JSON
}

take() {
    make_bundle "$1"
    "$vmm" snapshot --bundle "$bundle" --memory 64M "$snapshot"
}

run_cold() {
    "$vmm" --root "$BATS_TEST_TMPDIR/state" run --memory 64M \
        --bundle "$bundle" cold
}

# refused WORDS ARG...: restore fails with one line that has these words.
refused() {
    run "$vmm" restore "${@:2}"
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ ${lines[0]} == "ringside-vmm: "*"$1"* ]]
}

# poke OFFSET HEX: overwrites bytes of the snapshot.
poke() {
    printf '%b' "$(sed 's/../\\x&/g' <<<"$2")" |
        dd of="$snapshot" bs=1 seek="$1" conv=notrunc status=none
}

@test "a restored guest says what a cold one says, on both streams" {
    take chatty
    status=0
    run_cold >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
    [ "$status" -eq 7 ]
    for i in 1 2; do
        status=0
        "$vmm" restore "$snapshot" >"$BATS_TEST_TMPDIR/out2" \
            2>"$BATS_TEST_TMPDIR/err2" || status=$?
        [ "$status" -eq 7 ]
        cmp "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/out2"
        cmp "$BATS_TEST_TMPDIR/err" "$BATS_TEST_TMPDIR/err2"
    done
}

@test "nothing is written while the snapshot is taken" {
    make_bundle chatty
    run "$vmm" snapshot --bundle "$bundle" "$snapshot"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [ "$(stat -c %a "$snapshot")" = 600 ]
}

@test "memory, vector registers and thread-local storage go on" {
    take state
    [ "$("$vmm" restore "$snapshot")" = "$(run_cold)" ]
}

@test "what one clone writes no other one sees" {
    take state
    cp "$snapshot" "$snapshot.before"
    first=$("$vmm" restore "$snapshot")
    second=$("$vmm" restore "$snapshot")
    [ "$first" = "$second" ]
    cmp "$snapshot" "$snapshot.before"
}

@test "clones differ in what is random" {
    take identity
    for i in 1 2 3 4 5; do
        "$vmm" restore "$snapshot" | tail -1
    done >"$BATS_TEST_TMPDIR/all"
    [ "$(sort -u "$BATS_TEST_TMPDIR/all" | wc -l)" -eq 5 ]
}

@test "wall time is the host's; monotonic time goes on from the snapshot" {
    take clocks
    for i in 1 2; do
        before=$(date +%s%N)
        out=$("$vmm" restore "$snapshot")
        after=$(date +%s%N)
        realtime=$(awk '/^realtime/ {print $2}' <<<"$out")
        passed=$(awk '/^passed/ {print $2}' <<<"$out")
        # The TSC's scale is rounded: 1 ms of tolerance.
        ((realtime > before - 1000000 && realtime < after + 1000000))
        ((passed >= 0 && passed < after - before + 1000000000))
    done
}

@test "a program that is never ready leaves no snapshot" {
    make_bundle late
    run "$vmm" snapshot --bundle "$bundle" "$snapshot"
    [ "$status" -eq 1 ]
    [[ $output == *"ended with status 3 and never wrote the line"* ]]
    [ ! -e "$snapshot" ]
}

@test "a snapshot cut off anywhere is refused" {
    take ready
    size=$(stat -c %s "$snapshot")
    for cut in 0 1 100 4000 "$((size / 2))" "$((size - 1))"; do
        head -c "$cut" "$snapshot" >"$BATS_TEST_TMPDIR/cut"
        refused "/cut: " "$BATS_TEST_TMPDIR/cut"
    done
}

@test "what is no snapshot is refused" {
    refused "cannot open" "$BATS_TEST_TMPDIR/absent"
    refused "is no snapshot" /dev/null
    refused "is no snapshot" "$BATS_TEST_TMPDIR"
    refused "is no snapshot" "$vmm"
}

@test "a snapshot of another version is refused" {
    take ready
    poke 16 63000000
    refused "version 99" "$snapshot"
}

@test "a snapshot of another ringside-vmm is refused" {
    take ready
    poke 20 01000000
    refused "another ringside-vmm" "$snapshot"
}

@test "a changed byte is found" {
    take ready
    for offset in 24 40 60 5000 8400; do
        cp "$snapshot" "$snapshot.good"
        old=$(od -An -tx1 -j "$offset" -N 1 "$snapshot" | tr -d ' ')
        poke "$offset" "$(printf '%02x' $((0x$old ^ 0x40)))"
        refused "" "$snapshot"
        mv "$snapshot.good" "$snapshot"
    done
}

@test "a snapshot of another program is refused" {
    take ready
    refused "another process" --bundle "$(make_bundle state && echo "$bundle")" \
        "$snapshot"
    make_bundle ready
    printf x >>"$bundle/rootfs/restored"
    refused "another program" "$snapshot"
}

@test "a hundred clones at once" {
    take identity
    for i in $(seq 100); do
        "$vmm" restore "$snapshot" >"$BATS_TEST_TMPDIR/clone-$i" &
    done
    wait
    [ "$(cat "$BATS_TEST_TMPDIR"/clone-* | grep -c '^ringside ready$')" -eq 100 ]
    [ "$(cat "$BATS_TEST_TMPDIR"/clone-* | sort -u | wc -l)" -eq 101 ]
}

# forged WORDS OFFSET VALUE...: with these fields, and the right checksum, the
# snapshot is refused with these words.
forged() {
    cp "$snapshot" "$snapshot.forged"
    "$BATS_TEST_DIRNAME/../programs/forge-snapshot.py" "$snapshot.forged" "${@:2}"
    refused "$1" "$snapshot.forged"
}

@test "a forged snapshot with the right checksum is refused by what it says" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    take ready
    "$BATS_TEST_DIRNAME/../programs/forge-snapshot.py" "$snapshot"
    [ "$("$vmm" restore "$snapshot")" = "ringside ready" ]
    forged "impossible size" 40 0xffffffffffe00000
    forged "impossible size" 40 0x1000
    forged "holds memory back" 48 0x100000000000
    forged "holds memory back" 48 0x1234
    forged "impossible size" 72 0xffffffff
    forged "no hypercall" 80 99
    forged "not inside its memory" 80 0xfffffff800000002
    forged "RIP" 4336 0x8000000000000000
    forged "flags register" 4344 0x20002
    forged "flags register" 4344 0
    forged "FS" 4352 0x8000000000000000
    forged "page tables" 4368 0
    forged "page tables" 4368 0xfffffffffffff000
    forged "other features" 4376 1
    forged "other features" 4384 1
    forged "vector registers" $((4392 + 512)) 0xffffffffffffffff
    forged "lies outside" 8488 0xfffffffffffff000
    forged "lies outside" 8496 0xfffffffffffff000
    forged "not in the file" 8504 0xfffffffffffff000
    forged "lies outside" 8512 2
}

@test "a forged guest ends as any guest that goes wrong" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    take ready
    for rip in 0 0x401000 0x700000010000 0x700000003000 0x7fffffffffff; do
        cp "$snapshot" "$snapshot.forged"
        "$BATS_TEST_DIRNAME/../programs/forge-snapshot.py" "$snapshot.forged" \
            4336 "$rip" 4256 0x10
        run timeout 10 "$vmm" restore "$snapshot.forged"
        [ "$status" -ne 0 ]
        [ "$status" -lt 124 ] || [ "$status" -gt 128 ]
        [ "${#lines[@]}" -le 2 ]
    done
}

@test "open files, and files of its own, go on with a clone" {
    make_bundle files
    printf 'hellothere' >"$bundle/rootfs/data"
    "$vmm" snapshot --bundle "$bundle" --memory 64M "$snapshot"
    for i in 1 2; do
        [ "$("$vmm" restore "$snapshot")" = $'ringside ready\nhello there kept' ]
    done
    printf 'hallothere' >"$bundle/rootfs/data"
    refused "root file system has changed" "$snapshot"
}

@test "a clone finds files that the snapshot had not looked for" {
    make_bundle late-files
    printf 'hellothere' >"$bundle/rootfs/data"
    "$vmm" snapshot --bundle "$bundle" --memory 64M "$snapshot"
    [ "$("$vmm" restore "$snapshot")" = $'ringside ready\nhellothere' ]
    run "$build/bin/ringside-restore" "$snapshot"
    [ "$status" -eq 1 ]
    [[ $output == *"names a file, which ringside-restore has not"* ]]
}

@test "threads that wait and timers that are armed go on" {
    take threads
    for i in 1 2; do
        run timeout 20 "$vmm" restore "$snapshot"
        [ "$status" -eq 0 ]
        [ "$output" = $'ringside ready\ntold 1' ]
    done
}
