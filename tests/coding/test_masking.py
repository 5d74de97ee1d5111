"""A name that was missed is masked everywhere: nothing holds it, no coding is lost, no backup gives it back."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from qualcoder.anonymise.findings import Label
from qualcoder.audit.chain import verify
from qualcoder.coding import mask_writing, masking, passages, revising, service
from qualcoder.coding.mask_search import Sought, is_masked_since
from qualcoder.coding.models import Coding, Command, Memo
from qualcoder.coding.new_version import text_of as text_of_turns
from qualcoder.coding.new_version import whole_turns
from qualcoder.coding.revising import Change, revise_text
from qualcoder.coding.sealed_places import sheets_of
from qualcoder.coding.service import NewCoding
from qualcoder.core.clock import now
from qualcoder.core.errors import Invalid, NotFound, Refused
from qualcoder.core.ids import CodeId, CodingId, InterviewId, new_id
from qualcoder.core.tables import Table
from qualcoder.core.text import Span
from qualcoder.custody import drill
from qualcoder.home import Home, open_home
from qualcoder.matrices.service import KEPT_FOR
from qualcoder.transcripts import flags
from qualcoder.transcripts.flag_models import Flag, Standing
from qualcoder.transcripts.flags import NewFlag
from qualcoder.transcripts.models import TextVersion, Transcript, Turn
from qualcoder.vault import aead, blobs, renewal, sealing, shredding
from qualcoder.vault import fields as f
from qualcoder.vault.aead import CannotOpen
from qualcoder.vault.fields import SealedField
from qualcoder.vault.keys import KeyRef, Renewed, Shredded
from tests.canaries.scanner import find_in_files
from tests.homes import Backend, World, reopened
from tests.transcripts import making

NAME = "Ойдантап"
FIRST = """\
Интервьюер: Расскажите о выборах.
Респондент: Потом приехал Ойдантап. Воды не было, и все ждали Ойдантапа до вечера.
Интервьюер: Кто его звал?
Респондент: Говорят, акимат. Ойдантапу никто не звонил.
"""
SECOND = """\
Интервьюер: А у вас?
Респондент: У нас дорогу чинил Ойдантап. Остальных видели в телефоне.
"""
THIRD = """\
Интервьюер: Кто чинил дорогу?
Респондент: Дорогу никто не чинил, воды тоже нет.
"""


@pytest.fixture
def codes(home: Home, world: World) -> dict[str, CodeId]:
    return making.import_codes(home, world)


@pytest.fixture
def texts(home: Home, world: World, codes: dict[str, CodeId]) -> list[Transcript]:
    return [
        making.to_codable(home, world, making.upload(text), world.coder, world.other_coder)
        for text in (FIRST, SECOND, THIRD)
    ]


def whole(home: Home, transcript: Transcript) -> str:
    with home.data.read() as db:
        now_ = db.get_one(Transcript, transcript.id)
        key = KeyRef.interview(now_.interview_id, now_.study_id)
        assert now_.text_version_id is not None
        return text_of_turns(whole_turns(db, key, now_.text_version_id))


def code(home: Home, world: World, transcript: Transcript, quote: str, code_id: CodeId, memo: str = "") -> CodingId:
    start = whole(home, transcript).index(quote)
    number = making.again(home, transcript).text_number
    new = NewCoding(CodingId(new_id()), transcript.id, number, Span(start, start + len(quote)), code_id, memo=memo)
    with home.data.transaction() as db:
        service.add_coding(db, world.coder, new)
    return new.id


def confirmed(home: Home, world: World, transcript: Transcript, quote: str = NAME, note: str = "") -> UUID:
    start = whole(home, transcript).index(quote)
    number = making.again(home, transcript).text_number
    new = NewFlag(new_id(), transcript.id, number, Span(start, start + len(quote)), note)
    with home.data.transaction() as db:
        flags.flag(db, world.coder, new)
    with home.data.transaction() as db:
        flags.decide(db, world.pi, new.id, is_name=True, seen_version=1)
    return new.id


def quote_of(home: Home, coding_id: CodingId) -> str:
    with home.data.read() as db:
        coding = db.get_one(Coding, coding_id)
        transcript = db.get_one(Transcript, coding.transcript_id)
        key = KeyRef.interview(transcript.interview_id, transcript.study_id)
        text = text_of_turns(whole_turns(db, key, coding.text_version_id))
        assert passages.holds(db, key, coding, text)
        return text[coding.start : coding.end]


def mask(home: Home, world: World, flag_id: UUID, words: str = NAME) -> mask_writing.Masked:
    return masking.mask_everywhere(home.data, world.pi, flag_id, Sought(words, Label.PERSON))


@pytest.mark.both_backends
def test_a_masked_name_is_gone_from_every_text_and_no_coding_is_lost(
    home: Home, world: World, texts: Sequence[Transcript], codes: dict[str, CodeId]
) -> None:
    first, second, third = texts
    behind = code(home, world, first, "Ойдантапу никто не звонил", codes["WATER"])
    around = code(home, world, first, "Воды не было, и все ждали Ойдантапа до вечера", codes["ROADS"], "это Ойдантап")
    inside = code(home, world, first, "Ойдан", codes["ROADS"])
    other = code(home, world, second, "Остальных видели", codes["WATER"])
    untouched = code(home, world, third, "воды тоже нет", codes["WATER"])
    flag = confirmed(home, world, first, note="Ойдантап из акимата")
    done = mask(home, world, flag)
    assert (done.places, done.texts, done.interviews, done.codings, done.notes) == (4, 2, 2, 4, 1)
    for transcript in (first, second):
        assert "Ойдан" not in whole(home, transcript)
        assert making.again(home, transcript).text_number == 2
    assert making.again(home, third).text_number == 1
    assert quote_of(home, behind).endswith("никто не звонил")
    assert quote_of(home, around).startswith("Воды не было, и все ждали [")
    assert quote_of(home, inside).startswith("[")
    assert (quote_of(home, other), quote_of(home, untouched)) == ("Остальных видели", "воды тоже нет")
    with home.data.read() as db:
        row = db.get_one(Flag, flag)
        assert (row.standing, row.decided_by) == (Standing.MASKED, world.pi.id)
        assert flags.spans_hidden(db, row.text_version_id) == []
        (memo,) = db.exec(select(Memo)).all()
        key = KeyRef.interview(making.again(home, first).interview_id, world.study.id)
        assert sealing.open_(db, key, f.FLAG_NOTE, row, row.note_ct) == ""
        assert sealing.open_(db, key, f.MEMO_BODY, memo, memo.body_ct).startswith("это [")
        assert is_masked_since(db, first.id, 1)
        assert not is_masked_since(db, first.id, 2)
        assert not is_masked_since(db, third.id, 1)
        gone = db.exec(select(TextVersion.id).where(col(TextVersion.masked_at).is_not(None))).all()
        assert len(gone) == 2
        assert not db.exec(select(Turn.id).where(col(Turn.text_version_id).in_(gone))).all()
        assert verify(db, world.study.id).is_whole
    assert shredding.with_older_keys(home.keyring) == []
    # The three of them stand for one person, in the same entry.
    pseudonym = quote_of(home, inside).partition("]")[0]
    assert whole(home, first).count(pseudonym) == 3
    assert pseudonym in whole(home, second)


def opened(home: Home) -> Iterator[tuple[str, str]]:
    """Every sealed value of the data that the keys of this home open, with its column. Others are not given."""
    with home.data.read() as db:
        for table in Table.metadata.sorted_tables:
            for column in table.columns:
                for value in drill._values(db, table, column) if "sealed" in column.info else ():
                    field, ref = drill._key_for(column.info["sealed"], value)
                    try:
                        yield f"{table.name}.{column.name}", _words(db, table.name, ref, field, value)
                    except (CannotOpen, Shredded):
                        continue


def _words(db: Session, table: str, ref: KeyRef, field: SealedField, value: drill._Value) -> str:
    if table != "blob_chunk":
        return sealing.open_(db, ref, field, value.row, value.blob)
    blob_id, n, is_last = value.place
    key = home_key(db, ref, value.blob)
    binding = sealing.chunk_binding(ref, field, blob_id, value.row.sealed_rev, n, last=is_last)
    return aead.open_(key, value.blob, binding).decode("utf-8", "replace")


def home_key(db: Session, ref: KeyRef, blob: bytes) -> bytes:
    return sealing.keyring_of(db).of_generation(ref, aead.read_header(blob)[1]).secret


def holding(home: Home, stem: str = "ойдан") -> set[str]:
    return {column for column, text in opened(home) if stem in text.casefold()}


def beside(home: Home, folder: Path) -> Home:
    """Older data of this home with the keys of today, as somebody has them who kept a backup."""
    keys = sqlite3.connect(home.settings.home / "keys.db")
    keys.execute("VACUUM INTO ?", [str(folder / "keys.db")])
    keys.close()
    other = open_home(replace(home.settings, home=folder))
    other.keyring.unseal_with_root(home.keyring.root)
    return other


@pytest.fixture
def told(home: Home, world: World, texts: Sequence[Transcript], codes: dict[str, CodeId]) -> UUID:
    """The name got everywhere it may stand: three versions, a coding that waits, notes, a command, a file."""
    first = texts[0]
    body = making.text_of(home, first)[1].body
    # The name is misspelt in an earlier version, in which a coding waits.
    misspelt = body.replace("все ждали Ойдантапа", "все ждали Ойдантаппа")
    revise_text(home.data, world.pi, first.id, 1, Change(2, 2, (misspelt,)))
    code(home, world, first, "все ждали Ойдантаппа", codes["ROADS"], "это Ойдантап")
    changed = body.replace("все ждали Ойдантапа до вечера", "Ойдантапа было не дождаться")
    assert revise_text(home.data, world.pi, first.id, 2, Change(2, 2, (changed,))).unsure == 1
    key = KeyRef.interview(making.again(home, first).interview_id, world.study.id)
    row = sealing.RowKey(new_id())
    with home.data.transaction() as db:
        payload = sealing.seal_json(db, key, f.COMMAND_PAYLOAD, row, {"memo": "Ойдантап"})
        command = Command(id=row.id, study_id=world.study.id, transcript_id=first.id, person_id=world.coder.id, seq=99,
            kind="memo", payload_ct=payload, at=now())  # fmt: skip
        db.add(command)
        blobs.store(db, KeyRef.study(world.study.id), "Ойдантап приехал".encode(), dies_at=now() + KEPT_FOR)
    return confirmed(home, world, first, note="Ойдантап из акимата")


def test_the_name_is_in_no_value_and_no_file_and_an_older_backup_does_not_give_it_back(
    home: Home, world: World, texts: Sequence[Transcript], told: UUID, tmp_path: Path, backend: Backend
) -> None:
    if backend is Backend.POSTGRESQL:
        pytest.skip("copies the files of SQLite")
    assert holding(home) == {"turn.body_ct", "memo.body_ct", "flag.note_ct", "command.payload_ct", "blob_chunk.body_ct"}
    data = sqlite3.connect(home.settings.home / "data.db")
    data.execute("VACUUM INTO ?", [str(tmp_path / "data.db")])
    data.close()
    before = dict.fromkeys(column for column, _ in opened(home))
    mask(home, world, told)
    assert holding(home) == set()
    assert holding(home, "приехал") == {"turn.body_ct"}
    # Nothing else was lost: every kind of value that opened opens under the new keys.
    assert before.keys() - {column for column, _ in opened(home)} == {"blob_chunk.body_ct"}
    older = beside(home, tmp_path)
    try:
        assert holding(older) == {"blob_chunk.body_ct"}
        told_by = {column for column, _ in opened(older)}
        assert "code_version.name_ct" in told_by
        assert {text for column, text in opened(older) if column == "turn.body_ct" and "акимат" in text} == set()
    finally:
        older.close()
    with reopened(home) as other:
        assert "[" in whole(other, texts[0])
    home.close()
    assert find_in_files([home.settings.home], {"name": NAME, "form": "Ойдантаппа"}) == []


def test_what_a_waiting_coding_shows_of_the_old_text_has_no_name_either(
    home: Home, world: World, texts: Sequence[Transcript], told: UUID
) -> None:
    mask(home, world, told)
    with home.data.read() as db:
        (waiting,) = revising.unplaced(db, world.coder, texts[0].id)
    sides = waiting.old.before + waiting.old.words + waiting.old.after
    assert "все ждали [" in sides
    assert "Ойдан" not in sides
    assert waiting.new is not None
    with home.data.transaction() as db:
        number = making.again(home, texts[0]).text_number
        revising.place(db, world.coder, waiting.coding_id, number, waiting.new.span)
    assert "[" in quote_of(home, waiting.coding_id)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", ["destroy_older", "write_masked", "seal_anew"])
def test_a_process_that_is_killed_between_the_steps_loses_nothing(
    home: Home, world: World, texts: Sequence[Transcript], told: UUID, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def die(*_: object) -> None:
        raise Killed

    module = {"destroy_older": shredding, "write_masked": masking, "seal_anew": renewal}[step]
    before = whole(home, texts[0])
    with monkeypatch.context() as killing:
        killing.setattr(module, step, die)
        with pytest.raises(Killed):
            mask(home, world, told)
    with reopened(home) as again:
        assert shredding.with_older_keys(again.keyring)
        masking.finish(again.data)
        if step == "destroy_older":
            assert shredding.with_older_keys(again.keyring) == []
            assert holding(again) == set()
            return
        # Nothing was changed, everything opens, and it can be done again.
        assert whole(again, texts[0]) == before
        assert "turn.body_ct" in holding(again)
        assert mask(again, world, told).texts == 2
        assert holding(again) == set()
        assert shredding.with_older_keys(again.keyring) == []


def test_what_was_sealed_with_the_former_key_is_not_kept_after_it(
    home: Home, world: World, texts: Sequence[Transcript], codes: dict[str, CodeId]
) -> None:
    coding = code(home, world, texts[0], "Ойдантапу никто не звонил", codes["WATER"])
    ref = KeyRef.interview(texts[0].interview_id, world.study.id)
    home.keyring.current(ref)
    with reopened(home) as other:
        other.keyring.current(ref)
        mask(home, world, confirmed(home, world, texts[0]))
        # The other process knows the former key for a second; what it seals with it is refused.
        other.keyring._checked_at = time.monotonic() + 60
        with pytest.raises(Renewed), other.data.transaction() as db:
            service.add_memo(db, world.coder, coding, "Заметка")
        with other.data.transaction() as db:
            service.add_memo(db, world.coder, coding, "Заметка")
    assert "memo.body_ct" in holding(home, "заметка")


def test_a_coding_that_was_made_before_the_name_was_masked_goes_to_its_place(
    home: Home, world: World, texts: Sequence[Transcript], codes: dict[str, CodeId]
) -> None:
    text = whole(home, texts[0])
    mask(home, world, confirmed(home, world, texts[0]))
    ids = []
    for code, quote in (("WATER", "Ойдантапу никто не звонил"), ("ROADS", "никто не звонил"), ("COURT", "Ойдан")):
        start = text.index(quote)
        new = NewCoding(CodingId(new_id()), texts[0].id, 1, Span(start, start + len(quote)), codes[code])
        with home.data.transaction() as db:
            service.add_coding(db, world.coder, new)
        ids.append(new.id)
    assert quote_of(home, ids[1]) == "никто не звонил"
    assert quote_of(home, ids[0]).startswith("[")
    assert quote_of(home, ids[2]).startswith("[")


def test_only_the_pi_masks_and_only_a_confirmed_flag_with_its_own_words(
    home: Home, world: World, texts: Sequence[Transcript]
) -> None:
    flag = confirmed(home, world, texts[0])
    for person in (world.coder, world.researcher):
        with pytest.raises((Refused, NotFound)):
            masking.mask_everywhere(home.data, person, flag, Sought(NAME, Label.PERSON))
    with pytest.raises(Invalid):
        mask(home, world, flag, "телефоне")
    with pytest.raises(Invalid):
        mask(home, world, flag, " ")
    mask(home, world, flag)
    with pytest.raises(masking.NotConfirmed):
        mask(home, world, flag)
    with home.data.transaction() as db, pytest.raises(flags.DecidedAlready):
        flags.reach_deciding(db, world.pi, flag)
        flags.decide(db, world.pi, flag, is_name=False, seen_version=db.get_one(Flag, flag).version, reason="нет")


def test_a_form_that_is_not_meant_stays_and_what_only_tells_of_the_name_is_told(
    home: Home, world: World, texts: Sequence[Transcript]
) -> None:
    flag = confirmed(home, world, texts[0])
    with home.data.read() as db:
        _found, plan = masking.look(db, world.pi, flag, Sought("", Label.PERSON))
    assert {form.words: form.count for form in plan.forms} == {"Ойдантап": 2, "Ойдантапа": 1, "Ойдантапу": 1}
    forms = frozenset({"Ойдантап", "Ойдантапа"})
    masking.mask_everywhere(home.data, world.pi, flag, Sought(NAME, Label.PERSON, forms))
    assert "Ойдантапу" in whole(home, texts[0])
    assert "Ойдантап." not in whole(home, texts[1])


def test_every_field_that_an_interview_key_seals_is_sealed_anew() -> None:
    named = {field for sheet in sheets_of(InterviewId(new_id())) for field in sheet.fields}
    # Chunks of files are looked for by their interview.
    assert named | {f.BLOB_CHUNK} == {field for field in f.ALL if field.kind is f.KeyKind.INTERVIEW}
