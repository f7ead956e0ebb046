#!/usr/bin/env bats
# The build's own promises: a static program of reproducible bytes, an
# installed tree, honest dependency checks, a test runner that misses nothing.

setup() {
    bats_require_minimum_version 1.5.0
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    build=${RINGSIDE_BUILD:-$root/build}
    cd "$BATS_TEST_TMPDIR"
}

# --- the workload program ---

@test "the workload program is one static ELF at a fixed address" {
    run -0 readelf -hlW "$build/guests/workload"
    [[ $output == *"EXEC (Executable file)"* ]]
    [[ $output == *"X86-64"* ]]
    [[ $output != *INTERP* ]]
    [[ $output != *" RWE "* ]]
}

@test "no path of the build is in the workload program" {
    run -1 grep -cF -e "$root" -e "$HOME/" "$build/guests/workload"
}

@test "built elsewhere, the workload program has the same bytes" {
    mkdir -p elsewhere/checkout
    cp -r "$root"/{Makefile,tools,oci,cgroup,image,guests,vmm,container,bench,report,tests} \
        elsewhere/checkout
    make -s -C elsewhere/checkout BUILD=out out/guests/workload
    cmp elsewhere/checkout/out/guests/workload "$build/guests/workload"
}

@test "without SQLite and zlib to link, the large program does without them" {
    make -s -C "$root" BUILD="$PWD/out" STATIC_LIBRARIES= \
        "$PWD/out/guests/workload-large"
    run -0 out/guests/workload-large list
    [[ $output == *archive* ]]
    [[ $output != *database* ]]
    # Nor is a library that cannot be linked the end of it.
    rm out/guests/workload-large
    touch empty.a
    run -0 make -s -C "$root" BUILD="$PWD/out" \
        STATIC_LIBRARIES="$PWD/empty.a $PWD/empty.a" \
        "$PWD/out/guests/workload-large"
    [[ $output == *"without SQLite and zlib, see "* ]]
    run -0 out/guests/workload-large list
    [[ $output != *database* ]]
}

# --- tools/install-tree ---

@test "install puts programs, workload and platforms under the prefix" {
    mkdir -p build/bin build/guests
    touch build/bin/one build/bin/two build/guests/{workload,intermediate}
    run -0 "$root/tools/install-tree" "$PWD/a prefix" "$PWD/build"
    [ -x "a prefix/bin/one" ]
    [ -x "a prefix/bin/two" ]
    [ -x "a prefix/libexec/ringside/workload" ]
    [ ! -e "a prefix/libexec/ringside/intermediate" ]
    for file in "$root"/bench/platforms/*.json; do
        cmp "$file" "a prefix/share/ringside/platforms/${file##*/}"
    done
}

@test "install without its two arguments is refused" {
    run -2 "$root/tools/install-tree" /nowhere
}

# --- tools/deps ---

# A PATH that has only what the tools themselves are made of.
bare_path() {
    mkdir -p bare
    for tool in bash awk sed head id env cat; do
        ln -sf "$(command -v $tool)" bare/
    done
    echo "$PWD/bare"
}

@test "deps is silent when nothing is missing" {
    run -0 "$root/tools/deps" --check build
    [ "$output" = "" ]
}

@test "deps names what is missing and the command, and fails" {
    run -1 env PATH="$(bare_path)" "$root/tools/deps" --check build
    [[ ${lines[0]} == "Missing: "*musl-gcc*"To install:" ]]
    [[ $output == *install* || $output == *"pacman -S"* ]]
}

@test "missing peers of the benchmark do not fail, and are named in one line" {
    run -0 env PATH="$(bare_path)" "$root/tools/deps" --check bench
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == "Left out, as not installed: "*crun*bwrap*"To include: "* ]]
}

@test "deps without root says how for each distribution" {
    bare=$(bare_path)
    printf '#!/bin/bash\necho 1000\n' >pretended-id
    chmod +x pretended-id
    ln -sf "$PWD/pretended-id" "$bare/id"
    run -1 env PATH="$bare" "$root/tools/deps" build
    [[ $output == *"apt-get install"* ]]
    [[ $output == *"dnf install"* ]]
    [[ $output == *"pacman -S"* ]]
}

# A bare PATH where an apt-get that does as it is told is root's: it writes
# down its arguments, and puts in place what it "installs".
pretended_apt() { # WHAT-IT-CANNOT
    grep -qE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release ||
        skip "not Debian or Ubuntu"
    bare=$(bare_path)
    for tool in mktemp rm tail touch chmod; do
        ln -sf "$(command -v $tool)" "$bare/"
    done
    cat >"$bare/apt-get" <<END
#!/bin/bash
echo "\$*" >>"$PWD/apt-calls"
[[ " \$* " == *" install "* ]] || exit 0
[[ " \$* " == *" $1 "* ]] && exit 100
for package; do
    case \$package in
    gnuplot-nox) tool=gnuplot ;;
    bubblewrap) tool=bwrap ;;
    util-linux) tool=unshare ;;
    -*) continue ;;
    *) tool=\$package ;;
    esac
    touch "$bare/\$tool"
    chmod +x "$bare/\$tool"
done
END
    printf '#!/bin/bash\necho 0\n' >pretended-id
    chmod +x "$bare/apt-get" pretended-id
    ln -sf "$PWD/pretended-id" "$bare/id"
}

@test "deps as root installs what is missing at once, without a question" {
    pretended_apt nothing
    run -0 env PATH="$bare" "$root/tools/deps" bench
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == "Installing: "*gnuplot-nox*crun*bubblewrap* ]]
    [ "$(grep -c install apt-calls)" -eq 1 ]
    grep -q -e '-y .*install --no-install-recommends' apt-calls
    run -0 env PATH="$bare" "$root/tools/deps" --check bench
    [ "$output" = "" ]
}

@test "a peer that cannot be installed does not keep out the others" {
    pretended_apt crun
    run -0 env PATH="$bare" "$root/tools/deps" bench
    [[ ${lines[1]} == "Left out, as not installed: crun."* ]]
    [ "${#lines[@]}" -eq 2 ]
    [ -x "$bare/bwrap" ]
    [ "$(grep -c ' update$' apt-calls)" -eq 1 ]
}

@test "what must be there and cannot be installed is an error" {
    pretended_apt musl-tools
    run -1 env PATH="$bare" "$root/tools/deps" build
    [[ $output == *"Missing: "*musl-gcc*"To install:"* ]]
}

@test "deps refuses a set that it does not know" {
    run -2 "$root/tools/deps" --check bench everything
    run -2 "$root/tools/deps"
    run -2 "$root/tools/deps" --check
}

# --- tests/run ---

# A tree of its own with one pretended unit test, which does as told.
pretend() { # NAME COMMANDS
    mkdir -p tree/tests/unit tree/tests/cli tree/build/tests
    cp "$root/tests/run" tree/tests/
    touch "tree/tests/unit/test_$1.c"
    printf '#!/bin/bash\n%s\n' "$2" >"tree/build/tests/test_$1"
    chmod +x "tree/build/tests/test_$1"
}

@test "passed, failed and skipped are counted over all files" {
    pretend one 'echo 1..2; echo "ok 1 - a"; echo "not ok 2 - b"; exit 1'
    pretend two 'echo 1..1; echo "ok 1 - c # SKIP no such device"'
    run -1 tree/tests/run --build tree/build
    [ "${lines[-1]}" = "1 passed, 1 failed, 1 skipped" ]
    [[ $output == *"FAILED b"* ]]
    [[ $output == *"skipped c: no such device"* ]]
}

@test "what a failed test printed is shown, what a passed one did is not" {
    pretend one 'echo 1..2; echo quiet; echo "ok 1 - a"; echo "got here"
        echo "not ok 2 - b"; echo "# x != y"; exit 1'
    run -1 tree/tests/run --build tree/build
    [[ $output == *"got here"*"x != y"* ]]
    [[ $output != *quiet* ]]
}

@test "a test that dies, stops early or prints nothing has failed" {
    pretend dies 'echo 1..3; echo "ok 1 - a"; kill -SEGV $$'
    run -1 tree/tests/run --build tree/build
    [ "${lines[-1]}" = "1 passed, 2 failed, 0 skipped" ]
    [[ $output == *"killed by signal SEGV"* ]]
    pretend dies 'echo 1..2; echo "ok 1 - a"'
    run -1 tree/tests/run --build tree/build
    [ "${lines[-1]}" = "1 passed, 1 failed, 0 skipped" ]
    pretend dies 'exit 0'
    run -1 tree/tests/run --build tree/build
    [ "${lines[-1]}" = "0 passed, 1 failed, 0 skipped" ]
    pretend dies 'echo 1..1; echo "ok 1 - a"; exit 23'
    run -1 tree/tests/run --build tree/build
    [ "${lines[-1]}" = "1 passed, 1 failed, 0 skipped" ]
}

@test "a test that was not built has failed" {
    pretend one 'echo 1..1; echo "ok 1 - a"'
    rm tree/build/tests/test_one
    run -1 tree/tests/run --build tree/build
    [ "${lines[-1]}" = "0 passed, 1 failed, 0 skipped" ]
}

@test "a name selects files, and one that selects none fails" {
    pretend one 'echo 1..1; echo "ok 1 - a"'
    pretend two 'echo 1..1; echo "ok 1 - b"'
    run -0 tree/tests/run --build tree/build wo
    [ "${lines[-1]}" = "1 passed, 0 failed, 0 skipped" ]
    run -1 tree/tests/run --build tree/build three
    [[ $output == *'nothing to run: no test file is called "*three*"'* ]]
    [ "${lines[-1]}" = "0 passed, 1 failed, 0 skipped" ]
}

@test "an interrupt ends the running test and leaves nothing" {
    pretend one 'echo $$ >pid; echo 1..1; sleep 1000; echo "ok 1 - a"'
    mkfifo tree/pid
    tree/tests/run --build tree/build >out 2>&1 &
    runner=$!
    read -r pid <tree/pid
    kill -TERM $runner
    status=0
    wait $runner || status=$?
    [ "$status" -eq 130 ]
    run ! kill -0 "$pid"
    grep -q interrupted out
}
