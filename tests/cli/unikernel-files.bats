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

# same_as_natively PROGRAM: in two root file systems of the same content.
same_as_natively() {
    local native=0 unikernel=0 bundle=$BATS_TEST_TMPDIR/bundle
    mkdir -p "$bundle/rootfs/work"
    cp "$programs/$1" "$bundle/rootfs/$1"
    cp -a "$bundle/rootfs" "$BATS_TEST_TMPDIR/root"
    cat >"$bundle/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"cwd": "/", "args": ["/$1"], "env": []}}
JSON
    chroot "$BATS_TEST_TMPDIR/root" "/$1" >"$BATS_TEST_TMPDIR/native" \
        </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- || native=$?
    "$vmm" --root "$state" run --bundle "$bundle" "files-$$" \
        >"$BATS_TEST_TMPDIR/guest" </dev/null || unikernel=$?
    [ -s "$BATS_TEST_TMPDIR/native" ]
    diff "$BATS_TEST_TMPDIR/native" "$BATS_TEST_TMPDIR/guest"
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
