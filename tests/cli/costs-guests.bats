#!/usr/bin/env bats
# Costs and workloads under a Linux of the guest's own.

load microvm-helpers

@test "the guest's kernel tells what it has of the machine's memory" {
    need_linux_guests
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/sessions
    cd "$BATS_TEST_TMPDIR"
    "$build/bin/ringside" run -q -p container,microvm -w pause -n 1 -o out >table
    value() { # PLATFORM PATTERN
        sed -n "s/.*\"platform\":\"$1\",\"workload\":\"pause\".*$2/\1/p" out/results.jsonl
    }
    share=$(value microvm '"memory_guest_kernel":{"value":\([0-9]*\)[.0-9]*,.*')
    pss=$(value microvm '"pss":\([0-9]*\),.*')
    # A kernel of Debian's is tens of MiB; all of it is the VMM's memory.
    [ "$share" -gt $((16 << 20)) ]
    [ "$share" -lt "$pss" ]
    grep -q '"memory_guest_kernel":{"value":null[^}]*"why":"the host.s kernel' \
        out/results.jsonl
    grep -q "over guest kernel: of what the machine holds" out/memory.txt
}

@test "workloads of every group compute under Linux what they do on the host" {
    need_linux_guests
    for name in switch-pipe fault-file file-sync directory-walk requests; do
        options=(--duration 1 --samples 1)
        [ $name != fault-file ] || options+=(--size 1)
        host=$("$workload-large" $name "${options[@]}" | grep '^ringside result')
        guest=$(guest "$workload-large" $name "${options[@]}" |
            grep '^ringside result')
        [ -n "$host" ]
        [ "$host" = "$guest" ]
    done
}
