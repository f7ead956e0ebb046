#!/usr/bin/env bats
# What becomes of measurements when the host fails in their midst: a disk that
# is full or may not be written to, a device that goes, a program that the
# kernel kills, a clock that is set. One line says so, nothing that is partial
# is taken for whole, and what was measured stays.

setup() {
    bats_require_minimum_version 1.5.0
    [ "$(id -u)" -eq 0 ] || skip "needs root, to mount"
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    ringside=$build/bin/ringside
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/sessions
    session=("$ringside" run -q -p "native,native-again" -w noop -n 3 --rest 0
        --seed 1)
    cd "$BATS_TEST_TMPDIR"
    mkdir disk
}

teardown() {
    ! mountpoint -q disk || umount disk
    [ -z "${cgroup-}" ] || rmdir "$cgroup"
}

disk_of() { # SIZE
    mount -t tmpfs -o "size=$1" none disk
}

# What the files of a directory say, as a list of those that are there.
files_of() { # DIRECTORY
    (cd "$1" && find . -type f | sort | tr '\n' ' ')
}

@test "a disk that is full ends a session with one line; its finished runs count" {
    for size in 4k 8k 12k; do
        disk_of $size
        run -1 --separate-stderr "${session[@]}" -o disk/results
        [[ $stderr == "ringside: disk/results/"*": "*"No space left on device" ]]
        [ "$(wc -l <<<"$stderr")" -eq 1 ]
        # Not finished, and not taken to be.
        run "$ringside" validate disk/results
        [[ $output != *", complete" || ! -e disk/results/summary.json ]]
        umount disk
    done
}

@test "a session that a full disk interrupted is gone on with where there is room" {
    disk_of 8k
    run -1 "${session[@]}" -o disk/results
    cp -r disk/results .
    run -0 "$ringside" validate results
    [[ $output == *" 0 failed, interrupted"* ]]
    # Without the seed, which the record has.
    run -0 "${session[@]:0:9}" --rest 0 --resume results
    run -0 "$ringside" validate results
    [[ $output == *": schema 1, 6 runs, 0 failed, complete" ]]
}

@test "a report that does not fit is no report" {
    "${session[@]}" -o results >/dev/null
    for size in 32k 96k; do
        disk_of $size
        cp -r results disk/
        run -1 --separate-stderr "$ringside" report disk/results
        [[ $stderr == "ringside: "*"No space left on device" ]]
        [ "$(wc -l <<<"$stderr")" -eq 1 ]
        [ ! -e disk/results/report.html ]
        cmp results/results.jsonl disk/results/results.jsonl
        umount disk
    done
}

@test "where nothing may be written, every verb that writes says so in one line" {
    "${session[@]}" -o disk/results >/dev/null
    before=$(files_of disk)
    mount --bind disk disk
    mount -o remount,bind,ro disk
    while read -r words; do
        # shellcheck disable=SC2086
        run -1 --separate-stderr "$ringside" $words
        [[ $stderr == "ringside: "*"Read-only file system" ]]
        [ "$(wc -l <<<"$stderr")" -eq 1 ]
    done <<'END'
run -q -p native -w noop -n 1 -o disk/new
report disk/results
density -q -p native --max 1 -o disk/results
END
    umount disk
    [ "$(files_of disk)" = "$before" ]
}

@test "a device that goes in the midst fails the runs after it, and those alone" {
    [ -w /dev/kvm ] || skip "no /dev/kvm"
    command -v python3 >/dev/null || skip "python3 is not installed"
    unshare --mount --propagation private bash -c '
        "$@" -p native,unikernel -w noop -n 12 -o results >said 2>&1 &
        until [ "$(wc -l <results/results.jsonl)" -gt 5 ]; do kill -0 $!; done 2>/dev/null
        mount --bind /dev/null /dev/kvm
        wait $!' - "$ringside" run -q --rest 0 --seed 1
    grep -q "runs failed and take no part" said
    run -0 "$ringside" validate results
    [[ $output == *": schema 1, 24 runs, "*" failed, complete" ]]
    python3 - <<'END'
import json
lines = [json.loads(line) for line in open("results/results.jsonl")]
runs = [line for line in lines if line["type"] == "run"]
failed = [run["failure"] for run in runs if run["failure"]]
assert 0 < len(failed) < 12, failed
assert all("/dev/kvm" in failure for failure in failed), failed
assert not any(run["failure"] for run in runs if run["platform"] == "native")
END
}

@test "a program that the kernel kills for its memory is a run that failed" {
    cgroup=/sys/fs/cgroup/memory/ringside-fault-$$
    mkdir "$cgroup" 2>/dev/null || { cgroup=; skip "no memory cgroup of version 1"; }
    echo 64M >"$cgroup/memory.limit_in_bytes"
    mkdir platforms
    cat >platforms/hungry.json <<END
{"name": "hungry", "title": "hungry", "class": "container", "order": 90,
 "needs": [], "differs": [],
 "run": ["sh", "-c", "echo \$\$ >$cgroup/cgroup.procs; exec tail /dev/zero"]}
END
    "$ringside" run -q -p native,hungry --platform-dir platforms -w noop -n 2 \
        --rest 0 -o results >said
    run -0 "$ringside" validate results
    [[ $output == *": schema 1, 4 runs, 2 failed, complete" ]]
    [ "$(grep -c '"platform":"hungry".*"failure":"exit status 137"' results/results.jsonl)" -eq 2 ]
}

@test "a clock that is set in the midst changes no duration" {
    [ "$(cat /proc/sys/kernel/hostname)" = ringside-lane ] ||
        skip "would set this host's clock; the SVM lane has it"
    "${session[@]}" -o results >/dev/null &
    until [ "$(wc -l 2>/dev/null <results/results.jsonl)" -gt 2 ]; do
        kill -0 $!
    done 2>/dev/null
    date -s "+1 day" >/dev/null
    wait $!
    date -s "-1 day" >/dev/null
    run -0 "$ringside" validate results
    [[ $output == *": schema 1, 6 runs, 0 failed, complete" ]]
    # A day is 86400 s; no run took a minute.
    ! grep -E '"exit_ns":[0-9]{11,}' results/results.jsonl
}
