"""Files coming in, tables going out, and searching."""

from __future__ import annotations

import asyncio
import io
import re
import time
from urllib.parse import urlencode
from uuid import UUID

import docx
from sqlmodel import col, select

from qualcoder.coding.index_socket import AT_ONCE, Question, ask
from qualcoder.core.ids import TranscriptId
from qualcoder.home import Home
from qualcoder.transcripts import service
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.queries import open_turns, turns_of
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef
from tests.bench.coding_load import MATRIX, PASSAGES, export
from tests.bench.figures import Skipped
from tests.bench.filling import Filled, invented_bodies
from tests.bench.house import House, family, resident_mb
from tests.bench.measuring import Bench, in_turns
from tests.bench.wire import multipart

FORM = {"title": "", "language": "ru", "category": "voter", "consent": "true"}
NOWHERE = "нигденебывало"
FOUND_WITHIN_SECONDS = 120.0


def as_txt(words: int, seed: int) -> bytes:
    """An invented interview as somebody would type it."""
    return "\n".join(_lines(words, seed)).encode()


def as_docx(words: int, seed: int) -> bytes:
    """The same from a word processor."""
    document = docx.Document()
    for line in _lines(words, seed):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _lines(words: int, seed: int) -> list[str]:
    said = enumerate(invented_bodies(words, seed))
    return [f"{'Респондент' if n % 2 else 'Интервьюер'}: {body}" for n, body in said]


async def upload(house: House, found: Filled, name: str, content: bytes) -> tuple[float, TranscriptId]:
    """Send a file by the page; seconds until its turns can be read, and the transcript."""
    body, kind = multipart(FORM, name, content)
    wire = house.wire(found.pi)
    answer = await wire.ask("POST", house.page(found, "upload"), body, kind)
    wire.close()
    at = re.fullmatch(r"/transcripts/([0-9a-f-]{36})/speakers", answer.headers.get("location", ""))
    if at is None:
        raise Skipped(f"a file was answered with {answer.status}")
    return answer.seconds, TranscriptId(UUID(at[1]))


async def imports(bench: Bench) -> None:
    """Files one after another until their turns can be read; the search for names in them is counted apart."""
    sizes = bench.sizes
    for kind, make in (("txt", as_txt), ("docx", as_docx)):
        found = bench.study(sizes.few_texts)
        contents = [make(sizes.words, 1000 * len(kind) + n) for n in range(sizes.files)]
        taken, made = 0.0, []
        for n, content in enumerate(contents):
            seconds, transcript_id = await upload(bench.house, found, f"{n}.{kind}", content)
            taken += seconds
            made.append(transcript_id)
        for n in {0, sizes.files - 1}:
            said = _letters("".join(invented_bodies(sizes.words, 1000 * len(kind) + n)))
            if not _letters(raw_text(bench.house.home, made[n])).endswith(said[-40:]):
                raise Skipped(f"the end of a {kind} file is not among its turns")
        bench.report.figure(f"import {kind}, {sizes.words} words", sizes.files / taken, "files/s")
        if kind == "txt":
            await _search_names(bench, found, made[: sizes.searched])
    few, many = bench.study(sizes.few_texts), bench.study(sizes.many_texts)
    numbers = iter(range(100_000, 200_000))

    async def into(found: Filled) -> float:
        n = next(numbers)
        return (await upload(bench.house, found, f"{n}.txt", as_txt(sizes.words, n)))[0]

    small, large = await in_turns(sizes.repeats, lambda: into(few), lambda: into(many))
    bench.report.law(f"import: into {len(many.texts)} / {len(few.texts)} texts", small, large, 1.1)


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def raw_text(home: Home, transcript_id: TranscriptId) -> str:
    """A text as it was received."""
    with home.data.read() as db:
        transcript = db.get_one(Transcript, transcript_id)
        key = KeyRef.interview(transcript.interview_id, transcript.study_id)
        return "\n".join(turn.body for turn in open_turns(db, key, turns_of(db, transcript.text_version_id)))


async def _search_names(bench: Bench, found: Filled, made: list[TranscriptId]) -> None:
    begun = time.perf_counter()
    with bench.house.home.data.transaction() as db:
        for transcript_id in made:
            service.take_as_found(db, found.pi, transcript_id)
    while begun + FOUND_WITHIN_SECONDS > time.perf_counter():
        with bench.house.home.data.read() as db:
            mine = (col(Transcript.id).in_(made), col(Transcript.state) == TranscriptState.DETECTING)
            if not db.exec(select(Transcript.id).where(*mine)).all():
                break
        await asyncio.sleep(0.05)
    else:
        raise Skipped("the search for names did not end")
    each = (time.perf_counter() - begun) / len(made)
    bench.report.figure("search for names in the worker, its start included", each, "s/file")


FILES = (
    ("matrix", MATRIX, "csv"),
    ("matrix", MATRIX, "dta"),
    ("passages", PASSAGES, "csv"),
    ("passages", PASSAGES, "xlsx"),
)


async def exports(bench: Bench) -> None:
    """The table of themes by races, and every passage with its words, from asking for it to the last byte."""
    few, many = bench.study(bench.sizes.some_texts, max(1, bench.sizes.each // 10)), bench.study(bench.sizes.many_texts)
    for name, what, kind in FILES:
        taken = []
        for found in (few, many):
            _server, *others = family(bench.house.server_id)
            seconds, size = await export(bench, found, kind, what)
            memory = sum(resident_mb(pid) for pid in others)
            note = f"{size / 1000:.0f} kB, worker then {memory:.0f} MB"
            taken.append(seconds)
            bench.report.figure(f"{name} as {kind}, {found.count()} codings", seconds * 1000, "ms", note)
        if what is PASSAGES:
            more = many.count() / few.count()
            law = f"passages as {kind}: {many.count()} / {few.count()} codings"
            bench.report.law(law, taken[0], taken[1], more * 1.1)


async def searching(bench: Bench) -> None:
    """A word that nobody said, looked for everywhere, beside reading, opening and `str.find` of the same rows.

    The first search of a study opens every text; then the worker's index knows them.
    """
    few = bench.study(bench.sizes.some_texts, max(1, bench.sizes.each // 10))
    many = bench.study(bench.sizes.many_texts)
    wire = bench.house.wire(many.pi)
    if (await wire.ask("GET", bench.house.page(many, "search"))).status != 200:
        raise Skipped("there is no search page yet")
    scanned, asked = [], []
    for found in (few, many):
        floor = min(_scan(bench.house.home, found) for _ in range(3))
        scanned.append(await _search(bench, found))
        await _until_indexed(found)
        asked += await in_turns(3, lambda found=found: _search(bench, found))  # type: ignore[misc]  # a lambda's default has no type
        name = f"search {len(found.texts)} interviews"
        bench.report.figure(f"{name}, the first time", scanned[-1] * 1000, "ms", f"floor {floor * 1000:.0f} ms")
        bench.report.figure(f"{name}, known to the index", asked[-1] * 1000, "ms")
        bench.report.law(f"{name}: first time / scan floor", floor, scanned[-1], 2.0)
    size = len(many.texts) / len(few.texts)
    for name, taken in (("first search", scanned), ("search by the index", asked)):
        bench.report.law(f"{name}: {len(many.texts)} / {len(few.texts)} interviews", taken[0], taken[1], size * 1.05)


async def _until_indexed(found: Filled) -> None:
    """Wait until the worker's index knows every text of a study."""
    until = time.monotonic() + FOUND_WITHIN_SECONDS
    waiting = [text.version_id for text in found.texts]
    while waiting:
        if time.monotonic() > until:
            raise Skipped("the index did not come to know the texts")
        asked = Question(found.study.id, waiting[:AT_ONCE], NOWHERE, reads_kazakh_as_russian=False, shown=1, limit=9)
        looked = ask(found.home.settings.search_socket, asked)
        if looked is not None and not looked.missing:
            waiting = waiting[looked.looked :]
        else:
            await asyncio.sleep(0.2)


async def _search(bench: Bench, found: Filled) -> float:
    """Page after page until the study is searched, as somebody who goes on each time."""
    wire = bench.house.wire(found.pi)
    taken, after = 0.0, "0"
    while after:
        sent = urlencode({"words": NOWHERE, "after": after}).encode()
        address = bench.house.page(found, "search")
        answer = await wire.ask("POST", address, sent, "application/x-www-form-urlencoded")
        if answer.status != 200:
            raise Skipped(f"a search was answered with {answer.status}")
        taken += answer.seconds
        # A page that stopped early offers to go on after the last transcript it looked at.
        offered = re.findall(r'name="after" value="(\d+)"', answer.body.decode())
        after = max((n for n in offered if int(n) > int(after)), key=int, default="")
    wire.close()
    return taken


def _scan(home: Home, found: Filled) -> float:
    """Seconds for rows, opening and `str.find`: no case, no alphabets, no record."""
    begun = time.perf_counter()
    with home.data.read() as db:
        sealing.preload(db, [text.key for text in found.texts])
        for text in found.texts:
            for turn in turns_of(db, text.version_id):
                sealing.open_(db, text.key, f.TURN_BODY, turn, turn.body_ct).find(NOWHERE)
    return time.perf_counter() - begun
