"""Compares this gateway on AWS Lambda with handlers in Node.js and Python.

    PYTHON benches/lambda-handlers [--rounds N] BOOTSTRAP

Each handler runs behind the same stand-in for Lambda's Runtime API and forwards uploads to the same
stand-in for the contact centre. Handlers alternate; the table has the medians of the rounds, where a round's
cold start is the fastest of five. PYTHON is an interpreter with python/requirements.txt; Node.js 20 or newer
needs `npm ci` in the folder node. Needs Linux.
"""

import argparse
import base64
import contextlib
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

from stand_in import StandIn

HERE = pathlib.Path(__file__).resolve().parent
EVENT = HERE.parent.parent / "functions/upload-file-stream/events/http-api-v2.json"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
# The file's size in bytes and the number of invocations: enough for the kernel's clock of 10 ms.
LOADS = {"CPU of 1 MB, ms": (1_000_000, 200), "CPU of 4.2 MB, ms": (4_200_000, 60)}
COLD_STARTS = 5


def jpg(length):
    head = bytes.fromhex("ffd8ffe000104a46494600010100000100010000" "ffc0000b080010001001011100" "ffda0008010100003f00")
    noise = random.Random(length).randbytes(length - len(head) - 2)
    return head + noise.replace(b"\xff", b"\xfe") + b"\xff\xd9"


def event_with(file):
    """The committed HTTP API event with another file."""
    event = json.loads(EVENT.read_text())
    upload = {"fileType": "jpg", "fileStream": base64.b64encode(file).decode(), "channel": "WEB"}
    return json.dumps(event | {"body": json.dumps(upload)}).encode()


@contextlib.contextmanager
def started(command, stand_in):
    address = f"127.0.0.1:{stand_in.server_port}"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(HERE / "python"),
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_LAMBDA_FUNCTION_NAME": "upload",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/upload",
        "AWS_LAMBDA_LOG_STREAM_NAME": "1",
        "AWS_REGION": "eu-central-1",
        "UPSTREAM_BASE_URL": f"http://{address}",
    }
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def cold_start(command, event):
    """Milliseconds from the start of the process to its first response."""
    with StandIn() as stand_in:
        begun = time.perf_counter()
        with started(command, stand_in):
            return (stand_in.invoke(event) - begun) * 1000


def cpu_seconds(pid):
    """User and system time, fields 14 and 15 of /proc/PID/stat."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def peak_megabytes(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def measure(command, small, events):
    results = {}
    with StandIn() as stand_in, started(command, stand_in) as pid:
        for name, (event, invocations) in events.items():
            stand_in.invoke(event)
            before = cpu_seconds(pid)
            for _ in range(invocations):
                stand_in.invoke(event)
            results[name] = (cpu_seconds(pid) - before) * 1000 / invocations
        results["peak memory, MB"] = peak_megabytes(pid)
    # The fastest: it is wall-clock time, which other work on the machine only prolongs.
    results["cold start, ms"] = min(cold_start(command, small) for _ in range(COLD_STARTS))
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bootstrap", metavar="BOOTSTRAP", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    handlers = {
        "gateway": [str(arguments.bootstrap.resolve())],
        "Node.js": ["node", str(HERE / "node/runtime.mjs")],
        "Python": [sys.executable, "-m", "awslambdaric", "handler.handler"],
    }
    small = event_with(jpg(10_000))
    events = {name: (event_with(jpg(length)), count) for name, (length, count) in LOADS.items()}
    rounds = {name: [] for name in handlers}
    for _ in range(arguments.rounds):
        for name, command in handlers.items():
            rounds[name].append(measure(command, small, events))

    medians = {
        name: {figure: statistics.median(result[figure] for result in results) for figure in results[0]}
        for name, results in rounds.items()
    }
    print("| | " + " | ".join(f"{name} | ratio" for name in handlers).replace(" | ratio", "", 1) + " |")
    print("|---" * (2 * len(handlers)) + "|")
    for figure, own in medians["gateway"].items():
        cells = [f"{own:.3g}"]
        for name in list(handlers)[1:]:
            cells += [f"{medians[name][figure]:.3g}", f"{medians[name][figure] / own:.1f}"]
        print(f"| {figure} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
