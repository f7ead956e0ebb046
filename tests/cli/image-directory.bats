#!/usr/bin/env bats
# A root file system as an image, which takes neither skopeo nor umoci: the same
# program in a container, as a unikernel and under a Linux kernel.

setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    cd "$BATS_TEST_TMPDIR" || return 1
    mkdir -p tree/etc tree/tmp
    chmod 1777 tree/tmp
    cp "$build/tests/programs/inspect" "$build/tests/programs/echo" tree/
    echo 'alice:x:1000:100::/home/alice:/bin/sh' >tree/etc/passwd
    printf '#!/echo\n' >tree/script
    chmod 755 tree/script
    before=$(find tree -printf '%p %i %m %s %T@\n' | sort)
    said=(--image tree --env COLOUR=blue --workdir /tmp --user alice)
}

teardown() {
    [ "$before" = "$(find tree -printf '%p %i %m %s %T@\n' | sort)" ]
}

need_kvm() {
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

inside_container() {
    run --separate-stderr "$build/bin/ringside-container" --root state run \
        "${said[@]}" -- "$@"
}

inside_vmm() { # KIND ARGUMENT...
    need_kvm
    run --separate-stderr "$build/bin/ringside-vmm" --root state run \
        --guest "$1" "${said[@]}" -- "${@:2}"
    [ "$status" -ne 125 ] || skip "${stderr_lines[0]}"
}

check_echo() {
    [ "$status" -eq 2 ]
    [ "${lines[0]}" = "argv[0]=/echo" ]
    [ "${lines[1]}" = "argv[1]=one" ]
    [[ $output == *"env COLOUR=blue"*"env HOME=/home/alice"* ]]
}

@test "in a container, which writes to a layer of its own" {
    inside_container /echo one
    check_echo
    inside_container /inspect ids + cwd + write /tmp/new
    [[ $output == *"uid 1000 gid 100"*/tmp* ]]
}

@test "as a unikernel" {
    inside_vmm unikernel /echo one
    check_echo
    inside_vmm unikernel /script
    [ "$status" -eq 1 ]
    [[ $stderr == *"is a script"*"--guest linux" ]]
}

@test "under a Linux kernel, scripts too" {
    inside_vmm linux /echo one
    check_echo
    inside_vmm linux /script
    [ "$status" -eq 2 ]
    [ "${lines[1]}" = "argv[1]=/script" ]
}
