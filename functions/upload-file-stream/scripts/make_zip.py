"""Packs one executable into a zip whose bytes depend on nothing else.

python3 make_zip.py EXECUTABLE ZIP
"""

import hashlib
import pathlib
import sys
import zipfile

# The earliest time that a zip can hold.
NO_TIME = (1980, 1, 1, 0, 0, 0)
UNIX = 3
EXECUTABLE_FILE = 0o100755

executable, archive = map(pathlib.Path, sys.argv[1:])
entry = zipfile.ZipInfo("bootstrap", NO_TIME)
entry.create_system = UNIX
entry.external_attr = EXECUTABLE_FILE << 16
with zipfile.ZipFile(archive, "w") as package:
    package.writestr(entry, executable.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)

content = archive.read_bytes()
print(f"{hashlib.sha256(content).hexdigest()}  {len(content):>8} bytes  {archive}")
