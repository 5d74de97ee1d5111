"""What coding costs: the same few statements, however long the text is and however many transcripts there are.

Time is not asserted here; `tests/load/bench_add.py` measures it.
"""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from qualcoder.core.ids import CodeId, new_id
from qualcoder.home import Home
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
        assert put(coder, transcript, codes["WATER"], 1, 9) == 200
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


@pytest.mark.parametrize("who", ["coder", "pi"])
def test_opening_a_transcript_takes_as_many_statements_with_a_thousand_beside_it_as_with_ten(
    home: Home, world: World, browser: Browser, codes: dict[str, CodeId], who: str
) -> None:
    transcript, reader = make_long(home, world, 400), browser.as_(world.by_name[who])
    path = f"/transcripts/{transcript.id}"
    add_many(home, transcript, world.coder, 9)
    assert reader.get(path).status_code == 200
    with count_statements(home.data) as few:
        assert reader.get(path).status_code == 200
    add_many_more(home, transcript, world)
    with count_statements(home.data) as many:
        assert reader.get(path).status_code == 200
    assert len(few) == len(many), _sent(many)


def add_many_more(home: Home, transcript: Transcript, world: World) -> None:
    """The other 990, with serials of their own."""
    with home.data.transaction() as db:
        db.connection().exec_driver_sql("UPDATE transcript SET number = number + 100000 WHERE number >= 1000")
    add_many(home, transcript, world.coder, 990)
