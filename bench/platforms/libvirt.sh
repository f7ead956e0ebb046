#!/bin/sh
# A bundle in a machine of libvirt's, for the libvirt-*.json: the kernel and the
# initramfs of our own microVM, libvirt's QEMU driver without a daemon.
#
#   libvirt.sh probe
#   libvirt.sh enter STATE
#   libvirt.sh prepare MACHINE BIN BUNDLE PREPARED
#   libvirt.sh run MACHINE TYPE BIN PREPARED MEMORY TSC-KHZ
#
# MACHINE is microvm or q35, TYPE kvm or qemu, BIN the directory of ringside.
set -eu
verb=$1
shift
line='console=ttyS0 quiet loglevel=1 panic=-1 rdinit=/init random.trust_cpu=on'
line="$line RINGSIDE_PORTS=none"
case $verb in
probe)
    for directory in /usr/lib/*/libvirt/connection-driver \
        /usr/lib64/libvirt/connection-driver; do
        [ ! -e "$directory/libvirt_driver_qemu.so" ] || exit 0
    done
    echo "libvirt's QEMU driver is not installed" >&2
    exit 1
    ;;
enter)
    # Paths of sockets have to be short.
    mkdir "$1/libvirt"
    mount --bind "$1/libvirt" /mnt
    # The driver insists on a user that the daemon's package makes.
    getent passwd libvirt-qemu >/dev/null && exit
    for file in passwd group; do
        cp "/etc/$file" "$1/$file"
        mount --bind "$1/$file" "/etc/$file"
    done
    echo 'libvirt-qemu:x:64055:64055::/nonexistent:/bin/false' >>"$1/passwd"
    echo 'libvirt-qemu:x:64055:' >>"$1/group"
    ;;
prepare)
    case $1 in
    microvm) modules=virtio_mmio,virtio_console,virtio_rng ;;
    q35) modules=virtio_pci,virtio_console,virtio_rng ;;
    esac
    "$2/ringside-vmm" initramfs --bundle "$3" --modules "$modules" \
        --kernel "$4.kernel" "$4"
    # The first connection looks at QEMU for seconds, and keeps what it found.
    exec "$2/ringside-libvirt" --root /mnt/r probe
    ;;
run)
    case $2 in qemu)
        line="$line tsc=reliable no_timer_check tsc_early_khz=$6"
        line="$line lpj=$(($6 * 4))"
        ;;
    esac
    [ "$1" != microvm ] || line="$line pci=off reboot=acpi"
    exec "$3/ringside-libvirt" --root /mnt/r --machine "$1" --type "$2" \
        --memory "$5" run "$4.kernel" "$4" "$line"
    ;;
esac
