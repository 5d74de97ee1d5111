"""Hostile: words that nobody has read must not be released; whatever changes them takes the reading back."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from qualcoder.accounts.models import Person, Role
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.generalising import Level
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.home import Home
from qualcoder.transcripts import levels, missed, reading_rest, registry, reviewing
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.reading_rest import PartChanged
from tests.homes import Browser, World, access_of, add_member, make_person
from tests.interviews.making import import_koyandy
from tests.scripts import script_of
from tests.transcripts import making
from tests.transcripts.making import findings, read_rest

VILLAGE = "Интервьюер: ?\nРеспондент: Живу в селе, село Коянды. Ойдантап там же.\n"


def unread(home: Home, who: Person, transcript: Transcript) -> list[int]:
    with home.data.read() as db:
        found = reviewing.reach_review(db, who, transcript.id)
        return [part.number for part in reading_rest.unread(db, found)]


def decide(
    home: Home, who: Person, transcript: Transcript, finding: UUID, decision: Decision, replacement: str = ""
) -> None:
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, who, transcript.id)
        reviewing.decide(db, found, finding, decision, replacement=replacement)


def in_village(home: Home, world: World) -> Transcript:
    found = making.to_review(home, world, making.upload(VILLAGE), marks=())
    with home.data.transaction() as db:
        reach = reviewing.reach_review(db, world.pi, found.id)
        reviewing.mark_missed(db, reach, "село Коянды", Label.PLACE_FINE)
    return found


def test_words_typed_after_a_decision_was_taken_back_must_be_read(home: Home, world: World) -> None:
    transcript = making.to_review(home, world, by=world.researcher)
    first = findings(home, transcript.id)[0]
    read_rest(home, transcript, world.pi)
    decide(home, world.researcher, transcript, first.id, Decision.UNDECIDED)
    decide(home, world.researcher, transcript, first.id, Decision.ACCEPT, replacement="агроном из Примерного")
    assert unread(home, world.pi, transcript) == [1]


def test_a_theme_whose_removal_is_taken_back_is_unread_again(home: Home, world: World) -> None:
    transcript = making.to_review(home, world)
    first = findings(home, transcript.id)[0]
    with home.data.transaction() as db:
        row = db.get_one(PiiSpan, first.id)
        row.tier, row.sources = Tier.C, ["rules"]
    read_rest(home, transcript, world.pi)
    with home.data.transaction() as db:
        reviewing.undo(db, reviewing.reach_review(db, world.pi, transcript.id), first.id)
    assert findings(home, transcript.id)[0].decision is Decision.UNDECIDED
    assert unread(home, world.pi, transcript) == [1]


def test_a_page_drawn_before_a_level_was_chosen_cannot_say_that_its_part_was_read(home: Home, world: World) -> None:
    import_koyandy(home, world)
    transcript = in_village(home, world)
    with home.data.read() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        (part,) = reading_rest.unread(db, found)
        spans = reviewing.findings_of(db, found.transcript)
        shown, _reasons = reviewing.words_about(db, spans)
        seen = reading_rest.seen_of(part, spans, shown)
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        levels.choose_level(db, found, findings(home, transcript.id)[0].id, Level.DISTRICT)
    with pytest.raises(PartChanged), home.data.transaction() as db:
        reading_rest.read_part(db, reviewing.reach_review(db, world.pi, transcript.id), 1, seen)


def test_a_level_chosen_for_the_whole_study_is_read_again_in_every_transcript(home: Home, world: World) -> None:
    import_koyandy(home, world)
    here, there = in_village(home, world), in_village(home, world)
    read_rest(home, there, world.pi)
    before = making.again(home, there).version
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, here.id)
        levels.choose_level(db, found, findings(home, here.id)[0].id, Level.DISTRICT)
    assert unread(home, world.pi, there) == [1]
    assert making.again(home, there).version > before


def test_what_the_registry_changes_is_read_again_in_every_review(home: Home, world: World) -> None:
    import_koyandy(home, world)
    transcript = in_village(home, world)
    entity_id = findings(home, transcript.id)[0].entity_id
    assert entity_id is not None
    for n in range(2):
        read_rest(home, transcript, world.pi)
        before = making.again(home, transcript).version
        with home.data.transaction() as db:
            access = access_of(db, world.study, world.pi)
            seen = registry.entry(db, access, entity_id).line.version
            if n:
                registry.choose_level(db, access, entity_id, Level.OBLAST, seen)
            else:
                registry.rename(db, access, entity_id, "посёлок у реки", seen)
        assert unread(home, world.pi, transcript) == [1], n
        assert making.again(home, transcript).version > before


def test_a_level_chosen_while_a_finding_waits_is_read_once_it_is_accepted(home: Home, world: World) -> None:
    import_koyandy(home, world)
    transcript = in_village(home, world)
    first = findings(home, transcript.id)[0]
    decide(home, world.pi, transcript, first.id, Decision.UNDECIDED)
    read_rest(home, transcript, world.pi)
    with home.data.transaction() as db:
        levels.choose_level(db, reviewing.reach_review(db, world.pi, transcript.id), first.id, Level.DISTRICT)
    decide(home, world.pi, transcript, first.id, Decision.ACCEPT)
    assert unread(home, world.pi, transcript) == [1]


@pytest.mark.parametrize("written", ["Oйдaнтaп", "Oydantap", "Ойданта́п", "ойдантаптың", "Ой\u200bдантап"])
def test_other_letters_of_a_missed_name_are_found(home: Home, world: World, written: str) -> None:
    text = f"Интервьюер: ?\nРеспондент: Приходил Ойдантап. Потом {written} ушёл.\n"
    transcript = making.to_review(home, world, making.upload(text), marks=())
    with home.data.read() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        looked = missed.look_for(db, found, "Ойдантап", Label.PERSON)
    assert len(looked.candidates) == 2


def test_a_decision_given_back_to_the_first_reader_follows_its_entry_again(home: Home, world: World) -> None:
    import_koyandy(home, world)
    transcript = in_village(home, world)
    first = findings(home, transcript.id)[0]
    read_rest(home, transcript, world.pi)
    with home.data.transaction() as db:
        reviewing.finish_first_reading(db, reviewing.reach_review(db, world.pi, transcript.id))
    second = make_person(home, "second@example.org")
    add_member(home, world.study, second, Role.PI)
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, second, transcript.id)
        reviewing.decide(db, found, first.id, Decision.KEEP, reason="Все знают")
    with home.data.transaction() as db:
        reviewing.undo(db, reviewing.reach_review(db, second, transcript.id), first.id)
    row = findings(home, transcript.id)[0]
    assert (row.decision, row.decided_by, row.replacement_ct) == (Decision.ACCEPT, world.pi.id, None)


def test_words_typed_beside_keeping_do_not_wait_for_a_later_acceptance(home: Home, world: World) -> None:
    transcript = making.to_review(home, world)
    first = findings(home, transcript.id)[0]
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        reviewing.decide(db, found, first.id, Decision.KEEP, reason="Пусть", replacement="агроном из Примерного")
    read_rest(home, transcript, world.pi)
    decide(home, world.pi, transcript, first.id, Decision.ACCEPT)
    with home.data.read() as db:
        shown = reviewing.stand_ins(db, [db.get_one(PiiSpan, first.id)])[first.id]
    assert "агроном" not in shown or unread(home, world.pi, transcript) == [1]


def test_where_one_reader_is_enough_nobody_is_led_to_hand_the_text_to_a_second(
    home: Home, world: World, browser: Browser
) -> None:
    transcript = making.to_review(home, world)
    read_rest(home, transcript, world.pi)
    page = browser.as_(world.pi).get(f"/transcripts/{transcript.id}/review").text
    assert 'data-lock="no_vault"' in page
    assert "first-reading" not in page


@pytest.mark.parametrize("reason", ["\ud800", "\x00", "а\u202eб", "\U0010ffff"])
def test_odd_signs_in_a_reason_or_a_replacement_crash_nothing(home: Home, world: World, reason: str) -> None:
    transcript = making.to_review(home, world)
    script = script_of(home, world, world.pi)
    first = findings(home, transcript.id)[0]
    one = {"finding_id": str(first.id), "decision": "keep", "reason": f"Пусть {reason}", "replacement": reason}
    body = json.dumps({"decisions": [one]})
    answer = script.post(
        f"/transcripts/{transcript.id}/decisions", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in {200, 400, 422}, answer.text
    assert script.get(f"/transcripts/{transcript.id}/review").status_code == 200
