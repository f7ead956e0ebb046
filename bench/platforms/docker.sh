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
# shellcheck source=bench/platforms/daemons.sh
. "${0%/*}/daemons.sh"
answers() { docker version >/dev/null 2>&1; }

start() { # CGROUP
    start_containerd
    start_daemon dockerd --host "$DOCKER_HOST" --data-root "$state/data" \
        --exec-root "$state/exec" --pidfile "$state/pid" \
        --containerd /run/containerd/containerd.sock --iptables=false \
        --ip6tables=false --bridge=none --config-file "$state/daemon.json" \
        --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$1"
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
    # The last workload's image is gone: then the daemons may go too.
    [ -n "$(docker images --quiet)" ] || stop_daemons
    ;;
esac
