"""Bodies, and clients that send them."""

import base64
import http.client
import json
import random
from concurrent.futures import ThreadPoolExecutor

from upstream import ANSWER

UPLOAD_PATH = "/apiaccess/ccmessaging/uploadFileStream"


def body(length):
    """A JSON body of about this length: a JPG of noise."""
    jpg = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + random.Random(length).randbytes(length * 3 // 4)
    stream = base64.b64encode(jpg).decode()
    return json.dumps({"fileType": "jpg", "channel": "WEB", "fileStream": stream}).encode()


def upload(port, content, times):
    """Uploads over one connection, one after another."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {
        "Content-Type": "application/json",
        "ccmessaging-token": "placeholder",
        "x-app-key": "placeholder",
        "Authorization": "Bearer placeholder",
    }
    for _ in range(times):
        connection.request("POST", UPLOAD_PATH, content, headers)
        answer = connection.getresponse().read()
        if answer != ANSWER:
            raise RuntimeError(answer)


def upload_at_once(port, content, connections, times):
    """Uploads over many connections, all at the same time."""
    with ThreadPoolExecutor(connections) as pool:
        uploads = [pool.submit(upload, port, content, times) for _ in range(connections)]
        for finished in uploads:
            finished.result()
