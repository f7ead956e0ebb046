#!/usr/bin/env bats
# Machines of others under KVM: each boots the kernel of our microVM from a
# bundle, computes what native computes, passes on the exit status, and leaves
# nothing behind. Where KVM cannot run Linux (kvm_pvm), they run in the SVM
# lane, whose timings mean nothing.

load microvm-helpers

setup_file() {
    bats_require_minimum_version 1.5.0
    export RINGSIDE_RUNTIME_DIR=/run/ringside-kvm.$$ # short: sockets are below
}

teardown_file() {
    rm -f "$RINGSIDE_RUNTIME_DIR/lock"
    [ ! -d "$RINGSIDE_RUNTIME_DIR" ] || rmdir "$RINGSIDE_RUNTIME_DIR"
}

# session PLATFORM: it runs two workloads beside native, and agrees.
session() {
    need_linux_guests
    [ "$(id -u)" = 0 ] || skip "needs root"
    "$build/bin/ringside" platforms | grep "^$1 " >available
    grep -q '  yes  ' available || skip "$(<available)"
    run -0 "$build/bin/ringside" run -q -p "native,$1" -w noop,cpu-int -n 1 \
        --timeout 120 -o out
    [[ $output != *"left out"* && $output != *"failed"* ]]
    ! grep -q '"agree": *false' out/summary.json
    [ "$(grep -c "\"type\":\"run\".*\"platform\":\"$1\".*\"status\":0" out/results.jsonl)" = 2 ]
    [ -z "$(find "$RINGSIDE_RUNTIME_DIR" -mindepth 1 -type d)" ]
    ! grep -q "$RINGSIDE_RUNTIME_DIR" /proc/self/mountinfo
    run ! pgrep -x 'qemu-system-x86'
}

@test "our microVM, as a platform" {
    session microvm
}

@test "QEMU's microvm" {
    session qemu-microvm-kvm
}

@test "QEMU's q35, with firmware and PCI" {
    session qemu-q35-kvm
}

@test "QEMU's microvm by libvirt" {
    session libvirt-microvm-kvm
}

@test "QEMU's q35 by libvirt" {
    session libvirt-q35-kvm
}
