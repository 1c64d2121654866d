"""Measures the CPU time per upload and the peak memory of the malware scan.

    python3 benches/upload-cost/scan.py [--rounds N] BOOTSTRAP

The gateway without a scan, the gateway with one, and clamd alone with the same files alternate. clamd has
one signature and no cache of clean files, so its own share is a minimum. Needs Linux, Python 3 and
Debian's clamav-daemon.
"""

import argparse
import contextlib
import os
import pathlib
import socket
import statistics
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

from programs import Running, running
from uploads import jpg, upload_at_once
from upstream import Upstream

# The bodies' sizes in bytes, the connections, and how many uploads are one measurement.
LOADS = [(10_000, 16, 3200), (1_000_000, 16, 320), (5_000_000, 16, 96)]
AT_ONCE = 64
CHUNK_BYTES = 64 * 1024


@contextlib.contextmanager
def running_clamd():
    """A clamd, and the path of its socket."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        path = pathlib.Path(folder)
        (path / "signatures").mkdir()
        (path / "signatures/own.ndb").write_text("Own.Mark:0:*:" + b"a mark of this test".hex() + "\n")
        user = "User nobody\n" if os.geteuid() == 0 else ""
        (path / "clamd.conf").write_text(
            f"Foreground yes\nDatabaseDirectory {folder}/signatures\nTemporaryDirectory {folder}\n"
            f"LocalSocket {folder}/clamd.sock\nDisableCache yes\n{user}"
        )
        environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"}
        command = ["clamd", "--config-file", f"{folder}/clamd.conf"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
            try:
                for line in process.stdout:
                    if line.startswith(b"Self checking"):
                        break
                yield Running(process.pid), f"{folder}/clamd.sock"
            finally:
                process.terminate()


def scan(path, file, times):
    """What a plain client of clamd does."""
    for _ in range(times):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(file), CHUNK_BYTES):
                chunk = file[start : start + CHUNK_BYTES]
                connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
            connection.sendall(bytes(4))
            if connection.recv(100) != b"stream: OK\0":
                raise RuntimeError("not clean")


def clamd_alone(length, connections, uploads):
    """Milliseconds of clamd's processor time per file."""
    file = jpg(length * 3 // 4)
    with running_clamd() as (clamd, path), ThreadPoolExecutor(connections) as pool:
        before = clamd.processor_seconds()
        scans = [pool.submit(scan, path, file, uploads // connections) for _ in range(connections)]
        for finished in scans:
            finished.result()
        return (clamd.processor_seconds() - before) * 1000 / uploads


def uploaded(program, length, connections, uploads, clamd=None):
    """Milliseconds of processor time per upload: the gateway's, and clamd's."""
    with (
        Upstream(together=1) as upstream,
        running(program, upstream) as (process, port),
    ):
        upload_at_once(port, "json", length, connections, 1)
        before = [one.processor_seconds() for one in (process, clamd) if one]
        upload_at_once(port, "json", length, connections, uploads // connections)
        after = [one.processor_seconds() for one in (process, clamd) if one]
        return [(end - begin) * 1000 / uploads for begin, end in zip(before, after, strict=True)]


def scanning(program, path):
    """The gateway with this scanner."""
    return f"SCAN_CLAMD=unix:{path} {program}"


def peak(program):
    """Megabytes resident with all uploads waiting for the upstream."""
    with (
        Upstream(together=AT_ONCE) as upstream,
        running(program, upstream) as (process, port),
    ):
        upload_at_once(port, "json", 5_000_000, AT_ONCE, 1)
        return process.peak_bytes() / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", metavar="BOOTSTRAP")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    for load in LOADS:
        rows = {"gateway, no scan": [], "gateway, scan": [], "clamd behind it": [], "clamd alone": []}
        for _ in range(arguments.rounds):
            rows["gateway, no scan"] += uploaded(arguments.program, *load)
            with running_clamd() as (clamd, path):
                scanned = uploaded(scanning(arguments.program, path), *load, clamd)
            rows["gateway, scan"].append(scanned[0])
            rows["clamd behind it"].append(scanned[1])
            rows["clamd alone"].append(clamd_alone(*load))
        print(f"{load[0] // 1000:,} KB x {load[1]}, ms of CPU")
        for name, values in rows.items():
            print(f"  {name:<18} median {statistics.median(values):8.3f}   least {min(values):8.3f}", flush=True)
    with running_clamd() as (_, path):
        off = [peak(arguments.program) for _ in range(arguments.rounds)]
        on = [peak(scanning(arguments.program, path)) for _ in range(arguments.rounds)]
    print(f"{AT_ONCE} x 5 MB at once, peak MB")
    print(f"  gateway, no scan   {statistics.median(off):.0f}")
    print(f"  gateway, scan      {statistics.median(on):.0f}")


if __name__ == "__main__":
    main()
