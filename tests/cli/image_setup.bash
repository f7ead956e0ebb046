# What the tests of images share: a cache of their own, and an image made by
# umoci of a program that says what it sees.

has_tools() { command -v skopeo >/dev/null && command -v umoci >/dev/null; }

# In setup_file: $BATS_FILE_TMPDIR/layout:test, and archives of it.
image_make_layout() {
    local build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    has_tools || return 0 # setup skips
    cd "$BATS_FILE_TMPDIR" || return 1
    mkdir -p tree/etc tree/home/alice tree/tmp
    cp "$build/tests/programs/probe" "$build/tests/programs/echo" \
        "$build/tests/programs/inspect" tree/
    cp "$build/tests/programs/echo-dynamic" tree/dynamic
    printf '#!/echo\n' >tree/script
    chmod 755 tree/script
    echo 'alice:x:1000:100::/home/alice:/bin/sh' >tree/etc/passwd
    printf 'users:x:100:\naudio:x:29:alice\n' >tree/etc/group
    umoci init --layout layout
    umoci new --image layout:test
    umoci insert --image layout:test tree /
    umoci config --image layout:test --config.entrypoint /echo \
        --config.cmd from --config.cmd image --config.env COLOUR=blue \
        --config.workingdir /home/alice
    umoci config --image layout:test --tag user --config.user alice
    skopeo copy -q oci:layout:test oci-archive:oci.tar:test
    skopeo copy -q oci:layout:test docker-archive:docker.tar:name:test
}

image_setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    has_tools || skip "skopeo and umoci are not installed"
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    cd "$BATS_TEST_TMPDIR" || return 1
    export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
    images=$XDG_CACHE_HOME/ringside/images
    layout=$BATS_FILE_TMPDIR/layout
    image=$build/bin/ringside-image
    container=("$build/bin/ringside-container" --root "$BATS_TEST_TMPDIR/state")
    vmm=("$build/bin/ringside-vmm" --root "$BATS_TEST_TMPDIR/vmm-state")
}
