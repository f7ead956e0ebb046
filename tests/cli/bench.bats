#!/usr/bin/env bats
# ringside: what its verbs say, what a session writes, and what it leaves.

setup() {
    bats_require_minimum_version 1.5.0
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    build=${RINGSIDE_BUILD:-$root/build}
    ringside=$build/bin/ringside
    unset RINGSIDE_DATA
    # Sessions of these tests and those of others do not meet.
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/sessions
    ids=
    cd "$BATS_TEST_TMPDIR"
}

as_root() {
    [ "$(id -u)" = 0 ] || skip "needs root"
}

# As a user who may do nothing special; the build must be readable for all.
as_nobody() {
    as_root
    chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
    mkdir -p -m 777 out
    export RINGSIDE_RUNTIME_DIR=$PWD/out/sessions
    "${nobody[@]}" true ||
        skip "cannot become another user"
    "${nobody[@]}" test -x "$ringside" ||
        skip "the build directory is closed to other users"
}

nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

# The sessions that exist now. A session's directory goes last, so without it
# there is no cgroup either; long_session notes ids to look for those as well.
sessions() {
    find "$RINGSIDE_RUNTIME_DIR" -mindepth 1 -maxdepth 1 -type d 2>/dev/null ||
        true
    for id in $ids; do
        find /sys/fs/cgroup -maxdepth 2 -name "ringside-bench-$id"
    done
}

# Records of type run in a file, by a condition of jq's kind in Python.
runs() {
    python3 - "$1" "$2" <<'PY'
import json, sys
runs = [json.loads(line) for line in open(sys.argv[1])]
print(sum(1 for run in runs if run["type"] == "run" and eval(sys.argv[2])))
PY
}

# A static program of our own with the given body of main.
static_program() {
    printf '#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n
        int main(int argc, char **argv) { (void)argc; (void)argv; %s }' "$2" \
        > "$1.c"
    musl-gcc -static -O1 -o "$1" "$1.c"
}

# A directory with one platform file: NAME and its JSON members.
platform() {
    mkdir -p platforms
    printf '{"name": "%s", "title": "T", "class": "native", "order": 1, %s}' \
        "$1" "$2" > "platforms/$1.json"
}

# --- the command line ---

@test "--version and --help go to stdout and succeed" {
    run -0 --separate-stderr "$ringside" --version
    [[ $output == "ringside "[0-9]* ]]
    run -0 --separate-stderr "$ringside" --help
    for verb in bench run report platforms workloads clean; do
        [[ $output == *"  $verb "* ]]
        "$ringside" $verb --help > /dev/null
    done
}

@test "a command line that is not understood is status 2" {
    run -2 "$ringside"
    run -2 "$ringside" nonsense
    [[ $output == *"nonsense: no such verb"* ]]
    run -2 "$ringside" run --nonsense
    run -2 "$ringside" run -n 0
    run -2 "$ringside" run -n 1x
    run -2 "$ringside" run --memory 1Q
    run -2 "$ringside" run --memory 1K
    run -2 "$ringside" bench --profile huge
    run -2 "$ringside" bench extra
    run -2 "$ringside" report
    run -2 "$ringside" run -w noop -- ./program
}

@test "unknown names are one line and status 1" {
    run -1 "$ringside" run -p nothing -o r
    [ "$output" = "ringside: nothing: no such platform; see ringside platforms" ]
    run -1 "$ringside" run -w nothing -o r
    [ "$output" = "ringside: nothing: no such workload; see ringside workloads" ]
    run -1 "$ringside" report nowhere
    [ "${#lines[@]}" -eq 1 ]
}

@test "platforms lists what runs, and for the rest the reason and remedy" {
    platform absent '"run": ["absent-program"],
        "needs": [{"program": "absent-program", "remedy": "get it"}]'
    platform slow '"run": ["true"],
        "needs": [{"probe": ["sleep", "100"], "seconds": 1}]'
    platform probed '"run": ["true"], "needs": [{"probe":
        ["sh", "-c", "echo no luck >&2; exit 1"], "remedy": "try again"}]'
    run -0 "$ringside" platforms --platform-dir platforms
    [[ $output == *"native "*"yes"* ]]
    [[ $output == *"absent "*"no   absent-program is not installed; get it"* ]]
    [[ $output == *"slow "*"no   sleep: took longer than 1 s"* ]]
    [[ $output == *"probed "*"no   no luck; try again"* ]]
}

@test "a bad platform file is named with its key" {
    platform bad '"run": ["x", "{bundel}"]'
    run -1 "$ringside" platforms --platform-dir platforms
    [[ $output == "ringside: platforms/bad.json: run: "* ]]
    [ "${#lines[@]}" -eq 1 ]
}

@test "workloads are those that the programs list" {
    run -0 "$ringside" workloads
    for name in $("$build/guests/workload" list | cut -f1) \
        $("$build/guests/workload-large" list | cut -f1); do
        [[ $output == *"$name "* ]]
    done
}

@test "without its data it says what to do" {
    RINGSIDE_DATA=$PWD/nowhere run -1 "$ringside" platforms
    [[ $output == "ringside: no platform files found; "* ]]
}

# --- a session ---

@test "a session records every pair in every block, and finishes" {
    run -0 "$ringside" run -q -p native,native-again -w noop,cpu-int -n 3 \
        --seed 7 -o r
    [ "$(runs r/results.jsonl 'True')" -eq 12 ]
    [ "$(runs r/results.jsonl 'run["failure"] is None')" -eq 12 ]
    [ "$(runs r/results.jsonl \
        '0 < run["ready_ns"] <= run["last_byte_ns"] <= run["exit_ns"]')" \
        -eq 12 ]
    [ "$(runs r/results.jsonl 'run["cpu_system_ns"] is not None')" -eq 12 ]
    [[ $(tail -1 r/results.jsonl) == *'"end"'*12* ]]
    [ -s r/summary.json ]
    [[ $output == *native-again* ]]
}

@test "the seed decides the order, and is in the record" {
    for i in 1 2; do
        "$ringside" run -q -p native,native-again -w noop,cpu-int -n 2 \
            --seed 7 -o r$i
        grep '"type":"run"' r$i/results.jsonl |
            grep -o '"platform":"[^"]*","workload":"[^"]*"' > order$i
    done
    cmp order1 order2
    [[ $(head -1 r1/results.jsonl) == *'"seed":7'* ]]
}

@test "results are never overwritten" {
    "$ringside" run -q -p native -w noop -n 1 -o r
    cp r/results.jsonl before
    run -1 "$ringside" run -q -p native -w noop -n 1 -o r
    [[ $output == "ringside: r/results.jsonl is there already" ]]
    cmp before r/results.jsonl
}

@test "what cannot run is left out with its reason, in the record too" {
    platform absent '"run": ["absent-program"],
        "needs": [{"program": "absent-program", "remedy": "get it"}]'
    run -0 "$ringside" run -q --platform-dir platforms -p native,absent \
        -w noop -n 1 -o r
    [[ $output == *"left out: absent: absent-program is not installed; get it"* ]]
    [[ $(head -1 r/results.jsonl) == *'"reason":"absent-program is not installed"'* ]]
}

@test "when nothing can run it says so" {
    platform absent '"run": ["absent-program"],
        "needs": [{"program": "absent-program"}]'
    run -1 "$ringside" run -q --platform-dir platforms -p absent -n 1 -o r
    [[ $output == *"none of the platforms asked for can run here"* ]]
    [ -z "$(sessions)" ]
}

@test "an idle instance's memory is read while it idles" {
    run -0 "$ringside" run -q -p native -w pause -n 2 -o r
    [ "$(runs r/results.jsonl \
        'run["memory"]["pss"] > 0 and run["failure"] is None')" -eq 2 ]
}

@test "every platform that can run does, and computes the same" {
    run -0 "$ringside" run -q -w noop,cpu-int,pause -n 1 -o r
    [ "$(runs r/results.jsonl 'run["failure"]')" -eq 0 ] ||
        { grep -o '"failure":"[^"]*"' r/results.jsonl; false; }
    [ "$(grep -o '"digest":"[^"]*"' r/results.jsonl | sort -u | wc -l)" -eq 1 ]
    [ -z "$(sessions)" ]
}

# --- programs and platforms that misbehave ---

@test "a failing run is a failure line with its last words" {
    static_program fail 'fprintf(stderr, "first\nlast words\n"); return 3;'
    run -0 "$ringside" run -q -p native -n 1 -o r -- ./fail
    [ "$(runs r/results.jsonl \
        'run["failure"] == "exit status 3: last words"')" -eq 1 ]
}

@test "a run that takes too long is killed with all that it started" {
    static_program hang 'if (fork() == 0) setsid(); for (;;) pause();'
    run -0 "$ringside" run -q -p native -n 1 --timeout 1 -o r -- ./hang
    [ "$(runs r/results.jsonl 'run["failure"] == "timed out"')" -eq 1 ]
    [ -z "$(sessions)" ]
    run -1 pgrep -x hang
}

@test "a process left behind is ended" {
    static_program leave 'if (fork() == 0) { setsid(); for (;;) pause(); }'
    run -0 "$ringside" run -q -p native -n 1 -o r -- ./leave
    [ "$(runs r/results.jsonl 'run["failure"] is None')" -eq 1 ]
    run -1 pgrep -x leave
}

@test "a flood of output is drained" {
    static_program flood 'static char b[65536];
        for (int i = 0; i < 3200; i++) fwrite(b, 1, sizeof b, stdout);'
    run -0 "$ringside" run -q -p native -n 1 -o r -- ./flood
    [ "$(runs r/results.jsonl 'run["failure"] is None')" -eq 1 ]
    [ "$(stat -c %s r/results.jsonl)" -lt 100000 ]
}

@test "a workload without a ready line, or with a bad record, fails" {
    platform silent '"run": ["true"]'
    platform liar '"run": ["sh", "-c", "echo ringside ready; echo ringside metric x"]'
    run -0 "$ringside" run -q --platform-dir platforms -p silent,liar -w noop \
        -n 1 -o r
    [ "$(runs r/results.jsonl 'run["failure"] == "no ready line"')" -eq 1 ]
    [ "$(runs r/results.jsonl 'run["failure"].startswith("malformed")')" -eq 1 ]
}

# --- bring your own ---

@test "a program of the user's own runs everywhere, with its arguments" {
    static_program own 'return argc == 3 && argv[2][0] == 32 ? 0 : 9;'
    run -0 "$ringside" run -q -n 1 -o r -- ./own --x ' y'
    [ "$(runs r/results.jsonl 'run["failure"]')" -eq 0 ] ||
        { grep -o '"failure":"[^"]*"' r/results.jsonl; false; }
    [[ $(head -1 r/results.jsonl) == *'"group":"own"'* ]]
}

@test "what is no static program is refused in one line" {
    printf '#!/bin/sh\n' > script
    : > empty
    head -c 100 "$build/guests/workload" > cut
    cp /bin/true dynamic
    mkdir directory
    for file in script empty cut dynamic directory nowhere; do
        run -1 "$ringside" run -q -n 1 -o r -- ./$file
        [[ $output == "ringside: ./$file: "* ]] || [[ $output == "ringside: "*"$file"* ]]
        [ "${#lines[@]}" -eq 1 ]
    done
}

# --- endings ---

# Starts a long session in the background and waits for its first record. Not
# with every engine that is installed: some take seconds to get ready.
long_session() {
    "$@" "$ringside" run -q -p native,container,runc,unikernel,unikernel-pooled \
        -w noop,pause -n 10000 -o out/r > log 2>&1 3>&- &
    session=$!
    until grep -q '"type":"run"' out/r/results.jsonl 2>/dev/null; do
        kill -0 $session || { cat log; return 1; }
    done
    ids=$(ls "$RINGSIDE_RUNTIME_DIR" | grep -v lock)
}

# Waits for the session to end and sets ended to its status.
wait_session() {
    ended=0
    wait $session || ended=$?
}

@test "a signal ends a session at once and keeps its records" {
    mkdir out
    for signal in INT TERM; do
        long_session env
        kill -$signal $session
        wait_session
        [ $ended -eq $((128 + $(kill -l $signal))) ]
        [ -z "$(sessions)" ]
        [ "$(runs out/r/results.jsonl 'True')" -ge 1 ]
        run -0 "$ringside" report out/r
        rm -r out/r
    done
}

@test "after SIGKILL the next command cleans up" {
    mkdir out
    long_session env
    kill -KILL $session
    wait_session
    [ -n "$(sessions)" ]
    run -0 "$ringside" clean
    [ "$output" = "cleaned up after 1 session that was killed" ]
    [ -z "$(sessions)" ]
    run -1 grep ringside-bench /proc/self/mountinfo
    run -0 "$ringside" clean
    [ -z "$output" ]
}

@test "a session that lives is left alone" {
    mkdir out
    long_session env
    before=$(sessions)
    run -0 "$ringside" clean
    [ "$output" = "another session is at work on this host" ]
    [ "$(sessions)" = "$before" ]
    kill -0 $session
    kill -TERM $session
    wait_session
}

@test "without root it runs what it can, and cleans up as well" {
    as_nobody
    run -0 "${nobody[@]}" "$ringside" run -q -p native,bwrap,unshare -w noop,pause \
        -n 1 -o out/r1
    [ "$(runs out/r1/results.jsonl 'run["failure"]')" -eq 0 ]
    [ "$(runs out/r1/results.jsonl 'run["cpu_system_ns"] is None')" -eq 0 ]
    long_session "${nobody[@]}"
    kill -KILL $session
    wait_session
    run -0 "${nobody[@]}" "$ringside" clean
    [ "$output" = "cleaned up after 1 session that was killed" ]
    [ -z "$(sessions)" ]
}

# --- bench and report ---

@test "bench measures, summarises, draws and points latest to it" {
    run -0 "$ringside" bench -q --profile smoke -p native,native-again -n 6 \
        --out out
    [[ $output == *"report: out/"*"/report.html" ]]
    [ -s out/latest/report.html ]
    [ -s out/latest/summary.json ]
    rm out/latest/report.html out/latest/summary.json
    run -0 "$ringside" report out/latest
    [ -s out/latest/report.html ]
}

@test "a platform prepares each workload before the clock and finishes after" {
    mkdir -p "$BATS_TEST_TMPDIR/platforms"
    cat >"$BATS_TEST_TMPDIR/platforms/prepared.json" <<JSON
{"name": "prepared", "title": "Prepared", "class": "native", "order": 90,
 "start": "restored",
 "prepare": ["sh", "-c", "echo made {prepared} >>$BATS_TEST_TMPDIR/log; cp {program} {prepared}"],
 "run": ["{prepared}", "{args}"],
 "finish": ["sh", "-c", "echo done {prepared} >>$BATS_TEST_TMPDIR/log"]}
JSON
    "$ringside" run -p native,prepared -w noop,cpu-int -n 2 --rest 0 --quiet \
        --platform-dir "$BATS_TEST_TMPDIR/platforms" -o "$BATS_TEST_TMPDIR/out"
    [ "$(grep -c ^made "$BATS_TEST_TMPDIR/log")" -eq 2 ]
    [ "$(grep -c ^done "$BATS_TEST_TMPDIR/log")" -eq 2 ]
    [ "$(sort -u "$BATS_TEST_TMPDIR/log" | wc -l)" -eq 4 ]
    grep '"platform":"prepared"' "$BATS_TEST_TMPDIR/out/results.jsonl" |
        grep -q '"start":"restored"'
}

@test "a platform that cannot prepare is left out with its last words" {
    mkdir -p "$BATS_TEST_TMPDIR/platforms"
    cat >"$BATS_TEST_TMPDIR/platforms/prepared.json" <<JSON
{"name": "prepared", "title": "Prepared", "class": "native", "order": 90,
 "prepare": ["sh", "-c", "echo no luck >&2; exit 3"],
 "run": ["{program}", "{args}"]}
JSON
    run "$ringside" run -p native,prepared -w noop -n 2 --rest 0 --quiet \
        --platform-dir "$BATS_TEST_TMPDIR/platforms" -o "$BATS_TEST_TMPDIR/out"
    [ "$status" -eq 0 ]
    [[ $output == *"left out: prepared: prepare noop"*"no luck"* ]]
}

@test "what a platform does elsewhere is not told as its cost" {
    mkdir -p "$BATS_TEST_TMPDIR/platforms"
    cat >"$BATS_TEST_TMPDIR/platforms/elsewhere.json" <<JSON
{"name": "elsewhere", "title": "Elsewhere", "class": "native", "order": 90,
 "start": "pooled", "elsewhere": true, "run": ["{program}", "{args}"]}
JSON
    "$ringside" run -p native,elsewhere -w noop,pause -n 2 --rest 0 --quiet \
        --platform-dir "$BATS_TEST_TMPDIR/platforms" -o "$BATS_TEST_TMPDIR/out"
    run grep '"platform":"elsewhere"' "$BATS_TEST_TMPDIR/out/results.jsonl"
    [[ $output == *'"cpu_user_ns":null'* && $output == *'"pss":null'* ]]
    [[ $output != *'"cpu_user_ns":'[0-9]* && $output != *'"pss":'[0-9]* ]]
    "$ringside" validate "$BATS_TEST_TMPDIR/out"
}
