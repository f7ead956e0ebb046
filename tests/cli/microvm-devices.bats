#!/usr/bin/env bats
# Processors, disks and randomness of a microVM, used from inside.

load microvm-helpers

@test "two processors are both there" {
    need_linux_guests
    [ "$(guest --cpus 2 "$programs/devices" processors)" = 2 ]
}

@test "what is written to a disk, and flushed, is in the image" {
    need_linux_guests
    truncate -s 8M disk.img
    run guest --disk disk.img "$programs/devices" disk-write /dev/vda
    [ "$output" = "8388608 bytes" ]
    inside=$(guest --disk disk.img "$programs/devices" disk-read /dev/vda |
        sha256sum)
    [ "$inside" = "$(sha256sum <disk.img)" ]
    [ "$inside" != "$(head -c 8M /dev/zero | sha256sum)" ]
}

@test "a read-only disk stays as it was" {
    need_linux_guests
    head -c 1M /dev/urandom >disk.img
    before=$(sha256sum <disk.img)
    guest --disk disk.img,ro "$programs/devices" disk-is-read-only /dev/vda
    run guest --disk disk.img,ro "$programs/devices" disk-write /dev/vda
    [ "$status" -ne 0 ]
    [ "$(sha256sum <disk.img)" = "$before" ]
}

@test "a disk that is not there is named" {
    need_linux_guests
    run guest --disk missing.img "$programs/devices" processors
    [ "$status" -eq 1 ]
    [[ $output == *missing.img* ]]
}

@test "guests have different randomness" {
    need_linux_guests
    one=$(guest "$programs/devices" random /dev/hwrng)
    two=$(guest "$programs/devices" random /dev/hwrng)
    [ "${#one}" -eq 32 ]
    [ "$one" != "$two" ]
}
