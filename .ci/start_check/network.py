"""The loopback interface of a new network namespace, and the state of ports."""

import fcntl
import socket
import struct
import subprocess
import time

SIOCSIFFLAGS = 0x8914
IFF_UP = 1
START_SECONDS = 10


def raise_loopback() -> None:
    """A new namespace's loopback interface is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def is_closed(port: int) -> bool:
    """Whether the port refuses connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def wait_until_open(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"bootstrap ended with code {process.returncode} before it listened")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise SystemExit(f"bootstrap does not listen on 127.0.0.1:{port}")
