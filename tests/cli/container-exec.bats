#!/usr/bin/env bats
# exec: a further process in a container that runs, and what one can do to a
# running container from outside: ps, pause, resume, update.

load lifecycle.bash

# A running container; what exec adds has its own output.
start() { # ARGUMENT...
    make_bundle "${@:-stay}"
    create
    "${container[@]}" start "$id"
    read -r -t 20 line <&4
}

inside() { # ARGUMENT... of inspect, by exec
    "${container[@]}" exec "$id" /inspect "$@" 4<&-
}

# The same, left to itself; what it inherits must not keep bats waiting.
exec_detached() { # ARGUMENT...
    "${container[@]}" exec --detach --pid-file exec-pid "$id" /inspect "$@" \
        >/dev/null 2>&1 3>&- 4<&-
}

@test "a process joins the container: its namespaces, root, environment and identity" {
    start
    run -0 inside ids + cwd + env + hostname
    [[ ${lines[0]} =~ ^pid\ [2-9][0-9]*\ uid\ 0\ gid\ 0\ groups ]]
    [ "${lines[1]}" = / ]
    [ "${lines[2]}" = PATH=/ ]
    [ "${lines[3]}" = A=b ]
    [ "${lines[4]}" = inside ]
    for kind in mnt pid net ipc uts user cgroup time; do
        run -0 inside link "/proc/self/ns/$kind" + link "/proc/1/ns/$kind"
        [ "${lines[0]}" = "${lines[1]}" ]
    done
}

@test "it has the rights of the container's process, and no more" {
    process='"noNewPrivileges":true,"capabilities":{"bounding":["CAP_KILL"],
        "effective":["CAP_KILL"],"permitted":["CAP_KILL"]}'
    start
    run -0 inside cat /proc/self/status
    grep -q "^CapEff:.0000000000000020$" <<<"$output"
    grep -q "^CapBnd:.0000000000000020$" <<<"$output"
    grep -q "^NoNewPrivs:.1$" <<<"$output"
}

@test "it is under the container's filter of system calls" {
    linux+=',"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
        {"names":["mkdir","getcwd"],"action":"SCMP_ACT_ERRNO","errnoRet":38}]}'
    start
    run inside cat /proc/self/status
    grep -q "^Seccomp:.2$" <<<"$output"
}

@test "its exit status passes through; death by a signal is 128+n" {
    start
    run -7 inside exit 7
    run -139 inside crash
    run -1 "${container[@]}" exec "$id" absent
    [ "$output" = "ringside-container: exec: \"absent\": executable file not found in \$PATH" ]
}

@test "flags say what differs from the container's process" {
    start
    run -0 "${container[@]}" exec --cwd /proc -e X=1 --env Y=2 --cap CAP_CHOWN \
        --no-new-privs "$id" /inspect cwd + env + cat /proc/self/status
    [ "${lines[0]}" = /proc ]
    [[ $output == *"X=1"*"Y=2"* ]]
    grep -q "^CapEff:.0000000000000001$" <<<"$output"
    grep -q "^CapInh:.0000000000000000$" <<<"$output" # CVE-2022-29162
    run -1 "${container[@]}" exec --cap CAP_NONSENSE "$id" /inspect ids
    [[ $output == "ringside-container: process: capabilities.bounding[0]: expected the name of a capability"* ]]
    run -1 "${container[@]}" exec --env nonsense "$id" /inspect ids
    [[ $output == *"expected NAME=value"* ]]
    run -1 "${container[@]}" exec --user root "$id" /inspect ids
    [[ $output == *'--user: expected UID or UID:GID, got "root"'* ]]
}

@test "it can run as another user" {
    needs_root "to be other users"
    start
    run -0 "${container[@]}" exec -u 1000:1001 -g 5 -g 6 "$id" /inspect ids
    [[ $output =~ uid\ 1000\ gid\ 1001\ groups\ 5\ 6$ ]]
}

@test "a process file says everything, and inherits what it leaves out of rights" {
    process='"capabilities":{"bounding":["CAP_KILL"],"effective":["CAP_KILL"],
        "permitted":["CAP_KILL"]}'
    start
    echo '{"args":["/inspect","cwd","+","env","+","cat","/proc/self/status"],
           "cwd":"/dev","env":["ONLY=this"]}' >process.json
    run -0 "${container[@]}" exec --process process.json "$id"
    [ "${lines[0]}" = /dev ]
    [ "${lines[1]}" = ONLY=this ]
    grep -q "^CapEff:.0000000000000020$" <<<"$output"
    echo '{"args":["/inspect"],"cwd":"relative"}' >process.json
    run -1 "${container[@]}" exec --process process.json "$id"
    [[ $output == "ringside-container: process: cwd: expected an absolute path"* ]]
}

@test "a directory of the host cannot be the working directory" {
    start
    for directory in /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/5 \
        /proc/self/fd/6 /proc/self/fd/7 /proc/self/fd/8 /proc/self/fd/9; do
        run -1 "${container[@]}" exec --cwd $directory "$id" /inspect ls . 5</
    done
}

@test "only standard descriptors reach it, and those asked for" {
    start
    run -0 bash -c '"$@" 3<&- 4<&- 5</' - "${container[@]}" exec "$id" /inspect fds
    [ "$output" = "0 1 2 " ]
    run -0 bash -c '"$@" 3</dev/null 4<&-' - "${container[@]}" exec --preserve-fds 1 "$id" /inspect fds
    [ "$output" = "0 1 2 3 " ]
}

@test "--detach leaves it to itself, its id in the pid file" {
    start
    exec_detached stay
    [ "$(readlink "/proc/$(cat exec-pid)/exe")" = /inspect ]
    [ "$(readlink "/proc/$(cat exec-pid)/ns/pid")" = "$(readlink "/proc/$(cat pid)/ns/pid")" ]
    "${container[@]}" kill "$id" KILL
    await_status stopped
    [ ! -e "/proc/$(cat exec-pid)/exe" ]
}

@test "a process can be executed in a container that is not started yet" {
    make_bundle stay
    create
    run -0 inside ids
    [ "$(status_of "$id")" = created ]
}

@test "exec into what does not run is refused" {
    run -1 "${container[@]}" exec "$id" /inspect
    [ "$output" = "ringside-container: container \"$id\" does not exist" ]
    start ids
    await_status stopped
    run -1 "${container[@]}" exec "$id" /inspect
    [ "$output" = "ringside-container: container not running: \"$id\" is stopped" ]
    run -1 "${container[@]}" exec "$id"
}

# Nobody can write to what process PID was executed from: it is on a read-only
# mount, or, for a user's own runtime, a sealed copy in memory.
assert_sealed() { # PID
    if [ "$(id -u)" -eq 0 ]; then
        run -0 "$inspect" statfs "/proc/$1/exe"
        [ "$output" = read-only ]
    else
        [[ $(readlink "/proc/$1/exe") == "/memfd:ringside "* ]]
    fi
}

@test "the runtime's own program cannot be written to from inside" {
    [[ $build != *sanitize* ]] || skip "a sanitizer's start-up comes first"
    cp "${container[0]}" own
    container[0]=$PWD/own
    make_bundle stay
    create
    # While it waits, nobody in there may look into it.
    [ "$(id -u)" -ne 0 ] || run -1 inside link /proc/1/exe
    assert_sealed "$(cat pid)"
    "${container[@]}" delete "$id"
    # A container has the runtime as its program, as CVE-2019-5736 had it.
    sed -i 's|"/inspect","stay"|"/proc/self/exe","update","-r","-","x"|' bundle/config.json
    rm pid output
    mkfifo input
    "${container[@]}" run --bundle bundle --pid-file pid "$id" <>input 3>&- 4<&- &
    pid=$!
    await_status running
    until [ "$(tr '\0' ' ' <"/proc/$(cat pid)/cmdline")" = "/proc/self/exe update -r - x " ]; do
        [ -e "/proc/$(cat pid)" ]
    done
    assert_sealed "$(cat pid)"
}

@test "ps shows the processes as the host sees them" {
    needs_root "for a cgroup"
    start
    exec_detached stay
    run -0 "${container[@]}" ps --format json "$id"
    [ "$output" = "[$(cat pid),$(cat exec-pid)]" ]
    run -0 "${container[@]}" ps "$id"
    [ "$output" = "PID
$(cat pid)
$(cat exec-pid)" ]
}

@test "pause stops every process, resume lets them go on" {
    needs_root "for a cgroup"
    start catch 10
    run -0 "${container[@]}" pause "$id"
    [ "$(status_of "$id")" = paused ]
    run -1 "${container[@]}" pause "$id"
    [[ $output == *"cannot be paused: it is paused" ]]
    run -1 inside ids
    [[ $output == *"container not running: \"$id\" is paused" ]]
    "${container[@]}" kill "$id" USR1
    if read -r -t 0.05 line <&4; then return 1; fi
    run -0 "${container[@]}" resume "$id"
    read -r -t 20 line <&4
    [ "$line" = "caught 10" ]
    await_status stopped
    run -1 "${container[@]}" resume "$id"
}

@test "a paused container can be deleted by force" {
    needs_root "for a cgroup"
    start
    "${container[@]}" pause "$id"
    run -0 "${container[@]}" delete --force "$id"
    assert_nothing_left
}

@test "kill --all reaches every process" {
    needs_root "for a cgroup"
    start
    exec_detached catch 10
    until grep -q "^SigCgt:.*[1-9a-f]" "/proc/$(cat exec-pid)/status"; do
        [ -e "/proc/$(cat exec-pid)/exe" ]
    done
    run -0 "${container[@]}" kill --all "$id" USR1
    for _ in $(seq 200); do
        [ -e "/proc/$(cat exec-pid)/exe" ] || break
        read -r -t 0.01 <> <(:) || true
    done
    [ ! -e "/proc/$(cat exec-pid)/exe" ]
}

@test "update changes limits, by flags, a file, or standard input" {
    needs_root "for a cgroup"
    start
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
        memory=/sys/fs/cgroup/ringside/$id/memory.max
        pids=/sys/fs/cgroup/ringside/$id/pids.max
        processors=/sys/fs/cgroup/ringside/$id/cpuset.cpus
    else
        memory=/sys/fs/cgroup/memory/ringside/$id/memory.limit_in_bytes
        pids=/sys/fs/cgroup/pids/ringside/$id/pids.max
        processors=/sys/fs/cgroup/cpuset/ringside/$id/cpuset.cpus
    fi
    run -0 "${container[@]}" update --memory 33554432 --pids-limit 20 "$id"
    [ "$(cat "$memory")" = 33554432 ]
    [ "$(cat "$pids")" = 20 ]
    echo '{"cpu":{"cpus":"0"}}' >resources.json
    run -0 "${container[@]}" update --resources=resources.json "$id"
    [ "$(cat "$processors")" = 0 ] # a hierarchy that it was not in before
    "${container[@]}" update --resources - "$id" <<<'{"pids":{"limit":30}}'
    [ "$(cat "$pids")" = 30 ]
    run -1 "${container[@]}" update --memory lots "$id"
    run -1 "${container[@]}" update -r - "$id" <<<'{"memory":{"limit":"4G"}}'
    [[ $output == *'memory.limit: expected an integer, got "4G"' ]]
    "${container[@]}" delete --force "$id"
    assert_nothing_left
}

@test "exec does what crun's does" {
    needs_crun
    start
    "${crun[@]}" run --detach --bundle bundle "$id-crun" >/dev/null 2>&1 3>&- 4<&-
    # What differs between any two processes, and no_new_privs, which we take
    # from the container and crun does not, is left out.
    differs='/^(core|Name|Pid|Tgid|NStgid|NSpid|NSpgid|NSsid|Vm|Rss|.*ctxt|Cpus|Mems|'
    differs+='PPid|SigQ|Hugetlb|Threads|x86|FDSize|NoNewPrivs)/d; '
    differs+='/bundle.rootfs/d; s/^[0-9]+ [0-9]+ [0-9:]+ //; s/^pid [0-9]+//'
    for arguments in "cat /proc/self/status" "cat /proc/self/mountinfo" \
        "cwd + hostname + ids" "limits" "ls /dev"; do
        # shellcheck disable=SC2086
        ours=$(inside $arguments | sed -E "$differs" | sort)
        # shellcheck disable=SC2086
        theirs=$("${crun[@]}" exec "$id-crun" /inspect $arguments 4<&- |
            sed -E "$differs" | sort)
        diff <(echo "$ours") <(echo "$theirs")
    done
    "${crun[@]}" delete --force "$id-crun"
}
