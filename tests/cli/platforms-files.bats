#!/usr/bin/env bats
# Platform files: what their commands are told, and when a platform takes part.

setup() {
    bats_require_minimum_version 1.5.0
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    build=${RINGSIDE_BUILD:-$root/build}
    ringside=$build/bin/ringside
    unset RINGSIDE_DATA
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/sessions
    cd "$BATS_TEST_TMPDIR"
    mkdir platforms
}

# platform NAME MEMBERS: a platform file.
platform() {
    printf '{"name": "%s", "title": "T", "class": "container", "order": 1, %s}' \
        "$1" "$2" >"platforms/$1.json"
}

# measure ARGUMENT...: a session of one block with those files.
measure() {
    "$ringside" run -q --platform-dir platforms -w noop -n 1 -o out "$@"
}

@test "a script beside the file is found as {here}, wherever one starts from" {
    echo 'exec "$@"' >platforms/wrap.sh
    platform scripted '"run": ["sh", "{here}/wrap.sh", "{program}", "{args}"]'
    run -0 measure -p scripted
    grep -q '"platform":"scripted".*"status":0' out/results.jsonl
}

@test "commands are told the cgroup, the memory and the TSC's frequency" {
    platform told '"prepare": ["sh", "-c",
        "echo $1 $2 $3 >told; mv told $4", "-",
        "{cgroup}", "{memory}", "{tsc_khz}", "'"$PWD"'/told"],
        "run": ["{program}", "{args}"]'
    run -0 measure -p told --memory 64M
    read -r cgroup memory khz <told
    [[ $cgroup == ringside-bench-*/run/container ]]
    [ "$memory" = $((64 << 20)) ]
    # What the kernel shows is the processor's frequency now: same order.
    [ "$khz" -gt 100000 ] && [ "$khz" -lt 10000000 ]
}

@test "a command before any session is not told what there is not yet" {
    platform early '"run": ["true"], "needs": [{"probe": ["test", "{bundle}"]}]'
    run -1 "$ringside" platforms --platform-dir platforms
    [[ $output == *'needs[0].probe: "{bundle}": expected {bin}, {here} in an argument' ]]
}

@test "a slow platform is left out with that reason unless it is named" {
    platform slow '"slow": true, "run": ["{program}", "{args}"]'
    platform quick '"run": ["{program}", "{args}"]'
    RINGSIDE_DATA=$PWD/data
    export RINGSIDE_DATA
    mkdir -p data/guests
    mv platforms data/
    mkdir platforms
    ln -s "$build/guests/workload" data/guests/workload
    run -0 measure
    [[ $output == *"left out: slow: slow: a run takes seconds; name it with --platforms, or use --profile peers"* ]]
    rm -r out
    run -0 measure -p slow,quick
    [[ $output != *"left out"* ]]
    rm -r out
    run -0 measure --profile peers
    [[ $output != *"left out"* ]]
    run -0 "$ringside" platforms
    [[ $output == *"(slow: only when named, or in --profile peers)"* ]]
}

@test "what nobody has run yet says so in the table" {
    platform new '"untested": true, "run": ["true"]'
    platform absent '"untested": true, "run": ["no-such-program"]'
    run -0 "$ringside" platforms --platform-dir platforms
    [ "$(grep -c '^\(new\|absent\) .*(untested)$' <<<"$output")" = 2 ]
}

@test "what a platform cannot run is not tried and stands in every table" {
    platform unable '"prepare": ["sh", "-c", "echo \"$1\" >>$2", "-", "{args}",
        "'"$PWD"'/prepared"], "run": ["{program}", "{args}"],
        "cannot": [{"workloads": ["cpu-int"], "reason": "it has no integers"}]'
    run -0 "$ringside" platforms --platform-dir platforms
    grep -A1 '^unable ' <<<"$output" | grep -q ' cannot run cpu-int: it has no integers$'
    run -0 --separate-stderr "$ringside" run --platform-dir platforms -n 1 \
        -o out -p native,unable -w noop,cpu-int --json
    [[ $stderr == *'unable: cannot run cpu-int: it has no integers'* ]]
    [[ $output == *'"why": "cannot: it has no integers"'* ]]
    grep -q 'noop' prepared
    run ! grep -q 'cpu-int' prepared
    [ "$(grep -c '"platform":"unable","workload":"cpu-int","reason":"cannot: it has no integers"' out/results.jsonl)" = 1 ]
    run ! grep -q '"type":"run".*"platform":"unable","workload":"cpu-int"' out/results.jsonl
    run -0 "$ringside" report out
    grep -q 'cannot: it has no integers' out/report.html
}

@test "a platform that can run none of the workloads is left out" {
    platform unable '"run": ["{program}", "{args}"],
        "cannot": [{"workloads": ["noop", "pause"], "reason": "it never ends"}]'
    run -0 measure -p native,unable
    [[ $output == *"left out: unable: cannot: it never ends"* ]]
    rm -r out
    # Of a program of the user's own the file knows nothing.
    cp "$build/guests/workload" noop
    run -0 "$ringside" run -q --platform-dir platforms -n 1 -o out -p unable -- ./noop noop
    [[ $output != *"left out"* ]]
}

@test "a workload under cannot that there is none of is an error" {
    platform unable '"run": ["{program}", "{args}"],
        "cannot": [{"workloads": ["nop"], "reason": "it is too short"}]'
    run -1 "$ringside" platforms --platform-dir platforms
    [[ $output == *'platforms/unable.json: cannot[0].workloads: nop: no such workload; see ringside workloads' ]]
    run -1 measure -p native
    [[ $output == *'nop: no such workload'* ]]
}

@test "facts of a platform are in the record" {
    platform factual '"run": ["{program}", "{args}"], "kernel": "K",
        "network": "N", "seccomp": "S", "limits": "L", "files": "F"'
    run -0 measure -p factual
    head -n 1 out/results.jsonl | grep -q \
        '"kernel":"K","network":"N","seccomp":"S","limits":"L","files":"F"'
}

@test "what prepare leaves running ends with the session" {
    [ "$(id -u)" = 0 ] || skip "without root there is no cgroup to keep it in"
    platform keeping '"prepare": ["sh", "-c",
        "setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $! >'"$PWD"'/pid"],
        "run": ["{program}", "{args}"]'
    run -0 measure -p keeping
    run ! kill -0 "$(cat pid)"
}

@test "what prepare leaves running ends too when ringside was killed" {
    [ "$(id -u)" = 0 ] || skip "without root there is no cgroup to keep it in"
    platform keeping '"prepare": ["sh", "-c",
        "setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $! >'"$PWD"'/pid"],
        "run": ["sh", "-c", "echo > '"$PWD"'/runs; exec sleep 1000"]'
    "$ringside" run -q --platform-dir platforms -w noop -n 1 -o out \
        -p keeping >/dev/null 2>&1 3>&- &
    session=$!
    for ((i = 0; i < 200; i++)); do
        [ ! -e runs ] || break
        sleep 0.05
    done
    kill -KILL $session
    wait $session || true
    kept=$(cat pid)
    kill -0 "$kept"
    run -0 "$ringside" clean
    # Its new parent may take a moment to reap it.
    run ! grep -q '^State:.[^Z]' "/proc/$kept/status"
    [ -z "$(find sessions -mindepth 1 -maxdepth 1 -type d)" ]
}
