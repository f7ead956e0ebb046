#!/usr/bin/env bats
# ringside density: how many idle instances, at what cost; and that nothing is
# left of them, however it ends.

setup() {
    bats_require_minimum_version 1.5.0
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    ringside=${RINGSIDE_BUILD:-$root/build}/bin/ringside
    cd "$BATS_TEST_TMPDIR"
    # Sessions of our own: no other on this host is in sight.
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
}

# Prints what an expression says of the lines of a type.
lines_of() { # TYPE EXPRESSION
    python3 - "$1" "$2" <<'END'
import json, sys
lines = [json.loads(line) for line in open("d/density.jsonl")]
print([eval(sys.argv[2]) for line in lines if line["type"] == sys.argv[1]])
END
}

# A platform called NAME that runs a command, from ./platforms.
platform() { # NAME RUN
    mkdir -p platforms
    cat >"platforms/$1.json" <<END
{"name": "$1", "title": "$1", "class": "container", "order": 90, "needs": [],
 "run": $2, "differs": []}
END
}

# Every process that still executes something of our sessions.
left_behind() {
    for exe in /proc/[0-9]*/exe; do
        case $(readlink "$exe" 2>/dev/null || true) in
        "$RINGSIDE_RUNTIME_DIR"/*) echo "$exe" ;;
        esac
    done
}

# That no process, mount, cgroup or file is left of a session.
nothing_is_left() { # ID
    [ -z "$(left_behind)" ]
    [ ! -e "$RINGSIDE_RUNTIME_DIR/$1" ]
    run ! grep -F "$1" /proc/self/mountinfo
    [ -z "$(find /sys/fs/cgroup -maxdepth 3 -name "*$1*" 2>/dev/null)" ]
}

@test "figures are taken at 1, 2, 4 ... instances, and it says why it stopped" {
    run -0 "$ringside" density -q -p native --max 5 -o d
    [ "$(lines_of density 'line["instances"]')" = "[1, 2, 4]" ]
    [ "$(lines_of density '0 < line["latency_ns"] < 1e10')" = "[True, True, True]" ]
    [ "$(lines_of density_end 'line["reason"]')" = "['as many as asked for']" ]
    [[ $output == *"native "*" 4 "*"as many as asked for"* ]]
    [ -z "$(left_behind)" ]
}

# Each has written to 16 MiB of its own; what they share is the program alone.
@test "memory is that of all instances together" {
    platform touching '["{program}", "pause", "--touch", "16"]'
    run -0 "$ringside" density -q -p touching --platform-dir platforms --max 4 -o d
    [ "$(lines_of density \
        '16 <= line["memory_pss"] / line["instances"] / 2**20 < 17')" \
        = "[True, True, True]" ]
    [ "$(lines_of density \
        '16 <= line["memory_uss"] / line["instances"] / 2**20 < 17')" \
        = "[True, True, True]" ]
}

@test "it stops before the reserve of memory is touched" {
    available=$(awk '/^MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)
    run -0 "$ringside" density -q -p native --max 64 \
        --memory-reserve "$((available * 2))M" -o d
    [ "$(lines_of density 'line')" = "[]" ]
    [[ $(lines_of density_end 'line["reason"]') == *"memory: "*" MiB are to stay so"* ]]
}

@test "it stops when its time is up" {
    platform slow '["sh", "-c", "sleep 0.6; exec \"$0\" pause", "{program}"]'
    run -0 "$ringside" density -q -p slow --platform-dir platforms --max 64 \
        --seconds 1 -o d
    [ "$(lines_of density 'line["instances"]')" = "[1, 2]" ]
    [[ $output == *"time was up"* ]]
}

@test "an instance that does not come up ends its platform and no other" {
    platform broken '["sh", "-c", "echo no such luck >&2; exit 1"]'
    run -0 "$ringside" density -q -p native,broken --platform-dir platforms \
        --max 2 -o d
    [ "$(lines_of density 'line["platform"]')" = "['native', 'native']" ]
    [[ $(lines_of density_end 'line["reason"]') == \
        *"number 1: it ended before it was ready: no such luck"* ]]
}

@test "containers and virtual machines idle side by side" {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    [ -w /dev/kvm ] || skip "no /dev/kvm"
    run -0 "$ringside" density -q -p container,unikernel --max 4 -o d
    [ "$(lines_of density 'line["instances"]')" = "[1, 2, 4, 1, 2, 4]" ]
    [ "$(lines_of density 'line["memory_pss"] > 0')" = \
        "[True, True, True, True, True, True]" ]
    [ -z "$(left_behind)" ]
}

# At its peak: instances of the first point are up, more are on their way.
killed_at_its_peak() { # PLATFORM SIGNAL
    "$ringside" density -q -p "$1" --max 4000 -o d 3>&- &
    pid=$!
    until grep -qs '"instances":8' d/density.jsonl; do kill -0 "$pid"; done
    id=$(ls "$RINGSIDE_RUNTIME_DIR" | grep -v lock)
    kill -"$2" "$pid"
    ended=0
    wait "$pid" || ended=$?
    # The keeper is no child of ours: its work is what can be waited for.
    for _ in {1..500}; do
        [ -e "$RINGSIDE_RUNTIME_DIR/$id" ] || break
        read -rt 0.02 <> <(:) || true
    done
    nothing_is_left "$id"
}

@test "interrupted at its peak, it ends every instance and keeps its figures" {
    killed_at_its_peak native INT
    [ "$ended" -eq 130 ]
    [[ $(lines_of density 'line["instances"]') == "[1, 2, 4, 8"* ]]
}

@test "killed at its peak, nothing is left of it: native" {
    killed_at_its_peak native KILL
}

@test "killed at its peak, nothing is left of it: containers" {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    killed_at_its_peak container KILL
}

@test "killed at its peak, nothing is left of it: virtual machines" {
    [ -w /dev/kvm ] || skip "no /dev/kvm"
    killed_at_its_peak unikernel KILL
}

@test "when even the keeper is killed, clean ends what is left" {
    "$ringside" density -q -p native --max 4000 -o d 3>&- &
    pid=$!
    until grep -qs '"instances":8' d/density.jsonl; do kill -0 "$pid"; done
    id=$(ls "$RINGSIDE_RUNTIME_DIR" | grep -v lock)
    keeper=
    for comm in /proc/[0-9]*/comm; do
        [ "$(cat "$comm" 2>/dev/null)" = ringside-keeper ] || continue
        tr '\0' '\n' <"${comm%comm}environ" |
            grep -qxF "RINGSIDE_RUNTIME_DIR=$RINGSIDE_RUNTIME_DIR" || continue
        keeper=${comm//[!0-9]/}
    done
    [ -n "$keeper" ]
    kill -KILL "$keeper" "$pid"
    wait "$pid" || true
    [ -e "$RINGSIDE_RUNTIME_DIR/$id" ]
    run -0 --separate-stderr "$ringside" clean
    [[ $stderr == *"cleaned up after 1 session that was killed"* ]]
    nothing_is_left "$id"
}

@test "beside a session's results, its platforms get their figures in the summary" {
    platform other '["{program}", "{args}"]'
    "$ringside" run -q -p native -w noop -n 1 -o d >/dev/null
    run -0 "$ringside" density -q -p native,other --platform-dir platforms \
        --max 2 -o d
    run -0 python3 - <<'END'
import json
density = json.load(open("d/summary.json"))["density"]
assert [entry["platform"] for entry in density] == ["native"]
assert [point["instances"] for point in density[0]["points"]] == [1, 2]
assert density[0]["stopped"] == "as many as asked for"
for point in density[0]["points"]:
    assert point["latency_ns"] > 0 and point["memory_per_instance"] > 0
END
}

@test "a record is not written over" {
    mkdir d
    echo kept >d/density.jsonl
    run -1 "$ringside" density -q -p native --max 1 -o d
    [[ $output == "ringside: d/density.jsonl is there already" ]]
    [ "$(cat d/density.jsonl)" = kept ]
}

@test "what is asked wrongly gets one line" {
    while read -r words; do
        # shellcheck disable=SC2086
        run -2 "$ringside" density $words
        [[ ${lines[0]} == "ringside density: "* ]]
    done <<'END'
--max 0
--max 99999
--seconds -1
--memory-reserve lots
--memory 0
native
END
    run -1 "$ringside" density -p nowhere -o d
    [[ $output == *"nowhere: no such platform"* ]]
}
