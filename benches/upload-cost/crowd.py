"""Measures ordinary uploads beside slow or idle clients, and memory after a burst.

    python3 benches/upload-cost/crowd.py slow  [--clients N] [--rounds N] BOOTSTRAP...
    python3 benches/upload-cost/crowd.py idle  [--clients N] [--rounds N] BOOTSTRAP...
    python3 benches/upload-cost/crowd.py burst BOOTSTRAP...

`slow` and `idle` print the share of ordinary 100 KB uploads that fail, and their duration beside a crowd
as multiples of their duration alone in the same run. Slow clients send bodies at 4 kB or one byte a
second; idle ones open connections and send nothing. The defaults are 256 slow clients, twice
MAX_UPLOADS_IN_FLIGHT, and 1,024 idle ones, twice MAX_CONNECTIONS. A rejected or closed client reconnects
after a second. Programs alternate; the output is the median of the rounds with minimum and maximum.
`burst` prints the resident memory ten seconds after 120 uploads of 5.8 MB that the upstream held. Needs
Linux and nginx.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import resource
import socket
import statistics
import time

from load import body_of, upstream
from programs import running
from uploads import CREDENTIALS, UPLOAD_PATH, upload_at_once
from upstream import ANSWER, Upstream

ALONE_SECONDS = 5
CROWD_SECONDS = 20
PAUSE = 0.02


def request_head(content_type, length):
    headers = {"Host": "x", "Connection": "close", "Content-Type": content_type, **CREDENTIALS}
    headers["Content-Length"] = length
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {UPLOAD_PATH} HTTP/1.1\r\n{lines}\r\n".encode()


SLOW_HEAD = request_head("application/json", 4_000_000)


async def drip(writer, piece, pause):
    writer.write(SLOW_HEAD)
    with contextlib.suppress(OSError):
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)


async def silence(writer):
    await asyncio.Event().wait()


# Behaviours of the clients in a crowd.
CROWDS = {
    "slow": {
        "4 kB a second": lambda writer: drip(writer, b" " * 400, 0.1),
        "a byte a second": lambda writer: drip(writer, b" ", 1),
    },
    "idle": {"silent": silence},
}


async def client(port, act):
    """Acts until it is answered or closed, then reconnects."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            acting = asyncio.ensure_future(act(writer))
            try:
                await reader.read()
            finally:
                acting.cancel()
                writer.close()
        await asyncio.sleep(1)


async def act_together(clients, port, act):
    await asyncio.gather(*(client(port, act) for _ in range(clients)), return_exceptions=True)


@contextlib.contextmanager
def crowd(clients, port, act):
    """Runs the clients in a separate process, with time to connect."""
    process = multiprocessing.get_context("fork").Process(
        target=lambda: asyncio.run(act_together(clients, port, act))
    )
    process.start()
    try:
        time.sleep(2)
        yield
    finally:
        process.kill()
        process.join()


def upload(port, message):
    """Over a connection of its own: its seconds, and whether it is stored."""
    begun = time.perf_counter()
    answer = b""
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
    ):
        connection.sendall(message)
        while ANSWER not in answer and (received := connection.recv(65536)):
            answer += received
    return time.perf_counter() - begun, ANSWER in answer


def ordinary_uploads(port, seconds):
    body = body_of(100_000)
    message = request_head("application/json", len(body)) + body
    results, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        results.append(upload(port, message))
        time.sleep(PAUSE)
    return results


def beside(what, name, clients, program):
    act = CROWDS[what][name]
    with upstream() as where, running(program, where) as (process, port):
        alone = sorted(took for took, _ in ordinary_uploads(port, ALONE_SECONDS))
        with crowd(clients, port, act):
            results = ordinary_uploads(port, CROWD_SECONDS)
        peak = process.peak_bytes() / 1e6
    times = sorted(took for took, _ in results)
    lost = sum(not is_stored for _, is_stored in results)
    return {
        "% lost": 100 * lost / len(results),
        "x median": statistics.median(times) / statistics.median(alone),
        "x p99": times[len(times) * 99 // 100] / alone[len(alone) * 99 // 100],
        "x last": times[-1] / alone[-1],
        "MB peak": peak,
    }


def compare(what, name, clients, programs, rounds):
    results = {program: [] for program in programs}
    for _ in range(rounds):
        for program in programs:
            results[program].append(beside(what, name, clients, program))
    for program, measured in results.items():
        print(f"{clients:5} {name:<17} {program}")
        for figure in measured[0]:
            values = [result[figure] for result in measured]
            print(f"      {figure:<10}median {statistics.median(values):7.2f}   "
                  f"from {min(values):7.2f} to {max(values):7.2f}", flush=True)


def burst(program):
    for format in ("json", "raw", "form", "urlsafe"):
        with Upstream(together=120) as where, running(program, where) as (process, port):
            upload_at_once(port, format, 5_800_000, 120, 1)
            peak = process.peak_bytes()
            time.sleep(10)
            print(f"{format:<8} peak {peak / 1e6:6.0f} MB   resident afterwards "
                  f"{process.resident_bytes() / 1e6:6.1f} MB   {program}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=[*CROWDS, "burst"])
    parser.add_argument("programs", metavar="BOOTSTRAP", nargs="+")
    parser.add_argument("--clients", type=int)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    # For this program, and for the gateway, which it starts.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if arguments.what in CROWDS:
        clients = arguments.clients or {"slow": 256, "idle": 1024}[arguments.what]
        for name in CROWDS[arguments.what]:
            compare(arguments.what, name, clients, arguments.programs, arguments.rounds)
    else:
        for program in arguments.programs:
            burst(program)


if __name__ == "__main__":
    main()
