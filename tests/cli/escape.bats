#!/usr/bin/env bats
# The classic ways out of a container, each made three times: in the default
# bundle and with what Docker grants, where it must fail, and in a setting that
# grants just what it needs, where it must succeed, or it would show nothing.
# tests/escape/ has the attempts and the settings.

bats_require_minimum_version 1.5.0

setup_file() {
    export BUILD=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    export BUNDLE=$BATS_FILE_TMPDIR/bundle
    mkdir -p "$BUNDLE/rootfs"
    cp "$BUILD/tests/programs/attempts" "$BUNDLE/rootfs/"
    "$BUILD/bin/ringside-container" spec --bundle "$BUNDLE"
    mv "$BUNDLE/config.json" "$BUNDLE/config.json.default"
}

setup() {
    [ "$(id -u)" -eq 0 ] || skip "needs root, to have something to lose"
    cd "$BATS_TEST_TMPDIR" || return
    attempts=$BUILD/tests/programs/attempts
    id=escape-$$-$BATS_TEST_NUMBER
    secret=secret-$RANDOM$RANDOM
    echo "$secret" >secret
    bait='' loop='' key='' flags=()
}

teardown() {
    [ -z "$bait" ] || kill -KILL "$bait" 2>/dev/null || true
    wait 2>/dev/null || true
    [ -z "$loop" ] || losetup --detach "$loop"
    [ -z "$key" ] || "$attempts" forget "$key"
}

setting() { # BASE [GRANT...] -- NAME [WORD...]
    "$BUILD/tests/programs/escape-setting" "$BUNDLE" "$1" \
        "$BATS_TEST_DIRNAME/../fixtures/seccomp/allow-list.json" "${@:2}"
}

# Makes an attempt in a setting: what it prints, its status.
attempt() { # BASE [GRANT...] -- NAME [WORD...]
    setting "$@" &&
        "$BUILD/bin/ringside-container" --root "$BATS_TEST_TMPDIR/state" \
            run "${flags[@]}" --bundle "$BUNDLE" "$id" 3>&-
}

# With a directory of the host at descriptor 3, which bats has for itself.
attempt_with_directory() { # BASE [GRANT...] -- NAME [WORD...]
    setting "$@" &&
        "$BUILD/bin/ringside-container" --root "$BATS_TEST_TMPDIR/state" \
            run "${flags[@]}" --bundle "$BUNDLE" "$id" 3<.
}

fails() { # BASE [GRANT...] -- NAME [WORD...]
    run -1 attempt "$@"
    [[ $output == "refused: "* ]]
}

# It must not do so in either of the two.
fails_by_default() { # NAME [WORD...]
    fails default -- "$@"
    fails docker -- "$@"
}

succeeds() { # EVIDENCE BASE GRANT... -- NAME [WORD...]
    local evidence=$1
    shift
    run -0 attempt "$@"
    [ "$output" = "escaped: $evidence" ]
}

# Lays something out; $said is what it has to say of it.
lay() { # BAIT [WORD...]
    mkfifo bait
    "$attempts" "$@" >bait 3>&- &
    bait=$!
    exec 4<bait
    read -r -t 10 said <&4
    exec 4<&-
    [[ $said == ready* ]]
    said=${said#ready }
}

in_the_lane() {
    [ "$(cat /proc/sys/kernel/hostname)" = ringside-lane ] ||
        skip "would change this host; the SVM lane has it"
}

# --- What the host's programs offer -----------------------------------------

@test "the Docker daemon's socket" {
    lay serve "unix:$PWD/docker.sock" "$secret"
    fails_by_default service unix:/docker.sock
    succeeds "$secret" default "bind:$PWD/docker.sock:/dev/docker.sock" -- \
        service unix:/dev/docker.sock
}

@test "an abstract socket of the host's network" {
    lay serve "abstract:$id" "$secret"
    fails_by_default service "abstract:$id"
    succeeds "$secret" default share:network -- service "abstract:$id"
}

@test "a service on the host's loopback address" {
    port=$((20000 + RANDOM % 10000))
    lay serve tcp:$port "$secret"
    fails_by_default service tcp:$port
    succeeds "$secret" default share:network -- service tcp:$port
}

@test "shared memory of the host" {
    key=$((0x52490000 + RANDOM))
    lay share $key "$secret"
    fails_by_default shared-memory $key
    succeeds "$secret" default share:ipc -- shared-memory $key
}

@test "a key of the caller's session" {
    grep -q . /proc/keys 2>/dev/null || skip "this kernel has no keys"
    with_key() {
        setting "$1" -- key "$id" &&
            "$attempts" with-key "$id" "$secret" "$BUILD/bin/ringside-container" \
                --root "$BATS_TEST_TMPDIR/state" run "${@:2}" --bundle "$BUNDLE" "$id" 3>&-
    }
    run -1 with_key default
    [[ $output == "refused: keyctl: "* ]]
    run -1 with_key docker --no-new-keyring # the allow-list has no keyctl
    [[ $output == "refused: keyctl: Operation not permitted" ]]
    run -0 with_key default --no-new-keyring
    [ "$output" = "escaped: $secret" ]
}

# For a shell that reads after the container has ended.
type_into_terminal() { # BASE [GRANT...]
    setting "$@" -- type "$secret" &&
        "$BATS_TEST_DIRNAME/../programs/in-terminal.py" bash -c '"$@"
            read -r -t 0.3 typed; echo "the shell got: $typed"; echo end' - \
            "$BUILD/bin/ringside-container" --root "$BATS_TEST_TMPDIR/state" \
            run --bundle "$BUNDLE" "$id" 3>&-
}

@test "typing into the terminal that the container was started from" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    for setting in default docker; do
        run type_into_terminal $setting
        [[ $output == *"refused: TIOCSTI: "*"the shell got: "$'\n'* ]]
    done
    run type_into_terminal default capability:SYS_ADMIN
    [[ $output == *"the shell got: $secret"$'\n'* ]]
}

# --- The host's files -------------------------------------------------------

@test "a file of the host by the handle that its file system knows it by" {
    handle=$("$attempts" show-handle secret) || skip "this file system has no handles"
    # shellcheck disable=SC2086
    fails_by_default handle $handle
    # shellcheck disable=SC2086
    succeeds "$secret" default capability:DAC_READ_SEARCH -- handle $handle
}

# A disk of our own stands for the host's.
make_disk() {
    command -v mke2fs >/dev/null || skip "mke2fs (e2fsprogs) is not installed"
    { echo "$secret" && head -c 1023 /dev/zero && head -c 2M /dev/zero; } >disk
    [ $# -eq 0 ] || { mkdir tree && cp secret tree && mke2fs -q -F -d tree disk 2M; }
    loop=$(losetup --find --show "$PWD/disk") || skip "no loop device"
    major=$((0x$(stat -c %t "$loop"))) minor=$((0x$(stat -c %T "$loop")))
}

@test "a node of the host's disk" {
    make_disk
    fails_by_default node $major $minor
    fails default "device:$major:$minor" -- node $major $minor
    fails docker capability:SYS_ADMIN -- node $major $minor # the rules hold
    succeeds "$secret" default capability:MKNOD "device:$major:$minor" -- \
        node $major $minor
}

@test "the host's disk, mounted" {
    grep -q ext /proc/filesystems || skip "this kernel has no ext file system"
    make_disk with files
    fails_by_default mount-disk $major $minor secret
    fails default capability:MKNOD "device:$major:$minor" -- \
        mount-disk $major $minor secret
    succeeds "$secret" default capability:MKNOD capability:SYS_ADMIN \
        "device:$major:$minor" -- mount-disk $major $minor secret
}

@test "a directory of the host that is open at a descriptor" {
    for setting in default docker; do
        run -1 attempt_with_directory $setting -- descriptor 3 secret
        [[ $output == "refused: openat: "* ]]
    done
    flags=(--preserve-fds 1)
    run -0 attempt_with_directory default -- descriptor 3 secret
    [ "$output" = "escaped: $secret" ]
}

@test "a file above a root that was changed by chroot alone" {
    fails_by_default climb "$PWD/secret"
    # Not by pivot_root, even with the right to change it once more.
    fails default capability:SYS_CHROOT -- climb "$PWD/secret"
    # The runtime has no such setting: by hand.
    mkdir -p "$BUNDLE/rootfs/dev/shm"
    run -0 unshare --mount --root="$BUNDLE/rootfs" /attempts climb "$PWD/secret"
    [ "$output" = "escaped: $secret" ]
}

@test "a volume that was mounted read-only" {
    mkdir volume
    volume=bind:$PWD/volume:/dev/volume:ro
    fails default "$volume" -- remount /dev/volume /dev/volume/file
    fails docker "$volume" -- remount /dev/volume /dev/volume/file
    [ ! -e volume/file ]
    succeeds written default "$volume" capability:SYS_ADMIN -- \
        remount /dev/volume /dev/volume/file
    [ "$(cat volume/file)" = escaped ]
}

# Where the host's mounts are shared, as systemd has them.
propagates() { # BASE [GRANT...]
    mkdir -p volume
    setting "$@" -- propagate /dev/volume
    unshare --mount --propagation private sh -c '
        mount --bind volume volume && mount --make-shared volume &&
            { "$@"; grep -c "/volume .* - tmpfs escaped" /proc/self/mountinfo; }' - \
        "$BUILD/bin/ringside-container" --root "$BATS_TEST_TMPDIR/state" \
        run --bundle "$BUNDLE" "$id" 3>&-
}

@test "a mount that the host gets to see" {
    volume=bind:$PWD/volume:/dev/volume
    run propagates default "$volume"
    [[ $output == "refused: mount: "*$'\n'0 ]]
    run propagates docker "$volume:rshared"
    [[ $output == "refused: mount: "*$'\n'0 ]]
    run propagates default "$volume" capability:SYS_ADMIN
    [[ $output == "escaped: mounted"$'\n'0 ]]
    run propagates default "$volume:rshared" capability:SYS_ADMIN propagation:rshared
    [[ $output == "escaped: mounted"$'\n'1 ]]
}

# --- The host's processes ---------------------------------------------------

@test "the memory of a process of the host" {
    lay keep "$secret"
    fails_by_default memory $bait "$said"
    fails default share:pid -- memory $bait "$said"
    succeeds "$secret" default share:pid capability:SYS_PTRACE -- memory $bait "$said"
}

@test "a process of the host, stopped to do anything" {
    lay keep "$secret"
    fails_by_default trace $bait
    fails default share:pid -- trace $bait
    succeeds "stopped $bait" default share:pid capability:SYS_PTRACE -- trace $bait
}

@test "the root of a process of the host" {
    lay keep "$secret"
    fails_by_default root $bait "$PWD/secret"
    fails default share:pid -- root $bait "$PWD/secret"
    succeeds "$secret" default share:pid capability:SYS_PTRACE -- \
        root $bait "$PWD/secret"
}

@test "the mount namespace of a process of the host" {
    lay keep "$secret"
    fails_by_default enter $bait "$PWD/secret"
    fails default share:pid capability:SYS_PTRACE -- enter $bait "$PWD/secret"
    succeeds "$secret" default share:pid capability:SYS_PTRACE \
        capability:SYS_ADMIN capability:SYS_CHROOT -- enter $bait "$PWD/secret"
}

@test "a signal to a process of the host" {
    lay keep "$secret"
    fails_by_default end $bait
    kill -0 $bait
    succeeds "killed $bait" default share:pid -- end $bait
    run -137 wait $bait
}

@test "a program that root owns and that makes its user root" {
    mounted=$(df --output=target "$BUNDLE" | tail -n 1)
    ! grep -q "^[^ ]* $mounted [^ ]* [^ ]*nosuid" /proc/mounts ||
        skip "$mounted is mounted nosuid"
    install -m 4755 "$attempts" "$BUNDLE/rootfs/root-program"
    as_nobody="program:/root-program user:65534"
    # shellcheck disable=SC2086
    fails default $as_nobody -- root-program
    # As Docker does, unless it is told not to (no-new-privileges).
    # shellcheck disable=SC2086
    succeeds "effective user 0" default gaining capability:SETUID $as_nobody -- root-program
}

@test "a user namespace, and all rights in it" {
    fails docker -- user-namespace
    succeeds "all capabilities" docker unfiltered -- user-namespace
}

# --- The kernel -------------------------------------------------------------

@test "settings of the kernel: programs that it runs, and all that is below /proc/sys" {
    for setting in core_pattern modprobe hotplug; do
        path=/proc/sys/kernel/$setting
        [ -e $path ] || continue
        fails_by_default setting $path
        succeeds "$(cat $path)" default writable:/proc/sys -- setting $path
    done
}

@test "the program that uevents are handed to" {
    path=/sys/kernel/uevent_helper
    [ -e $path ] || skip "this kernel hands them to none"
    fails_by_default setting $path
    succeeds "" default "bind:/sys:/sys:rw" -- setting $path
}

@test "a key of the console, pressed at /proc/sysrq-trigger" {
    [ -e /proc/sysrq-trigger ] || skip "this kernel has none"
    fails_by_default write /proc/sysrq-trigger h # help, into the log
    succeeds written default writable:/proc/sysrq-trigger -- \
        write /proc/sysrq-trigger h
}

@test "the kernel's memory at /proc/kcore" {
    [ -e /proc/kcore ] || skip "this kernel has none"
    fails default capability:SYS_RAWIO -- read-elf /proc/kcore
    fails docker capability:SYS_RAWIO -- read-elf /proc/kcore
    succeeds ELF default visible:/proc/kcore capability:SYS_RAWIO -- \
        read-elf /proc/kcore
}

@test "a module, a restart, the clock, the log: by the right to it alone" {
    # What is not in the kernel fails as if it were refused.
    while read -r name right evidence; do
        fails_by_default "$name"
        fails docker "capability:$right" -- "$name" # the allow-list
        run attempt default "capability:$right" -- "$name"
        [[ $output != "refused: "*"Function not implemented" ]] || continue
        [ "$output" = "escaped: $evidence" ]
    done <<'END'
module SYS_MODULE image read
reboot SYS_BOOT command read
clock SYS_TIME set
END
    fails_by_default log
    succeeds "its size" default capability:SYSLOG -- log
}

@test "the host's name" {
    fails_by_default hostname
    fails default share:uts -- hostname
    succeeds "$(cat /proc/sys/kernel/hostname)" default share:uts \
        capability:SYS_ADMIN -- hostname
}

@test "calls that attacks on the kernel begin with are not on Docker's list" {
    for name in bpf perf userfaultfd; do
        fails docker capability:SYS_ADMIN capability:SYS_PTRACE -- $name
        run attempt docker unfiltered capability:SYS_ADMIN capability:SYS_PTRACE -- $name
        [[ $output == "escaped: $name"* || $output == *"Function not implemented" ]]
    done
}

# What the kernel runs as root outside; it gets the marker's path from here.
make_helper() {
    printf '#!/bin/sh\nexec >>%s\necho called as "$(id -u)"\n' "$PWD/marker" >helper
    chmod 755 helper
}

await_marker() {
    for _ in {1..500}; do
        [ -s marker ] && break
        read -rt 0.02 <> <(:) || true
    done
    [ "$(cat marker)" = "called as 0" ]
}

@test "the release agent of a cgroup of version 1 (CVE-2022-0492)" {
    grep -qw cgroup /proc/filesystems || skip "this kernel has no cgroups of version 1"
    make_helper
    fails_by_default release-agent "$id" "$PWD/helper"
    # The cgroup namespace is what the kernel asks about.
    fails default capability:SYS_ADMIN -- release-agent "$id" "$PWD/helper"
    [ ! -e marker ]
    succeeds emptied default capability:SYS_ADMIN capability:DAC_OVERRIDE share:cgroup -- \
        release-agent "$id-agent" "$PWD/helper"
    await_marker
}

@test "the handler of crashes" {
    in_the_lane
    make_helper
    before=$(cat /proc/sys/kernel/core_pattern)
    fails_by_default crash-handler "$PWD/helper"
    [ ! -e marker ]
    succeeds crashed default writable:/proc/sys -- crash-handler "$PWD/helper"
    await_marker
    echo "$before" >/proc/sys/kernel/core_pattern
}

@test "a format of programs, with an interpreter for all of the host" {
    grep -qw binfmt_misc /proc/filesystems || skip "this kernel has no binfmt_misc"
    fails_by_default format "$id"
    succeeds registered default capability:SYS_ADMIN -- format "$id"
}
