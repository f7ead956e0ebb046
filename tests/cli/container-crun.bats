#!/usr/bin/env bats
# The same bundles in ringside-container and in crun: what a program sees and
# may do must be the same. A row of the table adds a field of the
# specification to a bundle that has the customary ones.

setup() {
    load container_setup
    container_setup
    needs_root "to have crun do the same"
    command -v crun >/dev/null || skip "crun is not installed"
    command -v busybox >/dev/null || skip "busybox is not installed"
    crun=(crun --root "$BATS_TEST_TMPDIR/crun")
    [ ! -d /sys/fs/cgroup/unified ] ||
        crun=(unshare --mount sh -c 'umount /sys/fs/cgroup/unified; exec "$@"' - "${crun[@]}")
    : >empty # crun gives its standard input to the container's root
    mkdir -p bundle/rootfs/{bin,proc,dev,sys,mnt,data} volume/below
    cp "$(command -v busybox)" bundle/rootfs/bin/
    mounts+=',{"destination":"/dev/pts","type":"devpts","source":"devpts",
             "options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620","gid=5"]},
            {"destination":"/sys","type":"sysfs","source":"sysfs","options":["nosuid","noexec","nodev","ro"]},
            {"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup",
             "options":["nosuid","noexec","nodev","ro"]}'
    root='"readonly":false'
    linux='"cgroupsPath":"/ringside-same/'$id'"'
    cat >bundle/rootfs/picture <<'END'
cd /
id
umask
hostname
for file in status limits oom_score_adj uid_map gid_map timens_offsets personality; do
    echo "- $file"
    cat /proc/self/$file
done
echo - names
cat /proc/sys/kernel/domainname /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward
echo - devices
for file in /dev/* /data/*; do stat -c '%n %f %t:%T %u %g' $file; done
echo - files
for file in /proc/version /proc/kcore /proc/sys /proc/acpi /mnt /mnt/below /sys/firmware; do
    stat -c '%n %f %u %g' $file
done
[ ! -w /proc/sys/kernel/msgmax ] || : >/proc/sys/kernel/msgmax
chmod 755 /data && mkdir /made && rmdir /made
nice; chrt -p $$ | tail -n 2; taskset -p $$ | sed 's/.*: //'
echo - cgroup
for file in memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes pids/pids.max \
    cpu/cpu.shares cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpuset/cpuset.cpus devices/devices.list \
    memory.max memory.low memory.swap.max pids.max cpu.weight cpu.max; do
    [ ! -e /sys/fs/cgroup/$file ] || { echo $file; sort /sys/fs/cgroup/$file; }
done
echo - mounts
cat /proc/self/mountinfo
END
}

teardown() {
    "${container[@]}" delete --force "$id" 2>/dev/null || true
    [ -z "${crun-}" ] || "${crun[@]}" delete --force "$id" 2>/dev/null || true
}

make_picture() { # [WORD...] of sh
    make_bundle "$@"
    local words
    words=$(printf ',"%s"' "${@:-/picture}")
    sed -i 's|"args": \[[^]]*\]|"args": ["/bin/busybox","sh"'"$words"']|; s|"PATH=/"|"PATH=/bin"|' \
        bundle/config.json
    for applet in $(busybox --list); do
        [ -e bundle/rootfs/bin/$applet ] || ln -s busybox bundle/rootfs/bin/$applet
    done
}

# The options of the mount that a path is on.
mount_options() { # PATH
    awk -v path="$1/" '
        { point = $5 == "/" ? "/" : $5 "/" }
        index(path, point) == 1 && length(point) >= longest {
            longest = length(point); options = $6
        }
        END { print options }' /proc/self/mountinfo
}

# What two processes never have in common is left out: ids, numbers of mounts
# and of their groups, memory, counters. So is where we and crun mean to differ:
# cgroup v1 mounts (their tmpfs is read-only here), /dev/core, a root without
# devices (nodev), what the host forbids where something is bound from (crun
# allows it again: nosuid, nodev), and the options of devices that are bound.
comparable() {
    local bound=none
    [[ $(mount_options "$PWD") != *nosuid* ]] || bound=volume
    sed -E '/^(Name|Pid|Tgid|NStgid|NSpid|NSpgid|NSsid|PPid|Vm|Rss|.*ctxt|SigQ|Hugetlb|Threads|x86|FDSize|untag)/d
        / \/sys\/fs\/cgroup/d; /^\/dev\/core /d
        s/^[0-9]+ [0-9]+ [0-9]+:[0-9]+ //; s/(shared|master|propagate_from):[0-9]+/\1/g
        s;^(.*/rootfs / r[wo])(,nosuid)?(,nodev)?;\1;
        s;^(.*/'$bound' /mnt[^ ]* r[wo])(,nosuid)?(,nodev)?;\1;
        s;^(/[a-z0-9]+ /dev/[a-z]+ rw),.*(relatime - dev);\1 \2;' | sort
}

same() { # RUNTIME-ARGUMENT...
    timeout 10 "${container[@]}" "$@" <empty 2>&1 | comparable >ours
    timeout 10 "${crun[@]}" "$@" <empty 2>&1 | comparable >theirs
    grep -q '^- mounts$' ours
    diff theirs ours
}

# NAME of the variable | what it has instead or in addition
fields='
process | "user":{"uid":12,"gid":34,"additionalGids":[56,78],"umask":63}
process | "capabilities":{"bounding":["CAP_NET_RAW","CAP_CHOWN"],"effective":["CAP_NET_RAW"],"permitted":["CAP_NET_RAW"],"inheritable":["CAP_NET_RAW"],"ambient":["CAP_NET_RAW"]},"user":{"uid":12,"gid":34}
process | "rlimits":[{"type":"RLIMIT_NOFILE","soft":111,"hard":222},{"type":"RLIMIT_CORE","soft":0,"hard":0}]
process | "oomScoreAdj":321
process | "noNewPrivileges":true
process | "noNewPrivileges":true,"capabilities":{"bounding":["CAP_KILL"]}
root | "readonly":true
top | "hostname":"other","domainname":"domain"
linux | "maskedPaths":["/proc/version","/proc/acpi","/sys/firmware","/absent"],"readonlyPaths":["/proc/sys","/proc/bus"]
linux | "sysctl":{"kernel.msgmax":"4321","net.ipv4.ip_forward":"1"}
linux | "devices":[{"path":"/dev/fuse","type":"c","major":10,"minor":229,"fileMode":384,"uid":7,"gid":8},{"path":"/data/pipe","type":"p","fileMode":420}]
linux | "personality":{"domain":"LINUX32"}
linux | "rootfsPropagation":"rslave"
linux | "seccomp":{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO","errnoRet":28}]}
linux | "seccomp":{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_X86"],"syscalls":[{"names":["fchmodat","chmod"],"action":"SCMP_ACT_ERRNO"}]}
linux | "resources":{"memory":{"limit":67108864},"pids":{"limit":55},"cpu":{"shares":512,"quota":50000,"period":100000,"cpus":"0"}}
linux | "resources":{"devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":10,"minor":229,"access":"rw"}]}
mounts | {"destination":"/mnt","type":"tmpfs","source":"some","options":["ro","noexec","nodev","size=1m","mode=700"]}
mounts | {"destination":"/mnt","type":"bind","source":"VOLUME","options":["bind","ro","nosuid"]}
mounts | {"destination":"/mnt","type":"none","source":"VOLUME","options":["rbind","rslave"]}
mounts | {"destination":"/mnt","type":"bind","source":"VOLUME","options":["rbind","rprivate","noatime"]}
mounts | {"destination":"/mnt/not/there","type":"bind","source":"VOLUME","options":["bind"]}
'

@test "a bundle looks the same from inside, whatever field is added" {
    local variable text failed=0 before
    make_picture
    same run --bundle bundle "$id"
    while IFS= read -r line; do
        [ -n "$line" ] || continue
        variable=${line%% |*}
        text=${line#*| }
        text=${text//VOLUME/$PWD/volume}
        before=${!variable}
        case $variable in
        mounts | linux) printf -v "$variable" '%s,%s' "$before" "$text" ;;
        *) printf -v "$variable" '%s' "$text" ;;
        esac
        make_picture
        same run --bundle bundle "$id" >difference || {
            echo "with $line:"
            cat difference
            failed=$((failed + 1))
        }
        printf -v "$variable" '%s' "$before"
    done <<<"$fields"
    [ "$failed" -eq 0 ]
}

@test "ids mapped into a user namespace look the same" {
    namespaces+=',{"type":"user"}'
    mappings='"uidMappings":[{"containerID":0,"hostID":1000,"size":100}],
              "gidMappings":[{"containerID":0,"hostID":1000,"size":100}],'
    mkdir -p bundle/rootfs/mnt/below bundle/rootfs/data
    chown -R 1000:1000 bundle/rootfs
    make_picture
    same run --bundle bundle "$id"
}

@test "limits that are updated are the same, as a process that joins sees them" {
    # What has no limit at first is not entered on cgroup v1.
    linux+=',"resources":{"cpu":{"shares":512,"quota":50000,"period":100000}}'
    make_picture -c "sleep 100"
    local arguments=(exec "$id" /bin/busybox sh /picture)
    for runtime in ours theirs; do
        command=("${container[@]}")
        [ $runtime = ours ] || command=("${crun[@]}")
        "${command[@]}" run --detach --bundle bundle "$id" <empty >/dev/null 3>&-
        "${command[@]}" update --memory 33554432 --pids-limit 44 --cpu-share 256 \
            --cpu-quota 20000 --cpu-period 40000 "$id"
        "${command[@]}" "${arguments[@]}" <empty 2>&1 | comparable | grep -v NoNewPrivs >$runtime
        "${command[@]}" delete --force "$id"
    done
    grep -q '^33554432$' ours
    diff theirs ours
}

@test "hooks are told the same" {
    local hooks='' kind
    for kind in prestart createRuntime createContainer startContainer poststart poststop; do
        hooks+=${hooks:+,}'"'$kind'":[{"path":"/bin/busybox","env":["A=b"],
            "args":["sh","'$PWD'/bundle/rootfs/hook","'$kind'"]}]'
    done
    [ -x /bin/busybox ] || skip "busybox is not at /bin/busybox"
    top='"annotations":{"some":"thing"},"hooks":{'$hooks'}'
    cat >bundle/rootfs/hook <<END
{
    echo "\$1 \$A \$#"
    /bin/busybox grep -oE '"(id|some)": *"[^"]*"'
} >>$PWD/bundle/rootfs/log
END
    # Its paths lead to the same files from inside.
    mkdir -p "bundle/rootfs$PWD/bundle"
    ln -s / "bundle/rootfs$PWD/bundle/rootfs"
    make_picture -c true
    for runtime in ours theirs; do
        command=("${container[@]}")
        [ $runtime = ours ] || command=("${crun[@]}")
        : >bundle/rootfs/log
        timeout 10 "${command[@]}" create --bundle bundle "$id" <empty >/dev/null 3>&-
        timeout 10 "${command[@]}" start "$id"
        timeout 10 "${command[@]}" delete --force "$id"
        sed 's/": "/":"/' bundle/rootfs/log | sort >$runtime
    done
    [ "$(grep -c '"some":"thing"' ours)" = 6 ]
    [ "$(grep -c ' b 1$' ours)" = 6 ]
    diff theirs ours
}

@test "a terminal is the same" {
    process+=',"terminal":true,"consoleSize":{"height":33,"width":77}'
    make_picture -c "tty; stty -a; stat -c '%n %f %t:%T' /dev/console; ps -o pid,pgid,sid,tty; echo - mounts; cat /proc/self/mountinfo"
    for runtime in ours theirs; do
        command=("${container[@]}")
        [ $runtime = ours ] || command=("${crun[@]}")
        timeout 10 script -qec "$(printf '%q ' "${command[@]}" run --bundle bundle "$id")" /dev/null \
            </dev/null 2>&1 | tr -d '\r\0' | sed 's/\^@//' | comparable >$runtime
    done
    diff theirs ours
}
