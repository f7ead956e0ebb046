#!/usr/bin/env bats
# What SECURITY.md promises of each program's file, as its headers and symbols
# tell it. The workload programs are not here: they are what is measured, and
# must be the same bytes at the same addresses everywhere.

setup() {
    bats_require_minimum_version 1.5.0
    build=${RINGSIDE_BUILD:-$BATS_TEST_DIRNAME/../../build}
    [[ $build != *sanitize* ]] || skip "sanitizers bring a layout of their own"
    programs=("$build"/bin/*)
    [ ${#programs[@]} -ge 6 ]
}

# all_have OPTIONS PATTERN PROGRAM...: readelf with them prints such a line.
all_have() {
    local options=$1 pattern=$2 program
    shift 2
    for program; do
        readelf -W $options "$program" | grep -qE -- "$pattern" || {
            echo "$program: readelf $options has no $pattern"
            return 1
        }
    done
}

none_has() {
    local options=$1 pattern=$2 program
    shift 2
    for program; do
        ! readelf -W $options "$program" | grep -E -- "$pattern" || {
            echo "$program: readelf $options has $pattern"
            return 1
        }
    done
}

@test "every program can be loaded at any address" {
    all_have -h '^ +Type: +DYN' "${programs[@]}"
    all_have -d 'FLAGS_1.* PIE' "${programs[@]}"
    # Nor must code be written to for that.
    none_has -d 'TEXTREL' "${programs[@]}"
}

@test "no memory of a program is writable and executable" {
    all_have -l 'GNU_STACK .* RW +0x' "${programs[@]}"
    none_has -l '^ +[A-Z_]+ .* RWE ' "${programs[@]}"
}

@test "code has pages of its own" {
    none_has -l 'LOAD +0x000000 .* R E ' "${programs[@]}"
}

@test "what the linker fills in is read-only from then on" {
    all_have -l 'GNU_RELRO' "${programs[@]}"
    all_have -d 'BIND_NOW' "${programs[@]}"
}

# The address of what a start of PROGRAM makes read-only.
protected_address() { # PROGRAM
    strace -e trace=mprotect "$1" /nowhere 2>&1 |
        sed -n 's/^mprotect(\(0x[0-9a-f]*\), .*PROT_READ) = 0$/\1/p' | tail -n 1
}

# musl does not do it in static programs: vmm/light/read_only.c.
@test "static programs protect it, and each start at another address" {
    command -v strace >/dev/null || skip "strace is not installed"
    [ "$(cat /proc/sys/kernel/randomize_va_space)" -gt 0 ] ||
        skip "this host gives every start the same addresses"
    for program in "$build"/bin/ringside-{container,vmm,pool,restore}; do
        one=$(protected_address "$program")
        another=$(protected_address "$program")
        [[ -n $one && -n $another && $one != "$another" ]] || {
            echo "$program: '$one', then '$another'"
            return 1
        }
    done
}

@test "functions with arrays look after the stack" {
    all_have -s '__stack_chk_fail' "${programs[@]}"
}

@test "copies into known sizes are checked by the C library" {
    all_have -s '__[a-z]+_chk(@|$)' "$build"/bin/ringside{,-container,-vmm,-image}
}

@test "indirect branches have marked targets in all that is compiled here" {
    mapfile -t objects < <(find "$build/obj/vmm" "$build/obj/container" \
        "$build/obj/image" "$build/light-obj/vmm" -name '*.o' ! -name image.o)
    [ ${#objects[@]} -gt 50 ]
    all_have -n 'IBT, SHSTK' "${objects[@]}"
}
