#!/usr/bin/env bats
# linux.resources: limits reach the files of the cgroup, on cgroup v1, on v2
# and on hosts that have both, and are what crun makes of them.

setup() {
    load container_setup
    container_setup
    needs_root "to make cgroups"
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
        version=2
    else
        version=1
    fi
}

# Runs a container with these resources and prints FILE... of its cgroup.
files_of() { # RESOURCES FILE...
    local resources=$1 file pid
    shift
    linux='"cgroupsPath":"/ringside-test/'$id'","resources":{'$resources'}'
    make_bundle wait
    mkfifo -m 600 input output 2>/dev/null || true
    "${container[@]}" run --bundle bundle "$id" <>input >output 2>errors 3>&- &
    pid=$!
    exec 4<output
    if read -r -t 20 -u 4 line && [ "$line" = ready ]; then
        for file; do
            if [ $version = 2 ]; then
                cat "/sys/fs/cgroup/ringside-test/$id/$file"
            else
                cat "/sys/fs/cgroup/${file%%/*}/ringside-test/$id/${file#*/}"
            fi
        done
    fi
    exec 4<&-
    echo >input
    wait $pid || { cat errors >&2; return 1; }
}

only_v1() {
    [ $version = 1 ] || skip "this host has cgroup v2 alone"
}

only_v2() {
    [ $version = 2 ] || skip "this host has no cgroup v2 alone"
}

teardown() {
    # The parent directory is not ours by default: nobody removes it for us.
    for directory in /sys/fs/cgroup/ringside-test \
        /sys/fs/cgroup/*/ringside-test; do
        [ ! -d "$directory" ] || rmdir "$directory" 2>/dev/null || true
    done
}

@test "v1: memory limits" {
    only_v1
    run -0 files_of '"memory":{"limit":33554432,"swap":67108864,
        "reservation":16777216,"swappiness":7,"disableOOMKiller":true}' \
        memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes \
        memory/memory.soft_limit_in_bytes memory/memory.swappiness \
        memory/memory.oom_control
    [ "${lines[*]:0:5}" = "33554432 67108864 16777216 7 oom_kill_disable 1" ]
}

@test "v1: processor limits" {
    only_v1
    run -0 files_of '"cpu":{"shares":512,"quota":50000,"period":200000,
        "burst":10000,"cpus":"0","mems":"0"}' \
        cpu/cpu.shares cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us \
        cpu/cpu.cfs_burst_us cpuset/cpuset.cpus cpuset/cpuset.mems
    [ "${lines[*]}" = "512 50000 200000 10000 0 0" ]
    run -0 files_of '"cpu":{"idle":1}' cpu/cpu.idle
    [ "$output" = 1 ]
}

@test "v1: block device limits" {
    only_v1
    device=$(lsblk -dnro MAJ:MIN,TYPE 2>/dev/null | awk '$2 == "disk" {
        print $1; exit }')
    [ -n "$device" ] || skip "there is no disk"
    number='"major":'${device%:*}',"minor":'${device#*:}
    run -0 files_of '"blockIO":{
        "throttleReadBpsDevice":[{'$number',"rate":1048576}],
        "throttleWriteBpsDevice":[{'$number',"rate":2097152}],
        "throttleReadIOPSDevice":[{'$number',"rate":300}],
        "throttleWriteIOPSDevice":[{'$number',"rate":400}]}' \
        blkio/blkio.throttle.read_bps_device \
        blkio/blkio.throttle.write_bps_device \
        blkio/blkio.throttle.read_iops_device \
        blkio/blkio.throttle.write_iops_device
    [ "${lines[*]}" = "$device 1048576 $device 2097152 $device 300 $device 400" ]
}

@test "v1: the rules of devices, after which come those of every container" {
    only_v1
    run -0 files_of '"devices":[{"allow":false,"access":"rwm"},
        {"allow":true,"type":"c","major":10,"minor":229,"access":"rw"}]' \
        devices/devices.list
    [ "$output" = "c 10:229 rw
c *:* m
b *:* m
c 1:3 rwm
c 1:5 rwm
c 1:7 rwm
c 1:8 rwm
c 1:9 rwm
c 5:0 rwm
c 5:1 rwm
c 5:2 rwm
c 136:* rwm" ]
}

@test "v1: no cgroup of devices without rules, unless nodes could be made" {
    only_v1
    run -0 inside cat /proc/self/cgroup
    [[ $output =~ devices:/$'\n' ]]
    process='"capabilities":{"bounding":["CAP_MKNOD"]}'
    run -0 inside cat /proc/self/cgroup + cat /sys/fs/cgroup/devices/devices.list
    namespaces=${namespaces/,\{\"type\":\"cgroup\"\}/}
    run -0 inside cat /proc/self/cgroup
    [[ $output == *devices:/ringside/$id* ]]
}

@test "hybrid: what v1 has not is limited by the v2 beside it" {
    only_v1
    grep -qw hugetlb /sys/fs/cgroup/unified/cgroup.controllers 2>/dev/null ||
        skip "this host is not hybrid, or has its huge pages in v1"
    linux='"cgroupsPath":"/ringside-test/'$id'","resources":{
        "hugepageLimits":[{"pageSize":"2MB","limit":4194304}]}'
    namespaces=${namespaces/,\{\"type\":\"cgroup\"\}/}
    run -0 inside cat /proc/self/cgroup
    [[ $output == *"0::/ringside-test/$id"* ]]
    run -0 files_of '"hugepageLimits":[{"pageSize":"2MB","limit":4194304}],
        "unified":{"hugetlb.2MB.rsvd.max":"2097152"}' \
        unified/hugetlb.2MB.max unified/hugetlb.2MB.rsvd.max
    [ "${lines[*]}" = "4194304 2097152" ]
}

@test "v2: memory, processes and processors" {
    only_v2
    run -0 files_of '"memory":{"limit":33554432,"swap":67108864,
        "reservation":16777216},"pids":{"limit":50},
        "cpu":{"shares":512,"quota":50000,"period":200000,"burst":10000,
               "cpus":"0","mems":"0"}' \
        memory.max memory.swap.max memory.low pids.max cpu.weight cpu.max \
        cpu.max.burst cpuset.cpus cpuset.mems
    [ "${lines[*]}" = "33554432 33554432 16777216 50 20 50000 200000 10000 0 0" ]
    run -0 files_of '"cpu":{"idle":1}' cpu.idle
    [ "$output" = 1 ]
    run -0 files_of '"memory":{"limit":-1},"pids":{"limit":-1}' \
        memory.max pids.max
    [ "${lines[*]}" = "max max" ]
}

@test "v2: block devices, huge pages, and any file by its name" {
    only_v2
    device=$(tr -d '\n' </sys/block/vda/dev)
    number='"major":'${device%:*}',"minor":'${device#*:}
    run -0 files_of '"blockIO":{
        "throttleReadBpsDevice":[{'$number',"rate":1048576}],
        "throttleWriteIOPSDevice":[{'$number',"rate":400}]}' io.max
    [ "$output" = "$device rbps=1048576 wbps=max riops=max wiops=400" ]
    run -0 files_of '"hugepageLimits":[{"pageSize":"2MB","limit":4194304}],
        "unified":{"memory.high":"16777216","memory.oom.group":"1",
                   "cgroup.max.depth":"3"}' \
        hugetlb.2MB.max memory.high memory.oom.group cgroup.max.depth
    [ "${lines[*]}" = "4194304 16777216 1 3" ]
}

@test "v2: what only v1 had is refused" {
    only_v2
    for limit in '"memory":{"swappiness":1}' '"memory":{"kernel":4096000}' \
        '"network":{"classID":1}' '"cpu":{"realtimeRuntime":1}' \
        '"memory":{"disableOOMKiller":true}'; do
        linux='"resources":{'$limit'}'
        run -1 inside machine
        [[ $output == "ringside-container: config.json: linux.resources."*": cgroup v2 has no such limit" ]]
    done
}

@test "devices are what the rules say, from inside" {
    rules='{"allow":false,"access":"rwm"},
           {"allow":true,"type":"c","major":10,"minor":250,"access":"r"}'
    # Of no driver: what may be opened is "No such device".
    linux='"resources":{"devices":['$rules']},
           "devices":[{"path":"/dev/a","type":"c","major":10,"minor":250},
                      {"path":"/dev/b","type":"c","major":10,"minor":251}]'
    process='"capabilities":{"bounding":["CAP_MKNOD"],"effective":["CAP_MKNOD"],
             "permitted":["CAP_MKNOD"]}'
    run -0 inside open /dev/null rw + open /dev/a r + open /dev/a w \
        + open /dev/b r + mknod /dev/disk b 8 0 + open /dev/disk r
    [ "$output" = "/dev/null: ok
/dev/a: No such device
/dev/a: Operation not permitted
/dev/b: Operation not permitted
/dev/disk: ok
/dev/disk: Operation not permitted" ]
    same_as_crun open /dev/null rw + open /dev/a r + open /dev/a w \
        + open /dev/b r + mknod /dev/disk b 8 0 + open /dev/disk r
}

@test "a program that can make nodes is guarded without any rules" {
    process='"capabilities":{"bounding":["CAP_MKNOD"],"effective":["CAP_MKNOD"],
             "permitted":["CAP_MKNOD"]}'
    run -0 inside mknod /dev/mem c 1 1 + open /dev/mem r + open /dev/zero r
    [ "$output" = "/dev/mem: ok
/dev/mem: Operation not permitted
/dev/zero: ok" ]
}

@test "device nodes that the rootfs brings along are dead" {
    root='"readonly":false'
    mkdir -p bundle/rootfs
    mknod bundle/rootfs/mem c 1 1
    run -0 inside open /mem r + open /dev/zero r
    [ "$output" = "/mem: Permission denied
/dev/zero: ok" ]
}

@test "a limit of a file that is not there is refused, unless it is no limit" {
    linux='"resources":{"hugepageLimits":[{"pageSize":"3MB","limit":1}]}'
    run -1 inside machine
    [[ $output == "ringside-container: config.json: linux.resources.hugepageLimits: the host's cgroups have no hugetlb.3MB."* ]] ||
        [[ $output == *"cannot make the cgroup"* ]]
    linux='"resources":{"unified":{"../x.y":"1"}}'
    run -1 inside machine
    [[ $output == *'linux.resources.unified: expected the name of a cgroup'\''s file, got "../x.y"' ]]
}

@test "values are checked, with their place" {
    refused() { # RESOURCES MESSAGE
        linux='"resources":{'$1'}'
        run -1 inside machine
        [[ $output == *"config.json: linux.resources.$2" ]] ||
            { echo "$output" >&2; return 1; }
    }
    refused '"memory":{"swappiness":101}' \
        'memory.swappiness: expected an integer from 0 to 100, got 101'
    refused '"cpu":{"idle":2}' \
        'cpu.idle: expected an integer from 0 to 1, got 2'
    refused '"blockIO":{"throttleReadBpsDevice":[{"major":8,"rate":1}]}' \
        'blockIO.throttleReadBpsDevice[0].minor: missing, expected a device number'
    refused '"devices":[{"allow":true,"type":"x"}]' \
        'devices[0].type: expected "a", "b" or "c", got "x"'
    refused '"devices":[{"allow":true,"access":"rx"}]' \
        'devices[0].access: expected letters of "rwm", got "rx"'
    refused '"unified":{"memory.high":5}' \
        'unified.memory.high: expected a string, got 5'
    refused '"rdma":{"mlx":5}' 'rdma.mlx: expected an object, got 5'
    refused '"hugepageLimits":[{"limit":5}]' \
        'hugepageLimits[0].pageSize: missing, expected a name'
}

@test "with --cgroup-manager=disabled a container stays where its caller is" {
    namespaces=${namespaces/,\{\"type\":\"cgroup\"\}/}
    make_bundle cat /proc/self/cgroup
    run -0 "${container[@]}" --cgroup-manager=disabled run -b bundle "$id"
    [ "$output" = "$(cat /proc/self/cgroup)" ]
    linux='"resources":{"pids":{"limit":5}}'
    make_bundle machine
    run -1 "${container[@]}" --cgroup-manager=disabled run -b bundle "$id"
    [[ $output == *"linux.resources: limits need a cgroup, and --cgroup-manager=disabled makes none" ]]
}

@test "with --cgroup-manager=disabled rules of devices are held by making none" {
    linux='"resources":{"devices":[{"allow":false,"access":"rwm"}]}'
    process+=',"capabilities":{"bounding":["CAP_MKNOD"],"effective":["CAP_MKNOD"],
        "permitted":["CAP_MKNOD"]}'
    make_bundle mknod /dev/mem c 1 1
    run "${container[@]}" --cgroup-manager=disabled run -b bundle "$id"
    [[ $output == *"Operation not permitted"* ]]
    # Rules that deny nothing take nothing away.
    linux='"resources":{"devices":[{"allow":true,"access":"rwm"}]}'
    make_bundle mknod /dev/mem c 1 1 + open /dev/mem r
    run -0 "${container[@]}" --cgroup-manager=disabled run -b bundle "$id"
}

@test "v2: a user's limits are in what was delegated to him" {
    only_v2
    delegated=/sys/fs/cgroup/delegated-$$
    mkdir "$delegated" "$delegated/leaf"
    echo "+pids +memory" >/sys/fs/cgroup/cgroup.subtree_control
    echo "+pids +memory" >"$delegated/cgroup.subtree_control"
    chown 1000 "$delegated" "$delegated"/{cgroup.procs,cgroup.subtree_control} \
        "$delegated/leaf" "$delegated/leaf/cgroup.procs"
    namespaces=${namespaces/,\{\"type\":\"cgroup\"\}/}',{"type":"user"}'
    mappings='"uidMappings":[{"containerID":0,"hostID":1000,"size":1}],
              "gidMappings":[{"containerID":0,"hostID":1000,"size":1}],'
    linux='"resources":{"pids":{"limit":44}}'
    mounts+=',{"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup"}'
    make_bundle cat /proc/self/cgroup + cat /sys/fs/cgroup/pids.max
    mkdir -p bundle/rootfs/{proc,dev,sys/fs/cgroup} run
    cp "$runtime" .
    chown -R 1000:1000 .
    chmod 711 "$BATS_RUN_TMPDIR" . 2>/dev/null || true
    run sh -c 'echo 0 >"$1/leaf/cgroup.procs"; shift; exec "$@"' - "$delegated" \
        setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all \
        env XDG_RUNTIME_DIR="$PWD/run" ./ringside-container --root state run \
        -b bundle "$id"
    left=$(find "$delegated" -name "$id")
    rmdir "$delegated/ringside" "$delegated/leaf" "$delegated" || true
    [ "$status" -eq 0 ]
    [ "$output" = "0::/delegated-$$/ringside/$id
44" ]
    [ -z "$left" ]
}

@test "v1: a hierarchy that the host has not mounted is left out" {
    only_v1
    namespaces=${namespaces/,\{\"type\":\"cgroup\"\}/}
    mounts+=',{"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup"}'
    make_bundle cat /proc/self/mountinfo
    # Of two hierarchies that are not mounted, one has a directory; all this
    # is in a tmpfs of its own, over the host's, whose directories all share.
    run -0 unshare -m sh -ec 'mount -t tmpfs tmpfs /sys/fs/cgroup
        mkdir /sys/fs/cgroup/memory /sys/fs/cgroup/pids
        mount -t cgroup -o memory cgroup /sys/fs/cgroup/memory
        exec "$@"' - \
        "${container[@]}" --cgroup-manager=disabled run -b bundle "$id"
    [[ $output == *" /sys/fs/cgroup/memory "* ]]
    [[ $output != *" /sys/fs/cgroup/pids "* ]]
    [[ $output != *" /sys/fs/cgroup/cpu"* ]]
}

@test "limits seen from inside are those of crun's container" {
    linux='"resources":{"memory":{"limit":33554432},"pids":{"limit":33},
           "cpu":{"quota":50000,"period":100000,"shares":200}}'
    mounts+=',{"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup",
               "options":["ro","nosuid","noexec","nodev"]}'
    if [ $version = 2 ]; then
        same_as_crun cat /sys/fs/cgroup/memory.max + cat /sys/fs/cgroup/pids.max \
            + cat /sys/fs/cgroup/cpu.max + cat /sys/fs/cgroup/cpu.weight
    else
        same_as_crun cat /sys/fs/cgroup/memory/memory.limit_in_bytes \
            + cat /sys/fs/cgroup/pids/pids.max \
            + cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us \
            + cat /sys/fs/cgroup/cpu/cpu.shares
    fi
}
