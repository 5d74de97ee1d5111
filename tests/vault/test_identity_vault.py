"""Names go in without any passphrase and come out with the PI's only."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from qualcoder.core.errors import Conflict, Refused
from qualcoder.home import Home
from qualcoder.vault import aead, identity, sealing
from qualcoder.vault import fields as f
from qualcoder.vault.keys import KeyRef
from tests.homes import CHEAP_MIB, PASSPHRASE, World, reopened

ROW = UUID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")
NAME = "Серік Ойдантап"


@pytest.fixture
def sealed_name(home: Home, world: World) -> bytes:
    """A name that was sealed with the public half, in a process that never saw the passphrase."""
    identity.create(home.keyring, world.study.id, PASSPHRASE, memory_mib=CHEAP_MIB)
    with reopened(home) as other, other.data.read() as db:
        public = sealing.vault_public(db, world.study.id)
        return sealing.seal_to_vault(public, world.study.id, f.ENTITY_NAME, sealing.RowKey(ROW), NAME)


def _place(world: World) -> aead.Binding:
    return aead.Binding(f.ENTITY_NAME.number, world.study.id, ROW, 0)


@pytest.mark.both_backends
def test_the_passphrase_reads_what_was_written_without_it(home: Home, world: World, sealed_name: bytes) -> None:
    private = identity.private_key(home.keyring, world.study.id, PASSPHRASE)
    assert identity.open_(private, sealed_name, _place(world)).decode() == NAME


@pytest.mark.parametrize("typed", ["", PASSPHRASE + " ", PASSPHRASE.upper(), "Ойлап табылған басқа сөз"])
def test_another_passphrase_is_refused(home: Home, world: World, sealed_name: bytes, typed: str) -> None:
    with pytest.raises(Refused):
        identity.private_key(home.keyring, world.study.id, typed)


def test_the_server_with_all_its_keys_does_not_open_a_name(home: Home, world: World, sealed_name: bytes) -> None:
    with home.data.read() as db:
        for ref in (KeyRef.system(), KeyRef.study(world.study.id)):
            key = home.keyring.current(ref)
            with pytest.raises(aead.CannotOpen):
                aead.open_(key.secret, sealed_name, _place(world))
        with pytest.raises(ValueError, match="vault"):
            sealing.open_(db, KeyRef.study(world.study.id), f.ENTITY_NAME, sealing.RowKey(ROW), sealed_name)


def test_a_vault_field_is_never_sealed_with_a_key_of_the_server(home: Home, world: World) -> None:
    with home.data.read() as db, pytest.raises(ValueError, match="vault"):
        sealing.seal(db, KeyRef.study(world.study.id), f.ENTITY_NAME, sealing.RowKey(ROW), NAME)


def test_a_name_is_bound_to_its_row(home: Home, world: World, sealed_name: bytes) -> None:
    private = identity.private_key(home.keyring, world.study.id, PASSPHRASE)
    place = _place(world)
    for elsewhere in (
        replace(place, row=world.study.id),
        replace(place, field=f.SURFACE_FORM.number),
        replace(place, study=world.other_study.id),
        replace(place, sealed_rev=1),
    ):
        with pytest.raises(aead.CannotOpen):
            identity.open_(private, sealed_name, elsewhere)


def test_another_studys_key_does_not_open_it(home: Home, world: World, sealed_name: bytes) -> None:
    identity.create(home.keyring, world.other_study.id, PASSPHRASE, memory_mib=CHEAP_MIB)
    other = identity.private_key(home.keyring, world.other_study.id, PASSPHRASE)
    with pytest.raises(aead.CannotOpen):
        identity.open_(other, sealed_name, _place(world))


def test_a_flipped_bit_or_a_cut_anywhere_is_noticed() -> None:
    private = X25519PrivateKey.generate()
    place = aead.Binding(f.ENTITY_NAME.number, ROW, ROW, 0)
    blob = identity.seal((private.public_key(), 1), NAME.encode(), place)
    assert identity.open_(private, blob, place).decode() == NAME
    for position in range(len(blob)):
        # The top bit of an X25519 public key is ignored by definition (RFC 7748, 5), so another bit is flipped.
        altered = bytearray(blob)
        altered[position] ^= 0x01
        with pytest.raises(aead.CannotOpen):
            identity.open_(private, bytes(altered), place)
        with pytest.raises(aead.CannotOpen):
            identity.open_(private, blob[:position], place)


def test_a_study_without_a_vault_says_so(home: Home, world: World) -> None:
    assert not identity.exists(home.keyring, world.study.id)
    with home.data.read() as db, pytest.raises(identity.NoIdentityKey):
        sealing.vault_public(db, world.study.id)
    with pytest.raises(identity.NoIdentityKey):
        identity.private_key(home.keyring, world.study.id, PASSPHRASE)


def test_a_vault_is_made_once(home: Home, world: World, sealed_name: bytes) -> None:
    assert identity.exists(home.keyring, world.study.id)
    with pytest.raises(Conflict):
        identity.create(home.keyring, world.study.id, "another invented passphrase", memory_mib=CHEAP_MIB)
    private = identity.private_key(home.keyring, world.study.id, PASSPHRASE)
    assert identity.open_(private, sealed_name, _place(world)).decode() == NAME
