"""The second reader: sees what the first said and why, agrees or says otherwise; what stays needs two people."""

from __future__ import annotations

from uuid import UUID

import pytest

from qualcoder.accounts.models import Person, Study
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.anonymise.service import replacement_of
from qualcoder.home import Home
from qualcoder.transcripts import reviewing
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.opinions import DecidedAnew, NeedsAnother, words_of
from qualcoder.transcripts.review_queries import thing_of
from qualcoder.transcripts.reviewing import Unagreed
from tests.homes import Browser, World
from tests.scripts import script_of
from tests.transcripts import making
from tests.transcripts.making import findings, read_rest, release, to_review

REASON = "Публичное лицо"


@pytest.fixture
def transcript(home: Home, world: World) -> Transcript:
    """Read by a researcher: the first name is kept with a reason, the second replaced."""
    making.open_vault(home, world.study)
    with home.data.transaction() as db:
        db.get_one(Study, world.study.id).needs_second_reader = True
    transcript = to_review(home, world, by=world.researcher)
    say(home, world.researcher, transcript, 0, Decision.KEEP, reason=REASON)
    read_rest(home, transcript, world.researcher)
    with home.data.transaction() as db:
        reviewing.finish_first_reading(db, reviewing.reach_review(db, world.researcher, transcript.id))
    read_rest(home, transcript, world.pi)
    return transcript


def say(
    home: Home, who: Person, transcript: Transcript, n: int, decision: Decision, reason: str = "", replacement: str = ""
) -> None:
    finding = findings(home, transcript.id)[n].id
    with home.data.transaction() as db:
        reviewing.decide(
            db,
            reviewing.reach_review(db, who, transcript.id),
            finding,
            decision,
            reason=reason,
            replacement=replacement,
        )


def agree(home: Home, who: Person, transcript: Transcript, n: int, *, for_entity: bool = False) -> int:
    finding, seen = seen_at(home, who, transcript, n, for_entity=for_entity)
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, who, transcript.id)
        return reviewing.agree_to(db, found, finding, seen, for_entity=for_entity)


def seen_at(home: Home, who: Person, transcript: Transcript, n: int, *, for_entity: bool = False) -> tuple[UUID, str]:
    """A finding, and what the page of this reader says of it, or of its thing, at this moment."""
    finding = findings(home, transcript.id)[n].id
    with home.data.read() as db:
        thing = thing_of(db, reviewing.reach_review(db, who, transcript.id), finding)
        assert thing is not None
        return finding, thing.seen if for_entity else next(one.seen for one in thing.mentions if one.id == finding)


def undo(home: Home, who: Person, transcript: Transcript, n: int) -> None:
    finding = findings(home, transcript.id)[n].id
    with home.data.transaction() as db:
        reviewing.undo(db, reviewing.reach_review(db, who, transcript.id), finding)


def looked(home: Home, finding: UUID) -> tuple[Decision, Decision | None, str, str]:
    with home.data.read() as db:
        span = db.get_one(PiiSpan, finding)
        words = words_of(db, span)
        return span.decision, span.first_decision, words.reason, words.first


def test_what_stays_is_released_only_when_another_agrees(home: Home, world: World, transcript: Transcript) -> None:
    with pytest.raises(Unagreed) as locked:
        release(home, transcript, world.pi)
    assert locked.value.params == {"n": 1}
    with pytest.raises(NeedsAnother):
        agree(home, world.researcher, transcript, 0)
    assert agree(home, world.pi, transcript, 0) == 1
    assert findings(home, transcript.id)[0].agreed_by == world.pi.id
    assert release(home, transcript, world.pi).state is TranscriptState.CODABLE


def test_an_agreement_is_taken_back_without_the_decision(home: Home, world: World, transcript: Transcript) -> None:
    agree(home, world.pi, transcript, 0)
    undo(home, world.pi, transcript, 0)
    kept = findings(home, transcript.id)[0]
    assert (kept.decision, kept.agreed_by, kept.decided_by) == (Decision.KEEP, None, world.researcher.id)


def test_a_disagreement_keeps_what_the_first_reader_said_and_why(
    home: Home, world: World, transcript: Transcript
) -> None:
    kept, replaced = findings(home, transcript.id)
    with home.data.read() as db:
        stood = replacement_of(db, db.get_one(PiiSpan, replaced.id))
    say(home, world.pi, transcript, 0, Decision.ACCEPT)
    assert looked(home, kept.id) == (Decision.ACCEPT, Decision.KEEP, "", REASON)
    say(home, world.pi, transcript, 1, Decision.KEEP, reason="Его знают все")
    assert looked(home, replaced.id) == (Decision.KEEP, Decision.ACCEPT, "Его знают все", stood)
    read_rest(home, transcript, world.pi)
    with pytest.raises(Unagreed):
        release(home, transcript, world.pi)
    agree(home, world.researcher, transcript, 1)
    assert release(home, transcript, world.pi).state is TranscriptState.CODABLE


def test_a_disagreement_that_is_taken_back_leaves_the_first_decision(
    home: Home, world: World, transcript: Transcript
) -> None:
    kept = findings(home, transcript.id)[0]
    say(home, world.pi, transcript, 0, Decision.ACCEPT, replacement="один из кандидатов")
    undo(home, world.pi, transcript, 0)
    assert looked(home, kept.id) == (Decision.KEEP, None, REASON, "")
    assert findings(home, transcript.id)[0].decided_by == world.researcher.id


def test_saying_the_same_as_the_first_reader_is_agreeing(home: Home, world: World, transcript: Transcript) -> None:
    say(home, world.pi, transcript, 0, Decision.KEEP, reason="Да, публичное")
    kept = findings(home, transcript.id)[0]
    assert (kept.decided_by, kept.agreed_by, kept.first_decision) == (world.researcher.id, world.pi.id, None)


def test_one_agrees_to_every_place_of_a_thing_and_not_to_ones_own(
    home: Home, world: World, transcript: Transcript
) -> None:
    assert agree(home, world.pi, transcript, 0, for_entity=True) == 2
    say(home, world.pi, transcript, 1, Decision.KEEP, reason="Его знают все")
    assert findings(home, transcript.id)[1].agreed_by is None
    assert agree(home, world.pi, transcript, 0, for_entity=True) == 1


def test_when_the_first_reader_speaks_again_it_needs_agreement_anew(
    home: Home, world: World, transcript: Transcript
) -> None:
    agree(home, world.pi, transcript, 0)
    say(home, world.researcher, transcript, 0, Decision.KEEP, reason="Сам назвал себя в газете")
    assert findings(home, transcript.id)[0].agreed_by is None
    with pytest.raises(Unagreed):
        release(home, transcript, world.pi)


@pytest.mark.parametrize("for_entity", [False, True])
def test_agreement_is_to_what_was_seen(home: Home, world: World, transcript: Transcript, *, for_entity: bool) -> None:
    finding, seen = seen_at(home, world.pi, transcript, 0, for_entity=for_entity)
    say(home, world.researcher, transcript, 0, Decision.KEEP, reason="Сам назвал себя в газете")
    with pytest.raises(DecidedAnew), home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        reviewing.agree_to(db, found, finding, seen, for_entity=for_entity)
    assert findings(home, transcript.id)[0].agreed_by is None
    assert agree(home, world.pi, transcript, 0, for_entity=for_entity)


def test_a_stale_page_shows_what_is_decided_now_before_it_agrees(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    finding, seen = seen_at(home, world.pi, transcript, 0)
    say(home, world.researcher, transcript, 0, Decision.KEEP, reason="Сам назвал себя в газете")
    pi, url = browser.as_(world.pi), f"/transcripts/{transcript.id}/findings/{finding}"
    with home.data.read() as db:
        thing = thing_of(db, reviewing.reach_review(db, world.pi, transcript.id), finding)
    assert thing is not None
    sent = {"decision": "agree", "seen": seen, "thing": str(thing.id), "within": "a"}
    for headers in ({"HX-Request": "true"}, {}):
        stale = pi.post(url, data=sent, headers=headers)
        assert stale.status_code == 409
        assert 'role="alert"' in stale.text
        assert "Сам назвал себя в газете" in stale.text
    assert findings(home, transcript.id)[0].agreed_by is None


def test_a_client_agrees_to_what_the_review_gave_it(home: Home, world: World, transcript: Transcript) -> None:
    pi = script_of(home, world, world.pi)
    review = pi.get(f"/transcripts/{transcript.id}/review").json()
    first = review["findings"][0]
    url = f"/transcripts/{transcript.id}/agreements"
    assert pi.post(url, json={"findings": [{"finding_id": first["id"], "seen": "stale"}]}).status_code == 409
    sent = {"findings": [{"finding_id": first["id"], "seen": first["seen"]}]}
    assert pi.post(url, json=sent).json()["changed"] == 1
    # The answer was lost on the way: sent again, it is agreed to as before.
    again = pi.post(url, json=sent)
    assert (again.status_code, again.json()["changed"]) == (200, 1)


def test_before_the_second_reading_there_is_nothing_to_agree_to(home: Home, world: World) -> None:
    early = to_review(home, world, by=world.researcher)
    with pytest.raises(NeedsAnother):
        agree(home, world.pi, early, 0)


def test_the_first_reader_is_asked_where_the_second_kept_what_he_replaced(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    page = browser.as_(world.researcher).get(f"/transcripts/{transcript.id}/review?pass=a").text
    assert 'value="agree"' not in page
    say(home, world.pi, transcript, 1, Decision.KEEP, reason="Его знают все")
    page = browser.as_(world.researcher).get(f"/transcripts/{transcript.id}/review?pass=a").text
    assert page.count('value="agree"') == 1
    assert "Его знают все" in page
    finding = findings(home, transcript.id)[1].id
    sent = browser.as_(world.researcher).post(
        f"/transcripts/{transcript.id}/findings/{finding}",
        data={"decision": "agree", "seen": seen_at(home, world.researcher, transcript, 1)[1]},
    )
    assert sent.status_code == 303
    assert findings(home, transcript.id)[1].agreed_by == world.researcher.id
