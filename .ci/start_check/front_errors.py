"""Error responses through a TLS server, which must have the documented form and CORS headers."""

import http.server
import json
import pathlib
import signal
import subprocess
import threading

import client

# The origin that the configuration files of deploy/ allow.
ORIGIN = "https://shop.example.com"
# By nginx.conf, for each address.
POLLS_AT_ONCE = 32
# Changes of nginx.conf that provoke further errors.
STRICTER = {
    "client_max_body_size 0;": "client_max_body_size 1;",
    "proxy_read_timeout 60s;": "proxy_read_timeout 500ms;",
}


def expect_error(
    response: tuple[int, dict[str, str], bytes], status: int, return_code: str, reason_code: str
) -> None:
    actual, headers, body = response
    assert actual == status, response
    answer = json.loads(body)
    assert answer["returnDesc"], answer
    assert (answer["returnCode"], answer["reasonCode"]) == (return_code, reason_code), answer
    assert headers["content-type"] == "application/json", headers
    assert headers["access-control-allow-origin"] == ORIGIN, headers
    exposed = headers["access-control-expose-headers"].lower()
    assert {"retry-after", "x-request-id"} <= set(exposed.split(",")), headers
    assert headers["x-request-id"], headers
    may_retry = return_code == "13"
    assert headers.get("retry-after") == ("1" if may_retry else None), headers


def upload(caller: client.Client) -> tuple[int, dict[str, str], bytes]:
    return caller.request("POST", caller.event["body"])


def stalled_body(caller: client.Client) -> None:
    """The gateway's timeout ends a body that stalls, not the TLS server's: nginx sends no response then."""
    connection = caller.connect()
    headers = caller.headers | {"Host": caller.server_name, "Content-Length": "1000"}
    connection.request("POST", caller.event["rawPath"], "{", headers)
    response = connection.getresponse()
    headers = {name.lower(): value for name, value in response.getheaders()}
    expect_error((response.status, headers, response.read()), 408, "3", "body_timeout")
    connection.close()


def gateway_is_down(caller: client.Client) -> None:
    # Caddy responds with 503 if its last attempts to connect have failed.
    response = upload(caller)
    assert response[0] in (502, 503), response
    expect_error(response, response[0], "13", "overloaded")
    caller.headers["Origin"] = "https://other.example.com"
    status, headers, _ = upload(caller)
    assert status in (502, 503), status
    assert "access-control-allow-origin" not in headers, headers


def customers_are_not_logged(caller: client.Client, log: pathlib.Path) -> None:
    """A poll names the customer in its query, which nginx would log with an error."""
    customer = "customer-of-this-check"
    for path in ("poll", "poll/"):
        url = f"/apiaccess/ccmessaging/{path}?channel=WEB&receiverId={customer}"
        status, _, _ = caller.request("GET", None, url)
        assert status == 502, status
    text = log.read_text()
    assert "upload" in text and customer not in text, text


def requests_are_limited(caller: client.Client) -> None:
    responses = [upload(caller) for _ in range(40)]
    rejected = [response for response in responses if response[0] == 429]
    assert 0 < len(rejected) < len(responses), f"{len(rejected)} of {len(responses)} are rejected"
    expect_error(rejected[0], 429, "13", "overloaded")
    # Browsers hide the response to a rejected preflight request from the page.
    status, _, _ = caller.request("OPTIONS", None)
    assert status != 429, status


def polls_at_once_are_limited(caller: client.Client, gateway_port: int) -> None:
    """A server in the gateway's place responds once all polls that nginx allows have arrived."""
    all_arrived = threading.Barrier(POLLS_AT_ONCE + 1, timeout=30)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            all_arrived.wait()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Prints nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", gateway_port), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        connections = [caller.connect() for _ in range(POLLS_AT_ONCE + 1)]
        url = "/apiaccess/ccmessaging/poll?channel=WEB&receiverId=customer"
        for connection in connections:
            connection.request("GET", url, headers=caller.headers | {"Host": caller.server_name})
        all_arrived.wait()
        responses = [connection.getresponse() for connection in connections]
        server.shutdown()
    statuses = sorted(response.status for response in responses)
    assert statuses == [204] * POLLS_AT_ONCE + [429], statuses
    (rejected,) = (response for response in responses if response.status == 429)
    answer = json.loads(rejected.read())
    assert (answer["resultCode"], answer["reasonCode"]) == ("13", "overloaded"), answer
    assert rejected.headers["Retry-After"] == "1", rejected.headers
    for connection in connections:
        connection.close()


def head_is_too_long(caller: client.Client) -> None:
    # nginx has not read the header Origin yet, so this response has no CORS headers.
    status, _, body = caller.request("POST", None, "/" + "a" * 10_000)
    assert (status, json.loads(body)["reasonCode"]) == (414, "uri_too_long"), (status, body)
    caller.headers["X-Long"] = "a" * 10_000
    expect_error(upload(caller), 431, "3", "headers_too_large")


def body_is_too_large(caller: client.Client) -> None:
    expect_error(upload(caller), 413, "3", "too_large")


def gateway_hangs(caller: client.Client, gateway: subprocess.Popen) -> None:
    gateway.send_signal(signal.SIGSTOP)
    try:
        # A GET has no body, so the stricter limit of its size does not apply.
        expect_error(caller.request("GET", None), 504, "13", "overloaded")
    finally:
        gateway.send_signal(signal.SIGCONT)
