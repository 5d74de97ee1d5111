"""Talk between processes of one home: Unix sockets that only our own user may use, and JSON in frames.

A frame is its length (4 bytes, big-endian) and as much UTF-8 JSON.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from pathlib import Path

_LENGTH = struct.Struct(">I")
_PIECE = 64 * 1024


def listen(path: Path, *, backlog: int = 16) -> socket.socket:
    """A listener at `path`, 0600, in place of what lay there. OSError where none can be (too long a path, say).

    Sets the umask for a moment: call it before threads make files.
    """
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(before)
    listener.listen(backlog)
    return listener


def send(connection: socket.socket, value: object, *, limit: int) -> None:
    """One frame. ValueError if it would be longer than `limit` bytes; OSError as the connection gives it."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > limit:
        raise ValueError("the frame is too long")
    connection.sendall(_LENGTH.pack(len(body)) + body)


def receive(connection: socket.socket, *, limit: int, seconds: float) -> object:
    """One frame, whole within so many seconds. OSError when it does not come, ValueError when it is none."""
    until = time.monotonic() + seconds
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size, until))
    if length > limit:
        raise ValueError("the frame is too long")
    try:
        return json.loads(_exactly(connection, length, until))
    except RecursionError:
        raise ValueError("the frame is nested too deeply") from None


def _exactly(connection: socket.socket, n_bytes: int, until: float) -> bytes:
    got = bytearray()
    while len(got) < n_bytes:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        piece = connection.recv(min(_PIECE, n_bytes - len(got)))
        if not piece:
            raise ConnectionError("the other side hung up")
        got += piece
    return bytes(got)
