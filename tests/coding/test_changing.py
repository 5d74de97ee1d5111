"""Changing one's own coding by PATCH: what is absent stays, stale changes are conflicts, repetitions change nothing."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel import select

from qualcoder.coding.models import Coding, Command, Memo
from qualcoder.coding.passages import quote_mac
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from qualcoder.vault.keys import KeyRef
from tests.homes import Browser, World, count_statements
from tests.transcripts import making


class Bench:
    """A released transcript of both coders with one coding of the coder, by the page's own requests."""

    def __init__(self, home: Home, world: World, browser: Browser) -> None:
        self.home = home
        self.codes = making.import_codes(home, world)
        self.transcript: Transcript = making.to_codable(home, world, None, world.coder, world.other_coder)
        self.coder = browser.as_(world.coder)
        self.coding = uuid4()
        self.put(self.coding, valence="helps")

    def put(self, coding_id: object, start: int = 0, end: int = 4, code: str = "WATER", **more: Any) -> httpx.Response:
        ids = {"transcript_id": str(self.transcript.id), "code_id": str(self.codes[code])}
        sent = {**ids, "version": 1, "start": start, "end": end, **more}
        answer: httpx.Response = self.coder.put(f"/codings/{coding_id}", content=json.dumps(sent))
        assert answer.status_code == 200, answer.text
        return answer

    def patch(self, who: Browser | None = None, **more: Any) -> httpx.Response:
        sent = json.dumps({"version": 1, **more})
        answer: httpx.Response = (who or self.coder).patch(f"/codings/{self.coding}", content=sent)
        return answer

    @property
    def row(self) -> Coding:
        with self.home.data.read() as db:
            return db.get_one(Coding, self.coding)

    @property
    def lines(self) -> list[str]:
        with self.home.data.read() as db:
            return [line.kind for line in db.exec(select(Command).order_by(Command.seq))]  # type: ignore[arg-type]  # a column


@pytest.fixture
def bench(home: Home, world: World, browser: Browser) -> Bench:
    return Bench(home, world, browser)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({}, ("helps", None, False)),
        ({"valence": "hinders"}, ("hinders", None, False)),
        ({"valence": None}, (None, None, False)),
        ({"weight": 4}, ("helps", 4, False)),
        ({"unsure": True}, ("helps", None, True)),
        ({"valence": "denies", "weight": 1, "unsure": True}, ("denies", 1, True)),
    ],
)
def test_what_is_given_changes_and_what_is_absent_stays(
    bench: Bench, sent: dict[str, Any], kept: tuple[object, ...]
) -> None:
    for _ in range(2):
        assert bench.patch(**sent).status_code == 200
    row = bench.row
    assert (row.valence and row.valence.value, row.weight, row.is_unsure) == kept
    assert bench.lines == (["added", "marked"] if sent else ["added"])


def test_an_extent_is_cut_to_whole_words_as_selected_and_proves_its_words(bench: Bench, world: World) -> None:
    text = "\n".join(turn.body for turn in making.text_of(bench.home, bench.transcript))
    end = text.index(" ", 20)
    answer = bench.patch(end=end + 1)
    assert answer.status_code == 200
    assert f'data-e="{end}"' in answer.text
    row = bench.row
    assert (row.start, row.end) == (0, end)
    with bench.home.data.read() as db:
        key = KeyRef.interview(bench.transcript.interview_id, bench.transcript.study_id)
        assert row.quote_mac == quote_mac(db, key, text[0:end])


def test_a_shorter_extent_draws_the_turns_it_left(bench: Bench) -> None:
    turns = making.text_of(bench.home, bench.transcript)
    assert bench.patch(end=turns[2].end).status_code == 200
    answer = bench.patch(end=4)
    assert all(f'id="t{turn.n}"' in answer.text for turn in turns[:3])
    assert 'class="margin"' not in answer.text.partition('id="t2"')[2]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"version": 2, "end": 9}, 409),
        ({"version": 2, "valence": "helps", "start": 4, "end": 9}, 409),
        ({"revision": 7, "weight": 2}, 409),
        ({"start": 4}, 422),
        ({"start": 9, "end": 5}, 422),
        ({"end": 100_000}, 422),
        ({"weight": 9}, 422),
        ({"valence": "maybe"}, 422),
        ({"memo": "я" * 10_001}, 422),
        ({"act": "nonsense"}, 422),
    ],
)
def test_what_can_not_be_done_changes_nothing(bench: Bench, sent: dict[str, Any], status: int) -> None:
    before = bench.row.model_dump()
    assert bench.patch(**sent).status_code == status
    assert bench.row.model_dump() == before
    assert bench.lines == ["added"]


def test_a_change_sent_again_late_does_not_come_over_a_newer_one(bench: Bench) -> None:
    act = str(uuid4())
    assert bench.patch(weight=2, act=act).status_code == 200
    assert bench.patch(weight=5).status_code == 200
    assert bench.patch(weight=2, act=act).status_code == 200
    assert bench.row.weight == 5


def test_a_removed_coding_is_not_changed_and_nobody_changes_anothers(bench: Bench, world: World) -> None:
    assert bench.patch(bench.coder.as_(world.pi), weight=2).status_code == 403
    assert bench.patch(bench.coder.as_(world.other_coder), weight=2).status_code == 404
    assert bench.patch(bench.coder.as_(world.outsider), weight=2).status_code == 404
    assert bench.coder.delete(f"/codings/{bench.coding}").status_code == 200
    assert bench.patch(weight=2).status_code == 409
    assert bench.row.weight is None


def test_a_memo_is_written_changed_and_taken_away(bench: Bench) -> None:
    for words, held in (("Ойдантап айтты", 1), ("Ойдантап айтты", 1), ("Басқаша", 1), ("  ", 0), (None, 0)):
        assert bench.patch(memo=words).status_code == 200
        with bench.home.data.read() as db:
            assert len(db.exec(select(Memo.id)).all()) == held
    assert bench.lines == ["added", "memo", "memo", "memo"]


def test_a_change_takes_ten_statements_at_most(bench: Bench) -> None:
    bench.patch(weight=1)
    with count_statements(bench.home.data) as counted:
        assert bench.patch(weight=3, valence="hinders", unsure=True).status_code == 200
    assert len(counted) <= 10, counted.sent
