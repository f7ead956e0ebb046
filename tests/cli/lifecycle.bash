# What the tests of a container's life have in common: a bundle, the runtime,
# and crun beside it where it is installed. Sourced by container-*.bats.

setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    inspect=$build/tests/programs/inspect
    cd "$BATS_TEST_TMPDIR"
    id=test-$$-$BATS_TEST_NUMBER
    container=("$build/bin/ringside-container" --root "$BATS_TEST_TMPDIR/state")
    namespaces='{"type":"mount"},{"type":"pid"},{"type":"network"},
                {"type":"ipc"},{"type":"uts"}'
    process='"noNewPrivileges":true'
    hooks='{}'
    annotations='{}'
    mounts='{"destination":"/proc","type":"proc","source":"proc"},
            {"destination":"/dev","type":"tmpfs","source":"tmpfs",
             "options":["nosuid","strictatime","mode=755","size=64k"]},
            {"destination":"/dev/pts","type":"devpts","source":"devpts",
             "options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620"]}'
    linux=
    if [ "$(id -u)" -ne 0 ]; then
        namespaces+=',{"type":"user"}'
        linux=',"uidMappings":[{"containerID":0,"hostID":'$(id -u)',"size":1}],
            "gidMappings":[{"containerID":0,"hostID":'$(id -g)',"size":1}]'
    fi
}

teardown() {
    "${container[@]}" delete --force "$id" 2>/dev/null || true
    [ -z "${pid-}" ] || kill -KILL "$pid" 2>/dev/null || true
    wait 2>/dev/null || true
}

needs_root() { # WHAT-FOR
    [ "$(id -u)" -eq 0 ] || skip "needs root $1"
}

# Writes ./bundle from the variables of setup: the arguments run inside.
make_bundle() {
    local words
    words=$(printf ',"%s"' "$@")
    mkdir -p bundle/rootfs/proc bundle/rootfs/dev
    cp "$inspect" bundle/rootfs/inspect
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"}, "hostname": "inside",
 "annotations": $annotations, "hooks": $hooks,
 "process": {"args": ["/inspect"$words], "cwd": "/",
             "env": ["PATH=/", "A=b"], $process},
 "mounts": [$mounts],
 "linux": {"namespaces": [$namespaces] $linux}}
END
}

# A created container of the bundle in ./bundle, its output in ./output, read
# from descriptor 4. What it inherits besides would keep bats waiting.
create() {
    [ -p output ] || mkfifo output
    "${container[@]}" create --bundle bundle --pid-file pid "$@" "$id" \
        <>output >output 3>&- 4>&- &
    exec 4<output
    wait $!
}

status_of() { # ID
    "${container[@]}" state "$1" | sed -n 's/^ *"status": "\(.*\)",$/\1/p'
}

# Waits until the container has the status, 20 seconds at most.
await_status() { # STATUS
    for _ in $(seq 2000); do
        [ "$(status_of "$id")" != "$1" ] || return 0
        read -r -t 0.01 <> <(:) || true
    done
    return 1
}

# No cgroup, no state and no mount of this test's container is left.
assert_nothing_left() {
    [ -z "$(find /sys/fs/cgroup -name "$id" 2>/dev/null)" ]
    [ ! -e "$BATS_TEST_TMPDIR/state/$id" ]
    ! grep -q "$BATS_TEST_TMPDIR" /proc/self/mountinfo
}

# crun, in a view of the host that it accepts: it refuses hybrid cgroups.
needs_crun() {
    [ "$(id -u)" -eq 0 ] || skip "needs root to have crun do the same"
    command -v crun >/dev/null || skip "crun is not installed"
    crun=(crun --root "$BATS_TEST_TMPDIR/crun")
    [ ! -d /sys/fs/cgroup/unified ] ||
        crun=(unshare --mount sh -c 'umount /sys/fs/cgroup/unified; exec "$@"' - "${crun[@]}")
}
