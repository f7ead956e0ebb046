#!/usr/bin/env python3
"""Clients of a pool that do not keep to the protocol.

pool-client.py SOCKET WAY: prints the pool's answer, or "closed".
"""
import array
import socket
import struct
import sys

MAGIC = 0x6C6F6F70656E6F31


def descriptors(count):
    return [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
             array.array("i", [1] * count))] if count else []


WAYS = {
    "silent": None,
    "empty": (b"", 3),
    "short": (struct.pack("<I", 7), 3),
    "wrong-magic": (struct.pack("<Q", MAGIC + 1) + b"/x\0", 3),
    "no-end": (struct.pack("<Q", MAGIC) + b"/x", 3),
    "no-streams": (struct.pack("<Q", MAGIC) + b"/x\0", 0),
    "two-streams": (struct.pack("<Q", MAGIC) + b"/x\0", 2),
    "nine-streams": (struct.pack("<Q", MAGIC) + b"/x\0", 9),
    "long": (struct.pack("<Q", MAGIC) + b"/" * 20000 + b"\0", 3),
    "no-bundle": (struct.pack("<Q", MAGIC) + b"/nowhere\0", 3),
}

client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
client.settimeout(20)
client.connect(sys.argv[1])
if WAYS[sys.argv[2]] is not None:
    data, count = WAYS[sys.argv[2]]
    client.sendmsg([data], descriptors(count))
try:
    answer = client.recv(8192)
except ConnectionResetError:
    answer = b""
if answer:
    failed, status = struct.unpack_from("<ii", answer, 8)
    print("failed", failed, "status", status,
          answer[24:].split(b"\0")[0].decode())
else:
    print("closed")
