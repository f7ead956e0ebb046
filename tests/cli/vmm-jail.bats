#!/usr/bin/env bats
# The jail of ringside-vmm: what the process has that runs a guest, seen from
# outside. What it may not do is tried in tests/unit/test_vmm_jail.c.

setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
    cd "$BATS_TEST_TMPDIR"
    vmm=("$build/bin/ringside-vmm" --root "$BATS_TEST_TMPDIR/state")
    as=()
    mkfifo output
}

teardown() {
    [ -z "${vmm_pid-}" ] || kill -KILL "$vmm_pid" 2>/dev/null || true
    wait 2>/dev/null
}

# Starts a guest that sleeps; guest is the process that runs it, vmm_pid the one
# that was started.
start() { # OPTION...
    mkdir -p bundle/rootfs
    cp "$build/tests/programs/fault" bundle/rootfs/
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/fault", "sleep"], "cwd": "/"}}
END
    "${as[@]}" "${vmm[@]}" run --bundle bundle --pid-file pid "$@" jail \
        <>output >output 2>errors 3>&- &
    vmm_pid=$!
    read -r -t 20 line <output
    [ "$line" = sleeping ]
    guest=$(cat pid)
}

# A user who may open /dev/kvm and nothing else; there are such only for root.
become_user() {
    [ "$(id -u)" -eq 0 ] || return 0
    chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_SUITE_TMPDIR" "$BATS_FILE_TMPDIR"
    chmod -R a+rwX "$BATS_TEST_TMPDIR"
    as=(env XDG_CACHE_HOME="$BATS_TEST_TMPDIR" setpriv --reuid 12345
        --regid 12345 --groups "$(stat -c %g /dev/kvm)")
    "${as[@]}" test -x "${vmm[0]}" || skip "others cannot enter $build"
    "${as[@]}" test -w "$BATS_TEST_TMPDIR" || skip "others cannot enter $TMPDIR"
    "${as[@]}" test -w /dev/kvm || skip "no group may open /dev/kvm"
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

@test "the process that runs a guest has no rights, and nobody's user" {
    start
    [ "$guest" != "$vmm_pid" ]
    has_no_rights
    [ "$(id -u)" -ne 0 ] || [ "$(status_of Uid)" = $'65534\t65534\t65534\t65534' ]
}

@test "its namespaces are its own, its root is empty" {
    [ "$(id -u)" -eq 0 ] || skip "this host may let no user have namespaces"
    start
    for namespace in user mnt net pid ipc; do
        [ "$(readlink "/proc/$guest/ns/$namespace")" != "$(readlink "/proc/self/ns/$namespace")" ]
        [ "$(readlink "/proc/$vmm_pid/ns/$namespace")" = "$(readlink "/proc/self/ns/$namespace")" ]
    done
    [ -z "$(ls -A "/proc/$guest/root/")" ]
    run -1 touch "/proc/$guest/root/file"
    [ "$(status_of NSpid)" = "$guest"$'\t1' ]
    # Of a network there is the loopback device, which is down.
    [ "$(tail -n +3 "/proc/$guest/net/dev" | wc -l)" -eq 1 ]
}

@test "its descriptors are the streams, KVM's and one to its supervisor" {
    exec 9<"$BASH"
    start
    for descriptor in /proc/"$guest"/fd/*; do
        case "${descriptor##*/} $(readlink "$descriptor")" in
            [012]\ *) ;;
            *\ /dev/kvm | *\ anon_inode:kvm-vm | *\ anon_inode:kvm-vcpu:0) ;;
            *\ socket:*) sockets=$((${sockets-0} + 1)) ;;
            *) echo "$descriptor: $(readlink "$descriptor")" && false ;;
        esac
    done
    [ "$sockets" -eq 1 ]
}

@test "it may run where its supervisor may" {
    start
    [ "$(status_of Cpus_allowed)" = "$(sed -n 's/^Cpus_allowed:\t//p' "/proc/$vmm_pid/status")" ]
}

@test "its limits are what is in use" {
    start
    limit() { sed -n "s/^Max $1  *\([^ ]*\)  *\([^ ]*\).*/\1 \2/p" "/proc/$guest/limits"; }
    [ "$(limit 'core file size')" = "0 0" ]
    [ "$(limit processes)" = "0 0" ]
    [ "$(limit 'open files' | cut -d ' ' -f 1)" -lt 16 ]
}

@test "a run with files, time and output makes 15 different system calls at most" {
    [[ $build != *sanitize* ]] || skip "sanitizers make their own"
    command -v strace >/dev/null || skip "needs strace"
    for program in file-names clock-and-random process; do
        mkdir -p files/rootfs/tree
        cp "$build/tests/programs/$program" files/rootfs/
        cat >files/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/$program"], "cwd": "/"}}
END
        strace -f -o trace "${vmm[@]}" run --bundle files files >/dev/null
        # Of the process that has installed the filter, what came after that.
        guest=$(sed -n 's/^\([0-9]*\) *seccomp(.*/\1/p' trace)
        calls=$(sed -n "/^$guest *seccomp(/,\$s/^$guest *\([a-z_0-9]*\)(.*/\1/p" trace |
            grep -v seccomp | sort -u)
        [ "$(wc -l <<<"$calls")" -ge 3 ]
        [ "$(wc -l <<<"$calls")" -le 15 ]
    done
}

@test "what ends the supervisor ends the guest, and the other way round" {
    start
    kill -KILL "$vmm_pid"
    for _ in $(seq 500); do
        [ -e "/proc/$guest/ns/pid" ] || break
        read -r -t 0.01 <> <(:) || true
    done
    [ ! -e "/proc/$guest/ns/pid" ]
    start
    kill -KILL "$guest"
    result=0
    wait "$vmm_pid" || result=$?
    [ "$result" -eq 137 ]
}

@test "a signal to the supervisor reaches the guest" {
    start
    kill -TERM "$vmm_pid"
    result=0
    wait "$vmm_pid" || result=$?
    [ "$result" -eq 143 ]
    [ -z "$(ls -A state)" ]
}

@test "a user with /dev/kvm has a jail without rights, too" {
    become_user
    start
    has_no_rights
    [ "$(id -u)" -ne 0 ] || [ "$(status_of Uid)" = $'12345\t12345\t12345\t12345' ]
}

@test "without a jail nothing of it is there, and a line says so" {
    start --jail=off
    [ "$guest" = "$vmm_pid" ]
    [ "$(status_of Seccomp)" = 0 ]
    [ "$(cat errors)" = "ringside-vmm: --jail=off: the VMM keeps all its rights" ]
    [ "$(readlink "/proc/$guest/ns/net")" = "$(readlink /proc/self/ns/net)" ]
}

@test "a created machine has its namespaces before it is started" {
    mkdir -p bundle/rootfs
    cp "$build/tests/programs/fault" bundle/rootfs/
    cat >bundle/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/fault", "sleep"], "cwd": "/"}}
END
    "${vmm[@]}" create --bundle bundle --pid-file pid jail <>output >output 3>&- &
    wait $!
    guest=$(cat pid)
    [ "$(status_of CapEff NoNewPrivs Seccomp)" = "0000000000000000
1
0" ]
    "${vmm[@]}" start jail
    read -r -t 20 line <output
    has_no_rights
    "${vmm[@]}" delete --force jail
}

# A bundle of the test program `restored`, and a snapshot of it.
take_snapshot() { # WAY
    mkdir -p restored/rootfs
    printf hellothere >restored/rootfs/data
    cp "$build/tests/programs/restored" restored/rootfs/
    cat >restored/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/restored", "$1"], "cwd": "/"}}
END
    "${vmm[@]}" snapshot --bundle restored --memory 64M snapshot
}

@test "restore has the options that run has" {
    take_snapshot chatty
    run -7 --separate-stderr "${vmm[@]}" restore --stats --phases=3 snapshot 3>phases
    [[ $stderr == *"ringside-vmm: vcpu 0 "*exits* ]]
    grep -q '^ringside phase entry [0-9]' phases
    expected=$output
    run -7 --separate-stderr "${vmm[@]}" restore --jail=off --stats snapshot
    [ "$output" = "$expected" ]
    [[ $stderr == "ringside-vmm: --jail=off: the VMM keeps all its rights"* ]]
    [[ $stderr == *"ringside-vmm: vcpu 0 "*exits* ]]
    run ! --separate-stderr "${vmm[@]}" restore --jail=maybe snapshot
    [[ $stderr == *'--jail: expected on or off, got "maybe"'* ]]
}

@test "a restored guest has a jail, and without one none" {
    take_snapshot copy
    mkfifo input
    "${vmm[@]}" restore snapshot <>input >output 3>&- &
    vmm_pid=$!
    read -r -t 20 line <output
    [ "$line" = "ringside ready" ]
    guest=$(cat "/proc/$vmm_pid/task/$vmm_pid/children")
    guest=${guest% }
    has_no_rights
    kill -KILL "$vmm_pid"
    wait "$vmm_pid" || true
    "${vmm[@]}" restore --jail=off snapshot <>input >output 2>errors 3>&- &
    vmm_pid=$!
    read -r -t 20 line <output
    guest=$vmm_pid
    [ "$(status_of Seccomp)" = 0 ]
    [ -z "$(cat "/proc/$vmm_pid/task/$vmm_pid/children")" ]
}

@test "a snapshot is taken in the jail, with the calls of saving besides" {
    [[ $build != *sanitize* ]] || skip "sanitizers make their own"
    command -v strace >/dev/null || skip "needs strace"
    take_snapshot files
    strace -f -o trace "${vmm[@]}" snapshot --bundle restored snapshot
    guest=$(sed -n 's/^\([0-9]*\) *seccomp(.*/\1/p' trace)
    # Saving is behind the guest's run and in front of the process's end.
    after=$(sed -n "/^$guest *seccomp(/,\$ s/^$guest *\([a-z_0-9]*\)(.*/\1/p" trace)
    for call in pread64 write fdatasync exit_group; do
        grep -qx "$call" <<<"$after"
    done
    ! grep -qx 'openat\|linkat\|rename' <<<"$after"
    grep -q 'linkat(' trace
}

@test "a snapshot without a jail is the same but for what is random" {
    take_snapshot chatty
    "${vmm[@]}" snapshot --jail=off --bundle restored --memory 64M other 2>errors
    [ "$(cat errors)" = "ringside-vmm: --jail=off: the VMM keeps all its rights" ]
    [ "$(stat -c %s other)" -eq "$(stat -c %s snapshot)" ]
    [ "$("${vmm[@]}" restore other 2>&1)" = "$("${vmm[@]}" restore snapshot 2>&1)" ]
}

@test "a snapshot that is interrupted, or has nowhere to be, leaves no file" {
    mkdir -p endless/rootfs
    cp "$build/tests/programs/fault" endless/rootfs/
    cat >endless/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/fault", "sleep"], "cwd": "/"}}
END
    "${vmm[@]}" snapshot --bundle endless snapshot 2>errors 3>&- &
    vmm_pid=$!
    # It is sealed once it watches for signals.
    for _ in $(seq 2000); do
        read -r guest _ <"/proc/$vmm_pid/task/$vmm_pid/children" || true
        [ "$(status_of Seccomp 2>/dev/null)" != 2 ] || break
        read -r -t 0.01 <> <(:) || true
    done
    kill -TERM "$vmm_pid"
    result=0
    wait "$vmm_pid" || result=$?
    [ "$result" -eq 1 ]
    [ "$(cat errors)" = "ringside-vmm: interrupted" ]
    run -1 --separate-stderr "${vmm[@]}" snapshot --bundle endless nowhere/snapshot
    [ "$stderr" = "ringside-vmm: nowhere/snapshot: cannot create: No such file or directory" ]
    [ -z "$(find . -name 'snapshot*')" ]
}

# The supervisor's packets: the first brings the jail's namespaces, the second
# answers the question for the root file system.
@test "a supervisor that cannot send says so and leaves no guest" {
    [[ $build != *sanitize* ]] || skip "LeakSanitizer does not work under ptrace"
    command -v strace >/dev/null || skip "needs strace"
    mkdir -p files/rootfs/tree
    cp "$build/tests/programs/file-names" files/rootfs/
    cat >files/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/file-names"], "cwd": "/"}}
END
    for packet in 1 2; do
        run -1 --separate-stderr timeout 20 strace -f -o trace -e trace=sendmsg \
            -e "inject=sendmsg:error=ENOBUFS:when=$packet" \
            "${vmm[@]}" run --bundle files files
        [ "$stderr" = "ringside-vmm: cannot talk to the process that runs the guest: No buffer space available" ]
        [ -z "$(ls -A state)" ]
        [ "$(grep -c 'killed by SIGKILL' trace)" -eq 1 ]
    done
}
