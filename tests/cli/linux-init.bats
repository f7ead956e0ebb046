#!/usr/bin/env bats
# The init of Linux guests, on Debian's kernel under QEMU's emulation: no KVM
# and none of our VMM, so that a failure here is the init's or the
# initramfs's own. QEMU's isa-debug-exit stands at the exit port: its exit
# status is twice the guest's plus one, modulo 256.

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    linux=$build/guests/linux
    programs=$build/tests/programs
    bundle=$BATS_TEST_TMPDIR/bundle
    initramfs=$BATS_TEST_TMPDIR/initramfs
    mkdir -p "$bundle/rootfs/bin"
}

need_kernel() {
    command -v qemu-system-x86_64 >/dev/null ||
        skip "qemu-system-x86_64 is not installed"
    [ -s "$linux/vmlinuz" ] && [ -s "$linux/version" ] ||
        skip "no kernel (guests/linux/fetch-kernel $linux fetches it)"
    modules=$linux/modules/$(<"$linux/version")
}

# qemu COMMAND...: puts the machine's arguments behind the command.
qemu() {
    "$@" -accel tcg -M q35 -cpu qemu64 -m 256 -nodefaults -no-user-config \
        -display none -no-reboot -kernel "$linux/vmlinuz" \
        -initrd "$initramfs" -device isa-debug-exit,iobase=0x524,iosize=4 \
        -serial stdio -append "console=ttyS0 quiet panic=-1"
}

boot() {
    run qemu timeout 60 qemu-system-x86_64 </dev/null
    output=${output//$'\r'/}
    echo "status $status, console: $output"
}

# make_bundle PROCESS-JSON [MOUNTS-JSON]
make_bundle() {
    cat >"$bundle/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "rootfs", "readonly": true},
 "hostname": "inside", "mounts": [${2-}], "process": $1}
JSON
}

make_initramfs() { # MODULES [LIMIT [NAME...]]
    "$build/tests/make-initramfs" "$bundle" "$linux/init" "$@" >"$initramfs"
}

@test "a program is run as its bundle says" {
    need_kernel
    cp "$programs/inspect" "$bundle/rootfs/bin/"
    mkdir "$bundle/rootfs/work"
    make_bundle '{"cwd": "/work", "env": ["PATH=/sbin:/bin", "NAME=value"],
        "user": {"uid": 5, "gid": 6, "umask": 63, "additionalGids": [7, 8]},
        "noNewPrivileges": true, "oomScoreAdj": 123,
        "capabilities": {"bounding": ["CAP_KILL"], "permitted": ["CAP_KILL"],
                         "effective": ["CAP_KILL"], "ambient": ["CAP_KILL"],
                         "inheritable": ["CAP_KILL"]},
        "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 77, "hard": 88}],
        "args": ["inspect", "ids", "+", "hostname", "+", "cwd", "+", "env",
                 "+", "cat", "/proc/self/status", "+", "cat", "/proc/self/limits",
                 "+", "cat", "/proc/self/oom_score_adj", "+", "cat", "/proc/mounts",
                 "+", "stat", "/dev/null", "+", "link", "/dev/fd",
                 "+", "exit", "7"]}' \
        '{"destination": "/proc", "type": "proc", "source": "proc"},
         {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
          "options": ["nosuid", "mode=755", "size=64k"]},
         {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
          "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666"]},
         {"destination": "/sys", "type": "sysfs", "source": "sysfs",
          "options": ["ro"]}'
    make_initramfs "$modules"
    boot
    [ "$status" -eq 15 ]
    [[ $output == *" uid 5 gid 6 groups 7 8"* ]]
    [[ $output == *$'\ninside\n/work\nPATH=/sbin:/bin\nNAME=value\n'* ]]
    [[ $output == *$'CapPrm:\t0000000000000020\nCapEff:\t0000000000000020\nCapBnd:\t0000000000000020\n'* ]]
    [[ $output == *$'NoNewPrivs:\t1\n'* ]]
    [[ $output == *$'Umask:\t0077\n'* ]]
    [[ $output =~ "Max open files"\ +77\ +88 ]]
    [[ $output == *$'\n123\n'* ]]
    [[ $output == *"rootfs / rootfs ro,"* ]]
    [[ $output == *"tmpfs /dev devtmpfs rw,nosuid,relatime,"* ]]
    [[ $output == *"sysfs /sys sysfs ro,"* ]]
    [[ $output == *"/dev/null device 666 1:3"* ]]
    [[ $output == *"/proc/self/fd"* ]]
}

@test "streams, signals and the end go through the console ports" {
    need_kernel
    cp "$programs/streams" "$bundle/rootfs/bin/"
    make_bundle '{"cwd": "/", "env": ["PATH=/bin"], "args": ["streams"]}'
    make_initramfs "$modules" 200 virtio_pci virtio_console
    run qemu timeout 60 python3 "$BATS_TEST_DIRNAME/../programs/guest-ports.py" \
        "$BATS_TEST_TMPDIR" qemu-system-x86_64
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *"control: started"* ]]
    [[ $output == *"stderr: end of input"* ]]
    [[ $output == *"control: signal 15"* ]]
    [[ $output == *"stdout: same"* ]]
    [[ $output == *"qemu: 31"* ]] # 2 * (128 + 15) + 1, modulo 256
}

@test "what cannot be executed is told in one line" {
    need_kernel
    make_bundle '{"cwd": "/", "args": ["nothing"]}'
    make_initramfs ""
    boot
    [ "$status" -eq 3 ]
    [[ $output == *'ringside-init: process.args[0]: cannot execute "nothing": No such file or directory'* ]]
}

@test "a rootfs too large to be unpacked is told, not run by halves" {
    need_kernel
    cp "$programs/inspect" "$bundle/rootfs/bin/"
    head -c 120M /dev/zero >"$bundle/rootfs/zeros"
    make_bundle '{"cwd": "/", "env": ["PATH=/bin"], "args": ["inspect", "ids"]}'
    make_initramfs ""
    boot
    [ "$status" -eq 3 ]
    [[ $output == *"ringside-init: the memory of the virtual machine is too small"* ]]
}

@test "an initramfs that does not fit is refused with its size" {
    head -c 3M /dev/zero >"$bundle/rootfs/zeros"
    make_bundle '{"cwd": "/", "args": ["x"]}'
    run make_initramfs "" 2
    [ "$status" -eq 1 ]
    [ "${lines[0]}" = "make-initramfs: the initramfs of 4 MiB does not fit guest memory of 2 MiB" ]
}

@test "the archive is one that cpio lists" {
    command -v cpio >/dev/null || skip "cpio is not installed"
    ln -s / "$bundle/rootfs/link"
    mkfifo "$bundle/rootfs/fifo"
    make_bundle '{"cwd": "/", "args": ["x"]}'
    make_initramfs ""
    run cpio -it --quiet <"$initramfs"
    [ "$status" -eq 0 ]
    for name in init process dev/console rootfs rootfs/bin rootfs/link rootfs/fifo; do
        [[ $'\n'$output$'\n' == *$'\n'"$name"$'\n'* ]]
    done
}
