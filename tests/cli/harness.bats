#!/usr/bin/env bats
# What makes a session's figures trustworthy: clocks, page cache, a second
# instrument; platforms that are made up for the test.

setup() {
    bats_require_minimum_version 1.5.0
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    build=${RINGSIDE_BUILD:-$root/build}
    ringside=$build/bin/ringside
    unset RINGSIDE_DATA
    # Sessions of these tests and those of others do not meet.
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/sessions
    cd "$BATS_TEST_TMPDIR"
}

# A directory with one platform file: NAME and its JSON members.
platform() {
    mkdir -p platforms
    printf '{"name": "%s", "title": "T", "class": "native", "order": 1, %s}' \
        "$1" "$2" > "platforms/$1.json"
}

# Prints what a Python expression says of a session's summary s.
summary() {
    python3 -c 'import json, sys
s = json.load(open(sys.argv[1] + "/summary.json"))
print(eval(sys.argv[2]))' "$1" "$2"
}

@test "a platform whose clock lies is flagged, and its own figures not judged" {
    cat > liar <<'END'
#!/bin/sh
# Says that half the time went by.
"$@" | while read -r line; do
    case $line in
        *inner_elapsed*) echo "ringside metric inner_elapsed 30000000 ns" ;;
        *) echo "$line" ;;
    esac
done
END
    chmod +x liar
    platform liar "\"run\": [\"$PWD/liar\", \"{program}\", \"{args}\"]"
    run -0 --separate-stderr "$ringside" run -q -n 6 -w cpu-int \
        -p native,liar --platform-dir platforms -o r
    [[ $output == *"liar: its clock is off by -"* ]]
    [ "$(summary r 's["clocks"]["liar"]["agrees"]')" = False ]
    [ "$(summary r 's["clocks"]["native"]["flagged"]')" -lt 4 ]
    [ "$(summary r '[c["ratio"]["verdict_corrected"] for c in s["cells"]
        if c["platform"] == "liar" and c["primary"]]')" = "['inconclusive']" ]
    [ "$(grep -c '"flags":.*"clock"' r/results.jsonl)" -ge 6 ]
}

@test "what is too slow for a profile's time is left out, starting last" {
    cat > sloth <<'END'
#!/bin/sh
sleep 1
exec "$@"
END
    chmod +x sloth
    platform sloth "\"class\": \"full VM\",
        \"run\": [\"$PWD/sloth\", \"{program}\", \"{args}\"]"
    sed -i 's/"class": "native", //' platforms/sloth.json
    run -0 --separate-stderr "$ringside" run --profile smoke \
        -w noop,cpu-int,syscall -p native,sloth --platform-dir platforms -o r
    [[ $stderr == *"sloth: 2 of 3 workloads left out"* ]]
    [ "$(summary r '[(c["n"] > 0, c["why"] or "") for c in s["cells"]
        if c["platform"] == "sloth" and c["workload"] == "noop"
        and c["primary"]]')" = "[(True, '')]" ]
    [[ $(summary r '[c["why"] for c in s["cells"] if c["platform"] == "sloth"
        and c["workload"] == "syscall" and c["primary"]]') == \
        *"too long for the time of profile smoke"* ]]
    # Positions count what was run, so that each run's predecessor is known.
    python3 - r <<'PY'
import json, sys
runs = [json.loads(line) for line in open(sys.argv[1] + "/results.jsonl")]
last = {}
for run in (r for r in runs if r["type"] == "run"):
    assert run["position"] == last.get(run["block"], 0) + 1
    last[run["block"]] = run["position"]
assert set(last.values()) == {4}
PY
}

@test "hyperfine times the same starts, and the ratio is told" {
    command -v hyperfine > /dev/null || skip "hyperfine is not installed"
    run -0 --separate-stderr "$ringside" run -q -n 6 -w noop -p native \
        --hyperfine -o r
    [[ $output == *"a second instrument"*native* ]]
    [ "$(summary r 's["second_instrument"]["platforms"]["native"]["n"] >= 10')" \
        = True ]
    # It times the same thing: no more than its fork and our noise apart.
    [ "$(summary r '0.05 < (s["second_instrument"]["platforms"]["native"]
        ["ratio"]["median"]) < 20')" = True ]
    echo '{"platforms":' > r/hyperfine.json
    run -1 "$ringside" report -q r
    [[ $output == *"hyperfine.json:"* ]]
}

@test "a cold page cache is recorded, and never mixed with a warm one" {
    [ -w /proc/sys/vm/drop_caches ] || skip "the page cache cannot be dropped"
    run -0 --separate-stderr "$ringside" run -q -n 1 -w noop -p native \
        --page-cache cold -o cold
    [[ $output == *"The page cache was dropped before each start"* ]]
    [[ $(head -1 cold/results.jsonl) == *'"page_cache":"cold"'* ]]
    sed -i '$d' cold/results.jsonl
    run -1 "$ringside" run -q -n 1 -w noop -p native --resume cold
    [[ $output == *"the state of the page cache changed since"* ]]
    "$ringside" run -q -n 1 -w noop -p native -o warm > /dev/null
    run -1 "$ringside" merge cold warm -o merged
    [[ $output == *"they differ in the state of the page cache" ]]
    run -0 "$ringside" compare warm cold
    [[ $output == *"The page cache was warm before and cold after."* ]]
}

@test "who may not drop the page cache is told so at once" {
    if [ -w /proc/sys/vm/drop_caches ]; then
        command -v unshare > /dev/null || skip "unshare is not installed"
        # With the switch read-only, as inside of a container.
        run -1 unshare -m sh -c 'mount -o bind,ro /proc/sys /proc/sys &&
            exec "$@"' sh "$ringside" run -q -n 1 -w noop -p native \
            --page-cache cold -o r
    else
        run -1 "$ringside" run -q -n 1 -w noop -p native --page-cache cold -o r
    fi
    [[ $output == *"--page-cache cold: /proc/sys/vm/drop_caches cannot be"* ]]
    [ ! -e r ]
}
