#!/usr/bin/env bats
# The life of a container in steps: create, start, state, kill, delete, list.

load lifecycle.bash

@test "create makes the container, start has its program run, delete removes it" {
    make_bundle ids + stay
    create
    [ "$(status_of "$id")" = created ]
    [ "$(cat "/proc/$(cat pid)/root/proc/self/comm" 2>/dev/null | wc -l)" -le 1 ]
    run -0 "${container[@]}" start "$id"
    [ "$output" = "" ]
    read -r -t 20 line <&4
    [[ $line == "pid 1 uid 0 gid 0"* ]]
    [ "$(status_of "$id")" = running ]
    "${container[@]}" kill "$id" KILL
    await_status stopped
    run -0 "${container[@]}" delete "$id"
    [ "$output" = "" ]
    assert_nothing_left
}

@test "state shows what the specification asks for" {
    annotations='{"org.example.key":"value"}'
    make_bundle stay
    create
    run -0 "${container[@]}" state "$id"
    [[ $output == *'"ociVersion": "1.0.2"'* ]]
    [[ $output == *"\"id\": \"$id\""* ]]
    [[ $output == *'"status": "created"'* ]]
    [[ $output == *"\"pid\": $(cat pid)"* ]]
    [[ $output == *"\"bundle\": \"$PWD/bundle\""* ]]
    [[ $output == *'"org.example.key": "value"'* ]]
    "${container[@]}" kill "$id" KILL
    await_status stopped
    run -0 "${container[@]}" state "$id"
    [[ $output == *'"pid": 0'* ]]
}

@test "the process id is that of the container's first process, which no process of ours watches" {
    make_bundle stay
    create
    pid=$(cat pid)
    [ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" != "" ]
    grep -q "^NSpid:.*$pid.*1$" "/proc/$pid/status"
    "${container[@]}" start "$id"
    read -r -t 20 line <&4
    [ "$(readlink "/proc/$pid/exe")" = /inspect ]
    run -1 pgrep -f "ringside-container --root $BATS_TEST_TMPDIR/state"
}

@test "only what is created can be started" {
    make_bundle stay
    run -1 "${container[@]}" start "$id"
    [ "$output" = "ringside-container: container \"$id\" does not exist" ]
    create
    "${container[@]}" start "$id"
    run -1 "${container[@]}" start "$id"
    [ "$output" = "ringside-container: container \"$id\" cannot be started: it is running" ]
    "${container[@]}" kill "$id" 9
    await_status stopped
    run -1 "${container[@]}" start "$id"
    [ "$output" = "ringside-container: container \"$id\" cannot be started: it is stopped" ]
}

@test "an id is taken from create to delete" {
    make_bundle exit 0
    create
    run -1 "${container[@]}" create --bundle bundle "$id"
    [ "$output" = "ringside-container: container \"$id\" already exists" ]
    "${container[@]}" start "$id"
    await_status stopped
    run -1 "${container[@]}" run --bundle bundle "$id"
    [ "$output" = "ringside-container: container \"$id\" already exists" ]
    "${container[@]}" delete "$id"
    run -0 "${container[@]}" run --bundle bundle "$id"
    assert_nothing_left
}

@test "a running container is not deleted but by force" {
    make_bundle stay
    create
    "${container[@]}" start "$id"
    run -1 "${container[@]}" delete "$id"
    [ "$output" = "ringside-container: container \"$id\" is running; end it first, or use --force" ]
    [ "$(status_of "$id")" = running ]
    run -0 "${container[@]}" delete --force "$id"
    [ ! -e "/proc/$(cat pid)/exe" ]
    assert_nothing_left
}

@test "a container that was never started can be deleted" {
    make_bundle stay
    create
    run -0 "${container[@]}" delete "$id"
    [ ! -e "/proc/$(cat pid)/exe" ]
    assert_nothing_left
}

@test "what is gone already is deleted by force without complaint, as engines do" {
    run -1 "${container[@]}" delete "$id"
    [ "$output" = "ringside-container: container \"$id\" does not exist" ]
    run -0 "${container[@]}" delete --force "$id"
    [ "$output" = "" ]
}

@test "kill takes numbers and names, TERM by default" {
    for signal in 10 USR1 SIGUSR1 usr1; do
        make_bundle catch 10
        create
        "${container[@]}" start "$id"
        read -r -t 20 line <&4
        "${container[@]}" kill "$id" "$signal"
        read -r -t 20 line <&4
        [ "$line" = "caught 10" ]
        await_status stopped
        "${container[@]}" delete "$id"
    done
    make_bundle catch 15
    create
    "${container[@]}" start "$id"
    read -r -t 20 line <&4
    "${container[@]}" kill "$id"
    read -r -t 20 line <&4
    [ "$line" = "caught 15" ]
    run -1 "${container[@]}" kill "$id" FOO
    [[ $output == *'"FOO" is no signal; a number or a name such as TERM is expected' ]]
}

@test "kill says in the words that engines look for that a container has ended" {
    make_bundle exit 0
    create
    "${container[@]}" start "$id"
    await_status stopped
    run -1 "${container[@]}" kill "$id" TERM
    [ "$output" = "ringside-container: container not running: \"$id\"" ]
}

@test "a process that has the id of a dead container's is left alone" {
    make_bundle exit 0
    create
    "${container[@]}" start "$id"
    await_status stopped
    sleep 100 3>&- 4<&- &
    pid=$!
    sed -i "s/\"pid\":[0-9]*/\"pid\":$pid/" "state/$id/state.json"
    [ "$(status_of "$id")" = stopped ]
    run -1 "${container[@]}" kill "$id" KILL
    run -0 "${container[@]}" delete --force "$id"
    kill -0 "$pid"
}

@test "list shows every container, as a table, as JSON, or by id" {
    make_bundle stay
    run -0 "${container[@]}" list --format json
    [ "$output" = "[]" ]
    create
    run -0 "${container[@]}" list
    [[ ${lines[0]} =~ ^ID\ +PID\ +STATUS\ +BUNDLE\ +CREATED\ +OWNER$ ]]
    [[ ${lines[1]} =~ ^$id\ +$(cat pid)\ +created\ +$PWD/bundle\ +20[0-9-]+T[0-9:.]+Z\ +[a-z]+$ ]]
    run -0 "${container[@]}" list --quiet
    [ "$output" = "$id" ]
    run -0 "${container[@]}" list --format json
    [[ $output == '[{"ociVersion":"1.0.2","id":"'$id'","pid":'* ]]
    run -1 "${container[@]}" list --format yaml
    [[ $output == *'--format: expected table or json, got "yaml"'* ]]
}

@test "a program that cannot be found fails create, and leaves nothing" {
    make_bundle
    sed -i 's|"/inspect"|"absent"|' bundle/config.json
    run -1 "${container[@]}" create --bundle bundle "$id"
    [ "$output" = "ringside-container: exec: \"absent\": executable file not found in \$PATH" ]
    assert_nothing_left
}

@test "a program that cannot be executed fails start" {
    make_bundle
    create
    printf 'neither ELF nor script' >bundle/rootfs/inspect
    run -1 "${container[@]}" start "$id"
    [ "$output" = "ringside-container: exec: \"/inspect\": exec format error" ]
    await_status stopped
}

@test "changes to config.json after create have no effect" {
    make_bundle exit 3
    create
    echo '{}' >bundle/config.json
    run -0 "${container[@]}" start "$id"
    await_status stopped
    run -0 "${container[@]}" delete "$id"
    assert_nothing_left
}

@test "run --detach leaves the container to itself" {
    make_bundle ids + stay
    mkfifo output
    "${container[@]}" run --detach --pid-file pid --bundle bundle "$id" \
        <>output >output 3>&- &
    exec 4<output
    wait $!
    read -r -t 20 line <&4
    [[ $line == "pid 1 "* ]]
    [ "$(status_of "$id")" = running ]
    run -0 "${container[@]}" delete --force "$id"
    assert_nothing_left
}

@test "a container that runs in the foreground is seen by the other verbs" {
    make_bundle catch 10
    mkfifo output
    "${container[@]}" run --bundle bundle "$id" >output 3>&- &
    pid=$!
    exec 4<output
    read -r -t 20 line <&4
    [ "$(status_of "$id")" = running ]
    run -1 "${container[@]}" start "$id"
    run -0 "${container[@]}" kill "$id" USR1
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 50 ]
    assert_nothing_left
}

@test "create that is killed at any moment leaves what the next command clears away" {
    make_bundle stay
    for delay in 0.0005 0.001 0.0015 0.002 0.003 0.005; do
        timeout --signal KILL "$delay" "${container[@]}" create --bundle bundle "$id" \
            >/dev/null 2>&1 3>&- </dev/null || true
        run -0 "${container[@]}" list
        run -0 "${container[@]}" delete --force "$id"
        assert_nothing_left
    done
}

@test "commands on one container happen one after the other" {
    make_bundle stay
    create
    for _ in 1 2 3 4 5 6; do
        "${container[@]}" start "$id" 2>/dev/null 3>&- 4<&- &
        pids+=($!)
    done
    started=0
    for one in "${pids[@]}"; do
        ! wait "$one" || started=$((started + 1))
    done
    [ "$started" -eq 1 ]
}

@test "descriptors of a service manager reach the program, and it is told" {
    make_bundle fds + env
    run -0 bash -c 'exec 3</dev/null 4</dev/null; export LISTEN_FDS=2 LISTEN_PID=$$; exec "$@"' - \
        "${container[@]}" run --bundle bundle "$id"
    [ "${lines[0]}" = "0 1 2 3 4 " ]
    [[ $output == *"LISTEN_FDS=2"*"LISTEN_PID=1"* ]]
    run -0 env LISTEN_FDS=2 LISTEN_PID=1 "${container[@]}" run --bundle bundle "$id" 3>&- 4<&-
    [ "${lines[0]}" = "0 1 2 " ]
}

@test "descriptors to be preserved must be there" {
    make_bundle fds
    run -1 "${container[@]}" run --preserve-fds 9 --bundle bundle "$id"
    [[ $output == *"--preserve-fds 9: descriptor "*" is not open" ]]
}

@test "features tells what is implemented" {
    run -0 "${container[@]}" features
    [[ $output == *'"ociVersionMin": "1.0.0"'* ]]
    for word in startContainer tmpcopyup SCMP_ACT_NOTIFY SCMP_CMP_MASKED_EQ CAP_CHECKPOINT_RESTORE; do
        [[ $output == *"\"$word\""* ]]
    done
}

@test "the container's life shows as crun's does" {
    needs_crun
    make_bundle stay
    create
    "${crun[@]}" create --bundle bundle "$id-crun" >/dev/null 2>&1 3>&- 4<&-
    for step in "" "start" "kill ID KILL" "delete"; do
        for runtime in container crun; do
            declare -n command=$runtime
            name=$id
            [ $runtime = container ] || name=$id-crun
            read -ra words <<<"${step/ID/$name}"
            [[ ${#words[@]} -ne 1 ]] || words+=("$name")
            [ -z "$step" ] || "${command[@]}" "${words[@]}"
            for _ in $(seq 200); do # until a kill has come to its end
                state=$("${command[@]}" state "$name" 2>/dev/null | sed -n 's/.*"status": *"\(.*\)",*/\1/p')
                [[ $step == kill* && $state != stopped ]] || break
                read -r -t 0.01 <> <(:) || true
            done
            echo "$step: $state" >>$runtime.log
        done
    done
    diff container.log crun.log
}
