"""Starts both packages as their platforms do, and uploads through them.

    python3 start_check FUNCTIONGRAPH_ZIP LAMBDA_ZIP EVENTS_FOLDER

Where it may, which takes root, it runs in a network namespace of its own, where port 8000 is free and
nothing but the loopback interface exists, and starts the programs as an unprivileged user. Otherwise
port 8000 must be free.
"""

import os
import pathlib
import shutil
import subprocess
import sys

import aws_lambda
import functiongraph
import network

ISOLATED = "START_CHECK_ISOLATED"


def may_isolate() -> bool:
    """Whether this user may make network namespaces: root in a container often may not."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "--net", "true"], stderr=subprocess.DEVNULL).returncode == 0


def main() -> int:
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    if ISOLATED not in os.environ and may_isolate():
        os.environ[ISOLATED] = "1"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    if ISOLATED in os.environ:
        network.raise_loopback()

    functiongraph_zip, lambda_zip, events = map(pathlib.Path, sys.argv[1:])
    functiongraph.check(functiongraph_zip, events / "http-api-v2.json")
    aws_lambda.check(lambda_zip, events)
    return 0


if __name__ == "__main__":
    sys.exit(main())
