#!/usr/bin/env bats
# How a session is designed: where runs are kept, how many there are.

bats_require_minimum_version 1.5.0

setup() {
    ringside=$RINGSIDE_BUILD/bin/ringside
    out=$BATS_TEST_TMPDIR/out
    # The last processor that this test may use.
    cpu=$(taskset -pc $$ | sed 's/.*[ ,-]//')
}

header() {
    head -1 "$1/results.jsonl" | python3 -c "
import json, sys
print(json.load(sys.stdin).get('$2'))"
}

@test "--cpus keeps runs, and what is prepared for them, on these processors" {
    mkdir "$BATS_TEST_TMPDIR/platforms"
    tell='grep Cpus_allowed_list /proc/self/status >>'$BATS_TEST_TMPDIR'/log'
    cat >"$BATS_TEST_TMPDIR/platforms/teller.json" <<JSON
{"name": "teller", "title": "Teller", "class": "native", "order": 90,
 "prepare": ["sh", "-c", "$tell"],
 "run": ["sh", "-c", "$tell; exec \"\$0\" \"\$@\"", "{program}", "{args}"]}
JSON
    "$ringside" run -q -p teller -w noop -n 2 --cpus "$cpu" -o "$out" \
        --platform-dir "$BATS_TEST_TMPDIR/platforms"
    # Prepared once, warmed up once, run twice.
    [ "$(wc -l <"$BATS_TEST_TMPDIR/log")" -eq 4 ]
    [ "$(awk '{print $2}' "$BATS_TEST_TMPDIR/log" | sort -u)" = "$cpu" ]
    [ "$(header "$out" cpus)" = "$cpu" ]
    run -1 "$ringside" run -q -p teller -w noop -n 2 --resume "$out" \
        --platform-dir "$BATS_TEST_TMPDIR/platforms"
}

@test "without --cpus the record says that runs were kept nowhere" {
    "$ringside" run -q -p native -w noop -n 2 -o "$out"
    [ "$(header "$out" cpus)" = None ]
    [ "$(header "$out" precision)" = None ]
    [ ! -e "$out/pilot" ]
}

@test "--cpus refuses what is no list, and processors that are not there" {
    for list in "" 1- -1 0,,1 1-0 0x1 a 99999999999999999999 1023; do
        run -2 "$ringside" run -p native -w noop --cpus "$list" -o "$out"
        [[ $output == *"ringside run: --cpus: "* ]]
    done
    [ ! -e "$out" ]
}

@test "--precision lets a pilot choose the number of blocks, stored apart" {
    "$ringside" run -q --profile smoke -p native,native-again -w noop,cpu-int \
        --precision 50% --seed 4 -o "$out"
    run -0 --separate-stderr "$ringside" validate "$out" "$out/pilot"
    [[ ${lines[0]} == *"complete" && ${lines[1]} == *"complete" ]]
    [ "$(header "$out" precision)" = 0.5 ]
    blocks=$(header "$out" blocks)
    [ "$blocks" -ge 6 ] && [ "$blocks" -le 20 ]
    # An order of its own, and no run of it among the others.
    [ "$(header "$out" seed)" = 4 ]
    [ "$(header "$out/pilot" seed)" = 5 ]
    [ "$(grep -c '"type":"run"' "$out/results.jsonl")" -eq $((4 * blocks)) ]
}

@test "--precision refuses what is no percentage, and a number of blocks beside" {
    for precision in "" x 0 -1 51 nan inf 2%% "2 %"; do
        run -2 "$ringside" run -p native -w noop --precision "$precision" \
            -o "$out"
        [[ $output == *"--precision: expected 0.1% to 50%"* ]]
    done
    run -2 "$ringside" run -p native -w noop --precision 2% -n 9 -o "$out"
    [[ $output == *"exclude each other"* ]]
}

@test "what a pilot left behind is not written over" {
    mkdir -p "$out/pilot"
    run -1 "$ringside" run -q -p native -w noop -n 2 -o "$out"
    [[ $output == *"pilot is of a session that ended in its pilot"* ]]
}
