"""What coding costs: the same few statements, however long the text is and however many transcripts there are.

Time is not asserted here; `tests/load/bench_add.py` measures it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlmodel import Session

from qualcoder.accounts.permissions import Act
from qualcoder.coding import service
from qualcoder.core.ids import CodeId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts.access import reach_codable
from qualcoder.transcripts.models import Transcript
from tests.coding.long_texts import add_many, make_long
from tests.homes import Browser, Statements, World, count_statements
from tests.transcripts import making

AT_MOST = 10


@pytest.fixture
def codes(home: Home, world: World) -> dict[str, CodeId]:
    return making.import_codes(home, world)


def put(browser: Browser, transcript: Transcript, code: UUID, start: int, end: int, **more: object) -> int:
    body = {"transcript_id": str(transcript.id), "version": 1, "start": start, "end": end, "code_id": str(code), **more}
    status: int = browser.put(f"/codings/{new_id()}", content=json.dumps(body)).status_code
    return status


def _sent(counted: Statements) -> str:
    return "\n".join(statement.split("\n")[0][:100] for statement in counted.sent)


@pytest.mark.both_backends
def test_adding_a_coding_takes_ten_statements_at_most_whatever_the_length(
    home: Home, world: World, browser: Browser, codes: dict[str, CodeId]
) -> None:
    coder = browser.as_(world.coder)
    counts = {}
    for words in (400, 8_000, 50_000, 150_000):
        transcript = make_long(home, world, words)
        # The first request of a process opens keys and fills caches.
        assert put(coder, transcript, codes["ROADS"], 1, 9) == 200
        for place in (0, transcript.n_chars // 2, transcript.n_chars - 30):
            with count_statements(home.data) as counted:
                assert put(coder, transcript, codes["WATER"], place, place + 25) == 200
            assert len(counted) <= AT_MOST, _sent(counted)
            counts[words, place] = len(counted)
    assert len(set(counts.values())) == 1, counts


def test_a_passage_over_many_turns_takes_no_more_statements(
    home: Home, world: World, browser: Browser, codes: dict[str, CodeId]
) -> None:
    coder, transcript = browser.as_(world.coder), make_long(home, world, 8_000)
    assert put(coder, transcript, codes["ROADS"], 1, 9) == 200
    with count_statements(home.data) as counted:
        assert put(coder, transcript, codes["WATER"], 0, transcript.n_chars) == 200
    assert len(counted) <= AT_MOST, _sent(counted)


def test_codings_that_are_there_already_cost_no_statements(
    home: Home, world: World, browser: Browser, codes: dict[str, CodeId]
) -> None:
    coder, transcript = browser.as_(world.coder), make_long(home, world, 400)
    assert put(coder, transcript, codes["ROADS"], 1, 9) == 200
    with count_statements(home.data) as first:
        assert put(coder, transcript, codes["WATER"], 1, 9) == 200
    for place in range(0, 400, 10):
        assert put(coder, transcript, codes["WATER"], place, place + 9) == 200
    with count_statements(home.data) as last:
        assert put(coder, transcript, codes["COURT"], 1, 9) == 200
    assert len(first) == len(last)


def test_removing_a_coding_takes_ten_statements_at_most(
    home: Home, world: World, browser: Browser, codes: dict[str, CodeId]
) -> None:
    coder, transcript = browser.as_(world.coder), make_long(home, world, 8_000)
    body = {"transcript_id": str(transcript.id), "version": 1, "start": 0, "end": 9, "code_id": str(codes["WATER"])}
    coding_id = new_id()
    assert coder.put(f"/codings/{coding_id}", content=json.dumps(body)).status_code == 200
    with count_statements(home.data) as counted:
        assert coder.delete(f"/codings/{coding_id}").status_code == 200
    assert len(counted) <= AT_MOST, _sent(counted)


def test_the_database_reads_no_more_at_the_end_of_a_long_text_than_near_its_start(home: Home, world: World) -> None:
    making.import_codes(home, world)
    transcript = make_long(home, world, 50_000)
    steps = []
    with home.data.read() as db:
        found = reach_codable(db, world.coder, transcript.id, Act.CODE)
        for place in (500, transcript.n_chars - 500):
            span = Span(place, place + 25)
            service.turns_at(db, found, span)
            steps.append(_steps(db, lambda span=span: service.turns_at(db, found, span)))  # type: ignore[misc]  # a default binds it
    assert steps[1] <= steps[0] * 1.5


def _steps(db: Session, act: Callable[[], object]) -> int:
    """How many instructions of SQLite's machine an act takes, in tens."""
    counted = 0

    def note() -> int:
        nonlocal counted
        counted += 1
        return 0

    raw = db.connection().connection.driver_connection
    assert raw is not None
    raw.set_progress_handler(note, 10)
    try:
        act()
    finally:
        raw.set_progress_handler(None, 0)
    return counted


@pytest.mark.parametrize("who", ["coder", "pi"])
def test_opening_a_transcript_takes_as_many_statements_with_a_thousand_beside_it_as_with_ten(
    home: Home, world: World, browser: Browser, codes: dict[str, CodeId], who: str
) -> None:
    transcript, reader = make_long(home, world, 400), browser.as_(world.by_name[who])
    path = f"/transcripts/{transcript.id}"
    add_many(home, transcript, world.coder, 9, first=1000)
    assert reader.get(path).status_code == 200
    with count_statements(home.data) as few:
        assert reader.get(path).status_code == 200
    add_many(home, transcript, world.coder, 990, first=2000)
    with count_statements(home.data) as many:
        assert reader.get(path).status_code == 200
    assert len(few) == len(many), _sent(many)
