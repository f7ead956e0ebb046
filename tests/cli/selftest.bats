#!/usr/bin/env bats
# The harness checks its own statistics, for anyone to see.

bats_require_minimum_version 1.5.0

setup() {
    ringside=$RINGSIDE_BUILD/bin/ringside
}

@test "selftest stats shows rates within their bounds" {
    run --separate-stderr "$ringside" selftest stats
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [[ $output == *"A/A called different"* ]]
    [[ $output == *"all within their bounds" ]]
    [[ $output != *"OUT OF BOUNDS"* ]]
}

@test "selftest says what it can test" {
    run "$ringside" selftest
    [ "$status" -eq 2 ]
    [[ $output == *"what to test is expected: stats"* ]]
    run "$ringside" selftest luck
    [ "$status" -eq 2 ]
    [[ $output == *'expected stats, got "luck"'* ]]
}
