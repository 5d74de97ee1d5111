"""Large content as sealed chunks of at most 1 MiB in the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel import delete as delete_rows

from qualcoder.core.clock import now
from qualcoder.core.errors import NotFound
from qualcoder.core.ids import BlobId, new_id
from qualcoder.vault import aead, identity, sealing
from qualcoder.vault import fields as f
from qualcoder.vault.keys import KeyRef
from qualcoder.vault.models import Blob, BlobChunk

CHUNK_BYTES = 1 << 20


def store(db: Session, ref: KeyRef, content: bytes, *, dies_at: datetime | None = None) -> Blob:
    """Keep content sealed with an interview's key, or a study's."""
    is_interview = ref.kind is f.KeyKind.INTERVIEW
    blob = Blob(
        study_id=ref.study_id,
        interview_id=ref.id if is_interview else None,
        size=len(content),
        created_at=now(),
        dies_at=dies_at,
    )
    db.add(blob)
    db.flush()
    field = f.BLOB_CHUNK if is_interview else f.BLOB_CHUNK_STUDY
    key = sealing.current_key(db, ref)
    for n, last, part in _parts(content):
        binding = sealing.chunk_binding(ref, field, blob.id, 0, n, last=last)
        sealed = aead.seal(key.secret, key.generation, part, binding)
        db.add(BlobChunk(id=new_id(), blob_id=blob.id, n=n, last=last, body_ct=sealed))
    return blob


def _parts(content: bytes) -> Iterator[tuple[int, bool, bytes]]:
    count = max(1, -(-len(content) // CHUNK_BYTES))
    for n in range(count):
        yield n, n == count - 1, content[n * CHUNK_BYTES : (n + 1) * CHUNK_BYTES]


def read(db: Session, ref: KeyRef, blob_id: UUID) -> bytes:
    """The whole content; CannotOpen if a chunk is missing, altered or out of order."""
    blob = db.get(Blob, blob_id)
    if blob is None or blob.in_vault:
        raise NotFound
    field = f.BLOB_CHUNK if blob.interview_id else f.BLOB_CHUNK_STUDY
    chunks = db.exec(select(BlobChunk).where(col(BlobChunk.blob_id) == blob_id).order_by(col(BlobChunk.n))).all()
    content = bytearray()
    for n, chunk in enumerate(chunks):
        _algorithm, generation = aead.read_header(chunk.body_ct)
        key = sealing.keyring_of(db).of_generation(ref, generation)
        is_last = n == len(chunks) - 1
        binding = sealing.chunk_binding(ref, field, blob.id, blob.sealed_rev, n, last=is_last)
        content += aead.open_(key.secret, chunk.body_ct, binding)
    if not chunks or len(content) != blob.size:
        raise aead.CannotOpen
    return bytes(content)


def move_to_vault(db: Session, ref: KeyRef, blob_id: BlobId) -> None:
    """Seal a blob's chunks to the study's identity key: the server alone can't read them any more."""
    blob = db.get_one(Blob, blob_id)
    public = sealing.vault_public(db, ref.study_id)
    chunks = db.exec(select(BlobChunk).where(col(BlobChunk.blob_id) == blob_id).order_by(col(BlobChunk.n))).all()
    for chunk in chunks:
        binding = sealing.chunk_binding(ref, f.BLOB_CHUNK, blob.id, blob.sealed_rev, chunk.n, last=chunk.last)
        _algorithm, generation = aead.read_header(chunk.body_ct)
        key = sealing.keyring_of(db).of_generation(ref, generation)
        content = aead.open_(key.secret, chunk.body_ct, binding)
        moved = sealing.chunk_binding(ref, f.BLOB_CHUNK, blob.id, blob.sealed_rev + 1, chunk.n, last=chunk.last)
        chunk.body_ct = identity.seal(public, content, moved)
    blob.sealed_rev += 1
    blob.in_vault = True


def empty_files(db: Session, study_id: UUID) -> int:
    """Let go the content of every file of a study that dies by itself, today instead; returns how many there were.

    The rows stay until they are swept, for whoever points to them.
    """
    mortal = select(Blob).where(
        col(Blob.study_id) == study_id, col(Blob.interview_id).is_(None), col(Blob.dies_at).is_not(None)
    )
    blobs = db.exec(mortal).all()
    for blob in blobs:
        db.exec(delete_rows(BlobChunk).where(col(BlobChunk.blob_id) == blob.id))
        blob.dies_at = blob.created_at
    return len(blobs)


def delete(db: Session, blob_id: UUID) -> None:
    """Remove a blob with its chunks."""
    for chunk in db.exec(select(BlobChunk).where(col(BlobChunk.blob_id) == blob_id)):
        db.delete(chunk)
    db.flush()
    if blob := db.get(Blob, blob_id):
        db.delete(blob)
