"""The gateway behind a TLS server with the configuration files of deploy/, unchanged."""

import contextlib
import http.client
import http.server
import json
import os
import pathlib
import queue
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator

import client
import front_errors
import network
import upstream

GATEWAY_PORT, SECOND_PORT = 8000, 8001
HTTPS, HTTP = 443, 80
DEPLOY = pathlib.Path("deploy").resolve()
NGINX_LOG = "error.log"
# An address of this machine from which the servers reject /healthz.
ELSEWHERE = "127.0.0.2"
FORGED = {"X-CFF-Request-Id": "forged", "X-CFF-Timeout": "1"}
TOO_LARGE = 100 * 1024 * 1024
STOP_SECONDS = 30


def check(kind: str, bootstrap: pathlib.Path, event: pathlib.Path) -> None:
    sample = json.loads(event.read_text())
    with tempfile.TemporaryDirectory() as folder, upstream.running() as centre:
        settings = {
            "UPSTREAM_BASE_URL": centre.url,
            "ALLOWED_ORIGINS": front_errors.ORIGIN,
            "IDLE_TIMEOUT_MS": "1000",
            "LOG_LEVEL": "error",
        }

        def gateway(port: int) -> contextlib.AbstractContextManager[subprocess.Popen]:
            # As in the systemd unit.
            addresses = {"LISTEN_ADDRESS": f"127.0.0.1:{port}", "METRICS_ADDRESS": f"127.0.0.1:1{port}"}
            return running([str(bootstrap)], settings | addresses, port)

        with FRONTS[kind](pathlib.Path(folder)) as (name, authority):
            tls = ssl.create_default_context(cafile=str(authority))

            def caller(source: str) -> client.Client:
                """A client with an address of its own, because nginx limits requests per address."""
                headers = FORGED | {"Origin": front_errors.ORIGIN}
                return client.Client("127.0.0.1", HTTPS, sample, headers, tls, name, source)

            if kind == "nginx":
                front_errors.polls_at_once_are_limited(caller("127.0.0.13"), GATEWAY_PORT)
            with gateway(GATEWAY_PORT) as first:
                uploads(caller("127.0.0.1"), centre)
                body_is_not_buffered(caller("127.0.0.3"), centre)
                health_is_not_for_clients(caller("127.0.0.1"))
                plain_http_is_redirected(sample, name)
                front_errors.stalled_body(caller("127.0.0.4"))
                with gateway(SECOND_PORT):
                    restart_loses_nothing(caller("127.0.0.5"), centre, first)
            front_errors.gateway_is_down(caller("127.0.0.6"))
            if kind == "nginx":
                front_errors.customers_are_not_logged(caller("127.0.0.11"), pathlib.Path(folder) / NGINX_LOG)
                front_errors.requests_are_limited(caller("127.0.0.7"))
                front_errors.head_is_too_long(caller("127.0.0.8"))
        if kind == "nginx":
            with nginx(pathlib.Path(folder), front_errors.STRICTER) as (name, authority):
                response_is_not_copied_to_disk(caller("127.0.0.12"))
                with gateway(GATEWAY_PORT) as first:
                    front_errors.body_is_too_large(caller("127.0.0.9"))
                    front_errors.gateway_hangs(caller("127.0.0.10"), first)
    print(f"{kind}: uploads, errors and a restart pass; forged headers and health do not")


def uploads(caller: client.Client, centre: upstream.Upstream) -> None:
    headers = caller.upload_is_forwarded(centre)
    assert headers["x-request-id"] != FORGED["X-CFF-Request-Id"], headers
    caller.refusal_is_not_forwarded(centre)


def body_is_not_buffered(caller: client.Client, centre: upstream.Upstream) -> None:
    """The gateway rejects a body by its declared length, before the body arrives."""
    seen = len(centre.uploads)
    connection = caller.connect()
    headers = caller.headers | {"Host": caller.server_name, "Content-Length": str(TOO_LARGE)}
    connection.request("POST", caller.event["rawPath"], headers=headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    assert (response.status, answer["returnCode"]) == (413, "3"), (response.status, answer)
    assert len(centre.uploads) == seen


def response_is_not_copied_to_disk(caller: client.Client) -> None:
    """A server in the gateway's place cannot send more than the sockets' buffers while the client does not read."""
    is_blocked: queue.Queue[bool] = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 1

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                self.wfile.write(bytes(TOO_LARGE))
                is_blocked.put(False)
            except TimeoutError:
                is_blocked.put(True)

        def log_message(self, *arguments: object) -> None:
            """Prints nothing."""

    with http.server.HTTPServer(("127.0.0.1", GATEWAY_PORT), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        connection = caller.connect()
        connection.request("GET", caller.event["rawPath"], headers={"Host": caller.server_name})
        assert is_blocked.get(timeout=30), "nginx accepted a download that the client does not read"
        connection.close()


def health_is_not_for_clients(caller: client.Client) -> None:
    status, _, _ = caller.request("GET", None, "/healthz")
    assert status == 200, status
    for path in ("/healthz", "/readyz"):
        status, _, _ = caller.request("GET", None, path, ELSEWHERE)
        assert status in (403, 404), (path, status)


def plain_http_is_redirected(sample: dict, name: str) -> None:
    plain = client.Client("127.0.0.1", HTTP, sample, {}, server_name=name)
    status, headers, _ = plain.request("GET", None)
    assert status == 308, status
    assert headers["location"] == f"https://{name}{sample['rawPath']}", headers


def restart_loses_nothing(
    caller: client.Client, centre: upstream.Upstream, first: subprocess.Popen
) -> None:
    """While one gateway finishes an upload after SIGTERM, another one serves new requests."""
    body = caller.event["body"]
    half = len(body) // 2
    connection = caller.connect()
    headers = caller.headers | {"Host": caller.server_name, "Content-Length": str(len(body))}
    connection.request("POST", caller.event["rawPath"], body[:half], headers)
    wait_for(lambda: uploads_in_flight(GATEWAY_PORT) == 1)
    first.send_signal(signal.SIGTERM)
    wait_for(lambda: network.is_closed(GATEWAY_PORT))
    for _ in range(3):
        caller.upload_is_forwarded(centre)
    assert first.poll() is None, "the gateway ended before its upload"
    connection.send(body[half:].encode())
    response = connection.getresponse()
    assert response.status == 200, (response.status, response.read())
    connection.close()
    assert first.wait(STOP_SECONDS) == 0, first.returncode


def uploads_in_flight(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(f"1{port}"), timeout=30)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return int(re.search(r"^upload_file_stream_uploads_in_flight (\d+)$", text, re.M)[1])


@contextlib.contextmanager
def nginx(folder: pathlib.Path, changes: dict[str, str] = {}) -> Iterator[tuple[str, pathlib.Path]]:
    """nginx with its configuration folder replaced in this check's own mount namespace."""
    name = "uploads.example.com"
    etc = pathlib.Path("/etc/nginx")
    subprocess.run(["mount", "--bind", folder, etc], check=True)
    text = (DEPLOY / "nginx/nginx.conf").read_text()
    for old, new in changes.items():
        assert old in text, f"nginx.conf has no {old}"
        text = text.replace(old, new)
    (etc / "nginx.conf").write_text(text)
    tls = etc / "tls"
    if not tls.exists():
        tls.mkdir()
        certificate(name, tls / "fullchain.pem", tls / "privkey.pem")
    with running(["nginx", "-g", f"daemon off; error_log {folder / NGINX_LOG};"], {}, HTTPS):
        yield name, tls / "fullchain.pem"
    subprocess.run(["umount", etc], check=True)


def certificate(name: str, chain: pathlib.Path, key: pathlib.Path) -> None:
    """Makes a self-signed certificate."""
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    about = ["-nodes", "-days", "1", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    files = ["-keyout", str(key), "-out", str(chain)]
    subprocess.run([*request, *about, *files], check=True, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def caddy(folder: pathlib.Path) -> Iterator[tuple[str, pathlib.Path]]:
    """Caddy for a local name, for which it issues the certificate itself."""
    command = ["caddy", "run", "--config", str(DEPLOY / "caddy/Caddyfile"), "--adapter", "caddyfile"]
    environment = {"SITE": "localhost", "XDG_DATA_HOME": str(folder), "HOME": str(folder)}
    with running(command, environment, HTTPS):
        authority = folder / "caddy/pki/authorities/local/root.crt"
        wait_for(lambda: authority.exists() and has_certificate(authority, "localhost"))
        yield "localhost", authority


FRONTS: dict[str, Callable] = {"nginx": nginx, "caddy": caddy}


def has_certificate(authority: pathlib.Path, name: str) -> bool:
    """Whether the server has its certificate: Caddy listens before that."""
    tls = ssl.create_default_context(cafile=str(authority))
    with socket.create_connection(("127.0.0.1", HTTPS)) as connection:
        try:
            tls.wrap_socket(connection, server_hostname=name).close()
        except ssl.SSLError:
            return False
    return True


def wait_for(is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + network.START_SECONDS
    while not is_done():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.01)


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], port: int) -> Iterator[subprocess.Popen]:
    """A server that listens on the port."""
    path = {"PATH": os.environ["PATH"]}
    log = tempfile.TemporaryFile()
    process = subprocess.Popen(command, env=environment | path, stdin=subprocess.DEVNULL, stderr=log)
    try:
        network.wait_until_open(port, process)
        yield process
    except BaseException:
        log.seek(0)
        print(log.read().decode(errors="replace"))
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        finally:
            process.kill()
