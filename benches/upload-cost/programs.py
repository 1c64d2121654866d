"""Starts the gateway or nginx and reads their CPU time and memory."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def running(program, upstream):
    """Starts `nginx`, or a gateway by its path (optionally preceded by settings), in front of an upstream.

    Yields the running program and the port that it listens on.
    """
    with tempfile.TemporaryDirectory() as folder:
        port = None
        *settings, program = program.split()
        if program == "nginx":
            port = free_port()
            command = ["nginx", "-p", folder, "-c", nginx_configuration(folder, port, upstream)]
        else:
            command = [str(pathlib.Path(program).resolve())]
        environment = {
            "PATH": os.environ["PATH"],
            "UPSTREAM_BASE_URL": upstream.url,
            "LISTEN_ADDRESS": "127.0.0.1:0",
            **dict(setting.split("=", 1) for setting in settings),
        }
        # A file, as nginx uses: with a pipe, each line would also wake its reader.
        log = pathlib.Path(folder, "log")
        with (
            log.open("w") as output,
            subprocess.Popen(command, env=environment, stdout=output) as process,
        ):
            try:
                if port is None:
                    address = json.loads(first_line(log, process))["address"]
                    port = int(address.rpartition(":")[2])
                else:
                    wait_for_listener(port)
                yield Running(process.pid), port
            finally:
                process.terminate()


class Running:
    """A running program and its child processes."""

    def __init__(self, pid):
        self.pid = pid

    def _pids(self):
        children = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [self.pid, *map(int, children.split())]

    def processor_seconds(self):
        """User and system time, from /proc/PID/stat (fields 14 and 15)."""
        ticks = 0
        for pid in self._pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS_PER_SECOND

    def peak_bytes(self):
        """Peak resident memory."""
        return self._status_bytes("VmHWM:")

    def resident_bytes(self):
        return self._status_bytes("VmRSS:")

    def _status_bytes(self, name):
        """A field of /proc/PID/status, which is in KiB."""
        return 1024 * sum(
            int(line.split()[1])
            for pid in self._pids()
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith(name)
        )


def nginx_configuration(folder, port, upstream):
    text = (HERE / "nginx.conf").read_text()
    address = upstream.url.removeprefix("http://")
    for name, value in {"FOLDER": folder, "PORT": str(port), "UPSTREAM": address}.items():
        text = text.replace(name, value)
    path = pathlib.Path(folder, "nginx.conf")
    path.write_text(text)
    return str(path)


def free_port():
    """nginx does not support port 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def first_line(path, process):
    while process.poll() is None:
        line, end, _ = path.read_text().partition("\n")
        if end:
            return line
    raise RuntimeError(f"ended with code {process.returncode}")


def wait_for_listener(port):
    while True:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
