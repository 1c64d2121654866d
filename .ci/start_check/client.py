"""A client of the upload API."""

import http.client
import json
import ssl

import upstream

CREDENTIALS = ("authorization", "ccmessaging-token", "x-app-key")


class Client:
    """Sends the request that a trigger's event contains to a server."""

    def __init__(
        self,
        host: str,
        port: int,
        event: dict,
        headers: dict[str, str],
        tls: ssl.SSLContext | None = None,
        server_name: str | None = None,
        source: str | None = None,
    ) -> None:
        self.host, self.port, self.event, self.tls = host, port, event, tls
        self.server_name = server_name or host
        self.source = source
        names = (*CREDENTIALS, "content-type")
        self.headers = {name: event["headers"][name] for name in names} | headers

    def connect(self, source: str | None = None) -> http.client.HTTPConnection:
        """Connects from `source` or the client's own address, if one is set."""
        source = source or self.source
        source_address = (source, 0) if source else None
        connection = http.client.HTTPConnection(
            self.host, self.port, timeout=30, source_address=source_address
        )
        connection.connect()
        if self.tls:
            connection.sock = self.tls.wrap_socket(
                connection.sock, server_hostname=self.server_name
            )
        return connection

    def request(
        self, method: str, body: str | None, path: str | None = None, source: str | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        connection = self.connect(source)
        headers = self.headers | {"Host": self.server_name}
        connection.request(method, path or self.event["rawPath"], body, headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, text

    def upload_is_forwarded(self, centre: upstream.Upstream) -> dict[str, str]:
        """Uploads the event's body and returns the headers of the response."""
        seen = len(centre.uploads)
        status, headers, text = self.request("POST", self.event["body"])
        assert (status, json.loads(text)) == (200, upstream.ANSWER), (status, text)
        ((forwarded_headers, forwarded_body),) = centre.uploads[seen:]
        assert forwarded_body == json.loads(self.event["body"]), forwarded_body
        for name in CREDENTIALS:
            assert forwarded_headers[name] == self.event["headers"][name], name
        return headers

    def refusal_is_not_forwarded(self, centre: upstream.Upstream) -> None:
        seen = len(centre.uploads)
        wrong_type = json.dumps(json.loads(self.event["body"]) | {"fileType": "mp4"})
        status, _, text = self.request("POST", wrong_type)
        assert (status, json.loads(text)["returnCode"]) == (200, "3"), (status, text)
        status, headers, text = self.request("PUT", None)
        assert (status, headers["allow"]) == (405, "GET, POST"), (status, headers, text)
        assert json.loads(text)["returnCode"] == "3", text
        status, _, text = self.request("GET", None)
        assert status == 200 and json.loads(text)["types"], (status, text)
        assert len(centre.uploads) == seen, "a refused upload reached the upstream"
