"""Measures CPU time per upload and peak memory with many uploads in flight.

    python3 benches/upload-cost [--rounds N] [--format FORMAT] BOOTSTRAP... [nginx]

Each program runs as a plain server in front of a local upstream that stores nothing. The programs
alternate, so that a slow moment of the machine affects all of them; ratios are relative to the first.
Needs Linux and Python 3. `nginx` is a proxy without validation, from the PATH. Pass a gateway with
settings as one argument: "LOG_SHA256=true BOOTSTRAP".
"""

import argparse
import statistics

from programs import running
from uploads import FORMATS, upload_at_once
from upstream import Upstream

# The bodies' sizes in bytes, the connections, and how many uploads are one measurement: enough for
# the kernel's clock, which ticks a hundred times a second.
LOADS = [
    (10_000, 16, 8000),
    (1_000_000, 16, 400),
    (5_000_000, 16, 96),
    (10_000, 1, 4000),
    (1_000_000, 1, 400),
    (5_000_000, 1, 96),
]
AT_ONCE = 64


def cost(program, format, length, connections, uploads):
    """Milliseconds of processor time per upload."""
    with Upstream(together=1) as upstream, running(program, upstream) as (process, port):
        upload_at_once(port, format, length, connections, 1)
        before = process.processor_seconds()
        upload_at_once(port, format, length, connections, uploads // connections)
        return (process.processor_seconds() - before) * 1000 / uploads


def peak(program, format, length):
    """Megabytes resident with all uploads waiting for the upstream."""
    with Upstream(together=AT_ONCE) as upstream, running(program, upstream) as (process, port):
        upload_at_once(port, format, length, AT_ONCE, 1)
        return process.peak_bytes() / 1e6


def compare(name, programs, rounds, measure):
    results = {program: [] for program in programs}
    for _ in range(rounds):
        for program in programs:
            results[program].append(measure(program))
    first = statistics.median(results[programs[0]])
    for program, values in results.items():
        median = statistics.median(values)
        print(f"{name:<26}median {median:8.3f}   least {min(values):8.3f}   "
              f"ratio {first / median:6.3f}   {program}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", metavar="PROGRAM", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--format", choices=FORMATS, default="json", help="how the file is sent")
    arguments = parser.parse_args()

    for length, connections, uploads in LOADS:
        name = f"{length // 1000:,} KB x {connections}, ms of CPU"
        compare(name, arguments.programs, arguments.rounds,
                lambda program: cost(program, arguments.format, length, connections, uploads))
    compare(f"{AT_ONCE} x 5 MB at once, peak MB", arguments.programs, arguments.rounds,
            lambda program: peak(program, arguments.format, 5_000_000))


if __name__ == "__main__":
    main()
