#!/usr/bin/env python3
"""Runs a command in a terminal of 33 rows and 77 columns, types what it asks
for, and prints what it wrote and whether the terminal is as it was before.

in-terminal.py COMMAND...: when the command has written "type", "x" is typed.
"""
import fcntl, os, pty, struct, subprocess, sys, termios

master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
before = termios.tcgetattr(slave)


def take_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


process = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=slave,
                           stderr=slave, preexec_fn=take_terminal)
written = b""
typed = False
while b"end" not in written:
    written += os.read(master, 1000)
    if b"type" in written and not typed:
        os.write(master, b"x")
        typed = True
status = process.wait()
sys.stdout.write(written.decode().replace("\r", ""))
print("status", status)
print("as before" if termios.tcgetattr(slave) == before else "changed")
