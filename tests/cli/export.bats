#!/usr/bin/env bats
# Results in the formats of other tools, and their validation.

setup_file() {
    export RINGSIDE_BUILD=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    export RESULTS=$BATS_FILE_TMPDIR/results
    "$RINGSIDE_BUILD/bin/ringside" run -q -p native,native-again \
        -w noop,cpu-int,pause -n 6 -o "$RESULTS" >/dev/null
}

setup() {
    # A session of others on this host is not told of here.
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/sessions
    ringside=$RINGSIDE_BUILD/bin/ringside
    python=/usr/bin/python3
    [ -x $python ] || python=$(command -v python3)
}

@test "csv has a row for each figure of each run, equal to the record" {
    "$ringside" export "$RESULTS" >"$BATS_TEST_TMPDIR/all.csv"
    run $python - "$BATS_TEST_TMPDIR/all.csv" "$RESULTS/results.jsonl" <<'PY'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1])))
runs = [json.loads(l) for l in open(sys.argv[2])]
runs = [r for r in runs if r["type"] == "run"]
key = lambda r: (int(r["block"]), r["platform"], r["workload"])
assert {key(r) for r in rows} == {key(r) for r in runs}
for r in runs:
    mine = {x["metric"]: float(x["value"]) for x in rows if key(x) == key(r)}
    assert mine["spawn_to_ready"] == r["ready_ns"]
    for name, metric in r["metrics"].items():
        assert mine[name] == metric["value"], name
    assert ("spawn_to_exit" in mine) == (r["workload"] != "pause")
PY
    [ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "csv keeps a failed run, with its reason quoted" {
    mkdir "$BATS_TEST_TMPDIR/failed"
    $python - "$RESULTS/results.jsonl" >"$BATS_TEST_TMPDIR/failed/results.jsonl" <<'PY'
import json, sys
for line in open(sys.argv[1]):
    r = json.loads(line)
    if r["type"] == "run" and r["block"] == 1 and r["workload"] == "noop":
        r["failure"] = 'it said "no", twice'
    print(json.dumps(r))
PY
    run "$ringside" export -w noop "$BATS_TEST_TMPDIR/failed"
    [ "$status" -eq 0 ]
    [ "$(grep -c 'it said ""no"", twice"$' <<<"$output")" -eq 2 ]
    run "$ringside" validate "$BATS_TEST_TMPDIR/failed"
    [[ $output == *"36 runs, 2 failed, complete" ]]
}

@test "hyperfine's JSON has its fields, in seconds, of what exits by itself" {
    run bash -c "'$ringside' export -f hyperfine '$RESULTS' | $python -c '
import json, statistics, sys
results = json.load(sys.stdin)[\"results\"]
assert len(results) == 4, len(results)
for r in results:
    assert len(r[\"times\"]) == len(r[\"exit_codes\"]) == 6
    assert abs(r[\"median\"] - statistics.median(r[\"times\"])) < 1e-12
    assert abs(r[\"mean\"] - statistics.mean(r[\"times\"])) < 1e-12
    assert abs(r[\"stddev\"] - statistics.stdev(r[\"times\"])) < 1e-12
    assert r[\"min\"] == min(r[\"times\"]) and r[\"max\"] == max(r[\"times\"])
    assert 0 < r[\"min\"] < 10 and r[\"user\"] + r[\"system\"] > 0
    assert r[\"parameters\"][\"workload\"] in (\"noop\", \"cpu-int\")
'"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "benchstat's lines are name, count, and pairs of value and unit" {
    "$ringside" export -f benchstat "$RESULTS" >"$BATS_TEST_TMPDIR/text"
    [ "$(grep -c '^Benchmark' "$BATS_TEST_TMPDIR/text")" -eq 36 ]
    [ "$(grep -cE '^Benchmark[A-Z][^ 	]*	1(	[0-9.e+]+ [^ 	]+)+$' \
        "$BATS_TEST_TMPDIR/text")" -eq 36 ]
    grep -q '^BenchmarkCpuInt/platform=native-again/start=cold' \
        "$BATS_TEST_TMPDIR/text"
    grep -q '^goarch: amd64$' "$BATS_TEST_TMPDIR/text"
}

@test "Google Benchmark's compare.py accepts its JSON" {
    "$ringside" export -f google -o "$BATS_TEST_TMPDIR/google.json" "$RESULTS"
    $python - "$BATS_TEST_TMPDIR/google.json" <<'PY'
import json, sys
document = json.load(open(sys.argv[1]))
assert document["context"]["library_build_type"] == "release"
assert len(document["benchmarks"]) == 36
for b in document["benchmarks"]:
    assert b["repetitions"] == 6 and b["time_unit"] == "ns"
PY
    compare=/usr/share/benchmark/compare.py
    [ -e $compare ] || skip "there is no compare.py (libbenchmark-tools)"
    $python -c 'import scipy' 2>/dev/null || skip "compare.py lacks SciPy"
    run $python $compare --no-color benchmarks "$BATS_TEST_TMPDIR/google.json" \
        "$BATS_TEST_TMPDIR/google.json"
    [ "$status" -eq 0 ]
    [[ $output == *"noop/platform:native/start:cold"* ]]
}

@test "OpenMetrics text is parsed by Prometheus's own client" {
    "$ringside" export -f openmetrics "$RESULTS" >"$BATS_TEST_TMPDIR/metrics"
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/metrics")" = "# EOF" ]
    grep -q '^ringside_spawn_to_exit_seconds{platform="native",workload="noop",start="cold"} 0\.' \
        "$BATS_TEST_TMPDIR/metrics"
    $python -c 'import prometheus_client' 2>/dev/null ||
        skip "there is no python3-prometheus-client"
    $python - "$BATS_TEST_TMPDIR/metrics" <<'PY'
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(open(sys.argv[1]).read()))
names = {family.name for family in families}
assert {"ringside_spawn_to_exit_seconds", "ringside_memory_pss_bytes",
        "ringside_time_per_operation_low_seconds"} <= names, names
PY
}

@test "platforms and workloads can be chosen" {
    run "$ringside" export -p native -w noop "$RESULTS"
    [ "$status" -eq 0 ]
    [ "$(grep -c spawn_to_exit <<<"$output")" -eq 6 ]
    [[ $output != *native-again* && $output != *cpu-int* ]]
}

@test "what cannot be written or read is said in one line" {
    run "$ringside" export -f xml "$RESULTS"
    [ "$status" -eq 2 ]
    run "$ringside" export "$BATS_TEST_TMPDIR/none"
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    run "$ringside" export -o /dev/full "$RESULTS"
    [ "$status" -eq 1 ]
    [[ $output == *"/dev/full: No space left on device" ]]
}

@test "validate says what a record holds, whole or interrupted" {
    run "$ringside" validate "$RESULTS"
    [ "$status" -eq 0 ]
    [[ $output == *"schema 1, 36 runs, 0 failed, complete" ]]
    mkdir "$BATS_TEST_TMPDIR/torn"
    head -n 20 "$RESULTS/results.jsonl" | head -c -7 \
        >"$BATS_TEST_TMPDIR/torn/results.jsonl"
    run "$ringside" validate "$BATS_TEST_TMPDIR/torn" "$RESULTS"
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == *"18 runs, 0 failed, interrupted in its last line" ]]
    [[ ${lines[1]} == *"complete" ]]
}

# broken NAME PYTHON-EXPRESSION: the record with its second line changed.
broken() {
    mkdir -p "$BATS_TEST_TMPDIR/$1"
    $python - "$RESULTS/results.jsonl" "$2" \
        >"$BATS_TEST_TMPDIR/$1/results.jsonl" <<'PY'
import json, sys
for number, line in enumerate(open(sys.argv[1]), 1):
    record = json.loads(line)
    if number == (1 if "header" in sys.argv[2] else 2):
        header = record
        exec(sys.argv[2])
    print(json.dumps(record))
PY
    run "$ringside" validate "$BATS_TEST_TMPDIR/$1"
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
}

@test "validate refuses what is out of form, naming the line" {
    broken negative 'record["exit_ns"] = -5'
    [[ $output == *"results.jsonl:2: "* ]]
    broken not-a-number 'record["exit_ns"] = float("nan")'
    [[ $output == *"results.jsonl:2: "* ]]
    broken stranger 'record["platform"] = "elsewhere"'
    [[ $output == *"results.jsonl:2: "*elsewhere* ]]
    broken newer 'header["schema"] = 7'
    [[ $output == *"schema 7 is newer"* ]]
    broken facts 'header["fingerprint"]["host"]["cpu"]["model"] = "faster"'
    [[ $output == *"the facts were changed" ]]
    mkdir "$BATS_TEST_TMPDIR/binary"
    head -c 5000 /dev/urandom >"$BATS_TEST_TMPDIR/binary/results.jsonl"
    run "$ringside" validate "$BATS_TEST_TMPDIR/binary" "$RESULTS"
    [ "$status" -eq 1 ]
    [[ $output == *"complete"* ]]
}
