"""How processor time, memory and waiting grow with connections and sizes, beside nginx.

    python3 upload_cost/growth.py BOOTSTRAP > TABLE

Prints a Markdown table and draws docs/growth.svg. The gateway and nginx, a proxy that validates nothing,
take turns; each upload is the documented JSON. The gateway's limits are raised, so that it refuses none
of 1,000 uploads at once. Every upload that is begun ends, which is why h2load sends them: wrk stops in
the middle of some, whose processor time would count. Programs stay to the end, when their idle memory is
read. Needs Linux, Python 3, nginx, h2load (Debian's nghttp2-client) and 16 GB of memory.
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
from programs import HERE, running
from uploads import CREDENTIALS, UPLOAD_PATH

RAISED = "MAX_UPLOADS_IN_FLIGHT=1024 MAX_CONNECTIONS=1100 RECEIVE_TIMEOUT_MS=120000 UPSTREAM_TIMEOUT_MS=120000 "
CONNECTIONS = [1, 16, 64, 256, 1000]
# The bodies' names and sizes in bytes, how many uploads are one measurement, how many each connection
# sends at least (so that all are there at once for most of the time), and the colour.
SIZES = [
    ("10 KB", 10_000, 8000, 40, "#3b82f6"),
    ("100 KB", 100_000, 4000, 20, "#0d9668"),
    ("1 MB", 1_000_000, 600, 4, "#c2760c"),
    ("6 MB", 6_000_000, 128, 2, "#d9468f"),
]
PANELS = {
    "cpu": "processor time of an upload, ms",
    "peak": "most memory, MB per connection",
    "p50": "upload, median in ms",
    "p99": "upload, 99th percentile in ms",
}


def measure(folder, process, port, length, connections, uploads):
    """Milliseconds of processor time and megabytes, and how long uploads took in milliseconds."""
    body, log = pathlib.Path(folder, "body"), pathlib.Path(folder, "log")
    body.write_bytes(body_of(length))
    log.unlink(missing_ok=True)
    command = ["h2load", "--h1", f"-n{uploads}", f"-c{connections}", f"-d{body}", f"--log-file={log}"]
    # 2,000 connections a second: more in one instant than a listener's queue holds would measure that.
    command += [f"-r{min(20, connections)}", "--rate-period=10ms"]
    command += [f"http://127.0.0.1:{port}{UPLOAD_PATH}", "--header=Content-Type: application/json"]
    command += [f"--header={name}: {value}" for name, value in CREDENTIALS.items()]
    before = process.processor_seconds()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    used = process.processor_seconds() - before
    # When it began, the status, and how many microseconds it took.
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
        for name, length, uploads, each, _ in SIZES:
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
    """With two digits that count, or all before the point."""
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


def panel(results, programs, what, title, left, top, width=330, height=210):
    """One diagram with logarithmic axes, a line for each size and program."""
    values = [result[what] for result in results.values()]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    x = {connections: round(left + width * math.log10(connections) / 3, 1) for connections in CONNECTIONS}

    def y(value):
        return round(top + height * (high - math.log10(value)) / (high - low), 1)

    yield f'<text x="{left}" y="{top - 10}" font-weight="bold">{title}</text>'
    for power in range(low, high + 1):
        yield f'<path d="M{left} {y(10**power)}h{width}" stroke="#777" stroke-opacity=".35"/>'
        yield f'<text x="{left - 6}" y="{y(10**power) + 4}" text-anchor="end">{10**power:,g}</text>'
    for connections in CONNECTIONS:
        yield f'<text x="{x[connections]}" y="{top + height + 16}" text-anchor="middle">{connections:,}</text>'
    for name, *_, colour in SIZES:
        for program, dashes in zip(programs, ("none", "4 4"), strict=True):
            points = " ".join(f"{x[at]},{y(results[name, at, program][what])}" for at in CONNECTIONS)
            style = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
            yield f'<polyline points="{points}" {style}/>'


def picture(results, programs):
    """No background, and colours that are seen on white and on black."""
    yield '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 580"'
    yield 'font-family="sans-serif" font-size="12" fill="#777">'
    for number, (what, title) in enumerate(PANELS.items()):
        yield from panel(results, programs, what, title, 60 + number % 2 * 410, 30 + number // 2 * 265)
    for number, (name, *_, colour) in enumerate(SIZES):
        yield f'<path d="M{60 + number * 90} 558h20" stroke="{colour}" stroke-width="2"/>'
        yield f'<text x="{86 + number * 90}" y="562">{name}</text>'
    yield '<text x="430" y="562">over connections; dashed: nginx, which validates nothing</text>'
    yield "</svg>\n"


def main():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    programs = RAISED + sys.argv[1], "nginx"
    results = measure_all(programs)
    print_table(results, *programs)
    (HERE.parent.parent / "docs/growth.svg").write_text("\n".join(picture(results, programs)))


if __name__ == "__main__":
    main()
