"""Measures uploads at network speed, and small uploads beside large ones, against nginx.

    python3 benches/upload-cost/load.py paced  [--rounds N] PROGRAM...
    python3 benches/upload-cost/load.py beside [--rounds N] PROGRAM...

A PROGRAM is `nginx`, a proxy without validation, or the path of a gateway. `paced` prints the CPU time of a
1 MB upload while 32 clients send at 40 Mbit/s each. `beside` prints the latency of a 10 KB upload over one
connection while 16 others upload 5 MB continuously, the throughput of those, and the latency of a health
check over a new connection. Programs alternate; the output is the median of the rounds with minimum and
maximum. Needs Linux, nginx and, for `beside`, wrk.
"""

import argparse
import contextlib
import pathlib
import re
import socket
import statistics
import subprocess
import tempfile
import threading
import time
import types

from programs import free_port, running, wait_for_listener
from uploads import CREDENTIALS, UPLOAD_PATH, in_json, jpg
from upstream import ANSWER
import base64

# The upstream reads a whole body before it answers: one that answers earlier is not believed. So one
# nginx takes the body, and asks another, without it, for the answer.
UPSTREAM = """
worker_processes 1; daemon off; pid FOLDER/nginx.pid; error_log stderr crit;
events { worker_connections 8192; }
http {
    access_log off; client_max_body_size 8m; client_body_buffer_size 8m; keepalive_requests 1000000;
    client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy; fastcgi_temp_path FOLDER/fastcgi;
    uwsgi_temp_path FOLDER/uwsgi; scgi_temp_path FOLDER/scgi;
    server {
        listen 127.0.0.1:PORT backlog=4096;
        location / {
            proxy_pass http://127.0.0.1:OTHER; proxy_set_body x;
            proxy_http_version 1.1; proxy_set_header Connection "";
        }
    }
    server { listen 127.0.0.1:OTHER backlog=4096; default_type application/json; return 200 'ANSWER'; }
}
"""

# A sender's window on a network: ten packets of an Ethernet at a time.
BURST_BYTES = 14_480

REPORT = """
function done(summary, latency, requests)
    io.write(string.format("%.3f %.3f %d %d\\n", latency:percentile(50) / 1000,
        latency:percentile(99) / 1000, summary.requests,
        summary.errors.status + summary.errors.read + summary.errors.timeout))
end
"""


@contextlib.contextmanager
def upstream():
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        text = UPSTREAM.replace("ANSWER", ANSWER.decode())
        for name, value in {"FOLDER": folder, "PORT": port, "OTHER": free_port()}.items():
            text = text.replace(name, str(value))
        path = pathlib.Path(folder, "nginx.conf")
        path.write_text(text)
        with subprocess.Popen(["nginx", "-p", folder, "-c", str(path)]) as process:
            try:
                wait_for_listener(port)
                yield types.SimpleNamespace(url=f"http://127.0.0.1:{port}")
            finally:
                process.terminate()


def body_of(length):
    return in_json(jpg(length * 3 // 4), base64.b64encode)[1]


def paced(program, where, mbit=40, clients=32, times=12):
    """Milliseconds of processor time of an upload of 1 MB."""
    body = body_of(1_000_000)
    headers = {"Host": "x", "Content-Type": "application/json", **CREDENTIALS}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST {UPLOAD_PATH} HTTP/1.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode()
    pause = BURST_BYTES * 8 / (mbit * 1e6)

    def send(port):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            for _ in range(times):
                connection.sendall(head)
                due = time.perf_counter()
                for at in range(0, len(body), BURST_BYTES):
                    connection.sendall(body[at : at + BURST_BYTES])
                    due += pause
                    time.sleep(max(0, due - time.perf_counter()))
                answer = b""
                while ANSWER not in answer:
                    received = connection.recv(65536)
                    if not received:
                        raise RuntimeError(answer)
                    answer += received

    with running(program, where) as (process, port):
        before = process.processor_seconds()
        threads = [threading.Thread(target=send, args=(port,)) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        used = process.processor_seconds() - before
    return {"1 MB at 40 Mbit/s, ms of CPU": used * 1000 / (clients * times)}


def wrk(folder, port, length, connections, seconds):
    body = pathlib.Path(folder, f"{length}.json")
    body.write_bytes(body_of(length))
    headers = {"Content-Type": "application/json", **CREDENTIALS}
    script = pathlib.Path(folder, f"{length}.lua")
    lines = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in headers.items())
    script.write_text(
        f'wrk.method = "POST"\nwrk.path = "{UPLOAD_PATH}"\n{lines}'
        f'local file = io.open("{body}", "r")\nwrk.body = file:read("*a")\nfile:close()\n{REPORT}'
    )
    url = f"http://127.0.0.1:{port}"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", script, url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def measured(process):
    line = process.communicate()[0].splitlines()[-1]
    p50, p99, count, errors = re.fullmatch(r"([\d.]+) ([\d.]+) (\d+) (\d+)", line).groups()
    if int(errors):
        raise RuntimeError(f"{errors} errors")
    return float(p50), float(p99), int(count)


def health_checks(port, until):
    times = []
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    while time.monotonic() < until:
        begun = time.monotonic()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(request)
            while connection.recv(4096):
                pass
        times.append((time.monotonic() - begun) * 1000)
        time.sleep(0.02)
    return statistics.quantiles(times, n=100)[98]


def beside(program, where, seconds=5):
    with tempfile.TemporaryDirectory() as folder, running(program, where) as (_, port):
        large = wrk(folder, port, 5_000_000, 16, seconds + 1)
        time.sleep(0.7)
        small = wrk(folder, port, 10_000, 1, seconds - 1)
        check = health_checks(port, time.monotonic() + seconds - 1)
        p50, p99, _ = measured(small)
        _, _, count = measured(large)
    return {
        "10 KB beside, p50 in ms": p50,
        "10 KB beside, p99 in ms": p99,
        "5 MB uploads a second": count / (seconds + 1),
        "health check, p99 in ms": check,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["paced", "beside"])
    parser.add_argument("programs", metavar="PROGRAM", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    measure = {"paced": paced, "beside": beside}[arguments.what]
    results = {program: [] for program in arguments.programs}
    with upstream() as where:
        for _ in range(arguments.rounds):
            for program in arguments.programs:
                results[program].append(measure(program, where))
    first = results[arguments.programs[0]]
    for name in first[0]:
        base = statistics.median(result[name] for result in first)
        for program, values in results.items():
            values = [result[name] for result in values]
            median = statistics.median(values)
            print(f"{name:<30}median {median:9.3f}   from {min(values):9.3f} to {max(values):9.3f}   "
                  f"ratio {median / base:6.2f}   {program}", flush=True)


if __name__ == "__main__":
    main()
