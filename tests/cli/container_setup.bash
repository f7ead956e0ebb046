# What the tests of ringside-container share: a bundle made of parts, run.
#
# The parts are JSON, to be changed by a test before it calls inside:
#   process  members of process        mounts      elements of mounts
#   linux    members of linux          namespaces  elements of linux.namespaces
#   top      members of the whole      root        members of root

container_setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    runtime=$build/bin/ringside-container
    cd "$BATS_TEST_TMPDIR" || return 1
    id=test-$$-$BATS_TEST_NUMBER
    container=("$runtime" --root "$BATS_TEST_TMPDIR/state")
    namespaces='{"type":"mount"},{"type":"pid"},{"type":"network"},
                {"type":"ipc"},{"type":"uts"},{"type":"cgroup"}'
    mounts='{"destination":"/proc","type":"proc","source":"proc"},
            {"destination":"/dev","type":"tmpfs","source":"tmpfs",
             "options":["nosuid","strictatime","mode=755","size=64k"]}'
    process='"noNewPrivileges":true'
    root='"readonly":true'
    linux='"maskedPaths":[]'
    top='"hostname":"inside"'
    mappings=
    if [ "$(id -u)" -ne 0 ]; then # what root needs no user namespace for
        namespaces+=',{"type":"user"}'
        mappings='"uidMappings":[{"containerID":0,"hostID":'$(id -u)',"size":1}],
            "gidMappings":[{"containerID":0,"hostID":'$(id -g)',"size":1}],'
    fi
}

needs_root() { # WHAT-FOR
    [ "$(id -u)" -eq 0 ] || skip "needs root $1"
}

# Writes ./bundle: the arguments are those of probe inside.
make_bundle() {
    local words=
    [ $# -eq 0 ] || words=$(printf ',"%s"' "$@")
    mkdir -p bundle/rootfs
    cp "$build/tests/programs/probe" bundle/rootfs/probe
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs", $root}, $top,
 "process": {"args": ["/probe"$words], "cwd": "/", "env": ["PATH=/"], $process},
 "mounts": [$mounts],
 "linux": {"namespaces": [$namespaces], $mappings $linux}}
END
}

# Runs the arguments of probe in a container of the bundle.
inside() {
    make_bundle "$@"
    "${container[@]}" run --bundle bundle "$id"
}

# As inside, but by crun, for comparison. It takes no hybrid cgroups.
inside_crun() {
    make_bundle "$@"
    if [ -d /sys/fs/cgroup/unified ]; then
        unshare -m sh -c 'umount /sys/fs/cgroup/unified
            exec crun --root "$1" run --bundle bundle "$2"' - \
            "$BATS_TEST_TMPDIR/crun" "$id"
    else
        crun --root "$BATS_TEST_TMPDIR/crun" run --bundle bundle "$id"
    fi
}

# What probe prints in our container must be what it prints in crun's.
same_as_crun() {
    local ours theirs
    needs_root "for crun"
    command -v crun >/dev/null || skip "crun is not installed"
    ours=$(inside "$@")
    theirs=$(inside_crun "$@")
    [ -n "$ours" ]
    diff <(echo "$theirs") <(echo "$ours")
}
