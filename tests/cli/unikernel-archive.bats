#!/usr/bin/env bats
# A unikernel's root file system: archived once, kept in a cache, shared, and
# nothing that a guest could write to or look behind.

setup() {
    vmm=$RINGSIDE_BUILD/bin/ringside-vmm
    programs=$RINGSIDE_BUILD/tests/programs
    state=$BATS_TEST_TMPDIR/state
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    cache=$XDG_CACHE_HOME/ringside
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

# make_bundle ROOTFS ARGUMENT: one that runs hostile-root out of ROOTFS.
make_bundle() {
    bundle=$BATS_TEST_TMPDIR/bundle
    mkdir -p "$bundle"
    cat >"$bundle/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "$1"},
 "process": {"cwd": "/", "args": ["/hostile-root", "$2"], "env": []}}
JSON
}

# A small tree with the program of these tests.
make_tree() {
    mkdir -p "$1/etc"
    cp "$RINGSIDE_BUILD/tests/programs/hostile-root" "$1"
}

# Trees for all tests at once: what has just been written is not trusted, and
# they grow old enough together.
setup_file() {
    export RINGSIDE_BUILD=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    local i last
    for ((i = 1; i <= ${#BATS_TEST_NAMES[@]}; i++)); do
        make_tree "$BATS_FILE_TMPDIR/tree-$i"
    done
    last=$(date +%s)
    until [ "$(($(date +%s) - last))" -gt 3 ]; do read -rt 0.1 <> <(:) || :; done
}

# A tree of its own, new as it is.
new_tree() {
    make_tree "$BATS_TEST_TMPDIR/tree"
    make_bundle "$BATS_TEST_TMPDIR/tree" read
}

# One that is old enough to be trusted.
settled_tree() {
    ln -s "$BATS_FILE_TMPDIR/tree-$BATS_TEST_NUMBER" "$BATS_TEST_TMPDIR/tree"
    make_bundle "$BATS_TEST_TMPDIR/tree" read
}

run_bundle() {
    run "$vmm" --root "$state" run --bundle "$bundle" "$@" "guest-$BASHPID"
}

# How many names in the cache begin so.
count() {
    find "$cache" -name "$1*" 2>/dev/null | wc -l
}

@test "it is archived once and found again" {
    settled_tree
    run_bundle
    [ "$output" = "3 entries" ]
    [ "$(count root-)" -eq 1 ]
    before=$(stat -c '%i %Y' "$cache"/root-*)
    run_bundle
    [ "$output" = "3 entries" ]
    [ "$(stat -c '%i %Y' "$cache"/root-*)" = "$before" ]
    [ "$(count new-)" -eq 0 ]
}

@test "the archive's name is the digest of its bytes, and cpio can list it" {
    settled_tree
    run_bundle
    archive=$(echo "$cache"/root-*)
    [ "$(sha256sum "$archive" | cut -d' ' -f1)" = "${archive##*/root-}" ]
    command -v cpio >/dev/null || skip "cpio is not installed"
    [ "$(cpio -t --quiet <"$archive" | tr '\n' ' ')" = \
        "rootfs rootfs/etc rootfs/hostile-root " ]
}

@test "a changed tree is another; back to what it was, it is still another" {
    settled_tree
    run_bundle
    touch "$BATS_TEST_TMPDIR/tree/etc/new"
    run_bundle
    [ "$output" = "4 entries" ]
    rm "$BATS_TEST_TMPDIR/tree/etc/new"
    run_bundle
    [ "$output" = "3 entries" ]
    [ "$(count root-)" -eq 1 ]
}

@test "a tree that has just been written is not trusted, so not kept" {
    new_tree
    run_bundle
    [ "$output" = "3 entries" ]
    [ "$(count root-)" -eq 0 ]
}

@test "--verify-root reads all files and finds the same archive" {
    settled_tree
    run_bundle
    inode=$(stat -c %i "$cache"/root-*)
    run_bundle --verify-root
    [ "$output" = "3 entries" ]
    [ "$(stat -c %i "$cache"/root-*)" = "$inode" ]
}

@test "--no-cache keeps nothing, --cache names the place" {
    settled_tree
    run_bundle --no-cache
    [ "$output" = "3 entries" ]
    [ ! -e "$cache" ]
    run_bundle --cache "$BATS_TEST_TMPDIR/elsewhere"
    [ "$output" = "3 entries" ]
    [ ! -e "$cache" ]
    ls "$BATS_TEST_TMPDIR"/elsewhere/root-*
}

@test "guests that start together make one archive and all see it" {
    settled_tree
    for i in 1 2 3 4 5 6; do
        "$vmm" --root "$state" run --bundle "$bundle" "guest-$i" \
            >"$BATS_TEST_TMPDIR/out-$i" 2>&1 &
    done
    wait
    [ "$(sort -u "$BATS_TEST_TMPDIR"/out-*)" = "3 entries" ]
    [ "$(count root-)" -eq 1 ]
    [ "$(count new-)" -eq 0 ]
}

@test "what a VMM that was killed left is of no harm" {
    settled_tree
    mkdir -p "$cache"
    chmod 700 "$cache"
    echo half >"$cache/new-0123456789abcdef"
    touch -d '1 hour ago' "$cache/new-0123456789abcdef"
    run_bundle
    [ "$output" = "3 entries" ]
    [ "$(count new-)" -eq 0 ]
}

@test "a damaged archive is made anew" {
    settled_tree
    run_bundle
    archive=$(echo "$cache"/root-*)
    chmod 600 "$archive"
    truncate -s 100 "$archive"
    run_bundle
    [ "$output" = "3 entries" ]
    [ "$(stat -c %s "$archive")" -gt 4096 ]
}

@test "a cache that others may write to is refused with the remedy" {
    settled_tree
    mkdir -p "$cache"
    chmod 777 "$cache"
    run_bundle
    [ "$status" -eq 1 ]
    [[ $output == "ringside-vmm: $cache: others may write"*"chmod 700"* ]]
}

@test "a full disk under the cache is one clear line" {
    settled_tree
    mkdir -p "$XDG_CACHE_HOME"
    unshare -m true 2>/dev/null || skip "no mounts without privileges"
    run unshare -m sh -c "mount -t tmpfs -o size=64k none '$XDG_CACHE_HOME' && \
        '$vmm' --root '$state' run --bundle '$bundle' test-guest"
    [ "$status" -eq 1 ]
    [[ $output == "ringside-vmm: no space left in $cache for the archive of "*"--cache" ]]
}

@test "a rootfs with a file that may not be read is refused, naming it" {
    new_tree
    touch "$BATS_TEST_TMPDIR/tree/etc/shadow"
    chmod 0 "$BATS_TEST_TMPDIR/tree/etc/shadow"
    [ ! -r "$BATS_TEST_TMPDIR/tree/etc/shadow" ] || skip "root may read all"
    run_bundle
    [ "$status" -eq 1 ]
    [[ $output == "ringside-vmm: $BATS_TEST_TMPDIR/tree/etc/shadow may not be read"*"chmod"* ]]
}

@test "links and special files are what they are, and lead nowhere" {
    new_tree
    ln -s /etc/passwd "$BATS_TEST_TMPDIR/tree/out"
    ln -s ../../../../../../.. "$BATS_TEST_TMPDIR/tree/up"
    mkfifo "$BATS_TEST_TMPDIR/tree/fifo"
    run_bundle
    [ "$output" = "6 entries" ]
}

@test "attaching it twice is attaching it once" {
    new_tree
    make_bundle "$BATS_TEST_TMPDIR/tree" twice
    run_bundle
    [ "$status" -eq 0 ]
}

@test "a guest that maps it writable and writes ends by SIGSEGV" {
    settled_tree
    run_bundle
    before=$(sha256sum <"$(echo "$cache"/root-*)")
    make_bundle "$BATS_TEST_TMPDIR/tree" write
    run_bundle
    [ "$status" -eq 139 ]
    [[ $output == "ringside-vmm: guest ended by SIGSEGV: write to the read-only root file system"* ]]
    [ "$(sha256sum <"$(echo "$cache"/root-*)")" = "$before" ]
}

@test "behind it there is nothing" {
    new_tree
    make_bundle "$BATS_TEST_TMPDIR/tree" beyond
    run_bundle
    [ "$status" -eq 139 ]
    [[ $output == "ringside-vmm: guest ended by SIGSEGV: access outside guest memory"* ]]
}

# Not even with glibc, which asks where the program is before it begins.
@test "a program that names no file never has it made" {
    settled_tree
    for program in echo echo-glibc echo-static-pie; do
        cp "$programs/$program" "$BATS_TEST_TMPDIR/tree/hostile-root"
        run_bundle
        [ "$status" -eq 2 ]
        [ ! -e "$cache" ]
    done
}

# with_mounts MOUNT...: the bundle has these, as JSON.
with_mounts() {
    local all
    all=$(IFS=, && echo "$*")
    sed -i "s#\"process\"#\"mounts\": [$all], &#" "$bundle/config.json"
}

@test "mounts that show a kernel are the guest's own, files of the host are refused" {
    local proc='{"destination": "/proc", "type": "proc", "source": "proc"}'
    local shm='{"destination": "/dev/shm", "type": "tmpfs", "source": "shm"}'
    local srv='{"destination": "/srv", "type": "none", "source": "/tmp", "options": ["rbind"]}'
    new_tree
    with_mounts "$proc" "$shm"
    run_bundle
    [ "$output" = "3 entries" ]
    new_tree
    with_mounts "$proc" "$srv"
    run_bundle
    [ "$status" -eq 1 ]
    echo "$output"
    [[ $output == 'ringside-vmm: config.json: mounts: /srv: "/tmp" of the host: '*' mount it read-only'* ]]
}
