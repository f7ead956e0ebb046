#!/bin/sh
# A bundle in a Cloud Hypervisor machine, for cloud-hypervisor.json. Untested:
# written from its README and docs/device_model.md.
#
#   cloud-hypervisor.sh prepare BIN BUNDLE PREPARED MEMORY
#   cloud-hypervisor.sh run PREPARED ID MEMORY
#
# Output over the serial port; over the one virtio console port init tells how
# the program ended.
set -eu
# shellcheck source=bench/platforms/guest-status.sh
. "${0%/*}/guest-status.sh"
if [ "$1" = prepare ]; then
    "$2/ringside-vmm" initramfs --bundle "$3" \
        --modules virtio_pci,virtio_console,virtio_rng "$4"
    ln -s "$2/../guests/linux/vmlinux" "$4.kernel"
    exit
fi
line='console=ttyS0 quiet loglevel=1 panic=-1 rdinit=/init random.trust_cpu=on'
line="$line RINGSIDE_STDOUT=/dev/ttyS0 RINGSIDE_STDERR=/dev/ttyS0"
: >"$2.$3"
cloud-hypervisor --cpus boot=1 --memory "size=$4" --kernel "$2.kernel" \
    --initramfs "$2" --cmdline "$line RINGSIDE_CONTROL=/dev/hvc0" \
    --serial tty --console "file=$2.$3" </dev/null || :
end_as_guest "$2.$3"
