#!/usr/bin/env bats
# The command line that both runtimes share, tried on ringside-container:
# verbs, global flags, refusals in one line, the log that engines read.

setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    runtime=$build/bin/ringside-container
    inspect=$build/tests/programs/inspect
    cd "$BATS_TEST_TMPDIR"
    mkdir -p bundle/rootfs
}

# A bundle whose config.json is the argument.
config() {
    printf '%s' "$1" >bundle/config.json
}

# Status 1 and this one line on stderr, after the program's name.
assert_refused() { # MESSAGE COMMAND...
    local message=$1
    shift
    run -1 --separate-stderr "$@"
    [ "$output" = "" ]
    [ "$stderr" = "ringside-container: $message" ]
}

@test "--help lists every verb, --version the versions" {
    run -0 "$runtime" --help
    for verb in create start run state list kill delete exec-static spec; do
        [[ $output == *"  $verb "* ]]
    done
    run -0 "$runtime" --version
    [[ ${lines[0]} =~ ^ringside-container\ version\ [0-9.]+$ ]]
    [ "${lines[1]}" = "spec: 1.0.2" ]
    run -0 "$runtime" run --help
    [[ $output == *--pid-file* ]]
}

@test "no verb and an unknown verb are refused in one line" {
    assert_refused "no verb given; see --help" "$runtime"
    assert_refused 'unknown verb "frobnicate"; see --help' "$runtime" frobnicate
}

@test "a wrong command line says what is wrong, status 1" {
    run -1 --separate-stderr "$runtime" run
    [[ $stderr == "ringside-container run: a container id is missing"* ]]
    run -1 --separate-stderr "$runtime" run one two
    [[ $stderr == *'one container id expected, got "two" too'* ]]
    run -1 --separate-stderr "$runtime" run --bogus id
    [[ $stderr == *"unrecognized option '--bogus'"* ]]
    run -1 --separate-stderr "$runtime" run --preserve-fds x id
    [[ $stderr == *'--preserve-fds: expected a number, got "x"'* ]]
    run -1 --separate-stderr "$runtime" --log-format xml run id
    [[ $stderr == *'expected text or json, got "xml"'* ]]
    run -1 --separate-stderr "$runtime" exec-static
    [[ $stderr == *"a program is missing"* ]]
}

@test "an id that could lead elsewhere is refused" {
    for id in . .. a/b ../x 'a b' "$(printf 'a\nb')" ''; do
        run -1 --separate-stderr "$runtime" run -b bundle -- "$id"
        [[ $stderr == 'ringside-container: container id "'* ]]
        [ "$(wc -l <<<"$stderr")" -eq 1 ]
    done
}

@test "a program that is not a static x86-64 ELF is refused in one line" {
    printf '#!/bin/sh\n' >script
    : >empty
    head -c 100 "$inspect" >short
    cp "$inspect" object
    printf '\1' | dd of=object bs=1 seek=16 conv=notrunc status=none
    cp "$inspect" arm
    printf '\267' | dd of=arm bs=1 seek=18 conv=notrunc status=none
    cp "$inspect" elf32
    printf '\1' | dd of=elf32 bs=1 seek=4 conv=notrunc status=none
    assert_refused "./bundle is a directory, not a program" "$runtime" exec-static ./bundle
    assert_refused "./script is a script; a static x86-64 ELF program is needed" "$runtime" exec-static ./script
    assert_refused "./empty is an empty file, not a program" "$runtime" exec-static ./empty
    assert_refused "./short is cut short: its program headers are outside the file" "$runtime" exec-static ./short
    assert_refused "./object is an object file that has not been linked" "$runtime" exec-static ./object
    assert_refused "./arm is built for AArch64, not for x86-64" "$runtime" exec-static ./arm
    assert_refused "./elf32 is a 32-bit program, not x86-64" "$runtime" exec-static ./elf32
    assert_refused "/bin/sh is dynamically linked; link it with -static" "$runtime" exec-static /bin/sh
    assert_refused "./absent: cannot open: No such file or directory" "$runtime" exec-static ./absent
}

@test "a bundle that is not there is refused" {
    assert_refused "./absent: cannot open bundle: No such file or directory" "$runtime" run -b ./absent id
    assert_refused "bundle/config.json: cannot open: No such file or directory" "$runtime" run -b bundle id
}

@test "malformed JSON is refused with line and column" {
    config $'{\n  "ociVersion": "1.0.2",\n  "process": oops\n}'
    run -1 --separate-stderr "$runtime" run -b bundle id
    [[ $stderr == "ringside-container: bundle/config.json:3:17: "* ]]
}

@test "a wrong value is refused with its JSON path, what was expected and what was found" {
    config '{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
             "process": {"args": ["/x"], "cwd": "/"},
             "linux": {"resources": {"memory": {"limit": "4G"}}}}'
    assert_refused 'bundle/config.json: linux.resources.memory.limit: expected an integer, got "4G"' \
        "$runtime" run -b bundle id
    config '{"ociVersion": "2.0.0"}'
    assert_refused 'bundle/config.json: ociVersion: expected version 1 of the runtime-spec, got "2.0.0"' \
        "$runtime" run -b bundle id
}

@test "control characters from a hostile file do not reach the terminal" {
    mkdir -p "$(printf 'x\033[31mred')"
    run -1 --separate-stderr "$runtime" run -b "$(printf 'x\033[31mred')" id
    [[ $stderr != *$'\033'* ]]
    [[ $stderr == *"x?[31mred/config.json"* ]]
}

@test "an error goes to the log too, in the format asked for" {
    run -1 "$runtime" --log text.log run -b ./absent id
    grep -Eq '^time="[0-9-]+T[0-9:]+Z" level=error msg="./absent: cannot open bundle: No such file or directory"$' text.log
    run -1 "$runtime" --log=json.log --log-format=json run -b './"absent"' id
    grep -Eq '^\{"level":"error","msg":"./\\"absent\\": cannot open bundle: No such file or directory","time":"[0-9-]+T[0-9:]+Z"\}$' json.log
    # Records are appended.
    run -1 "$runtime" --log=json.log --log-format=json run -b ./absent id
    [ "$(wc -l <json.log)" -eq 2 ]
}

@test "a log that cannot be written is said" {
    run -1 "$runtime" --log /absent/log run -b ./absent id
    [ "${lines[1]}" = "ringside-container: /absent/log: cannot write the log" ]
}

@test "spec writes a config.json that run takes, and never over another" {
    run -0 "$runtime" spec --bundle bundle
    grep -q '"ociVersion": "1.0' bundle/config.json
    assert_refused "bundle/config.json: exists already" "$runtime" spec -b bundle
    [ "$(id -u)" -eq 0 ] || return 0
    mkdir bundle/rootfs/bin
    cp "$inspect" bundle/rootfs/bin/sh
    run -99 "$runtime" --root "$PWD/state" run -b bundle "spec-$$"
    [ "$output" = "inspect: unknown verb" ]
}

@test "spec --rootless maps the caller's ids" {
    run -0 "$runtime" spec --rootless -b bundle
    grep -q '"uidMappings"' bundle/config.json
}
