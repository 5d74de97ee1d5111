"""Release: the new text is what the decisions say, and the old one is out of the server's own reach."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Originals, Study
from qualcoder.anonymise.models import Decision, Entity
from qualcoder.core.errors import Conflict, Invalid
from qualcoder.core.ids import new_id
from qualcoder.home import Home
from qualcoder.transcripts import publishing, reviewing
from qualcoder.transcripts.models import (
    Assignment,
    SealedTo,
    TextKind,
    TextVersion,
    Transcript,
    TranscriptState,
    Turn,
)
from qualcoder.vault import aead, blobs, identity, sealing
from qualcoder.vault import fields as f
from qualcoder.vault.identity import NoIdentityKey
from qualcoder.vault.keys import KeyRef
from qualcoder.vault.models import Blob, BlobChunk
from tests.homes import PASSPHRASE, Browser, Worker, World
from tests.transcripts import making
from tests.transcripts.making import NAME, findings, release, to_review

pytestmark = pytest.mark.usefixtures("vault")


@pytest.fixture
def vault(home: Home, world: World, request: pytest.FixtureRequest) -> None:
    if "without_vault" not in request.node.name:
        making.open_vault(home, world.study)


def key_of(transcript: Transcript) -> KeyRef:
    return KeyRef.interview(transcript.interview_id, transcript.study_id)


def raw_turns(home: Home, transcript: Transcript) -> list[Turn]:
    with home.data.read() as db:
        version = db.exec(
            select(TextVersion.id).where(
                col(TextVersion.transcript_id) == transcript.id, col(TextVersion.kind) == TextKind.RAW
            )
        ).one()
    return making.turns_in(home, version)


def snapshot(home: Home, transcript: Transcript) -> tuple[object, ...]:
    with home.data.read() as db:
        row = db.get_one(Transcript, transcript.id)
        versions = len(db.exec(select(TextVersion.id).where(col(TextVersion.transcript_id) == row.id)).all())
        assigned = len(db.exec(select(Assignment.id)).all())
        bodies = [turn.body_ct for turn in raw_turns(home, transcript)]
        return (row.state, row.version, row.text_number, versions, assigned, bodies)


def test_the_released_text_is_the_original_with_what_was_accepted_replaced(home: Home, world: World) -> None:
    transcript = to_review(home, world)
    before = [turn.body for turn in making.text_of(home, transcript)]
    first, second = findings(home, transcript.id)
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        reviewing.decide(db, found, second.id, Decision.KEEP, reason="Публичное лицо")
    released = release(home, transcript, world.pi)
    after = making.text_of(home, released)
    assert after[1].body == before[1].replace(NAME, "[Лицо 1]")
    assert [turn.body for turn in after if turn.n != 2] == [body for n, body in enumerate(before, 1) if n != 2]
    assert first.start < second.start


def test_offsets_count_code_points_of_the_released_text(home: Home, world: World) -> None:
    text = "Интервьюер: Ну? 👨‍👩‍👧\nРеспондент: Выдуманов пришёл 👍🏽. Потом ушёл.\nРеспондент: Выдуманов."
    transcript = to_review(home, world, making.upload(text.encode()))
    released = release(home, transcript, world.pi)
    turns = making.text_of(home, released)
    whole = "\n".join(turn.body for turn in turns)
    assert released.n_chars == len(whole)
    assert [whole[turn.start : turn.end] for turn in turns] == [turn.body for turn in turns]
    assert all(turn.length == len(turn.body) for turn in turns)
    assert all(turn.bounds[0] == 0 and max(turn.bounds) < turn.length for turn in turns)


def test_speakers_get_neutral_labels_in_the_language_of_the_interview(home: Home, world: World) -> None:
    text = (
        "Айгүл Ойдантап: Кто пришёл?\nСерик Выдуманов: Я.\nБолат Ойлап: И я.\n"
        "Айгүл Ойдантап: Спасибо.\nСерик Выдуманов: Да.\nБолат Ойлап: Да."
    )
    for language, labels in (
        ("ru", ["Интервьюер", "Респондент 1", "Респондент 2"]),
        ("kk", ["Сұхбаткер", "Респондент 1", "Респондент 2"]),
        ("en", ["Interviewer", "Respondent 1", "Respondent 2"]),
    ):
        new = making.upload(f"{text} {language}".encode(), language=language)
        released = release(home, to_review(home, world, new, marks=()), world.pi)
        assert [turn.speaker for turn in making.text_of(home, released)][:3] == labels


def test_a_lone_respondent_has_no_number(home: Home, world: World) -> None:
    transcript = to_review(
        home, world, making.upload("Инт: Что?\nСерик: Вода.\nИнт: Ещё?\nСерик: Нет.".encode()), marks=()
    )
    released = release(home, transcript, world.pi)
    assert [turn.speaker for turn in making.text_of(home, released)][:2] == ["Интервьюер", "Респондент"]


# The original ---------------------------------------------------------------------------------


def test_the_server_alone_reads_the_original_no_more_and_the_passphrase_does(home: Home, world: World) -> None:
    transcript = to_review(home, world)
    before = making.text_of(home, transcript)
    released = release(home, transcript, world.pi)
    rows = raw_turns(home, transcript)
    assert {turn.sealed_to for turn in rows} == {SealedTo.VAULT}
    private = identity.private_key(home.keyring, world.study.id, PASSPHRASE)
    with home.data.read() as db:
        for row, turn in zip(rows, before, strict=True):
            for field, sealed, said in (
                (f.TURN_BODY, row.body_ct, turn.body),
                (f.TURN_SPEAKER, row.speaker_ct, turn.speaker),
            ):
                with pytest.raises(aead.CannotOpen):
                    sealing.open_(db, key_of(released), field, row, sealed)
                binding = aead.Binding(field.number, released.study_id, row.id, row.sealed_rev)
                assert identity.open_(private, sealed, binding).decode() == said


def test_the_source_file_goes_the_same_way(home: Home, world: World) -> None:
    raw = making.TEXT.encode()
    released = release(home, to_review(home, world, making.upload(raw)), world.pi)
    assert released.source_blob_id is not None
    private = identity.private_key(home.keyring, world.study.id, PASSPHRASE)
    with home.data.read() as db:
        blob = db.get_one(Blob, released.source_blob_id)
        assert blob.in_vault
        chunk = db.exec(select(BlobChunk).where(col(BlobChunk.blob_id) == blob.id)).one()
        binding = sealing.chunk_binding(key_of(released), f.BLOB_CHUNK, blob.id, blob.sealed_rev, 0, last=True)
        with pytest.raises(aead.CannotOpen):
            aead.open_(home.keyring.current(key_of(released)).secret, chunk.body_ct, binding)
        assert identity.open_(private, chunk.body_ct, binding) == raw
        with pytest.raises(Exception, match="nothing here"):
            blobs.read(db, key_of(released), blob.id)


def test_a_study_may_have_originals_destroyed_instead(home: Home, world: World) -> None:
    with home.data.transaction() as db:
        db.get_one(Study, world.study.id).originals = Originals.DESTROY
    transcript = to_review(home, world)
    blob_id = transcript.source_blob_id
    released = release(home, transcript, world.pi)
    assert raw_turns(home, transcript) == []
    assert released.source_blob_id is None
    with home.data.read() as db:
        assert db.get(Blob, blob_id) is None
        assert db.exec(select(BlobChunk.id).where(col(BlobChunk.blob_id) == blob_id)).all() == []
    assert len(making.text_of(home, released)) == 5


def test_names_go_to_the_vault_and_only_the_passphrase_reads_them(home: Home, world: World) -> None:
    release(home, to_review(home, world), world.pi)
    private = identity.private_key(home.keyring, world.study.id, PASSPHRASE)
    with home.data.read() as db:
        entity = db.exec(select(Entity)).one()
        assert entity.name_ct is not None
        binding = aead.Binding(f.ENTITY_NAME.number, world.study.id, entity.id, entity.sealed_rev)
        assert identity.open_(private, entity.name_ct, binding).decode() == NAME


def test_without_vault_nothing_is_released_and_nothing_changed(home: Home, world: World) -> None:
    transcript = to_review(home, world)
    before = snapshot(home, transcript)
    with pytest.raises(NoIdentityKey):
        release(home, transcript, world.pi, world.coder)
    assert snapshot(home, transcript) == before


# Coders, and two at once ----------------------------------------------------------------------


def test_those_who_were_ticked_may_code_it_and_nobody_else(home: Home, world: World) -> None:
    transcript = release(home, to_review(home, world), world.pi, world.coder, world.coder)
    with home.data.read() as db:
        assigned = db.exec(select(Assignment.person_id).where(col(Assignment.transcript_id) == transcript.id)).all()
    assert assigned == [world.coder.id]


@pytest.mark.parametrize("who", ["observer", "outsider", "admin", "nobody"])
def test_only_people_of_the_study_who_may_code_are_ticked(home: Home, world: World, who: str) -> None:
    transcript = to_review(home, world)
    making.read_rest(home, transcript, world.pi)
    before = snapshot(home, transcript)
    person = new_id() if who == "nobody" else world.by_name[who].id
    seen = making.again(home, transcript).version
    with pytest.raises(Invalid):
        publishing.publish(home.data, world.pi, transcript.id, [person], seen)  # type: ignore[list-item]  # an id of nobody
    assert snapshot(home, transcript) == before


def test_a_page_that_is_out_of_date_releases_nothing(home: Home, world: World) -> None:
    transcript = to_review(home, world)
    before = snapshot(home, transcript)
    with pytest.raises(Conflict):
        publishing.publish(home.data, world.pi, transcript.id, [], transcript.version - 1)
    assert snapshot(home, transcript) == before


@pytest.mark.both_backends
def test_of_two_who_release_at_once_one_does_and_the_other_is_told(home: Home, world: World, browser: Browser) -> None:
    transcript = to_review(home, world)
    making.read_rest(home, transcript, world.pi)
    statuses: list[int] = []
    start = threading.Barrier(2)
    form = {"seen_version": str(transcript.version), "coders": str(world.coder.id)}

    def try_it(mine: Browser) -> None:
        start.wait()
        statuses.append(mine.post(f"/transcripts/{transcript.id}/publish", data=form).status_code)

    threads = [threading.Thread(target=try_it, args=(browser.as_(world.pi),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 409]
    released = making.again(home, transcript)
    assert (released.state, released.text_number) == (TranscriptState.CODABLE, 1)
    assert {turn.sealed_to for turn in raw_turns(home, transcript)} == {SealedTo.VAULT}
    assert len(making.text_of(home, released)) == 5


def test_the_same_person_has_one_pseudonym_in_all_released_texts(home: Home, world: World, worker: Worker) -> None:
    shown = set[str]()
    for _ in range(2):
        released = release(home, to_review(home, world), world.pi)
        shown |= {word for turn in making.text_of(home, released) for word in turn.body.split() if word.startswith("[")}
    assert shown == {"[Лицо"}
    with home.data.read() as db:
        assert len(db.exec(select(Entity.id)).all()) == 1


def test_more_coders_are_added_to_a_released_text_and_to_no_other(home: Home, world: World) -> None:
    waiting = to_review(home, world)
    with pytest.raises(Conflict), home.data.transaction() as db:
        publishing.assign(db, world.pi, waiting.id, [world.coder.id])
    released = release(home, waiting, world.pi, world.coder)
    with home.data.transaction() as db:
        publishing.assign(db, world.pi, released.id, [world.coder.id, world.other_coder.id])
    with home.data.read() as db:
        assigned: list[UUID] = list(db.exec(select(Assignment.person_id)).all())
    assert sorted(assigned) == sorted([world.coder.id, world.other_coder.id])
