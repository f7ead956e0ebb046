#!/usr/bin/env bats
# ringside-container as its users see it: what is inside, what stays outside,
# and that nothing is left behind.

load container_setup

setup() {
    container_setup
    inspect=$build/tests/programs/inspect
    linux='"maskedPaths":["/proc/kcore"]'
}

teardown() {
    # Whatever a failed test left must not reach the next one.
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
    mkdir -p bundle/rootfs
    cp "$inspect" bundle/rootfs/inspect
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs", $root}, $top,
 "process": {"args": ["/inspect"$words], "cwd": "/",
             "env": ["PATH=/", "A=b"], $process},
 "mounts": [$mounts],
 "linux": {"namespaces": [$namespaces], $mappings $linux}}
END
}

# Runs the arguments of inspect in a container of the bundle.
inside() {
    make_bundle "$@"
    "${container[@]}" run --bundle bundle "$id"
}

# Starts a container whose program says "ready"; $pid is the runtime's.
start_inside() {
    make_bundle "$@"
    mkfifo output
    "${container[@]}" run --bundle bundle "$id" >output 3>&- &
    pid=$!
    exec 4<output
    read -r -t 20 line <&4
    [ "$line" = ready ]
    init=$(tr -d ' ' <"/proc/$pid/task/$pid/children")
}

# No cgroup and no state of this test's container is left.
assert_nothing_left() {
    [ -z "$(find /sys/fs/cgroup -name "$id" 2>/dev/null)" ]
    [ ! -e "$BATS_TEST_TMPDIR/state/$id" ]
    if grep -q "$BATS_TEST_TMPDIR" /proc/self/mountinfo; then return 1; fi
}

gone() { # PID, within two seconds
    for _ in $(seq 200); do
        [ -e "/proc/$1/exe" ] || return 0
        read -r -t 0.01 <> <(:) || true
    done
    return 1
}

@test "exec-static runs a program and passes output and status on" {
    run -7 --separate-stderr "${container[@]}" exec-static "$inspect" ids + exit 7
    if [ "$(id -u)" -eq 0 ]; then
        [ "${lines[0]}" = "pid 1 uid 0 gid 0 groups" ]
    else # a user cannot drop groups in a namespace (user_namespaces(7))
        [[ ${lines[0]} == "pid 1 uid 0 gid 0 groups"* ]]
    fi
    [ "$stderr" = "" ]
    [ -z "$(ls -A state)" ]
}

@test "exec-static leaves every argument after the program to it" {
    run -99 "${container[@]}" exec-static "$inspect" --help
    [ "$output" = "inspect: unknown verb" ]
}

@test "exec-static passes the environment on" {
    export MARK="some value"
    run -0 "${container[@]}" exec-static "$inspect" env
    [[ $output == *"MARK=some value"* ]]
}

@test "run gives the program the bundle's environment and directory" {
    run -0 inside env + cwd + link /proc/self/exe
    [ "$output" = "PATH=/
A=b
/
/inspect" ]
}

@test "the program is found along the bundle's PATH" {
    make_bundle
    sed -i 's|"/inspect"|"inspect", "cwd"|' bundle/config.json
    run -0 "${container[@]}" run -b bundle "$id"
    [ "$output" = / ]
}

@test "a program that is not there is named, status 1" {
    make_bundle
    sed -i 's|"/inspect"|"absent"|' bundle/config.json
    run -1 "${container[@]}" run -b bundle "$id"
    [ "$output" = "ringside-container: exec: \"absent\": executable file not found in \$PATH" ]
    sed -i 's|"absent"|"/absent"|' bundle/config.json
    run -1 "${container[@]}" run -b bundle "$id"
    [ "$output" = "ringside-container: exec: \"/absent\": no such file or directory" ]
    assert_nothing_left
}

@test "every namespace is the container's own" {
    for kind in mnt pid net ipc uts cgroup; do
        run -0 inside link "/proc/self/ns/$kind"
        [ "$output" != "$(readlink /proc/self/ns/$kind)" ]
    done
    run -0 inside link /proc/self/ns/user
    if [ "$(id -u)" -eq 0 ]; then # not asked for
        [ "$output" = "$(readlink /proc/self/ns/user)" ]
    else
        [ "$output" != "$(readlink /proc/self/ns/user)" ]
    fi
}

@test "a time namespace can be asked for" {
    namespaces+=',{"type":"time"}'
    run -0 inside link /proc/self/ns/time
    [ "$output" != "$(readlink /proc/self/ns/time)" ]
}

@test "a namespace with a path is joined" {
    needs_root "for a namespace made outside"
    namespaces=${namespaces/'{"type":"network"}'/'{"type":"network","path":"/proc/self/ns/net"}'}
    run -0 inside link /proc/self/ns/net
    [ "$output" = "$(readlink /proc/self/ns/net)" ]
}

@test "the program is process 1 and sees no other" {
    run -0 inside ids + ls /proc
    [[ ${lines[0]} == "pid 1 "* ]]
    [ "$(grep -c '^[0-9]*$' <<<"$output")" -eq 1 ]
}

@test "the host name is the bundle's, and the host keeps its own" {
    before=$(uname -n)
    run -0 inside hostname
    [ "$output" = inside ]
    [ "$(uname -n)" = "$before" ]
}

@test "the root holds the rootfs alone and is read-only" {
    run -1 inside ls / + write /file
    [ "$(sort <<<"$output")" = "$(printf '%s\n' /file:\ Read-only\ file\ system dev inspect proc)" ]
    root='"readonly":false'
    run -0 inside write /file
    [ -e bundle/rootfs/file ]
}

@test "nothing of the host is mounted inside" {
    run -0 inside cat /proc/self/mountinfo
    while read -r _ _ _ _ where _; do
        case $where in / | /proc | /proc/* | /dev | /dev/*) ;; *) false ;; esac
    done <<<"$output"
}

@test "the default devices and links are in /dev" {
    run -0 inside stat /dev/null + stat /dev/zero + stat /dev/full \
        + stat /dev/random + stat /dev/urandom + stat /dev/tty \
        + link /dev/fd + link /dev/stdin + link /dev/ptmx
    [ "$output" = "/dev/null device 666 1:3
/dev/zero device 666 1:5
/dev/full device 666 1:7
/dev/random device 666 1:8
/dev/urandom device 666 1:9
/dev/tty device 666 5:0
/proc/self/fd
/proc/self/fd/0
pts/ptmx" ]
}

@test "mount options reach the mount" {
    mounts+=',{"destination":"/m","type":"tmpfs","source":"t",
        "options":["ro","nosuid","nodev","noexec","noatime","size=4k","mode=700"]}'
    run -1 inside cat /proc/self/mountinfo + write /m/x + stat /m
    [[ $output == *" /m ro,nosuid,nodev,noexec,noatime "*"size=4k,mode=700"* ]]
    [[ $output == *"/m/x: Read-only file system"* ]]
    [[ $output == *"/m directory 700"* ]]
}

@test "a file and a directory can be bound, read-only where asked" {
    mkdir -p bundle/data
    echo hello >bundle/data/file
    mounts+=',{"destination":"/a/b","source":"data","options":["rbind"]},
             {"destination":"/a/f","source":"'$PWD'/bundle/data/file","options":["bind","ro"]}'
    run -1 inside cat /a/b/file + cat /a/f + write /a/b/new + write /a/f
    [ "$output" = "hello
hello
/a/b/new: written
/a/f: Read-only file system" ]
    [ -e bundle/data/new ]
}

@test "an option that the file system does not know is refused by name" {
    mounts+=',{"destination":"/m","type":"tmpfs","options":["sise=4k"]}'
    run -1 inside ids
    [[ $output == "ringside-container: mounts[2] /m: option \"sise=4k\": cannot mount tmpfs: "* ]]
    assert_nothing_left
}

@test "masked paths are empty and read-only paths cannot be written" {
    mkdir -p bundle/rootfs/secret
    echo secret | tee bundle/rootfs/secret/file >bundle/rootfs/single
    mkdir bundle/rootfs/sealed
    root='"readonly":false'
    linux='"maskedPaths":["/secret","/single","/not/there"],"readonlyPaths":["/sealed","/proc/sys"]'
    run -1 inside ls /secret + cat /single + write /sealed/x + write /proc/sys/kernel/hostname
    reason="Read-only file system"
    [ "$(id -u)" -eq 0 ] || reason="Permission denied" # no matter how it is mounted
    [ "$output" = "/sealed/x: Read-only file system
/proc/sys/kernel/hostname: $reason" ]
}

@test "without a capability list the program has none" {
    run -0 inside cat /proc/self/status
    for set in Inh Prm Eff Bnd Amb; do
        grep -q "^Cap$set:.0000000000000000$" <<<"$output"
    done
    grep -q "^NoNewPrivs:.1$" <<<"$output"
}

@test "the capability sets are the bundle's" {
    process='"capabilities":{"bounding":["CAP_KILL","CAP_CHOWN"],
        "permitted":["CAP_KILL","CAP_CHOWN"],"effective":["CAP_KILL"],
        "inheritable":["CAP_CHOWN"],"ambient":["CAP_CHOWN"]}'
    run -0 inside cat /proc/self/status
    grep -q "^CapBnd:.0000000000000021$" <<<"$output"
    grep -q "^CapInh:.0000000000000001$" <<<"$output"
    grep -q "^CapAmb:.0000000000000001$" <<<"$output"
    grep -q "^NoNewPrivs:.0$" <<<"$output"
}

@test "user, groups, umask and limits are the bundle's" {
    needs_root "to be other users"
    process='"user":{"uid":1000,"gid":1001,"additionalGids":[5,6],"umask":63},
        "rlimits":[{"type":"RLIMIT_NOFILE","soft":64,"hard":128}],
        "oomScoreAdj":500'
    run -0 inside ids + limits + cat /proc/self/oom_score_adj + cat /proc/self/status
    [ "${lines[0]}" = "pid 1 uid 1000 gid 1001 groups 5 6" ]
    [ "${lines[1]}" = "64 128" ]
    [ "${lines[2]}" = 500 ]
    grep -q "^Umask:.0077$" <<<"$output"
    grep -q "^CapEff:.0000000000000000$" <<<"$output"
}

@test "a user keeps the effective capabilities that the bundle grants" {
    needs_root "to be other users"
    process='"user":{"uid":1000,"gid":1000},"capabilities":{
        "bounding":["CAP_KILL"],"permitted":["CAP_KILL"],
        "effective":["CAP_KILL"],"inheritable":["CAP_KILL"],"ambient":["CAP_KILL"]}'
    run -0 inside cat /proc/self/status
    grep -q "^CapEff:.0000000000000020$" <<<"$output"
}

@test "a user namespace maps ids as the bundle says" {
    needs_root "to map other users"
    namespaces+=',{"type":"user"}'
    linux='"uidMappings":[{"containerID":0,"hostID":100000,"size":1000}],
           "gidMappings":[{"containerID":0,"hostID":200000,"size":1000}]'
    mkdir -p bundle/rootfs/proc bundle/rootfs/dev
    # Its root, 100000 here, could not walk to the rootfs: nobody has to.
    chmod 700 .
    run -0 inside ids + cat /proc/self/uid_map + cat /proc/self/gid_map + stat /dev/null
    [ "${lines[0]}" = "pid 1 uid 0 gid 0 groups" ]
    [[ ${lines[1]} =~ ^\ *0\ +100000\ +1000$ ]]
    [[ ${lines[2]} =~ ^\ *0\ +200000\ +1000$ ]]
    [ "${lines[3]}" = "/dev/null device 666 1:3" ]
}

@test "only standard descriptors reach the program, and those asked for" {
    make_bundle fds
    exec 5</dev/null 6</
    # bats keeps one of its own open; close it to know what there is.
    run -0 bash -c '"$@" 3<&- 4<&-' - "${container[@]}" run -b bundle "$id"
    [ "$output" = "0 1 2 " ]
    run -0 bash -c '"$@" 3</dev/null 4<&-' - "${container[@]}" run -b bundle --preserve-fds 1 "$id"
    [ "$output" = "0 1 2 3 " ]
    exec 5<&- 6<&-
}

@test "a memory limit holds: what exceeds it is killed" {
    needs_root "for a cgroup"
    linux='"resources":{"memory":{"limit":33554432}}'
    process='"oomScoreAdj":1000'
    run -0 inside memory 8
    run -137 inside memory 64
    assert_nothing_left
}

@test "a process limit holds" {
    needs_root "for a cgroup"
    linux='"resources":{"pids":{"limit":5}}'
    run -0 inside fork 50
    [ "$output" = "started 4" ]
    assert_nothing_left
}

@test "limits are in the cgroup that the bundle names" {
    needs_root "for a cgroup"
    linux='"cgroupsPath":"/ringside-'$id'/inner","resources":{
        "memory":{"limit":33554432},"pids":{"limit":7},"cpu":{"shares":512,
        "quota":50000,"period":100000,"cpus":"0"}}'
    start_inside stay
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
        directory=/sys/fs/cgroup/ringside-$id/inner
        [ "$(cat "$directory/memory.max")" = 33554432 ]
        [ "$(cat "$directory/cgroup.procs")" = "$init" ]
        [ "$(cat "$directory/pids.max")" = 7 ]
        [ "$(cat "$directory/cpu.weight")" = 20 ] # 512 of 2 to 262144 shares
        [ "$(cat "$directory/cpu.max")" = "50000 100000" ]
        [ "$(cat "$directory/cpuset.cpus")" = 0 ]
    else
        directory=/sys/fs/cgroup/memory/ringside-$id/inner
        [ "$(cat $directory/memory.limit_in_bytes)" = 33554432 ]
        [ "$(cat $directory/cgroup.procs)" = "$init" ]
        [ "$(cat "/sys/fs/cgroup/pids/ringside-$id/inner/pids.max")" = 7 ]
        [ "$(cat "/sys/fs/cgroup/cpu/ringside-$id/inner/cpu.shares")" = 512 ]
        [ "$(cat "/sys/fs/cgroup/cpu/ringside-$id/inner/cpu.cfs_quota_us")" = 50000 ]
        [ "$(cat "/sys/fs/cgroup/cpuset/ringside-$id/inner/cpuset.cpus")" = 0 ]
    fi
    kill -TERM "$pid"
    wait "$pid" || true
    [ -z "$(find /sys/fs/cgroup -name "ringside-$id")" ]
}

@test "a limit that cannot be set is named by its JSON path" {
    needs_root "for a cgroup"
    linux='"resources":{"cpu":{"cpus":"1000-2000"}}'
    run -1 inside ids
    [[ $output == "ringside-container: config.json: linux.resources.cpu.cpus: cannot write 1000-2000 to "* ]]
    assert_nothing_left
}

@test "the exit status passes through; death by a signal is 128+n" {
    run -0 inside exit 0
    run -255 inside exit 255
    run -139 inside crash
    assert_nothing_left
}

@test "signals reach a program that handles them" {
    for number in 1 2 3 10 12 15; do
        rm -rf output bundle
        start_inside catch $number
        kill -$number "$pid"
        read -r -t 20 line <&4
        [ "$line" = "caught $number" ]
        status=0
        wait "$pid" || status=$?
        [ "$status" -eq $((40 + number)) ]
    done
    assert_nothing_left
}

@test "a signal that the program does not handle ends it, as outside" {
    start_inside stay
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 143 ]
    gone "$init"
    assert_nothing_left
}

@test "killing the runtime kills the container" {
    start_inside stay
    kill -KILL "$pid"
    wait "$pid" || true
    gone "$init"
    # The next container of that id takes over what is left.
    run -0 inside ids
    assert_nothing_left
}

@test "processes that the program leaves behind end with it" {
    needs_root "for a cgroup"
    run -0 inside fork 3
    assert_nothing_left
    namespaces=${namespaces/'{"type":"pid"},'/}
    run -0 inside fork 3
    assert_nothing_left
}

@test "an id in use is refused, and the container goes on" {
    start_inside stay
    run -1 "${container[@]}" run -b bundle "$id"
    [ "$output" = "ringside-container: container \"$id\" already exists" ]
    [ -e "/proc/$init/exe" ]
    kill -TERM "$pid"
    wait "$pid" || true
}

@test "the process id is written to the pid file" {
    make_bundle stay
    mkfifo output
    "${container[@]}" run -b bundle --pid-file pid "$id" >output 3>&- &
    pid=$!
    exec 4<output
    read -r -t 20 line <&4
    [ "$(cat pid)" = "$(tr -d ' ' <"/proc/$pid/task/$pid/children")" ]
    kill -TERM "$pid"
    wait "$pid" || true
}

@test "symbolic links in the rootfs lead nowhere but inside" {
    mkdir -p bundle/rootfs/real outside
    root='"readonly":false'
    ln -s / bundle/rootfs/slash
    ln -s ../../../../../../../.. bundle/rootfs/up
    ln -s "$PWD/outside" bundle/rootfs/out
    mounts+=',{"destination":"/slash/one","type":"tmpfs"},
             {"destination":"/up/two","type":"tmpfs"}'
    run -0 inside ls /
    [ -d bundle/rootfs/one ] && [ -d bundle/rootfs/two ]
    [ ! -e /one ] && [ ! -e /two ]
    # A link to a directory that only the host has is refused.
    mounts+=',{"destination":"/out","type":"tmpfs"}'
    run -1 inside ls /
    [[ $output == *"mounts[4] /out: /out in the rootfs: a symbolic link to nothing" ]]
    [ -z "$(ls outside)" ]
    assert_nothing_left
}

@test "/dev as a symbolic link ends inside; /proc as one is refused" {
    mkdir -p bundle/rootfs/d bundle/rootfs/p
    ln -s /d bundle/rootfs/dev
    run -0 inside link /proc/self/exe + stat /dev/null + stat /d/null
    [ "${lines[0]}" = /inspect ]
    [ "${lines[2]}" = "/d/null device 666 1:3" ]
    rm -r bundle/rootfs/proc
    ln -s p bundle/rootfs/proc
    run -1 inside ids
    [[ $output == *"mounts[0] /proc: /proc in the rootfs: a symbolic link; "* ]]
}

@test "a magic link is no way to a mount's destination or out of the root" {
    mkdir -p bundle/rootfs/proc
    mounts+=',{"destination":"/proc/self/root/x","type":"tmpfs"}'
    run -1 inside ids
    [[ $output == *"mounts[2] /proc/self/root/x: "* ]]
    mounts=${mounts%,*,*}
    make_bundle ids
    for fd in $(seq 0 20); do
        sed -i 's|"cwd": "[^"]*"|"cwd": "/proc/self/fd/'"$fd"'"|' bundle/config.json
        run -1 "${container[@]}" run -b bundle "$id"
        [[ $output == "ringside-container: process.cwd: "* ]]
    done
}

@test "a /dev/null that is something else is not taken for the device" {
    mkdir -p bundle/rootfs/dev
    echo trap >bundle/rootfs/dev/null
    mounts='{"destination":"/proc","type":"proc"}'
    root='"readonly":false'
    run -1 inside ids
    [[ $output == "ringside-container: /dev/null: cannot make it: File exists" ]]
    assert_nothing_left
}

@test "the program can neither mount nor leave its root" {
    run -1 inside mount /dev
    [ "$output" = "mount: Operation not permitted" ]
}

@test "what is not implemented is refused by its JSON path, not ignored" {
    linux='"netDevices":{"eth0":{}}'
    run -1 inside ids
    [[ $output == "ringside-container: config.json: linux.netDevices: not supported: "* ]]
    linux='"netDevices":{}'
    run -0 inside ids
}

@test "a share of the cache is refused where the host cannot give one" {
    [ ! -e /sys/fs/resctrl/schemata ] || skip "this host has resctrl"
    linux='"intelRdt":{"closID":"x","l3CacheSchema":"L3:0=f"}'
    run -1 inside ids
    [ "$output" = "ringside-container: config.json: linux.intelRdt: this host has no resctrl file system at /sys/fs/resctrl" ]
    linux='"intelRdt":{}'
    run -0 inside ids
}

@test "a bundle without a mount namespace is refused" {
    namespaces='{"type":"pid"}'
    run -1 inside ids
    [[ $output == *"a new mount namespace is needed" ]]
}

@test "a cgroup mount shows the container's own cgroup as the root" {
    needs_root "for a cgroup"
    file=/sys/fs/cgroup/memory/memory.limit_in_bytes
    [ ! -e /sys/fs/cgroup/cgroup.controllers ] || file=/sys/fs/cgroup/memory.max
    mounts+=',{"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup",
              "options":["nosuid","noexec","nodev","relatime","ro"]}'
    linux='"resources":{"memory":{"limit":33554432}}'
    run -0 inside cat "$file"
    [ "$output" = 33554432 ]
    run -1 inside write "$file"
    [[ $output == *"Read-only file system" ]]
}

@test "on cgroup v2 the container is born in its cgroup" {
    needs_root "for a cgroup"
    make_bundle cat /proc/self/cgroup
    # Without a cgroup namespace it sees where it is.
    sed -i 's|,{"type":"cgroup"}||' bundle/config.json
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
        run -0 "${container[@]}" run -b bundle "$id"
    elif [ -e /sys/fs/cgroup/unified/cgroup.controllers ]; then
        run -0 unshare -m sh -c 'mount --bind /sys/fs/cgroup/unified /sys/fs/cgroup && exec "$@"' - \
            "${container[@]}" run -b bundle "$id"
    else
        skip "no cgroup v2 here"
    fi
    [[ $output == *"0::/ringside/$id"* ]]
    assert_nothing_left
}

@test "without root a user namespace does" {
    needs_root "to become somebody else"
    command -v setpriv >/dev/null || skip "needs setpriv (util-linux)"
    directory=$PWD
    while [ "$directory" != "$(dirname "$BATS_RUN_TMPDIR")" ]; do
        chmod a+x "$directory"
        directory=$(dirname "$directory")
    done
    mkdir -m 777 user
    cp "$runtime" "$inspect" user
    somebody=(setpriv --reuid 12345 --regid 12345 --clear-groups)
    "${somebody[@]}" test -x user/inspect || skip "others cannot enter $PWD"
    "${somebody[@]}" unshare -U true 2>/dev/null || skip "no user namespaces for users"
    run -3 "${somebody[@]}" user/ringside-container --root "$PWD/user/state" \
        exec-static user/inspect ids + hostname + stat /dev/null + exit 3
    [ "${lines[0]}" = "pid 1 uid 0 gid 0 groups" ]
    [ "${lines[1]}" = ringside ]
    [ "${lines[2]}" = "/dev/null device 666 1:3" ]
    [ -z "$(ls user/state)" ]

    # Limits need rights that it lacks; it says so instead of leaving them out.
    namespaces+=',{"type":"user"}'
    linux='"resources":{"pids":{"limit":5}},
        "uidMappings":[{"containerID":0,"hostID":12345,"size":1}],
        "gidMappings":[{"containerID":0,"hostID":12345,"size":1}]'
    make_bundle ids
    chmod -R a+rwX bundle
    run -1 "${somebody[@]}" user/ringside-container --root "$PWD/user/state" run -b bundle "$id"
    [[ $output == "ringside-container: cannot make the cgroup "*": Permission denied" ]]

    namespaces=${namespaces/',{"type":"user"}'/}
    make_bundle ids
    run -1 "${somebody[@]}" user/ringside-container --root "$PWD/user/state" run -b bundle "$id"
    [[ $output == *"without root a user namespace is needed"* ]]
}
