"""Lambda's Runtime API and the contact centre, on one local port."""

import http.server
import json
import queue
import threading
import time

UPLOAD_PATH = "/apiaccess/ccmessaging/uploadFileStream"
STORED = b'{"returnCode":"0","objectKey":"00000000-0000-4000-8000-000000000000"}'
DEADLINE_SECONDS = 29


class StandIn(http.server.ThreadingHTTPServer):
    """Serves one function: `invoke` passes it an event and returns its response."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.events = queue.Queue()
        self.responses = queue.Queue()
        self.uploads = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *arguments):
        self.shutdown()
        super().__exit__(*arguments)

    def invoke(self, event):
        """Passes an event to the function; returns when its response arrived, and checks it."""
        uploads = self.uploads
        self.events.put(event)
        kind, body, arrived = self.responses.get(timeout=DEADLINE_SECONDS)
        response = json.loads(body)
        if kind != "response" or json.loads(response["body"])["returnCode"] != "0" or self.uploads != uploads + 1:
            raise RuntimeError(f"not stored: {kind} {response}")
        return arrived

    def handle_error(self, *arguments):
        """A function is stopped while it waits for its next event."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self):
        event = self.server.events.get()
        self.respond(200, event, {
            "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + DEADLINE_SECONDS) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:123456789012:function:upload",
        })

    def do_POST(self):
        body = self.read_body()
        if self.path == UPLOAD_PATH:
            has_credentials = all(self.headers[name] for name in ("Authorization", "ccmessaging-token", "x-app-key"))
            self.server.uploads += has_credentials and b'"fileStream"' in body
            self.respond(200, STORED, {})
        else:
            # /2018-06-01/runtime/invocation/ID/response, …/ID/error or /2018-06-01/runtime/init/error
            arrived = time.perf_counter()
            self.respond(202, b"", {})
            self.server.responses.put((self.path.rpartition("/")[2], body, arrived))

    def respond(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def read_body(self):
        if "Content-Length" in self.headers:
            return self.rfile.read(int(self.headers["Content-Length"]))
        body = bytearray()
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return bytes(body)

    def log_message(self, *arguments):
        """The table is the only output."""
