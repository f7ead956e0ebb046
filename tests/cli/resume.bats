#!/usr/bin/env bats
# A session that was interrupted, and gone on with.

setup_file() {
    export RINGSIDE_BUILD=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    export WHOLE=$BATS_FILE_TMPDIR/whole
    "$RINGSIDE_BUILD/bin/ringside" run -q -p native,native-again \
        -w noop,cpu-int -n 6 --seed 7 -o "$WHOLE" >/dev/null
}

setup() {
    # A session of others on this host is not told of here.
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/sessions
    ringside=$RINGSIDE_BUILD/bin/ringside
    part=$BATS_TEST_TMPDIR/part
    mkdir "$part"
}

# go_on [OPTION...]: the command of the whole session, on $part.
go_on() {
    run "$ringside" run -q -p native,native-again -w noop,cpu-int -n 6 \
        --resume "$part" "$@"
}

# cut LINES BYTES: the first lines of the whole record, its end cut off.
cut_record() {
    head -n "$1" "$WHOLE/results.jsonl" | head -c "-$2" >"$part/results.jsonl"
}

# order FILE: which run stood at which place of which block.
order() {
    python3 - "$1" <<'PY'
import json, sys
runs = [json.loads(line) for line in open(sys.argv[1])]
print(sorted((r["block"], r["position"], r["platform"], r["workload"])
             for r in runs if r["type"] == "run"))
PY
}

@test "what is missing is measured, in the order that the seed drew" {
    cut_record 9 0
    go_on
    [ "$status" -eq 0 ]
    run "$ringside" validate "$part"
    [[ $output == *"24 runs, 0 failed, complete" ]]
    [ "$(order "$part/results.jsonl")" = "$(order "$WHOLE/results.jsonl")" ]
    # What was there stays as it was.
    cmp <(head -n 9 "$WHOLE/results.jsonl") <(head -n 9 "$part/results.jsonl")
}

@test "a torn last line is measured again" {
    cut_record 12 20
    run "$ringside" validate "$part"
    [[ $output == *"10 runs, 0 failed, interrupted in its last line" ]]
    go_on
    [ "$status" -eq 0 ]
    run "$ringside" validate "$part"
    [[ $output == *"24 runs, 0 failed, complete" ]]
}

@test "a session that was killed goes on" {
    "$ringside" run -q -p native,native-again -w noop,cpu-int -n 6 \
        -o "$BATS_TEST_TMPDIR/killed" >/dev/null &
    until [ "$(wc -l 2>/dev/null <"$BATS_TEST_TMPDIR/killed/results.jsonl")" -gt 3 ]; do
        kill -0 $! # must not have ended before
    done 2>/dev/null
    kill -9 $!
    wait $! || true
    part=$BATS_TEST_TMPDIR/killed
    go_on
    [ "$status" -eq 0 ]
    run "$ringside" validate "$part"
    [[ $output == *"24 runs, 0 failed, complete" ]]
}

@test "a finished session is not gone on with" {
    cp "$WHOLE/results.jsonl" "$part"
    go_on
    [ "$status" -eq 1 ]
    [[ $output == *"the session was finished"* ]]
}

@test "what is to be measured must be what was measured" {
    cut_record 9 0
    run "$ringside" run -q -p native -w noop,cpu-int --resume "$part"
    [ "$status" -eq 1 ]
    [[ $output == *"the platforms or their versions changed since"* ]]
    run "$ringside" run -q -p native,native-again -w noop --resume "$part"
    [[ $output == *"the workloads or their arguments changed since"* ]]
    run "$ringside" run -q -p native,native-again -w noop,cpu-int --rest 5 \
        --resume "$part"
    [[ $output == *"the rest before each start changed since"* ]]
    sed -i -e '1s/"sha256": *"[0-9a-f]*"/"sha256": "'"$(printf '0%.0s' {1..64})"'"/g' \
        -e '2,$s/"host":"[0-9a-f]*"/"host":"0000000000000000"/' \
        "$part/results.jsonl"
    go_on
    [ "$status" -eq 1 ]
    [[ $output == *"changed since"* ]]
    # Nothing was added to it by all that.
    [ "$(wc -l <"$part/results.jsonl")" -eq 9 ]
}

@test "a run of another host is refused, naming the line" {
    cut_record 9 0
    sed -i '5s/"host":"[0-9a-f]*"/"host":"0000000000000000"/' \
        "$part/results.jsonl"
    run "$ringside" validate "$part"
    [ "$status" -eq 1 ]
    [[ $output == *"results.jsonl:5: host: expected the header's"* ]]
    go_on
    [ "$status" -eq 1 ]
}

@test "where there is no record there is nothing to go on with" {
    go_on
    [ "$status" -eq 1 ]
    [[ $output == *"results.jsonl: No such file or directory" ]]
}
