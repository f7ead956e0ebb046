#!/usr/bin/env bats
# The same kernel, initramfs and devices under our VMM and under QEMU's
# microvm: what the comparison in docs/microvm.md says, as far as it holds on
# any host. tests/vm/compare-microvm measures.

load microvm-helpers

# The number of a row in a column of the table: ours is 2, QEMU's 3.
number() {
    awk -v row="$1" -v column="$2" '$1 == row {print $column}' <<<"$output"
}

@test "the microVM takes less than QEMU's: exits, memory" {
    need_linux_guests
    for tool in qemu-system-x86_64 strace; do
        command -v $tool >/dev/null || skip "$tool is not installed"
    done
    cd "$BATS_TEST_DIRNAME/../.."
    RINGSIDE_BUILD=$build run tests/vm/compare-microvm
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(number user_exits 2)" -lt "$(number user_exits 3)" ]
    [ "$(number all_exits 2)" -lt "$(number all_exits 3)" ]
    [ "$(number own_memory_kb 2)" -le 3072 ]
    [ "$(number own_memory_kb 2)" -lt "$(number own_memory_kb 3)" ]
    # Phases come in order in both; which is first, a busy host decides.
    for column in 2 3; do
        [ "$(number init_ms $column)" -le "$(number modules_ms $column)" ]
        [ "$(number modules_ms $column)" -le "$(number program_ms $column)" ]
    done
}
