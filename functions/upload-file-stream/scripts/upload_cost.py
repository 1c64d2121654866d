"""Measures what uploads cost: processor time per upload, and the most memory with many at once.

    python3 upload_cost.py [--rounds N] BOOTSTRAP...

Each program runs as a plain server in front of an upstream on this machine that stores nothing. The
programs take turns, so that a slow moment of the machine meets all of them. Needs Linux and Python 3
only. The figures and what they mean: docs/allocator.md.
"""

import argparse
import base64
import contextlib
import http.client
import json
import os
import pathlib
import random
import socketserver
import statistics
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

UPLOAD_PATH = "/apiaccess/ccmessaging/uploadFileStream"
ANSWER = b'{"returnCode":"0","objectKey":"00000000-0000-4000-8000-000000000000"}'
# The bodies' sizes in bytes, and how many uploads of each are one measurement.
BODIES = {1_000_000: 400, 5_000_000: 96}
CONNECTIONS = 16
AT_ONCE = 64
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Upstream(socketserver.ThreadingTCPServer):
    """Takes every upload, and answers once `together` of them are there."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, together):
        super().__init__(("127.0.0.1", 0), Connection)
        self.barrier = threading.Barrier(together)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Connection(socketserver.StreamRequestHandler):
    """One connection of the gateway to the upstream."""

    def handle(self):
        buffer = bytearray(256 * 1024)
        while self.rfile.readline():
            remaining = 0
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    remaining = int(value)
            while remaining:
                remaining -= self.rfile.readinto(memoryview(buffer)[: min(remaining, len(buffer))])
            self.server.barrier.wait()
            self.wfile.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(ANSWER), ANSWER)
            )


@contextlib.contextmanager
def gateway(program, upstream):
    """A running program and the port that it listens on."""
    environment = {"UPSTREAM_BASE_URL": upstream.url, "LISTEN_ADDRESS": "127.0.0.1:0"}
    with subprocess.Popen(
        [program], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            address = json.loads(process.stdout.readline())["address"]
            # Its log is read to its end, or it would stand still once the pipe is full.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield process.pid, int(address.rpartition(":")[2])
        finally:
            process.kill()


def body(length):
    """A JSON body of about this length: a JPG of noise."""
    jpg = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + random.Random(length).randbytes(length * 3 // 4)
    stream = base64.b64encode(jpg).decode()
    return json.dumps({"fileType": "jpg", "channel": "WEB", "fileStream": stream}).encode()


def upload(port, content, times):
    """Uploads over one connection, one after another."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {
        "Content-Type": "application/json",
        "ccmessaging-token": "placeholder",
        "x-app-key": "placeholder",
        "Authorization": "Bearer placeholder",
    }
    for _ in range(times):
        connection.request("POST", UPLOAD_PATH, content, headers)
        answer = connection.getresponse().read()
        if answer != ANSWER:
            raise RuntimeError(answer)


def upload_at_once(port, content, connections, times):
    """Uploads over many connections, all at the same time."""
    with ThreadPoolExecutor(connections) as pool:
        uploads = [pool.submit(upload, port, content, times) for _ in range(connections)]
        for finished in uploads:
            finished.result()


def processor_seconds(pid):
    """User and system time, from /proc/PID/stat (fields 14 and 15)."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def peak_bytes(pid):
    """The most memory that was resident at any time (VmHWM, in KiB)."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmHWM")


def cost(program, length, uploads):
    """Milliseconds of processor time per upload."""
    with Upstream(together=1) as upstream, gateway(program, upstream) as (pid, port):
        content = body(length)
        upload_at_once(port, content, CONNECTIONS, 1)
        before = processor_seconds(pid)
        upload_at_once(port, content, CONNECTIONS, uploads // CONNECTIONS)
        return (processor_seconds(pid) - before) * 1000 / uploads


def peak(program, length):
    """Bytes resident with all uploads waiting for the upstream."""
    with Upstream(together=AT_ONCE) as upstream, gateway(program, upstream) as (pid, port):
        upload_at_once(port, body(length), AT_ONCE, 1)
        return peak_bytes(pid)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", metavar="BOOTSTRAP", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    programs = [str(pathlib.Path(program).resolve()) for program in arguments.programs]

    rows = [(f"{length // 1_000_000} MB, ms of CPU", cost, (length, uploads))
            for length, uploads in BODIES.items()]
    for name, measure, parameters in rows:
        results = {program: [] for program in programs}
        for _ in range(arguments.rounds):
            for program in programs:
                results[program].append(measure(program, *parameters))
        for program, values in results.items():
            print(f"{name:<20}median {statistics.median(values):7.2f}   "
                  f"least {min(values):7.2f}   {program}", flush=True)
    for program in programs:
        megabytes = statistics.median(
            peak(program, 5_000_000) for _ in range(arguments.rounds)) / 1e6
        print(f"{AT_ONCE} x 5 MB, peak       median {megabytes:7.1f} MB              {program}",
              flush=True)


if __name__ == "__main__":
    main()
