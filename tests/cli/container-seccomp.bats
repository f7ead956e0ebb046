#!/usr/bin/env bats
# linux.seccomp: what a program may not call, what happens if it does, and
# that a compiled filter is kept safely.

setup() {
    load container_setup
    container_setup
    fixture=$BATS_TEST_DIRNAME/../fixtures/seccomp/allow-list.json
    # Numbers of system calls on x86-64.
    getppid=110 getuid=102 personality=135 socket=41 mkdir=83
}

# A profile that allows all but what the rules say.
profile() { # RULES [MEMBERS]
    linux='"seccomp":{"defaultAction":"SCMP_ACT_ALLOW",
           "architectures":["SCMP_ARCH_X86_64"],"syscalls":['$1']'${2:+,$2}'}'
}

rule() { # NAME ACTION [MEMBERS]
    echo '{"names":["'"$1"'"],"action":"SCMP_ACT_'"$2"'"'"${3:+,$3}"'}'
}

# The directory of compiled filters.
cache() {
    if [ "$(id -u)" -eq 0 ]; then
        echo /run/ringside/seccomp
    elif [ -n "${XDG_RUNTIME_DIR-}" ]; then
        echo "$XDG_RUNTIME_DIR/ringside/seccomp"
    else
        echo "/tmp/ringside-$(id -u)/seccomp"
    fi
}

@test "ERRNO fails a call with EPERM, or with the errno given" {
    profile "$(rule getppid ERRNO),$(rule getuid ERRNO '"errnoRet":38')"
    run -0 inside call $getppid + call $getuid
    [ "${lines[0]}" = "$getppid: Operation not permitted" ]
    [ "${lines[1]}" = "$getuid: Function not implemented" ]
}

@test "KILL_PROCESS, KILL and TRAP end the caller with SIGSYS" {
    for action in KILL_PROCESS KILL KILL_THREAD TRAP; do
        profile "$(rule getppid $action)"
        run -0 inside die $getppid + die $getuid
        [ "${lines[0]}" = "Bad system call" ]
        [ "${lines[1]}" = "lived" ]
    done
}

@test "a killed program is status 128+31" {
    profile "$(rule getppid KILL_PROCESS)"
    run -159 inside call $getppid
}

@test "LOG lets a call through, TRACE fails it where nobody traces" {
    profile "$(rule getppid LOG),$(rule getuid TRACE '"errnoRet":7')"
    run -0 inside call $getppid + call $getuid
    [ "${lines[0]}" = "$getppid: ok" ]
    [ "${lines[1]}" = "$getuid: Function not implemented" ]
}

@test "defaultErrnoRet is the errno of all that no rule names" {
    linux='"seccomp":{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":61,
      "syscalls":[{"action":"SCMP_ACT_ALLOW","names":["execve","arch_prctl",
      "set_tid_address","write","writev","ioctl","exit_group","getpid","brk",
      "mmap","fstat","close"]}]}'
    run -0 inside call $getppid + call 39
    [ "${lines[0]}" = "$getppid: No data available" ]
    [ "${lines[1]}" = "39: ok" ]
}

@test "every comparison of an argument decides as its name says" {
    check() { # OPERATOR VALUE VALUETWO REFUSED ALLOWED
        profile "$(rule personality ERRNO '"args":[{"index":0,"op":"SCMP_CMP_'"$1"'",
            "value":'"$2"',"valueTwo":'"$3"'}]')"
        run -0 inside call $personality "$4" + call $personality "$5"
        [ "${lines[0]}" = "$personality: Operation not permitted" ]
        [ "${lines[1]}" = "$personality: ok" ]
    }
    check EQ 8 0 8 0
    check NE 8 0 0 8
    check LT 8 0 7 8
    check LE 8 0 8 9
    check GT 8 0 9 8
    check GE 8 0 8 7
    check MASKED_EQ 8 8 0x40008 0x40000
}

@test "conditions on several arguments must all hold; on one, any does" {
    local both='{"index":0,"value":1,"op":"SCMP_CMP_EQ"},
                {"index":1,"value":2,"op":"SCMP_CMP_EQ"}'
    profile "$(rule socket ERRNO '"args":['"$both"']')"
    run -0 inside call $socket 1 2 + call $socket 1 1
    [ "$output" = "$socket: Operation not permitted
$socket: ok" ]
    local either='{"index":0,"value":1,"op":"SCMP_CMP_EQ"},
                  {"index":0,"value":2,"op":"SCMP_CMP_EQ"}'
    profile "$(rule socket ERRNO '"args":['"$either"']')"
    run -0 inside call $socket 1 1 + call $socket 2 1 + call $socket 16 3
    [ "$output" = "$socket: Operation not permitted
$socket: Operation not permitted
$socket: ok" ]
}

@test "a 64-bit value is compared whole" {
    profile "$(rule mkdir ERRNO '"args":[{"index":3,"op":"SCMP_CMP_EQ",
        "value":4294967296}]')"
    run -0 inside call $mkdir 0 0 0 0x100000000 + call $mkdir 0 0 0 0
    [ "${lines[0]}" = "$mkdir: Operation not permitted" ]
    [ "${lines[1]}" = "$mkdir: Bad address" ]
}

@test "the flags of a filter are accepted, an unknown one is refused" {
    profile "$(rule getppid ERRNO)" '"flags":["SECCOMP_FILTER_FLAG_TSYNC",
        "SECCOMP_FILTER_FLAG_LOG","SECCOMP_FILTER_FLAG_SPEC_ALLOW"]'
    run -0 inside call $getppid
    [ "$output" = "$getppid: Operation not permitted" ]
    profile "$(rule getppid ERRNO)" '"flags":["SECCOMP_FILTER_FLAG_X"]'
    run -1 inside call $getppid
    [[ $output == *'linux.seccomp.flags[0]: expected a seccomp flag, got "SECCOMP_FILTER_FLAG_X"' ]]
}

@test "without no_new_privs the filter holds too, and rights are dropped" {
    process='"noNewPrivileges":false,"user":{"uid":0,"gid":0}'
    profile "$(rule getppid ERRNO)"
    run -0 inside call $getppid + cat /proc/self/status
    [ "${lines[0]}" = "$getppid: Operation not permitted" ]
    [[ $output == *"NoNewPrivs:	0"* ]]
    [[ $output == *"CapEff:	0000000000000000"* ]]
    [[ $output == *"Seccomp:	2"*"Seccomp_filters:	1"* ]]
}

@test "a user other than root is under the filter without no_new_privs" {
    needs_root "to become another user"
    process='"noNewPrivileges":false,"user":{"uid":1000,"gid":1000}'
    profile "$(rule getppid ERRNO)"
    run -0 inside call $getppid
    [ "$output" = "$getppid: Operation not permitted" ]
}

@test "an allow-list of 360 names works like the engines' own" {
    linux='"seccomp":'$(cat "$fixture")
    run -0 inside call $getppid + call $personality 0 + call $personality 4 \
        + call $socket 1 1 + call $socket 40 1 + call 165 + call 435
    [ "$output" = "$getppid: ok
$personality: ok
$personality: Operation not permitted
$socket: ok
$socket: Operation not permitted
165: Operation not permitted
435: Function not implemented" ]
}

@test "a filter behaves as crun's does" {
    linux='"seccomp":'$(cat "$fixture")
    same_as_crun call $getppid + call $personality 8 + call $personality 4 \
        + call $socket 40 1 + call 165 + call 435 + call 272 0x7e020000 \
        + call 317 + call 321
}

@test "names that this kernel does not have are passed over" {
    profile "$(rule no_such_call ERRNO),$(rule getppid ERRNO)"
    run -0 inside call $getppid
    [ "$output" = "$getppid: Operation not permitted" ]
}

@test "a wrong profile is refused with its JSON path" {
    refused() { # MESSAGE
        run -1 inside call $getppid
        [[ $output == "ringside-container: config.json: linux.seccomp$1" ]] ||
            { echo "$output" >&2; return 1; }
    }
    linux='"seccomp":{"syscalls":[]}'
    refused '.defaultAction: missing, expected a seccomp action'
    linux='"seccomp":{"defaultAction":"ALLOW"}'
    refused '.defaultAction: expected a seccomp action, got "ALLOW"'
    profile "$(rule getppid ALLOW '"errnoRet":1')"
    refused '.syscalls[0].errnoRet: expected none with SCMP_ACT_ALLOW, got 1'
    profile "$(rule getppid ERRNO '"errnoRet":5000')"
    refused '.syscalls[0].errnoRet: expected an integer from 0 to 4095, got 5000'
    profile "$(rule getppid ERRNO '"args":[{"index":6}]')"
    refused '.syscalls[0].args[0].index: expected an integer from 0 to 5, got 6'
    profile "$(rule getppid ERRNO '"args":[{"index":0,"op":"EQ"}]')"
    refused '.syscalls[0].args[0].op: expected a comparison such as SCMP_CMP_EQ, got "EQ"'
    profile '{"names":[],"action":"SCMP_ACT_ERRNO"}'
    refused '.syscalls[0].names: expected at least one name, got an array'
    profile "$(rule getppid NOTIFY)"
    refused '.syscalls[0].action: expected a listenerPath with it, got "SCMP_ACT_NOTIFY"'
    linux='"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_VAX"]}'
    refused '.architectures[0]: expected an architecture such as SCMP_ARCH_X86_64, got "SCMP_ARCH_VAX"'
    linux='"seccomp":[]'
    refused ': expected an object, got an array'
}

# A profile of this test alone, so that its filter is in no cache.
unique_profile() {
    profile "$(rule getppid ERRNO),$(rule "unique_$RANDOM$RANDOM$$" ERRNO)"
}

@test "a compiled filter is kept, for its owner alone, and used again" {
    unique_profile
    touch before
    run -0 inside call $getppid
    kept=$(find "$(cache)" -type f -newer before)
    [ "$(wc -l <<<"$kept")" -eq 1 ]
    [ "$(stat -c %a "$kept")" = 600 ]
    [[ ${kept##*/} =~ ^[0-9a-f]{64}$ ]]
    # One that allows everything, in its place, shows which is used.
    printf '\x06\0\0\0\0\0\xff\x7f' >"$kept"
    run -0 inside call $getppid
    [ "$output" = "$getppid: ok" ]
    # Any change of the profile is another filter.
    linux=${linux/ERRNO/TRACE}
    run -0 inside call $getppid
    [ "$output" = "$getppid: Function not implemented" ]
    # Gone already where that one more made the cache too full.
    rm -f "$kept"
}

@test "a kept filter that others could have written is not used" {
    unique_profile
    touch before
    run -0 inside call $getppid
    kept=$(find "$(cache)" -type f -newer before)
    printf '\x06\0\0\0\0\0\xff\x7f' >"$kept"
    chmod 666 "$kept"
    run -0 inside call $getppid
    [ "$output" = "$getppid: Operation not permitted" ]
    # It was replaced by the right one.
    [ "$(stat -c %a "$kept")" = 600 ]
    if [ "$(id -u)" -eq 0 ]; then
        printf '\x06\0\0\0\0\0\xff\x7f' >"$kept"
        chown 1000 "$kept"
        run -0 inside call $getppid
        [ "$output" = "$getppid: Operation not permitted" ]
    fi
    # What is no program at all is compiled anew.
    printf 'abc' >"$kept"
    run -0 inside call $getppid
    [ "$output" = "$getppid: Operation not permitted" ]
    rm "$kept"
}

# A listener that answers every call it is told of with errno 95, after having
# printed what it was sent.
start_listener() {
    cat >listener.py <<'END'
import array, fcntl, json, os, socket, struct, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind(sys.argv[1])
server.listen(1)
open("listening", "w").close()
connection, _ = server.accept()
text, control, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(4))
listener = array.array("i", control[0][2])[0]
with open("notice", "wb") as notice:
    notice.write(text)
while True: # struct seccomp_notif and seccomp_notif_resp of <linux/seccomp.h>
    request = bytearray(80)
    try:
        fcntl.ioctl(listener, 0xC0502100, request)
    except OSError:
        break # the container is gone
    cookie, = struct.unpack_from("Q", request)
    answer = struct.pack("QqiI", cookie, 0, -95, 0)
    try:
        fcntl.ioctl(listener, 0xC0182101, answer)
    except OSError:
        pass
END
    python3 listener.py "$PWD/socket" 3>&- &
    for _ in $(seq 500); do
        [ ! -e listening ] || return 0
        read -r -t 0.02 <> <(:) || true
    done
    return 1
}

@test "NOTIFY has a listener decide, which is told whose call it is" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    start_listener
    profile "$(rule getppid NOTIFY)" '"listenerPath":"'"$PWD/socket"'",
        "listenerMetadata":"some words"'
    run -0 inside call $getppid + call $getuid
    [ "${lines[0]}" = "$getppid: Not supported" ]
    [ "${lines[1]}" = "$getuid: ok" ]
    python3 - "$id" <<'END'
import json, sys
notice = json.load(open("notice"))
assert notice["fds"] == ["seccompFd"], notice
assert notice["metadata"] == "some words", notice
assert notice["state"]["id"] == sys.argv[1], notice
assert notice["state"]["pid"] == notice["pid"] > 1, notice
assert notice["state"]["status"] == "creating", notice
assert notice["state"]["bundle"].endswith("/bundle"), notice
END
}

@test "execve itself can be for the listener to decide" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    start_listener
    profile "$(rule execve NOTIFY)" '"listenerPath":"'"$PWD/socket"'"'
    run -1 inside call $getppid
    [[ $output == *'exec: "/probe": operation not supported' ]]
}

@test "a listener that is not there is an error" {
    profile "$(rule getppid NOTIFY)" '"listenerPath":"'"$PWD/nobody"'"'
    run -1 inside call $getppid
    [[ $output == *"linux.seccomp.listenerPath $PWD/nobody: cannot connect: No such file or directory" ]]
}
