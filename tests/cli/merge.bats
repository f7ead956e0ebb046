#!/usr/bin/env bats
# Sessions put together: of one machine as one record, of several side by side.

setup_file() {
    export BUILD=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    export A=$BATS_FILE_TMPDIR/a B=$BATS_FILE_TMPDIR/b OTHER=$BATS_FILE_TMPDIR/c
    export RINGSIDE_RUNTIME_DIR=$BATS_FILE_TMPDIR/sessions
    for directory in "$A" "$B"; do
        "$BUILD/bin/ringside" run -q -p native,native-again -w noop -n 6 \
            -o "$directory" > /dev/null
    done
    # The same session as if another machine had made it.
    mkdir "$OTHER"
    changed "$A" "$OTHER" 'if header:
        host = record["fingerprint"]["host"]
        host["cpu"]["model"] = "Another"
        digest = hashlib.sha256(json.dumps(host, sort_keys=True,
            separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
        record["fingerprint"]["sha256"] = digest
elif "host" in record: record["host"] = digest[:16]'
}

setup() {
    bats_require_minimum_version 1.5.0
    ringside=$BUILD/bin/ringside
    cd "$BATS_TEST_TMPDIR"
}

# changed FROM TO PYTHON: a session's record with each line changed.
changed() {
    mkdir -p "$2"
    python3 - "$1/results.jsonl" "$3" > "$2/results.jsonl" <<'PY'
import hashlib, json, sys
for number, line in enumerate(open(sys.argv[1])):
    record, header = json.loads(line), number == 0
    exec(sys.argv[2])
    print(json.dumps(record))
PY
}

@test "sessions of one machine become one record with the blocks of both" {
    run -0 "$ringside" merge "$A" "$B" -o m
    [[ $output == *"n = 12"* ]]
    run -0 "$ringside" validate m
    [[ $output == *"24 runs, 0 failed, complete" ]]
    python3 - "$A" "$B" m <<'PY'
import json, sys
a, b, m = ([json.loads(l) for l in open(d + "/results.jsonl")]
           for d in sys.argv[1:])
assert m[0]["blocks"] == 12
assert [s["seed"] for s in m[0]["sessions"]] == [a[0]["seed"], b[0]["seed"]]
runs = a[1:-1] + [dict(r, block=r["block"] + 6) for r in b[1:-1]]
assert m[1:-1] == runs
PY
}

@test "machines get a column each, and nothing is averaged" {
    run -0 "$ringside" merge "$A" "$B" "$OTHER" -o m
    [[ $output == *"machine 1: "*"machine 2: Another"* ]]
    python3 - m <<'PY'
import json, sys
m = json.load(open("m/machines.json"))
assert [x["runs"] for x in m["machines"]] == [24, 12]
row, = (r for r in m["rows"] if r["platform"] == "native")
assert [c["n"] for c in row["machines"]] == [12, 6]
PY
    run -0 "$ringside" validate m/1 m/2
    "$ringside" merge "$A" "$OTHER" --json -o n | python3 -m json.tool > /dev/null
}

@test "one session never counts twice" {
    run -1 "$ringside" merge "$A" "$A" -o m
    [[ $output == *"hold the same session, and it would count twice" ]]
    "$ringside" merge "$A" "$B" -o ab > /dev/null
    run -1 "$ringside" merge ab "$B" -o m
    [[ $output == *"hold the same session"* ]]
    [ ! -e m ]
}

@test "what was measured otherwise is refused with what differs" {
    changed "$B" version 'if header: record["platforms"][0]["version"] = "9"'
    run -1 "$ringside" merge "$A" version -o m
    [[ $output == *"they differ in the platforms or their versions" ]]
    changed "$B" program 'if header: record["program"]["sha256"] = "00ff"'
    run -1 "$ringside" merge "$A" program -o m
    [[ $output == *"they differ in the program" ]]
    changed "$B" rest 'if header: record["rest_ms"] = 7'
    run -1 "$ringside" merge "$A" rest -o m
    [[ $output == *"they differ in the rest before each start" ]]
}

@test "an interrupted session makes the whole an interrupted one" {
    mkdir cut
    head -n 9 "$B/results.jsonl" > cut/results.jsonl
    "$ringside" merge "$A" cut -o m > /dev/null
    run -0 "$ringside" validate m
    [[ $output == *"20 runs, 0 failed, interrupted" ]]
}

@test "a command line without sense is status 2, a bad directory one line" {
    run -2 "$ringside" merge "$A" -o m
    run -2 "$ringside" merge "$A" "$B"
    run -1 "$ringside" merge "$A" nowhere -o m
    [ "${#lines[@]}" -eq 1 ]
    mkdir there
    cp "$A/results.jsonl" there
    run -1 "$ringside" merge "$A" "$B" -o there
    [[ $output == *"there/results.jsonl: File exists" ]]
}
