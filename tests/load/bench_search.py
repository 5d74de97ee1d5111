"""How fast a search is, beside what opening the same turns and one `str.find` cost.

    python -m tests.load.bench_search [interviews]

The floor reads the same rows, opens each turn and looks for the word in it with `str.find`: no case, no alphabets,
no context, no record. A search is measured without the index and with it: everything, page after page without end,
and the first page as people see it. Each figure is processor time of all sides, the best of three.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import insert, select
from sqlmodel import Session, col

from qualcoder.accounts.models import Person, Study
from qualcoder.coding import index_socket, search
from qualcoder.coding.index import Index
from qualcoder.coding.searching import Ask, search_study
from qualcoder.core.clock import now
from qualcoder.core.ids import TextVersionId, TranscriptId, new_id
from qualcoder.home import Home
from qualcoder.interviews.models import Interview
from qualcoder.transcripts.models import TextKind, TextVersion, Transcript, TranscriptState, Turn
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef
from tests import homes
from tests.homes import Backend
from tests.transcripts import making

# Invented words: stems with endings. Common ones first; how often a word is said falls with its rank.
STEMS = {
    "ru": "и не что как это так вот люд дел год вод дорог школ акимат выбор район сел работ деньг газ угл помощ бюджет",
    "kk": "және мен бұл деп үшін адам ауыл су жол мектеп әкімдік сайлау аудан жұмыс ақша газ көмір көмек бюджет",
    "en": "and the that this people water road school office election district village work money gas coal help budget",
}
ENDINGS = {
    "ru": "а у ы е ой ами ах ов ный ная",
    "kk": "ға да ны ның лар дан мен ы ды сы",
    "en": "s ed ing er ly al ful ness y en",
}
TURNS, WORDS = 120, 90
TYPED = {
    "common word": "вода",
    "rare word": "редкостный",
    "two words": "вода бюджет",
    "beginning": "акимат*",
    "phrase": '"вода дорога"',
}


def main(n_interviews: int) -> None:
    """Make the home, then print each query's figures."""
    with tempfile.TemporaryDirectory() as folder:
        template = homes.make_template(Backend.WAL, Path(folder) / "template")
        with homes.copied(template, Path(folder) / "home") as home:
            world = homes.make_world(home)
            first = making.to_codable(home, world)
            n_bytes = _fill(home, first, n_interviews)
            _measure(home, world.pi, world.study, n_bytes)


def _fill(home: Home, model: Transcript, n_interviews: int) -> int:
    """Copies of a released transcript's rows with invented texts, sealed; how many bytes of text."""
    chance = random.Random(20261121)
    n_bytes = 0
    with home.data.read() as db:
        interview = db.get_one(Interview, model.interview_id)
    for number in range(2, n_interviews + 2):
        language = chance.choices(["ru", "kk", "en"], [65, 25, 10])[0]
        words = [stem + ending for ending in ENDINGS[language].split() for stem in STEMS[language].split()]
        weights = [1 / rank for rank in range(1, len(words) + 1)]
        with home.data.transaction() as db:
            ids = _rows(db, home, model, interview, number)
            turns, start = [], 0
            for n in range(1, TURNS + 1):
                body = " ".join(chance.choices(words, weights, k=WORDS)).capitalize() + "."
                if chance.random() < 0.0005:
                    body += " Редкостный."
                turns.append(_turn(db, ids, n, start, body, language))
                start += len(body) + 1
                n_bytes += len(body.encode())
            db.execute(insert(Turn), turns)
    return n_bytes


Ids = tuple[object, KeyRef]


def _rows(db: Session, home: Home, model: Transcript, interview: Interview, number: int) -> Ids:
    values = {column.name: getattr(interview, column.name) for column in Interview.__table__.columns}  # type: ignore[attr-defined]  # set by the mapper
    values |= {"id": new_id(), "number": number}
    db.execute(insert(Interview), [values])
    key = KeyRef.interview(values["id"], model.study_id)
    home.keyring.create(key)
    version_id, transcript_id = TextVersionId(new_id()), TranscriptId(new_id())
    of_transcript = {column.name: getattr(model, column.name) for column in Transcript.__table__.columns}  # type: ignore[attr-defined]  # set by the mapper
    of_transcript |= {
        "id": transcript_id,
        "interview_id": values["id"],
        "number": number,
        "content_mac": number.to_bytes(32, "big"),
        "text_version_id": version_id,
        "state": TranscriptState.CODABLE,
    }
    db.execute(insert(Transcript), [of_transcript])
    db.add(
        TextVersion(
            id=version_id, transcript_id=transcript_id, number=1, kind=TextKind.ANONYMISED, n_chars=0, created_at=now()
        )
    )
    db.flush()
    return version_id, key


def _turn(db: Session, ids: Ids, n: int, start: int, body: str, language: str) -> dict[str, object]:
    version_id, key = ids
    row = sealing.RowKey(new_id())
    return {
        "id": row.id,
        "text_version_id": version_id,
        "n": n,
        "start": start,
        "length": len(body),
        "bounds": [0],
        "language": language,
        "is_interviewer": n % 2 == 1,
        "sealed_to": "interview",
        "speaker_ct": b"",
        "body_ct": sealing.seal(db, key, f.TURN_BODY, row, body),
        "sealed_rev": 0,
    }


def _floor(home: Home, study: Study, word: str) -> int:
    """Rows, opening, `str.find`."""
    n = 0
    with home.data.read() as db:
        rows = db.execute(
            select(col(Transcript.interview_id), col(Turn.id), col(Turn.sealed_rev), col(Turn.body_ct)).join(
                Turn, col(Turn.text_version_id) == col(Transcript.text_version_id)
            )
        )
        openers: dict[object, Callable[..., bytes]] = {}
        for interview_id, turn_id, rev, blob in rows:
            opener = openers.get(interview_id)
            if opener is None:
                key = KeyRef.interview(interview_id, study.id)
                opener = openers[interview_id] = sealing.bulk_opener(db, key, f.TURN_BODY)
            n += opener(turn_id, rev, blob).decode().find(word) >= 0
    return n


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def _measure(home: Home, pi: Person, study: Study, n_bytes: int) -> None:
    megabytes = n_bytes / 1e6
    with home.data.read() as db:
        keys = [KeyRef.interview(interview_id, study.id) for interview_id in db.scalars(select(col(Interview.id)))]
        sealing.preload(db, keys)
    say = sys.stdout.write
    floor = _best(lambda: _floor(home, study, "вода"))
    say(f"{len(keys)} interviews, {megabytes:.0f} MB; floor {floor:.2f} s ({megabytes / floor:.0f} MB/s)\n")
    scanned = _searches(home, pi, study)
    index = Index(home.data, 10 * int(megabytes) + 10)
    with index_socket.serving(home.settings.search_socket, index):
        begun, begun_cpu = time.perf_counter(), time.process_time()
        _whole(home, pi, study, "редкостный", is_folded=False)
        wall, cpu = _until_ready(home, study) - begun, time.process_time() - begun_cpu
        say(f"the index: {index.size / 1e6:.0f} MB, ready {wall:.1f} s after the first search, whose scan is in its")
        say(f" {cpu:.1f} s of processor time\n")
        asked = _searches(home, pi, study)
    say(f"{'':44} {'scan':>8} {'x floor':>8} {'index':>8} {'x floor':>8}\n")
    for name, took in scanned.items():
        with_it = asked[name]
        say(f"  {name:42} {took:7.3f}s {took / floor:8.2f} {with_it:7.3f}s {with_it / floor:8.3f}\n")
    bodies = [("вода дорога " * 60).encode()] * 2000
    size = sum(map(len, bodies)) / 1e6
    query = search.parse("редкостный")
    sieve = _best(lambda: search.candidates(query, bodies))
    plain = _best(lambda: [body.decode().find("редкостный") for body in bodies])
    say(f"  the sieve alone: {size / sieve:.0f} MB/s; decoding and str.find alone: {size / plain:.0f} MB/s\n")


def _searches(home: Home, pi: Person, study: Study) -> dict[str, float]:
    took = {}
    for name, typed in TYPED.items():
        for is_folded in (False, True):
            how = f"{name} (Kazakh as Russian)" if is_folded else name
            took[how] = _best(lambda: _whole(home, pi, study, typed, is_folded=is_folded))  # noqa: B023  # called at once
        took[f"{name}, first page"] = _best(lambda: _first_page(home, pi, study, typed))  # noqa: B023  # called at once
    return took


def _until_ready(home: Home, study: Study) -> float:
    """Wait until the index knows every text; when that was."""
    with home.data.read() as db:
        by_number = select(col(Transcript.text_version_id)).order_by(col(Transcript.number))
        versions = [version for version in db.scalars(by_number) if version is not None]
    # Texts are loaded in the order of their numbers.
    last = index_socket.Question(study.id, versions[-1:], "вода", reads_kazakh_as_russian=False, shown=1, limit=1)
    while True:
        looked = index_socket.ask(home.settings.search_socket, last)
        if looked is not None and not looked.missing:
            return time.perf_counter()
        time.sleep(0.1)


def _first_page(home: Home, pi: Person, study: Study, typed: str) -> None:
    with home.data.read() as db:
        search_study(db, pi, study.slug, Ask(typed), patience_seconds=60)


def _whole(home: Home, pi: Person, study: Study, typed: str, *, is_folded: bool) -> None:
    """Page after page until the study is searched."""
    after: int | None = 0
    while after is not None:
        with home.data.read() as db:
            ask = Ask(typed, is_folded, after)
            after = search_study(db, pi, study.slug, ask, patience_seconds=60, page=10**9)[1].next_after


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
