"""Adds the Dockerfile's health check to the images of an OCI layout.

    python3 add_healthcheck.py LAYOUT

The OCI image format has no health checks, so buildah leaves them out. Docker nevertheless reads them from an OCI
image's configuration (Docker image specification 1.3, "Healthcheck"), and BuildKit writes them there. buildah's
Docker format has them too, but contains random names, so that its digests differ from build to build.
"""

import hashlib
import json
import pathlib
import re
import sys

DOCKERFILE = pathlib.Path(__file__).with_name("Dockerfile")
OPTIONS = {"interval": "Interval", "timeout": "Timeout", "start-period": "StartPeriod"}
NANOSECONDS = 1_000_000_000


def main(layout: pathlib.Path) -> None:
    health_check = health_check_of(DOCKERFILE.read_text())
    index = json.loads((layout / "index.json").read_text())
    update(layout / "blobs/sha256", index, health_check)
    (layout / "index.json").write_text(encode(index))


def health_check_of(dockerfile: str) -> dict:
    instruction = re.search(r"^HEALTHCHECK (.*?) CMD (\[.*\])$", dockerfile, re.M)
    if not instruction:
        sys.exit(f"{DOCKERFILE}: no HEALTHCHECK with options and a CMD in JSON")
    options = re.findall(r"--([a-z-]+)=(\d+)s", instruction[1])
    times = {OPTIONS[name]: int(seconds) * NANOSECONDS for name, seconds in options}
    return {"Test": ["CMD", *json.loads(instruction[2])], **times}


def update(blobs: pathlib.Path, document: dict, health_check: dict) -> None:
    """Updates a document and the blobs that it refers to, including their digests."""
    if "manifests" in document:
        children = document["manifests"]
    elif "config" in document and "layers" in document:
        children = [document["config"]]
    else:
        document["config"]["Healthcheck"] = health_check
        children = []
    for child in children:
        blob = blobs / child["digest"].removeprefix("sha256:")
        content = json.loads(blob.read_text())
        update(blobs, content, health_check)
        blob.unlink()
        text = encode(content)
        digest = hashlib.sha256(text.encode()).hexdigest()
        (blobs / digest).write_text(text)
        child |= {"digest": f"sha256:{digest}", "size": len(text.encode())}


def encode(document: dict) -> str:
    return json.dumps(document, separators=(",", ":"))


main(pathlib.Path(sys.argv[1]))
