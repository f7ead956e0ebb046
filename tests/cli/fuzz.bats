#!/usr/bin/env bats
# Fuzz targets, without looking for anything new: each takes the inputs that
# every one must take, and all that once broke it.

targets() {
    for source in tests/fuzz/*.c; do
        name=$(basename "$source" .c)
        case $name in support | replay) ;; *) echo "$name" ;; esac
    done
}

setup() {
    cd "$BATS_TEST_DIRNAME/../.." || return
    mkdir "$BATS_TEST_TMPDIR/inputs"
}

@test "every target takes what once broke it" {
    shopt -s nullglob
    for target in $(targets); do
        "$RINGSIDE_BUILD/tests/fuzz/$target" tests/fuzz/regressions/"$target"/* || {
            echo "$target: status $?"
            return 1
        }
    done
}

@test "every target takes what it begins with" {
    for target in $(targets); do
        mkdir "$BATS_TEST_TMPDIR/inputs/$target"
        tests/fuzz/seeds "$target" "$BATS_TEST_TMPDIR/inputs/$target"
        [ -n "$(ls "$BATS_TEST_TMPDIR/inputs/$target")" ] || {
            echo "$target begins with nothing"
            return 1
        }
        "$RINGSIDE_BUILD/tests/fuzz/$target" "$BATS_TEST_TMPDIR/inputs/$target"/* || {
            echo "$target: status $?"
            return 1
        }
    done
}

@test "regressions belong to a target" {
    for directory in tests/fuzz/regressions/*/; do
        [ -x "$RINGSIDE_BUILD/tests/fuzz/$(basename "$directory")" ] || {
            echo "$directory: there is no such target"
            return 1
        }
    done
}
