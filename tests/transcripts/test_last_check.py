"""The last check: a text that still names somebody is not released, and what was found waits for a decision."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Study
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.audit.models import AuditEntry
from qualcoder.core.ids import TranscriptId
from qualcoder.home import Home
from qualcoder.transcripts import reviewing
from qualcoder.transcripts.last_check import SOURCE, StillNames
from qualcoder.transcripts.models import SealedTo, Transcript, TranscriptState
from tests.anonymise.known_person import CASES, NAME, register
from tests.homes import Browser, World
from tests.scripts import script_of
from tests.transcripts import making
from tests.transcripts.making import findings, release, to_review

ASKED = "Интервьюер: Кто ещё там был?\n"


@pytest.fixture(autouse=True)
def vault(home: Home, world: World) -> None:
    making.open_vault(home, world.study)


def said(home: Home, world: World, *answers: str) -> Transcript:
    """A transcript in review with these answers, in which the search found nothing."""
    text = ASKED + "".join(f"Респондент: {answer}\nИнтервьюер: Да?\n" for answer in answers)
    return to_review(home, world, making.upload(text), marks=())


def decide(home: Home, world: World, span: PiiSpan, decision: Decision, **more: str) -> None:
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, TranscriptId(span.transcript_id))
        reviewing.decide(db, found, span.id, decision, **more)  # type: ignore[arg-type]  # words only


def refused(home: Home, world: World, transcript: Transcript) -> StillNames:
    with pytest.raises(StillNames) as caught:
        release(home, transcript, world.pi)
    return caught.value


@pytest.mark.both_backends
def test_every_form_of_a_known_name_is_caught_then_decided_then_gone(home: Home, world: World) -> None:
    register(home, world)
    transcript = said(home, world, *(f"Приехал {form}, и всё." for form in CASES.values()))
    before = [(turn.n, turn.body) for turn in making.text_of(home, transcript)]
    error = refused(home, world, transcript)
    assert making.again(home, transcript).state is TranscriptState.REVIEW
    assert {turn.sealed_to for turn in making.turns_in(home, transcript.text_version_id)} == {SealedTo.INTERVIEW}
    spans = findings(home, transcript.id)
    assert {span.decision for span in spans} == {Decision.UNDECIDED}
    assert {(span.label, span.tier, *span.sources) for span in spans} == {(Label.PERSON, Tier.A, SOURCE)}
    assert error.params == {"n": len(spans), "turn": 2}
    for span in spans:
        decide(home, world, span, Decision.ACCEPT)
    released = release(home, transcript, world.pi)
    after = "\n".join(turn.body for turn in making.text_of(home, released)).casefold()
    for word in ("йлапов", "бекзат", "oйл", "ойла", "oylapov", "bekzat"):
        assert word not in after
    assert len(before) == 2 * len(CASES) + 2


def test_one_person_has_one_code_also_where_the_last_check_found_the_name(home: Home, world: World) -> None:
    transcript = to_review(
        home, world, making.upload(f"{ASKED}Респондент: {NAME} приехал. Потом уехал ойлапов.\n"), marks=(NAME,)
    )
    refused(home, world, transcript)
    [first, second] = findings(home, transcript.id)
    assert (first.entity_id, second.decision) == (second.entity_id, Decision.UNDECIDED)
    decide(home, world, second, Decision.ACCEPT)
    released = release(home, transcript, world.pi)
    assert making.text_of(home, released)[1].body == "[Лицо 1] приехал. Потом уехал [Лицо 1]."


def test_a_reader_overrules_it_with_a_reason(home: Home, world: World) -> None:
    register(home, world)
    transcript = said(home, world, "Бекзат – это улица.")
    refused(home, world, transcript)
    [span] = findings(home, transcript.id)
    decide(home, world, span, Decision.KEEP, reason="Улица, не человек")
    released = release(home, transcript, world.pi)
    assert making.text_of(home, released)[1].body == "Бекзат – это улица."


@pytest.mark.parametrize(("label", "tier"), [(Label.PLACE_FINE, Tier.B), (Label.CLAN, Tier.C)])
def test_words_kept_without_a_reason_are_asked_about_again(home: Home, world: World, label: Label, tier: Tier) -> None:
    register(home, world)
    transcript = said(home, world, "Это аул Бекзат.")
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        reviewing.mark_missed(db, found, "Бекзат", label)
    [span] = findings(home, transcript.id)
    with home.data.transaction() as db:
        db.get_one(PiiSpan, span.id).tier = tier
    decide(home, world, span, Decision.KEEP)
    refused(home, world, transcript)
    [again] = findings(home, transcript.id)
    assert (again.id, again.decision, again.tier, again.decided_by) == (span.id, Decision.UNDECIDED, Tier.A, None)
    decide(home, world, again, Decision.KEEP, reason="Так зовут аул")
    assert release(home, transcript, world.pi).is_codable


def test_a_theme_that_nobody_decided_does_not_hide_a_name(home: Home, world: World) -> None:
    register(home, world)
    transcript = said(home, world, "Он из рода Бекзат.")
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        reviewing.mark_missed(db, found, "рода Бекзат", Label.CLAN)
        [span] = reviewing.findings_of(db, found.transcript)
        span.tier, span.decision = Tier.C, Decision.UNDECIDED
    refused(home, world, transcript)


@pytest.mark.parametrize("typed", ["Ойлапов", "тот самый ойлапов", "тел. +7 700 000 00 00"])
def test_a_replacement_that_identifies_is_asked_about_again(home: Home, world: World, typed: str) -> None:
    register(home, world)
    transcript = to_review(home, world)
    first, _second = findings(home, transcript.id)
    decide(home, world, first, Decision.ACCEPT, replacement=typed)
    error = refused(home, world, transcript)
    assert error.params == {"n": 1, "turn": 2}
    undecided = [span.id for span in findings(home, transcript.id) if span.decision is Decision.UNDECIDED]
    assert undecided == [first.id]
    decide(home, world, first, Decision.ACCEPT, replacement="один человек")
    released = release(home, transcript, world.pi)
    assert making.text_of(home, released)[1].body.startswith("один человек пришёл к нам")


def test_what_rules_see_beside_a_replacement_is_found(home: Home, world: World) -> None:
    text = f"{ASKED}Респондент: Выдуманов дал номер +7 700 000 00 00.\n"
    transcript = to_review(home, world, making.upload(text))
    refused(home, world, transcript)
    assert [span.label for span in findings(home, transcript.id)] == [Label.PERSON, Label.CONTACT]


def test_a_person_of_another_study_is_nobody_here(home: Home, world: World) -> None:
    register(home, world)
    making.open_vault(home, world.other_study)
    elsewhere = replace(world, study=world.other_study, pi=world.outsider)
    transcript = said(home, elsewhere, f"{NAME} приехал.")
    assert release(home, transcript, world.outsider).is_codable


def test_the_second_reader_gets_it_too_and_the_first_may_not_release(home: Home, world: World) -> None:
    with home.data.transaction() as db:
        db.get_one(Study, world.study.id).needs_second_reader = True
    register(home, world)
    new = making.upload(f"{ASKED}Респондент: Это бекзат.\n")
    transcript = to_review(home, world, new, by=world.researcher, marks=())
    making.read_rest(home, transcript, world.researcher)
    with home.data.transaction() as db:
        reviewing.finish_first_reading(db, reviewing.reach_review(db, world.researcher, transcript.id))
    refused(home, world, transcript)
    assert making.again(home, transcript).state is TranscriptState.SECOND_READ
    [span] = findings(home, transcript.id)
    decide(home, world, span, Decision.ACCEPT)
    assert release(home, transcript, world.pi).is_codable


def test_what_was_found_is_on_record_as_a_count(home: Home, world: World) -> None:
    register(home, world)
    transcript = said(home, world, "Это бекзат.", "И Ойлапов.")
    error = refused(home, world, transcript)
    assert "йлапов" not in str(error) + repr(error)
    with home.data.read() as db:
        entry = db.exec(select(AuditEntry).where(col(AuditEntry.act) == "review.leaks_found")).one()
    assert (entry.object_id, entry.counts) == (transcript.id, {"findings": 2})


# Page and API ---------------------------------------------------------------------------------


def test_the_page_says_so_and_shows_the_place(home: Home, world: World, browser: Browser) -> None:
    register(home, world)
    transcript = said(home, world, "Это бекзат.")
    making.read_rest(home, transcript, world.pi)
    pi = browser.as_(world.pi)
    version = making.again(home, transcript).version
    answer = pi.post(f"/transcripts/{transcript.id}/publish", data={"seen_version": version})
    assert answer.status_code == 409
    assert "The last check found places that may still name somebody" in answer.text
    assert f'data-finding="{findings(home, transcript.id)[0].id}"' in answer.text


def test_a_script_is_told_where_and_finds_it_in_the_review(home: Home, world: World) -> None:
    register(home, world)
    transcript = said(home, world, "Вода.", "Это бекзат.")
    making.read_rest(home, transcript, world.pi)
    transcript_version = making.again(home, transcript).version
    script = script_of(home, world, world.pi)
    path = f"/transcripts/{transcript.id}"
    answer = script.post(f"{path}/publish", json={"version": transcript_version, "coders": []})
    assert (answer.status_code, answer.json()["error"]) == (409, "StillNames")
    assert answer.json()["message"].endswith("the first in turn 4. They wait for a decision now; nothing was released.")
    assert "бекзат" not in answer.text
    [found] = script.get(f"{path}/review").json()["findings"]
    assert (found["sources"], found["decision"]) == ([SOURCE], "undecided")
    decided = script.post(f"{path}/decisions", json={"decisions": [{"finding_id": found["id"], "decision": "accept"}]})
    again = script.post(f"{path}/publish", json={"version": decided.json()["version"], "coders": []})
    assert (again.status_code, again.json()["state"]) == (200, "codable")
