"""A masked name is looked for where its texts are not: in notes, in logs of other interviews, in files being made."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlmodel import select

from qualcoder.anonymise.findings import Label
from qualcoder.coding import masking, service, undoing
from qualcoder.coding.mask_search import Sought
from qualcoder.coding.models import Coding, Memo
from qualcoder.core.ids import CodeId, CodingId, TranscriptId, new_id
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from tests.coding.test_masking import NAME, code, codes, confirmed, holding, texts
from tests.homes import World

__all__ = ["codes", "texts"]


def ticked(home: Home, world: World, flag_id: object) -> Sought:
    """What the page of masking proposes, ticked as it comes."""
    with home.data.read() as db:
        _found, plan = masking.look(db, world.pi, flag_id, Sought("", Label.PERSON))  # type: ignore[arg-type]  # an id
    return Sought(plan.words, plan.label, frozenset(form.words for form in plan.forms if form.is_ticked))


def test_a_form_that_stands_in_a_note_alone_is_proposed_and_masked(
    home: Home, world: World, texts: Sequence[Transcript], codes: dict[str, CodeId]
) -> None:
    third = texts[2]
    code(home, world, third, "воды тоже нет", codes["WATER"], "Говорила с Ойдантапом потом")
    flag = confirmed(home, world, texts[0])
    sought = ticked(home, world, flag)
    assert "Ойдантапом" in (sought.forms or ())
    done = masking.mask_everywhere(home.data, world.pi, flag, sought)
    assert done.notes == 1
    assert holding(home) == set()


def test_a_note_that_was_changed_leaves_the_name_in_no_log(
    home: Home, world: World, texts: Sequence[Transcript], codes: dict[str, CodeId]
) -> None:
    third = texts[2]
    coding = code(home, world, third, "воды тоже нет", codes["WATER"], f"Это {NAME}")
    with home.data.transaction() as db:
        undoing.undo(db, world.coder, TranscriptId(third.id), None, new_id())
    with home.data.read() as db:
        assert not db.exec(select(Memo)).all()
    assert "command.payload_ct" in holding(home)
    flag = confirmed(home, world, texts[0])
    masking.mask_everywhere(home.data, world.pi, flag, ticked(home, world, flag))
    assert holding(home) == set()
    with home.data.read() as db:
        assert db.get_one(Coding, coding).deleted_at is not None


def test_a_note_that_is_written_while_names_are_masked_is_neither_lost_nor_left(
    home: Home, world: World, texts: Sequence[Transcript], codes: dict[str, CodeId], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = code(home, world, texts[0], "никто не звонил", codes["WATER"], f"Это {NAME}")
    new = code(home, world, texts[2], "воды тоже нет", codes["WATER"])
    flag = confirmed(home, world, texts[0])
    sought = ticked(home, world, flag)
    written: list[object] = []
    renew = home.keyring.renew

    def meanwhile(refs: object) -> None:
        renew(refs)  # type: ignore[arg-type]  # as they come
        if not written:
            written.append(old)
            with home.data.transaction() as db:
                service.add_memo(db, world.coder, CodingId(old), f"Позже: {NAME}")
                service.add_memo(db, world.coder, CodingId(new), f"И здесь {NAME}")

    monkeypatch.setattr(home.keyring, "renew", meanwhile)
    masking.mask_everywhere(home.data, world.pi, flag, sought)
    assert holding(home) == set()
    with home.data.read() as db:
        assert len(db.exec(select(Memo)).all()) == 3
