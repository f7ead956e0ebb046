#!/usr/bin/env bats
# process.apparmorProfile, on a host that runs AppArmor.

setup() {
    load container_setup
    container_setup
    needs_root "to load a profile"
    grep -qx Y /sys/module/apparmor/parameters/enabled 2>/dev/null ||
        skip "this host does not run AppArmor"
    command -v apparmor_parser >/dev/null || skip "apparmor_parser (apparmor) is not installed"
    [ -d /sys/kernel/security/apparmor ] || {
        mount -t securityfs securityfs /sys/kernel/security
        mounted=yes
    }
    profile=ringside-$$
    echo "profile $profile flags=(attach_disconnected,mediate_deleted) {
        file, capability, network, signal, ptrace, deny /secret r, }" >profile
    apparmor_parser --config-file /dev/null --skip-cache --replace profile
}

teardown() {
    "${container[@]}" delete --force "$id" 2>/dev/null || true
    [ ! -s profile ] ||
        apparmor_parser --config-file /dev/null --remove profile || true
    [ -z "${mounted-}" ] || umount /sys/kernel/security
}

@test "the program is under its profile from its first instruction" {
    make_bundle
    echo mine >bundle/rootfs/secret
    run -0 inside open /secret r
    [ "$output" = "/secret: ok" ]
    process='"apparmorProfile":"'$profile'"'
    run inside cat /proc/self/attr/current + open /secret r
    [ "${lines[0]}" = "$profile (enforce)" ]
    [ "${lines[1]}" = "/secret: Permission denied" ]
}

@test "a process that joins has the container's profile, or one of its own" {
    process='"apparmorProfile":"'$profile'"'
    make_bundle wait
    mkfifo input
    "${container[@]}" run -d -b bundle "$id" <>input >/dev/null 3>&-
    run -0 "${container[@]}" exec "$id" /probe cat /proc/self/attr/current
    [ "$output" = "$profile (enforce)" ]
    run -0 "${container[@]}" exec --apparmor unconfined "$id" /probe cat /proc/self/attr/current
    [ "$output" = unconfined ]
}

@test "a profile that is not loaded is an error" {
    process='"apparmorProfile":"ringside-absent"'
    run -1 inside machine
    [[ $output == 'ringside-container: process.apparmorProfile: "ringside-absent": '* ]]
}
