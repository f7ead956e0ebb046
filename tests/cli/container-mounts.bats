#!/usr/bin/env bats
# mounts: every option of the specification does what it says, and nothing of
# a hostile rootfs leads a mount out of it.

setup() {
    load container_setup
    container_setup
    root='"readonly":false'
    own_file_system=(unshare -m)
}

# The options of the mount at PATH: of the mount, and of its file system.
options_of() { # PATH, in mountinfo from $output
    awk -v path="$1" '$5 == path { options = $6; type = ""; shared = $7
        for (i = 7; i <= NF; i++) if ($i == "-") { type = $(i + 1); super = $(i + 3) }
        print options, type, super, shared }' <<<"$output" | tail -n 1
}

add_mount() { # DESTINATION TYPE SOURCE OPTIONS [MEMBERS]
    local words
    words=$(sed 's/,/","/g' <<<"$4")
    mounts+=',{"destination":"'$1'","type":"'$2'","source":"'$3'",
              "options":["'$words'"]'${5:+,$5}'}'
}

@test "each attribute reaches the mount, and its opposite takes it back" {
    check() { # WORDS EXPECTED
        saved=$mounts
        add_mount /m tmpfs tmpfs "$1"
        run -0 inside cat /proc/self/mountinfo
        [[ " $(options_of /m | cut -d' ' -f1 | tr , ' ') " == *" $2 "* ]] ||
            { echo "$1: $(options_of /m)" >&2; return 1; }
        mounts=$saved
    }
    check ro ro
    check ro,rw rw
    check nosuid nosuid
    check nodev nodev
    check noexec noexec
    check noatime noatime
    check relatime relatime
    check nodiratime nodiratime
    check nosymfollow nosymfollow
    check noexec,exec,ro ro
    check noatime,strictatime,nosuid nosuid
}

@test "words for a whole file system reach it" {
    add_mount /m tmpfs tmpfs sync,dirsync,size=64k,mode=700
    run -0 inside cat /proc/self/mountinfo
    [[ $(options_of /m) == *"sync,dirsync"*"size=64k,mode=700"* ]]
}

@test "a bind mount takes submounts along only as rbind" {
    needs_root "to make mounts"
    mkdir -p host/sub
    bind_in_new_namespace() {
        "${own_file_system[@]}" sh -c 'mount -t tmpfs tmpfs host/sub
            echo inner >host/sub/file; exec "$@"' - "${container[@]}" run -b bundle "$id"
    }
    saved=$mounts
    add_mount /h bind "$PWD/host" bind
    make_bundle cat /h/sub/file
    run -0 bind_in_new_namespace
    [ "$output" = "/h/sub/file: No such file or directory" ]
    mounts=$saved
    add_mount /h bind "$PWD/host" rbind
    make_bundle cat /h/sub/file
    run -0 bind_in_new_namespace
    [ "$output" = inner ]
}

@test "ro holds for the mount, rro for those below it too" {
    needs_root "to make mounts"
    mkdir -p host/sub
    run_it() {
        "${own_file_system[@]}" sh -c 'mount -t tmpfs tmpfs host/sub
            echo a >host/sub/file; echo b >host/file; exec "$@"' - \
            "${container[@]}" run -b bundle "$id"
    }
    saved=$mounts
    add_mount /h bind "$PWD/host" rbind,ro
    make_bundle put /h/file x + put /h/sub/file x
    run -0 run_it
    [ "$output" = "/h/file: Read-only file system
/h/sub/file: ok" ]
    mounts=$saved
    add_mount /h bind "$PWD/host" rbind,rro
    make_bundle put /h/file x + put /h/sub/file x
    run -0 run_it
    [ "$output" = "/h/file: Read-only file system
/h/sub/file: Read-only file system" ]
    mounts=$saved
    add_mount /h bind "$PWD/host" rbind,rnosuid,rnodev,rnoexec,rnoatime
    make_bundle cat /proc/self/mountinfo
    run -0 run_it
    [[ $(options_of /h/sub) == *nosuid,nodev,noexec,noatime* ]]
}

@test "propagation is what the mount's words say" {
    mkdir -p host
    for kind in private slave shared unbindable; do
        for word in "$kind" "r$kind"; do
            saved=$mounts
            add_mount /h bind "$PWD/host" "bind,$word"
            run -0 inside cat /proc/self/mountinfo
            mounts=$saved
            case $kind in
            shared) [[ $(options_of /h) == *shared:* ]] ;;
            unbindable) [[ $(options_of /h) == *unbindable ]] ;;
            *) [[ $(options_of /h) != *shared:* ]] ;;
            esac
        done
    done
}

@test "rootfsPropagation makes the root what it says" {
    run_shared() {
        "${own_file_system[@]}" --propagation shared "${container[@]}" run -b bundle "$id"
    }
    needs_root "to make mounts"
    for kind in private rprivate slave rslave shared rshared unbindable; do
        linux='"rootfsPropagation":"'$kind'"'
        make_bundle cat /proc/self/mountinfo
        run -0 run_shared
        line=$(awk '$5 == "/" { print }' <<<"$output")
        case $kind in
        shared | rshared) [[ $line == *" shared:"* ]] ;;
        slave | rslave) [[ $line == *" master:"* ]] ;;
        unbindable) [[ $line == *" unbindable "* ]] ;;
        *) [[ $line != *shared:* && $line != *master:* ]] ;;
        esac
    done
    linux='"rootfsPropagation":"public"'
    run -1 inside machine
    [[ $output == *'linux.rootfsPropagation: expected private, slave, shared or unbindable, got "public"' ]]
}

@test "with rootfsPropagation shared the host's mounts stay as they are" {
    needs_root "to make mounts"
    linux='"rootfsPropagation":"shared"'
    make_bundle cat /proc/self/mountinfo
    run -0 "${own_file_system[@]}" --propagation shared sh -c '
        before=$(cut -d" " -f5 /proc/self/mountinfo)
        "$@" || exit
        after=$(cut -d" " -f5 /proc/self/mountinfo)
        [ "$before" = "$after" ] && echo unchanged' - \
        "${container[@]}" run -b bundle "$id"
    [[ $output == *unchanged ]]
}

@test "remount changes what is mounted, and nothing else" {
    mkdir -p host
    add_mount /h bind "$PWD/host" bind
    add_mount /h none none remount,bind,ro,nodev
    add_mount /m tmpfs tmpfs size=64k
    add_mount /m tmpfs tmpfs remount,size=128k,noexec
    run -0 inside put /h/x y + cat /proc/self/mountinfo
    [ "${lines[0]}" = "/h/x: Read-only file system" ] ||
        [ "${lines[0]}" = "/h/x: No such file or directory" ]
    [[ $(options_of /h) =~ ^ro,(nosuid,)?nodev ]]
    [[ $(options_of /m) == *noexec*size=128k* ]]
    saved=$mounts
    add_mount /proc/self none none remount,bind,ro
    run -1 inside machine
    [[ $output == *": cannot remount what is no mount" ]]
    mounts=$saved
    add_mount /absent none none remount,bind,ro
    run -1 inside machine
    [[ $output == *"/absent: cannot remount: No such file or directory" ]]
}

@test "tmpcopyup begins a tmpfs with what was there" {
    mkdir -p bundle/rootfs/data/sub bundle/rootfs/data/empty
    echo content >bundle/rootfs/data/sub/file
    chmod 640 bundle/rootfs/data/sub/file
    chmod 750 bundle/rootfs/data
    ln -s sub/file bundle/rootfs/data/link
    mkfifo bundle/rootfs/data/fifo
    add_mount /data tmpfs tmpfs tmpcopyup
    run -0 inside cat /data/link + node /data/sub/file + node /data \
        + put /data/sub/file new + cat /data/sub/file
    [ "${lines[0]}" = content ]
    [[ ${lines[1]} == "/data/sub/file: 100640"* ]]
    [[ ${lines[2]} == "/data: 40750"* ]]
    [ "${lines[4]}" = "new" ] || [[ ${lines[4]} == new* ]]
    [ "$(cat bundle/rootfs/data/sub/file)" = content ]
    add_mount /data2 tmpfs tmpfs tmpcopyup,ro
    mkdir bundle/rootfs/data2
    echo x >bundle/rootfs/data2/f
    run -0 inside cat /data2/f + put /data2/f y
    [ "${lines[1]}" = "/data2/f: Read-only file system" ]
    add_mount /p proc proc tmpcopyup
    run -1 inside machine
    [[ $output == *"/p: tmpcopyup is for a tmpfs" ]]
}

@test "tmpcopyup follows no link out of the rootfs, nor down without an end" {
    mkdir -p bundle/rootfs/data
    echo secret >secret
    ln -s "$PWD/secret" bundle/rootfs/data/link
    add_mount /data tmpfs tmpfs tmpcopyup
    run -0 inside cat /data/link
    [ "$output" = "/data/link: No such file or directory" ]
    deep=bundle/rootfs/data
    for _ in $(seq 140); do deep+=/d; done
    mkdir -p "$deep"
    run -1 inside machine
    [[ $output == *"tmpcopyup: cannot copy what is there: Too many levels of symbolic links" ]]
}

@test "a bind mount can show other ids" {
    needs_root "to map ids"
    mkdir -p host
    echo a >host/file
    chown 5000:6000 host/file
    add_mount /h bind "$PWD/host" bind \
        '"uidMappings":[{"containerID":5000,"hostID":7000,"size":1}],
         "gidMappings":[{"containerID":6000,"hostID":8000,"size":1}]'
    run inside node /h/file
    if [[ $output == *"cannot be mounted with other ids"* ]]; then
        skip "the file system of $PWD takes no id mappings"
    fi
    [ "$status" -eq 0 ]
    [ "$output" = "/h/file: 100644 0:0 7000 8000" ]
    [ "$(stat -c %u host/file)" = 5000 ]
}

@test "idmap takes the mappings of the container's user namespace" {
    needs_root "to map ids"
    mkdir -p host bundle/rootfs/proc bundle/rootfs/dev bundle/rootfs/h
    echo a >host/file
    namespaces+=',{"type":"user"}'
    mappings='"uidMappings":[{"containerID":0,"hostID":100000,"size":1000}],
              "gidMappings":[{"containerID":0,"hostID":100000,"size":1000}],'
    add_mount /h bind "$PWD/host" bind,idmap
    run inside node /h/file + put /h/file b
    if [[ $output == *"cannot be mounted with other ids"* ]]; then
        skip "the file system of $PWD takes no id mappings"
    fi
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "/h/file: 100644 0:0 0 0" ]
    [ "${lines[1]}" = "/h/file: ok" ]
    [ "$(stat -c %u host/file)" = 0 ]
}

@test "root binds into a user namespace what its root could not walk to" {
    needs_root "to map ids"
    mkdir -p host/private bundle/rootfs/proc bundle/rootfs/dev bundle/rootfs/h
    echo words >host/private/file
    chmod 700 host
    touch bundle/rootfs/h/file
    namespaces+=',{"type":"user"}'
    mappings='"uidMappings":[{"containerID":0,"hostID":100000,"size":1000}],
              "gidMappings":[{"containerID":0,"hostID":100000,"size":1000}],'
    add_mount /h/file bind "$PWD/host/private/file" bind,ro
    make_bundle cat /h/file + put /h/file x + cat /proc/self/mountinfo
    run -0 "${own_file_system[@]}" --propagation shared "${container[@]}" run -b bundle "$id"
    [ "${lines[0]}" = words ]
    [[ ${lines[1]} == "/h/file: "* ]] && [[ ${lines[1]} != *ok ]]
    # Nothing that is mounted there later would show outside.
    [[ $(options_of /h/file) == ro* ]] && [[ $(options_of /h/file) != *shared:* ]]
}

@test "id mappings without sense are refused" {
    needs_root "to map ids"
    add_mount /m tmpfs tmpfs idmap
    run -1 inside machine
    [[ $output == *"mounts[2] /m: only a bind mount can have its own id mappings" ]]
    mounts=${mounts%%,\{\"destination\":\"/m\"*}
    add_mount /h bind "$PWD" bind,ridmap
    run -1 inside machine
    [[ $output == *"/h: its id mapping needs uidMappings and gidMappings" ]]
}

@test "what covers a masked path is the null device, whatever the image says" {
    # CVE-2025-31133: /dev/null of the image, a link, was what got mounted.
    mounts='{"destination":"/proc","type":"proc","source":"proc"}'
    linux='"maskedPaths":["/proc/kcore"]'
    mkdir -p bundle/rootfs/dev
    ln -s /proc/sys/kernel/core_pattern bundle/rootfs/dev/null
    run inside cat /proc/kcore
    # Not taken for the device: made or bound it cannot be.
    [ "$status" -eq 1 ]
    [[ $output == *"/dev/null: cannot make it"* ]]
}

@test "a /dev/null of the host that is not the null device covers nothing" {
    needs_root "to put a file in its place"
    linux='"maskedPaths":["/proc/kcore"]'
    make_bundle machine
    touch fake
    run -1 "${own_file_system[@]}" sh -c 'mount --bind fake /dev/null; exec "$@" 2>&1' - \
        "${container[@]}" run -b bundle "$id"
    [[ $output == *"/dev/null is not the null device" ]]
}

@test "a mount's destination may be a link, which ends inside" {
    mkdir -p bundle/rootfs/real bundle/rootfs/tmp outside
    ln -s "$PWD/outside" bundle/rootfs/escape
    ln -s /real bundle/rootfs/inner
    ln -s ../../../../../../../../tmp bundle/rootfs/dots
    echo mine >file
    saved=$mounts
    add_mount /inner bind "$PWD" bind
    run -0 inside cat /real/file
    [ "$output" = mine ]
    mounts=$saved
    add_mount /dots/x bind "$PWD" bind
    run -0 inside cat /tmp/x/file
    [ "$output" = mine ]
    mounts=$saved
    add_mount /escape/x bind "$PWD" bind
    run -1 inside machine
    [[ $output == *"a symbolic link to nothing"* ]]
    [ -z "$(ls outside)" ]
}

@test "a FIFO or a device in a mount's place holds nobody up" {
    mkdir -p bundle/rootfs
    mkfifo bundle/rootfs/pipe
    echo mine >file
    add_mount /pipe bind "$PWD/file" bind
    run -0 inside cat /pipe
    [ "$output" = mine ]
}

@test "an unknown option is refused by its name" {
    saved=$mounts
    add_mount /m tmpfs tmpfs nosuid,nonsense
    run -1 inside machine
    [[ $output == *"mounts[2] /m: option \"nonsense\""* ]]
    mounts=$saved
    add_mount /h bind "$PWD" bind,size=5
    run -1 inside machine
    [[ $output == *"mounts[2] /h: unknown option \"size=5\"" ]]
}

@test "without a cgroup namespace a cgroup mount shows the own cgroup alone" {
    needs_root "to make cgroups"
    namespaces=${namespaces/,\{\"type\":\"cgroup\"\}/}
    add_mount /sys/fs/cgroup cgroup cgroup ro,nosuid
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
        file=/sys/fs/cgroup/cgroup.procs
    else
        file=/sys/fs/cgroup/pids/cgroup.procs
    fi
    run -0 inside cat $file + put $file 0
    [ "${lines[0]}" = 1 ]
    [ "${lines[1]}" = "$file: Read-only file system" ]
    [ "${#lines[@]}" -eq 2 ]
}

@test "the mounts are those of crun" {
    mkdir -p host
    echo x >host/file
    mounts+=',{"destination":"/dev/pts","type":"devpts","source":"devpts",
        "options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620","gid=5"]},
      {"destination":"/dev/shm","type":"tmpfs","source":"shm",
        "options":["nosuid","noexec","nodev","mode=1777","size=65536k"]},
      {"destination":"/dev/mqueue","type":"mqueue","source":"mqueue",
        "options":["nosuid","noexec","nodev"]},
      {"destination":"/sys","type":"sysfs","source":"sysfs",
        "options":["nosuid","noexec","nodev","ro"]}'
    # A bind mount keeps what the host's mount forbids; crun's does not.
    add_mount /h/f bind "$PWD/host/file" bind,ro,nosuid,nodev
    add_mount /h/d bind "$PWD/host" rbind,rprivate,nosuid,nodev,noexec
    linux='"maskedPaths":["/proc/kcore","/proc/acpi"],"readonlyPaths":["/proc/sys"]'
    needs_root "for crun"
    command -v crun >/dev/null || skip "crun is not installed"
    # Where, and with which options; some of crun's are of the superblock.
    table() {
        awk '{ print $5, $5 == "/proc/kcore" ? "" : $6 }' | grep -v '^/ ' |
            sort -u
    }
    ours=$(inside cat /proc/self/mountinfo | table)
    theirs=$(inside_crun cat /proc/self/mountinfo | table)
    diff <(echo "$theirs") <(echo "$ours")
}
