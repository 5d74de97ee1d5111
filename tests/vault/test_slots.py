"""The root key opens by any one slot, and by nothing else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from qualcoder.core.errors import Invalid, Unavailable
from qualcoder.home import Home
from qualcoder.vault import slots
from qualcoder.vault.keys import Keyring
from qualcoder.vault.models import RootSlot, SlotKind, SystemKey
from tests.homes import CHEAP_MIB, KEYFILE, PASSPHRASE, RECOVERY

CODE = slots.normal_code(RECOVERY).encode()


@pytest.mark.parametrize(
    "secrets",
    [
        {SlotKind.PASSPHRASE: PASSPHRASE.encode()},
        {SlotKind.KEYFILE: KEYFILE},
        {SlotKind.RECOVERY: CODE},
        slots.typed_secrets(PASSPHRASE),
        slots.typed_secrets(RECOVERY),
        slots.typed_secrets(RECOVERY.lower().replace("-", "  ")),
    ],
    ids=["passphrase", "keyfile", "recovery", "typed passphrase", "typed code", "code typed another way"],
)
def test_each_kind_of_slot_opens_alone(home: Home, secrets: dict[SlotKind, bytes]) -> None:
    fresh = Keyring(home.keys)
    assert fresh.unseal(secrets)
    assert fresh.root == home.keyring.root


@pytest.mark.parametrize(
    "secrets",
    [
        {},
        {SlotKind.PASSPHRASE: PASSPHRASE.upper().encode()},
        {SlotKind.PASSPHRASE: b""},
        {SlotKind.KEYFILE: KEYFILE + b"\0"},
        {SlotKind.KEYFILE: PASSPHRASE.encode(), SlotKind.PASSPHRASE: KEYFILE},
        {SlotKind.RECOVERY: CODE[:-1] + b"Z"},
        slots.typed_secrets(RECOVERY[:-1] + "Z"),
    ],
    ids=["none", "case", "empty", "longer keyfile", "kinds exchanged", "code off by one", "typed code off by one"],
)
def test_anything_else_is_refused_and_the_home_stays_sealed(home: Home, secrets: dict[SlotKind, bytes]) -> None:
    fresh = Keyring(home.keys)
    assert not fresh.unseal(secrets)
    assert fresh.is_sealed


def test_a_wrong_try_does_not_seal_an_open_home(home: Home) -> None:
    assert not home.keyring.unseal({SlotKind.PASSPHRASE: b"something else entirely"})
    assert not home.keyring.is_sealed


def test_a_slot_that_was_altered_does_not_open(home: Home) -> None:
    with home.keys.transaction() as db:
        slot = db.exec(select(RootSlot).where(RootSlot.kind == SlotKind.KEYFILE)).one()
        slot.check = bytes(32)
    assert not Keyring(home.keys).unseal({SlotKind.KEYFILE: KEYFILE})


def test_neither_secrets_nor_the_root_lie_in_the_keys_database(home: Home) -> None:
    with home.keys.read() as db:
        rows = db.exec(select(RootSlot)).all()
        system = db.exec(select(SystemKey)).one()
    stored = b"".join(row.salt + row.check + row.wrapped for row in rows) + system.wrapped
    for secret in (home.keyring.root, KEYFILE, CODE, PASSPHRASE.encode()):
        assert secret not in stored
    assert len({row.salt for row in rows}) == 3


@pytest.mark.parametrize("passphrase", ["", "short", "тринадцатьбук", "x" * 13])
def test_a_short_passphrase_is_refused(home: Home, passphrase: str) -> None:
    with pytest.raises(Invalid), home.keys.transaction() as db:
        slots.add_slot(db, home.keyring.root, SlotKind.PASSPHRASE, passphrase.encode(), memory_mib=CHEAP_MIB)


@pytest.mark.parametrize("passphrase", ["құпия сөз тіркесі", "x" * 14, "четырнадцать б"])
def test_a_passphrase_is_counted_in_letters_and_opens(home: Home, passphrase: str) -> None:
    with home.keys.transaction() as db:
        slots.add_slot(db, home.keyring.root, SlotKind.PASSPHRASE, passphrase.encode(), memory_mib=CHEAP_MIB)
    assert Keyring(home.keys).unseal(slots.typed_secrets(passphrase))


def test_a_home_gets_its_keys_once(home: Home) -> None:
    two = [(SlotKind.KEYFILE, KEYFILE), (SlotKind.RECOVERY, b"A" * 32)]
    with pytest.raises(Unavailable):
        home.keyring.create_root(two, memory_mib=CHEAP_MIB)


def test_one_way_to_open_a_home_is_not_enough(home: Home) -> None:
    with pytest.raises(Invalid):
        home.keyring.create_root([(SlotKind.KEYFILE, KEYFILE)], memory_mib=CHEAP_MIB)


@pytest.mark.parametrize(
    "typed",
    [
        "ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ23-4567",
        "abcd efgh ijkl mnop qrst uvwx yz23 4567",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        " abcd-efgh-\tijkl-mnop\nqrst-uvwx-yz23-4567 ",
        "A8CD-EFGH-1JKL-MN0P-QRST-UVWX-YZ23-4567",
    ],
)
def test_a_recovery_code_may_be_typed_in_many_ways(typed: str) -> None:
    assert slots.normal_code(typed) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def test_new_recovery_codes_are_160_bits_in_eight_groups_and_differ() -> None:
    codes = {slots.new_recovery_code() for _ in range(100)}
    assert len(codes) == 100
    assert all([len(group) for group in code.split("-")] == [4] * 8 for code in codes)
    assert all(slots.normal_code(code) == code.replace("-", "") for code in codes)


@given(st.text(max_size=60))
def test_anything_typed_becomes_secrets_without_a_crash(typed: str) -> None:
    secrets = slots.typed_secrets(typed)
    assert secrets[SlotKind.PASSPHRASE] == typed.encode()


def test_a_keyfile_is_for_its_owner_only_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "home.key"
    secret = slots.write_keyfile(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert slots.read_keyfile(path) == secret
    with pytest.raises(FileExistsError):
        slots.write_keyfile(path)
    assert slots.read_keyfile(path) == secret


def test_a_missing_or_short_keyfile_is_named_plainly(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        slots.read_keyfile(tmp_path / "absent")
    (tmp_path / "short").write_bytes(b"too short")
    with pytest.raises(Invalid):
        slots.read_keyfile(tmp_path / "short")


def test_a_passphrase_is_the_same_however_its_letters_are_composed() -> None:
    composed, decomposed = slots.typed_secrets("й ё"), slots.typed_secrets("и\u0306 е\u0308")
    assert composed[SlotKind.PASSPHRASE] == decomposed[SlotKind.PASSPHRASE]
