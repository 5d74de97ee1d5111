"""Translations of passages: beside them, gone while words are hidden, masked with them, quoted where it is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Language, Person
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.leaks import NamesSomebody
from qualcoder.coding import mask_writing, masking, memo_acts, translating
from qualcoder.coding.mask_search import Sought
from qualcoder.coding.memo_acts import NewMemo
from qualcoder.coding.models import Memo, MemoKind, Translation, TranslationStatus
from qualcoder.coding.revising import Change, revise_text
from qualcoder.coding.translating import NewTranslation, PassageHidden, TranslationChanged
from qualcoder.core.errors import NotFound, Refused
from qualcoder.core.ids import CodeId, CodingId, new_id
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from qualcoder.vault.keys import KeyRef
from tests.anonymise.known_person import register
from tests.coding.test_masking import FIRST, NAME, SECOND, code, confirmed, holding
from tests.homes import World
from tests.transcripts import making


@pytest.fixture
def codes(home: Home, world: World) -> dict[str, CodeId]:
    return making.import_codes(home, world)


@pytest.fixture
def texts(home: Home, world: World, codes: dict[str, CodeId]) -> list[Transcript]:
    return [making.to_codable(home, world, making.upload(text), world.coder) for text in (FIRST, SECOND)]


@pytest.fixture
def coding(home: Home, world: World, texts: Sequence[Transcript], codes: dict[str, CodeId]) -> CodingId:
    return code(home, world, texts[0], "Воды не было, и все ждали Ойдантапа", codes["WATER"])


def save(
    home: Home, who: Person, coding: CodingId, words: str, *, seen: int = 0, is_checked: bool = False
) -> translating.Written:
    status = TranslationStatus.CHECKED if is_checked else TranslationStatus.DRAFT
    with home.data.transaction() as db:
        return translating.save(db, who, coding, Language.KK, NewTranslation(words, status, seen))


def held(home: Home, who: Person, coding: CodingId) -> tuple[translating.OpenTranslation, ...]:
    with home.data.read() as db:
        return translating.seen_by(db, who, coding)


def test_a_translation_is_written_checked_removed_and_brought_back(home: Home, world: World, coding: CodingId) -> None:
    first = save(home, world.coder, coding, "Су болмады, бәрі күтті")
    assert save(home, world.coder, coding, "Су болмады, бәрі күтті").version == first.version
    checked = save(home, world.pi, coding, "Су болмады, бәрі күтті", seen=first.version, is_checked=True)
    (one,) = held(home, world.coder, coding)
    assert (one.words, one.status, one.is_stale) == ("Су болмады, бәрі күтті", TranslationStatus.CHECKED, False)
    assert "" not in {one.translator, one.checker}
    assert one.translator != one.checker
    met = save(home, world.coder, coding, "Су жоқ еді", seen=first.version)
    assert met.theirs == "Су болмады, бәрі күтті"
    with home.data.transaction() as db, pytest.raises(TranslationChanged):
        translating.remove(db, world.coder, coding, Language.KK, first.version)
    with home.data.transaction() as db:
        translating.remove(db, world.coder, coding, Language.KK, checked.version)
    assert held(home, world.coder, coding) == ()
    with home.data.transaction() as db:
        translating.restore(db, world.coder, coding, Language.KK)
    assert [one.status for one in held(home, world.coder, coding)] == [TranslationStatus.CHECKED]


def test_only_who_sees_the_coding_sees_its_translation(home: Home, world: World, coding: CodingId) -> None:
    save(home, world.coder, coding, "Су болмады")
    for who, refusal in (
        (world.other_coder, NotFound),
        (world.other_researcher, NotFound),
        (world.observer, Refused),
        (world.outsider, NotFound),
    ):
        with pytest.raises(refusal):
            held(home, who, coding)
        with pytest.raises(refusal):
            save(home, who, coding, "Чужое", seen=1)


def test_a_translation_names_nobody(home: Home, world: World, coding: CodingId) -> None:
    register(home, world)
    with pytest.raises(NamesSomebody):
        save(home, world.coder, coding, "Бәрі Ойлаповты күтті")
    assert held(home, world.coder, coding) == ()


def test_while_words_are_hidden_the_translation_is_too_and_masking_takes_the_name_out_of_it_and_of_every_memo(
    home: Home, world: World, coding: CodingId, texts: Sequence[Transcript], codes: dict[str, CodeId]
) -> None:
    written = save(home, world.coder, coding, "Су болмады, бәрі Ойдантапты күтті")
    about: tuple[tuple[MemoKind, UUID], ...] = (
        (MemoKind.STUDY, world.study.id),
        (MemoKind.CODE, codes["WATER"]),
        (MemoKind.INTERVIEW, texts[0].interview_id),
    )
    for kind, about_id in about:
        with home.data.transaction() as db:
            memo_acts.save(db, world.coder, NewMemo(new_id(), kind, about_id, f"Ойдантап и ещё {kind}"))
    with home.data.transaction() as db:
        gone = db.exec(select(Memo).where(col(Memo.about_kind) == "code")).one()
        memo_acts.remove(db, world.coder, gone.id, gone.version)
    flag = confirmed(home, world, texts[0], "Ойдантапа")
    assert held(home, world.coder, coding) == ()
    with pytest.raises(PassageHidden):
        save(home, world.coder, coding, "Су болмады", seen=written.version)
    done = masking.mask_everywhere(home.data, world.pi, flag, Sought(NAME, Label.PERSON, _forms(home, world, flag)))
    assert done.notes == 4
    assert holding(home) == set()
    (one,) = held(home, world.coder, coding)
    assert one.words.startswith("Су болмады, бәрі [")
    assert not one.is_stale


def _forms(home: Home, world: World, flag: UUID) -> frozenset[str]:
    with home.data.read() as db:
        _found, plan = masking.look(db, world.pi, flag, Sought("", Label.PERSON))
    return frozenset({form.words for form in plan.forms} | {"Ойдантапты"})


def test_a_memo_that_is_written_while_a_name_is_masked_is_masked_too(
    home: Home, world: World, texts: Sequence[Transcript], monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = confirmed(home, world, texts[0])
    renew = home.keyring.renew
    wrote: list[UUID] = []

    def renewed(refs: Sequence[KeyRef]) -> None:
        renew(refs)
        if not wrote:
            wrote.append(new_id())
            with home.data.transaction() as db:
                new = NewMemo(wrote[0], MemoKind.STUDY, world.study.id, "Тут был Ойдантап")
                memo_acts.save(db, world.coder, new)

    monkeypatch.setattr(home.keyring, "renew", renewed)
    assert mask_writing.Masked is type(masking.mask_everywhere(home.data, world.pi, flag, Sought(NAME, Label.PERSON)))
    assert holding(home) == set()


def test_a_corrected_passage_keeps_its_translation_and_says_that_it_is_older(
    home: Home, world: World, coding: CodingId, texts: Sequence[Transcript]
) -> None:
    save(home, world.coder, coding, "Су болмады")
    body = making.text_of(home, texts[0])[1].body
    revise_text(home.data, world.pi, texts[0].id, 1, Change(2, 2, (body.replace("Воды не было", "Воды тут не было"),)))
    with home.data.read() as db:
        assert len(db.exec(select(Translation.id)).all()) == 1
    assert [(one.words, one.is_stale) for one in held(home, world.coder, coding)] == [("Су болмады", True)]
