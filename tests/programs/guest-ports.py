"""The VMM's side of a guest's virtio-console ports, for tests under QEMU.

    guest-ports.py DIRECTORY QEMU [ARGUMENT...]

Starts QEMU with the four ports of process_spec.h as sockets in DIRECTORY,
once the program is ready sends it 300,000 bytes, ends its input when they
came back, and sends it SIGTERM when it says so. Prints what happened, a line
each: what the control and error ports said, whether the bytes were the same,
QEMU's exit status.
"""
import hashlib
import os
import socket
import subprocess
import sys
import threading

NAMES = ("stdin", "stdout", "stderr", "control")
READY = b"ringside ready\n"
DATA = bytes(i * 7 % 251 for i in range(300000))


class Guest:
    def __init__(self, directory, command):
        listeners = {}
        command = command + ["-device", "virtio-serial-pci"]
        for name in NAMES:
            path = os.path.join(directory, name)
            listeners[name] = socket.socket(socket.AF_UNIX)
            listeners[name].bind(path)
            listeners[name].listen(1)
            command += [
                "-chardev", f"socket,id={name},path={path}",
                "-device",
                f"virtserialport,chardev={name},name=ringside.{name}",
            ]
        self.qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self.ports = {}
        for name, listener in listeners.items():
            listener.settimeout(20)
            self.ports[name] = listener.accept()[0]
            self.ports[name].settimeout(None)

    def send_input(self):
        self.ports["stdin"].sendall(DATA)

    def output(self):
        seen = b""
        while block := self.ports["stdout"].recv(65536):
            if seen[:len(READY)] != READY and (seen + block).startswith(READY):
                threading.Thread(target=self.send_input, daemon=True).start()
            seen += block
            if len(seen) == len(READY) + len(DATA):
                self.ports["control"].sendall(b"nonsense\nclosed stdin\n")
        self.seen = seen

    def errors(self):
        for line in self.ports["stderr"].makefile():
            print("stderr:", line, end="")
            self.ports["control"].sendall(b"signal 15\n")

    def control(self):
        for line in self.ports["control"].makefile():
            print("control:", line, end="")


def main():
    guest = Guest(sys.argv[1], sys.argv[2:])
    threads = [threading.Thread(target=role, daemon=True)
               for role in (guest.output, guest.errors, guest.control)]
    for thread in threads:
        thread.start()
    try:
        status = guest.qemu.wait(60)
    finally:
        guest.qemu.kill()
    for thread in threads:
        thread.join()
    print("stdout:", "same" if guest.seen == READY + DATA
          else f"{len(guest.seen)} bytes, "
               f"sha256 {hashlib.sha256(guest.seen).hexdigest()}")
    print("qemu:", status)


main()
