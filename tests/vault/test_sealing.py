"""Fields of rows: the right key, the right row, and a look-up that stores no value."""

from __future__ import annotations

import inspect
from uuid import UUID, uuid4

import pytest

from qualcoder.core.db import Database
from qualcoder.home import Home
from qualcoder.vault import aead, sealing
from qualcoder.vault import fields as f
from qualcoder.vault.fields import KeyKind, SealedField
from qualcoder.vault.keys import KeyRef, Sealed
from tests.homes import World

TEXT = "Мысалауыл әкімі Ойдантап"
ROW = sealing.RowKey(UUID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"), 2)


def _key_for(home: Home, world: World, kind: KeyKind) -> KeyRef:
    ref = {
        KeyKind.SYSTEM: KeyRef.system(),
        KeyKind.STUDY: KeyRef.study(world.study.id),
        KeyKind.INTERVIEW: KeyRef.interview(uuid4(), world.study.id),
        KeyKind.RESPONDENT: KeyRef.respondent(uuid4(), world.study.id),
    }[kind]
    if kind in {KeyKind.INTERVIEW, KeyKind.RESPONDENT}:
        home.keyring.create(ref)
    return ref


@pytest.mark.parametrize("field", [f.PERSON_NAME, f.STUDY_TITLE, f.TURN_BODY, f.RESPONDENT_ATTRIBUTES])
def test_a_field_opens_in_its_row_with_its_key(home: Home, world: World, field: SealedField) -> None:
    ref = _key_for(home, world, field.kind)
    with home.data.read() as db:
        blob = sealing.seal(db, ref, field, ROW, TEXT)
        assert sealing.open_(db, ref, field, ROW, blob) == TEXT
        for elsewhere in (sealing.RowKey(ROW.id, 1), sealing.RowKey(uuid4(), 2)):
            with pytest.raises(aead.CannotOpen):
                sealing.open_(db, ref, field, elsewhere, blob)


@pytest.mark.parametrize("field", f.ALL, ids=lambda field: field.name)
@pytest.mark.parametrize("kind", [KeyKind.SYSTEM, KeyKind.STUDY, KeyKind.INTERVIEW, KeyKind.RESPONDENT])
def test_a_field_takes_only_the_key_it_is_meant_for(field: SealedField, kind: KeyKind) -> None:
    ref = KeyRef(kind, uuid4(), uuid4())
    if field.kind is kind:
        assert sealing._binding(ref, field, ROW).field == field.number
    else:
        with pytest.raises(ValueError, match="is sealed with"):
            sealing._binding(ref, field, ROW)


@pytest.mark.parametrize("value", [{}, {"round": str(ROW.id), "type": "about"}, ["ө", 1, None], "ұлы"])
def test_small_records_come_back(home: Home, value: object) -> None:
    with home.data.read() as db:
        blob = sealing.seal_json(db, KeyRef.system(), f.PERSON_NAME, ROW, value)
        assert sealing.open_json(db, KeyRef.system(), f.PERSON_NAME, ROW, blob) == value


def test_an_equal_value_has_an_equal_look_up_in_one_study_only(home: Home, world: World) -> None:
    mine, other = KeyRef.study(world.study.id), KeyRef.study(world.other_study.id)
    with home.data.read() as db:
        assert sealing.lookup(db, mine, "surface", TEXT) == sealing.lookup(db, mine, "surface", TEXT)
        different = {
            sealing.lookup(db, mine, "surface", TEXT),
            sealing.lookup(db, other, "surface", TEXT),
            sealing.lookup(db, mine, "email", TEXT),
            sealing.lookup(db, mine, "surface", TEXT, ""),
            sealing.lookup(db, mine, "surface", *TEXT.split()),
            sealing.lookup(db, mine, "surface", TEXT.casefold()),
        }
    assert len(different) == 6


def test_a_sealed_home_neither_seals_nor_opens(home: Home) -> None:
    with home.data.read() as db:
        blob = sealing.seal(db, KeyRef.system(), f.PERSON_NAME, ROW, TEXT)
    home.keyring.seal()
    with home.data.read() as db:
        with pytest.raises(Sealed):
            sealing.open_(db, KeyRef.system(), f.PERSON_NAME, ROW, blob)
        with pytest.raises(Sealed):
            sealing.seal(db, KeyRef.system(), f.PERSON_NAME, ROW, TEXT)
        with pytest.raises(Sealed):
            sealing.lookup(db, KeyRef.system(), "email", TEXT)


@pytest.mark.both_backends
def test_no_clear_text_reaches_the_database(home: Home, world: World) -> None:
    """What is looked for are the names of the people of the world, which were sealed on the way in."""
    assert isinstance(home.data, Database)
    with home.data.read() as db:
        from qualcoder.accounts import people

        assert people.name_of(db, world.pi) == "Pi Oydantap"
    assert b"Oydantap" not in world.pi.name_ct
    assert "Oydantap" not in repr(world.pi)
    for path in home.settings.home.glob("*.db*"):
        assert b"Oydantap" not in path.read_bytes()


def test_opening_is_never_done_by_loading() -> None:
    """A model has no property or hook that decrypts: opening is an explicit call."""
    from qualcoder import schema

    for module in schema.MODELS:
        source = inspect.getsource(module)
        assert "open_(" not in source
        assert "open_json(" not in source
