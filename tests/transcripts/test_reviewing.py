"""Deciding findings: what locks the release, second readers, marking by hand, taking back."""

from __future__ import annotations

from uuid import UUID

import pytest

from qualcoder.accounts.models import Person, Study
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.anonymise.service import replacement_of
from qualcoder.core.errors import Conflict, Invalid, NotFound, Refused
from qualcoder.core.ids import new_id
from qualcoder.home import Home
from qualcoder.transcripts import publishing, reviewing
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.reviewing import NotInReview, SamePerson, Undecided
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef
from tests.homes import World
from tests.transcripts import making
from tests.transcripts.making import NAME, findings, to_review


@pytest.fixture
def transcript(home: Home, world: World) -> Transcript:
    """In review, of a researcher, with one name that stands twice and was marked by hand."""
    making.open_vault(home, world.study)
    return to_review(home, world, by=world.researcher)


def decide(
    home: Home,
    who: Person,
    transcript: Transcript,
    finding: UUID,
    decision: Decision,
    *,
    for_entity: bool = False,
    reason: str = "",
    replacement: str = "",
) -> int:
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, who, transcript.id)
        return reviewing.decide(
            db, found, finding, decision, for_entity=for_entity, reason=reason, replacement=replacement
        )


def undo_all(home: Home, who: Person, transcript: Transcript) -> list[UUID]:
    ids = [span.id for span in findings(home, transcript.id)]
    for finding in ids:
        decide(home, who, transcript, finding, Decision.UNDECIDED)
    return ids


def mark(home: Home, who: Person, transcript: Transcript, words: str, label: Label = Label.PERSON) -> int:
    with home.data.transaction() as db:
        return reviewing.mark_missed(db, reviewing.reach_review(db, who, transcript.id), words, label)


def set_tier(home: Home, finding: UUID, tier: Tier) -> None:
    with home.data.transaction() as db:
        db.get_one(PiiSpan, finding).tier = tier


def releasable(home: Home, who: Person, transcript: Transcript) -> int:
    with home.data.read() as db:
        return len(reviewing.require_releasable(db, reviewing.reach_review(db, who, transcript.id)))


def test_marking_by_hand_takes_every_place_where_the_words_stand(
    home: Home, world: World, transcript: Transcript
) -> None:
    text = "\n".join(turn.body for turn in making.text_of(home, transcript))
    spans = findings(home, transcript.id)
    assert [text[span.start : span.end] for span in spans] == [NAME, NAME]
    assert {(span.label, span.tier, span.decision, span.score) for span in spans} == {
        (Label.PERSON, Tier.A, Decision.ACCEPT, 1.0)
    }
    assert len({span.entity_id for span in spans}) == 1
    assert mark(home, world.researcher, transcript, "Воды", Label.PLACE_FINE) == 1


@pytest.mark.parametrize("words", ["", " ", "я", "нет таких слов", NAME])
def test_words_that_stand_nowhere_or_are_marked_already_are_refused(
    home: Home, world: World, transcript: Transcript, words: str
) -> None:
    before = len(findings(home, transcript.id))
    with pytest.raises(Invalid):
        mark(home, world.researcher, transcript, words)
    assert len(findings(home, transcript.id)) == before


def test_a_direct_identifier_is_kept_only_for_a_reason_which_is_sealed(
    home: Home, world: World, transcript: Transcript
) -> None:
    finding = undo_all(home, world.researcher, transcript)[0]
    for reason in ("", "   "):
        with pytest.raises(Invalid) as refused:
            decide(home, world.researcher, transcript, finding, Decision.KEEP, reason=reason)
        assert set(refused.value.fields) == {"reason"}
    decide(home, world.researcher, transcript, finding, Decision.KEEP, reason=" Публичное лицо ")
    with home.data.read() as db:
        span = db.get_one(PiiSpan, finding)
        assert span.keep_reason_ct is not None
        assert "Публичное".encode() not in span.keep_reason_ct
        assert (
            sealing.open_(db, KeyRef.study(span.study_id), f.PII_REASON, span, span.keep_reason_ct) == "Публичное лицо"
        )
        assert (span.decision, span.decided_by) == (Decision.KEEP, world.researcher.id)


@pytest.mark.parametrize("tier", [Tier.B, Tier.C])
def test_what_identifies_less_is_kept_without_a_reason(
    home: Home, world: World, transcript: Transcript, tier: Tier
) -> None:
    finding = undo_all(home, world.researcher, transcript)[0]
    set_tier(home, finding, tier)
    assert decide(home, world.researcher, transcript, finding, Decision.KEEP) == 1


def test_the_release_is_locked_while_something_waits_and_names_how_many(
    home: Home, world: World, transcript: Transcript
) -> None:
    first, second = undo_all(home, world.researcher, transcript)
    making.read_rest(home, transcript, world.researcher)
    with pytest.raises(Undecided) as locked:
        making.release(home, transcript, world.researcher)
    assert locked.value.params == {"n": 2}
    decide(home, world.researcher, transcript, first, Decision.ACCEPT)
    with pytest.raises(Undecided):
        releasable(home, world.researcher, transcript)
    set_tier(home, second, Tier.C)
    assert releasable(home, world.researcher, transcript) == 2


def test_one_decision_may_go_for_every_place_of_the_same_person(
    home: Home, world: World, transcript: Transcript
) -> None:
    mark(home, world.researcher, transcript, "Воды", Label.PLACE_FINE)
    ids = undo_all(home, world.researcher, transcript)
    named = [span.id for span in findings(home, transcript.id) if span.label is Label.PERSON]
    assert decide(home, world.researcher, transcript, named[0], Decision.ACCEPT, for_entity=True) == 2
    decisions = {span.id: span.decision for span in findings(home, transcript.id)}
    assert [decisions[finding] for finding in named] == [Decision.ACCEPT] * 2
    assert [decisions[finding] for finding in ids if finding not in named] == [Decision.UNDECIDED]


def test_a_decision_is_taken_back_whole(home: Home, world: World, transcript: Transcript) -> None:
    finding = findings(home, transcript.id)[0].id
    decide(home, world.researcher, transcript, finding, Decision.KEEP, reason="Публичное лицо")
    decide(home, world.researcher, transcript, finding, Decision.UNDECIDED)
    with home.data.read() as db:
        span = db.get_one(PiiSpan, finding)
        assert (span.decision, span.decided_by, span.decided_at, span.keep_reason_ct) == (
            Decision.UNDECIDED,
            None,
            None,
            None,
        )


def test_a_replacement_typed_by_hand_is_what_will_stand_there(home: Home, world: World, transcript: Transcript) -> None:
    first, second = (span.id for span in findings(home, transcript.id))
    decide(home, world.researcher, transcript, first, Decision.ACCEPT, replacement="один из кандидатов")
    with home.data.read() as db:
        assert replacement_of(db, db.get_one(PiiSpan, first)) == "один из кандидатов"
        assert replacement_of(db, db.get_one(PiiSpan, second)).startswith("[")


def test_a_finding_of_another_transcript_is_not_found(home: Home, world: World, transcript: Transcript) -> None:
    other = findings(home, to_review(home, world, by=world.researcher).id)[0].id
    for finding in (other, new_id()):
        with pytest.raises(NotFound):
            decide(home, world.researcher, transcript, finding, Decision.ACCEPT)


def test_all_at_once_only_where_the_study_says_so_and_themes_are_kept(
    home: Home, world: World, transcript: Transcript
) -> None:
    first, second = undo_all(home, world.researcher, transcript)
    set_tier(home, second, Tier.C)
    with pytest.raises(Refused), home.data.transaction() as db:
        reviewing.accept_all(db, reviewing.reach_review(db, world.researcher, transcript.id))
    with home.data.transaction() as db:
        db.get_one(Study, world.study.id).may_accept_all = True
    with home.data.transaction() as db:
        assert reviewing.accept_all(db, reviewing.reach_review(db, world.researcher, transcript.id)) == 2
    assert {span.id: span.decision for span in findings(home, transcript.id)} == {
        first: Decision.ACCEPT,
        second: Decision.KEEP,
    }


# The second reader ----------------------------------------------------------------------------


@pytest.fixture
def second_reader(home: Home, world: World) -> None:
    with home.data.transaction() as db:
        db.get_one(Study, world.study.id).needs_second_reader = True


def finish(home: Home, who: Person, transcript: Transcript) -> None:
    making.read_rest(home, transcript, who)
    with home.data.transaction() as db:
        reviewing.finish_first_reading(db, reviewing.reach_review(db, who, transcript.id))


@pytest.mark.usefixtures("second_reader")
def test_two_different_people_read_before_the_release(home: Home, world: World, transcript: Transcript) -> None:
    with pytest.raises(Conflict):
        making.release(home, transcript, world.researcher)
    finish(home, world.researcher, transcript)
    assert making.again(home, transcript).state is TranscriptState.SECOND_READ
    with pytest.raises(SamePerson):
        making.release(home, transcript, world.researcher)
    assert making.release(home, transcript, world.pi).state is TranscriptState.CODABLE


@pytest.mark.usefixtures("second_reader")
def test_the_first_reading_ends_only_when_all_is_decided_and_once(
    home: Home, world: World, transcript: Transcript
) -> None:
    ids = undo_all(home, world.researcher, transcript)
    with pytest.raises(Undecided):
        finish(home, world.researcher, transcript)
    for finding in ids:
        decide(home, world.researcher, transcript, finding, Decision.ACCEPT)
    finish(home, world.researcher, transcript)
    with pytest.raises(NotInReview):
        finish(home, world.pi, transcript)


@pytest.mark.usefixtures("second_reader")
def test_what_the_second_reader_undoes_locks_the_release_again(
    home: Home, world: World, transcript: Transcript
) -> None:
    finish(home, world.researcher, transcript)
    undo_all(home, world.pi, transcript)
    with pytest.raises(Undecided):
        making.release(home, transcript, world.pi)


# Who, and when --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("other_researcher", NotFound),
        ("outsider", NotFound),
        ("coder", Refused),
        ("observer", Refused),
        ("admin", Refused),
    ],
)
def test_only_the_pi_and_who_brought_it_in_review(
    home: Home, world: World, transcript: Transcript, who: str, error: type[Exception]
) -> None:
    with home.data.read() as db, pytest.raises(error):
        reviewing.reach_review(db, world.by_name[who], transcript.id)


def test_a_released_transcript_is_not_in_review(home: Home, world: World, transcript: Transcript) -> None:
    making.release(home, transcript, world.researcher)
    finding = findings(home, transcript.id)[0].id
    with pytest.raises(NotInReview):
        decide(home, world.researcher, transcript, finding, Decision.KEEP, reason="поздно")
    with pytest.raises(NotInReview), home.data.read() as db:
        reviewing.read_original(db, world.researcher, transcript.id)


def test_a_decision_after_the_page_was_drawn_makes_the_release_a_conflict(
    home: Home, world: World, transcript: Transcript
) -> None:
    seen = making.again(home, transcript).version
    decide(home, world.pi, transcript, findings(home, transcript.id)[0].id, Decision.KEEP, reason="Публичное лицо")
    with pytest.raises(Conflict):
        publishing.publish(home.data, world.researcher, transcript.id, [], seen)
    assert making.again(home, transcript).state is TranscriptState.REVIEW
