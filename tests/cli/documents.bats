#!/usr/bin/env bats
# Manual pages and bash completion: made from the programs' help, and whole.

setup_file() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    export root BUILD=${RINGSIDE_BUILD:-$root/build}
    export RINGSIDE_RUNTIME_DIR=$BATS_FILE_TMPDIR/sessions
    for program in ringside ringside-container ringside-vmm ringside-image; do
        "$root/tools/man-page" "$BUILD/bin/$program" \
            > "$BATS_FILE_TMPDIR/$program.1"
    done
    "$root/tools/completion" "$BUILD"/bin/ringside \
        "$BUILD"/bin/ringside-container "$BUILD"/bin/ringside-vmm \
        > "$BATS_FILE_TMPDIR/completion"
}

setup() {
    bats_require_minimum_version 1.5.0
    PATH=$BUILD/bin:$PATH
    cd "$BATS_TEST_TMPDIR"
}

verbs() { # PROGRAM
    "$1" --help | sed -n '/^Verbs/,/^[^V ]/s/^  \([a-z-]*\) .*/\1/p'
}

# What Tab offers after these words, one a line.
complete_words() { # WORD...
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    compopt() { :; }
    # shellcheck disable=SC1091
    . "$BATS_FILE_TMPDIR/completion"
    local function=_${1//-/_}
    "$function"
    printf '%s\n' "${COMPREPLY[@]}"
}

@test "pages are sound for mandoc" {
    command -v mandoc > /dev/null || skip "mandoc is not installed"
    for page in "$BATS_FILE_TMPDIR"/*.1; do
        run -0 mandoc -T lint -W warning "$page"
        [ -z "$output" ]
    done
}

@test "a page has every verb and every option, and the exit statuses" {
    for program in ringside ringside-container ringside-vmm; do
        page=$BATS_FILE_TMPDIR/$program.1
        for verb in $(verbs "$program"); do
            grep -qx ".SS ${verb//-/\\\\-}" "$page"
            "$program" "$verb" --help | grep -oE '^ {2,6}-.*' |
                grep -oE -e '--[a-z-]+' | sort -u > options
            while read -r option; do
                grep -qF -e "${option//-/\\-}" "$page"
            done < options
        done
    done
    grep -qx '.SH EXIT STATUS' "$BATS_FILE_TMPDIR/ringside.1"
}

@test "Tab offers every verb, and every option of each" {
    for program in ringside ringside-container ringside-vmm; do
        for verb in $(verbs "$program"); do
            complete_words "$program" "" > offered
            grep -qx "$verb" offered
            complete_words "$program" "$verb" - > offered
            "$program" "$verb" --help | grep -E '^ {2,6}-' |
                grep -oE -e '--[a-z-]+' | sort -u > options
            while read -r option; do
                grep -qxF -e "$option" offered
            done < options
        done
    done
}

@test "Tab offers names of platforms, workloads, profiles and formats" {
    complete_words ringside run -p native,nati > offered
    grep -qx native,native-again offered
    complete_words ringside bench -w no | grep -qx noop
    complete_words ringside bench --profile smo | grep -qx smoke
    complete_words ringside export -f hyp | grep -qx hyperfine
    complete_words ringside report -f h | grep -qx html
}

@test "what a program would read is JSON" {
    for verb in platforms workloads doctor; do
        ringside $verb --json 2> /dev/null | python3 -m json.tool > /dev/null
    done
    ringside run -q --json -n 1 -p native -w noop -o r 2> /dev/null |
        python3 -c 'import json, sys
assert json.load(sys.stdin)["runs"] == 1'
    [ -z "$(ringside validate -q r 2>&1)" ]
    [ -z "$(ringside report -q -f txt r 2>&1)" ]
}

# Every command of the guides, as far as a program's own help can tell.
@test "the guides name no verb, option or file that does not exist" {
    root=$BATS_TEST_DIRNAME/../..
    python3 "$root/tests/programs/check-guides.py" "$RINGSIDE_BUILD/bin" \
        "$root"/*.md "$root"/docs/*.md
}

@test "a guide that names one would be noticed" {
    printf '%s\n' 'Run `ringside bench --prophile full`, `ringside bunch` and' \
        '[more](nowhere.md):' '```' 'ringside-vmm run --gest linux \' \
        '    --bundle DIR ID' '```' >"$BATS_TEST_TMPDIR/guide.md"
    run python3 "$BATS_TEST_DIRNAME/../programs/check-guides.py" \
        "$RINGSIDE_BUILD/bin" "$BATS_TEST_TMPDIR/guide.md"
    [ "$status" -eq 1 ]
    [[ $output == *"ringside bench has no --prophile"* ]]
    [[ $output == *"ringside has no verb bunch"* ]]
    [[ $output == *"ringside-vmm run has no --gest"* ]]
    [[ $output == *"links to nowhere.md"* ]]
    [ "${#lines[@]}" -eq 4 ]
}
