"""The search with the index: the same answer as by opening every text, and never from a text that is not released."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import update
from sqlmodel import col

from qualcoder.coding import index as indexing_module
from qualcoder.coding import index_socket, search, searching
from qualcoder.coding.folded import FoldedText
from qualcoder.coding.searching import Answer, Ask, search_study
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript, TranscriptState
from tests.coding.indexed import Answers, ask_all, indexing, until, until_known
from tests.coding.long_texts import make_long
from tests.homes import World, count_statements
from tests.transcripts import making

SAID = {
    "ru": "вода воды водами Дорога дороги аким Акимат ещё еще ничего вoда вода\u0301 2022",
    "kk": "су су көше әкім Әкімдік халық жол ауыл ауылдың қала тамыр-таныс бюджет",
    "en": "water Water waters road the café CAFÉ budget 2022 help",
}
TYPED = (
    "вода",
    "вод*",
    '"вода дороги"',
    "су жол",
    "халык",
    "аким*",
    '"аким* ещё" вод*',
    "café",
    '"the water"',
    "2022",
    "еще",
    "нетути",
)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What the index answers in this test."""
    answers = Answers()
    monkeypatch.setattr(index_socket, "ask", answers.ask)
    return answers


def found(home: Home, world: World, ask: Ask | str, *, who: str = "pi", page: int = 20) -> Answer:
    with home.data.read() as db:
        asked = Ask(ask) if isinstance(ask, str) else ask
        person, slug = world.by_name[who], world.study.slug
        return search_study(db, person, slug, asked, page=page, patience_seconds=60)[1]


def corpus(home: Home, world: World, n: int) -> list[Transcript]:
    """Released transcripts of random words; every other one for the other coder."""
    draw = random.Random(n)
    made = []
    for number in range(n):
        words = SAID[("ru", "kk", "en")[number % 3]].split()
        lines = [f"Респондент: {' '.join(draw.choices(words, k=draw.randint(1, 9)))}.\n" for _ in range(6)]
        text = "".join(f"Интервьюер: Расскажите {number}.\n{line}" for line in lines)
        coders = (world.coder,) if number % 2 else (world.other_coder,)
        made.append(making.to_codable(home, world, making.upload(text), *coders))
    return made


@pytest.mark.both_backends
def test_with_the_index_a_search_finds_the_same(home: Home, world: World, noted: Answers) -> None:
    made = corpus(home, world, 9)
    asks = [
        *(Ask(typed, reads_kazakh_as_russian=asked) for typed in TYPED for asked in (False, True)),
        Ask("вод*", after=3),
        Ask("вод*", within=made[3].id),
        Ask("су", within=made[1].id),
    ]
    cases = [(ask, who, page) for ask in asks for who in ("pi", "coder", "other_coder") for page in (20, 2)]
    scanned = [found(home, world, ask, who=who, page=page) for ask, who, page in cases]
    assert {len(answer.found) for answer in scanned} >= {0, 1, 2, 3}
    assert not any(noted.given)
    with indexing(home):
        until_known(home, world)
        noted.given.clear()
        for (ask, who, page), expected in zip(cases, scanned, strict=True):
            assert (ask, who, page, found(home, world, ask, who=who, page=page)) == (ask, who, page, expected)
    assert len(noted.given) == sum(answer.total > 0 for answer in scanned)
    assert all(answer is not None and not answer.missing for answer in noted.given)


def test_an_unready_index_is_filled_and_the_search_is_whole_meanwhile(home: Home, world: World, noted: Answers) -> None:
    corpus(home, world, 4)
    with indexing(home):
        first = found(home, world, "расскажите")
        assert len(first.found) == 4
        assert noted.given[0] is not None
        assert noted.given[0].missing == {0, 1, 2, 3}
        until_known(home, world)
        making.to_codable(home, world)
        assert len(found(home, world, "расскажите").found) == 5
        until_known(home, world)
        assert found(home, world, "расскажите").found[:4] == first.found


def test_what_is_not_released_any_more_is_not_found_and_soon_forgotten(home: Home, world: World) -> None:
    made = corpus(home, world, 3)
    with indexing(home) as index:
        until_known(home, world)
        before = index.size
        with home.data.transaction() as db:
            db.execute(
                update(Transcript).where(col(Transcript.id) == made[1].id).values(state=TranscriptState.WITHDRAWN)
            )
        assert [one.transcript_id for one in found(home, world, "расскажите").found] == [made[0].id, made[2].id]
        index.wake()
        until(lambda: index.size < before)


def test_who_asks_hears_of_the_named_versions_of_that_study_alone(home: Home, world: World, noted: Answers) -> None:
    corpus(home, world, 4)
    with indexing(home) as index:
        until_known(home, world)
        assert len(found(home, world, "расскажите", who="coder").found) == 2
        held = index._studies[world.study.id].texts
        query = search.parse("расскажите")
        theirs = index.look(world.other_study.id, list(held), query, shown=3, limit=9, seconds=9)
        assert not theirs.found
        assert theirs.missing == {0, 1, 2, 3}


def test_only_the_turns_to_be_shown_are_opened(home: Home, world: World) -> None:
    corpus(home, world, 4)
    with indexing(home):
        until_known(home, world)
        with count_statements(home.data) as nothing:
            found(home, world, "нетути")
        with count_statements(home.data) as one:
            found(home, world, "нетути*", page=1)
            some = found(home, world, "расскажите", page=1)
    assert not any("turn.body_ct" in statement for statement in nothing.sent)
    (statement,) = (statement for statement in one.sent if "turn.body_ct" in statement)
    assert "turn.n IN" in statement
    assert (some.hits, len(some.found[0].passages), some.found[0].turns) == (6, 3, 6)


@pytest.mark.parametrize(("typed", "number"), [("нетути", 1), ("вода", 99)])
def test_a_turn_that_does_not_hold_what_the_index_knew_is_looked_for_anew(
    home: Home, world: World, typed: str, number: int
) -> None:
    make_long(home, world, 400)
    scanned = found(home, world, typed)
    with indexing(home) as index:
        until_known(home, world)
        texts = index._studies[world.study.id].texts
        (version,) = texts
        texts[version] = FoldedText.of([typed.encode()], [number])
        assert found(home, world, typed) == scanned


def test_the_index_keeps_no_more_than_it_may(
    home: Home, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    corpus(home, world, 4)
    with indexing(home) as index:
        until_known(home, world)
        whole = index.size
    scanned = found(home, world, "расскажите")
    with indexing(home) as index:
        index._room = whole - 1
        found(home, world, "нетути")
        until(lambda: index._is_full)
        assert 0 < index.size < whole
        looked = ask_all(home, world, "расскажите")
        assert looked is not None
        assert (len(looked.missing), len(looked.found)) == (1, 3)
        assert found(home, world, "расскажите") == scanned
        monkeypatch.setattr(indexing_module, "IDLE_SECONDS", -1.0)
        index.wake()
        until(lambda: index.size == 0)
        assert not index._is_full
    assert [record.getMessage() for record in caplog.records if "SEARCH_MEMORY" in record.getMessage()] != []
    assert "расскажите" not in caplog.text


def test_a_question_is_asked_in_stretches(
    home: Home, world: World, noted: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "BATCH", 2)
    corpus(home, world, 7)
    scanned = [found(home, world, "расскажите", page=page) for page in (1, 3, 20)]
    nothing = found(home, world, "нетути")
    with indexing(home):
        until_known(home, world)
        monkeypatch.setattr(index_socket, "AT_ONCE", 3)
        noted.given.clear()
        assert [found(home, world, "расскажите", page=page) for page in (1, 3, 20)] == scanned
        assert found(home, world, "нетути") == nothing
    assert len(noted.given) > 4
