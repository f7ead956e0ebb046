#!/usr/bin/env bats
# ringside-vmm where /dev/kvm is absent or for others: one line that says what
# to do, and nothing left behind.

setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    guest=("$build/bin/ringside-vmm" --root "$BATS_TEST_TMPDIR/state"
        exec-static "$build/guests/workload" noop)
    unset as
}

# Sets as: the command that makes the rest somebody without /dev/kvm.
become_somebody_else() {
    as=()
    if [ "$(id -u)" -eq 0 ]; then
        chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_SUITE_TMPDIR" "$BATS_FILE_TMPDIR"
        chmod a+rwx "$BATS_TEST_TMPDIR"
        as=(setpriv --reuid 12345 --regid 12345 --clear-groups)
        "${as[@]}" test -x "${guest[0]}" || skip "others cannot enter $build"
        "${as[@]}" test -w "$BATS_TEST_TMPDIR" || skip "others cannot enter $TMPDIR"
    fi
    [ -e /dev/kvm ] || skip "no /dev/kvm"
    "${as[@]}" test ! -w /dev/kvm || skip "everybody here may use /dev/kvm"
}

@test "a /dev/kvm that may not be opened: who may, in one line" {
    become_somebody_else
    run -1 "${as[@]}" "${guest[@]}"
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == "ringside-vmm: /dev/kvm may not be opened: run as root or join the group that owns it"* ]]
    [ -z "$(ls -A "$BATS_TEST_TMPDIR/state")" ]
}

@test "no /dev/kvm: what to load, in one line" {
    command -v unshare >/dev/null || skip "needs unshare (util-linux)"
    hidden=(unshare -m)
    [ "$(id -u)" -eq 0 ] || hidden=(unshare -rm)
    "${hidden[@]}" true 2>/dev/null || skip "no mount namespace can be had"
    # An empty /dev, but for the streams' sake /dev/null.
    run -1 "${hidden[@]}" sh -c 'mount -t tmpfs none /dev && : >/dev/null &&
        exec "$@"' - "${guest[@]}"
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == "ringside-vmm: /dev/kvm is not there: load kvm_intel or kvm_amd"* ]]
    [ -z "$(ls -A "$BATS_TEST_TMPDIR/state")" ]
}
