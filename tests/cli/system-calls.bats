#!/usr/bin/env bats
# docs/system-calls.md: what the library OS's table holds, neither more nor
# less.

@test "the list of system calls is that of the table" {
    cd "$BATS_TEST_DIRNAME/../.."
    [ -e tools/system-calls ] || skip "the source tree is not here"
    command -v "${CC:-cc}" >/dev/null || skip "no C compiler"
    run diff <(tools/system-calls) docs/system-calls.md
    echo "$output"
    echo "make it current: tools/system-calls >docs/system-calls.md"
    [ "$status" -eq 0 ]
}
