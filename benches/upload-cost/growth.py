"""Measures how CPU time, memory and latency grow with connections and body sizes, beside nginx.

    python3 benches/upload-cost/growth.py BOOTSTRAP

Prints a Markdown table. The gateway and nginx, a proxy without validation, alternate; each upload is the
documented JSON. The gateway's limits are raised so that it accepts 1,000 uploads at once. h2load sends
them because it completes every upload it starts; wrk aborts some, whose CPU time would count. The programs
run until the end, when their idle memory is read. Needs Linux, Python 3, nginx, h2load (Debian's
nghttp2-client) and 16 GB of memory.
"""

import contextlib
import math
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

from load import body_of, upstream
from programs import running
from uploads import CREDENTIALS, UPLOAD_PATH

RAISED = "MAX_UPLOADS_IN_FLIGHT=1024 MAX_CONNECTIONS=1100 RECEIVE_TIMEOUT_MS=120000 UPSTREAM_TIMEOUT_MS=120000 "
CONNECTIONS = [1, 16, 64, 256, 1000]
# The bodies' names and sizes in bytes, the uploads of one measurement, and the minimum that each connection
# sends, so that all of them are active at once for most of the time.
SIZES = [
    ("10 KB", 10_000, 8000, 40),
    ("100 KB", 100_000, 4000, 20),
    ("1 MB", 1_000_000, 600, 4),
    ("6 MB", 6_000_000, 128, 2),
]


def measure(folder, process, port, length, connections, uploads):
    """CPU time in ms, peak memory in MB per connection, and latencies in ms."""
    body, log = pathlib.Path(folder, "body"), pathlib.Path(folder, "log")
    body.write_bytes(body_of(length))
    log.unlink(missing_ok=True)
    command = ["h2load", "--h1", f"-n{uploads}", f"-c{connections}", f"-d{body}", f"--log-file={log}"]
    # 2,000 connections a second; more at once would measure the listen queue instead.
    command += [f"-r{min(20, connections)}", "--rate-period=10ms"]
    command += [f"http://127.0.0.1:{port}{UPLOAD_PATH}", "--header=Content-Type: application/json"]
    command += [f"--header={name}: {value}" for name, value in CREDENTIALS.items()]
    before = process.processor_seconds()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    used = process.processor_seconds() - before
    # Start time, status, and duration in microseconds.
    lines = map(str.split, log.read_text().splitlines())
    stored = sorted(int(took) / 1000 for _, status, took in lines if status == "200")
    if len(stored) < uploads:
        print(f"{len(stored)} of {uploads} are stored, {length} x {connections}", file=sys.stderr)
    return {
        "cpu": used * 1000 / uploads,
        "peak": process.peak_bytes() / 1e6 / connections,
        "p50": stored[len(stored) // 2],
        "p99": stored[len(stored) * 99 // 100],
    }


def measure_all(programs):
    """Results by the size's name, connections and program."""
    results, processes = {}, {}
    with contextlib.ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        for name, length, uploads, each in SIZES:
            for connections in CONNECTIONS:
                for program in programs:
                    cell, count = (name, connections, program), max(uploads, each * connections)
                    with upstream() as where:
                        processes[cell], port = stack.enter_context(running(program, where))
                        results[cell] = measure(folder, processes[cell], port, length, connections, count)
        time.sleep(15)  # Longer than freed memory is kept.
        for cell, process in processes.items():
            results[cell]["idle"] = process.resident_bytes() / 1e6
    return results


def short(value):
    """Two significant digits, or all digits before the decimal point."""
    return f"{value:,.{max(0, 1 - math.floor(math.log10(value)))}f}"


def print_table(results, gateway, nginx):
    print("| body | connections | CPU, ms | nginx | ratio | p50, ms | nginx | p99, ms | nginx "
          "| most memory, MB per connection | nginx | ratio | idle afterwards, MB | nginx |")
    print("|---" * 14 + "|")
    for name, connections in dict.fromkeys(cell[:2] for cell in results):
        row = [name, f"{connections:,}"]
        for what in ("cpu", "p50", "p99", "peak", "idle"):
            own, other = (results[name, connections, program][what] for program in (gateway, nginx))
            row += [short(own), short(other)]
            row += [f"{own / other:.2f}"] if what in ("cpu", "peak") else []
        print(f"| {' | '.join(row)} |")


def main():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    programs = RAISED + sys.argv[1], "nginx"
    results = measure_all(programs)
    print_table(results, *programs)


if __name__ == "__main__":
    main()
