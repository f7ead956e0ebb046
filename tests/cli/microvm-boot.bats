#!/usr/bin/env bats
# What a microVM boots, and what it says where that cannot be booted.

load microvm-helpers

@test "phases come in order" {
    need_linux_guests
    run guest --phases "$workload" noop
    [ "$status" -eq 0 ]
    order=$(sed -n 's/.*phase \([a-z]*\) .*/\1/p' <<<"$output" | tr '\n' ' ')
    [ "$order" = "exec start bundle open vm region vcpu entry init modules program end teardown " ]
    sed -n 's/.*phase [a-z]* \([0-9.]*\) us.*/\1/p' <<<"$output" | sort -n -c
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
        --boot-timeout 5 --kernel damaged "$workload" noop
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

@test "more than 3 GiB of memory lie around the gap" {
    need_linux_guests
    run guest --memory 4G "$programs/devices" processors
    [ "$status" -eq 0 ]
}

@test "an ELF kernel is entered by PVH" {
    need_linux_guests
    [ -e "$linux/vmlinux" ] || skip "no ELF kernel: lz4 is not installed"
    guest --kernel "$linux/vmlinux" "$programs/echo" one >out || code=$?
    [ "$code" -eq 2 ]
    grep -qx 'argv\[1\]=one' out
}

@test "drivers are loaded for the devices that are there, and no others" {
    need_linux_guests
    none=$(guest "$programs/inspect" cat /proc/modules)
    [[ $none == *virtio_console* ]]
    [[ $none != *virtio_blk* ]]
    [[ $none != *virtio_net* ]]
    truncate -s 1M disk.img
    disk=$(guest --disk disk.img "$programs/inspect" cat /proc/modules)
    [[ $disk == *virtio_blk* ]]
    [[ $disk != *virtio_net* ]]
}

# ours PROGRAM [ARGUMENT...]: the initramfs that the VMM would make of it.
ours() {
    make_bundle bundle "$@"
    "$build/tests/make-initramfs" bundle "$linux/init" \
        "$linux/modules/$(<"$linux/version")" >initramfs
}

@test "an initramfs of one's own is booted as it is, compressed or not" {
    need_linux_guests
    ours "$programs/echo" inside
    guest --initramfs initramfs "$workload" >out || code=$?
    [ "$code" -eq 2 ]
    grep -qx 'argv\[1\]=inside' out
    gzip -1 initramfs
    code=0
    guest --initramfs initramfs.gz "$workload" >again || code=$?
    [ "$code" -eq 2 ]
    cmp out again
}

@test "an initramfs with an init of its own may power off, which is success" {
    need_linux_guests
    command -v cpio >/dev/null || skip "no cpio(1)"
    mkdir tree
    cp "$programs/devices" tree/init
    (cd tree && find . | cpio -o -H newc) >initramfs 2>/dev/null
    run guest --initramfs initramfs --append "-- power-off" "$workload"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "a garbage initramfs ends in one error with the kernel's last words" {
    need_linux_guests
    head -c 300000 /dev/urandom >initramfs
    run timeout 60 "$vmm" --root "$state" exec-static --guest linux \
        --initramfs initramfs "$workload"
    [ "$status" -eq 1 ]
    [[ $output == "ringside-vmm: "*"reset"*"Kernel panic"* ]]
}

@test "an initramfs that is cut short ends in an error" {
    need_linux_guests
    ours "$programs/echo"
    size=$(stat -c %s initramfs)
    truncate -s $((size * 2 / 3)) initramfs
    run timeout 60 "$vmm" --root "$state" exec-static --guest linux \
        --initramfs initramfs "$workload"
    [ "$status" -eq 1 ]
    [[ $output == "ringside-vmm: "* ]]
}

@test "an initramfs too large for memory is refused in one line" {
    need_linux_guests
    truncate -s 300M initramfs
    run guest --memory 256M --initramfs initramfs "$workload"
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *"does not fit guest memory"* ]]
}

@test "an initramfs that memory holds but not unpacked is told" {
    need_linux_guests
    make_bundle bundle "$programs/echo"
    head -c 60M /dev/zero >bundle/rootfs/zeros
    "$build/tests/make-initramfs" bundle "$linux/init" \
        "$linux/modules/$(<"$linux/version")" >initramfs
    run guest --memory 160M --initramfs initramfs "$workload"
    [ "$status" -eq 1 ]
    [[ $output == *"too small for the rootfs"* ]]
}

@test "what is no initramfs at all is refused in one line" {
    need_linux_guests
    : >empty
    for file in empty . /dev/zero missing; do
        run guest --initramfs "$file" "$workload"
        [ "$status" -eq 1 ]
        [ "${#lines[@]}" -eq 1 ]
        [[ ${lines[0]} == "ringside-vmm: "*"$file"* ]]
    done
}
