"""Starts the program as AWS Lambda does: it requests invocations from the runtime API."""

import http.server
import json
import pathlib
import queue
import re
import threading
import time

import package
import upstream

DEADLINE_SECONDS = 29
ANSWER_SECONDS = 30
EXPECTATION = re.compile(r"^\| `(?P<file>[\w-]+\.json)` .*\| (?P<status>\d+) \| (?P<code>\d+) \|$", re.M)


class RuntimeApi(http.server.ThreadingHTTPServer):
    """The part of Lambda's runtime API that delivers invocations and receives responses."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.events: queue.Queue[str] = queue.Queue()
        self.answers: queue.Queue[tuple[str, bytes]] = queue.Queue()

    def invoke(self, event: str) -> dict:
        self.events.put(event)
        kind, body = self.answers.get(timeout=ANSWER_SECONDS)
        assert kind == "response", (kind, body)
        return json.loads(body)

    def handle_error(self, *arguments: object) -> None:
        """Ignores that the program is killed during its next request."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        event = self.server.events.get().encode()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        deadline_ms = int((time.time() + DEADLINE_SECONDS) * 1000)
        self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline_ms))
        self.send_header(
            "Lambda-Runtime-Invoked-Function-Arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:upload-file-stream",
        )
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(event)))
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self) -> None:
        body = self.read_body()
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        # /2018-06-01/runtime/invocation/ID/response, …/ID/error or /2018-06-01/runtime/init/error
        self.server.answers.put((self.path.rsplit("/", 1)[1], body))

    def read_body(self) -> bytes:
        if "Content-Length" in self.headers:
            return self.rfile.read(int(self.headers["Content-Length"]))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def log_message(self, *arguments: object) -> None:
        """Prints nothing, so that the output contains the program's log only."""


def environment(code: pathlib.Path, api: RuntimeApi, upstream_url: str) -> dict[str, str]:
    """Returns the variables that Lambda documents for every runtime, and the function's settings."""
    return {
        "_HANDLER": "bootstrap",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_provided.al2023",
        "AWS_LAMBDA_FUNCTION_NAME": "upload-file-stream",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/upload-file-stream",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef",
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
        "LAMBDA_TASK_ROOT": str(code),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        "LD_LIBRARY_PATH": "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/opt/lib",
        "TZ": ":UTC",
        "UPSTREAM_BASE_URL": upstream_url,
        # The template passes unset parameters as empty values.
        "APP_KEY": "",
        "APP_SECRET_ARN": "",
        "MAX_BODY_BYTES": "",
    }


def check(archive: pathlib.Path, events: pathlib.Path, emulator: list[str]) -> None:
    table = (events / "README.md").read_text()
    expectations = [match.groupdict() for match in EXPECTATION.finditer(table)]
    listed = {expectation["file"] for expectation in expectations}
    present = {path.name for path in events.glob("*.json")}
    assert listed == present, f"events/README.md and the folder differ: {listed ^ present}"

    api = RuntimeApi()
    threading.Thread(target=api.serve_forever, daemon=True).start()
    with package.unpacked(archive) as code, upstream.running() as centre:
        with package.started(code, environment(code, api, centre.url), emulator):
            for expectation in expectations:
                upload(api, centre, events / expectation["file"], expectation)
    api.shutdown()
    api.server_close()
    print(f"{archive.name}: answers {len(expectations)} events of every kind of trigger")


def upload(
    api: RuntimeApi, centre: upstream.Upstream, event: pathlib.Path, expected: dict[str, str]
) -> None:
    seen = len(centre.uploads)
    response = api.invoke(event.read_text())
    answer = json.loads(response["body"])
    is_taken = expected["code"] == "0"
    assert str(response["statusCode"]) == expected["status"], (event.name, response)
    assert answer["returnCode"] == expected["code"], (event.name, answer)
    assert len(centre.uploads) - seen == is_taken, f"{event.name}: wrong number of uploads"
