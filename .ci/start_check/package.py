"""Unpacks a package as a platform does, and starts what is in it."""

import contextlib
import os
import pathlib
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator

# The unprivileged user with this number in Debian, Ubuntu, Amazon Linux and Huawei's EulerOS images.
UNPRIVILEGED = 65534


@contextlib.contextmanager
def unpacked(archive: pathlib.Path) -> Iterator[pathlib.Path]:
    """Unpacks the files into a folder that only root could write to."""
    with tempfile.TemporaryDirectory() as folder:
        code = pathlib.Path(folder)
        with zipfile.ZipFile(archive) as package:
            if package.namelist() != ["bootstrap"]:
                raise SystemExit(f"{archive}: holds {package.namelist()}, not just bootstrap")
            entry = package.getinfo("bootstrap")
            mode = entry.external_attr >> 16 & 0o777
            if mode != 0o755:
                raise SystemExit(f"{archive}: bootstrap has mode {mode:o}, not 755")
            package.extract(entry, code)
        (code / "bootstrap").chmod(mode & 0o555)
        code.chmod(0o555)
        yield code
        code.chmod(0o755)


@contextlib.contextmanager
def started(
    code: pathlib.Path, environment: dict[str, str], emulator: list[str]
) -> Iterator[subprocess.Popen]:
    """Starts the program with this environment only; as an unprivileged user if this one is root."""
    as_nobody = (
        {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []}
        # An unprivileged user may not be able to read the emulator.
        if os.geteuid() == 0 and not emulator
        else {}
    )
    process = subprocess.Popen(
        [*emulator, code / "bootstrap"],
        env=environment,
        cwd=code,
        stdin=subprocess.DEVNULL,
        **as_nobody,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
