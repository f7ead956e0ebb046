#!/usr/bin/env bats
# Two sessions side by side, made from one by changes whose size is known.

setup_file() {
    export RINGSIDE_BUILD=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    export RESULTS=$BATS_FILE_TMPDIR/results
    "$RINGSIDE_BUILD/bin/ringside" run -q -p native,native-again -w noop,cpu-int \
        -n 8 -o "$RESULTS" >/dev/null
    # Steady values, so that what is found is what was put in.
    change steady 'if run: record["exit_ns"] = 1000000 + 1000 * record["block"]' \
        'if run: record["metrics"] = {"time_per_operation": {"value": 10 + record["block"] / 100, "unit": "ns"}} if record["workload"] == "cpu-int" else {}'
    RESULTS=$BATS_FILE_TMPDIR/steady
    export STEADY=$RESULTS
}

setup() {
    # A session of others on this host is not told of here.
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/sessions
    ringside=$RINGSIDE_BUILD/bin/ringside
    RESULTS=$STEADY
}

# change NAME STATEMENT...: a copy of $RESULTS, each record changed.
change() {
    local name=$1
    shift
    mkdir -p "$BATS_FILE_TMPDIR/$name"
    python3 - "$RESULTS/results.jsonl" "$@" \
        >"$BATS_FILE_TMPDIR/$name/results.jsonl" <<'PY'
import json, sys
for line in open(sys.argv[1]):
    record = json.loads(line)
    run = record["type"] == "run"
    for statement in sys.argv[2:]:
        exec(statement)
    print(json.dumps(record))
PY
}

# row WORKLOAD PLATFORM: that row of the comparison's JSON, as "ratio verdict".
row() {
    python3 -c '
import json, sys
for row in json.loads(sys.argv[1])["rows"]:
    if [row["workload"], row["platform"]] == sys.argv[2:4]:
        print("%.3f %s" % (row["ratio"], row["verdict"]))
' "$output" "$@"
}

@test "a session compared with itself is equivalent throughout" {
    run "$ringside" compare --json "$STEADY" "$STEADY"
    [ "$status" -eq 0 ]
    [ "$(row noop native)" = "1.000 equivalent" ]
    [ "$(row cpu-int native-again)" = "1.000 equivalent" ]
}

@test "a known change is found on the platform that has it, and there alone" {
    change slower 'if run and record["platform"] == "native-again": record["exit_ns"] = record["exit_ns"] * 3 // 2'
    run "$ringside" compare --json "$STEADY" "$BATS_FILE_TMPDIR/slower"
    [ "$status" -eq 0 ]
    [[ $(row noop native-again) == "1.50"* ]]
    [ "$(row cpu-int native)" = "1.000 equivalent" ]
    # It is the control that moved: a noise floor of 50 % lets no one say so.
    [ "$(row noop native)" = "1.000 inconclusive" ]
}

@test "--relative takes out what changed on the whole machine" {
    change machine 'if run: record["exit_ns"] *= 2'
    run "$ringside" compare --json "$STEADY" "$BATS_FILE_TMPDIR/machine"
    [ "$(row noop native)" = "2.000 slower" ]
    run "$ringside" compare --json --relative "$STEADY" "$BATS_FILE_TMPDIR/machine"
    [ "$(row noop native-again)" = "1.000 equivalent" ]
    [ -z "$(row noop native)" ]
}

@test "another host and another program are told, never passed over" {
    change elsewhere 'if "fingerprint" in record: record["fingerprint"]["host"]["kernel"]["release"] = "9.9"' \
        'if "program" in record: record["program"]["sha256"] = "0" * 64'
    run "$ringside" compare "$STEADY" "$BATS_FILE_TMPDIR/elsewhere"
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == "The measured programs are different files." ]]
    [[ ${lines[1]} == "The hosts differ:" ]]
    [[ ${lines[2]} == *"kernel.release:"*'-> "9.9"' ]]
    run "$ringside" compare "$STEADY" "$STEADY"
    [[ $output != *"differ"* ]]
}

@test "sessions with nothing in common cannot be compared" {
    change other 'if "workloads" in record: [w.update(name="w-" + w["name"]) for w in record["workloads"]]' \
        'if run: record["workload"] = "w-" + record["workload"]'
    run "$ringside" compare "$STEADY" "$BATS_FILE_TMPDIR/other"
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *"no figure in common" ]]
    run "$ringside" compare "$STEADY"
    [ "$status" -eq 2 ]
}
