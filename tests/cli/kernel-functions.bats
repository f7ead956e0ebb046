#!/usr/bin/env bats
# The functions of the host's kernel that a command reaches, by the kernel's own
# tracer, held against programs that make a known number of calls.

setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    ringside=$build/bin/ringside
    spend=$build/tests/programs/spend
    tracing=/sys/kernel/tracing
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/sessions
    cd "$BATS_TEST_TMPDIR"
}

need_tracer() {
    [ "$(id -u)" = 0 ] || skip "needs root"
    grep -qw function $tracing/available_tracers 2>/dev/null ||
        skip "tracefs is not mounted, or the kernel has no function tracer"
}

no_instances() {
    for instance in $tracing/instances/ringside-*; do
        [ ! -e "$instance" ] || return 1
    done
}

@test "where functions cannot be traced the command and the cell say why" {
    [ ! -r $tracing/available_tracers ] || skip "tracefs is mounted"
    run -1 "$ringside" trace --functions true
    [[ $output == "ringside: "*"tracefs is not mounted"* ||
        $output == "ringside: "*"root alone"* ]]
    "$ringside" surface -q -p native -w noop out >table
    grep -q '"kernel_functions":null' out/surface.jsonl
    grep -qE '"kernel_functions_why":"[^"]*(tracefs|root)' out/surface.jsonl
    grep -qE '^kernel functions: .*(tracefs|root)' table
}

@test "a function that is called a thousand times is counted a thousand times" {
    need_tracer
    run -0 --separate-stderr "$ringside" trace --ready --functions \
        "$spend" calls 1000 500
    [ "$output" = "ringside ready" ]
    # 1000 until the ready line, 500 each of itself, a thread and a child then;
    # some of these are early until the line has reached the tracer.
    awk '/^functions from/ { work = 1 }
         $2 ~ /sys_getppid$/ { all += $1; if (!work) start = $1 }
         END { exit !(all == 2500 && start >= 1000 && start < 2500) }' \
        <<<"$stderr"
    [[ $stderr != *"no room"* && $stderr != *"not be read"* ]]
    no_instances
}

@test "what a tracer that was killed leaves goes with the next command" {
    need_tracer
    "$ringside" trace --functions -o report.json sleep 60 &
    until grep -qx function $tracing/instances/ringside-$!/current_tracer 2>/dev/null
    do :; done
    kill -KILL $!
    wait $! || true
    "$ringside" clean
    no_instances
}

@test "surface: functions of each platform, more where more is done" {
    need_tracer
    "$ringside" surface -q -p native,container -w noop out >table
    functions() { # PLATFORM MEMBER
        sed -n "s/.*\"platform\":\"$1\".*\"$2\":\([0-9]*\),.*/\1/p" out/surface.jsonl
    }
    [ "$(functions native start_kernel_functions)" -gt 50 ]
    [ "$(functions container start_kernel_functions)" -gt \
        "$(functions native start_kernel_functions)" ]
    [ "$(functions native kernel_functions)" -gt 0 ]
    grep -qF '"kernel_functions_why":null' out/surface.jsonl
    no_instances
}
