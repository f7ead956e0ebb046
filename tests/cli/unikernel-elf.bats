#!/usr/bin/env bats
# Which programs a unikernel loads, what is said of those that it does not, and
# what happens when memory runs out. Each hostile file is a working program
# with one field of its headers changed.

setup() {
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    vmm=$build/bin/ringside-vmm
    programs=$build/tests/programs
    state=$BATS_TEST_TMPDIR/state
    { [ -r /dev/kvm ] && [ -w /dev/kvm ]; } || skip "/dev/kvm cannot be opened"
}

guest() {
    "$vmm" --root "$state" exec-static "$@"
}

# refused WORDS FIELD...: the file with these fields is, by one line.
refused() {
    "$programs/make-elf" "$BATS_TEST_TMPDIR/elf" "${@:2}"
    run guest --memory 64M "$BATS_TEST_TMPDIR/elf"
    echo "${*:2}: $output"
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == "ringside-vmm: "*"$1"* ]]
}

# runs FIELD...: the file with these fields does what it is for.
runs() {
    "$programs/make-elf" "$BATS_TEST_TMPDIR/elf" "$@"
    run guest --memory 64M "$BATS_TEST_TMPDIR/elf"
    echo "$*: $output"
    [ "$status" -eq 42 ]
}

@test "the program with nothing changed runs, natively too" {
    "$programs/make-elf" "$BATS_TEST_TMPDIR/elf"
    chmod +x "$BATS_TEST_TMPDIR/elf"
    run "$BATS_TEST_TMPDIR/elf"
    [ "$status" -eq 42 ]
    runs
}

@test "segments of odd kinds, rights and alignments are as they say" {
    runs s0.flags=7
    runs s1.align=0x200000
    runs s1.align=3
    runs s1.memsz=0x3000000
    runs s1.filesz=1 s1.offset=7 # the byte there is 0
}

@test "headers that lie about the file" {
    refused "program headers are outside the file" phoff=0x1000
    refused "program headers are outside the file" phoff=0xffffffffffffffff
    refused "no program headers" phnum=0
    refused "65535 program headers" phnum=65535
    refused "wrong size" phentsize=55
    refused "past its end" s0.filesz=0x1000 s0.memsz=0x1000
    refused "past its end" s1.offset=0xfffffffffffffff0 s1.filesz=0x20
    refused "not for x86-64" machine=183
    refused "not been linked" type=1
    refused "core dump" type=4
}

@test "an entry outside the code" {
    refused "entry point outside its code" entry=0
    refused "entry point outside its code" entry=0x600000
    refused "entry point outside its code" entry=0xffffffffffffffff
    refused "entry point outside its code" s0.flags=4
}

@test "memory sizes that are huge, or smaller than the file's part" {
    refused "larger in the file than in memory" s1.filesz=0x2000
    refused "give it more with --memory" s1.memsz=0x100000000
    refused "no room for a stack" s1.memsz=0x3c00000
    refused "outside user addresses" s1.memsz=0xffffffffffff
    refused "outside user addresses" s1.memsz=0xffffffffffffffff
    refused "outside user addresses" s1.vaddr=0xffffffffffff0000
}

@test "segments that overlap, or share a page" {
    refused "segments 0 and 1 share a page" s1.vaddr=0x400000
    refused "segments 0 and 1 share a page" s1.vaddr=0x400800
    refused "segments 0 and 1 share a page" s1.vaddr=0x3ff001
    refused "segments 0 and 1 share a page" s1.vaddr=0x300000 s1.memsz=0x200000
}

@test "segments over page 0" {
    refused "below the lowest address allowed" s1.vaddr=0
    refused "below the lowest address allowed" s1.vaddr=0xf000
    refused "below the lowest address allowed" s0.vaddr=0 entry=0xb0
}

@test "segments over the library OS, or up to where it is" {
    for address in 0x700000000000 0x6fffffffffff 0x700000010000 \
        0x700040000000 0x7fffffffe000; do
        refused "beyond what a unikernel can map" s1.vaddr=$address
    done
    refused "does not fit above its address" \
        s0.vaddr=0x6fffffe00000 s1.vaddr=0x6ffffff00000 entry=0x6fffffe000b0
}

@test "a program that wants an interpreter" {
    refused "dynamically linked; link it with -static" s1.type=3
}

@test "a static-PIE is placed and relocates itself" {
    run guest "$programs/echo-static-pie" one
    [ "$status" -eq 2 ]
    [[ $output == *"argv[1]=one"* ]]
}

@test "arguments that do not fit the stack are refused" {
    long=$(head -c 100000 /dev/zero | tr '\0' x)
    run guest --memory 8M "$programs/echo" "$long" "$long" "$long" "$long"
    [ "$status" -eq 1 ]
    [ "$output" = "ringside-vmm: process.args and process.env do not fit the stack" ]
}

# In little memory and in much: what runs out first differs.
@test "memory used up in the guest is ENOMEM, and the program goes on" {
    for memory in 8M 64M; do
        for what in pages heap large regrow; do
            run timeout 30 "$vmm" --root "$state" exec-static --memory $memory \
                "$programs/exhaust" $what
            echo "$memory $what: $status $output"
            [ "$output" = "refused, and went on" ]
        done
    done
}
