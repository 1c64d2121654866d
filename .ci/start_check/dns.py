"""A name server for one name (RFC 1035)."""

import socket
import struct

A, IN = 1, 1
ANSWER, NO_ERROR_RECURSIVE = 0x8180, 0


def serve(name: str) -> None:
    """Serves on 127.0.0.1:53. The name has the address 127.0.0.1, all others have none."""
    known = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 53))
        while True:
            query, caller = server.recvfrom(512)
            asked, _, rest = query[12:].partition(b"\0")
            question = asked + b"\0" + rest[:4]
            kind = struct.unpack(">H", rest[:2])[0]
            record = b""
            if kind == A and asked.lower() + b"\0" == known:
                # A pointer to the name in the question, then type, class, lifetime, length and address.
                record = struct.pack(">HHHIH4B", 0xC00C, A, IN, 60, 4, 127, 0, 0, 1)
            counts = struct.pack(">HHHHH", ANSWER, 1, bool(record), 0, 0)
            server.sendto(query[:2] + counts + question + record, caller)
