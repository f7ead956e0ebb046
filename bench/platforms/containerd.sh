#!/bin/sh
# A containerd of the session's own, for containerd.json:
#
#   containerd.sh prepare STATE    starts it, unless it answers already
#   containerd.sh finish STATE     stops it
set -eu
verb=$1 state=$2
# shellcheck source=bench/platforms/daemons.sh
. "${0%/*}/daemons.sh"

case $verb in
prepare) containerd_answers || start_containerd ;;
finish) stop_daemons ;;
esac
