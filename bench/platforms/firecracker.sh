#!/bin/sh
# A bundle in a Firecracker machine, for firecracker.json. Untested: written
# from docs/getting-started.md and docs/initrd.md of Firecracker.
#
#   firecracker.sh prepare BIN BUNDLE PREPARED MEMORY
#   firecracker.sh run PREPARED ID
#
# It has one serial port and nothing beside, so the lines by which init tells
# how the program ended are at the end of its output. A reset ends it.
set -eu
# shellcheck source=bench/platforms/guest-status.sh
. "${0%/*}/guest-status.sh"
if [ "$1" = prepare ]; then
    "$2/ringside-vmm" initramfs --bundle "$3" --modules '' "$4"
    line='console=ttyS0 quiet loglevel=1 panic=-1 rdinit=/init pci=off reboot=k'
    line="$line i8042.noaux i8042.nomux i8042.nopnp i8042.dumbkbd"
    line="$line random.trust_cpu=on RINGSIDE_STDOUT=/dev/ttyS0"
    line="$line RINGSIDE_CONTROL=/dev/ttyS0 RINGSIDE_END=reboot"
    cat >"$4.json" <<EOF
{"boot-source": {"kernel_image_path": "$2/../guests/linux/vmlinux",
  "initrd_path": "$4", "boot_args": "$line"}, "drives": [],
 "machine-config": {"vcpu_count": 1, "mem_size_mib": $(($5 >> 20))}}
EOF
    exit
fi
firecracker --no-api --id "$3" --level Off --config-file "$2.json" |
    tee "$2.$3"
end_as_guest "$2.$3"
