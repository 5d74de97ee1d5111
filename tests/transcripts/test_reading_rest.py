"""Reading the rest: who has read which part, what takes a reading back, and what does not."""

from __future__ import annotations

from uuid import UUID

import pytest

from qualcoder.accounts.models import Person, Study
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.core.errors import NotFound
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts import missed, reading_rest, reviewing
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.reading_rest import PartChanged, Unread
from tests.homes import World
from tests.transcripts import making
from tests.transcripts.making import findings, read_rest, release, to_review

LONG = "".join(
    f"{'Интервьюер' if n % 2 else 'Респондент'}: {'Воды не было всю зиму. ' * 40}{word}.\n"
    for n, word in enumerate(["Выдуманов", "зимой", "соседи", "Ойдантап", "потом", "вода", "Выдуманов", "всё"])
)


@pytest.fixture
def transcript(home: Home, world: World) -> Transcript:
    """Of a researcher, two parts long; the first has a name in it that stands in both."""
    making.open_vault(home, world.study)
    return to_review(home, world, making.upload(LONG), by=world.researcher)


def unread(home: Home, who: Person, transcript: Transcript) -> list[int]:
    with home.data.read() as db:
        found = reviewing.reach_review(db, who, transcript.id)
        return [part.number for part in reading_rest.unread(db, found)]


def decide(
    home: Home,
    who: Person,
    transcript: Transcript,
    finding: UUID,
    decision: Decision,
    reason: str = "",
    replacement: str = "",
) -> None:
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, who, transcript.id)
        reviewing.decide(db, found, finding, decision, reason=reason, replacement=replacement)


def test_everybody_reads_for_himself_and_the_release_waits_for_it(
    home: Home, world: World, transcript: Transcript
) -> None:
    assert unread(home, world.researcher, transcript) == [1, 2]
    assert read_rest(home, transcript, world.pi) == 2
    assert unread(home, world.pi, transcript) == []
    assert unread(home, world.researcher, transcript) == [1, 2]
    with home.data.read() as db, pytest.raises(Unread) as locked:
        reviewing.require_releasable(db, reviewing.reach_review(db, world.researcher, transcript.id))
    assert locked.value.params == {"n": 2}
    assert release(home, transcript, world.pi).state is TranscriptState.CODABLE


def test_only_the_part_in_which_words_come_into_sight_is_unread_again_and_for_everybody(
    home: Home, world: World, transcript: Transcript
) -> None:
    read_rest(home, transcript, world.pi)
    read_rest(home, transcript, world.researcher)
    first, second = findings(home, transcript.id)
    decide(home, world.researcher, transcript, second.id, Decision.KEEP, reason="Публичное лицо")
    assert unread(home, world.pi, transcript) == unread(home, world.researcher, transcript) == [2]
    read_rest(home, transcript, world.pi)
    decide(home, world.pi, transcript, first.id, Decision.ACCEPT, replacement="сосед")
    assert unread(home, world.pi, transcript) == [1]


def test_hiding_more_takes_no_reading_back(home: Home, world: World, transcript: Transcript) -> None:
    first = findings(home, transcript.id)[0]
    decide(home, world.pi, transcript, first.id, Decision.UNDECIDED)
    read_rest(home, transcript, world.pi)
    decide(home, world.pi, transcript, first.id, Decision.ACCEPT)
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        reviewing.mark_missed(db, found, "Ойдантап", Label.PERSON)
    assert unread(home, world.pi, transcript) == []


def test_a_theme_that_nobody_touched_stays_in_sight_anyhow(home: Home, world: World, transcript: Transcript) -> None:
    first = findings(home, transcript.id)[0]
    decide(home, world.pi, transcript, first.id, Decision.UNDECIDED)
    with home.data.transaction() as db:
        db.get_one(PiiSpan, first.id).tier = Tier.C
    read_rest(home, transcript, world.pi)
    decide(home, world.pi, transcript, first.id, Decision.KEEP)
    assert unread(home, world.pi, transcript) == []


def test_a_mark_that_goes_shows_its_words_again(home: Home, world: World, transcript: Transcript) -> None:
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        (made,) = missed.mark_places(db, found, [Span(5, 9)], Label.PLACE_FINE)
        made_id = made.id
    read_rest(home, transcript, world.pi)
    with home.data.transaction() as db:
        assert reviewing.undo(db, reviewing.reach_review(db, world.pi, transcript.id), made_id) == 1
    assert made_id not in {span.id for span in findings(home, transcript.id)}
    assert unread(home, world.pi, transcript) == [1]


def test_a_stale_page_cannot_say_that_a_part_was_read(home: Home, world: World, transcript: Transcript) -> None:
    with home.data.read() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        spans = reviewing.findings_of(db, found.transcript)
        shown, _reasons = reviewing.words_about(db, spans)
        seen = {part.number: reading_rest.seen_of(part, spans, shown) for part in reading_rest.unread(db, found)}
    first = findings(home, transcript.id)[0]
    decide(home, world.researcher, transcript, first.id, Decision.KEEP, reason="Публичное лицо")
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        reading_rest.read_part(db, found, 2, seen[2])
        reading_rest.read_part(db, found, 2, seen[2])
    with pytest.raises(PartChanged), home.data.transaction() as db:
        reading_rest.read_part(db, reviewing.reach_review(db, world.pi, transcript.id), 1, seen[1])
    with pytest.raises(NotFound), home.data.transaction() as db:
        reading_rest.read_part(db, reviewing.reach_review(db, world.pi, transcript.id), 3, seen[1])
    assert unread(home, world.pi, transcript) == [1]


def test_where_proposals_may_be_accepted_unread_reading_is_not_asked(
    home: Home, world: World, transcript: Transcript
) -> None:
    with home.data.transaction() as db:
        db.get_one(Study, world.study.id).may_accept_all = True
    with home.data.read() as db:
        assert reviewing.require_releasable(db, reviewing.reach_review(db, world.pi, transcript.id))
