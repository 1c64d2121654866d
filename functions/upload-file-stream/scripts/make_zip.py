"""Packs one executable into a zip whose bytes depend on nothing else.

python3 make_zip.py EXECUTABLE ZIP...

Compresses with Zopfli (pip install zopfli): Deflate as any unzip reads it, a few per cent smaller
than zlib's. Python's zipfile takes no data that is compressed already, so the zip is put together
here (PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16).
"""

import hashlib
import io
import pathlib
import struct
import sys
import zipfile
import zlib

try:
    import zopfli.zlib
except ModuleNotFoundError:
    sys.exit("make_zip.py needs Zopfli: pip install zopfli")

NAME = b"bootstrap"
# Version 2.0 of the format, the first with Deflate; for what was made on Unix.
VERSION = 20
MADE_ON_UNIX = 3 << 8 | VERSION
DEFLATE = 8
# The earliest time that a zip can hold: 1 January 1980, midnight.
NO_TIME, NO_DATE = 0, 0 << 9 | 1 << 5 | 1
EXECUTABLE_FILE = 0o100755 << 16


def deflate(content):
    """Raw Deflate (RFC 1951): a zlib stream without its head and its checksum (RFC 1950)."""
    return zopfli.zlib.compress(content)[2:-4]


def pack(content):
    """A zip with one file."""
    compressed = deflate(content)
    about = struct.pack(
        "<HHHHHIIIHH", VERSION, 0, DEFLATE, NO_TIME, NO_DATE,
        zlib.crc32(content), len(compressed), len(content), len(NAME), 0,
    )
    local = b"PK\x03\x04" + about + NAME + compressed
    directory = (
        b"PK\x01\x02" + struct.pack("<H", MADE_ON_UNIX) + about
        + struct.pack("<HHHII", 0, 0, 0, EXECUTABLE_FILE, 0) + NAME
    )
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(directory), len(local), 0)
    return local + directory + end


def main():
    executable, *archives = map(pathlib.Path, sys.argv[1:])
    content = executable.read_bytes()
    package = pack(content)
    # By another reader than this writer.
    with zipfile.ZipFile(io.BytesIO(package)) as written:
        if written.testzip() is not None or written.read("bootstrap") != content:
            sys.exit(f"the zip does not unpack to {executable}")
    digest = hashlib.sha256(package).hexdigest()
    for archive in archives:
        archive.write_bytes(package)
        print(f"{digest}  {len(package):>8} bytes  {archive}")


if __name__ == "__main__":
    main()
