"""Request bodies, and clients that send them."""

import base64
import http.client
import json
import random
from concurrent.futures import ThreadPoolExecutor

from upstream import ANSWER

UPLOAD_PATH = "/apiaccess/ccmessaging/uploadFileStream"
CREDENTIALS = {
    "ccmessaging-token": "placeholder",
    "x-app-key": "placeholder",
    "Authorization": "Bearer placeholder",
}


def jpg(length):
    """A JPG with a vendor's segment, which is metadata, and noise as its scan."""
    app0 = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    head = b"\xff\xd8" + app0 + b"\xff\xe9\x00\x07place" + frame + scan
    noise = random.Random(length).randbytes(length - len(head) - 2)
    return head + noise.replace(b"\xff", b"\xfe") + b"\xff\xd9"


def in_json(file, stream):
    return "application/json", json.dumps(
        {"fileType": "jpg", "channel": "WEB", "fileStream": stream(file).decode()}
    ).encode()


def with_escapes(file):
    """As PHP writes JSON: a backslash before every slash."""
    content_type, body = in_json(file, base64.b64encode)
    return content_type, body.replace(b"/", b"\\/")


def in_form(file):
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    return "multipart/form-data; boundary=b", head + file + b"\r\n--b--\r\n"


# The formats in which a file is sent.
FORMATS = {
    "json": lambda file: in_json(file, base64.b64encode),
    "escaped": with_escapes,
    "lines": lambda file: in_json(file, base64.encodebytes),
    "urlsafe": lambda file: in_json(file, base64.urlsafe_b64encode),
    "form": in_form,
    "raw": lambda file: ("image/jpeg", file),
}


def upload(port, content_type, body, times):
    """Uploads sequentially over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Content-Type": content_type, **CREDENTIALS}
    for _ in range(times):
        connection.request("POST", UPLOAD_PATH, body, headers)
        answer = connection.getresponse().read()
        if answer != ANSWER:
            raise RuntimeError(answer)


def upload_at_once(port, format, length, connections, times):
    """Uploads over many connections at once. The file has three quarters of `length`, so that its JSON
    has about `length` bytes."""
    content_type, body = FORMATS[format](jpg(length * 3 // 4))
    with ThreadPoolExecutor(connections) as pool:
        uploads = [
            pool.submit(upload, port, content_type, body, times) for _ in range(connections)
        ]
        for finished in uploads:
            finished.result()
