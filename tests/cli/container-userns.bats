#!/usr/bin/env bats
# User namespaces: new with mappings, joined by path, and without root; the
# other namespaces by path.

setup() {
    load container_setup
    container_setup
    root='"readonly":false'
}

teardown() {
    for process in ${holders-}; do
        kill -KILL "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
}

# A process in namespaces of its own (unshare(1)'s flags); $holder is its id.
hold() {
    mkfifo "ready.$#.$1"
    unshare "$@" sh -c 'echo >"$0"; exec sleep 1000' "ready.$#.$1" 3>&- &
    read -r <"ready.$#.$1"
    holder=$!
    # unshare --fork waits beside it
    holders="${holders-} $holder"
}

@test "namespaces with a path are joined, the others are new" {
    needs_root "to join namespaces"
    hold -n -i -u
    namespaces='{"type":"mount"},{"type":"pid"},{"type":"cgroup"},
        {"type":"network","path":"/proc/'$holder'/ns/net"},
        {"type":"ipc","path":"/proc/'$holder'/ns/ipc"},
        {"type":"uts","path":"/proc/'$holder'/ns/uts"}'
    top='"hostname":"joined"'
    make_bundle cat /proc/sys/kernel/hostname
    run -0 "${container[@]}" run -b bundle "$id"
    [ "$output" = joined ]
    [ "$(nsenter -u -t "$holder" hostname)" = joined ]
    [ "$(hostname)" != joined ]
}

@test "a PID namespace is joined: the container's program is not its first" {
    needs_root "to join namespaces"
    mkfifo ready
    unshare -p -f sh -c 'echo >ready; exec sleep 1000' 3>&- &
    holders=$!
    read -r <ready
    first=$(tr -d ' ' <"/proc/$holders/task/$holders/children")
    holders+=" $first"
    namespaces=${namespaces/\{\"type\":\"pid\"\}/"{\"type\":\"pid\",\"path\":\"/proc/$first/ns/pid\"}"}
    # The runtime's other children stay outside.
    top='"hooks":{"poststop":[{"path":"/bin/sh",
        "args":["sh","-c","readlink /proc/self/ns/pid >'$PWD'/hook"]}]}'
    run -0 inside cat /proc/self/status
    [ "$(cat hook)" = "$(readlink /proc/self/ns/pid)" ]
    [[ $output =~ Pid:$'\t'([0-9]+) ]]
    [ "${BASH_REMATCH[1]}" -gt 1 ]
    [ "${BASH_REMATCH[1]}" -lt 20 ]
}

@test "where a PID namespace is joined, all the rest is as it is elsewhere" {
    needs_root "to join namespaces"
    mkfifo ready
    unshare -p -f sh -c 'echo >ready; exec sleep 1000' 3>&- &
    holders=$!
    read -r <ready
    first=$(tr -d ' ' <"/proc/$holders/task/$holders/children")
    holders+=" $first"
    joined=${namespaces/\{\"type\":\"pid\"\}/"{\"type\":\"pid\",\"path\":\"/proc/$first/ns/pid\"}"}
    # Its proc shows that namespace: the first process is the one that sleeps.
    namespaces=$joined
    run -0 inside cat /proc/1/comm
    [ "$output" = sleep ]
    # In a new user namespace, with a filter that is there before the rights
    # are given up, and with hooks of each kind.
    namespaces=$joined,'{"type":"user"}'
    mappings='"uidMappings":[{"containerID":0,"hostID":1000,"size":10}],
              "gidMappings":[{"containerID":0,"hostID":1000,"size":10}],'
    process='"noNewPrivileges":false'
    linux+=',"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
        {"names":["getppid"],"action":"SCMP_ACT_ERRNO"}]}'
    top='"hooks":{"createRuntime":[{"path":"/bin/sh",
            "args":["sh","-c","cat >'$PWD'/created"]}],
        "poststart":[{"path":"/bin/sh","args":["sh","-c","cat >'$PWD'/started"]}]}'
    mkdir -p bundle/rootfs/proc bundle/rootfs/dev
    run -0 inside cat /proc/self/uid_map + cat /proc/self/status
    [[ ${lines[0]} =~ ^\ *0\ +1000\ +10$ ]]
    [[ $output == *"Seccomp:"$'\t'2* ]]
    # The process that the engine hears of last is the container's.
    [[ $(cat created) =~ \"pid\":\ ?([0-9]+) ]]
    setup=${BASH_REMATCH[1]}
    [[ $(cat started) =~ \"pid\":\ ?([0-9]+) ]]
    [ "${BASH_REMATCH[1]}" -ne "$setup" ]
    # Made first and started later, it leads a session of its own.
    top='"hostname":"inside"'
    make_bundle cat /proc/self/stat
    "${container[@]}" create -b bundle --pid-file pid "$id" >told 3>&-
    [ "$(readlink "/proc/$(cat pid)/ns/pid")" = "$(readlink "/proc/$first/ns/pid")" ]
    "${container[@]}" state "$id" | grep -q '"status": "created"'
    "${container[@]}" start "$id"
    until [ -s told ]; do [ -d "/proc/$(cat pid)" ]; done
    read -r own _ _ parent _ session _ <told
    [ "$own" = "$session" ]
    [ "$parent" = 0 ]
    "${container[@]}" delete --force "$id"
}

@test "a user namespace is joined before the others are made in it" {
    needs_root "to map ids"
    hold -U --map-root-user
    namespaces+=',{"type":"user","path":"/proc/'$holder'/ns/user"}'
    mkdir -p bundle/rootfs/proc bundle/rootfs/dev
    run -0 inside cat /proc/self/uid_map + node / + machine
    [[ ${lines[0]} =~ ^\ *0\ +0\ +1$ ]]
    # A container that joins it is the same for crun.
    same_as_crun cat /proc/self/uid_map
}

@test "a network of a joined user namespace can be joined with it" {
    needs_root "to map ids"
    hold -U --map-root-user -n
    namespaces=${namespaces/\{\"type\":\"network\"\}/"{\"type\":\"network\",\"path\":\"/proc/$holder/ns/net\"}"}
    namespaces+=',{"type":"user","path":"/proc/'$holder'/ns/user"}'
    mkdir -p bundle/rootfs/proc bundle/rootfs/dev bundle/rootfs/sys
    mounts+=',{"destination":"/sys","type":"sysfs","source":"sysfs"}'
    run -0 inside node /sys/class/net/lo
    [[ $output == "/sys/class/net/lo: 120777"* ]]
}

@test "a path that is no namespace, or of another kind, is an error" {
    needs_root "to join namespaces"
    saved=$namespaces
    namespaces=${saved/\{\"type\":\"uts\"\}/'{"type":"uts","path":"/proc/self/ns/net"}'}
    run -1 inside machine
    [[ $output == *"linux.namespaces: cannot join the uts namespace /proc/self/ns/net: Invalid argument" ]]
    namespaces=$saved',{"type":"user","path":"/absent"}'
    run -1 inside machine
    [[ $output == *"linux.namespaces: cannot open /absent: No such file or directory" ]]
    namespaces=$saved',{"type":"user","path":"/dev/null"}'
    run -1 inside machine
    [[ $output == *"linux.namespaces: cannot join the user namespace /dev/null: Invalid argument" ]]
    namespaces=$saved',{"type":"pid"}'
    run -1 inside machine
    [[ $output == *'expected each namespace only once, got "pid"' ]]
}

@test "mappings in several ranges, and what is not mapped" {
    needs_root "to map ids"
    namespaces+=',{"type":"user"}'
    mappings='"uidMappings":[{"containerID":0,"hostID":100000,"size":1},
                             {"containerID":1,"hostID":200000,"size":9}],
              "gidMappings":[{"containerID":0,"hostID":100000,"size":10}],'
    process='"user":{"uid":5,"gid":5,"additionalGids":[7]}'
    mkdir -p bundle/rootfs/proc bundle/rootfs/dev
    touch bundle/rootfs/mine bundle/rootfs/others
    chown 200004:100005 bundle/rootfs/mine
    run -0 inside node /mine + node /others + cat /proc/self/status
    [[ ${lines[0]} == "/mine: 100644 0:0 5 5" ]]
    [[ ${lines[1]} == "/others: 100644 0:0 65534 65534" ]]
    [[ $output == *"Groups:	7 "* ]]
}

@test "a new user namespace needs mappings that do not wrap" {
    needs_root "to map ids"
    namespaces+=',{"type":"user"}'
    run -1 inside machine
    [[ $output == *"linux.uidMappings and gidMappings: a new user namespace needs both" ]]
    mappings='"uidMappings":[{"containerID":0,"hostID":4294967290,"size":10}],'
    run -1 inside machine
    [[ $output == *"linux.uidMappings[0].size: expected a range that ends below 4294967295, got 10" ]]
}

# Runs the rest of the words as user 1000, who has no rights, from a directory
# that is his.
as_user() {
    cp -a "$runtime" "$build/tests/programs/probe" .
    chown -R 1000:1000 .
    chmod 711 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR/.." . 2>/dev/null || true
    setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all \
        env HOME=/nonexistent XDG_RUNTIME_DIR="$PWD/run" "$@"
}

@test "newuidmap maps what /etc/subuid grants to a user, and no more" {
    needs_root "to become another user"
    command -v newuidmap >/dev/null || skip "newuidmap is not installed"
    [ -u "$(type -P newuidmap)" ] || skip "newuidmap is not set-user-ID here"
    # Entries for this test alone, in a mount namespace of its own.
    echo "1000:300000:1000" >subid
    run_as_user() {
        unshare -m sh -c 'mount --bind subid /etc/subuid
            mount --bind subid /etc/subgid; exec "$@"' - \
            setpriv --reuid 1000 --regid 1000 --clear-groups \
            --inh-caps=-all env XDG_RUNTIME_DIR="$PWD/run" ./ringside-container \
            --root state run -b bundle "$id"
    }
    [ -e /etc/subuid ] && [ -e /etc/subgid ] || skip "there is no /etc/subuid"
    getent passwd 1000 >/dev/null || skip "user 1000 has no name here"
    namespaces+=',{"type":"user"}'
    mappings='"uidMappings":[{"containerID":0,"hostID":1000,"size":1},
                             {"containerID":1,"hostID":300000,"size":1000}],
              "gidMappings":[{"containerID":0,"hostID":1000,"size":1},
                             {"containerID":1,"hostID":300000,"size":1000}],'
    process='"user":{"uid":33,"gid":33}'
    make_bundle cat /proc/self/uid_map
    mkdir -p bundle/rootfs/proc bundle/rootfs/dev run
    as_user true
    run -0 run_as_user
    [[ ${lines[1]} =~ ^\ +1\ +300000\ +1000$ ]]
    sed -i 's/300000/400000/' bundle/config.json
    run -1 run_as_user
    [[ $output == *"newgidmap refused the mapping; it grants what /etc/subgid lists" ]]
}

@test "without newuidmap a user can map his own id alone" {
    needs_root "to become another user"
    namespaces+=',{"type":"user"}'
    mappings='"uidMappings":[{"containerID":0,"hostID":1000,"size":2}],
              "gidMappings":[{"containerID":0,"hostID":1000,"size":2}],'
    make_bundle machine
    mkdir -p bundle/rootfs/proc bundle/rootfs/dev run
    run -1 as_user env PATH=/nonexistent ./ringside-container --root state run -b bundle "$id"
    [[ $output == *"gid_map: without root only your own id can be mapped, and only one; for more, install newgidmap (package uidmap)" ]]
}

@test "capabilities inside are those of crun's container" {
    needs_root "for crun"
    process='"capabilities":{
        "bounding":["CAP_KILL","CAP_CHOWN","CAP_NET_BIND_SERVICE"],
        "effective":["CAP_KILL","CAP_CHOWN"],
        "permitted":["CAP_KILL","CAP_CHOWN","CAP_NET_BIND_SERVICE"],
        "inheritable":["CAP_KILL","CAP_NET_BIND_SERVICE"],
        "ambient":["CAP_NET_BIND_SERVICE"]},
        "user":{"uid":1000,"gid":1000,"umask":63,"additionalGids":[5,6]},
        "rlimits":[{"type":"RLIMIT_NOFILE","soft":100,"hard":200},
                   {"type":"RLIMIT_CORE","soft":0,"hard":0}],
        "oomScoreAdj":100,"noNewPrivileges":true'
    status() { # without what differs by nature
        grep -E '^(Umask|Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|NSpid|Pid|PPid)'
    }
    ours=$(inside cat /proc/self/status + cat /proc/self/limits + cat /proc/self/oom_score_adj)
    theirs=$(inside_crun cat /proc/self/status + cat /proc/self/limits + cat /proc/self/oom_score_adj)
    diff <(status <<<"$theirs") <(status <<<"$ours")
    diff <(grep ^Max <<<"$theirs") <(grep ^Max <<<"$ours")
    [ "${ours##*$'\n'}" = "${theirs##*$'\n'}" ]
}
