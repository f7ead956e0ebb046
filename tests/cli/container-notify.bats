#!/usr/bin/env bats
# NOTIFY_SOCKET: a service manager is told by us when the container is ready.

setup() {
    load container_setup
    container_setup
    command -v python3 >/dev/null || skip "python3 is not installed"
    root='"readonly":false'
    # What a program does that calls sd_notify(3).
    cat >notify.c <<'END'
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    strcpy(to.sun_path, getenv("NOTIFY_SOCKET"));
    for (int i = 1; i < argc; i++)
        if (sendto(fd, argv[i], strlen(argv[i]), 0, (struct sockaddr *)&to,
                   sizeof(to)) < 0)
            return 1;
    return argc > 1 ? 0 : pause();
}
END
    musl-gcc -static -o notify notify.c
}

teardown() {
    [ -z "${manager-}" ] || kill "$manager" 2>/dev/null || true
    "${container[@]}" delete --force "$id" 2>/dev/null || true
}

# Prints what is said at ./socket, a line each: PID MESSAGE.
listen() {
    python3 - >heard 3>&- <<'END' &
import os, socket, struct
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind("socket")
s.settimeout(20)
while True:
    data, ancillary, _, _ = s.recvmsg(4096, 64)
    pid = struct.unpack("3i", ancillary[0][2])[0]
    print(pid, data.decode().replace("\n", " "), flush=True)
END
    manager=$!
    until [ -S socket ]; do [ -d "/proc/$manager" ]; done
    export NOTIFY_SOCKET=$PWD/socket
}

# Waits for a line of what was heard.
await_heard() {
    for _ in $(seq 200); do
        grep -qx "$1" heard && return
        read -r -t 0.05 <> <(:) || true
    done
    cat heard
    false
}

make_notifying() { # WORD...
    make_bundle "$@"
    cp notify bundle/rootfs/notify
    sed -i 's|"/probe"|"/notify"|' bundle/config.json
}

@test "run says in its own name that the container is ready, and nothing else" {
    listen
    make_notifying STATUS=mine MAINPID=1 'STATUS=x\nREADY=1'
    "${container[@]}" run -b bundle "$id" 3>&- &
    runtime_process=$!
    wait "$runtime_process"
    await_heard "$runtime_process READY=1"
    [ "$(wc -l <heard)" -eq 1 ]
}

@test "start returns once the container is ready, and names its process" {
    listen
    make_notifying READY=1
    "${container[@]}" create -b bundle --pid-file pid "$id" >/dev/null 3>&-
    [ ! -s heard ]
    "${container[@]}" start "$id"
    await_heard "[0-9]* READY=1 MAINPID=$(cat pid)"
}

@test "a container that ends without a word is not waited for" {
    listen
    make_bundle machine
    "${container[@]}" create -b bundle "$id" >/dev/null 3>&-
    timeout 20 "${container[@]}" start "$id"
    "${container[@]}" delete --force "$id"
    run -0 "${container[@]}" run -b bundle "$id"
    [ ! -s heard ]
    # Without a manager nothing is mounted, and nothing is told.
    unset NOTIFY_SOCKET
    make_bundle cat /proc/self/environ + cat /proc/self/mountinfo
    run -0 "${container[@]}" run -b bundle "$id"
    [[ $output != *notify* ]]
}
