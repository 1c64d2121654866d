"""Request bodies, and clients that send them."""

import base64
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from upstream import ANSWER

PHOTO = Path(__file__).parents[2] / "tests" / "samples" / "mjpeg.jpg"
UPLOAD_PATH = "/apiaccess/ccmessaging/uploadFileStream"
CREDENTIALS = {
    "ccmessaging-token": "placeholder",
    "x-app-key": "placeholder",
    "Authorization": "Bearer placeholder",
}


def jpg(length):
    """A JPG with a vendor's segment, which is metadata, and the data of a small photo many times."""
    photo = PHOTO.read_bytes()
    frame = photo.index(b"\xff\xc0")
    scan = photo.index(b"\xff\xda")
    data = photo[scan + 14 : -2]
    # The photo has 64 x 48 pixels in 8 x 3 MCUs. A wider one has them in another order, but is as valid.
    count = max(1, length // len(data))
    across = 1 + count // 1000
    count -= count % across
    size = (48 * count // across).to_bytes(2) + (64 * across).to_bytes(2)
    header = photo[2 : frame + 5] + size + photo[frame + 9 : scan]
    restarts = (bytes([0xFF, 0xD0 + index % 8]) for index in range(count - 1))
    intervals = b"".join(data + restart for restart in restarts) + data
    vendor = b"\xff\xe9\x00\x07place\xff\xdd\x00\x04\x00\x18"
    return b"\xff\xd8" + vendor + header + photo[scan : scan + 14] + intervals + b"\xff\xd9"


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
