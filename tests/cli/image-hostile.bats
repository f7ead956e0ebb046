#!/usr/bin/env bats
# Images that lead astray: nothing outside of the unpacked tree is touched, what
# is refused is refused in one line that says why, and nothing of it is left.

load image_setup

setup() {
    image_setup
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    images=$XDG_CACHE_HOME/ringside/images
    mkdir outside
    echo original >outside/victim
    echo 'outsider:x:77:77::/:/bin/sh' >outside/passwd
    before=$(look_outside)
}

teardown() {
    if [ -n "${before-}" ]; then
        [ "$(look_outside)" = "$before" ]
        [ -z "$(find "$images" -maxdepth 1 -name 'new-*')" ]
    fi
}

look_outside() {
    find outside -printf '%p %i %m %n %s %T@\n' | sort
    cat outside/*
}

get() { # CASE
    python3 "$BATS_TEST_DIRNAME/../programs/make-image.py" "$1" "layout-$1" \
        "$PWD/outside"
    run "$image" get "layout-$1"
}

refused() { # CASE PATTERN
    get "$1"
    echo "$1: $output"
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    # Patterns on purpose.
    # shellcheck disable=SC2053
    [[ $output == "ringside-image: "$2 ]]
    [ -z "$(find "$images" -maxdepth 1 -name 'image-*')" ]
}

taken() { # CASE: its root file system is $rootfs
    get "$1"
    echo "$1: $output"
    [ "$status" -eq 0 ]
    rootfs=$output/rootfs
    [ "$(cat "$rootfs/inspect.txt")" = whole ]
}

@test "the maker of such images makes good ones, too" {
    taken good
    taken index-of-two # and takes the one for this processor
}

@test "names that lead out of the root are refused" {
    refused dotdot '*"../../escaped" leads out of the root by ".."'
    refused inner-dotdot '*"a/../../b" leads out of the root by ".."'
    refused absolute '*/escaped" is absolute'
}

@test "hard links to what is outside are refused" {
    refused hard-link '*"../../../../etc/passwd" leads out of the root*'
    refused absolute-hard-link '*the target of a hard link*is absolute'
}

@test "links to the outside are followed inside" {
    for case in through-link through-link-at-once relative-link; do
        taken "$case"
        [ "$(readlink "$rootfs/a")" != "" ]
        [ "$(cat "$rootfs$PWD/outside/victim")" = x ]
    done
    get hard-link-through-link # there is no such file inside
    [ "$status" -eq 1 ]
}

@test "a link that a later layer makes a directory is one" {
    taken link-becomes-directory
    [ ! -L "$rootfs/a" ]
    [ "$(cat "$rootfs/a/victim")" = x ]
}

@test "whiteouts of no file are refused, and others remove nothing outside" {
    refused whiteout-dotdot '*".wh..." is a whiteout of no file'
    refused whiteout-dot '*"a/.wh.." is a whiteout of no file'
    refused whiteout-nothing '*".wh." is a whiteout of no file'
    taken whiteout-through-link
    taken opaque-through-link
}

@test "device nodes are left out" {
    taken device
    [ -z "$(find "$rootfs" -type b -o -type c)" ]
}

@test "set-user-ID programs are in nobody's reach" {
    taken set-user-id
    [ "$(stat -c %a "$rootfs/su")" = 4755 ]
    [ "$(stat -c %a "$images")" = 700 ]
}

@test "links in place of mount points are left, and resolved in the container" {
    taken mount-points-are-links
    [ -L "$rootfs/proc" ]
    [ ! -e outside/new ]
    run "${container[@]}" run --image layout-mount-points-are-links -- /nothing
    [ "$status" -ne 0 ]
}

@test "sizes are bounded before anything is unpacked" {
    refused large '*layer 1 of the image: its files are too large'
    refused sparse '*a sparse file, which takes more room than the layer says'
    refused many-layers '*layers: at most 256'
    refused large-config '*exceeded maximum allowed size*'
}

@test "attributes of overlayfs are refused" {
    refused overlay-attribute '*trusted.overlay.redirect, which is overlayfs*'
}

@test "what is no layer is refused" {
    refused no-tar '*it is no tar archive, or damaged'
    refused unknown-type "*an entry of type 'V', which layers do not have"
    refused directory-with-size '*is no file (type '*' and has a size'
    refused cut-short '*it is cut short'
    refused damaged-gzip '*its compressed data are damaged'
}

@test "wrong digests and sizes are refused" {
    refused wrong-digest '*igest did not match*'
    refused wrong-diff-id '*its digest when unpacked (diff_id) is wrong'
    refused no-diff-ids '*expected one for each of the 1 layers, got 0'
    refused wrong-size '*has * bytes and should have 7'
}

@test "other types of documents are refused" {
    refused wrong-media-type '*layers*.mediaType: expected *got "text/plain"'
    refused zstd '*compressed with zstd, which umoci does not unpack*'
    refused cmd-is-text '*config.Cmd: expected an array, got "/program"'
    refused env-is-object '*config.Env: expected an array*'
    refused deep-config '*'
    refused other-processor '*for architecture "arm64", and this is amd64'
}

@test "users are not looked up outside of the image" {
    taken passwd-is-link
    run -1 "${container[@]}" run --image layout-passwd-is-link
    [[ $output == *"etc/passwd"* ]]
}
