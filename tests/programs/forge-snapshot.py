#!/usr/bin/env python3
"""Changes 64-bit fields of a snapshot and gives it the checksum that it then
needs: forge-snapshot.py FILE OFFSET VALUE [OFFSET VALUE...]"""
import struct
import sys

HEADER, CHECKSUM, START = 8488, 24, 32  # see struct snapshot_header
EXTENT = 32

path = sys.argv[1]
data = bytearray(open(path, "rb").read())
for offset, value in zip(sys.argv[2::2], sys.argv[3::2]):
    struct.pack_into("<Q", data, int(offset, 0), int(value, 0))
extents, output = struct.unpack_from("<II", data, 72)
end = min(HEADER + extents * EXTENT + output, len(data))
body = bytes(data[START:end])
body += bytes(-len(body) % 8)
total = 0xCBF29CE484222325
for (word,) in struct.iter_unpack("<Q", body):
    total = ((total ^ word) * 0x100000001B3) & (1 << 64) - 1
    total ^= total >> 32
struct.pack_into("<Q", data, CHECKSUM, total)
open(path, "wb").write(data)
