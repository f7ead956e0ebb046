#!/usr/bin/env bats
# The library OS as a process sees it: each program is run natively and as a
# unikernel, and must print the same and end the same way.

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
    [ "$(id -u)" -eq 0 ] || skip "the program gives up root's privileges"
}

guest() {
    "$vmm" --root "$state" exec-static "$@"
}

# make_bundle PROGRAM: a bundle of it, as the user of the test.
make_bundle() {
    bundle=$BATS_TEST_TMPDIR/bundle
    mkdir -p "$bundle/rootfs/bin"
    cp "$programs/$1" "$bundle/rootfs/bin/$1"
    cat >"$bundle/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "rootfs"}, "hostname": "inside",
 "process": {"cwd": "/", "args": ["/bin/$1"], "env": ["NAME=value"],
             "user": {"uid": $(id -u), "gid": $(id -g)}}}
JSON
}

# same_as_natively PROGRAM: natively it leads its session, as in a guest, and
# has no more descriptors than there; nor a nice value of the tests' own.
same_as_natively() {
    local native=0 unikernel=0 back=$((-$(nice)))
    make_bundle "$1"
    (
        for descriptor in /proc/$BASHPID/fd/*; do
            [ "${descriptor##*/}" -le 2 ] || eval "exec ${descriptor##*/}>&-"
        done
        exec nice -n "$back" env -i NAME=value setsid -w "$bundle/rootfs/bin/$1"
    ) >"$BATS_TEST_TMPDIR/native" </dev/null || native=$?
    "$vmm" --root "$state" run --bundle "$bundle" same-guest \
        >"$BATS_TEST_TMPDIR/guest" </dev/null || unikernel=$?
    [ -s "$BATS_TEST_TMPDIR/native" ]
    diff "$BATS_TEST_TMPDIR/native" "$BATS_TEST_TMPDIR/guest"
    [ "$native" -eq "$unikernel" ]
}

@test "ids, groups and capabilities change as under Linux" {
    need_kvm
    need_root
    same_as_natively identity
}

@test "pipes and event counters transfer, block and break as under Linux" {
    need_kvm
    same_as_natively pipes
}

@test "threads wait for each other's bytes" {
    need_kvm
    same_as_natively pipe-threads
}

@test "pairs of sockets and files without names" {
    need_kvm
    same_as_natively sockets
}

@test "what a guest of one process is without is told by Linux's errors" {
    need_kvm
    make_bundle sockets
    sed -i 's|"/bin/sockets"|"/bin/sockets", "absent"|' "$bundle/config.json"
    run "$vmm" --root "$state" run --bundle "$bundle" absent-guest
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 10 ]
    for line in "${lines[@]}"; do
        case $line in
        socket*) [[ $line == *": Address family not supported by protocol" ]] ;;
        *fork*|*vfork*|*/bin/sockets*) [[ $line == *": Function not implemented" ]] ;;
        *no/such*) [[ $line == *": No such file or directory" ]] ;;
        *BAD*) [[ $line == *": Bad address" ]] ;;
        *) [[ $line == *": Permission denied" ]] ;;
        esac
    done
}

@test "poll, select and epoll report what Linux reports" {
    need_kvm
    same_as_natively polling
}

@test "input is waited for by poll and by epoll" {
    need_kvm
    for way in poll epoll; do
        mkfifo "$BATS_TEST_TMPDIR/$way"
        guest "$programs/polling" "$way" <"$BATS_TEST_TMPDIR/$way" \
            >"$BATS_TEST_TMPDIR/out" &
        exec 9>"$BATS_TEST_TMPDIR/$way"
        echo one >&9
        until grep -q one "$BATS_TEST_TMPDIR/out"; do :; done
        echo two >&9
        exec 9>&-
        wait $!
        [ "$(cat "$BATS_TEST_TMPDIR/out")" = $'one\ntwo' ]
    done
}

@test "bytes that nobody waits for end no wait, and no processor spins on them" {
    need_kvm
    mkfifo "$BATS_TEST_TMPDIR/bytes"
    exec 9<>"$BATS_TEST_TMPDIR/bytes"
    echo unread >&9
    bash -c 'time -p "$@"' time timeout 60 "$vmm" exec-static "$programs/polling" \
        ignore <"$BATS_TEST_TMPDIR/bytes" >"$BATS_TEST_TMPDIR/out" \
        2>"$BATS_TEST_TMPDIR/times"
    exec 9>&-
    [ "$(grep -c ' = 0$' "$BATS_TEST_TMPDIR/out")" -eq 3 ]
    # Three waits of 0.3 s; emulated processors take a while to start, too.
    awk '/^(user|sys)/ { cpu += $2 } /^real/ { real = $2 }
         END { exit !(real >= 0.9 && cpu < real - 0.6) }' "$BATS_TEST_TMPDIR/times"
}

@test "the bundle's user, groups and capabilities are those of a container" {
    need_kvm
    need_root
    [ -x /bin/busybox ] || skip "busybox is not installed"
    bundle=$BATS_TEST_TMPDIR/bundle
    mkdir -p "$bundle/rootfs/bin" "$bundle/rootfs/proc"
    cp /bin/busybox "$bundle/rootfs/bin/"
    some='"CAP_KILL", "CAP_CHOWN"' one='"CAP_KILL"'
    for user in 0 1000; do
        for privileges in true false; do
            for sets in "" \
                "\"bounding\": [$some], \"permitted\": [$one], \"inheritable\": [$some]" \
                "\"bounding\": [$some], \"permitted\": [$some], \"effective\": [$one],
                 \"inheritable\": [$one], \"ambient\": [$one]"; do
                cat >"$bundle/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"cwd": "/", "env": ["PATH=/bin"], "noNewPrivileges": $privileges,
  "args": ["/bin/busybox", "grep", "-E", "^(Cap|NoNew|Uid|Gid|Groups|Umask)",
           "/proc/self/status"], "capabilities": {$sets},
  "user": {"uid": $user, "gid": 7, "umask": 63, "additionalGids": [9, 3]}},
 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
 "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}]}}
JSON
                for runtime in container vmm; do
                    "$build/bin/ringside-$runtime" --root "$state" run \
                        --bundle "$bundle" "capable-$$" \
                        >"$BATS_TEST_TMPDIR/$runtime"
                done
                diff "$BATS_TEST_TMPDIR/container" "$BATS_TEST_TMPDIR/vmm"
                grep -q "^CapEff" "$BATS_TEST_TMPDIR/vmm"
            done
        done
    done
}

@test "limits, names, advice, children: the calls and their errors are Linux's" {
    need_kvm
    need_root
    same_as_natively process
}

@test "/proc and /dev say what C libraries and tools parse" {
    need_kvm
    need_root
    same_as_natively proc-files
}

@test "a terminal is one to the program, and is left as it was found" {
    need_kvm
    command -v python3 >/dev/null || skip "python3 is not installed"
    in_terminal() { timeout 20 python3 "$BATS_TEST_DIRNAME/../programs/in-terminal.py" "$@"; }
    in_terminal "$programs/terminal" | sed '$d' >"$BATS_TEST_TMPDIR/native"
    in_terminal "$vmm" --root "$state" exec-static "$programs/terminal" \
        >"$BATS_TEST_TMPDIR/guest"
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/guest")" = "as before" ]
    sed '$d' "$BATS_TEST_TMPDIR/guest" | diff "$BATS_TEST_TMPDIR/native" -
    grep -q "^key x" "$BATS_TEST_TMPDIR/native"
}

@test "calls with random arguments leave the library OS in order" {
    need_kvm
    for seed in 1 2 3 4; do
        run guest --memory 64M "$programs/random-calls" "$seed" 2000
        [ "$status" -eq 0 ]
        [ "${lines[-1]}" = "2000 calls" ]
    done
}

@test "full memory is an error for every call that needs some" {
    need_kvm
    run guest --memory 32M "$programs/full-memory"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 8 ]
    [[ ${lines[0]} == "pipe: Too many open files in system" ]]
    for line in "${lines[@]:1}"; do
        [[ $line == *": Cannot allocate memory" || $line == *": Out of memory" ]]
    done
}
