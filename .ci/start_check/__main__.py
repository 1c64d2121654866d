"""Starts a package or image as its platform does, and uploads through it.

    python3 .ci/start_check package ZIP [EMULATOR...]    as FunctionGraph and as Lambda start it
    python3 .ci/start_check image ROOT [EMULATOR...]     as a container, from an unpacked image
    python3 .ci/start_check front nginx|caddy BOOTSTRAP  behind the TLS front of deploy/

An emulator runs programs for another processor, such as qemu-aarch64-static -L /usr/aarch64-linux-gnu.
As root, it runs in new network and mount namespaces, in which all ports are free, the loopback interface is the only
one, and mounts affect this check only. Otherwise port 8000 must be free, and some checks are skipped with a message.
"""

import os
import pathlib
import shutil
import subprocess
import sys

import aws_lambda
import container
import front
import functiongraph
import network

ISOLATED = "START_CHECK_ISOLATED"
NAMESPACES = ["unshare", "--net", "--mount"]
EVENTS = pathlib.Path("functions/upload-file-stream/events").resolve()


def may_isolate() -> bool:
    """Whether this user may create namespaces. Root in a container often may not."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    return subprocess.run([*NAMESPACES, "true"], stderr=subprocess.DEVNULL).returncode == 0


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    if ISOLATED not in os.environ and may_isolate():
        os.environ[ISOLATED] = "1"
        os.execvp(NAMESPACES[0], [*NAMESPACES, sys.executable, *sys.argv])
    isolated = ISOLATED in os.environ
    if isolated:
        network.raise_loopback()

    match sys.argv[1:]:
        case ["package", archive, *emulator]:
            functiongraph.check(pathlib.Path(archive), EVENTS / "http-api-v2.json", emulator)
            aws_lambda.check(pathlib.Path(archive), EVENTS, emulator)
        case [what, *_] if not isolated:
            print(f"{what}: skipped, because this user may not create namespaces")
        case ["image", root, *emulator]:
            container.check(pathlib.Path(root), EVENTS / "http-api-v2.json", emulator)
        case ["front", kind, bootstrap]:
            front.check(kind, pathlib.Path(bootstrap), EVENTS / "http-api-v2.json")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
