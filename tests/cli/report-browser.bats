# The page in a real browser: whole, partial, lone, huge and hostile records,
# at three widths, light and dark.

setup_file() {
    export here=$BATS_TEST_DIRNAME/../browser
    export pages=$BATS_FILE_TMPDIR/pages
    python3 "$here/fixtures.py" "$pages" whole partial single huge hostile
    if command -v gnuplot >/dev/null; then
        for name in whole partial single huge hostile; do
            "$RINGSIDE_BUILD/tests/programs/write-report" "$pages/$name"
        done
    fi
}

setup() {
    command -v gnuplot >/dev/null || skip "gnuplot is not installed"
}

# Opens the page of a record in Chromium; says what is wrong with it.
look_at() { # NAME
    command -v chromium >/dev/null || skip "chromium is not installed"
    timeout 60 python3 "$here/look.py" "$pages/$1/report.html"
}

# The charts of a record that has everything.
all_charts="startup phases cpu memory kernel files macro throughput idle-memory
            density-memory density-start surface noise order published"

@test "a whole record has every chart" {
    for chart in $all_charts; do
        grep -q "<svg class=\"chart wide\".*aria-labelledby=\"$chart-title" \
            "$pages/whole/report.html"
    done
}

@test "a whole record looks right" {
    look_at whole
}

@test "a partial record looks right" {
    look_at partial
}

@test "a native process alone looks right" {
    look_at single
}

@test "60 platforms look right" {
    look_at huge
}

@test "hostile titles, units and reasons look right and run nothing" {
    look_at hostile
}

@test "charts of hostile records are XML" {
    command -v xmllint >/dev/null || skip "xmllint is not installed"
    xmllint --noout "$pages"/*/charts/*.svg
}

# What tidy 5.6 does not know of: an id on the title of a chart, which SVG has.
@test "the pages are HTML without errors or warnings" {
    command -v tidy >/dev/null || skip "tidy is not installed"
    for page in "$pages"/*/report.html; do
        run tidy -quiet -errors --show-info no "$page"
        found=$(grep -v '<title> proprietary attribute "id"$' <<<"$output") ||
            continue
        printf '%s: %s\n' "$page" "$found"
        return 1
    done
}

@test "an element that is left open, or is none, would be noticed" {
    command -v tidy >/dev/null || skip "tidy is not installed"
    sed 's/<h1>/<h1><divide>/' "$pages/whole/report.html" >"$BATS_TEST_TMPDIR/a"
    run tidy -quiet -errors "$BATS_TEST_TMPDIR/a"
    [ "$status" -eq 2 ]
    sed 's/<\/main>//; s/<\/h2>//' "$pages/whole/report.html" >"$BATS_TEST_TMPDIR/b"
    run tidy -quiet -errors "$BATS_TEST_TMPDIR/b"
    [ "$status" -ne 0 ]
    [[ $output == *"missing </"* ]]
}

@test "the pages are valid HTML" {
    command -v vnu >/dev/null ||
        skip "vnu is not installed (npm install -g vnu-jar, and java)"
    vnu --errors-only "$pages"/*/report.html
}

@test "a chart that is missing, or a script of the record, would be noticed" {
    command -v chromium >/dev/null || skip "chromium is not installed"
    broken=$BATS_TEST_TMPDIR/broken.html
    sed -e 's/<svg class="chart wide" [^>]*"cpu-title/<svg hidden x="/' \
        -e 's/<h1>/<h1 style="width: 9000px">/' \
        -e 's/aria-labelledby="kernel-title[^>]*>/&<text x="50" y="50">one<\/text><text x="50" y="50">two<\/text>/' \
        -e "s/script-src &#39;[^;]*;/script-src 'unsafe-inline';/" \
        -e 's/<main>/<main><script>window.injected = 1<\/script>/' \
        "$pages/whole/report.html" >"$broken"
    run timeout 60 python3 "$here/look.py" "$broken"
    [ "$status" -eq 1 ]
    [[ $output == *"at 1400: wider than its window"* ]]
    [[ $output == *"at 1400: cpu: "* ]]
    [[ $output == *"at 1400: kernel: drawn over each other: one, two"* ]]
    [[ $output == *"a script of the record ran"* ]]
}
