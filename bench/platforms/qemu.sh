#!/bin/sh
# A bundle in a QEMU machine, for the qemu-*.json: the kernel and the initramfs
# of our own microVM, the devices that its init knows.
#
#   qemu.sh probe MACHINE BIN
#   qemu.sh prepare MACHINE RINGSIDE-VMM BUNDLE PREPARED
#   qemu.sh run MACHINE ACCELERATOR PREPARED MEMORY TSC-KHZ STATUS-FILE
#
# MACHINE is microvm or q35; BIN the directory of ringside. In the guest, init tells through the control port
# how the program ended; that becomes the exit status here.
set -eu
# shellcheck source=bench/platforms/guest-status.sh
. "${0%/*}/guest-status.sh"
verb=$1 machine=$2
shift 2
# The same words as ringside-vmm's, without what only holds for its machine.
line='console=ttyS0 quiet loglevel=1 panic=-1 rdinit=/init random.trust_cpu=on'
line="$line RINGSIDE_PORTS=none"
case $machine in
microvm)
    bus=device modules=virtio_mmio,virtio_console,virtio_rng
    options=,x-option-roms=off,pit=off,pic=off,rtc=off
    line="$line pci=off reboot=acpi"
    ;;
q35) bus=pci modules=virtio_pci,virtio_console,virtio_rng options= ;;
esac

if [ "$verb" = probe ]; then
    for directory in ../guests/linux ../libexec/ringside/linux; do
        [ ! -e "$1/$directory/vmlinuz" ] || exit 0
    done
    echo 'there is no Linux kernel for it' >&2
    exit 1
fi
if [ "$verb" = prepare ]; then
    exec "$1" initramfs --bundle "$2" --modules "$modules" \
        --kernel "$3.kernel" "$3"
fi

accelerator=$1 initramfs=$2 memory=$3 tsc_khz=$4 status=$5
case $accelerator in
kvm)
    processor=host
    [ "$machine" != microvm ] || line="$line tsc=reliable no_timer_check"
    ;;
tcg)
    processor=qemu64
    # Timers that an emulated machine measures its clock by come late on a busy
    # host; then the clock lies or the boot hangs. Without its clock chip the
    # kernel waits for that for two seconds.
    line="$line tsc=reliable no_timer_check tsc_early_khz=$tsc_khz"
    line="$line lpj=$((tsc_khz * 4))"
    [ "$machine" != microvm ] || options=,x-option-roms=off
    ;;
esac

# The guest powers off by ACPI. ISA's debug-exit port would be quicker, but QEMU
# then ends at once, sometimes before what init wrote last.
port() { # NAME FILE
    echo "-chardev file,id=$1,path=$2,append=on" \
        "-device virtserialport,chardev=$1,name=ringside.$1"
}
# shellcheck disable=SC2046 # words, on purpose: none has a blank in it
qemu-system-x86_64 -accel "$accelerator" -cpu "$processor" \
    -M "$machine$options" -m "size=$((memory >> 20))M" \
    -no-user-config -nodefaults -display none -no-reboot -serial "file:$status.console" \
    -kernel "$initramfs.kernel" -initrd "$initramfs" -append "$line" \
    -object rng-random,id=random,filename=/dev/urandom \
    -device "virtio-rng-$bus,rng=random" \
    -device "virtio-serial-$bus,max_ports=8" \
    -chardev null,id=stdin \
    -device virtserialport,chardev=stdin,name=ringside.stdin \
    $(port stdout /dev/stdout) $(port stderr /dev/stderr) \
    $(port control "$status") || :
end_as_guest "$status"
