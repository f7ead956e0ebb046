#!/usr/bin/env bats
# What costs are measured, held against programs that spend a known amount.

setup() {
    bats_require_minimum_version 1.5.0
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    build=${RINGSIDE_BUILD:-$root/build}
    ringside=$build/bin/ringside
    vmm=$build/bin/ringside-vmm
    spend=$build/tests/programs/spend
    unset RINGSIDE_DATA
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/sessions
    cd "$BATS_TEST_TMPDIR"
}

as_root() {
    [ "$(id -u)" = 0 ] || skip "needs root"
}

need_kvm() {
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

# check FILE EXPRESSION: a fact about `it`, the JSON of a file; of a .jsonl, the
# list of its lines. Says what was found where it does not hold.
check() {
    python3 - "$1" "$2" <<'PY'
import json, sys
text = open(sys.argv[1]).read()
it = ([json.loads(line) for line in text.splitlines()]
      if sys.argv[1].endswith(".jsonl") else json.loads(text))
def cost(name, run=0):
    runs = [line for line in it if line["type"] in ("run", "costs")]
    return runs[run]["costs"][name]["value"]
def cell(platform, metric):
    return next(cell for cell in it["cells"]
                if cell["platform"] == platform and cell["metric"] == metric)
if not eval("(%s)" % sys.argv[2]):
    sys.exit("not so: %s in %.2000s" % (sys.argv[2], text[-2000:]))
PY
}

# One native run of spend with these arguments, in directory DIR.
run_native() {
    local directory=$1
    shift
    "$ringside" run -q -p native -n 1 -o "$directory" -- "$spend" "$@" >table
}

# A platform of that name with that command, a JSON list.
platform() {
    mkdir -p own
    printf '{"name": "%s", "title": "%s", "class": "native", "order": 1,
        "needs": [], "run": %s}' "$1" "$1" "$2" >"own/$1.json"
}

# An instance on that platform that idles; its record is DIR/results.jsonl.
idle() {
    "$ringside" run -q --platform-dir own -p "$1" -w pause -n 1 -o "$1" >table
}

@test "processor time of a daemon's child is charged: 2 s are 2 s" {
    as_root
    run_native out daemon 2000
    check out/results.jsonl '2.0e9 <= sum(it[1][key] for key in
        ("cpu_user_ns", "cpu_system_ns")) < 2.1e9'
    check out/summary.json 'abs(cell("native", "cpu_user")["median"] +
        cell("native", "cpu_system")["median"] -
        cell("native", "cpu_time")["median"]) < 2'
}

@test "processor time of a daemon that was there before is its growth" {
    as_root
    [ -w /sys/fs/cgroup ] || skip "no cgroup can be made"
    serve="echo up >{prepared}.out; while read x <{prepared}.in; do $spend daemon 500 >/dev/null;
        echo done >{prepared}.out; done"
    platform served '["sh", "-c", "echo ringside ready; echo go >{prepared}.in;
        read x <{prepared}.out"]'
    python3 - "$serve" <<'PY'
import json, sys
platform = json.loads(open("own/served.json").read(), strict=False)
platform["elsewhere"] = True
platform["prepare"] = ["sh", "-c", "mkfifo {prepared}.in {prepared}.out; "
    "setsid sh -c '%s' >/dev/null 2>&1 & read up <{prepared}.out" %
    sys.argv[1]]
json.dump(platform, open("own/served.json", "w"))
PY
    "$ringside" run -q --platform-dir own -p served -w noop -n 2 -o out >table
    check out/results.jsonl 'all(0.5e9 <= run["cpu_user_ns"] +
        run["cpu_system_ns"] < 0.6e9 for run in it if run["type"] == "run")'
    check out/summary.json '"there before" in
        cell("served", "page_faults_minor")["why"]'
}

@test "page faults: a thousand first touches are a thousand more" {
    run_native none pages 0
    run_native many pages 1000
    check none/results.jsonl 'cost("page_faults_minor") < 30'
    check many/results.jsonl '1000 <= cost("page_faults_minor") < 1030'
    check many/results.jsonl 'cost("page_faults_major") == 0'
}

@test "context switches: two hundred sleeps are two hundred, not the harness's" {
    run_native few naps 0
    run_native many naps 200
    check few/results.jsonl 'cost("context_switches_voluntary") < 10'
    check many/results.jsonl '200 <= cost("context_switches_voluntary") < 220'
}

@test "memory: 100 MiB written to are 100 MiB by every method" {
    as_root
    platform hundred '["{program}", "pause", "--touch", "100"]'
    idle hundred
    check hundred/results.jsonl '100 << 20 <= it[1]["memory"]["pss"] < 101 << 20'
    check hundred/results.jsonl '100 << 20 <= it[1]["memory"]["uss"] < 101 << 20'
    check hundred/results.jsonl '100 << 20 <= cost("memory_current") < 103 << 20'
    check hundred/results.jsonl 'cost("memory_kernel_stack") >= 16384'
    check hundred/results.jsonl '4096 <= cost("memory_page_tables") < 1 << 20'
    check hundred/results.jsonl 'cost("memory_shared") < 1 << 20'
}

@test "memory that two processes share is halved in PSS, twice in shared" {
    as_root
    platform shared "[\"$spend\", \"share\", \"50\"]"
    idle shared
    check shared/results.jsonl '50 << 20 <= it[1]["memory"]["pss"] < 51 << 20'
    check shared/results.jsonl 'it[1]["memory"]["uss"] < 1 << 20'
    check shared/results.jsonl '100 << 20 <= cost("memory_shared") < 101 << 20'
}

@test "memory: 64 MiB that a guest has written to are the VMM's" {
    as_root
    need_kvm
    platform little '["ringside-vmm", "exec-static", "{program}", "pause"]'
    platform guest '["ringside-vmm", "exec-static", "{program}", "pause",
        "--touch", "64"]'
    idle little
    idle guest
    base=$(python3 -c 'import json
print(json.loads(open("little/results.jsonl").readlines()[1])["memory"]["uss"])')
    # Huge pages may round up what little and guest hold, by 2 MiB each.
    check guest/results.jsonl "60 << 20 <= it[1]['memory']['uss'] - $base <= 68 << 20"
}

@test "what a cgroup of version 1 does not tell says so" {
    as_root
    [ -e /sys/fs/cgroup/memory ] || skip "the host has cgroup version 2"
    "$ringside" run -q -p native -w pause -n 1 -o out >table
    check out/results.jsonl 'it[1]["costs"]["memory_slab"] == {"value": None,
        "unit": "bytes", "why": "cgroup version 1 does not tell it apart"}'
    check out/summary.json 'cell("native", "memory_slab")["n"] == 0'
    check out/summary.json '"version 1" in cell("native", "memory_slab")["why"]'
}

@test "without cgroups what needs them has the reason, the rest its value" {
    as_root
    chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
    mkdir -m 777 out
    export RINGSIDE_RUNTIME_DIR=$PWD/out/sessions
    setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$ringside" ||
        skip "the build directory is closed to other users"
    setpriv --reuid 65534 --regid 65534 --clear-groups \
        "$ringside" run -q -p native -w pause -n 1 -o out/r >table
    check out/r/results.jsonl '"no cgroup" in it[1]["costs"]["memory_current"]["why"]'
    check out/r/results.jsonl 'cost("memory_page_tables") > 0'
    setpriv --reuid 65534 --regid 65534 --clear-groups \
        "$ringside" surface -q -p native -w cpu-int out/s >table
    check out/s/surface.jsonl 'it[0]["system_calls"]["exit_group"] == 1'
    check out/s/costs.jsonl \
        '"no cgroup" in it[0]["costs"]["cpu_per_operation"]["why"]'
}

@test "trace counts each system call, of children and threads too" {
    run -0 "$ringside" trace --ready -o trace.json "$spend" calls 1000 500
    [ "$output" = "ringside ready" ]
    check trace.json 'it["start"] == {"getppid": 1000, "getuid": 100, "write": 1,
        "arch_prctl": 1, "set_tid_address": 1}'
    check trace.json 'it["work"]["getppid"] == 1500'
    check trace.json 'it["work"]["getuid"] == 150'
    check trace.json 'it["tasks"] == 3 and it["vcpus"] == 0'
}

@test "trace stands in for the command: streams, descriptors and status" {
    run -7 "$ringside" trace -o trace.json sh -c 'read x; echo "$x"; exit 7' \
        <<<word
    [ "$output" = word ]
    run -143 "$ringside" trace -o trace.json sh -c 'kill -TERM $$'
    exec 5>five
    "$ringside" trace -o trace.json sh -c 'echo there >&5'
    [ "$(cat five)" = there ]
    run -1 "$ringside" trace ./nonesuch
    [ "$output" = "ringside: ./nonesuch: No such file or directory" ]
    run -2 "$ringside" trace
}

@test "trace prints a table, most frequent first" {
    run -0 --separate-stderr "$ringside" trace "$spend" calls 100 0
    [[ ${stderr_lines[0]} == "system calls: "*" kinds, "*" in all" ]]
    [[ ${stderr_lines[1]} =~ ^\ +100\ +getppid$ ]]
}

@test "exits of a virtual machine: a loop of 100,000 is 100,000" {
    need_kvm
    [[ $build != *sanitize* ]] ||
        skip "LeakSanitizer does not work under ptrace"
    for n in 0 100000; do
        "$ringside" trace --exits-only -o "$n.json" "$vmm" exec-static --stats \
            "$spend" writes $n 2>"$n.stats" >lines
    done
    [ "$(wc -l <lines)" -eq 100001 ]
    # What the VMM itself asks of KVM is the same to the last exit.
    for n in 0 100000; do
        own=$(awk '$4 == "exits" { print $5 }' "$n.stats")
        check "$n.json" "it['kvm_start']['exits'] == $own"
        check "$n.json" 'it["vcpus"] == 1 and it["blind"] == 0'
    done
    # One write is one `out`; some back ends count it as emulated.
    python3 - <<'PY'
import json
def outs(name):
    counts = json.load(open(name))["kvm_start"]
    return counts.get("io_exits", counts.get("insn_emulation", 0))
found = outs("100000.json") - outs("0.json")
assert found == 100000, found
PY
}

@test "surface: a platform's system calls, and what an operation costs" {
    as_root
    [[ $RINGSIDE_BUILD != *sanitize* ]] ||
        skip "LeakSanitizer does not work under ptrace"
    "$ringside" run -q -p native,container -w noop,cpu-int -n 1 -o out >table
    "$ringside" surface -q -p native,container -w noop,cpu-int out >table
    check out/surface.jsonl 'len(it) == 4'
    check out/surface.jsonl 'it[0] == {"type": "surface", "platform": "native",
        "workload": "noop", "system_calls": {"exit_group": 1},
        "start_system_calls":
            {"arch_prctl": 1, "set_tid_address": 1, "write": 1},
        "kernel_functions": it[0]["kernel_functions"],
        "start_kernel_functions": it[0]["start_kernel_functions"],
        "kernel_functions_why": it[0]["kernel_functions_why"], "why": None}'
    check out/summary.json 'len(it["surface"]) == 4'
    check out/summary.json 'it["surface"][0]["system_calls_distinct"] == 1 and
        it["surface"][0]["start_system_calls_total"] == 3'
    check out/summary.json 'it["surface"][1]["start_system_calls_distinct"] > 20'
    # An operation costs the processor time that it takes; on a busy host it
    # takes longer than it costs.
    check out/summary.json '0.2 < [cell["median"] for cell in it["cells"]
        if cell["metric"] == "cpu_per_operation"][0] / [cell["median"]
        for cell in it["cells"] if cell["metric"] == "time_per_operation"][0] < 2'
    grep -q '^container *noop ' table
}

@test "surface: an instance that idles is looked at too, exits and all" {
    need_kvm
    "$ringside" surface -q -p unikernel -w pause out >table
    check out/surface.jsonl 'it[0]["why"] is None'
    check out/surface.jsonl 'it[0]["start_system_calls"]["ioctl"] > 5'
    check out/costs.jsonl 'it[0]["costs"]["kvm_exits"]["value"] > 5'
}

@test "surface: what cannot be traced, or works elsewhere, says so" {
    platform tracer "[\"$ringside\", \"trace\", \"{program}\", \"{args}\"]"
    platform away '["{program}", "{args}"]'
    sed -i 's/"needs"/"elsewhere": true, "needs"/' own/away.json
    "$ringside" surface -q --platform-dir own -p tracer,away -w noop out >table
    check out/surface.jsonl '[line for line in it if line["platform"] == "tracer"
        ][0]["why"].startswith("under the tracer: ")'
    check out/surface.jsonl '"there before" in [line["why"] for line in it if
        line["platform"] == "away"][0]'
    check out/surface.jsonl 'all(line["system_calls"] is None for line in it)'
}

@test "a bad surface.jsonl or costs.jsonl is refused with its line" {
    "$ringside" run -q -p native -w noop -n 1 -o out >table
    for line in '[]' '{"type": "surface"}' 'nonsense' \
        '{"type": "surface", "platform": "native", "workload": "noop",
          "system_calls": {"read": -1}}'; do
        tr -d '\n' <<<"$line" >out/surface.jsonl
        echo >>out/surface.jsonl
        run -1 "$ringside" report out
        [[ $output == "ringside: out/surface.jsonl:1: "* ]]
    done
    rm out/surface.jsonl
    echo '{"type": "costs", "platform": "native"}' >out/costs.jsonl
    run -1 "$ringside" report out
    [[ $output == "ringside: out/costs.jsonl:1: workload: "* ]]
}
