"""The home page of each role: what waits, counted only over what the role may see."""

from __future__ import annotations

import pytest

from qualcoder.coding import service, waiting
from qualcoder.coding.service import NewCoding
from qualcoder.coding.waiting import Begun, Figures, Pile
from qualcoder.core.ids import CodingId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript, TranscriptState
from tests.homes import Browser, World, access_of
from tests.transcripts import making


@pytest.fixture
def busy(home: Home, world: World) -> Transcript:
    """A study with something in most states; the coder has begun the first of two transcripts."""
    first = making.to_codable(home, world)
    making.to_codable(home, world)
    making.receive(home, world, by=world.researcher)
    for reader in (world.pi, world.other_researcher):
        transcript = making.to_review(home, world, by=world.researcher)
        with home.data.transaction() as db:
            row = db.get_one(Transcript, transcript.id)
            row.state, row.first_reader = TranscriptState.SECOND_READ, reader.id
    code_id = making.import_codes(home, world)["WATER"]
    with home.data.transaction() as db:
        for start in (0, 60):
            new = NewCoding(CodingId(new_id()), first.id, first.text_number, Span(start, start + 5), code_id)
            service.add_coding(db, world.coder, new)
    return first


def piles(home: Home, world: World, who: str) -> tuple[Pile, ...]:
    with home.data.read() as db:
        return waiting.piles(db, access_of(db, world.study, world.by_name[who]))


def test_a_pi_sees_all_and_what_is_for_somebody_else(home: Home, world: World, busy: Transcript) -> None:
    numbered = {pile.state: (pile.n, pile.mine_to_pass, pile.first_number) for pile in piles(home, world, "pi")}
    assert numbered == {
        TranscriptState.RECEIVED: (1, 0, 3),
        TranscriptState.SECOND_READ: (2, 1, 5),
        TranscriptState.CODABLE: (2, 0, 1),
    }
    (begin, *_others) = [pile for pile in piles(home, world, "pi") if pile.state is TranscriptState.CODABLE]
    assert begin.first == busy.id
    with home.data.read() as db:
        assert waiting.figures(db, access_of(db, world.study, world.pi)) == Figures(2, 1)


def test_others_count_only_what_they_reach(home: Home, world: World, busy: Transcript) -> None:
    assert [(pile.state, pile.for_me) for pile in piles(home, world, "researcher")] == [
        (TranscriptState.RECEIVED, 1),
        (TranscriptState.SECOND_READ, 2),
    ]
    for who in ("other_researcher", "coder", "observer", "admin"):
        assert piles(home, world, who) == ()
        with home.data.read() as db:
            assert waiting.figures(db, access_of(db, world.study, world.by_name[who])) is None


def test_a_coder_goes_on_at_the_furthest_place(home: Home, world: World, busy: Transcript) -> None:
    with home.data.read() as db:
        work = waiting.coding_work(db, access_of(db, world.study, world.coder))
        assert waiting.coding_work(db, access_of(db, world.study, world.pi)) is None
    assert work is not None
    assert (work.not_begun, work.begun) == (1, (Begun(busy.id, 1, 2, 2),))
    assert work.first is not None
    assert work.first.serial == "T-002"


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (
            "pi",
            (
                "1 upload waits for its speakers",
                "1 second reading waits for you",
                "begin with T-005",
                "2 codings",
                "somebody else",
            ),
        ),
        ("researcher", ("1 upload waits", "2 second readings wait for you")),
        ("coder", ("1 transcript not begun", "begin with T-002", "Go on in T-001, turn 2", "#t2")),
        ("admin", ("The house", "2 studies")),
    ],
)
def test_the_page_says_it(world: World, browser: Browser, busy: Transcript, who: str, words: tuple[str, ...]) -> None:
    page = browser.as_(world.by_name[who]).get("/")
    assert page.status_code == 200
    assert [one for one in words if one not in page.text] == []


def test_an_observer_is_told_of_no_transcript(world: World, browser: Browser, busy: Transcript) -> None:
    page = browser.as_(world.observer).get("/").text
    assert "T-00" not in page
    assert "Nothing waits for you here." in page
    assert "begin with" not in page
    assert "The house" not in page
