#!/usr/bin/env bats
# The life of a virtual machine in steps, as engines go through it: a process
# of ours keeps it from create to its end.

setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
    cd "$BATS_TEST_TMPDIR"
    id=test-$$-$BATS_TEST_NUMBER
    vmm=("$build/bin/ringside-vmm" --root "$BATS_TEST_TMPDIR/state")
}

teardown() {
    "${vmm[@]}" delete --force "$id" 2>/dev/null || true
}

# A created machine that runs the test program fault; its output is in
# ./output, read from descriptor 4.
create() { # ARGUMENT...
    local words
    words=$(printf ',"%s"' "$@")
    mkdir -p bundle/rootfs
    cp "$build/tests/programs/fault" bundle/rootfs/
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"}, ${more-}
 "process": {"args": ["/fault"$words], "cwd": "/"}}
END
    mkfifo output
    "${vmm[@]}" create --bundle bundle --pid-file pid "$id" <>output >output 3>&- &
    exec 4<output
    wait $!
}

status_of() {
    "${vmm[@]}" state "$id" | sed -n 's/^ *"status": "\(.*\)",$/\1/p'
}

await_status() { # STATUS
    for _ in $(seq 2000); do
        [ "$(status_of)" != "$1" ] || return 0
        read -r -t 0.01 <> <(:) || true
    done
    return 1
}

@test "a machine is created, started, seen, killed and deleted" {
    create sleep
    [ "$(status_of)" = created ]
    if read -r -t 0.05 line <&4; then return 1; fi
    run -0 "${vmm[@]}" start "$id"
    read -r -t 20 line <&4
    [ "$line" = sleeping ]
    [ "$(status_of)" = running ]
    run -0 "${vmm[@]}" list --quiet
    [ "$output" = "$id" ]
    run -1 "${vmm[@]}" delete "$id"
    run -1 "${vmm[@]}" start "$id"
    run -0 "${vmm[@]}" kill "$id" TERM
    await_status stopped
    run -0 "${vmm[@]}" delete "$id"
    [ -z "$(ls -A state)" ]
}

@test "the pid file names the process that keeps it, and is it" {
    create sleep
    [ "$(readlink "/proc/$(cat pid)/exe")" = "$(realpath "${vmm[0]}")" ]
    run -0 "${vmm[@]}" delete --force "$id"
    [ ! -e "/proc/$(cat pid)/exe" ]
}

@test "a machine that cannot be made is refused by create, and leaves nothing" {
    mkdir -p bundle/rootfs
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/absent"], "cwd": "/"}}
END
    run -1 "${vmm[@]}" create --bundle bundle "$id" 3>&-
    [[ $output == "ringside-vmm: "*absent* ]]
    [ "${#lines[@]}" -eq 1 ]
    [ -z "$(ls -A state)" ]
}

@test "what a machine has not is refused in one line" {
    create sleep
    for verb in "exec $id /fault" "update $id"; do
        # shellcheck disable=SC2086
        run -1 "${vmm[@]}" $verb
        [ "$output" = "ringside-vmm: ${verb%% *}: not for a container of ringside-vmm" ]
    done
}

@test "a paused machine does nothing, and goes on when it is resumed" {
    create sleep
    run -0 "${vmm[@]}" start "$id"
    read -r -t 20 line <&4
    run -0 "${vmm[@]}" ps --format json "$id"
    [ "$output" = "[$(cat pid)]" ]
    run -1 "${vmm[@]}" resume "$id"
    run -0 "${vmm[@]}" pause "$id"
    [ "$(status_of)" = paused ]
    grep -q '^State:.*stopped' "/proc/$(cat pid)/status"
    run -1 "${vmm[@]}" pause "$id"
    run -0 "${vmm[@]}" kill "$id" TERM
    [ "$(status_of)" = paused ]
    run -0 "${vmm[@]}" resume "$id"
    await_status stopped
}

@test "a paused machine is deleted by force" {
    create sleep
    run -0 "${vmm[@]}" start "$id"
    run -0 "${vmm[@]}" pause "$id"
    run -0 "${vmm[@]}" delete --force "$id"
    [ -z "$(ls -A state)" ]
}

@test "hooks of the host see the machine, with a network namespace of its own" {
    [ "$(id -u)" -eq 0 ] || skip "needs root to make a network namespace"
    more='"linux": {"namespaces": [{"type": "network"}]}, "hooks": {'
    for kind in prestart createRuntime poststart poststop; do
        more+='"'$kind'": [{"path": "/bin/sh", "args": ["sh", "-c",
            "readlink /proc/self/ns/net >'$PWD/$kind'"]}],'
    done
    more=${more%,}'},'
    create sleep
    [ "$(cat prestart)" = "$(cat createRuntime)" ]
    [ "$(cat prestart)" = "$(readlink "/proc/$(cat pid)/ns/net")" ]
    [ "$(cat prestart)" != "$(readlink /proc/self/ns/net)" ]
    [ ! -e poststart ]
    run -0 "${vmm[@]}" start "$id"
    [ -e poststart ]
    [ ! -e poststop ]
    run -0 "${vmm[@]}" delete --force "$id"
    [ -e poststop ]
}

@test "a hook that fails keeps the machine from being made" {
    more='"hooks": {"prestart": [{"path": "/bin/false"}]},'
    create sleep || true
    run -1 "${vmm[@]}" create --bundle bundle "$id" 3>&-
    [[ $output == *"hooks.prestart[0]: /bin/false"* ]]
    [ -z "$(ls -A state)" ]
}

@test "what is bound read-only from the host is there as a copy" {
    [ "$(id -u)" -eq 0 ] || skip "needs root to mount"
    command -v busybox >/dev/null || skip "busybox is not installed"
    mkdir -p bundle/rootfs shared/below
    echo original >shared/below/file
    cp "$(command -v busybox)" bundle/rootfs/
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "mounts": [{"destination": "/a/new/place", "type": "bind",
             "source": "$PWD/shared", "options": ["rbind", "ro"]}],
 "process": {"args": ["/busybox", "sh", "-c",
    "read x </a/new/place/below/file; echo 2 >/a/new/place/below/file; echo \$x"],
  "cwd": "/"}}
END
    run -0 "${vmm[@]}" run --bundle bundle "$id"
    [ "$output" = original ]
    [ "$(cat shared/below/file)" = original ]
    # Nothing is mounted where others see it.
    ! grep -F "$PWD" /proc/self/mountinfo || return 1
    sed -i 's/, "ro"/, "rw"/' bundle/config.json
    run -1 "${vmm[@]}" run --bundle bundle "$id"
    [[ $output == *"mount it read-only (ro)"* ]]
}

@test "signals that do nothing do nothing while the root file system is read" {
    command -v busybox >/dev/null || skip "busybox is not installed"
    mkdir -p bundle/rootfs/many
    (cd bundle/rootfs/many && seq 3000 | xargs touch)
    cp "$(command -v busybox)" bundle/rootfs/
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/busybox", "stat", "-c", "%s", "/busybox"], "cwd": "/"}}
END
    "${vmm[@]}" run --bundle bundle "$id" >output 3>&- &
    machine=$!
    for _ in $(seq 200); do
        kill -WINCH "$machine" 2>/dev/null || break
    done
    wait "$machine"
    [ "$(cat output)" = "$(stat -c %s bundle/rootfs/busybox)" ]
}
