#!/bin/sh
# A containerd of the session's own, for containerd.json:
#
#   containerd.sh prepare STATE    starts it, unless it answers already
#   containerd.sh finish STATE     stops it
#
# Its socket and its shims' are in /run/containerd, which is private here.
set -eu
state=$2
# Without a socket ctr would wait for one.
answers() {
    [ -S /run/containerd/containerd.sock ] && ctr version >/dev/null 2>&1
}
# Ended, though its parent may not have heard of it yet.
ended() { ! grep -q '^State:.[^Z]' "/proc/$1/status" 2>/dev/null; }

case $1 in
prepare)
    answers && exit
    cat >"$state/config.toml" <<EOF
version = 2
root = "$state/root"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
EOF
    setsid containerd --config "$state/config.toml" </dev/null \
        >"$state/log" 2>&1 &
    echo $! >"$state/pid"
    tries=200
    until answers; do
        tries=$((tries - 1))
        if ended $! || [ $tries = 0 ]; then
            tail -n 1 "$state/log" >&2
            exit 1
        fi
        sleep 0.05
    done
    ;;
finish)
    read -r pid <"$state/pid" || exit 0
    kill "$pid" || exit 0
    until ended "$pid"; do sleep 0.05; done
    ;;
esac
