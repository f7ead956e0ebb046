#!/bin/sh
# Docker for docker.json. Root gets a daemon of the session's own, so that
# nothing comes into the host's: others use the daemon that answers.
#
#   docker.sh probe ""
#       whether there is what this needs
#   docker.sh prepare STATE CGROUP PREPARED ROOTFS
#       starts the daemon unless it answers; makes an image of ROOTFS and
#       writes its name to PREPARED
#   docker.sh run STATE PREPARED ID MEMORY PROGRAM [ARGUMENT...]
#   docker.sh cleanup STATE ID
#   docker.sh finish STATE PREPARED
set -eu
verb=$1 state=$2
shift 2
if [ "$(id -u)" = 0 ]; then
    DOCKER_HOST=unix://$state/docker.sock
    export DOCKER_HOST
fi
answers() { docker version >/dev/null 2>&1; }
# Ended, though its parent may not have heard of it yet.
ended() { ! grep -q '^State:.[^Z]' "/proc/$1/status" 2>/dev/null; }

# await COMMAND...: until it succeeds, as long as the daemon $! lives.
await() {
    tries=400
    until "$@"; do
        tries=$((tries - 1))
        if ended $! || [ $tries = 0 ]; then
            tail -n 1 "$state/log" >&2
            exit 1
        fi
        sleep 0.05
    done
}

start() { # CGROUP
    cat >"$state/containerd.toml" <<EOF
version = 2
root = "$state/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
EOF
    setsid containerd --config "$state/containerd.toml" </dev/null \
        >"$state/log" 2>&1 &
    echo $! >"$state/pids"
    await test -S /run/containerd/containerd.sock
    setsid dockerd --host "$DOCKER_HOST" --data-root "$state/data" \
        --exec-root "$state/exec" --pidfile "$state/pid" \
        --containerd /run/containerd/containerd.sock --iptables=false \
        --ip6tables=false --bridge=none --config-file "$state/daemon.json" \
        --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$1" \
        </dev/null >>"$state/log" 2>&1 &
    echo $! >>"$state/pids"
    await answers
}

case $verb in
probe)
    if [ "$(id -u)" = 0 ]; then
        for program in dockerd containerd runc; do
            command -v $program >/dev/null && continue
            echo "$program is not installed" >&2
            exit 1
        done
    else
        docker version >/dev/null
    fi
    ;;
prepare)
    echo '{}' >"$state/daemon.json"
    answers || [ "$(id -u)" != 0 ] || start "$1"
    tar -C "$3" -c . | docker import - >"$2"
    ;;
run)
    read -r image <"$1"
    id=$2 memory=$3
    shift 3
    exec docker run --rm --name "$id" --network none --memory "$memory" \
        "$image" "$@"
    ;;
cleanup) docker rm --force "$1" ;;
finish)
    read -r image <"$1" && docker rmi --force "$image" >/dev/null
    [ -e "$state/pids" ] || exit 0
    # The last workload's image is gone: then the daemons may go too.
    [ -z "$(docker images --quiet)" ] || exit 0
    # dockerd before containerd.
    sed '1!G;h;$!d' "$state/pids" | while read -r pid; do
        kill "$pid" || continue
        until ended "$pid"; do sleep 0.05; done
    done
    ;;
esac
