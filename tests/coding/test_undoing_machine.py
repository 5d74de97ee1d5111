"""A hundred random acts: undo all is the first state, redo all the last, over a restart in between."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import ExitStack
from uuid import uuid4

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Person
from qualcoder.coding import changing, service, undoing
from qualcoder.coding.changing import Wanted
from qualcoder.coding.models import Coding, Command, Memo, Valence
from qualcoder.coding.service import NewCoding
from qualcoder.coding.undoing import NothingLeft
from qualcoder.core.ids import CodeId, CodingId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from tests.coding.test_undoing import state_of
from tests.homes import World, reopened
from tests.transcripts import making

ACTS = 100
VALENCES = (None, None, *Valence)


class Coder:
    """Somebody who codes at random, resends now and then, undoes and redoes in between."""

    def __init__(self, me: Person, transcript: TranscriptId, length: int, codes: list[CodeId], seed: int) -> None:
        self.me, self.transcript, self.length, self.codes = me, transcript, length, codes
        self.dice = random.Random(seed)
        self.sent: list[NewCoding] = []

    def span(self) -> Span:
        start = self.dice.randrange(self.length - 12)
        return Span(start, start + self.dice.randrange(4, 12))

    def new(self) -> NewCoding:
        dice = self.dice
        place = dice.choice(self.sent).span if self.sent and dice.random() < 0.2 else self.span()
        made = NewCoding(
            CodingId(new_id()),
            self.transcript,
            1,
            place,
            dice.choice(self.codes),
            dice.choice(VALENCES),
            dice.choice((None, None, 1, 5)),
            is_unsure=dice.random() < 0.1,
            memo=dice.choice(("", "", "", "Ойдантап айтты", "Басқаша")),
        )
        self.sent.append(made)
        return made

    def wanted(self) -> Wanted:
        dice, place = self.dice, self.span()
        names = ("valence", "weight", "unsure", "memo")
        given_names = frozenset(name for name in names if dice.random() < 0.5)
        given_names |= frozenset({"start", "end"} if dice.random() < 0.5 else ())
        return Wanted(
            1,
            given_names,
            place.start,
            place.end,
            dice.choice(VALENCES),
            dice.choice((None, 2, 4)),
            is_unsure=dice.random() < 0.5,
            memo=dice.choice(("", "Үшінші", "Төртінші")),
        )

    def act(self, db: Session) -> None:
        mine = db.exec(select(Coding).where(col(Coding.coder_id) == self.me.id, col(Coding.deleted_at).is_(None))).all()
        one = self.dice.choice(sorted(mine, key=lambda coding: coding.created_at)) if mine else None
        what = self.dice.random()
        if one is None or what < 0.45:
            service.add_coding(db, self.me, self.new())
        elif what < 0.55:
            service.add_coding(db, self.me, self.dice.choice(self.sent))
        elif what < 0.7:
            service.remove_coding(db, self.me, CodingId(one.id), uuid4())
        elif what < 0.9:
            changing.change_coding(db, self.me, CodingId(one.id), self.wanted(), uuid4())
        else:
            self.undo_or_redo(db)

    def undo_or_redo(self, db: Session) -> None:
        for turn in self.dice.choices((undoing.undo, undoing.redo), k=3):
            try:
                turn(db, self.me, self.transcript, None, uuid4())
            except NothingLeft:
                continue


def _until_nothing_is_left(home: Home, turn: Callable[[Session], undoing.Turned]) -> int:
    with home.data.transaction() as db:
        for done in range(10 * ACTS):
            try:
                turn(db)
            except NothingLeft:
                return done
    raise AssertionError


@pytest.fixture
def desk(home: Home, world: World) -> tuple[Home, World, TranscriptId, int, list[CodeId]]:
    codes = making.import_codes(home, world)
    transcript = making.to_codable(home, world, None, world.coder, world.other_coder)
    given_codes = [codes["WATER"], codes["ROADS"]]
    return home, world, TranscriptId(transcript.id), transcript.n_chars, given_codes


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_undo_of_everything_is_the_first_state_and_redo_the_last(
    desk: tuple[Home, World, TranscriptId, int, list[CodeId]], seed: int
) -> None:
    home, world, transcript, length, codes = desk
    _forget(home)
    with home.data.transaction() as db:
        other = NewCoding(CodingId(new_id()), transcript, 1, Span(0, 40), codes[0], memo="Бөтен")
        service.add_coding(db, world.other_coder, other)
    first = state_of(home)
    coder = Coder(world.coder, transcript, length, codes, seed)
    for _ in range(ACTS // 10):
        with home.data.transaction() as db:
            for _ in range(10):
                coder.act(db)
                db.flush()

    def back(db: Session) -> undoing.Turned:
        return undoing.undo(db, world.coder, transcript, None, uuid4())

    def forth(db: Session) -> undoing.Turned:
        return undoing.redo(db, world.coder, transcript, None, uuid4())

    _until_nothing_is_left(home, forth)
    last = state_of(home)
    undone = _until_nothing_is_left(home, back)
    assert state_of(home) == first
    with ExitStack() as open_homes:
        again = open_homes.enter_context(reopened(home))
        assert _until_nothing_is_left(again, forth) == undone
    assert state_of(home) == last


def _forget(home: Home) -> None:
    with home.data.transaction() as db:
        for table in (Memo, Command, Coding):
            for row in db.exec(select(table)):
                db.delete(row)
