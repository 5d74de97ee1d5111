"""A browser's wire for measuring: one keep-alive connection per person, as thin as can be."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

from qualcoder.vault import hashing

LIMIT = 1 << 27
PATIENCE_SECONDS = 120.0

_OPENED: list[asyncio.StreamWriter] = []


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long the whole of it took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class Wire:
    """One person's connection to a server on this machine. `token` is that of a session, `bearer` one of the API."""

    def __init__(self, port: int, *, token: str = "", bearer: str = "") -> None:
        self.port = port
        self.headers = {"Host": f"127.0.0.1:{port}", "Accept-Encoding": "gzip"}
        if token:
            origin = f"http://127.0.0.1:{port}"
            self.headers |= {"Cookie": f"qc={token}", "X-CSRF": hashing.csrf_token(token), "Origin": origin}
        if bearer:
            self.headers["Authorization"] = f"Bearer {bearer}"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Answer:
        """Send a request and read the whole answer."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            begun = time.perf_counter()
            is_kept = self._streams is not None
            try:
                status, headers, reader = await self._begun(method, path, body, kind)
            except OSError:
                # A server closes a connection that was quiet for some seconds; a browser then opens another.
                if not is_kept:
                    raise
                self.close()
                status, headers, reader = await self._begun(method, path, body, kind)
            content = await _body(reader, headers, status)
            return Answer(status, headers, content, time.perf_counter() - begun)

    async def _begun(
        self, method: str, path: str, body: bytes, kind: str
    ) -> tuple[int, dict[str, str], asyncio.StreamReader]:
        reader = await self._send(method, path, body, kind)
        return *(await _head(reader)), reader

    async def get(self, path: str) -> Answer:
        """A page or a file, which must be there."""
        answer = await self.ask("GET", path)
        if answer.status != 200:
            raise WrongAnswer("GET", path, answer.status)
        return answer

    async def listen(self, path: str) -> asyncio.StreamReader:
        """The beginning of a stream of events; read on from what is returned."""
        reader = await self._send("GET", path, b"", "")
        status, _headers = await _head(reader)
        if status != 200:
            raise WrongAnswer("GET", path, status)
        return reader

    async def _send(self, method: str, path: str, body: bytes, kind: str) -> asyncio.StreamReader:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=LIMIT)
            _OPENED.append(self._streams[1])
        reader, writer = self._streams
        headers = dict(self.headers)
        if method != "GET":
            headers |= {"Content-Length": str(len(body)), "Content-Type": kind}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        return reader

    def again(self) -> Wire:
        """Another connection of the same person."""
        other = Wire(self.port)
        other.headers = self.headers
        return other

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def close_all() -> None:
    """Close every connection that was opened, as a browser does when it is ended."""
    while _OPENED:
        writer = _OPENED.pop()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


class WrongAnswer(Exception):
    """A work that was to be timed was not done: no figure."""

    def __init__(self, method: str, path: str, status: int) -> None:
        super().__init__(f"{method} {path} was answered with {status}")
        self.status = status


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    line = await reader.readline()
    if not line:
        raise ConnectionError("the server hung up")
    headers: dict[str, str] = {}
    while (field := await reader.readline()) not in {b"\r\n", b""}:
        name, _, value = field.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return int(line.split()[1]), headers


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str], status: int) -> bytes:
    if status in {204, 304}:
        return b""
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    parts = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append((await reader.readexactly(size + 2))[:-2])
    await reader.readline()
    return b"".join(parts)


# Acts of a page ---------------------------------------------------------------------------------------------


def coding_request(transcript_id: object, span: tuple[int, int], code_id: object) -> tuple[str, bytes]:
    """Path and body of an added coding, as the coding page sends it."""
    sent = {
        "transcript_id": str(transcript_id),
        "version": 1,
        "start": span[0],
        "end": span[1],
        "code_id": str(code_id),
    }
    return f"/codings/{uuid4()}", json.dumps(sent).encode()


async def put_coding(wire: Wire, transcript_id: object, span: tuple[int, int], code_id: object) -> float:
    """Add a coding; seconds until the answer."""
    path, body = coding_request(transcript_id, span, code_id)
    answer = await wire.ask("PUT", path, body)
    if answer.status != 200:
        raise WrongAnswer("PUT", path, answer.status)
    return answer.seconds


def multipart(fields: Mapping[str, str], file_name: str, content: bytes) -> tuple[bytes, str]:
    """A form with one file: its body and its content type."""
    mark = uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n\r\n')
    return "".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


# Figures of many times --------------------------------------------------------------------------------------------


def share(times: list[float], percent: float) -> float:
    """The time that so many percent stay within."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


async def paced(users: int, every: float, acts: int, act: Callable[[int], Awaitable[float]]) -> list[float]:
    """Everybody acts so many times, once in `every` seconds, spread evenly; seconds from each planned moment."""
    begun = time.perf_counter() + 0.1
    late: list[float] = []

    async def one(user: int) -> None:
        for n in range(acts):
            due = begun + every * (n + user / users)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await act(user)
            late.append(time.perf_counter() - due)

    await asyncio.gather(*(one(user) for user in range(users)))
    return late


async def closed_loop(users: int, seconds: float, act: Callable[[int], Awaitable[float]]) -> tuple[list[float], float]:
    """Everybody acts again as soon as they are answered: all times, and how many acts there were a second."""
    times: list[float] = []
    begun = time.perf_counter()
    until = begun + seconds

    async def one(user: int) -> None:
        while time.perf_counter() < until:
            times.append(await act(user))

    await asyncio.gather(*(one(user) for user in range(users)))
    return times, len(times) / (time.perf_counter() - begun)
