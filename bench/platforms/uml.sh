#!/bin/sh
# A bundle in user-mode Linux, for uml.json: a Linux kernel that is a host
# process, with the init and the initramfs of our own microVM.
#
#   uml.sh prepare RINGSIDE-VMM BUNDLE PREPARED
#   uml.sh run PREPARED MEMORY STATE ID
#
# Three serial lines carry what virtio console ports carry elsewhere. In the
# guest, init tells through the third how the program ended; that becomes the
# exit status here.
set -eu
# shellcheck source=bench/platforms/guest-status.sh
. "${0%/*}/guest-status.sh"
if [ "$1" = prepare ]; then
    exec "$2" initramfs --bundle "$3" --modules '' "$4"
fi
initramfs=$2 memory=$3 state=$4 id=$5
linux.uml "mem=$memory" "initrd=$initramfs" rdinit=/init quiet panic=-1 \
    random.trust_cpu=on "uml_dir=$state/uml" "umid=$id" con=null con0=null \
    ssl0=null,fd:1 ssl1=null,fd:2 ssl2=null,fd:3 RINGSIDE_STDOUT=/dev/ttyS0 \
    RINGSIDE_STDERR=/dev/ttyS1 RINGSIDE_CONTROL=/dev/ttyS2 \
    </dev/null 3>"$state/$id" || :
end_as_guest "$state/$id"
