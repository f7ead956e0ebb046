#!/usr/bin/env bats
# Files in the library OS: each program is run natively in a root directory of
# its own and as a unikernel, and must print the same.

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    vmm=$build/bin/ringside-vmm
    programs=$build/tests/programs
    state=$BATS_TEST_TMPDIR/state
}

need_kvm() {
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

need_root() {
    [ "$(id -u)" -eq 0 ] || skip "a root directory of its own needs root"
}

# make_bundle PROGRAM ARG...: its rootfs has the program and an empty /tree.
make_bundle() {
    local arguments
    bundle=$BATS_TEST_TMPDIR/bundle
    mkdir -p "$bundle/rootfs/tree"
    cp "$programs/$1" "$bundle/rootfs/$1"
    arguments=$(printf ', "%s"' "${@:2}")
    cat >"$bundle/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"cwd": "/", "args": ["/$1"${2:+$arguments}], "env": []}}
JSON
}

run_bundle() {
    "$vmm" --root "$state" run "$@" --bundle "$bundle" "files-$$" </dev/null
}

# same_as_natively PROGRAM ARG...: in two root file systems of the same content.
same_as_natively() {
    local native=0 unikernel=0
    make_bundle "$@"
    rm -rf "$BATS_TEST_TMPDIR/root"
    cp -a "$bundle/rootfs" "$BATS_TEST_TMPDIR/root"
    chroot "$BATS_TEST_TMPDIR/root" "/$1" "${@:2}" >"$BATS_TEST_TMPDIR/native" \
        </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- || native=$?
    run_bundle >"$BATS_TEST_TMPDIR/guest" || unikernel=$?
    [ -s "$BATS_TEST_TMPDIR/native" ]
    diff "$BATS_TEST_TMPDIR/native" "$BATS_TEST_TMPDIR/guest" | head -n 20
    [ "${PIPESTATUS[0]}" -eq 0 ]
    [ "$native" -eq "$unikernel" ]
}

@test "names are made, found, moved and removed as under Linux" {
    need_kvm
    need_root
    same_as_natively file-names
}

@test "content, sizes, descriptors and locks are as under Linux" {
    need_kvm
    need_root
    same_as_natively file-data
}

@test "modes, owners, times and what a user may do are as under Linux" {
    need_kvm
    need_root
    same_as_natively file-rights
}

@test "files in memory are private or shared as under Linux" {
    need_kvm
    need_root
    same_as_natively file-mapping
}

@test "random calls on few names have the results that they have under Linux" {
    need_kvm
    need_root
    for seed in 1 2 3; do
        rm -rf "$BATS_TEST_TMPDIR/bundle"
        same_as_natively file-random $seed 10000
    done
}

@test "random calls on what the rootfs holds have the results of Linux" {
    need_kvm
    need_root
    for seed in 4 5 6; do
        here=$BATS_TEST_TMPDIR/bundle/rootfs/tree/1/2/3
        rm -rf "$BATS_TEST_TMPDIR/bundle"
        mkdir -p "$here/d/e"
        seq 20000 >"$here/a"
        seq 9000 >"$here/d/b"
        echo text >"$here/d/e/a"
        ln -s d "$here/e"
        ln "$here/d/b" "$here/c"
        same_as_natively file-random $seed 10000
    done
}

@test "files that fill memory end in ENOSPC, and room comes back" {
    need_kvm
    make_bundle file-full
    run run_bundle --memory 16M
    [ "$status" -eq 0 ]
    [ "$(grep -c '^fill: No space left on device' <<<"$output")" -eq 3 ]
    [ "$(grep -c '^kept: k' <<<"$output")" -eq 4 ]
    grep -q '^names: No space left on device' <<<"$output"
    grep -qF 'pwrite(kept, "K", 1, 0) = 1' <<<"$output"
}

@test "what a guest writes is gone with it, and the bundle is as it was" {
    need_kvm
    make_bundle file-data
    run_bundle >/dev/null
    [ "$(ls -A "$bundle/rootfs")" = $'file-data\ntree' ]
    [ -z "$(ls -A "$bundle/rootfs/tree")" ]
}

@test "a root that the bundle wants read-only is" {
    need_kvm
    make_bundle file-names
    sed -i 's/"path": "rootfs"/&, "readonly": true/' "$bundle/config.json"
    run run_bundle
    grep -qF 'mkdir("d", 0777): Read-only file system' <<<"$output"
    grep -qF 'open("d/f", O_CREAT | O_EXCL | O_WRONLY, 0666): No such' \
        <<<"$output"
}
