#!/usr/bin/env bats
# ringside run --config: what the bundles that are measured are to have.

setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    ringside=$build/bin/ringside
    unset RINGSIDE_DATA
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/sessions
    cd "$BATS_TEST_TMPDIR"
    cat >tell.c <<'END'
#include <stdio.h>
int main(void)
{
    char line[256];
    FILE *status = fopen("/proc/self/status", "r"), *out = fopen("/told", "w");

    while (out != NULL && fgets(line, sizeof(line), status) != NULL)
        fputs(line, out);
    return out == NULL;
}
END
    musl-gcc -static -o tell tell.c
}

# Runs the program in every platform that is named; what it told the last time
# it was run is in the root of the bundles, which goes with the session.
measure() { # PLATFORMS [OPTION...]
    local platforms=$1
    shift
    "$ringside" run -p "$platforms" -n 1 -q -o results "$@" -- ./tell
}

@test "docker: containers have its capabilities, its filter and a root to write to" {
    [ "$(id -u)" -eq 0 ] || skip "needs root for what Docker gives a container"
    run -0 measure container --config docker
    grep -q '"config": *"docker"' results/results.jsonl
    # Without it, the root cannot be written to, and the program says so.
    rm -r results
    run measure container
    [[ $output == *"exit status 1"* ]]
}

@test "other members of config.json are taken from a file" {
    echo '{"root": {"readonly": false}}' >changes.json
    run -0 measure container --config ./changes.json
    echo '{"process": {"cwd": "/nowhere"}}' >changes.json
    rm -r results
    run measure container --config ./changes.json
    [[ $output == *"process.cwd: cannot enter /nowhere"* ]]
}

@test "what is no such file is an error in a line" {
    run -1 measure native --config absent
    [[ ${lines[-1]} == "ringside: --config absent: "*"/absent.json: "* ]]
    echo '[1]' >changes.json
    run -1 measure native --config ./changes.json
    [[ ${lines[-1]} == "ringside: --config ./changes.json: expected a JSON object" ]]
    [ ! -e results/results.jsonl ]
}
