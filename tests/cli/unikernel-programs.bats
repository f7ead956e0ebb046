#!/usr/bin/env bats
# The static programs that people have, run from one bundle twice: in a
# container, where Linux serves them, and as a unikernel, where the library OS
# does. Output, errors and exit status must be equal.

setup_file() {
    export RINGSIDE_BUILD=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    make_rootfs
}

setup() {
    vmm=$RINGSIDE_BUILD/bin/ringside-vmm
    container=$RINGSIDE_BUILD/bin/ringside-container
    programs=$RINGSIDE_BUILD/tests/programs
    real=$BATS_TEST_DIRNAME/../programs/real
    rootfs=$BATS_FILE_TMPDIR/rootfs
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
    [ "$(id -u)" -eq 0 ] || skip "the container to compare with needs root"
}

# A small tree with something of everything that a path can name.
make_rootfs() {
    local root=$BATS_FILE_TMPDIR/rootfs i
    mkdir -p "$root"/{bin,data/deep/deeper,dev,etc,proc,tmp}
    chmod 1777 "$root/tmp"
    printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n' \
        >"$root/etc/passwd"
    printf 'root:x:0:\nusers:x:1000:user\n' >"$root/etc/group"
    for i in $(seq 400); do
        echo "$((i * 7919 % 1009)) line-$((i % 17)) $((i * i % 65536))"
    done >"$root/data/lines"
    printf 'one\ntwo\nthree\n' >"$root/data/deep/words"
    : >"$root/data/empty"
    head -c 300000 /dev/zero | tr '\0' x >"$root/data/large"
    echo secret >"$root/data/deep/private"
    ln -s ../deep/words "$root/data/deep/link"
    ln -s nowhere "$root/data/dangling"
    ln -s loop "$root/data/loop"
    ln -s / "$root/data/deep/deeper/top"
    ln "$root/data/deep/words" "$root/data/second-name"
    tar -C "$root/data" -cf "$BATS_FILE_TMPDIR/deep.tar" deep
    mv "$BATS_FILE_TMPDIR/deep.tar" "$root/data/"
    gzip -c "$root/data/lines" >"$root/data/words.gz"
    chmod 600 "$root/data/deep/private"
    chmod 751 "$root/data/deep"
    find "$root" -exec touch -h -d '2021-03-04 05:06:07 UTC' {} +
}

# install_program PATH NAME: the program of the bundle, or skip.
install_program() {
    [ -x "$1" ] || skip "there is no $1 here"
    rm -f "$rootfs"/bin/*
    cp "$1" "$rootfs/bin/$2"
    touch -d '2021-03-04 05:06:07 UTC' "$rootfs/bin/$2" "$rootfs/bin" "$rootfs"
}

busybox() { # installs it, too
    install_program "$(type -P busybox || echo busybox)" busybox
}

# write_config ROOT ARGUMENT...: the bundle's root and process.
write_config() {
    local root=$1 arguments='' word
    shift
    for word; do
        word=${word//\\/\\\\}
        word=${word//\"/\\\"}
        word=${word//$'\n'/\\n}
        arguments+="${arguments:+, }\"$word\""
    done
    cat >"$bundle/config.json" <<JSON
{"ociVersion": "1.0.2", "root": {"path": "$root"}, "hostname": "ringside",
 "process": {"cwd": "/data", "args": [$arguments], "umask": 18,
  "env": ["PATH=/bin", "HOME=/root", "TZ=UTC", "LC_ALL=C", "NAME=value"]},
 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
  {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
   "options": ["nosuid", "mode=755", "size=64k"]}],
 "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}, {"type": "uts"},
                          {"type": "ipc"}, {"type": "network"}]}}
JSON
}

# under RUNTIME ARGUMENT...: what the bundle's process does there, in
# $BATS_TEST_TMPDIR/RUNTIME/{out,err,status}. A container writes into its
# rootfs, so it gets a copy of its own; a unikernel never does.
under() {
    local runtime=$1 code=0
    shift
    bundle=$BATS_TEST_TMPDIR/$runtime
    rm -rf --one-file-system "$bundle"
    mkdir -p "$bundle"
    if [ "$runtime" = container ]; then
        cp -a "$rootfs" "$bundle/rootfs"
        root=rootfs
    else
        root=$rootfs
    fi
    write_config "$root" "$@"
    "$RINGSIDE_BUILD/bin/ringside-$runtime" --root "$BATS_TEST_TMPDIR/state" \
        run --bundle "$bundle" "test-$$-$BATS_TEST_NUMBER" <"${input:-/dev/null}" \
        >"$bundle/out" 2>"$bundle/err" || code=$?
    echo "$code" >"$bundle/status"
}

# alike ARGUMENT...: both runtimes give the same output and status.
alike() {
    local file
    under container "$@"
    under vmm "$@"
    sort_output "$BATS_TEST_TMPDIR/container/out"
    sort_output "$BATS_TEST_TMPDIR/vmm/out"
    for file in status out err; do
        diff -a "$BATS_TEST_TMPDIR/container/$file" \
            "$BATS_TEST_TMPDIR/vmm/$file" >&2 || {
            echo "($file of: $*)" >&2
            return 1
        }
    done
}

# In which order a directory tells its entries is nobody's promise: with
# order=any lines may come in any.
sort_output() {
    [ "${order-}" != any ] || sort -o "$1" "$1"
}

# each_alike COMMAND-LINE...: busybox applets, words split as the shell does.
each_alike() {
    local line
    busybox
    # Under emulation each takes seconds: one of a list stands for all.
    ! grep -q 'QEMU TCG' /proc/cpuinfo || set -- "$1"
    for line in "$@"; do
        # shellcheck disable=SC2086
        eval "alike /bin/busybox $line"
    done
}

@test "busybox shows files" {
    each_alike "cat deep/words deep/link" "cat /data/second-name -" \
        "cat no-such-file" "cat loop" "cat dangling" "cat deep" \
        "head -n 3 lines" "tail -n 3 lines" "tail -c 20 large" "wc lines large" \
        "od -c deep/words" "hexdump -C deep/words" "nl deep/words" \
        "rev deep/words" "tac deep/words" "strings -n 5 deep/words"
}

@test "busybox lists and walks directories" {
    each_alike "ls -lR /data/deep/deeper /etc" "ls -lpA --full-time /data" "ls -1i /no" \
        "ls -ld / /data/deep/deeper/top /data/deep/deeper/top/" \
        "stat -c '%n %F %s %a %u %g %h %Y %N' deep/words deep deep/link dangling" \
        "readlink deep/link" "realpath deep/link deep/deeper/top/etc" \
        "readlink -f deep/deeper/top/data/loop" "test -e dangling" \
        "test -L dangling" "test -d deep/deeper/top" "pwd"
    order=any each_alike "find /data /etc" "find /data -type l" \
        "find /data -name '*o*' -size +1" "find /data -newer /etc" \
        "find . -perm 600" "du -a /data/deep/deeper" "grep -rl three /data" \
        "tar cvf /tmp/all.tar /data"
}

@test "busybox works on text" {
    each_alike "sort lines" "sort -k3,3n -k1,1 lines" "grep -n line-7 lines" \
        "grep -c nothing lines" "uniq -c deep/words" \
        "sed -n 's/line-\\([0-9]*\\)/<\\1>/p' lines" "cut -d ' ' -f 2 lines" \
        "tr a-z A-Z" "paste deep/words deep/words" "fold -w 7 deep/words" \
        "awk '{ n[\$2] += \$3 } END { for (k in n) s += n[k]; print s, NR }' lines" \
        "awk 'BEGIN { while ((getline l <ARGV[1]) > 0) { print l >\"/tmp/x\" }
              close(\"/tmp/x\"); while ((getline l <\"/tmp/x\") > 0) print l }' \
            deep/words" \
        "diff deep/words lines" "cmp deep/words lines" "comm deep/words deep/words"
}

@test "busybox digests and packs" {
    each_alike "sha256sum lines large" "md5sum lines" "sha512sum large" \
        "cksum large" "sum lines" "gzip -9c large" "gzip -dc words.gz" \
        "tar tvf deep.tar" "tar cf - deep/words lines" "tar xvf deep.tar -C /tmp" \
        "bzip2 -c lines" "base64 deep/words" "uuencode words deep/words"
}

@test "busybox writes into the root file system" {
    each_alike "sed -i s/one/1/ deep/words" "cp -a deep /tmp/copy" \
        "cp deep/words /no/such" "mkdir -pv /tmp/a/b/c" "mkdir deep" \
        "mv -f deep/words /tmp/moved" "mv deep deep/deeper" "rm -r deep" \
        "rm deep" "rmdir deep" "rmdir deep/deeper/no" "ln -s x y" \
        "ln deep/words deep/link" "touch -d @0 new" "truncate -s 10 lines" \
        "install -m 700 lines /tmp/lines" "chmod 4755 lines" "chmod 755 no" \
        "dd if=large of=/tmp/part bs=1000 count=3 skip=1 status=none" \
        "split -l 100 lines /tmp/part-" "mkfifo /tmp/fifo" "sync" \
        "tee /tmp/copy" "unlink deep" "mktemp -u -p /tmp same-name"
}

@test "busybox says who, where and when" {
    each_alike "env" "printenv NAME" "id" "whoami" "hostname" "uname -s -n -m" \
        "date -u -d @86400" "date -r lines" "expr 6 \* 7" "seq 3 3 12" \
        "factor 1234567890" "dc -e '2 100 ^ p'" "cal 2 2020" "echo one two" \
        "printf '%05d|%s\n' 42 text" "true" "false" "sleep 0.01" "usleep 10" \
        "which busybox" "basename /a/b.c .c" "dirname /a/b" "nproc --all" \
        "tty" "logname"
}

# What is the machine's own differs; that it is there and in form does not.
@test "busybox reads what /proc has to say" {
    busybox
    under vmm /bin/busybox free
    grep -q '^Mem: ' "$BATS_TEST_TMPDIR/vmm/out"
    under vmm /bin/busybox uptime
    grep -q 'load average' "$BATS_TEST_TMPDIR/vmm/out"
    under vmm /bin/busybox ps
    grep -q '{\?busybox' "$BATS_TEST_TMPDIR/vmm/out"
    under vmm /bin/busybox df /
    [ "$(cat "$BATS_TEST_TMPDIR/vmm/status")" -eq 0 ]
    under vmm /bin/busybox grep -c '^processor' /proc/cpuinfo
    [ "$(cat "$BATS_TEST_TMPDIR/vmm/out")" -eq 1 ]
}

@test "a busybox script without fork runs" {
    busybox
    cat >"$BATS_TEST_TMPDIR/script" <<'SCRIPT'
set -u
total=0
while read -r number name rest; do
    case $name in
    line-3) total=$((total + number)) ;;
    line-*) : ;;
    *) echo "strange: $name" ;;
    esac
done <lines
echo "total $total"
double() { result=$(($1 * 2)); }
double 21
echo "$result ${NAME#v} ${NO-unset} $# $0"
for file in deep/*; do
    [ -f "$file" ] && echo "file $file"
    [ -d "$file" ] && echo "directory $file"
done
echo "kept" >/tmp/note
echo "added" >>/tmp/note
while read -r line; do echo "note: $line"; done </tmp/note
cd deep/deeper && pwd && cd ../.. && pwd
read -r answer <<END
here is a document
END
echo "$answer"
trap 'echo trapped' USR1
kill -USR1 $$
umask
exec 3>/tmp/three
echo three >&3
exec 3>&-
test -s /tmp/three && echo "not empty"
cd /no/such || echo "status $?"
exit 23
SCRIPT
    cp "$BATS_TEST_TMPDIR/script" "$rootfs/data/script"
    alike /bin/busybox sh /data/script
    rm "$rootfs/data/script"
    [ "$(cat "$BATS_TEST_TMPDIR/vmm/status")" -eq 23 ]
}

# What the guest cannot do by design fails as it would on a Linux built without
# it, and the program says so in its own words.
@test "what needs fork or a network fails with the program's own message" {
    busybox
    under vmm /bin/busybox sh -c 'cat lines; echo "status $?"'
    grep -q "can't fork: Function not implemented" "$BATS_TEST_TMPDIR/vmm/err"
    under vmm /bin/busybox timeout 5 true
    grep -q 'Function not implemented' "$BATS_TEST_TMPDIR/vmm/err"
    under vmm /bin/busybox nc 127.0.0.1 1
    grep -q 'Address family not supported' "$BATS_TEST_TMPDIR/vmm/err"
    under vmm /bin/busybox env /bin/busybox
    grep -q 'not implemented' "$BATS_TEST_TMPDIR/vmm/err"
}

@test "input reaches the program, to its end" {
    head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/input"
    input=$BATS_TEST_TMPDIR/input each_alike "sha256sum" "wc -c" "gzip -1c" \
        "tail -c 100"
}

@test "bash runs what needs no fork" {
    install_program /bin/bash-static bash
    alike /bin/bash -c '
        declare -A count
        while read -r _ name _; do count[$name]=$((${count[$name]-0} + 1)); done <lines
        for name in line-{0..16}; do echo "$name ${count[$name]}"; done
        mapfile -t words <deep/words; echo "${words[@]^^} ${#words[@]}"
        shopt -s globstar nullglob; printf "%s\n" /data/**/*
        [[ "key=value" =~ ^([a-z]+)=(.*)$ ]] && echo "${BASH_REMATCH[2]}"
        text=$(<deep/words); echo "${text//[aeiou]/-}"
        printf -v padded "%08.3f" 3.14159; echo "$padded"
        exec {fd}<>/tmp/file; echo written >&$fd; exec {fd}>&-; read -r x </tmp/file
        echo "$x" "$EUID" "$BASHPID" "${BASH_VERSINFO[0]}"
        trap "echo leaving" EXIT; exit 9'
    under vmm /bin/bash -c 'x=$(ls); echo "not reached: $x"'
    grep -q 'Function not implemented' "$BATS_TEST_TMPDIR/vmm/err"
}

@test "zsh runs what needs no fork" {
    install_program /bin/zsh-static zsh
    alike /bin/zsh -f -c '
        setopt extended_glob
        print -l /data/**/*(.N) ; print -l /data/*(@)
        typeset -A sum; while read -r n k v; do (( sum[$k] += v )); done <lines
        for k in ${(ok)sum}; do print $k $sum[$k]; done
        float f=$(( 2.0 ** 0.5 )); printf "%.10f\n" $f
        print ${(U)NAME} ${(j:,:)${(f)"$(<deep/words)"}}
        zmodload zsh/datetime && print $(( EPOCHSECONDS > 1000000000 ))
        print >/tmp/z text; [[ -s /tmp/z ]] && print size; exit 4'
}

@test "e2fsck checks and mends a file system in a file" {
    install_program /sbin/e2fsck.static e2fsck
    command -v mke2fs >/dev/null || PATH=$PATH:/sbin
    command -v mke2fs >/dev/null || skip "there is no mke2fs here"
    rm -f "$rootfs/data/image"
    mke2fs -q -t ext4 -d "$rootfs/etc" -U 12345678-1234-1234-1234-123456789abc \
        -E hash_seed=12345678-1234-1234-1234-123456789abc \
        "$rootfs/data/image" 4M
    alike /bin/e2fsck -fn image
    debugfs -w -R 'clri passwd' "$rootfs/data/image" 2>/dev/null
    alike /bin/e2fsck -fn image
    under vmm /bin/e2fsck -fy image
    grep -q 'FILE SYSTEM WAS MODIFIED' "$BATS_TEST_TMPDIR/vmm/out"
    rm "$rootfs/data/image"
}

@test "SQLite keeps a database in a file" {
    install_program "$programs/database" database
    for mode in DELETE TRUNCATE WAL MEMORY; do
        alike /bin/database /tmp/test.db $mode
        grep -q '^ok$' "$BATS_TEST_TMPDIR/vmm/out"
        grep -q ' digest [0-9a-f]\{64\}$' "$BATS_TEST_TMPDIR/vmm/out"
    done
}

@test "Lua runs a script" {
    install_program "$programs/script" script
    cp "$real/script.lua" "$rootfs/data/"
    alike /bin/script script.lua /tmp/lines
    [ "$(cat "$BATS_TEST_TMPDIR/vmm/status")" -eq 1 ]
    [ "$(cat "$BATS_TEST_TMPDIR/vmm/err")" = "the end" ]
    rm "$rootfs/data/script.lua"
}

@test "C++ exceptions, containers, files and threads work" {
    install_program "$programs/exceptions" exceptions
    under container /bin/exceptions /tmp/file
    under vmm /bin/exceptions /tmp/file
    diff "$BATS_TEST_TMPDIR/container/out" "$BATS_TEST_TMPDIR/vmm/out"
    # As the first process of a pid namespace it would survive SIGABRT.
    [ "$(cat "$BATS_TEST_TMPDIR/vmm/status")" -eq 134 ]
    grep -q 'what():  not caught' "$BATS_TEST_TMPDIR/vmm/err"
}

@test "a Rust program with threads and channels works" {
    install_program "$programs/collections" collections
    under container /bin/collections /tmp/file
    under vmm /bin/collections /tmp/file
    diff "$BATS_TEST_TMPDIR/container/out" "$BATS_TEST_TMPDIR/vmm/out"
    [ "$(cat "$BATS_TEST_TMPDIR/vmm/status")" -eq 7 ]
}

@test "a program that compiles code and runs it works" {
    install_program "$programs/compiler" compiler
    alike /bin/compiler
    [ "$(cat "$BATS_TEST_TMPDIR/vmm/out")" = 6765 ]
}
