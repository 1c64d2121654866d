"""FunctionGraph: an HTTP function on 127.0.0.1:8000."""

import http.client
import json
import os
import pathlib
import signal

import network
import package
import upstream

PORT = 8000
REQUEST_ID = "3b0d7c1e-8f0a-4b62-9a53-6d7f2f4c9e10"
CREDENTIALS = ("authorization", "ccmessaging-token", "x-app-key")


def environment(code: pathlib.Path, upstream_url: str) -> dict[str, str]:
    """The variables that FunctionGraph documents as preset, and the function's own settings."""
    return {
        "RUNTIME_PROJECT_ID": "0123456789abcdef0123456789abcdef",
        "RUNTIME_FUNC_NAME": "upload-file-stream",
        "RUNTIME_FUNC_VERSION": "latest",
        "RUNTIME_PACKAGE": "default",
        "RUNTIME_HANDLER": "bootstrap",
        "RUNTIME_TIMEOUT": "30",
        "RUNTIME_USERDATA": "",
        "RUNTIME_CPU": "400",
        "RUNTIME_MEMORY": "512",
        "RUNTIME_MAX_RESP_BODY_SIZE": "6291456",
        "RUNTIME_INITIALIZER_HANDLER": "",
        "RUNTIME_INITIALIZER_TIMEOUT": "0",
        "RUNTIME_ROOT": "/home/snuser/runtime",
        "RUNTIME_CODE_ROOT": str(code),
        "RUNTIME_LOG_DIR": "/home/snuser/log",
        "UPSTREAM_BASE_URL": upstream_url,
    }


def check(archive: pathlib.Path, event: pathlib.Path) -> None:
    if not network.is_free(PORT):
        raise SystemExit(f"port {PORT} is in use: run this check as root, or free the port")
    sample = json.loads(event.read_text())
    with package.unpacked(archive) as code, upstream.running() as centre:
        with package.started(code, environment(code, centre.url)) as process:
            network.wait_until_open(PORT, process)
            upload_is_forwarded(sample, centre)
            refusal_is_not_forwarded(sample, centre)
            user = pathlib.Path(f"/proc/{process.pid}").stat().st_uid
            process.send_signal(signal.SIGTERM)
            code_of_exit = process.wait(10)
    assert user != 0 or os.geteuid() != 0, "bootstrap runs as root"
    assert code_of_exit == 0, f"SIGTERM ended bootstrap with code {code_of_exit}"
    print(f"{archive.name}: serves 127.0.0.1:{PORT} as user {user} from a read-only folder")


def upload_is_forwarded(sample: dict, centre: upstream.Upstream) -> None:
    status, headers, answer = request("POST", sample, sample["body"])
    assert (status, answer) == (200, upstream.ANSWER), (status, answer)
    assert headers["x-request-id"] == REQUEST_ID, headers
    ((forwarded_headers, forwarded_body),) = centre.uploads
    assert forwarded_body == json.loads(sample["body"]), forwarded_body
    for name in CREDENTIALS:
        assert forwarded_headers[name] == sample["headers"][name], name


def refusal_is_not_forwarded(sample: dict, centre: upstream.Upstream) -> None:
    seen = len(centre.uploads)
    wrong_type = json.dumps(json.loads(sample["body"]) | {"fileType": "mp4"})
    status, _, answer = request("POST", sample, wrong_type)
    assert (status, answer["returnCode"]) == (200, "3"), (status, answer)
    status, headers, answer = request("GET", sample, None)
    assert (status, headers["allow"], answer["returnCode"]) == (405, "POST", "3"), answer
    assert len(centre.uploads) == seen, "a refused upload reached the upstream"


def request(method: str, sample: dict, body: str | None) -> tuple[int, dict[str, str], dict]:
    """A request as FunctionGraph makes it: the caller's headers, and its own."""
    names = (*CREDENTIALS, "content-type")
    headers = {name: sample["headers"][name] for name in names} | {
        "X-CFF-Request-Id": REQUEST_ID,
        "X-CFF-Memory": "512",
        "X-CFF-Timeout": "30",
        "X-CFF-Func-Version": "latest",
        "X-CFF-Func-Name": "upload-file-stream",
        "X-CFF-Project-Id": "0123456789abcdef0123456789abcdef",
        "X-CFF-Package": "default",
        "X-CFF-Region": "cn-north-4",
    }
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    connection.request(method, sample["rawPath"], body, headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, {k.lower(): v for k, v in response.getheaders()}, answer
