#!/usr/bin/env bats
# The jail of guests that a pool keeps ready: each has its own, before anybody
# asks for it.

setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
    cd "$BATS_TEST_TMPDIR"
    vmm=$build/bin/ringside-vmm
    client=$build/bin/ringside-pool
    socket=$BATS_TEST_TMPDIR/pool
    bundle=$BATS_TEST_TMPDIR/bundle
}

teardown() {
    [ ! -S "$socket" ] || "$vmm" pool stop "$socket"
    wait 2>/dev/null
}

make_bundle() { # WAY
    mkdir -p bundle/rootfs
    printf hellothere >bundle/rootfs/data
    cp "$build/tests/programs/restored" bundle/rootfs/
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/restored", "$1"], "cwd": "/"}}
END
}

serve() { # WAY [OPTION...]
    make_bundle "$1"
    "$vmm" pool serve --detach --memory 64M --bundle bundle "${@:2}" "$socket"
}

# The processes that run guests: they have no other below them.
guests() {
    for process in $(pgrep -f "pool serve .*$socket\$"); do
        if [ "$(pgrep -cP "$process")" -eq 0 ]; then
            echo "$process"
        fi
    done
}

status_of() { # FIELD...
    for field; do
        sed -n "s/^$field:[[:space:]]*//p" "/proc/$guest/status"
    done
}

has_no_rights() {
    [ "$(status_of CapInh CapPrm CapEff CapBnd CapAmb | sort -u)" = 0000000000000000 ]
    [ "$(status_of NoNewPrivs Seccomp)" = "1
2" ]
}

@test "every guest that is ready has a jail of its own, and no rights" {
    serve ready --size 3
    [ "$(guests | wc -l)" -eq 3 ]
    for guest in $(guests); do
        has_no_rights
        [ "$(id -u)" -ne 0 ] || [ "$(status_of Uid)" = $'65534\t65534\t65534\t65534' ]
    done
    [ "$(id -u)" -eq 0 ] || skip "this host may let no user have namespaces"
    for namespace in user mnt net pid ipc; do
        for guest in $(guests) self; do
            readlink "/proc/$guest/ns/$namespace"
        done | sort -u >"$namespace"
        [ "$(wc -l <"$namespace")" -eq 4 ]
    done
    for guest in $(guests); do
        [ -z "$(ls -A "/proc/$guest/root/")" ]
    done
}

@test "the daemon and its workers keep what making jails takes" {
    serve ready --size 1
    for guest in $(pgrep -f "pool serve .*$socket\$"); do
        [ "$(status_of NoNewPrivs)" = 1 ]
        [ "$(status_of CapInh CapAmb | sort -u)" = 0000000000000000 ]
        if [ "$(id -u)" -eq 0 ] && [ "$guest" != "$(guests)" ]; then
            # CAP_SYS_ADMIN 21, SYS_CHROOT 18, SETPCAP 8, SETUID 7, SETGID 6,
            # KILL 5, DAC_READ_SEARCH 2, DAC_OVERRIDE 1
            [ "$(status_of CapPrm CapEff CapBnd | sort -u)" = 00000000002401e6 ]
        fi
    done
}

@test "a guest that is ready has the descriptors of KVM and one to its worker, and no stream" {
    serve ready --size 1
    guest=$(guests)
    for descriptor in /proc/"$guest"/fd/*; do
        case "${descriptor##*/} $(readlink "$descriptor")" in
            [012]\ /dev/null) ;;
            *\ /dev/kvm | *\ anon_inode:kvm-vm | *\ anon_inode:kvm-vcpu:0) ;;
            *\ socket:*) sockets=$((${sockets-0} + 1)) ;;
            *) echo "$descriptor: $(readlink "$descriptor")" && false ;;
        esac
    done
    [ "$sockets" -eq 1 ]
}

@test "a guest made for the request has a jail, too" {
    make_bundle copy
    mkfifo input output
    "$vmm" pool serve --detach --size 1 "$socket"
    "$client" "$socket" "$bundle" <>input >output 3>&- &
    read -r -t 20 line <output
    [ "$line" = "ringside ready" ]
    guest=$(guests)
    has_no_rights
    kill -KILL $!
}

@test "from the ready line to the answer there are 15 system calls at most" {
    [[ $build != *sanitize* ]] || skip "sanitizers make their own"
    command -v strace >/dev/null || skip "needs strace"
    make_bundle files
    strace -f -o trace "$vmm" pool serve --size 1 --memory 64M --bundle bundle \
        "$socket" 3>&- &
    for _ in $(seq 2000); do
        # The guest waits for whom to run it.
        ! grep -qs 'seccomp(' trace || [ ! -S "$socket" ] || break
        read -r -t 0.01 <> <(:) || true
    done
    run -0 "$client" "$socket" "$bundle"
    [[ $output == *"hello there kept"* ]]
    "$vmm" pool stop "$socket"
    wait $! || true
    guest=$(sed -n 's/^\([0-9]*\) *seccomp(.*/\1/p' trace | head -1)
    calls=$(sed -n "/^$guest *seccomp(/,\$s/^$guest *\([a-z_0-9]*\)(.*/\1/p" trace |
        grep -v seccomp | sort -u)
    grep -qx dup2 <<<"$calls"
    [ "$(wc -l <<<"$calls")" -le 15 ]
}

@test "a guest that is killed while it is ready costs nothing, one that runs its request" {
    serve copy --size 1
    guest=$(guests)
    kill -KILL "$guest"
    # Its worker does not wait for it yet.
    for _ in $(seq 1000); do
        [[ $(status_of State) != Z* ]] || break
        read -r -t 0.01 <> <(:) || true
    done
    run -0 "$client" "$socket" "$bundle" </dev/null
    mkfifo input output
    "$client" "$socket" "$bundle" <>input >output 3>&- &
    read -r -t 20 line <output
    [ "$line" = "ringside ready" ]
    # Of the guests one has its streams from the client.
    for guest in $(guests); do
        [ "$(readlink "/proc/$guest/fd/1")" != "$PWD/output" ] || kill -KILL "$guest"
    done
    result=0
    wait $! || result=$?
    [ "$result" -eq 137 ]
    run -0 "$client" "$socket" "$bundle" </dev/null
}

@test "without a jail nothing of it is there, and a line says so" {
    run -0 --separate-stderr serve ready --size 1 --jail=off
    [ "$stderr" = "ringside-vmm: --jail=off: the VMM keeps all its rights" ]
    guest=$(guests)
    [ "$(status_of Seccomp)" = 0 ]
    [ "$(readlink "/proc/$guest/ns/net")" = "$(readlink /proc/self/ns/net)" ]
    run -0 "$client" "$socket" "$bundle"
    [ "$output" = "ringside ready" ]
}
