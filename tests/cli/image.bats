#!/usr/bin/env bats
# Container images, made with umoci and copied with skopeo, in both runtimes:
# what of them is run, what may be said instead, and how they are kept.

load image_setup

setup_file() { image_make_layout; }
setup() { image_setup; }
teardown() { rm -rf "${place-}"; }

need_kvm() {
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

# Nothing of this test's containers is left.
assert_nothing_left() {
    [ -z "$(ls state 2>/dev/null)" ]
    [ -z "$(ls "$images" | grep '^new-')" ]
    if grep -q "$BATS_TEST_TMPDIR" /proc/self/mountinfo; then return 1; fi
}

@test "entry point, command, environment and directory are the image's" {
    run -3 --separate-stderr "${container[@]}" run --image "oci:$layout:test"
    [ "${lines[0]}" = argv[0]=/echo ]
    [ "${lines[1]}" = argv[1]=from ]
    [ "${lines[2]}" = argv[2]=image ]
    [[ $output == *"env COLOUR=blue"* ]]
    [[ $output == *"env PATH=/usr/local/sbin"* ]]
    [[ $output == *"env HOME=/"* ]]
    [ "$stderr" = "to stderr" ]
    run -0 "${container[@]}" run --image "oci:$layout:test" \
        --entrypoint /inspect -- cwd
    [ "$output" = /home/alice ]
    assert_nothing_left
}

@test "the same image is a unikernel" {
    need_kvm
    "${container[@]}" run --image "oci:$layout:test" >inside.container 2>&1 ||
        [ $? -eq 3 ]
    run -3 "${vmm[@]}" run --image "oci:$layout:test"
    diff inside.container - <<<"$output"
    run -0 "${vmm[@]}" run --image "oci:$layout:test" --entrypoint /inspect -- cwd
    [ "$output" = /home/alice ]
}

@test "arguments, entry point, environment, user and directory can be others" {
    run -2 --separate-stderr "${container[@]}" run --image "oci:$layout:test" \
        -- other
    [ "${lines[1]}" = argv[1]=other ]
    run -1 --separate-stderr "${container[@]}" run --image "oci:$layout:test" \
        --entrypoint /echo --env COLOUR=red --env SIZE=1
    [ "${lines[0]}" = argv[0]=/echo ]
    [[ $output == *"env COLOUR=red"* ]]
    [[ $output == *"env SIZE=1"* ]]
    [[ $output != *blue* ]]
    run -0 "${container[@]}" run --image "oci:$layout:test" \
        --entrypoint "" --user 7:8 --workdir /etc -- /inspect ids + cwd
    [[ $output == *"uid 7 gid 8 "*/etc ]]
}

@test "a user is looked up in the image's own files" {
    run -0 "${container[@]}" run --image "oci:$layout:user" \
        --entrypoint /inspect -- ids + env
    [[ $output == *"uid 1000 gid 100 groups 29"* ]]
    [[ $output == *HOME=/home/alice* ]]
    run -1 "${container[@]}" run --image "oci:$layout:test" --user nobody
    [[ $output == *'expected a name of its /etc/passwd or a number'*'"nobody"' ]]
    assert_nothing_left
}

@test "an image may be a layout, an archive of either kind, or a directory" {
    local reference
    for reference in "oci-archive:$BATS_FILE_TMPDIR/oci.tar" \
        "docker-archive:$BATS_FILE_TMPDIR/docker.tar" \
        "$BATS_FILE_TMPDIR/oci.tar" "$BATS_FILE_TMPDIR/docker.tar"; do
        run -3 --separate-stderr "${container[@]}" run --image "$reference"
        [ "${lines[2]}" = argv[2]=image ]
    done
    skopeo copy -q "oci:$layout:test" oci:single:only
    run -3 --separate-stderr "${container[@]}" run --image single
    [ "${lines[2]}" = argv[2]=image ]
    run -1 --separate-stderr "${container[@]}" run \
        --image "$BATS_FILE_TMPDIR/tree" -- /echo
    [ "${lines[0]}" = argv[0]=/echo ]
    run -1 "${container[@]}" run --image "$BATS_FILE_TMPDIR/tree"
    [[ $output == *'names no program to run: name one behind "--"' ]]
}

@test "what is no image is refused in one line" {
    echo text >file
    for reference in missing oci:missing oci-archive:file docker-archive:file \
        file /dev/null oci: docker:x; do
        run -1 "${container[@]}" run --image "$reference"
        [ "${#lines[@]}" -eq 1 ]
        [[ $output == "ringside-container: "* ]]
    done
    run -1 "${container[@]}" run --image "oci:$layout:no-such-tag"
    [[ $output == *no-such-tag* ]]
    mkdir with:colon
    cp -r "$layout" with:colon/layout
    run -1 "${container[@]}" run --image with:colon/layout
    [[ $output == *"a path with a colon"* ]]
    assert_nothing_left
}

@test "a program writes to a layer of its own, never to the image" {
    local before after
    rootfs=$("$image" get "oci:$layout:test")/rootfs
    before=$(cd "$rootfs" && find . -printf '%p %m %s %T@ %C@\n' | sort)
    run -0 "${container[@]}" run --image "oci:$layout:test" \
        --entrypoint /inspect -- write /etc/passwd + write /new + ls /
    [[ $output == *new* ]]
    run -0 "${container[@]}" run --image "oci:$layout:test" \
        --entrypoint /inspect -- ls /
    [[ $output != *new* ]]
    after=$(cd "$rootfs" && find . -printf '%p %m %s %T@ %C@\n' | sort)
    [ "$before" = "$after" ]
    run "${container[@]}" run --read-only --image "oci:$layout:test" \
        --entrypoint /inspect -- write /new
    [[ $output == *"Read-only file system"* ]]
    assert_nothing_left
}

@test "the root of a container looks as that of the image" {
    umoci unpack --image "$layout:test" bundle
    chmod 1711 bundle/rootfs
    chown 12:34 bundle/rootfs
    skopeo copy -q "oci:$layout:test" oci:other:test
    umoci repack --image other:test bundle
    run -0 "${container[@]}" run --image other --entrypoint /inspect -- stat /
    first=$output
    run -0 "${container[@]}" run --read-only --image other \
        --entrypoint /inspect -- stat /
    [ "$(cut -d' ' -f1-4 <<<"$first")" = "$(cut -d' ' -f1-4 <<<"$output")" ]
    [ "$(stat -c %a "$("$image" get other)/rootfs")" = 1711 ]
}

@test "an image is unpacked once, and found again by its reference" {
    skopeo copy -q "oci:$layout:test" oci:mine:test
    # Only once its times would show another change are they trusted.
    until [ $(($(date +%s) - $(stat -c %Z mine/index.json))) -gt 3 ]; do
        "$image" get mine >/dev/null
    done
    run -0 "$image" get mine
    first=$output
    # Neither tool is needed any more.
    run -3 env PATH=/nowhere "${container[@]}" run --image mine
    run -0 env PATH=/nowhere "$image" get mine
    [ "$output" = "$first" ]
    # A new image under the same name is seen.
    umoci config --image mine:test --config.cmd changed
    run -2 --separate-stderr "${container[@]}" run --image mine
    [ "${lines[1]}" = "argv[1]=changed" ]
}

@test "many at once get one image, and none gets half of one" {
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    local pids=()
    for i in 1 2 3 4 5 6; do
        "$image" get "oci:$layout:test" >"got.$i" 3>&- &
        pids+=($!)
        "$image" get "$BATS_FILE_TMPDIR/oci.tar" >"got.a$i" 3>&- &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    [ "$(cat got.* | sort -u | wc -l)" -eq 1 ]
    [ "$(find cache/ringside/images -maxdepth 1 -name 'image-*' | wc -l)" -eq 1 ]
    [ -z "$(find cache/ringside/images -maxdepth 1 -name 'new-*')" ]
}

@test "one that was killed half-way leaves nothing that is taken for an image" {
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    mkdir tools
    # umoci, that stops in the middle.
    cat >tools/umoci <<'END'
#!/bin/sh
mkdir -p image/rootfs/half
echo $$ >../../../../umoci.pid
touch ../../../../begun
exec sleep 100
END
    chmod 755 tools/umoci
    PATH=$PWD/tools:$PATH "$image" get "oci:$layout:test" 3>&- &
    pid=$!
    until [ -e begun ]; do :; done
    kill -KILL "$pid"
    run ! wait "$pid"
    # Its children ended with it.
    until ! kill -0 "$(cat umoci.pid)" 2>/dev/null; do :; done
    [ -z "$(find cache/ringside/images -maxdepth 1 -name 'image-*')" ]
    run -3 "${container[@]}" run --image "oci:$layout:test"
    # remove clears what is left of it, once it is certain that it is left.
    run -0 "$image" remove --all
}

@test "an image in use is not removed, and then is" {
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    images=$XDG_CACHE_HOME/ringside/images
    "${container[@]}" create --image "oci:$layout:test" mine >/dev/null 2>&1 3>&-
    run -0 "$image" list
    [[ ${lines[1]} == *"yes "*"oci:$layout:test" ]]
    run -1 "$image" remove --all
    [[ $output == *"a container is on it" ]]
    run -0 "${container[@]}" start mine
    run -0 "${container[@]}" delete --force mine
    run -0 "$image" list
    [[ ${lines[1]} == *"no "* ]]
    run -0 "$image" remove "$(cut -d' ' -f1 <<<"${lines[1]}")"
    [ -z "$(find "$images" -maxdepth 1 -name 'image-*')" ]
    assert_nothing_left
}

@test "a container of an image lives as one of a bundle does" {
    "${container[@]}" run --detach --image "oci:$layout:test" \
        --entrypoint /inspect mine -- stay </dev/null >/dev/null 2>&1 3>&-
    run -0 "${container[@]}" state mine
    [[ $output == *'"status": "running"'* ]]
    run -0 "${container[@]}" exec mine /inspect cwd
    [ "$output" = /home/alice ]
    run -0 "${container[@]}" delete --force mine
    assert_nothing_left
    # Nobody could name them later.
    run -1 "${container[@]}" create --image "oci:$layout:test"
    run -1 "${container[@]}" run --detach --image "oci:$layout:test"
}

@test "in a unikernel a dynamic program or a script is refused with the remedy" {
    need_kvm
    run -1 "${vmm[@]}" run --image "oci:$layout:test" --entrypoint /dynamic
    [[ $output == *"dynamic"*"--guest linux"* ]]
    run -1 "${vmm[@]}" run --image "oci:$layout:test" --entrypoint /script
    [[ $output == *"script"*"--guest linux"* ]]
}

@test "a Linux guest runs what a unikernel refuses" {
    need_kvm
    run "${vmm[@]}" run --guest linux --image "oci:$layout:test" \
        --entrypoint /script
    [ "$status" -ne 125 ] || skip "$output"
    [[ $output == *"argv[0]=/echo"*"argv[1]=/script"* ]]
    [ "$status" -eq 2 ]
}

@test "what is missing on the host is said" {
    mkdir tools
    ln -s "$(command -v skopeo)" tools/
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    run -1 env PATH=/nowhere "${container[@]}" run --image "oci:$layout:test"
    [[ $output == *"skopeo is not installed"*"apt-get install skopeo umoci" ]]
    run -1 env PATH="$PWD/tools" "${container[@]}" run --image "oci:$layout:test"
    [[ $output == *"umoci is not installed"*"apt-get install skopeo umoci" ]]
    cp "$build/bin/ringside-container" tools/
    run -1 env PATH=/nowhere tools/ringside-container --root state run \
        --image "oci:$layout:test"
    [[ $output == *"ringside-image is not beside this program nor on PATH"* ]]
}

@test "a cache that others may enter is refused with the remedy" {
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    run -0 "$image" list
    [ "$(stat -c %a cache/ringside/images)" = 700 ]
    chmod 755 cache/ringside/images
    run -1 "$image" list
    [[ $output == *"set-user-ID programs of images: chmod 700 it" ]]
    chown 65534 cache/ringside/images
    run -1 "$image" list
    [[ $output == *"belongs to user 65534"* ]]
}

@test "flags of images are for images" {
    run -1 "${container[@]}" run --user 1 id
    [[ ${lines[0]} == *"are for --image"* ]]
    run -1 "${container[@]}" run --image "oci:$layout:test" --env novalue
    [[ $output == *'--env: expected NAME=VALUE, got "novalue"' ]]
    run -1 "${container[@]}" run --image "oci:$layout:test" --workdir here
    [[ $output == *'--workdir: expected an absolute path, got "here"' ]]
    run -1 "$image" remove
    run -2 "$image"
    run -1 "$image" remove 00ff
    [[ $output == *"there is no such image" ]]
    assert_nothing_left
}

@test "without root it is the caller's container" {
    local nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    "${nobody[@]}" test -x "$build/bin/ringside-container" ||
        skip "an ordinary user cannot reach the build directory"
    "${nobody[@]}" unshare --map-root-user true 2>/dev/null ||
        skip "unprivileged user namespaces are not allowed here"
    place=$(mktemp -d) # bats keeps its own to itself
    cd "$place"
    mkdir home
    cp -r "$layout" home/layout
    chown -R 65534 .
    chmod 755 .
    "${nobody[@]}" test -w home || skip "an ordinary user cannot reach $PWD"
    rootless=("${nobody[@]}" env -u XDG_CACHE_HOME HOME="$PWD/home"
        XDG_RUNTIME_DIR="$PWD/home" "$build/bin/ringside-container")
    run -0 "${rootless[@]}" run --image "oci:$PWD/home/layout:test" \
        --entrypoint /inspect -- ids + write /echo + write /etc/new
    [[ $output == *"uid 0 "* ]]
    [ ! -e home/.cache/ringside/images/image-*/rootfs/etc/new ]
    [ -z "$(ls home/ringside/ringside-container)" ]
    run -1 "${rootless[@]}" run --image "oci:$PWD/home/layout:user"
    [[ $output == *"runs as user 1000, group 100"*"--user 0:0" ]]
}

@test "an image is measured on every platform that takes bundles" {
    umoci config --image "$layout:test" --tag cwd --config.entrypoint /inspect \
        --config.cmd cwd
    run -0 --separate-stderr "$build/bin/ringside" run -q -n 2 --rest 0 \
        -p native,container,unikernel -o out --image "oci:$layout:cwd"
    [[ $stderr == *"left out: native: it takes no bundle, and so no image"* ]]
    [[ $output == *"its output and exit status were equal"* ]]
    run -0 python3 - out/summary.json <<'END'
import json, sys
summary = json.load(open(sys.argv[1]))
assert summary["header"]["image"].startswith("sha256:")
entry, = summary["function"]
assert entry["agree"] and not entry["varies"] and not entry["disagreeing"]
for platform in entry["platforms"]:
    outcome, = platform["outcomes"]
    assert outcome["bytes"] == len("/home/alice\n") and outcome["status"] == 0
    assert outcome["runs"] == 2
END
    run -0 "$build/bin/ringside" validate out
    run -0 "$build/bin/ringside" report out
    grep -q 'id="function"' out/report.html
    # A failure is an outcome, too.
    run -0 --separate-stderr "$build/bin/ringside" run -q -n 2 --rest 0 \
        -p container -o failing --image "oci:$layout:cwd" -- exit 3
    grep -q '"status":3.*"output":{"sha256"' failing/results.jsonl
    run -2 "$build/bin/ringside" run -w noop --image "oci:$layout:cwd"
    run -1 "$build/bin/ringside" run -q -p container -o none --image missing
}

@test "ringside clean --images removes them" {
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    run -0 "$image" get "oci:$layout:test"
    run -0 "$build/bin/ringside" clean
    [ -e "$XDG_CACHE_HOME"/ringside/images/image-* ]
    run -0 "$build/bin/ringside" clean --images
    [ -z "$(find cache/ringside/images -maxdepth 1 -name 'image-*')" ]
}
