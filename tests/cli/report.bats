# `ringside report DIRECTORY`: the page that a result directory becomes.

setup() {
    ringside=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}/bin/ringside
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
