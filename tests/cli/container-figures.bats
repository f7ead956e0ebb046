#!/usr/bin/env bats
# What a start takes, beside crun with the same bundle: the default one, and
# one of what Docker gives a container.

setup() {
    load container_setup
    container_setup
    needs_root "for crun"
    [[ $build != *sanitize* ]] || skip "a sanitizer takes more than the runtime"
    command -v crun >/dev/null || skip "crun is not installed"
    mkdir bundle
    (cd bundle && "$runtime" spec && mkdir rootfs)
    cp "$build/guests/workload" bundle/rootfs/
    python3 - bundle/config.json "$BATS_TEST_DIRNAME/../../bench/configs/docker.json" <<'END'
import json, sys
def merge(under, over):
    for key, value in over.items():
        if isinstance(value, dict) and key in under:
            merge(under[key], value)
        else:
            under[key] = value
path, changes = sys.argv[1:]
config = json.load(open(path))
config["process"].update(args=["/workload", "noop"], terminal=False)
json.dump(config, open(path, "w"))
merge(config, json.load(open(changes)))
config["linux"]["resources"].update(
    memory={"limit": 512 << 20}, pids={"limit": 256})
json.dump(config, open(path + ".docker", "w"))
END
    command=(crun --root "$PWD/crun" run --bundle bundle "$id")
    [ ! -d /sys/fs/cgroup/unified ] ||
        command=(unshare --mount sh -c 'umount /sys/fs/cgroup/unified; exec "$@"' -
            "${command[@]}")
}

ours() { # [WRAPPER...]
    "$@" "${container[@]}" run --bundle bundle "$id"
}

# The wrapper comes last but for crun itself, so that it sees crun alone.
crun_s() { # [WRAPPER...]
    local before=("${command[@]}")
    "${before[@]:0:${#before[@]}-7}" "$@" "${before[@]: -7}"
}

system_calls() { # ours|crun_s
    "$1" >/dev/null # the filter is compiled by now
    "$1" strace -f -c -o calls >/dev/null
    awk 'END {print $4}' calls
}

peak() { # ours|crun_s
    "$1" "$build/tests/programs/peak" 3>&1 >/dev/null
}

@test "a start takes at most half of crun's system calls, or two thirds with Docker's bundle" {
    command -v strace >/dev/null || skip "strace is not installed"
    a=$(system_calls ours) b=$(system_calls crun_s)
    echo "$a of $b"
    [ $((a * 2)) -le "$b" ]
    mv bundle/config.json.docker bundle/config.json
    a=$(system_calls ours) b=$(system_calls crun_s)
    echo "Docker's: $a of $b"
    [ $((a * 3)) -le $((b * 2)) ]
}

@test "a start takes at most half of crun's memory" {
    for _ in 1 2; do
        a=$(peak ours) b=$(peak crun_s)
        echo "$a KiB of $b KiB"
        [ $((a * 2)) -le "$b" ]
        [ ! -e bundle/config.json.docker ] ||
            mv bundle/config.json.docker bundle/config.json
    done
}

@test "--phases tells when each step of a start was done, in order" {
    run -0 --separate-stderr "${container[@]}" run --phases --bundle bundle "$id"
    names=$(awk '{print $3}' <<<"$stderr" | paste -sd ' ')
    [ "$names" = "exec start bundle prepared cgroup clone namespaces mounts root rights program end teardown" ]
    # The parent may see the program executed late, nothing else is out of order.
    awk '$3 != "program" && $4 < last {exit 1} {last = $4}' <<<"$stderr"

    run -0 bash -c '"$@" 7>phases' - "${container[@]}" run --phases=7 --bundle bundle "$id"
    [ "$(grep -cE '^ringside phase [a-z]+ [0-9]+\.[0-9]$' phases)" = 12 ]
    run -1 "${container[@]}" run --phases=7 --bundle bundle "$id"
    [[ $output == *"--phases: cannot write to descriptor 7: Bad file descriptor" ]]
    run "${container[@]}" run --phases=x --bundle bundle "$id"
    [[ $output == *'--phases: expected a descriptor, got "x"'* ]]
}
