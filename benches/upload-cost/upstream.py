"""A contact centre that accepts every upload and stores nothing."""

import socketserver
import threading

ANSWER = b'{"returnCode":"0","objectKey":"00000000-0000-4000-8000-000000000000"}'


class Upstream(socketserver.ThreadingTCPServer):
    """Accepts every upload, and responds once `together` of them have arrived."""

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
