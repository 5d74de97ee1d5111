"""Large content: sealed chunk by chunk, and a cut, a swap or an alteration is noticed."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from qualcoder.core.errors import NotFound
from qualcoder.home import Home
from qualcoder.vault import aead, blobs, identity, sealing
from qualcoder.vault import fields as f
from qualcoder.vault.keys import KeyRef
from qualcoder.vault.models import Blob, BlobChunk
from tests.homes import CHEAP_MIB, PASSPHRASE, World

CONTENT = ("Ойдантап келді. " * 90_000).encode()
SMALL = "Примерное, сход 2022".encode()


@pytest.fixture
def interview(home: Home, world: World) -> KeyRef:
    ref = KeyRef.interview(uuid4(), world.study.id)
    home.keyring.create(ref)
    return ref


def _store(home: Home, ref: KeyRef, content: bytes) -> UUID:
    with home.data.transaction() as db:
        return blobs.store(db, ref, content).id


def _read(home: Home, ref: KeyRef, blob_id: UUID) -> bytes:
    with home.data.read() as db:
        return blobs.read(db, ref, blob_id)


def _chunks(db: Session, blob_id: UUID) -> list[BlobChunk]:
    return list(db.exec(select(BlobChunk).where(col(BlobChunk.blob_id) == blob_id).order_by(col(BlobChunk.n))))


@pytest.mark.both_backends
@pytest.mark.parametrize(
    ("content", "chunks"),
    [
        (b"", 1),
        (SMALL, 1),
        (b"x" * blobs.CHUNK_BYTES, 1),
        (b"x" * (blobs.CHUNK_BYTES + 1), 2),
        (CONTENT, 3),
    ],
    ids=["nothing", "small", "one chunk exactly", "one byte more", "three chunks"],
)
def test_content_comes_back_as_it_was(home: Home, interview: KeyRef, content: bytes, chunks: int) -> None:
    blob_id = _store(home, interview, content)
    assert _read(home, interview, blob_id) == content
    with home.data.read() as db:
        stored = _chunks(db, blob_id)
        assert [(chunk.n, chunk.last) for chunk in stored] == [(n, n == chunks - 1) for n in range(chunks)]
        assert all(SMALL not in chunk.body_ct and b"xxxx" not in chunk.body_ct for chunk in stored)


def test_content_of_a_study_opens_with_the_studys_key(home: Home, world: World, interview: KeyRef) -> None:
    study = KeyRef.study(world.study.id)
    blob_id = _store(home, study, SMALL)
    assert _read(home, study, blob_id) == SMALL
    with pytest.raises(aead.CannotOpen):
        _read(home, interview, blob_id)


def test_anothers_key_does_not_open_it(home: Home, world: World, interview: KeyRef) -> None:
    blob_id = _store(home, interview, SMALL)
    stranger = KeyRef.interview(uuid4(), world.study.id)
    home.keyring.create(stranger)
    for ref in (stranger, KeyRef.study(world.study.id)):
        with pytest.raises(aead.CannotOpen):
            _read(home, ref, blob_id)


def _cut_the_tail(db: Session, blob_id: UUID) -> None:
    db.delete(_chunks(db, blob_id)[-1])


def _cut_the_tail_and_say_so(db: Session, blob_id: UUID) -> None:
    chunks = _chunks(db, blob_id)
    db.delete(chunks[-1])
    chunks[-2].last = True
    db.get_one(Blob, blob_id).size = 2 * blobs.CHUNK_BYTES


def _cut_the_middle(db: Session, blob_id: UUID) -> None:
    _first, second, third = _chunks(db, blob_id)
    db.delete(second)
    db.flush()
    third.n = 1


def _cut_everything(db: Session, blob_id: UUID) -> None:
    for chunk in _chunks(db, blob_id):
        db.delete(chunk)
    db.get_one(Blob, blob_id).size = 0


def _swap(db: Session, blob_id: UUID) -> None:
    first, second, _third = _chunks(db, blob_id)
    first.body_ct, second.body_ct = second.body_ct, first.body_ct


def _repeat(db: Session, blob_id: UUID) -> None:
    first, second, _third = _chunks(db, blob_id)
    second.body_ct = first.body_ct


def _flip(db: Session, blob_id: UUID) -> None:
    second = _chunks(db, blob_id)[1]
    second.body_ct = second.body_ct[:-1] + bytes([second.body_ct[-1] ^ 1])


def _older(db: Session, blob_id: UUID) -> None:
    db.get_one(Blob, blob_id).sealed_rev += 1


@pytest.mark.parametrize(
    "harm",
    [_cut_the_tail, _cut_the_tail_and_say_so, _cut_the_middle, _cut_everything, _swap, _repeat, _flip, _older],
    ids=lambda harm: harm.__name__.strip("_"),
)
def test_harm_is_noticed(home: Home, interview: KeyRef, harm: object) -> None:
    assert callable(harm)
    blob_id = _store(home, interview, CONTENT)
    with home.data.transaction() as db:
        harm(db, blob_id)
    with pytest.raises(aead.CannotOpen):
        _read(home, interview, blob_id)


def test_a_chunk_of_another_blob_does_not_fit(home: Home, interview: KeyRef) -> None:
    mine, other = _store(home, interview, SMALL), _store(home, interview, SMALL)
    with home.data.transaction() as db:
        _chunks(db, mine)[0].body_ct = _chunks(db, other)[0].body_ct
    with pytest.raises(aead.CannotOpen):
        _read(home, interview, mine)


@pytest.mark.both_backends
def test_content_moved_to_the_vault_is_beyond_the_server(home: Home, world: World, interview: KeyRef) -> None:
    identity.create(home.keyring, world.study.id, PASSPHRASE, memory_mib=CHEAP_MIB)
    with home.data.transaction() as db:
        blob_id = blobs.store(db, interview, CONTENT).id
    with home.data.transaction() as db:
        blobs.move_to_vault(db, interview, blob_id)
    with pytest.raises(NotFound):
        _read(home, interview, blob_id)
    with home.data.transaction() as db:
        db.get_one(Blob, blob_id).in_vault = False
    with pytest.raises(aead.CannotOpen):
        _read(home, interview, blob_id)
    private = identity.private_key(home.keyring, world.study.id, PASSPHRASE)
    with home.data.read() as db:
        opened = [
            identity.open_(
                private,
                chunk.body_ct,
                sealing.chunk_binding(interview, f.BLOB_CHUNK, blob_id, 1, chunk.n, last=chunk.last),
            )
            for chunk in _chunks(db, blob_id)
        ]
    assert b"".join(opened) == CONTENT


def test_without_a_vault_nothing_is_moved(home: Home, interview: KeyRef) -> None:
    with home.data.transaction() as db:
        blob_id = blobs.store(db, interview, SMALL).id
    with pytest.raises(identity.NoIdentityKey), home.data.transaction() as db:
        blobs.move_to_vault(db, interview, blob_id)
    assert _read(home, interview, blob_id) == SMALL


def test_deleted_content_leaves_no_chunk(home: Home, interview: KeyRef) -> None:
    blob_id = _store(home, interview, CONTENT)
    with home.data.transaction() as db:
        blobs.delete(db, blob_id)
    with pytest.raises(NotFound):
        _read(home, interview, blob_id)
    with home.data.read() as db:
        assert _chunks(db, blob_id) == []
