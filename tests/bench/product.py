"""This program as the scripts of QUALCODER_BENCH drive programs: over HTTP as its own page does.

Their adapter class is joined to `Product` when they are loaded; nothing of theirs is kept here. What fills a home
is written straight into the database, as those scripts allow: filling is never timed.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from qualcoder.accounts.models import Person, Role
from qualcoder.core.ids import TranscriptId
from tests import homes
from tests.bench.drawn import COUNT, is_drawn
from tests.bench.filling import Filled, Span, Text, make_study
from tests.bench.house import House
from tests.bench.in_and_out import FORM, raw_text
from tests.bench.wire import Wire, coding_request, multipart
from tests.homes import Backend

PARAGRAPH = re.compile(r"<p>[^:<]*: (.*?)</p>", re.DOTALL)
EXPORT = "export:"
# A token holds five streams at most.
TOKENS = 8
Answered = tuple[int, Mapping[str, str], bytes, float, float]


class Product:
    """What an adapter must offer. One person does everything, as a PI who codes."""

    name = "ours"
    port = 0
    proc: subprocess.Popen[bytes] | None = None

    def __init__(self, kit: ModuleType, folder: Path) -> None:
        self.kit: Any = kit
        self.cookies: dict[str, str] = {}
        self.studies: dict[str, Filled] = {}
        self.texts: dict[TranscriptId, Text] = {}
        template = homes.make_template(Backend.WAL, folder / "template")
        self._made = homes.copied(template, folder / "home")
        self.house = House(self._made.__enter__())
        self.me: Person = homes.make_person(self.house.home, "bench@example.org", "Oydantap")
        self._listeners: list[Wire] = []

    async def start(self, fresh: object = None) -> float:
        seconds = await self.house.start()
        self.port, self.proc = self.house.port, self.house.process
        return seconds

    def stop(self) -> None:
        self.house.stop()

    def close(self) -> None:
        """End the server and let go of the home."""
        self.stop()
        self._made.__exit__(None, None, None)

    async def login(self) -> None:
        self.cookies = {"qc": self.house.token(self.me)}

    def client(self) -> Any:
        """Their client with what our pages send along; an address `export:` is the whole way to a file."""
        return _Browser(self, self.kit.Client(self.port, self.cookies))

    async def new_project(self, name: str) -> str:
        slug = f"{re.sub('[^a-z0-9]+', '-', name.lower())[:20]}-{len(self.studies)}"
        found = make_study(self.house.home, slug, races=5)
        homes.add_member(self.house.home, found.study, self.me, Role.PI)
        self.studies[slug] = found
        return slug

    async def codes(self, pid: str, names: Sequence[str]) -> list[UUID]:
        return [code_id for code_id, _version in self.studies[pid].codes[: len(names)]]

    async def import_doc(self, client: Any, pid: str, name: str, filename: str, data: bytes) -> TranscriptId:
        """Upload a file by the page. HTML is how their scripts fill: those texts come released into the database."""
        if filename.endswith(".html"):
            bodies = [" ".join(body.split()) for body in PARAGRAPH.findall(data.decode())]
            return self._keep(self.studies[pid].add_texts(1, bodies))[0]
        body, kind = multipart(FORM, filename, data)
        answer = await client.request("POST", f"/studies/{pid}/upload", body, {"Content-Type": kind})
        at = re.fullmatch(r"/transcripts/([0-9a-f-]{36})/speakers", answer[1].get("location", ""))
        if at is None:
            raise RuntimeError(f"an upload was answered with {answer[0]}")
        return TranscriptId(UUID(at[1]))

    def _keep(self, made: Sequence[Text]) -> list[TranscriptId]:
        self.texts |= {text.id: text for text in made}
        return [text.id for text in made]

    async def text(self, client: Any, pid: str, doc: TranscriptId) -> str:
        return self.texts[doc].body if doc in self.texts else raw_text(self.house.home, doc)

    async def add(self, client: Any, pid: str, doc: TranscriptId, start: int, end: int, code: UUID) -> str:
        path, body = coding_request(doc, (start, end), code)
        answer = await client.request("PUT", path, body, {"Content-Type": "application/json"})
        if answer[0] != 200:
            raise RuntimeError(f"a coding was answered with {answer[0]}")
        return path

    @staticmethod
    def offsets(text: str, spans: Sequence[Span]) -> Sequence[Span]:
        """Both sides count letters."""
        return spans

    def bulk(self, pid: str, doc: TranscriptId, text: str, spans: Sequence[Span], codes: Sequence[UUID]) -> list[Any]:
        return list(self.studies[pid].add_codings(self.texts[doc], spans, self.me))

    def copies(self, pid: str, doc: TranscriptId, n: int) -> list[TranscriptId]:
        return self._keep(self.studies[pid].add_texts(n, self.texts[doc].body.split("\n")))

    def count(self, pid: str) -> int:
        return self.studies[pid].count()

    def open_paths(self, pid: str, doc: TranscriptId) -> list[str]:
        return [f"/transcripts/{doc}"]

    def open_js(self, last: object) -> tuple[str, str]:
        return is_drawn(last or None), COUNT

    def export_paths(self, pid: str) -> dict[str, str]:
        return {"csv": f"{EXPORT}csv:{pid}"}

    def matrix_path(self, pid: str) -> None:
        return None

    def project_path(self, pid: str) -> str:
        """The page that lists the documents of a study."""
        return f"/studies/{pid}/transcripts"

    async def last_event(self, client: Any, pid: str) -> int:
        found = self.studies[pid]
        self._listeners = [self.house.script(self.me, found.study) for _ in range(TOKENS)]
        return 0

    async def wait_event(self, pid: str, last: int) -> int:
        """Open the stream as another page does and wait for the next coding."""
        wire = self._listeners.pop(0)
        self._listeners.append(wire)
        own = wire.again()
        stream = await own.listen(f"/api/v1/studies/{pid}/events")
        try:
            while b"event: coding" not in await asyncio.wait_for(stream.readline(), 30):
                pass
        finally:
            own.close()
        return last + 1


class _Browser:
    """Their keep-alive client as one of our pages uses it."""

    def __init__(self, product: Product, client: Any) -> None:
        self._product = product
        self._client = client

    async def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answered:
        if path.startswith(EXPORT):
            return await self._export(*path.removeprefix(EXPORT).split(":"))
        answered: Answered = await self._client.request(method, path, body, {**self._own(), **(headers or {})})
        return answered

    def _own(self) -> dict[str, str]:
        return self._product.house.wire(self._product.me).headers

    async def _export(self, kind: str, pid: str) -> Answered:
        sent = f"format={kind}&shape=long".encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answered = await self.request("POST", f"/studies/{pid}/matrix/exports", sent, form)
        address = answered[1]["location"]
        taken = answered[4]
        while (page := await self.request("GET", address))[2].find(b"/file") < 0:
            taken += page[4] + 0.05
            await asyncio.sleep(0.05)
        file = await self.request("GET", f"{address}/file")
        return (*file[:4], taken + file[4])

    async def close(self) -> None:
        await self._client.close()


def adapter(base: type, kit: ModuleType, folder: Path) -> Any:
    """An instance of their adapter class with our ways."""
    made: Any = type("Ours", (Product, base), {})
    return made(kit, folder)
