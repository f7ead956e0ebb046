# For scripts beside this one that start daemons for a session: they are kept in
# $state, a line with its process for each in $state/pids, what they say in
# $state/log.
# shellcheck shell=sh
# shellcheck disable=SC2154 # state is the script's

# start_daemon COMMAND...: in a session of its own, so that no terminal ends it.
start_daemon() {
    setsid "$@" </dev/null >>"$state/log" 2>&1 &
    echo $! >>"$state/pids"
}

# Ended, though its parent may not have heard of it yet.
ended() { ! grep -q '^State:.[^Z]' "/proc/$1/status" 2>/dev/null; }

# await COMMAND...: until it succeeds, as long as the daemon $! lives, for at
# most 20 s and what the command takes.
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

# Its socket and its shims' are in /run/containerd, which the platform's `enter`
# has made private. Without a socket ctr would wait for one.
containerd_answers() {
    [ -S /run/containerd/containerd.sock ] && ctr version >/dev/null 2>&1
}
start_containerd() {
    cat >"$state/containerd.toml" <<END
version = 2
root = "$state/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
END
    start_daemon containerd --config "$state/containerd.toml"
    await containerd_answers
}

# Those that were started, the last one first.
stop_daemons() {
    [ -e "$state/pids" ] || return 0
    sed '1!G;h;$!d' "$state/pids" | while read -r pid; do
        kill "$pid" || continue
        until ended "$pid"; do sleep 0.05; done
    done
}
