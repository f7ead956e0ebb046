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
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
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
    for verb in "exec $id /fault" "pause $id" "resume $id" "ps $id" "update $id"; do
        # shellcheck disable=SC2086
        run -1 "${vmm[@]}" $verb
        [ "$output" = "ringside-vmm: ${verb%% *}: not for a container of ringside-vmm" ]
    done
}
