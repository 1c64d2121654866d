"""Starts an image as a container: read-only, as the image's user, in new namespaces.

The image is unpacked as a bundle of the OCI runtime specification: a folder rootfs, and config.json.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator

import client
import dns
import network
import upstream

PORT = 8000
USER = 65532
# The contact centre's name, which the container must resolve.
CENTRE = "contact-centre.test"
START = """
mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && mount --rbind /dev "$0/dev" &&
exec setpriv --no-new-privs chroot --userspec=$1:$2 --groups= "$0" "${@:3}"
"""


def check(bundle: pathlib.Path, event: pathlib.Path, emulator: list[str]) -> None:
    root = bundle / "rootfs"
    process = json.loads((bundle / "config.json").read_text())["process"]
    environment = dict(variable.split("=", 1) for variable in process["env"])
    user = process["user"]
    files = [path.relative_to(root).as_posix() for path in root.rglob("*")]
    assert files == ["bootstrap"], f"the image holds {files}"
    assert process["args"] == ["/bootstrap"], process["args"]
    assert (user["uid"], user["gid"]) == (USER, USER), user
    mount_points(root, emulator)

    program = [str(root / "bootstrap")]
    done = run([*emulator, *program, "--version"], {})
    assert done.returncode == 0 and done.stdout.startswith("bootstrap "), done
    done = run([*emulator, *program], environment | {"UPSTREAM_BASE_URL": "nonsense"})
    assert done.returncode == 2 and "UPSTREAM_BASE_URL" in done.stderr, done

    sample = json.loads(event.read_text())
    threading.Thread(target=dns.serve, args=(CENTRE,), daemon=True).start()
    with upstream.running() as centre:
        environment["UPSTREAM_BASE_URL"] = centre.url.replace("127.0.0.1", CENTRE)
        environment["UPSTREAM_ALLOW_HTTP"] = "true"
        with started(root, emulator, environment, user) as container:
            network.wait_until_open(PORT, container)
            caller = client.Client("127.0.0.1", PORT, sample, {})
            caller.upload_is_forwarded(centre)
            caller.refusal_is_not_forwarded(centre)
            done = run([*emulator, *program, "--check"], environment)
            assert done.returncode == 0, done
        done = run([*emulator, *program, "--check"], environment)
        assert done.returncode == 1, done
    print(
        f"{bundle.name}: serves as user {USER} from a read-only root, "
        "and finds a contact centre by its name"
    )


def mount_points(root: pathlib.Path, emulator: list[str]) -> None:
    """Adds what every container runtime adds, devices and the name server; and the emulator."""
    if emulator:
        shutil.copy(shutil.which(emulator[0]), root / "emulator")
    (root / "dev").mkdir()
    (root / "etc").mkdir()
    (root / "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")


@contextlib.contextmanager
def started(
    root: pathlib.Path, emulator: list[str], environment: dict[str, str], user: dict[str, int]
) -> Iterator[subprocess.Popen]:
    """Starts the image's program with the image as its root."""
    ids = [str(user["uid"]), str(user["gid"])]
    program = ["/emulator", "/bootstrap"] if emulator else ["/bootstrap"]
    command = ["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork"]
    command += ["bash", "-c", START, str(root), *ids, *program]
    path = {"PATH": os.environ["PATH"]}
    # A process group, so that the processes that unshare starts end with it.
    process = subprocess.Popen(
        command, env=environment | path, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
