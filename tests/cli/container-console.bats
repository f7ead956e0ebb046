#!/usr/bin/env bats
# Terminals: handed to an engine through a console socket, or in our own.

load lifecycle.bash

listen() { # TEXT...: what is typed into the terminal that arrives
    rm -f socket
    [ -p engine ] || mkfifo engine
    "$build/tests/programs/console" socket "$@" <>engine >engine 3>&- &
    pid=$!
    exec 5<engine
    read -r -t 20 line <&5
    [ "$line" = listening ]
}

next() { # the next line of the terminal
    read -r -t 20 line <&5
    line=${line%$'\r'}
}

with_terminal() { # [ROWS COLUMNS]
    process='"noNewPrivileges":true,"terminal":true'
    [ $# -eq 0 ] || process+=',"consoleSize":{"height":'$1',"width":'$2'}'
}

@test "create sends the terminal to the console socket; it controls the session" {
    with_terminal 33 99
    make_bundle terminal + link /proc/self/fd/1 + link /proc/self/fd/2
    listen
    "${container[@]}" create --bundle bundle --console-socket socket "$id" 3>&- 5<&-
    next
    [ "$line" = "received /dev/pts/0" ]
    "${container[@]}" start "$id"
    next
    [ "$line" = "terminal /dev/pts/0 33x99 controlling" ]
    next
    [ "$line" = /dev/pts/0 ]
    next
    [ "$line" = /dev/pts/0 ]
}

@test "what is typed arrives" {
    with_terminal
    make_bundle read
    listen "hello there"
    "${container[@]}" run --detach --bundle bundle --console-socket socket "$id" 3>&- 5<&-
    next
    next
    [ "$line" = "hello there" ] # the terminal's echo
    next
    [ "$line" = 'read "hello there"' ]
}

@test "/dev/console is the terminal" {
    with_terminal
    make_bundle stat /dev/console
    listen
    "${container[@]}" run --detach --bundle bundle --console-socket socket "$id" 3>&- 5<&-
    next
    next
    [[ $line == "/dev/console device 6"*" 136:0" ]]
}

@test "exec has a terminal of its own from the container's devpts" {
    make_bundle stay
    create
    "${container[@]}" start "$id"
    listen
    "${container[@]}" exec --tty --detach --console-socket socket "$id" /inspect terminal \
        3>&- 4<&- 5<&-
    next
    [ "$line" = "received /dev/pts/0" ]
    next
    [ "$line" = "terminal /dev/pts/0 0x0 controlling" ]
}

@test "a terminal and a console socket belong together" {
    with_terminal
    make_bundle stay
    run -1 "${container[@]}" create --bundle bundle "$id"
    [[ $output == *"process.terminal: needs --console-socket in a container that is left to itself" ]]
    run -1 "${container[@]}" create --bundle bundle --console-socket absent "$id"
    [ "$output" = "ringside-container: --console-socket absent: cannot connect: No such file or directory" ]
    run -1 "${container[@]}" create --bundle bundle --console-socket "$(printf '%0200d' 0)" "$id"
    [[ $output == *"the path of a socket has at most 107 bytes" ]]
    process='"terminal":false'
    make_bundle stay
    run -1 "${container[@]}" create --bundle bundle --console-socket socket "$id"
    [[ $output == *"config.json asks for no terminal (process.terminal)" ]]
    assert_nothing_left
}

@test "what poses as a devpts is not taken for one" {
    with_terminal
    mounts='{"destination":"/proc","type":"proc","source":"proc"}'
    for fake in "ln -s /dev/null" "touch" "mkfifo" "ln -s /proc/self/fd/0"; do
        rm -rf bundle
        make_bundle terminal
        mkdir -p bundle/rootfs/dev/pts
        $fake bundle/rootfs/dev/pts/ptmx
        run -1 timeout 10 "${container[@]}" run --bundle bundle "$id"
        case $fake in
        ln*) [[ $output == *"process.terminal: cannot open /dev/pts/ptmx: "* ]] ;;
        *) [[ $output == *"process.terminal: /dev/pts is not a devpts" ]] ;;
        esac
    done
    assert_nothing_left
}

@test "run relays between standard input, standard output and the terminal" {
    with_terminal 10 20
    make_bundle terminal + read
    run -0 "${container[@]}" run --bundle bundle "$id" <<<typed
    [[ $output == *"terminal /dev/pts/0 10x20 controlling"* ]]
    [[ $output == *'read "typed"'* ]]
    assert_nothing_left
}

@test "exec --tty relays as well, and passes the exit status on" {
    make_bundle stay
    create
    "${container[@]}" start "$id"
    run -5 "${container[@]}" exec --tty "$id" /inspect terminal + exit 5 4<&- </dev/null
    [[ $output == "terminal /dev/pts/0 "*"controlling"* ]]
}

@test "run has our terminal's size, and leaves it as it was" {
    command -v script >/dev/null || skip "script(1) is not installed"
    with_terminal
    make_bundle terminal + exit 6
    cat >session <<END
stty rows 20 cols 50
stty -g
${container[*]} run --bundle bundle $id
echo "status \$?"
stty -g
END
    run -0 env SHELL=/bin/sh script -qec "sh session" /dev/null
    [[ $output == *"terminal /dev/pts/0 20x50 controlling"*"status 6"* ]]
    [ "$(grep -c '^[0-9a-f]*:[0-9a-f:]*.$' <<<"$output")" -eq 2 ]
    [ "$(grep '^[0-9a-f]*:[0-9a-f:]*.$' <<<"$output" | sort -u | wc -l)" -eq 1 ]
    assert_nothing_left
}
