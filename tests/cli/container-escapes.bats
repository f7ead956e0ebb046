#!/usr/bin/env bats
# The escapes that are known of runc's and crun's history, tried on ours. Each
# test does the same by hand first, as a runtime without the defence would: an
# attack that could not succeed there would show nothing here.
#
# Sources: the advisories of github.com/opencontainers/runc and of
# github.com/containers/crun. CVE-2026-41579 (runc) and CVE-2026-47766 (crun)
# are the same mistake: links and devices of /dev made by a host path through
# a /dev of the image that is a symbolic link. For the latter the text of
# runc's advisory is what we have, which calls the two similar.

load lifecycle.bash

# Without a user namespace: where an escape is one to the host's root.
needs_host_root() {
    needs_root "to be the runtime by hand, and to have something to lose"
}

contain() { # ARGUMENT... of inspect
    make_bundle "$@"
    "${container[@]}" run --bundle bundle "$id" 3>&- 4<&-
}

# A running container of the intruder, which has said "ready".
start_intruder() { # ARGUMENT...
    make_bundle "$@"
    cp "$build/tests/programs/intruder" bundle/rootfs/intruder
    sed -i 's|"args": \["/inspect"|"args": ["/intruder"|' bundle/config.json
    rm -f bundle/rootfs/stop
    create
    "${container[@]}" start "$id" 3>&- 4<&-
    next
    [ "$line" = ready ]
}

next() { # the intruder's next line
    read -r -t 20 line <&4
}

# Two names that change places until the test has ended.
start_exchange() { # A B
    mkfifo exchange
    "$build/tests/programs/intruder" exchange "$1" "$2" >exchange 3>&- &
    pid=$!
    read -r -t 20 line <exchange
    [ "$line" = ready ]
}

# Runs a shell's text in a mount namespace of its own, with arguments.
by_hand() { # TEXT [ARGUMENT...]
    local text=$1
    shift
    unshare --mount sh -ec "$text" - "$@" 3>&-
}

with_capabilities() { # NAME [SET...], by default what root would have
    local name=$1 sets=
    shift
    for set in "${@:-bounding effective permitted}"; do
        for each in $set; do
            sets+=${sets:+,}'"'$each'":["'$name'"]'
        done
    done
    process='"capabilities":{'$sets'}'
}

@test "CVE-2016-9962: behind a process that joins there is nothing of the host's" {
    needs_host_root
    with_capabilities CAP_SYS_PTRACE
    mkdir host
    echo mine >host/secret

    start_intruder search secret
    nsenter --target "$(cat pid)" --mount --pid /inspect stay \
        7<host >/dev/null 3>&- 4<&- &
    next
    [[ $line == "reached /proc/"*"/fd/7/secret" ]]
    "${container[@]}" delete --force "$id"

    start_intruder search secret
    for _ in $(seq 20); do
        (cd host && "${container[@]}" exec "$id" /inspect ids \
            7<. >/dev/null 3>&- 4<&-)
    done
    touch bundle/rootfs/stop
    next
    [ "$line" = nothing ]
}

@test "a process that joins has no rights to be had in the PID namespace" {
    needs_host_root
    with_capabilities CAP_SYS_PTRACE
    start_intruder rights
    nsenter --target "$(cat pid)" --mount --pid /inspect stay \
        >/dev/null 3>&- 4<&- &
    next
    [[ $line == "reached /proc/"*"/status" ]]
    "${container[@]}" delete --force "$id"

    start_intruder rights
    for _ in $(seq 20); do
        "${container[@]}" exec "$id" /inspect ids >/dev/null 3>&- 4<&-
    done
    touch bundle/rootfs/stop
    next
    [ "$line" = nothing ]
}

# A container whose PID namespace others join, with the right to look into all
# that it can see there; $first is the id of its process on the host.
start_host_of_others() { # ARGUMENT... of the intruder
    namespaces='{"type":"mount"},{"type":"pid"},{"type":"uts"}'
    with_capabilities CAP_SYS_PTRACE
    start_intruder "$@"
    first=$(cat pid)
}

@test "a container that joins a PID namespace cannot be looked into from there" {
    needs_host_root
    mkdir host
    echo mine >host/secret
    mkdir -p joining/rootfs/proc
    cp "$inspect" joining/rootfs/inspect
    for attack in "search $PWD/host/secret" rights; do
        # shellcheck disable=SC2086
        start_host_of_others $attack
        nsenter --target "$first" --pid sleep 20 >/dev/null 3>&- 4<&- &
        pid=$!
        next
        [[ $line == "reached /proc/"*"/"* ]]
        kill "$pid" 2>/dev/null || true # it went with the namespace
        "${container[@]}" delete --force "$id"

        # shellcheck disable=SC2086
        start_host_of_others $attack
        cat >joining/config.json <<END
{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
 "process": {"args": ["/inspect", "ids"], "cwd": "/", "env": []},
 "mounts": [{"destination": "/proc", "type": "proc"}],
 "linux": {"namespaces": [{"type": "mount"}, {"type": "network"}, {"type": "ipc"},
           {"type": "pid", "path": "/proc/$first/ns/pid"}]}}
END
        for _ in $(seq 20); do
            "${container[@]}" run --bundle joining joining 3>&- 4<&- >/dev/null
        done
        touch bundle/rootfs/stop
        next
        [ "$line" = nothing ]
        "${container[@]}" delete --force "$id"
    done
}

@test "CVE-2019-5736: the runtime's program cannot be overwritten from inside" {
    needs_host_root
    [[ $build != *sanitize* ]] || skip "a sanitizer's start-up comes first"
    with_capabilities CAP_SYS_PTRACE
    cp "${container[0]}" runtime
    cp "$inspect" victim
    mkfifo input
    exec 8<>input

    start_intruder overwrite "$(stat -c %i victim)"
    nsenter --target "$(cat pid)" --mount --pid /proc/self/fd/9 read \
        9<victim <&8 >/dev/null 3>&- 4<&- &
    next
    [ "$line" = holding ]
    echo leave >&8
    next
    [ "$line" = overwritten ]
    [ "$(head -c 11 victim)" = overwritten ]
    "${container[@]}" delete --force "$id"

    start_intruder overwrite "$(stat -c %i runtime)"
    ./runtime --root state exec --pid-file joined "$id" \
        /proc/self/exe update -r - x <&8 >/dev/null 2>&1 3>&- 4<&- &
    pid=$!
    next
    [ "$line" = holding ]
    until [ -s joined ]; do [ -e "/proc/$pid" ]; done
    kill -KILL "$(cat joined)" "$pid"
    next
    [ "$line" = "refused: Read-only file system" ]
    cmp runtime "$build/bin/ringside-container"
    exec 8>&-
}

# A /proc that the image or a volume has made up.
make_fake_proc() {
    mkdir -p fake/sys/kernel
    for directory in self thread-self; do
        mkdir -p fake/$directory/attr/apparmor
        echo untouched | tee fake/$directory/attr/exec >fake/$directory/attr/apparmor/exec
    done
    echo untouched >fake/sys/kernel/msgmax
    mounts='{"destination":"/proc","type":"bind","source":"'$PWD'/fake","options":["rbind"]},
            {"destination":"/real","type":"proc"}'
}

# What a runtime writes when it trusts the container's /proc.
write_by_hand() { # PATH TEXT
    cp "$build/tests/programs/probe" bundle/rootfs/
    by_hand 'mount --bind fake bundle/rootfs/proc
             chroot bundle/rootfs /probe put "$@"' "$1" "$2"
}

@test "CVE-2019-16884: a /proc of a volume does not take the label of AppArmor" {
    needs_host_root
    make_fake_proc
    make_bundle ids
    run -0 write_by_hand /proc/thread-self/attr/exec "exec profile"
    [ "$(cat fake/thread-self/attr/exec)" != untouched ]

    make_fake_proc
    process='"apparmorProfile":"ringside-absent"'
    run -1 contain ids
    [[ $output == "ringside-container: process.apparmorProfile: "* ]]
    [ "$(cat fake/*/attr/exec fake/*/attr/apparmor/exec | sort -u)" = untouched ]
}

@test "CVE-2025-52881: what is written to /proc is not redirected by mounts" {
    needs_host_root
    make_fake_proc
    make_bundle ids
    run -0 write_by_hand /proc/sys/kernel/msgmax 4321
    [ "$(cat fake/sys/kernel/msgmax)" != untouched ]

    make_fake_proc
    linux=',"sysctl":{"kernel.msgmax":"4321"}'
    run -0 contain cat /real/sys/kernel/msgmax
    [ "$output" = 4321 ]
    [ "$(cat fake/sys/kernel/msgmax)" = untouched ]
    # Nor does what lies over the host's /proc.
    by_hand 'mount --bind fake/sys /proc/sys; exec "$@" >error 2>&1' \
        "${container[@]}" run --bundle bundle "$id" || true
    grep -q "linux.sysctl.kernel.msgmax: cannot set it" error
    [ "$(cat fake/sys/kernel/msgmax)" = untouched ]
}

# A volume in which "a" is a directory now, a way to the host's then.
make_volume() {
    mkdir -p volume/a outside
    ln -s "$PWD/outside" volume/b
}

# Starts containers while the names change places, until both were met.
start_in_a_race() { # what a start that succeeds prints
    local started=0 refused=0 seen
    start_exchange volume/a volume/b
    for ((i = 0; i < 400 && (i < 20 || started == 0 || refused == 0); i++)); do
        if seen=$(contain cat /proc/self/mountinfo 2>/dev/null); then
            grep -q "$1" <<<"$seen"
            started=$((started + 1))
        else
            refused=$((refused + 1))
        fi
        [ -z "$(ls -A outside)" ]
    done
    [ "$started" -gt 0 ]
    [ "$refused" -gt 0 ]
}

@test "CVE-2021-30465: a mount's destination that is swapped does not lead it out" {
    needs_host_root
    make_volume
    # Looked at, swapped, used: the path of a moment ago.
    by_hand 'mkdir volume/a/m
             where=$(realpath volume/a/m)
             mkdir outside/m
             mv volume/a volume/c; mv volume/b volume/a
             mount -t tmpfs marker "$where"
             grep -q "/outside/m .* marker" /proc/self/mountinfo'
    rm -r volume outside
    make_volume

    mounts+=',{"destination":"/volume","type":"bind","source":"'$PWD'/volume","options":["bind"]},
             {"destination":"/volume/a/m","type":"tmpfs","source":"marker"}'
    # A mount that is not inside would be missing where all mounts are seen.
    start_in_a_race " /volume/./m .* - tmpfs marker "
}

@test "CVE-2024-45310: no file or directory is made on the host for a destination" {
    needs_host_root
    make_volume
    where=$(realpath volume/a)
    mv volume/a volume/c
    mv volume/b volume/a
    mkdir -p "$where/deep"
    [ -d outside/deep ]
    rm -r volume outside
    make_volume

    mounts+=',{"destination":"/volume","type":"bind","source":"'$PWD'/volume","options":["bind"]},
             {"destination":"/volume/a/deep/er/file","type":"bind","source":"'$inspect'","options":["bind"]}'
    # They are made anew in each round, or there would be nothing to race for.
    contain() {
        rm -rf volume/?/deep
        make_bundle "$@"
        "${container[@]}" run --bundle bundle "$id" 3>&- 4<&-
    }
    start_in_a_race " /volume/./deep/er/file "
}

@test "CVE-2023-27561: a /proc that is a link into a volume is not mounted" {
    needs_host_root
    mkdir -p volume/p bundle/rootfs/volume
    linux=',"maskedPaths":["/proc/version"]'
    # (CVE-2019-19921 of before.) Mounted, moved aside by another container,
    # and then there is nothing at the path that is to be masked.
    by_hand 'mount -t proc proc volume/p
             nsenter --target "$1" --mount sh -c "mv $PWD/volume/p $PWD/volume/q; mkdir $PWD/volume/p"
             [ ! -e volume/p/version ]
             grep -q Linux volume/q/version' $$
    rm -rf volume
    mkdir -p volume/p

    mounts='{"destination":"/volume","type":"bind","source":"'$PWD'/volume","options":["bind"]},'$mounts
    run -0 contain cat /proc/version
    [ "$output" = "" ]
    for link in volume/p /volume/p ../volume/p; do
        rm -rf bundle/rootfs/proc
        ln -s $link bundle/rootfs/proc
        run -1 "${container[@]}" run --bundle bundle "$id"
        [[ $output == *"mounts[1] /proc: /proc in the rootfs: a symbolic link; "* ]]
    done
    mounts=${mounts//\/proc/\/sys}
    mounts=${mounts//\"proc\"/\"sysfs\"}
    rm -rf bundle/rootfs/proc bundle/rootfs/sys
    ln -s volume/p bundle/rootfs/sys
    run -1 contain ids
    [[ $output == *"mounts[1] /sys: /sys in the rootfs: a symbolic link; "* ]]
}

@test "CVE-2022-29162: exec gives no inheritable capabilities" {
    needs_host_root
    command -v setcap >/dev/null || skip "setcap (libcap2-bin) is not installed"
    process='"user":{"uid":1000,"gid":1000}'
    make_bundle ids
    cp "$inspect" raw
    setcap cap_net_raw+ei raw 2>/dev/null || skip "no file capabilities here"
    mv raw bundle/rootfs/raw
    # A program with such a file capability gains what is inheritable.
    with_capabilities CAP_NET_RAW bounding permitted inheritable
    process+=',"user":{"uid":1000,"gid":1000}'
    make_bundle cat /proc/self/status
    sed -i 's|"/inspect"|"/raw"|' bundle/config.json
    run -0 "${container[@]}" run --bundle bundle "$id"
    grep -q "^CapEff:.0000000000002000$" <<<"$output"

    with_capabilities CAP_NET_RAW
    process+=',"user":{"uid":1000,"gid":1000}'
    make_bundle stay
    create
    "${container[@]}" start "$id" 3>&- 4<&-
    next
    run -0 "${container[@]}" exec --cap CAP_NET_RAW "$id" /raw cat /proc/self/status 4<&-
    grep -q "^CapInh:.0000000000000000$" <<<"$output"
    grep -q "^CapEff:.0000000000000000$" <<<"$output"
}

@test "CVE-2024-21626: no descriptor is a working directory on the host" {
    needs_host_root
    mkdir host
    echo mine >host/secret
    make_bundle cat secret
    by_hand 'mount -t proc proc bundle/rootfs/proc
             exec unshare --root=bundle/rootfs --wd=/proc/self/fd/7 \
                 /inspect cat secret' 7<host >seen
    [ "$(cat seen)" = mine ]

    for number in $(seq 0 20); do
        sed -i 's|"cwd": "[^"]*"|"cwd": "/proc/self/fd/'"$number"'"|' bundle/config.json
        run -1 "${container[@]}" run --bundle bundle "$id" 7<host
        [[ $output == "ringside-container: process.cwd: "* ]]
    done
    # Not even one that is passed on.
    sed -i 's|"cwd": "[^"]*"|"cwd": "/proc/self/fd/7"|' bundle/config.json
    run -1 bash -c '"$@" 3<host 4<host 5<host 6<host 7<host' - \
        "${container[@]}" run --bundle bundle --preserve-fds 5 "$id"
    [[ $output == "ringside-container: process.cwd: /proc/self/fd/7 is outside the rootfs" ]]

    make_bundle stay
    create
    "${container[@]}" start "$id" 3>&- 4<&-
    next
    for number in $(seq 0 20); do
        run -1 "${container[@]}" exec --cwd "/proc/self/fd/$number" "$id" \
            /inspect cat secret 7<host 4<&-
        [[ $output == "ringside-container: process.cwd: "* ]]
    done
}

@test "CVE-2025-31133: no /dev/null of the image covers a masked path" {
    needs_host_root
    mkdir -p bundle/rootfs/dev bundle/rootfs/proc
    ln -s ../proc/sys/kernel/ostype bundle/rootfs/dev/null
    by_hand 'mount -t proc proc bundle/rootfs/proc
             mount --bind bundle/rootfs/dev/null bundle/rootfs/proc/version
             cat bundle/rootfs/proc/version' >seen
    [ "$(cat seen)" = Linux ]

    linux=',"maskedPaths":["/proc/version"]'
    mounts='{"destination":"/proc","type":"proc"}'
    run -1 contain ids
    [[ $output == *"/dev/null: cannot make it: File exists" ]]
    # A directory that is bound is taken as it is; the mask is the host's.
    for null in link missing; do
        rm -rf devices
        mkdir devices
        [ $null = missing ] || ln -s /proc/sys/kernel/ostype devices/null
        rm -f bundle/rootfs/dev/null
        mounts='{"destination":"/proc","type":"proc"},
                {"destination":"/dev","type":"bind","source":"'$PWD'/devices","options":["bind"]}'
        run -0 contain stat /proc/version + cat /proc/version
        [ "$output" = "/proc/version device 666 1:3" ]
    done
}

@test "CVE-2025-52565: a terminal of the image's making is not mounted on /dev/console" {
    needs_host_root
    mkdir -p bundle/rootfs/dev/pts bundle/rootfs/proc outside
    touch bundle/rootfs/dev/console bundle/rootfs/dev/pts/ptmx
    ln -s ../../proc/sys/kernel/ostype bundle/rootfs/dev/pts/0
    by_hand 'mount -t proc proc bundle/rootfs/proc
             mount --bind bundle/rootfs/dev/pts/0 bundle/rootfs/dev/console
             cat bundle/rootfs/dev/console' >seen
    [ "$(cat seen)" = Linux ]

    process+=',"terminal":true'
    terminals=${mounts##*strictatime*size=64k\"]\},}
    mounts='{"destination":"/proc","type":"proc"}'
    run -1 contain ids
    [[ $output == *"process.terminal: /dev/pts is not a devpts" ]]
    # A link in place of the directory, or of what is mounted on.
    rm -r bundle/rootfs/dev/pts
    ln -s /dev/../proc bundle/rootfs/dev/pts
    run -1 contain ids
    [[ $output == *"process.terminal: cannot open /dev/pts/ptmx"* ]]
    rm bundle/rootfs/dev/pts bundle/rootfs/dev/console
    ln -s "$PWD/outside/console" bundle/rootfs/dev/console
    mounts+=,$terminals
    run -1 contain ids
    [[ $output == *"/dev/console in the rootfs: a symbolic link to nothing" ]]
    [ -z "$(ls -A outside)" ]
    # As it should be, it is the terminal.
    rm bundle/rootfs/dev/console
    run -0 contain stat /dev/console
    [[ $output == "/dev/console device "*" 136:0"* ]]
}

@test "CVE-2026-41579, CVE-2026-47766: a /dev that is a link has nothing made or removed on the host" {
    needs_host_root
    mkdir -p bundle/rootfs outside
    ln -s "$PWD/outside" bundle/rootfs/dev
    echo mine >outside/ptmx
    rm bundle/rootfs/dev/ptmx
    ln -s pts/ptmx bundle/rootfs/dev/ptmx
    [ -L outside/ptmx ]

    rm outside/ptmx
    echo mine >outside/ptmx
    with_tmpfs=$mounts
    for mounts in '{"destination":"/proc","type":"proc"}' "$with_tmpfs"; do
        run -1 contain ids
        [[ $output == *": a symbolic link to nothing" ]]
        [ "$(ls -A outside) $(cat outside/ptmx)" = "ptmx mine" ]
    done
    # What leads up ends at the container's root.
    mkdir -p bundle/rootfs/outside
    rm bundle/rootfs/dev
    ln -s ../../outside bundle/rootfs/dev
    run -0 contain stat /outside/null
    [ "$output" = "/outside/null device 666 1:3" ]
    [ "$(ls -A outside) $(cat outside/ptmx)" = "ptmx mine" ]
}
