# `ringside report DIRECTORY`: the page that a result directory becomes.

setup() {
    ringside=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}/bin/ringside
    export RINGSIDE_RUNTIME_DIR=$BATS_TEST_TMPDIR/sessions
    directory=$BATS_TEST_TMPDIR/results
    mkdir "$directory"
    cp "$BATS_TEST_DIRNAME/../fixtures/report/whole/results.jsonl" "$directory"
    page=$directory/report.html
}

need() {
    command -v "$1" >/dev/null || skip "$1 is not installed"
}

# Fails when grep finds something: a line that starts with ! never fails.
absent() {
    if grep "$@"; then
        return 1
    fi
}

# The page as people read it: no markup.
words() {
    sed -e 's/<[^>]*>//g' "$page"
}

@test "draws a page with every chart, wide and narrow" {
    need gnuplot
    "$ringside" report "$directory"
    for chart in startup cpu memory kernel idle-memory; do
        grep -q "id=\"$chart-title\"" "$page"
        grep -q "id=\"$chart-narrow-title\"" "$page"
        for kind in gp tsv svg; do
            [ -s "$directory/charts/$chart.$kind" ]
        done
    done
}

@test "a chart can be redrawn by hand" {
    need gnuplot
    "$ringside" report "$directory"
    rm "$directory/charts/startup.svg"
    cd "$directory/charts"
    run gnuplot startup.gp
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    grep -q '</svg>' startup.svg
}

@test "the page loads nothing and runs only its own script" {
    "$ringside" report "$directory"
    absent -iE 'https?:|<script .|<link|<img|<iframe|url\(|@import' "$page"
    [ "$(grep -c '<script>' "$page")" -eq 1 ]
    grep -q "default-src &#39;none&#39;" "$page"
}

@test "charts are well-formed XML" {
    need xmllint
    need gnuplot
    "$ringside" report "$directory"
    xmllint --noout "$directory"/charts/*.svg
}

@test "markup in a title stays text" {
    sed -i '1s/"title": "runc"/"title": "<script>alert(1)<\/script>"/' \
        "$directory/results.jsonl"
    "$ringside" report "$directory"
    [ "$(grep -c '<script' "$page")" -eq 1 ]
    grep -q '&lt;script&gt;' "$page"
}

@test "an interrupted session is said to be one" {
    sed -i '$d' "$directory/results.jsonl"
    "$ringside" report "$directory"
    words | grep -q 'This run was interrupted'
}

@test "without gnuplot the tables are there and the reason is given" {
    run env PATH=/nonexistent "$ringside" report "$directory"
    [ "$status" -eq 0 ]
    words | grep -q 'gnuplot is not installed'
    grep -q '<table class="cells">' "$page"
    absent '<figure>' "$page"
}

@test "a gnuplot that fails is quoted, and the page stands without charts" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    printf '#!/bin/sh\necho first >&2\necho "no ink left" >&2\nexit 3\n' \
        >"$BATS_TEST_TMPDIR/bin/gnuplot"
    chmod +x "$BATS_TEST_TMPDIR/bin/gnuplot"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH "$ringside" report "$directory"
    words | grep -q 'Charts are missing: gnuplot failed: no ink left'
    grep -q '<table class="cells">' "$page"
}

@test "a link planted among the charts is replaced, not followed" {
    echo precious >"$BATS_TEST_TMPDIR/file"
    mkdir "$directory/charts"
    for name in startup.gp startup.tsv startup.svg; do
        ln -s "$BATS_TEST_TMPDIR/file" "$directory/charts/$name"
    done
    "$ringside" report "$directory"
    [ "$(cat "$BATS_TEST_TMPDIR/file")" = precious ]
}

@test "what was left out is named with its remedy" {
    "$ringside" report "$directory"
    words | grep -q 'apt-get install runsc'
}

@test "drawing twice gives the same page" {
    "$ringside" report "$directory"
    cp "$page" "$BATS_TEST_TMPDIR/first.html"
    "$ringside" report "$directory"
    cmp "$page" "$BATS_TEST_TMPDIR/first.html"
    [ "$(find "$directory" -name 'report.html*' | wc -l)" -eq 1 ]
}

@test "Chromium shows the page without complaint" {
    need chromium
    "$ringside" report "$directory"
    run timeout 60 chromium --headless --no-sandbox --disable-gpu \
        --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync \
        --user-data-dir="$BATS_TEST_TMPDIR/chromium" --enable-logging=stderr \
        --screenshot="$BATS_TEST_TMPDIR/page.png" "file://$page"
    [ -s "$BATS_TEST_TMPDIR/page.png" ]
    absent CONSOLE <<<"$output"
}

# The bound is of processor time, and wide, for machines that are busy: a
# tenth of this takes a tenth of the time and memory.
@test "a long record takes little time and memory" {
    python3 "$BATS_TEST_DIRNAME/../programs/large-record.py" "$directory" 100000
    python3 - "$ringside" "$directory" <<'PY'
import resource, subprocess, sys
subprocess.run([sys.argv[1], "report", sys.argv[2]], check=True,
               stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, "s,", used.ru_maxrss, "KiB")
assert used.ru_utime + used.ru_stime < 10
assert used.ru_maxrss < 200 << 10
PY
    grep -q "100,000 runs\|100000 runs" "$page"
}

# broken EXPECTED: `report` refuses the record with one line that has EXPECTED.
broken() {
    run "$ringside" report "$directory"
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *"$1"* ]]
}

@test "a record that is none is refused in one line" {
    record=$directory/results.jsonl
    cp "$record" "$BATS_TEST_TMPDIR/good"
    head -c 100000 /dev/urandom >"$record"
    broken "results.jsonl:1: "
    head -c 300 "$BATS_TEST_TMPDIR/good" >"$record"
    broken "results.jsonl:1: the header was cut short"
    : >"$record"
    broken "results.jsonl:1: the file is empty"
    sed '1s/"schema": *1/"schema": 2/' "$BATS_TEST_TMPDIR/good" >"$record"
    broken "schema 2 is newer than this program's 1"
    sed -E '2s/"exit_ns": *[0-9]+/"exit_ns": -5/' "$BATS_TEST_TMPDIR/good" \
        >"$record"
    broken "results.jsonl:2: exit_ns: expected an integer of 0 or more"
    sed -E '3s/"exit_ns": *[0-9]+/"exit_ns": NaN/' "$BATS_TEST_TMPDIR/good" \
        >"$record"
    broken "results.jsonl:3: "
    { head -1 "$BATS_TEST_TMPDIR/good"; head -c 2000000 /dev/zero; } >"$record"
    broken "results.jsonl:2: longer than 1048576 bytes"
}

@test "a record that was cut short is reported as far as it goes" {
    record=$directory/results.jsonl
    head -c 20000 "$record" >"$BATS_TEST_TMPDIR/cut"
    cp "$BATS_TEST_TMPDIR/cut" "$record"
    run "$ringside" report "$directory"
    [ "$status" -eq 0 ]
    [[ $output == *"The session was interrupted after "*" runs."* ]]
}
