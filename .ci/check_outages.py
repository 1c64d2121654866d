"""Checks that each outage leads to the right alert, log line and runbook entry, with the real program.

    python3 .ci/check_outages.py BOOTSTRAP RULES [LIBFAKETIME]

For each outage, uploads pass through the gateway before and during it. The changes of its metrics become series for
promtool: an hour of ordinary service, then the outage. Within five minutes, exactly the alerts of that outage must
fire. Needs promtool, openssl and PyYAML. Without LIBFAKETIME, the outage of the clock is skipped.
"""

import collections
import concurrent.futures
import contextlib
import dataclasses
import http.client
import http.server
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from typing import IO

import yaml

PAGE = pathlib.Path("docs/incidents.md")
EVENT = pathlib.Path("functions/upload-file-stream/events/http-api-v2.json")
UPLOADS = 6
# Samples every 30 seconds: an hour before the outage, and ten minutes of it.
BEFORE, DURING = 120, 20
START_SECONDS, STOP_SECONDS = 10, 35
STORED = (200, {"returnCode": "0", "objectKey": "00000000-0000-4000-8000-000000000000"})
TOKEN = (200, {"AccessToken": "token", "ApplyType": "Bearer", "CreateTime": "1545650171", "Expires": "600"})
TOKEN_PATH = "/apigovernance/api/oauth/tokenByAkSk"
OWN_CREDENTIALS = {"APP_KEY": "key", "APP_SECRET": "secret"}


class Services(http.server.ThreadingHTTPServer):
    """The contact centre and its token service. `response` maps a path to a status and JSON; no status closes the
    connection."""

    daemon_threads = True
    response: Callable[[str], tuple[int | None, object]]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.response = healthy

    def handle_error(self, *arguments: object) -> None:
        """Ignores clients that disconnect."""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = self.server.response(self.path)
        if status is None:
            return
        body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keeps the output short."""


def healthy(path: str) -> tuple[int | None, object]:
    return TOKEN if path == TOKEN_PATH else STORED


def uploads_answered(status: int | None, answer: object) -> Callable:
    return lambda path: TOKEN if path == TOKEN_PATH else (status, answer)


def tokens_answered(status: int | None, answer: object) -> Callable:
    return lambda path: (status, answer) if path == TOKEN_PATH else STORED


def slow(path: str) -> tuple[int | None, object]:
    time.sleep(1.5)
    return healthy(path)


@dataclasses.dataclass
class Outage:
    name: str
    # How the contact centre and the token service respond; None if they refuse connections.
    response: Callable | None
    alert: str
    failure: str
    # Fields of the uploads' log lines, and a part of their `reason`.
    log: dict[str, object]
    settings: dict[str, str] = dataclasses.field(default_factory=dict)
    # Whether the gateway has a scanner, which ends with the outage.
    scanner: bool = False
    # Whether the contact centre uses TLS. The gateway trusts the certificate only if its clock is wrong.
    tls: bool = False
    # Whether the gateway reads its app secret from a file, which disappears before it has a token.
    secret_file: bool = False
    # Whether the gateway's clock is ten years ahead.
    clock: bool = False
    # Where the gateway writes its log, if the log is the outage: "disk" or "pipe".
    log_to: str | None = None
    reason: str = ""
    severity: str = "page"

    @property
    def from_start(self) -> bool:
        """Whether the outage precedes the program's start. Otherwise the gateway would have a valid token."""
        return "APP_KEY" in self.settings or self.tls or self.log_to == "disk"


FAILED = {"level": "WARN", "outcome": "failed"}
FAILED_BY_UPSTREAM = {"level": "WARN", "outcome": "failed_by_upstream"}
REFUSED = {"level": "INFO", "outcome": "refused_by_upstream"}
CENTRE = "contact-centre"
OUTAGES = [
    Outage("the contact centre refuses connections", None, "ContactCentreFails", CENTRE,
           FAILED | {"reason_code": "upstream_unreachable"}),
    Outage("the contact centre disconnects", uploads_answered(None, ""), "ContactCentreFails", CENTRE,
           FAILED | {"reason_code": "upstream_failed"}),
    Outage("the contact centre is too slow", slow, "ContactCentreFails", CENTRE,
           FAILED | {"reason_code": "upstream_timeout"}, {"UPSTREAM_TIMEOUT_MS": "300"}),
    Outage("the contact centre responds with a page", uploads_answered(500, "<html>"), "ContactCentreFails", CENTRE,
           FAILED | {"reason_code": "upstream_invalid_answer", "upstream_status": 500}),
    Outage("the contact centre responds with 503", uploads_answered(503, {"returnCode": "13"}),
           "ContactCentreFails", CENTRE, FAILED_BY_UPSTREAM | {"upstream_status": 503, "return_code": "13"}),
    Outage("the contact centre responds with 429", uploads_answered(429, {"returnCode": "13"}),
           "ContactCentreFails", CENTRE, FAILED_BY_UPSTREAM | {"upstream_status": 429}),
    Outage("the contact centre responds with 500",
           uploads_answered(500, {"returnCode": "13", "returnDesc": "disk full"}), "ContactCentreFails", CENTRE,
           FAILED_BY_UPSTREAM | {"upstream_status": 500, "upstream_desc": "disk full"}),
    Outage("the contact centre responds with return code 13", uploads_answered(200, {"returnCode": "13"}),
           "ContactCentreFails", CENTRE, FAILED_BY_UPSTREAM | {"upstream_status": 200, "return_code": "13"}),
    Outage("the API gateway of the contact centre responds with 404", uploads_answered(404, {"returnCode": "404"}),
           "ContactCentreFails", CENTRE, FAILED_BY_UPSTREAM | {"upstream_status": 404}),
    Outage("the contact centre rejects all session tokens", uploads_answered(401, {"returnCode": "401"}),
           "CredentialsRejected", "credentials", FAILED_BY_UPSTREAM | {"upstream_status": 401}, OWN_CREDENTIALS),
    Outage("the contact centre rejects all files", uploads_answered(200, {"returnCode": "3"}),
           "ContactCentreRejects", "unknown", REFUSED | {"upstream_status": 200, "return_code": "3"}),
    Outage("the certificate of the contact centre is not valid", healthy, "TlsFails", CENTRE,
           FAILED | {"reason_code": "upstream_tls"}, tls=True),
    Outage("the certificate of the token service is not valid", healthy, "TlsFails", CENTRE,
           FAILED | {"reason_code": "token_tls"}, OWN_CREDENTIALS, tls=True),
    Outage("the token service rejects the app key", tokens_answered(403, {}), "NoAccessToken", "credentials",
           FAILED | {"reason_code": "app_key_refused"}, OWN_CREDENTIALS),
    Outage("the token service fails", tokens_answered(500, {}), "NoAccessToken", "credentials",
           FAILED | {"reason_code": "token_unavailable"}, OWN_CREDENTIALS),
    Outage("the file with the app secret disappears", tokens_answered(500, {}), "NoAccessToken", "credentials",
           FAILED | {"reason_code": "token_unavailable"}, {"APP_KEY": "key"}, secret_file=True,
           reason="APP_SECRET_FILE"),
    Outage("the clock is wrong", healthy, "TlsFails", CENTRE, FAILED | {"reason_code": "upstream_tls"}, tls=True,
           clock=True, reason="certificate expired"),
    Outage("the disk of the log is full", healthy, "LogLinesLost", "none", {}, log_to="disk", severity="ticket"),
    Outage("the collector of the log ends", healthy, "LogLinesLost", "none", {}, log_to="pipe", severity="ticket"),
    Outage("the malware scanner ends", healthy, "ScanUnavailable", "scanner",
           FAILED | {"reason_code": "scan_unavailable", "scan": "unavailable"}, scanner=True),
    Outage("the malware scanner ends, but files may pass", healthy, "ScanUnavailable", "scanner",
           {"outcome": "stored", "scan": "unavailable"}, {"SCAN_FAILURE": "allow"}, scanner=True),
    Outage("more uploads arrive than fit", slow, "Overloaded", "capacity",
           {"outcome": "refused", "reason_code": "overloaded"}, {"MAX_UPLOADS_IN_FLIGHT": "1"}),
]


def main(bootstrap: str, rules: pathlib.Path, faketime: str | None) -> None:
    tests = []
    outages = [outage for outage in OUTAGES if faketime or not outage.clock]
    for outage in outages:
        check_runbook(outage, rules)
        before, between, after = measure(bootstrap, outage, faketime)
        tests.append(promtool_test(outage, before, between, after))
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "outages.yml"
        groups = {"rule_files": [str(rules.resolve())], "evaluation_interval": "30s", "tests": tests}
        # JSON is also YAML.
        file.write_text(json.dumps(groups))
        subprocess.run(["promtool", "test", "rules", str(file)], check=True)
    print(f"{len(outages)} outages lead to their alerts, log lines and runbook entries")


def check_runbook(outage: Outage, rules: pathlib.Path) -> None:
    """The alert's section must exist, and an operator who starts with the log must be led to the same one."""
    groups = yaml.safe_load(rules.read_text())["groups"]
    name = f"UploadFileStream{outage.alert}"
    (alert,) = [rule for group in groups for rule in group["rules"] if rule.get("alert") == name]
    page, anchor = PAGE.read_text(), alert["annotations"]["runbook_url"].partition("#")[2]
    headings = re.findall(r"^## (.*)$", page, re.M)
    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}, f"{outage.name}: no section {anchor}"
    if code := outage.log.get("reason_code"):
        (row,) = re.findall(rf"^\|.*`{code}`.*\|$", page, re.M)
        assert f"(#{anchor})" in row, f"{outage.name}: {code} leads to another section than the alert"


def measure(bootstrap: str, outage: Outage, faketime: str | None) -> list[dict[str, float]]:
    """Returns the metrics before any upload, after ordinary ones, and after those during the outage."""
    services = Services()
    port, metrics_port = free_port(), free_port()
    settings = {
        "PATH": os.environ["PATH"],
        "UPSTREAM_BASE_URL": f"{'https' if outage.tls else 'http'}://127.0.0.1:{services.server_port}",
        "LISTEN_ADDRESS": f"127.0.0.1:{port}",
        "METRICS_ADDRESS": f"127.0.0.1:{metrics_port}",
    }
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        secret_file = folder / "app-secret"
        if outage.tls:
            use_tls(services, folder)
        if outage.clock:
            settings |= {"LD_PRELOAD": faketime, "FAKETIME": "+3650d", "DONT_FAKE_MONOTONIC": "1"}
            settings["UPSTREAM_CA_FILE"] = str(folder / "chain.pem")
        if outage.secret_file:
            secret_file.write_text("secret")
            settings["APP_SECRET_FILE"] = str(secret_file)
        threading.Thread(target=services.serve_forever, daemon=True).start()
        stack.callback(services.server_close)
        stack.callback(services.shutdown)
        scanner = stack.enter_context(clamd()) if outage.scanner else None
        if scanner:
            settings["SCAN_CLAMD"] = f"tcp://127.0.0.1:{scanner.getsockname()[1]}"
        if outage.from_start:
            services.response = outage.response
        log = stack.enter_context((folder / "log").open("w+"))
        stdout, collector = open_stdout(outage, stack, log)
        process = subprocess.Popen([bootstrap], env=settings | outage.settings, stdout=stdout, stderr=log)
        stack.callback(process.wait)
        stack.callback(process.kill)
        wait_until_open(port, process)
        scrapes = [scrape(metrics_port)]
        if outage.from_start:
            # Another scrape could already contain the failed token request of the start.
            scrapes.append(scrapes[0])
        else:
            upload(port, workers=1)
            scrapes.append(scrape(metrics_port))
        if outage.response:
            services.response = outage.response
        else:
            services.shutdown()
            services.server_close()
        if outage.secret_file:
            secret_file.unlink()
            # The gateway pauses after the failed request of its start.
            deadline = time.monotonic() + START_SECONDS
            while outage.reason not in (folder / "log").read_text() and time.monotonic() < deadline:
                upload(port, workers=1)
        if collector:
            collector.close()
        if scanner:
            # Also wakes the thread that accepts connections.
            scanner.shutdown(socket.SHUT_RDWR)
            scanner.close()
        upload(port, workers=UPLOADS)
        scrapes.append(scrape(metrics_port))
        # The program may write log lines later than responses, but all of them before it ends.
        process.terminate()
        process.wait(STOP_SECONDS)
        log.seek(0)
        if not outage.log_to:
            check_log(outage, log.read())
    return scrapes


def open_stdout(outage: Outage, stack: contextlib.ExitStack, log: IO) -> tuple[IO, IO | None]:
    """Returns the program's standard output, and its reader if that ends."""
    if outage.log_to == "disk":
        return stack.enter_context(open("/dev/full", "w")), None
    if outage.log_to == "pipe":
        reader, writer = os.pipe()
        return stack.enter_context(open(writer, "w")), stack.enter_context(open(reader))
    return log, None


def check_log(outage: Outage, text: str) -> None:
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    uploads = [line for line in lines if line["message"] == "upload"]
    ordinary, during = uploads[:-UPLOADS], uploads[-UPLOADS:]
    assert outage.from_start or {line["outcome"] for line in ordinary} == {"stored"}, f"{outage.name}: {ordinary}"
    matching = [line for line in during if outage.log.items() <= line.items()]
    matching = [line for line in matching if outage.reason in line.get("reason", "")]
    # With overload, those that fit are stored.
    least = 3 if outage.alert == "Overloaded" else UPLOADS
    assert len(matching) >= least, f"{outage.name}: no log lines with {outage.log}: {during}"


def promtool_test(outage: Outage, before: dict, between: dict, after: dict) -> dict:
    series = [{"series": 'up{job="upload-file-stream", instance="a"}', "values": f"1x{BEFORE + DURING}"}]
    for name, last in after.items():
        # Every series exists from the start.
        start, middle = before[name], between[name]
        usual, change = middle - start, last - middle
        end = start + BEFORE * usual
        values = f"{start}+{usual}x{BEFORE} {end + change}+{change}x{DURING}"
        series.append({"series": with_instance(name), "values": values})
    paging = 'count by (alertname, failure) (ALERTS{alertstate="firing", severity="page"})'
    firing = 'count by (alertname, failure, severity) (ALERTS{alertstate="firing"})'
    labels = f'alertname="UploadFileStream{outage.alert}", failure="{outage.failure}", severity="{outage.severity}"'
    return {
        "name": outage.name,
        "interval": "30s",
        "input_series": series,
        "promql_expr_test": [
            {"expr": paging, "eval_time": "60m", "exp_samples": []},
            {"expr": firing, "eval_time": "65m", "exp_samples": [{"labels": f"{{{labels}}}", "value": 1}]},
        ],
    }


def with_instance(series: str) -> str:
    name, brace, labels = series.partition("{")
    return f'{name}{{instance="a", {labels}' if brace else f'{name}{{instance="a"}}'


def upload(port: int, workers: int) -> None:
    event = json.loads(EVENT.read_text())
    names = ("authorization", "ccmessaging-token", "x-app-key", "content-type")
    headers = {name: event["headers"][name] for name in names}

    def one(_: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", event["rawPath"], event["body"], headers)
        connection.getresponse().read()
        connection.close()

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, range(UPLOADS)))


def scrape(port: int) -> dict[str, float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    values = collections.defaultdict(float)
    for name, value in re.findall(r"^([a-z]\S*(?: \S+=.*})?) (\S+)$", text, re.M):
        # Labels that no alert uses would multiply the series.
        values[re.sub(r',format="[a-z]+",file_type="\w+"', "", name)] += float(value)
    return values


def use_tls(services: Services, folder: pathlib.Path) -> None:
    """Gives the services a self-signed certificate: the file chain.pem in the folder."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    extensions = ["-addext", "basicConstraints=critical,CA:FALSE", "-days", "1"]
    subprocess.run([*request, *name, *extensions, "-keyout", key, "-out", chain], check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    # The handshake takes place in the connection's thread, when it first reads.
    services.socket = context.wrap_socket(services.socket, server_side=True, do_handshake_on_connect=False)


@contextlib.contextmanager
def clamd() -> Iterator[socket.socket]:
    """A scanner that finds nothing."""
    listener = socket.create_server(("127.0.0.1", 0))

    def scan(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            # zINSTREAM, then chunks with their length in front, the last one empty.
            stream.read(len(b"zINSTREAM\0"))
            while length := int.from_bytes(stream.read(4)):
                stream.read(length)
            connection.sendall(b"stream: OK\0")

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=scan, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listener


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_until_open(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.01)
    sys.exit("the gateway does not start")


main(sys.argv[1], pathlib.Path(sys.argv[2]), *(sys.argv[3:] or [None]))
