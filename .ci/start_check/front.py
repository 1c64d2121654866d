"""The gateway behind a TLS front: the configuration files of deploy/ as they are."""

import contextlib
import json
import os
import pathlib
import signal
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator

import client
import network
import upstream

GATEWAY_PORT = 8000
HTTPS, HTTP = 443, 80
DEPLOY = pathlib.Path("deploy").resolve()
# Of this machine, but not the one from which the fronts allow /healthz.
ELSEWHERE = "127.0.0.2"
FORGED = {"X-CFF-Request-Id": "forged", "X-CFF-Timeout": "1"}
TOO_LARGE = 100 * 1024 * 1024


def check(kind: str, bootstrap: pathlib.Path, event: pathlib.Path) -> None:
    sample = json.loads(event.read_text())
    front = FRONTS[kind]
    with tempfile.TemporaryDirectory() as folder, upstream.running() as centre:
        environment = {"UPSTREAM_BASE_URL": centre.url, "LOG_LEVEL": "error"}
        with running([str(bootstrap)], environment, GATEWAY_PORT):
            with front(pathlib.Path(folder)) as (name, authority):
                tls = ssl.create_default_context(cafile=str(authority))
                caller = client.Client("127.0.0.1", HTTPS, sample, FORGED, tls, name)
                uploads(caller, centre)
                is_sent_on_while_it_comes(caller, centre)
                health_is_not_for_callers(caller)
                plain_http_is_redirected(sample, name)
                if kind == "nginx":
                    callers_are_limited(caller)
    print(f"{kind}: TLS, uploads and refusals pass; forged headers and health do not")


def uploads(caller: client.Client, centre: upstream.Upstream) -> None:
    headers = caller.upload_is_forwarded(centre)
    assert headers["x-request-id"] != FORGED["X-CFF-Request-Id"], headers
    caller.refusal_is_not_forwarded(centre)


def is_sent_on_while_it_comes(caller: client.Client, centre: upstream.Upstream) -> None:
    """The gateway refuses a body by its declared length, which it only hears of if the front passes it on."""
    seen = len(centre.uploads)
    connection = caller.connect()
    headers = caller.headers | {"Host": caller.server_name, "Content-Length": str(TOO_LARGE)}
    connection.request("POST", caller.event["rawPath"], headers=headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    assert (response.status, answer["returnCode"]) == (413, "3"), (response.status, answer)
    assert len(centre.uploads) == seen


def health_is_not_for_callers(caller: client.Client) -> None:
    status, _, _ = caller.request("GET", None, "/healthz")
    assert status == 200, status
    status, _, _ = caller.request("GET", None, "/healthz", ELSEWHERE)
    assert status in (403, 404), status


def plain_http_is_redirected(sample: dict, name: str) -> None:
    plain = client.Client("127.0.0.1", HTTP, sample, {}, server_name=name)
    status, headers, _ = plain.request("GET", None)
    assert status == 308, status
    assert headers["location"] == f"https://{name}{sample['rawPath']}", headers


def callers_are_limited(caller: client.Client) -> None:
    statuses = {caller.request("GET", None)[0] for _ in range(40)}
    assert statuses == {405, 429}, statuses


@contextlib.contextmanager
def nginx(folder: pathlib.Path) -> Iterator[tuple[str, pathlib.Path]]:
    """nginx with its configuration folder replaced, in this check's own mount namespace."""
    name = "uploads.example.com"
    etc = pathlib.Path("/etc/nginx")
    subprocess.run(["mount", "--bind", folder, etc], check=True)
    shutil.copy(DEPLOY / "nginx/nginx.conf", etc)
    tls = etc / "tls"
    tls.mkdir()
    certificate(name, tls / "fullchain.pem", tls / "privkey.pem")
    with running(["nginx", "-g", "daemon off;"], {}, HTTPS):
        yield name, tls / "fullchain.pem"
    subprocess.run(["umount", etc], check=True)


def certificate(name: str, chain: pathlib.Path, key: pathlib.Path) -> None:
    """One that vouches for itself."""
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    about = ["-nodes", "-days", "1", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    files = ["-keyout", str(key), "-out", str(chain)]
    subprocess.run([*request, *about, *files], check=True, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def caddy(folder: pathlib.Path) -> Iterator[tuple[str, pathlib.Path]]:
    """Caddy for a local name, whose certificate it makes itself."""
    command = ["caddy", "run", "--config", str(DEPLOY / "caddy/Caddyfile"), "--adapter", "caddyfile"]
    environment = {"SITE": "localhost", "XDG_DATA_HOME": str(folder), "HOME": str(folder)}
    with running(command, environment, HTTPS):
        authority = folder / "caddy/pki/authorities/local/root.crt"
        wait_for(lambda: authority.exists() and shakes_hands(authority, "localhost"))
        yield "localhost", authority


FRONTS: dict[str, Callable] = {"nginx": nginx, "caddy": caddy}


def shakes_hands(authority: pathlib.Path, name: str) -> bool:
    """Whether the front has its certificate: Caddy listens before it does."""
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
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    """A server, from when it listens."""
    path = {"PATH": os.environ["PATH"]}
    log = tempfile.TemporaryFile()
    process = subprocess.Popen(command, env=environment | path, stdin=subprocess.DEVNULL, stderr=log)
    try:
        network.wait_until_open(port, process)
        yield
    except BaseException:
        log.seek(0)
        print(log.read().decode(errors="replace"))
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        finally:
            process.kill()
