#!/usr/bin/env bats
# The workload programs as their users see them: records, results, refusals.

setup() {
    bats_require_minimum_version 1.5.0
    workload="${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}/guests/workload"
    cd "$BATS_TEST_TMPDIR"
    # With static libraries of the system: else they are not in the program.
    if "$workload-large" list | grep -q ^database; then
        results[database]=fdddbcc37d326ad137c2b479d021ad9ed42fbd295d1020cea054c9830b4ae662
        results[compress]=$(packed_by_python)
    fi
}

# What Python's zlib, the same library linked otherwise, makes of the text.
packed_by_python() {
    python3 - <<'END'
import hashlib, zlib
def draw(state, bound):
    state[0] = state[0] + 0x9e3779b97f4a7c15 & 2**64 - 1
    bits = (state[0] ^ state[0] >> 30) * 0xbf58476d1ce4e5b9 & 2**64 - 1
    bits = (bits ^ bits >> 27) * 0x94d049bb133111eb & 2**64 - 1
    return ((bits ^ bits >> 31) >> 32) * bound >> 32
def word(number):
    letters = [number]
    return bytes(97 + draw(letters, 26) for _ in range(2 + draw(letters, 7)))
state, digest = [0], hashlib.sha256()
for piece in range(4):
    text = b""
    while len(text) < 65536:
        text += word(draw(state, 1 + draw(state, 2000))) + b" "
    digest.update(zlib.compress(text[:65536], 6))
print(digest.hexdigest())
END
}

# The program that has a workload: the small one, or else the large one.
program_of() {
    if "$workload" list | cut -f 1 | grep -qxF -e "$1"; then
        echo "$workload"
    else
        echo "$workload-large"
    fi
}

# What both list.
list_all() {
    "$workload" list
    "$workload-large" list
}

# Runs one briefly; small where the size does not matter to the result.
briefly() {
    local small=()
    case $1 in memory-* | fault-file) small=(--size 1) ;; esac
    "$(program_of "$1")" "$1" --duration 1 --samples 2 "${small[@]}"
}

# Computed apart from this code, in Python.
declare -gA results=(
    [cpu-int]=aa95943309d5fa1181c2135ced1544b24f51cd264bcd69844a74af524a462ff2
    [cpu-float]=cb2c01ebcad234638dc4fdd97aa5d262e084fc71078a31ca3b41ef5d20ff1fbf
    [sha256]=bc9d1d01517351f3e2c02d32495b3bfbcba5ec54e5f1a44b06f51755d0086a01
    [memory-first]=4f0aee7641c848d79991ab507dba8b993e5efd9e7f7bc3e459295363367dc683
    [memory-touch]=4f0aee7641c848d79991ab507dba8b993e5efd9e7f7bc3e459295363367dc683
    [memory-stream]=824a78ab8c391205cfce83edebf81f78c5ac502419636afda0286303f0d23e27
    [memory-latency]=f3dd6f550e17d6038b04fedc87dd8bf33bc8ab5ff6da262cc372dbb6e7371708
    [syscall]=ae1fd128caf85aaf5af91075ffc018dc15569e7c71c2c1fe9c4c1f75c5f661ec
    [fault-file]=add0eab3cbb81a555e1936adb644800fa5d40c92df8725bff2f465d73bcdabbb
    [fault-signal]=9bf1e607f8b875c0b5176cd3da9ad0340435a27677e3555aa87cc78baf2ad1b8
    [getrandom]=ae1fd128caf85aaf5af91075ffc018dc15569e7c71c2c1fe9c4c1f75c5f661ec
    [switch-pipe]=250c998b6c929d4f5d0fda13850af053af7577fec8f6951844042c04438fb77d
    [switch-futex]=250c998b6c929d4f5d0fda13850af053af7577fec8f6951844042c04438fb77d
    [file-create]=ae85bb368ec9be2f74601f50a36f18ef0c47a3531ef58ef99f35f2d1db22bd32
    [file-read]=24b490b722c8d525bdfcfad6326808809e0f12b19d75884ac20b369342b65c5c
    [file-write]=ea4f1c2f560549c13c94c9f93b0d7c818cbc02dc8d7f069a690bf26e66584b19
    [file-sync]=ea4f1c2f560549c13c94c9f93b0d7c818cbc02dc8d7f069a690bf26e66584b19
    [directory-walk]=1e4370845fe1ea4fc38cf936f61ddf65ecba0e9638650a1586ba4ff318475ddf
    [hash-join]=7a1c2fc44949f129ddce239b5bdf73c6ee3db25f520b22a216eb7c1c38b981c7
    [arenas]=5dbb0a73baa5e34ab066515e1a17a01e15fe4255a313183a71802bd26d1f7f20
    [requests]=2deaec8f6c897177fecfeec85503fbe02d960cf753355453ed1b6cb586bdece0
    [archive]=5d8f1d5347d50c192641529c21d73360eadd2d1f3d365704dabfd7b121d3eb2c
)

@test "list names every workload once, with group and summary" {
    run -0 --separate-stderr list_all
    [ "$(cut -f 1 <<<"$output" | sort | uniq -d)" = "" ]
    [ "$(wc -l <<<"$output")" -eq "$((${#results[@]} + 2))" ]
    while IFS=$'\t' read -r name group summary rest; do
        [[ $name =~ ^[a-z0-9-]+$ ]]
        [[ $group =~ ^(start|cpu|memory|kernel|files|macro|idle)$ ]]
        [ -n "$summary" ]
        [ -z "$rest" ]
    done <<<"$output"
}

@test "every measured workload has its known result" {
    [ "${#results[@]}" -eq "$(list_all | grep -cvE '^(noop|pause)')" ]
    for name in "${!results[@]}"; do
        briefly "$name" >out
        [ "$(sed -n 's/^ringside result //p' out)" = "${results[$name]}" ]
    done
}

@test "a result does not depend on duration, samples or size" {
    for options in "--samples 1" "--duration 20" "--size 3"; do
        # shellcheck disable=SC2086
        "$workload" memory-latency --size 1 $options >out
        grep -qx "ringside result ${results[memory-latency]}" out
    done
}

@test "records are ready, metrics, result, in this order and well formed" {
    for name in "${!results[@]}"; do
        briefly "$name" >out
        [ "$(head -n 1 out)" = "ringside ready" ]
        tail -n 1 out | grep -qE '^ringside result [0-9a-f]{64}$'
        sed '1d;$d' out >metrics
        [ -s metrics ]
        run ! grep -vE \
            '^ringside metric [a-z_]+ [0-9]+(\.[0-9]+)? (ns|MB/s|MiB/s|count)$' \
            metrics
    done
}

@test "every workload that times itself reports time_per_operation" {
    list_all >list
    while IFS=$'\t' read -r name group _; do
        case $group in start | idle) continue ;; esac
        briefly "$name" >out
        awk '$3 == "time_per_operation" && $4 > 0 && $5 == "ns" { found++ }
             END { exit found != 1 }' out
        awk '$3 == "iterations" && $4 >= 1 && $5 == "count" { found++ }
             END { exit found != 1 }' out
        awk '$3 == "operations" && $4 >= 1 && $5 == "count" { found++ }
             END { exit found != 1 }' out
    done <list
}

# What the kernel counted for the process, over the operations that it reports.
counted_per_operation() { # COUNTER... WORKLOAD
    python3 - "$workload-large" "$@" <<'END'
import re, resource, subprocess, sys
output = subprocess.run([sys.argv[1], sys.argv[-1], "--duration", "300"],
                        capture_output=True, text=True, check=True).stdout
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
operations = int(re.search(r"metric operations (\d+)", output)[1])
print(sum(getattr(usage, name) for name in sys.argv[2:-1]) / operations)
END
}

@test "a hand-over is a context switch, by the kernel's count" {
    for name in switch-pipe switch-futex; do
        per=$(counted_per_operation ru_nvcsw ru_nivcsw "$name")
        awk -v per="$per" 'BEGIN { exit !(per > 0.95 && per < 1.5) }'
    done
}

# A kernel with large folios may need fewer faults, never more than a page each.
@test "pages are faulted in, one by one or a few at once, by the kernel's count" {
    per=$(counted_per_operation ru_minflt fault-file)
    awk -v per="$per" 'BEGIN { exit !(per > 0.001 && per <= 1.1) }'
    per=$(counted_per_operation ru_minflt arenas)
    awk -v per="$per" 'BEGIN { exit !(per >= 1 && per < 400) }'
}

@test "noop says ready and nothing else" {
    run -0 "$workload" noop
    [ "$output" = "ringside ready" ]
    run -0 "$workload" noop --quiet
    [ "$output" = "" ]
}

@test "pause says ready and sleeps until killed" {
    mkfifo pipe
    "$workload" pause --touch 4 >pipe &
    pid=$!
    read -r line <pipe
    [ "$line" = "ringside ready" ]
    # Exact, which VmRSS in its status is not (proc(5)).
    awk '/^Rss:/ { exit $2 < 4096 }' "/proc/$pid/smaps_rollup"
    kill "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 143 ]
}

@test "a link named like a workload runs it" {
    ln -s "$workload" noop
    run -0 ./noop
    [ "$output" = "ringside ready" ]
    run -2 ./noop --loud
    [[ $output == *"--loud"* ]]
}

@test "bad arguments get one line and status 2, and nothing on stdout" {
    while read -r words; do
        # shellcheck disable=SC2086
        run -2 --separate-stderr "$workload" $words
        [ "$output" = "" ]
        [ "${#stderr_lines[@]}" -eq 1 ]
        [[ $stderr == "workload: "* ]]
    done <<'END'

no-such-workload
cpu-int --duration
cpu-int --duration 0
cpu-int --duration -5
cpu-int --duration 10ms
cpu-int --samples 99999
cpu-int --size 1
memory-touch --size 99999999999999999999
noop quiet
END
}

@test "memory that cannot be had is one line and status 1" {
    ulimit -v 100000
    for name in memory-first memory-touch memory-stream memory-latency; do
        run -1 --separate-stderr "$workload" "$name" --size 1000
        [ "${#stderr_lines[@]}" -eq 1 ]
        [[ $stderr == "workload: cannot map "*" MiB of memory: Out of memory" ]]
    done
    run -1 --separate-stderr "$workload" pause --touch 1000
    [ "$output" = "" ]
}

@test "files are made in memory, and none is left" {
    command -v strace >/dev/null || skip "strace is not installed"
    for name in fault-file file-create file-read file-write directory-walk \
        archive; do
        strace -qq -e trace=chdir,fchdir,mkdir,rmdir -o trace \
            "$workload-large" "$name" --duration 1 --samples 1 >/dev/null
        made=$(sed -nE 's/^mkdir\("(\/dev\/shm\/ringside-workload-\w+)".*= 0/\1/p' trace)
        [ -n "$made" ]
        [ ! -e "$made" ]
    done
}

@test "what a killed workload left is removed by the next, and a living one's is not" {
    "$workload-large" file-read --duration 60000 >one &
    killed=$!
    "$workload-large" file-write --duration 60000 >two &
    living=$!
    until grep -q ready one && grep -q ready two; do :; done
    left=$(readlink "/proc/$killed/cwd") kept=$(readlink "/proc/$living/cwd")
    kill -KILL "$killed"
    wait "$killed" || true
    [ -d "$left" ]
    briefly file-read >out
    [ ! -e "$left" ]
    [ -d "$kept" ]
    kill -KILL "$living"
    wait "$living" || true
    briefly file-read >out
    [ ! -e "$kept" ]
}

@test "output that cannot be written is one line and status 1" {
    run -1 --separate-stderr bash -c '"$0" noop >/dev/full' "$workload"
    [[ $stderr == "workload: cannot write to standard output: "* ]]
    run -1 --separate-stderr bash -c '"$0" noop >&-' "$workload"
    [ "${#stderr_lines[@]}" -eq 1 ]
}

@test "only the few system calls that every platform has are made" {
    command -v strace >/dev/null || skip "strace is not installed"
    # The two that are made often do not stop for strace, or it takes minutes.
    trace=(strace -qq -f --seccomp-bpf -e 'trace=!getppid,clock_gettime' -o trace)
    for name in $("$workload" list | cut -f 1); do
        case $name in pause) continue ;; esac
        if [ "$name" = noop ]; then
            "${trace[@]}" "$workload" noop >/dev/null
        else
            "${trace[@]}" "$workload" "$name" --duration 1 --samples 1 >/dev/null
        fi
        run ! grep -vE '^[0-9]+ +((execve|arch_prctl|set_tid_address|write|exit_group|mmap|munmap)\(|\+\+\+ exited with 0)' trace
    done
}
