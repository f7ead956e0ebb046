#!/usr/bin/env bats
# A pool of unikernels that are ready before they are asked for.

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    vmm=$build/bin/ringside-vmm
    client=$build/bin/ringside-pool
    hostile=$BATS_TEST_DIRNAME/../programs/pool-client.py
    socket=$BATS_TEST_TMPDIR/pool
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

teardown() {
    [ ! -S "$socket" ] || "$vmm" pool stop "$socket"
    # A pool leaves no process behind: the daemon is on its way out when stop
    # returns, and a sanitizer has it look for leaks first.
    eventually nobody_left
}

nobody_left() {
    [ -z "$(workers)" ]
}

# Process ids of the daemon and its workers.
workers() {
    pgrep -f "pool serve .*$socket\$" || true
}

make_bundle() { # WAY
    bundle=$BATS_TEST_TMPDIR/bundle-$1
    mkdir -p "$bundle/rootfs"
    cp "$build/tests/programs/restored" "$bundle/rootfs/restored"
    cat >"$bundle/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"cwd": "/", "args": ["/restored", "$1"], "env": ["A=b"]}}
JSON
}

serve() { # WAY [FLAG...]
    make_bundle "$1"
    "$vmm" pool serve --detach --memory 64M --bundle "$bundle" "${@:2}" \
        "$socket"
}

# Waits until a command succeeds; at most 10 s.
eventually() {
    for _ in $(seq 200); do
        ! "$@" || return 0
        sleep 0.05
    done
    return 1
}

# N: the daemon and N workers, each with the process of its guest
has_workers() {
    [ "$(workers | wc -l)" -eq $((2 * $1 + 1)) ]
}

@test "output and exit status come back, each stream on its own" {
    serve chatty
    for ask in "$client" "$vmm pool run --bundle"; do
        status=0
        if [ "$ask" = "$client" ]; then
            "$client" "$socket" "$bundle" >"$BATS_TEST_TMPDIR/out" \
                2>"$BATS_TEST_TMPDIR/err" || status=$?
        else
            $ask "$bundle" "$socket" >"$BATS_TEST_TMPDIR/out" \
                2>"$BATS_TEST_TMPDIR/err" || status=$?
        fi
        [ "$status" -eq 7 ]
        [ "$(cat "$BATS_TEST_TMPDIR/err")" = second ]
        [ "$(grep -c . "$BATS_TEST_TMPDIR/out")" -eq 4 ]
        [ "$(tail -1 "$BATS_TEST_TMPDIR/out")" = last ]
    done
}

@test "the client's standard input is the guest's" {
    serve copy
    [ "$(printf 'one\ntwo\n' | "$client" "$socket" "$bundle")" = \
        $'ringside ready\none\ntwo' ]
}

@test "each request has a guest of its own, prepared before" {
    serve identity
    for i in 1 2 3 4 5 6; do
        "$client" "$socket" "$bundle" | tail -1
    done >"$BATS_TEST_TMPDIR/all"
    [ "$(sort -u "$BATS_TEST_TMPDIR/all" | wc -l)" -eq 6 ]
    eventually has_workers 4
    run "$client" --repeat 3 "$socket" "$bundle"
    [[ $output == *"3 requests, 0 cold"* ]]
}

@test "clocks are those of the request" {
    serve clocks
    sleep 0.2
    before=$(date +%s%N)
    out=$("$client" "$socket" "$bundle")
    after=$(date +%s%N)
    realtime=$(awk '/^realtime/ {print $2}' <<<"$out")
    passed=$(awk '/^passed/ {print $2}' <<<"$out")
    ((realtime > before - 1000000 && realtime < after + 1000000))
    ((passed >= 0 && passed < after - before + 1000000000))
}

@test "another bundle is run too, made for the request" {
    serve ready
    make_bundle late
    run "$client" "$socket" "$bundle"
    [ "$status" -eq 3 ]
    [ "$output" = never ]
    run "$client" "$socket" "$BATS_TEST_TMPDIR"
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *"config.json"* ]]
}

@test "without a bundle any is made for the request" {
    make_bundle chatty
    "$vmm" pool serve --detach --size 2 "$socket"
    run "$client" "$socket" "$bundle"
    [ "$status" -eq 7 ]
}

@test "a bundle that has changed is not served as it was" {
    serve ready
    sed -i 's/ready/late/' "$bundle/config.json"
    run "$client" "$socket" "$bundle"
    [ "$status" -eq 3 ]
    [ "$output" = never ]
}

@test "a pool of a program that is never ready is refused" {
    make_bundle late
    run "$vmm" pool serve --detach --bundle "$bundle" "$socket"
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *"never wrote the line"* ]]
    [ ! -e "$socket" ]
}

@test "a client that dies takes its guest along" {
    serve sleep
    "$client" "$socket" "$bundle" >/dev/null &
    eventually has_workers 4
    kill -KILL $!
    wait $! || true
    eventually has_workers 4
    run "$client" "$socket" "$bundle"
    [ "$status" -eq 9 ]
}

@test "clients that do not keep to the protocol cost no guest" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    serve ready --size 1
    before=$(workers)
    for way in empty short wrong-magic no-end no-streams two-streams \
        nine-streams long silent; do
        run timeout 15 "$hostile" "$socket" "$way"
        [ "$output" = closed ]
    done
    [ "$before" = "$(workers)" ]
    run "$hostile" "$socket" no-bundle
    [[ $output == "failed "*"/nowhere"* ]]
    run "$client" "$socket" "$bundle"
    [ "$status" -eq 0 ]
}

@test "there is one pool at a socket" {
    serve ready
    run "$vmm" pool serve --bundle "$bundle" "$socket"
    [ "$status" -eq 1 ]
    [[ $output == *"a pool serves there already"* ]]
    run "$client" "$socket" "$bundle"
    [ "$status" -eq 0 ]
}

@test "the socket is for nobody else" {
    serve ready
    [ "$(stat -c %a "$socket")" = 600 ]
    [ "$(id -u)" -eq 0 ] || skip "only root can become another user"
    run setpriv --reuid 65534 --clear-groups "$client" "$socket" "$bundle"
    [ "$status" -eq 1 ]
    chmod 755 "$BATS_TEST_TMPDIR"
    chmod 666 "$socket"
    run setpriv --reuid 65534 --clear-groups "$client" "$socket" "$bundle"
    [ "$status" -eq 1 ]
    [[ $output == *"for another user"* || $output == *"Permission denied"* ]]
}

@test "a pool that is ended lets guests end in their own time" {
    serve sleep
    "$client" "$socket" "$bundle" >"$BATS_TEST_TMPDIR/out" &
    eventually grep -q ready "$BATS_TEST_TMPDIR/out"
    "$vmm" pool stop "$socket"
    status=0
    wait $! || status=$?
    [ "$status" -eq 9 ]
    [ ! -e "$socket" ]
    run "$client" "$socket" "$bundle"
    [ "$status" -eq 1 ]
    [[ $output == *"no pool answers there"* ]]
}

@test "a daemon that is killed loses no guest that runs, and can be started again" {
    serve sleep
    "$client" "$socket" "$bundle" >"$BATS_TEST_TMPDIR/out" &
    eventually grep -q ready "$BATS_TEST_TMPDIR/out"
    # The oldest is the daemon, which called setsid.
    kill -KILL "$(pgrep -o -f "pool serve .*$socket\$")"
    "$vmm" pool serve --detach --memory 64M --bundle "$bundle" "$socket"
    run "$client" "$socket" "$bundle"
    [ "$status" -eq 9 ]
    status=0
    wait $! || status=$?
    [ "$status" -eq 9 ]
}

@test "many clients at once get what is theirs" {
    local clients=300
    ! grep -q 'QEMU TCG' /proc/cpuinfo || clients=60 # each takes its time there
    serve copy
    for i in $(seq $clients); do
        echo "client $i" | "$client" "$socket" "$bundle" |
            tail -1 >"$BATS_TEST_TMPDIR/reply-$i" &
        ((i % 30)) || wait
    done
    wait
    for i in $(seq $clients); do
        [ "$(cat "$BATS_TEST_TMPDIR/reply-$i")" = "client $i" ]
    done
    eventually has_workers 4
}

@test "a pool whose socket is removed ends" {
    serve ready
    rm "$socket"
    gone() { [ -z "$(workers)" ]; }
    eventually gone
}

@test "a file in the socket's place is left alone" {
    make_bundle ready
    echo precious >"$socket"
    run "$vmm" pool serve --bundle "$bundle" "$socket"
    [ "$status" -eq 1 ]
    [[ $output == *"is no socket"* ]]
    [ "$(cat "$socket")" = precious ]
    run "$client" "$socket" "$bundle"
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
}
