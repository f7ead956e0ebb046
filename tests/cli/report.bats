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
    "$ringside" report --no-pictures "$directory"
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
    "$ringside" report --no-pictures "$directory"
    rm "$directory/charts/startup.svg"
    cd "$directory/charts"
    run gnuplot startup.gp
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    grep -q '</svg>' startup.svg
}

@test "the page loads nothing and runs only its own script" {
    "$ringside" report --no-pictures "$directory"
    absent -iE 'https?:|<script .|<link|<img|<iframe|url\(|@import' "$page"
    [ "$(grep -c '<script>' "$page")" -eq 1 ]
    grep -q "default-src &#39;none&#39;" "$page"
}

@test "charts are well-formed XML" {
    need xmllint
    need gnuplot
    "$ringside" report --no-pictures "$directory"
    xmllint --noout "$directory"/charts/*.svg
}

@test "markup in a title stays text" {
    sed -i '1s/"title": "runc"/"title": "<script>alert(1)<\/script>"/' \
        "$directory/results.jsonl"
    "$ringside" report --no-pictures "$directory"
    [ "$(grep -c '<script' "$page")" -eq 1 ]
    grep -q '&lt;script&gt;' "$page"
}

@test "an interrupted session is said to be one" {
    sed -i '$d' "$directory/results.jsonl"
    "$ringside" report --no-pictures "$directory"
    words | grep -q 'This run was interrupted'
}

@test "without gnuplot the tables are there and the reason is given" {
    run env PATH=/nonexistent "$ringside" report --no-pictures "$directory"
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
    PATH=$BATS_TEST_TMPDIR/bin:$PATH "$ringside" report --no-pictures "$directory"
    words | grep -q 'Charts are missing: gnuplot failed: no ink left'
    grep -q '<table class="cells">' "$page"
}

@test "a link planted among the charts is replaced, not followed" {
    echo precious >"$BATS_TEST_TMPDIR/file"
    mkdir "$directory/charts"
    for name in startup.gp startup.tsv startup.svg; do
        ln -s "$BATS_TEST_TMPDIR/file" "$directory/charts/$name"
    done
    "$ringside" report --no-pictures "$directory"
    [ "$(cat "$BATS_TEST_TMPDIR/file")" = precious ]
}

@test "what was left out is named with its remedy" {
    "$ringside" report --no-pictures "$directory"
    words | grep -q 'apt-get install runsc'
}

@test "drawing twice gives the same page" {
    "$ringside" report --no-pictures "$directory"
    cp "$page" "$BATS_TEST_TMPDIR/first.html"
    "$ringside" report --no-pictures "$directory"
    cmp "$page" "$BATS_TEST_TMPDIR/first.html"
    [ "$(find "$directory" -name 'report.html*' | wc -l)" -eq 1 ]
}

@test "Chromium shows the page without complaint" {
    need chromium
    "$ringside" report --no-pictures "$directory"
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
    [[ $RINGSIDE_BUILD != *sanitize* ]] || skip "a sanitizer takes more memory"
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
    run "$ringside" report --no-pictures "$directory"
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
    run "$ringside" report --no-pictures "$directory"
    [ "$status" -eq 0 ]
    [[ $output == *"The session was interrupted after "*" runs."* ]]
}

@test "Markdown names its pictures, and they are there" {
    need gnuplot
    "$ringside" report --format md "$directory"
    grep -q '^# Hypervisor or container?' "$directory/report.md"
    while read -r picture; do
        [ -s "$directory/$picture" ]
    done < <(grep -o 'charts/[a-z-]*\.png' "$directory/report.md")
    [ "$(grep -c 'charts/[a-z-]*\.png' "$directory/report.md")" -ge 5 ]
}

@test "every caption carries n, interval, machine and date" {
    need gnuplot
    "$ringside" report --format md "$directory"
    [ "$(grep -c '^!\[' "$directory/report.md")" -eq \
        "$(grep -cE '^\*.*n.=.[0-9].*95.%.*KVM.*2026-11-23' \
            "$directory/report.md")" ]
}

@test "plain text has no markup" {
    "$ringside" report --no-pictures --format txt "$directory"
    grep -q 'A guest computes slower' "$directory/report.txt"
    absent -E '\*\*|<[a-z]|&[a-z]+;' "$directory/report.txt"
}

@test "JSON has each claim with a verdict for each kind" {
    "$ringside" report --no-pictures --format json "$directory"
    python3 - "$directory/report.json" <<'PYTHON'
import json, sys
claims = json.load(open(sys.argv[1]))["claims"]
assert len(claims) >= 10
words = {"holds", "fails", "equivalent", "inconclusive", "unmeasured"}
for claim in claims:
    for verdict in claim["verdicts"]:
        assert verdict["verdict"] in words
        assert (verdict["verdict"] == "unmeasured") == bool(verdict["why"])
        if verdict["kind"] in ("unikernel", "microvm", "conventional"):
            assert verdict["kvm"]
PYTHON
}

@test "PNG and PDF files for slides, unless nobody wants them" {
    need gnuplot
    gnuplot -e 'print GPVAL_TERMINALS' 2>&1 | grep -q pngcairo ||
        skip "this gnuplot has no Cairo"
    "$ringside" report "$directory"
    head -c 4 "$directory/charts/startup.png" | grep -q PNG
    head -c 4 "$directory/charts/startup.pdf" | grep -q PDF
    "$ringside" report --no-pictures "$directory"
    [ ! -e "$directory/charts/startup.png" ]
    [ -s "$directory/charts/startup.svg" ]
}

@test "in Korean no English sentence is left, but for names and the record" {
    "$ringside" report --no-pictures --lang ko "$directory"
    page=$directory/report.ko.html
    grep -q '<html lang="ko">' "$page"
    # Left out: what the record says in English, styles, scripts, drawings.
    run python3 - "$page" <<'PYTHON'
import html, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
page = page.split("<body>")[1]
page = re.sub(r"<(style|script|svg|pre|code)\b.*?</\1>", " ", page, flags=re.S)
page = re.sub(r"<span lang=\"en\">.*?</span>", " ", page, flags=re.S)
page = re.sub(r"<table class=\"facts\">.*?</table>", " ", page, flags=re.S)
page = re.sub(r"<section id=\"published\">.*?</section>", " ", page, flags=re.S)
text = html.unescape(re.sub(r"<[^>]*>", "\n", page))
print(*re.findall(r"(?:\b[A-Za-z]{2,}\b[ ,]+){3,}[A-Za-z]{2,}", text), sep="\n")
PYTHON
    echo "$output"
    [ -z "$output" ]
}

@test "an unknown language or format is refused with those there are" {
    run "$ringside" report --lang de "$directory"
    [ "$status" -ne 0 ]
    [[ $output == *"en (English) and ko (Korean)"* ]]
    run "$ringside" report --format pdf "$directory"
    [ "$status" -ne 0 ]
    [[ $output == *"html, md, txt and json"* ]]
}

@test "claims are judged by their rules, and not when a figure is missing" {
    "$ringside" report --no-pictures --format json "$directory"
    run python3 - "$directory/report.json" <<'PYTHON'
import json, sys
for claim in json.load(open(sys.argv[1]))["claims"]:
    for found in claim["verdicts"]:
        print(claim["id"], found["kind"], found["verdict"], found["why"])
PYTHON
    # The record has no floating-point work, no microVM and no density.
    [[ $output == *"cpu unikernel unmeasured"*"Floating-point arithmetic"* ]]
    [[ $output == *"cpu microvm unmeasured no platform of this kind"* ]]
    [[ $output == *"density unikernel unmeasured no density"* ]]
    # Its system calls are quicker in the unikernel, which holds more memory;
    # its start differs by less than two native ones do.
    [[ $output == *"system-calls unikernel fails None"* ]]
    [[ $output == *"start unikernel inconclusive None"* ]]
    [[ $output == *"waste unikernel holds None"* ]]
    [[ $output == *"function container holds None"* ]]
}

@test "the KVM back end stands beside every verdict on a virtual machine" {
    "$ringside" report --no-pictures --format txt "$directory"
    run grep -E '^(Unikernel|MicroVM|Conventional VM) on KVM ' \
        "$directory/report.txt"
    [ "${#lines[@]}" -ge 20 ]
    for line in "${lines[@]}"; do
        [[ $line == *kvm_pvm* ]]
    done
}
