#!/usr/bin/env bats
# Hooks: which run when, where, with what; and what happens when they fail.

load lifecycle.bash

# A hook that notes its kind and the state that it is given.
note() { # KIND
    printf '{"path":"/bin/sh","args":["sh","-c","echo %s >>%s/log; cat >%s/%s.json; readlink /proc/self/ns/mnt >%s/%s.ns"],
             "env":["PATH=/bin:/usr/bin"]}' "$1" "$PWD" "$PWD" "$1" "$PWD" "$1"
}

all_hooks() {
    hooks='{"prestart":['$(note prestart)'],"createRuntime":['$(note createRuntime)'],
        "createContainer":['$(note createContainer)'],
        "startContainer":[{"path":"/inspect","args":["inspect","cat","/proc/self/fd/0"]}],
        "poststart":['$(note poststart)'],"poststop":['$(note poststop)']}'
}

value() { # FILE KEY
    sed -E "s/.*\"$2\": ?\"?([^\",}]*).*/\1/" "$1"
}

@test "every kind runs once, in the order of the specification, with the state of its time" {
    all_hooks
    annotations='{"key":"value"}'
    make_bundle stay
    create
    [ "$(tr '\n' ' ' <log)" = "prestart createRuntime createContainer " ]
    for kind in prestart createRuntime; do
        [ "$(value $kind.json status)" = creating ]
        [ "$(value $kind.json pid)" = "$(cat pid)" ]
        [ "$(value $kind.json id)" = "$id" ]
        [ "$(value $kind.json bundle)" = "$PWD/bundle" ]
        [ "$(value $kind.json ociVersion)" = 1.0.2 ]
        [ "$(value $kind.json key)" = value ]
    done
    [ "$(value createContainer.json pid)" = 1 ]
    "${container[@]}" start "$id"
    read -r -t 20 line <&4 # from startContainer, inside
    [[ $line == *'"status":"created"'*'"pid":1'* ]]
    [[ $line == *'ready' ]] || read -r -t 20 line <&4
    [ "$(tail -n 1 log)" = poststart ]
    [ "$(value poststart.json status)" = running ]
    "${container[@]}" delete --force "$id"
    [ "$(tail -n 1 log)" = poststop ]
    [ "$(value poststop.json status)" = stopped ]
    assert_nothing_left
}

@test "createRuntime runs in the host's namespaces, createContainer in the container's" {
    all_hooks
    make_bundle stay
    create
    host=$(readlink /proc/self/ns/mnt)
    [ "$(cat createRuntime.ns)" = "$host" ]
    [ "$(cat createContainer.ns)" = "$(readlink "/proc/$(cat pid)/ns/mnt")" ]
    "${container[@]}" start "$id"
    [ "$(cat poststart.ns)" = "$host" ]
}

@test "run goes through all of them as well" {
    all_hooks
    make_bundle exit 3
    run -3 "${container[@]}" run --bundle bundle "$id"
    [[ $output == *'"status":"created"'* ]] # startContainer, inside
    [ "$(tr '\n' ' ' <log)" = "prestart createRuntime createContainer poststart poststop " ]
    assert_nothing_left
}

@test "a hook has its own arguments and environment, and no other" {
    hooks='{"createRuntime":[{"path":"/bin/sh","args":["name","-c","echo $0 $# $A >'$PWD'/log; env | grep -c OUTSIDE >>'$PWD'/log; true","x","y"],"env":["A=b","PATH=/bin:/usr/bin"]}]}'
    make_bundle exit 0
    OUTSIDE=1 "${container[@]}" run --bundle bundle "$id"
    [ "$(cat log)" = "x 1 b
0" ]
}

@test "a hook can ask for the container's state" {
    hooks='{"createRuntime":[{"path":"/bin/sh","args":["sh","-c","'${container[*]}' state '$id' >'$PWD'/log"]}]}'
    make_bundle exit 0
    "${container[@]}" run --bundle bundle "$id"
    grep -q '"status": "creating"' log
}

@test "one that fails before the start fails create; the rest of its kind does not run" {
    for kind in prestart createRuntime createContainer; do
        hooks='{"'$kind'":[{"path":"/bin/false"},'$(note later)'],"poststop":['$(note poststop)']}'
        rm -f log
        make_bundle exit 0
        run -1 "${container[@]}" create --bundle bundle "$id"
        [ "$output" = "ringside-container: hooks.$kind[0]: /bin/false: exit status 1" ]
        [ "$(cat log)" = poststop ] # the container is destroyed all the same
        assert_nothing_left
    done
}

@test "startContainer fails start" {
    hooks='{"startContainer":[{"path":"/absent"}]}'
    make_bundle stay
    create
    run -1 "${container[@]}" start "$id"
    [ "$output" = "ringside-container: hooks.startContainer[0]: /absent: cannot run it: No such file or directory" ]
    await_status stopped
}

@test "poststart and poststop that fail are warned of, and nothing else" {
    hooks='{"poststart":[{"path":"/bin/false"}],"poststop":[{"path":"/absent"}]}'
    make_bundle exit 4
    run -4 --separate-stderr "${container[@]}" --log log run --bundle bundle "$id"
    [ "$stderr" = "warning: hooks.poststart[0]: /bin/false: exit status 1
warning: hooks.poststop[0]: /absent: cannot run it: No such file or directory" ]
    [ "$(grep -c level=warning log)" -eq 2 ]
    assert_nothing_left
}

@test "a hook that takes longer than its timeout is killed, with what it started" {
    hooks='{"createRuntime":[{"path":"/bin/sh","args":["sh","-c","sleep 1000 & echo $! >'$PWD'/log; wait"],"env":["PATH=/bin:/usr/bin"],"timeout":1}]}'
    make_bundle exit 0
    run -1 "${container[@]}" run --bundle bundle "$id"
    [ "$output" = "ringside-container: hooks.createRuntime[0]: /bin/sh: not done within 1 s: killed" ]
    [ ! -e "/proc/$(cat log)/exe" ]
    assert_nothing_left
}

@test "a hook that is wrong is named before anything runs" {
    for wrong in '{"path":"relative"}' '{}' '{"path":"/x","timeout":0}' '{"path":"/x","args":[1]}'; do
        hooks='{"createRuntime":['$(note first)'],"poststop":['$wrong']}'
        make_bundle exit 0
        run -1 "${container[@]}" run --bundle bundle "$id"
        [[ $output == "ringside-container: config.json: hooks.poststop[0]."* ]]
        [ ! -e log ]
    done
}
