# What the tests of container engines share: an image, the runtimes, and the
# proof that an engine has left nothing behind. Sourced by engine-*.bats.
#
# Each test runs the same body under several runtimes, runc among them, so
# that it is known to be right:
#
#   for runtime in $everywhere; do
#       use "$runtime"
#       ...
#   done
#
#   $everywhere   runc, ringside-container and ringside-vmm, as far as there
#   $containers   the first two
#   $machine      ringside-vmm, or nothing

# Says why these tests cannot be; nothing if they can.
engine_missing() { # PROGRAM...
    local program PATH=$PATH:/usr/sbin
    [ "$(id -u)" -eq 0 ] || echo "needs root to run an engine"
    for program in "$@" busybox; do
        command -v "$program" >/dev/null || echo "$program is not installed"
    done
    ! ldd "$(command -v busybox)" >/dev/null 2>&1 || echo "busybox is not static"
}

# What every file of these tests needs: call it first in setup.
engine_setup() { # PROGRAM...
    local reasons
    bats_require_minimum_version 1.5.0
    reasons=$(engine_missing "$@")
    [ -z "$reasons" ] || skip "${reasons//$'\n'/, }"
    find_runtimes
    cd "$BATS_TEST_TMPDIR" || return 1
}

find_runtimes() {
    build=$(realpath "${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}")
    PATH=$PATH:/usr/sbin
    containers=ringside-container
    ! command -v runc >/dev/null || containers="runc ringside-container"
    machine=
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } && machine=ringside-vmm
    # shellcheck disable=SC2034 # for the tests
    everywhere="$containers $machine"
}

# The file of a runtime.
runtime_path() { # NAME|FILE
    case $1 in
    runc) command -v runc ;;
    /*) echo "$1" ;;
    *) echo "$build/bin/$1" ;;
    esac
}

needs_machine() {
    [ -n "$machine" ] || skip "/dev/kvm cannot be opened"
}

# From here on the engine runs containers with this runtime. What a test
# prints is shown when it fails: under which runtime, then.
use() { # NAME
    runtime=$1
    name=c$BATS_TEST_NUMBER-$1
    echo "under $runtime:"
}

# Until the command succeeds; 20 seconds at most.
await() { # COMMAND...
    for _ in $(seq 400); do
        ! "$@" 2>"$BATS_FILE_TMPDIR/last-error" || return 0
        read -r -t 0.05 <> <(:) || true
    done
    echo "still not so after 20 s: $*"
    cat "$BATS_FILE_TMPDIR/last-error"
    return 1
}

# Whether the last output of run has a line that contains this.
output_has() { # TEXT
    [[ $output == *"$1"* ]] || {
        printf 'expected "%s" in:\n%s\n' "$1" "$output"
        return 1
    }
}

# The command, a function of these tests perhaps, in a terminal of its own;
# what that shows is the output. script(1) gives a command to $SHELL, and only
# Bash knows our functions.
in_terminal() { # ROWS COLUMNS COMMAND...
    local size="stty rows $1 cols $2" functions
    shift 2
    mapfile -t functions < <(compgen -A function | grep -E '^(podman|docker|ctr|runtime|log)_')
    export -f "${functions[@]}"
    export build image runtime name
    SHELL=$BASH script -qec "$size; $(printf '%q ' "$@")" /dev/null </dev/null | tr -d '\r\000'
    return "${PIPESTATUS[0]}"
}

# A root file system: busybox and our workload.
make_rootfs() { # DIRECTORY
    local command
    mkdir -p "$1"/{bin,dev,etc,proc,run,sys,tmp,data}
    cp "$(command -v busybox)" "$1/bin/busybox"
    for command in sh echo cat sleep true id ls env stty tty test touch \
        hostname kill ps grep; do
        ln -sf busybox "$1/bin/$command"
    done
    cp "$build/guests/workload" "$1/"
    chmod 1777 "$1/tmp"
    echo 'root:x:0:0:root:/:/bin/sh' >"$1/etc/passwd"
    echo 'someone:x:1000:1000::/:/bin/sh' >>"$1/etc/passwd"
}

# One image, made with no engine: an archive that podman, Docker and
# containerd all load. Its id is the digest of its configuration.
make_image_archive() { # FILE [COMMAND-AS-JSON [IMAGE]]
    local work layer config
    work=$(mktemp -d "$BATS_FILE_TMPDIR/image.XXXXXX")
    make_rootfs "$work/rootfs"
    mkdir "$work/archive"
    tar --numeric-owner --owner=0 --group=0 --sort=name --mtime=@0 \
        -C "$work/rootfs" -cf "$work/archive/layer.tar" .
    layer=$(sha256sum <"$work/archive/layer.tar" | cut -d' ' -f1)
    printf '%s' '{"architecture":"amd64","os":"linux",
        "config":{"Env":["PATH=/bin","GREETING=hello"],"Cmd":'"${2-[\"env\"]}"',
                  "WorkingDir":"/tmp"},
        "rootfs":{"type":"layers","diff_ids":["sha256:'"$layer"'"]},
        "history":[{"created_by":"tests"}]}' >"$work/config.json"
    config=$(sha256sum <"$work/config.json" | cut -d' ' -f1)
    mv "$work/config.json" "$work/archive/$config.json"
    echo '[{"Config":"'"$config"'.json","RepoTags":["'"${3-$image}"'"],
            "Layers":["layer.tar"]}]' >"$work/archive/manifest.json"
    tar -C "$work/archive" -cf "$1" .
    rm -r "$work"
    echo "$config" >"$1.id"
}

image=localhost/ringside-test:latest

# A containerd of its own in $engine_directory, without Kubernetes' interface
# if nothing is said of it.
start_containerd() { # [MORE-CONFIGURATION]
    cat >"$engine_directory/config.toml" <<END
version = 2
root = "$engine_directory/containerd"
state = "$engine_directory/state"
disabled_plugins = [${1:+#} "io.containerd.grpc.v1.cri"
]
[grpc]
address = "$engine_directory/socket"
[ttrpc]
address = "$engine_directory/socket.ttrpc"
${1-}
END
    containerd --config "$engine_directory/config.toml" \
        >"$BATS_FILE_TMPDIR/containerd.log" 2>&1 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/containerd.pid"
    await timeout 20 ctr --address "$engine_directory/socket" version >/dev/null
}

# Ends a process that another shell of ours has started.
stop_process() { # PID
    kill "$1"
    await has_ended_process "$1"
}

has_ended_process() {
    ! kill -0 "$1" || grep -q '^State:.Z' "/proc/$1/status"
}

# containerd 1.6 forgets a shim now and then, on a busy host, whose container
# is gone: that is not the runtime's doing, and shims outlive containerd. One
# that has a container is left, to be found.
end_forgotten_shims() { # DIRECTORY
    local pid
    for pid in $(engine_processes "$1"); do
        grep -qs containerd-shim "/proc/$pid/cmdline" || continue
        [ -n "$(cat "/proc/$pid/task/"*/children)" ] || kill "$pid"
    done
}

# Every process whose command line names the engine's directory.
engine_processes() { # DIRECTORY
    grep -lsF -f - /proc/[0-9]*/cmdline <<<"$1" | cut -d/ -f3
}

has_no_processes() { # DIRECTORY
    [ -z "$(engine_processes "$1")" ]
}

# No process, mount, cgroup or network namespace of the engine that worked in
# the directory, with cgroups below the one named, is there any more.
assert_nothing_left() { # DIRECTORY CGROUP
    local cgroup left
    await has_no_processes "$1" || {
        ps -o pid,args -p "$(engine_processes "$1" | paste -sd,)"
        return 1
    }
    if grep -F "$1" /proc/self/mountinfo; then return 1; fi
    # An engine keeps the parent of its cgroups, and one of its own.
    for cgroup in /sys/fs/cgroup/*/"$2" /sys/fs/cgroup/"$2"; do
        [ -d "$cgroup" ] || continue
        left=$(find "$cgroup" -mindepth 1 -type d ! -name conmon)
        [ -z "$left" ] || {
            echo "$left"
            return 1
        }
        find "$cgroup" -depth -type d -exec rmdir {} +
    done
    if grep -F "$1" /proc/self/net/unix; then return 1; fi
    rm -rf --one-file-system "$1"
}
