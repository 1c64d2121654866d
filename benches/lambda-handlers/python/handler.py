"""The handler that an integrator would write with Python and filetype."""

import base64
import json
import os
import urllib.error
import urllib.request

import filetype

UPSTREAM = os.environ["UPSTREAM_BASE_URL"] + "/apiaccess/ccmessaging/uploadFileStream"
FORWARDED = ["authorization", "ccmessaging-token", "x-app-key"]
TYPES = {"jpg": "jpg", "jpeg": "jpg", "png": "png", "bmp": "bmp", "mp3": "mp3", "aac": "aac", "mp4": "mp4", "txt": None, "csv": None}


def respond(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": body}


def reject(reason, status=200):
    return respond(status, json.dumps({"returnCode": "3", "returnDesc": reason}))


def handler(event, context):
    text = base64.b64decode(event["body"]).decode() if event["isBase64Encoded"] else event["body"]
    try:
        upload = json.loads(text)
        declared = upload["fileType"].lower()
        file = base64.b64decode(upload["fileStream"], validate=True)
    except (ValueError, KeyError, AttributeError, TypeError) as problem:
        return reject(str(problem), 400)
    if declared not in TYPES:
        return reject("unsupported fileType")
    if not file:
        return reject("fileStream is empty")
    if filetype.guess_extension(file) != TYPES[declared]:
        return reject(f"declared {declared}, but the content is something else")
    body = json.dumps({name: upload.get(name) for name in ("fileType", "fileStream", "channel")})
    headers = {name: event["headers"][name] for name in FORWARDED if name in event["headers"]}
    headers["content-type"] = "application/json"
    request = urllib.request.Request(UPSTREAM, body.encode(), headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=25) as response:
            return respond(response.status, response.read().decode())
    except urllib.error.HTTPError as response:
        return respond(response.code, response.read().decode())
    except OSError:
        return respond(500, json.dumps({"returnCode": "13", "returnDesc": "the contact centre cannot be reached"}))
