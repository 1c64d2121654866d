"""FunctionGraph: an HTTP function on 127.0.0.1:8000."""

import json
import os
import pathlib
import signal

import client
import network
import package
import upstream

PORT = 8000
REQUEST_ID = "3b0d7c1e-8f0a-4b62-9a53-6d7f2f4c9e10"
# The headers that FunctionGraph adds to a request.
OWN_HEADERS = {
    "X-CFF-Request-Id": REQUEST_ID,
    "X-CFF-Memory": "512",
    "X-CFF-Timeout": "30",
    "X-CFF-Func-Version": "latest",
    "X-CFF-Func-Name": "upload-file-stream",
    "X-CFF-Project-Id": "0123456789abcdef0123456789abcdef",
    "X-CFF-Package": "default",
    "X-CFF-Region": "cn-north-4",
}


def environment(code: pathlib.Path, upstream_url: str) -> dict[str, str]:
    """Returns the variables that FunctionGraph documents as preset, and the function's settings."""
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


def check(archive: pathlib.Path, event: pathlib.Path, emulator: list[str]) -> None:
    if not network.is_free(PORT):
        raise SystemExit(f"port {PORT} is in use: run this check as root, or free the port")
    sample = json.loads(event.read_text())
    with package.unpacked(archive) as code, upstream.running() as centre:
        with package.started(code, environment(code, centre.url), emulator) as process:
            network.wait_until_open(PORT, process)
            caller = client.Client("127.0.0.1", PORT, sample, OWN_HEADERS)
            headers = caller.upload_is_forwarded(centre)
            assert headers["x-request-id"] == REQUEST_ID, headers
            caller.refusal_is_not_forwarded(centre)
            user = pathlib.Path(f"/proc/{process.pid}").stat().st_uid
            process.send_signal(signal.SIGTERM)
            code_of_exit = process.wait(10)
    assert user != 0 or os.geteuid() != 0 or emulator, "bootstrap runs as root"
    assert code_of_exit == 0, f"SIGTERM ended bootstrap with code {code_of_exit}"
    print(f"{archive.name}: serves 127.0.0.1:{PORT} as user {user} from a read-only folder")
