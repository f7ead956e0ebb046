#!/usr/bin/env bats
# How the kernel looks from inside: names, sysctl, personality, clocks,
# processors, and the labels of security modules.

setup() {
    load container_setup
    container_setup
}

refused() { # WORDS of the message
    run -1 inside machine
    [[ $output == "ringside-container: "*"$1"* ]] ||
        { echo "$output" >&2; return 1; }
}

@test "the domain name is the bundle's" {
    top='"hostname":"inside","domainname":"example.org"'
    run -0 inside machine
    [ "$output" = "x86_64 example.org" ]
    [ "$(cat /proc/sys/kernel/domainname)" != example.org ]
    namespaces=${namespaces/,\{\"type\":\"uts\"\}/}
    top='"domainname":"example.org"'
    refused 'config.json: domainname: needs a uts namespace'
}

@test "the personality LINUX32 makes the machine an i686" {
    linux='"personality":{"domain":"LINUX32"}'
    run -0 inside machine
    [[ $output == i686* ]]
    linux='"personality":{"domain":"LINUX"}'
    run -0 inside machine
    [[ $output == x86_64* ]]
    linux='"personality":{"domain":"LINUX","flags":["X"]}'
    refused '/config.json: linux.personality.flags: expected no flags, got an array'
}

@test "a user sets sysctls of his container's network" {
    before=$(cat /proc/sys/net/ipv4/conf/lo/forwarding)
    linux='"sysctl":{"net.ipv4.conf.lo.forwarding":"1"}'
    run -0 inside cat /proc/sys/net/ipv4/conf/lo/forwarding
    [ "$output" = 1 ]
    [ "$(cat /proc/sys/net/ipv4/conf/lo/forwarding)" = "$before" ]
}

@test "sysctls of the container's namespaces are set, and its alone" {
    needs_root "on kernels that show a user's namespaces few sysctls"
    before=$(cat /proc/sys/net/core/somaxconn /proc/sys/kernel/msgmax)
    linux='"sysctl":{"net.core.somaxconn":"77","kernel.msgmax":"1234",
                     "fs/mqueue/msg_max":"11","net.ipv4.conf.lo.forwarding":"1"}'
    run -0 inside cat /proc/sys/net/core/somaxconn \
        + cat /proc/sys/kernel/msgmax + cat /proc/sys/fs/mqueue/msg_max \
        + cat /proc/sys/net/ipv4/conf/lo/forwarding
    [ "$output" = "77
1234
11
1" ]
    [ "$(cat /proc/sys/net/core/somaxconn /proc/sys/kernel/msgmax)" = "$before" ]
}

@test "a sysctl of the host is refused, as is a way out of /proc/sys" {
    linux='"sysctl":{"vm.swappiness":"1"}'
    refused ': linux.sysctl.vm.swappiness: expected a sysctl that a namespace has of its own, got "1"'
    linux='"sysctl":{"net/../vm/swappiness":"1"}'
    refused ': expected the name of a sysctl, got "1"'
    linux='"sysctl":{"kernel.msgmaxx":"1"}'
    refused 'expected a sysctl that a namespace has of its own'
    linux='"sysctl":{"net.core.no_such":"1"}'
    refused 'linux.sysctl.net.core.no_such: cannot set it to "1": No such file or directory'
    linux='"sysctl":{"net.core.somaxconn":"1"}'
    namespaces=${namespaces/,\{\"type\":\"network\"\}/}
    refused ': expected its namespace in linux.namespaces, got "1"'
}

@test "clocks are moved by timeOffsets" {
    namespaces+=',{"type":"time"}'
    linux='"timeOffsets":{"monotonic":{"secs":172800,"nanosecs":5},
                          "boottime":{"secs":604800}}'
    read -r before _ </proc/uptime
    run -0 inside clocks + cat /proc/self/timens_offsets
    read -r monotonic boottime <<<"${lines[0]}"
    [ $((monotonic - ${before%.*})) -ge 172799 ]
    [ $((monotonic - ${before%.*})) -le 172820 ]
    [ $((boottime - ${before%.*})) -ge 604799 ]
    [[ ${lines[1]} =~ ^monotonic\ +172800\ +5$ ]]
    # Process 1 is in the namespace itself, not only its children.
    run -0 inside cat /proc/1/timens_offsets
    [[ ${lines[1]} =~ ^boottime\ +604800\ +0$ ]]
}

@test "time offsets need a time namespace" {
    linux='"timeOffsets":{"monotonic":{"secs":1}}'
    refused ': linux.timeOffsets: expected a new time namespace in linux.namespaces, got an object'
    namespaces+=',{"type":"time"}'
    linux='"timeOffsets":{"monotonic":{"secs":1,"nanosecs":1000000000}}'
    refused ': linux.timeOffsets.monotonic.nanosecs: expected an integer from 0 to 999999999, got 1000000000'
    linux='"timeOffsets":{"monotonic":{"secs":-9000000000000}}'
    refused 'linux.timeOffsets: cannot set them: '
}

@test "scheduler, I/O priority and processors are the bundle's" {
    process='"scheduler":{"policy":"SCHED_BATCH","nice":7},
             "ioPriority":{"class":"IOPRIO_CLASS_BE","priority":6},
             "execCPUAffinity":{"initial":"0","final":"0"}'
    run -0 inside sched
    [ "$output" = "policy 3 nice 7 io 2/6 cpus 0" ]
    process='"scheduler":{"policy":"SCHED_IDLE"},
             "ioPriority":{"class":"IOPRIO_CLASS_IDLE"}'
    run -0 inside sched
    # SCHED_IDLE leaves the nice value as it is: that of the test itself.
    [[ $output == "policy 5 nice $(nice) io 3/0 cpus 0"* ]]
}

@test "a wrong scheduler, priority or processor list is refused" {
    process='"scheduler":{"policy":"FAST"}'
    refused ': process.scheduler.policy: expected a scheduling policy, got "FAST"'
    process='"scheduler":{"policy":"SCHED_OTHER","nice":20}'
    refused ': process.scheduler.nice: expected an integer from -20 to 19, got 20'
    process='"scheduler":{"policy":"SCHED_OTHER","flags":["X"]}'
    refused ': process.scheduler.flags[0]: expected a scheduler flag, got "X"'
    process='"ioPriority":{"class":"IOPRIO_CLASS_BE","priority":8}'
    refused ': process.ioPriority.priority: expected an integer from 0 to 7, got 8'
    for cpus in 1- 3-1 x 0, 99999; do
        process='"execCPUAffinity":{"final":"'$cpus'"}'
        refused 'process.execCPUAffinity: expected a list of CPUs such as "0-3,7", got "'$cpus'"'
    done
    process='"execCPUAffinity":{"final":"1023"}'
    refused 'process.execCPUAffinity: 1023: Invalid argument'
}

@test "an AppArmor profile is taken on, or refused where there is no AppArmor" {
    process='"apparmorProfile":"unconfined"'
    if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
        run -0 inside cat /proc/self/attr/current
        [ "$output" = unconfined ]
        process='"apparmorProfile":"no-such-profile"'
        refused 'process.apparmorProfile: "no-such-profile": No such file or directory'
    else
        refused 'process.apparmorProfile: this host does not run AppArmor'
    fi
}

@test "SELinux labels are refused where there is no SELinux" {
    [ ! -e /sys/fs/selinux/enforce ] || skip "this host runs SELinux"
    process='"selinuxLabel":"system_u:system_r:container_t:s0"'
    refused 'process.selinuxLabel: this host does not run SELinux'
    process='"noNewPrivileges":true'
    linux='"mountLabel":"system_u:object_r:container_file_t:s0"'
    refused 'linux.mountLabel: this host does not run SELinux'
}

@test "the kernel looks as it does in crun's container" {
    top='"hostname":"inside","domainname":"example.org"'
    linux='"sysctl":{"net.core.somaxconn":"77","kernel.msgmax":"1234"},
           "personality":{"domain":"LINUX32"}'
    same_as_crun machine + cat /proc/sys/net/core/somaxconn \
        + cat /proc/sys/kernel/msgmax
}

@test "a /proc/sys of the container's own making takes no sysctl" {
    # The rootfs is mounted after sysctls are written; its proc is never used.
    mkdir -p bundle/rootfs/proc/sys/net/ipv4/conf/lo
    touch bundle/rootfs/proc/sys/net/ipv4/conf/lo/forwarding
    mounts='{"destination":"/dev","type":"tmpfs","source":"tmpfs"}'
    linux='"sysctl":{"net.ipv4.conf.lo.forwarding":"1"}'
    run -0 inside cat /proc/sys/net/ipv4/conf/lo/forwarding
    [ "$output" = "" ]
    [ ! -s bundle/rootfs/proc/sys/net/ipv4/conf/lo/forwarding ]
}
