"""The drill opens a value of every sealed field that has one, and notices what does not open."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Study
from qualcoder.audit.models import AuditEntry
from qualcoder.coding import service as coding
from qualcoder.core.tables import Table
from qualcoder.custody import drill
from qualcoder.custody.drill import Outcome
from qualcoder.home import Home
from qualcoder.interviews.models import Consent
from qualcoder.vault import aead, blobs
from qualcoder.vault.keys import KeyRef, count_change
from qualcoder.vault.models import BlobChunk, InterviewKey, StudyKey
from tests.homes import World
from tests.house import roles_stage

both_backends = pytest.mark.both_backends


@pytest.fixture
def full(home: Home, world: World) -> Home:
    """Something in every state."""
    stage = roles_stage._fill(home, world)
    with home.data.transaction() as db:
        coding.add_memo(db, world.coder, stage.ids["coding"], "Выдуманная заметка")  # type: ignore[arg-type]  # an id
        blobs.store(db, KeyRef.study(world.study.id), b"x" * (blobs.CHUNK_BYTES + 5))
    return home


def _outcomes(home: Home) -> dict[str, Outcome]:
    with home.data.read() as db:
        return {one.field: one.outcome for one in drill.open_one_of_each(db)}


@both_backends
def test_a_value_of_every_sealed_field_that_has_one_opens(full: Home) -> None:
    found = _outcomes(full)
    sealed = {
        f"{table.name}.{column.name}"
        for table in Table.metadata.sorted_tables
        for column in table.columns
        if "sealed" in column.info
    }
    assert set(found) == sealed
    assert set(found.values()) <= {Outcome.OPENED, Outcome.EMPTY, Outcome.VAULT}
    for table in ("person", "study", "interview", "respondent", "participation", "consent", "link", "transcript"):
        assert Outcome.OPENED in {outcome for field, outcome in found.items() if field.startswith(f"{table}.")}, table
    for field in ("turn.body_ct", "entity.pseudonym_ct", "code_version.name_ct", "memo.body_ct", "blob_chunk.body_ct"):
        assert found[field] is Outcome.OPENED
    assert found["surface_index.form_ct"] is Outcome.VAULT
    assert found["person.totp_ct"] is Outcome.OPENED


@pytest.mark.parametrize("field", ["turn.body_ct", "consent.scope_ct", "person.name_ct", "blob_chunk.body_ct"])
def test_an_altered_value_is_noticed(full: Home, field: str) -> None:
    name, _, column = field.partition(".")
    table = Table.metadata.tables[name]
    with full.data.transaction() as db:
        for row_id, blob in db.execute(table.select().with_only_columns(table.c.id, table.c[column])).all():
            altered = blob[:-1] + bytes([blob[-1] ^ 1])
            db.execute(update(table).where(table.c.id == row_id).values({column: altered}))
    assert _outcomes(full)[field] is Outcome.FAILED


def test_a_value_moved_to_another_row_is_noticed(full: Home) -> None:
    with full.data.transaction() as db:
        first, second = db.exec(select(Consent).limit(2)).all()
        first.scope_ct, second.scope_ct = second.scope_ct, first.scope_ct
    assert _outcomes(full)["consent.scope_ct"] is Outcome.FAILED


def test_a_chunk_counts_its_place(full: Home) -> None:
    with full.data.transaction() as db:
        for chunk in db.exec(select(BlobChunk)).all():
            chunk.n += 10
    assert _outcomes(full)["blob_chunk.body_ct"] is Outcome.FAILED


def _drop_keys(home: Home, table: type[InterviewKey | StudyKey]) -> None:
    with home.keys.transaction() as db:
        db.execute(delete(table))
        count_change(db)
    home.keyring._checked_at = 0.0


@both_backends
def test_what_has_no_key_is_counted_and_not_called_damaged(full: Home) -> None:
    with full.data.read() as db:
        assert drill.keyless(db, full.keys).total == 0
    _drop_keys(full, InterviewKey)
    found = _outcomes(full)
    assert found["turn.body_ct"] is Outcome.NO_KEY
    assert found["study.title_ct"] is Outcome.OPENED
    assert Outcome.FAILED not in found.values()
    with full.data.read() as db:
        assert drill.keyless(db, full.keys).interviews == 5
        assert drill.broken_chains(db) == []


def test_a_chain_that_was_tampered_with_or_can_t_be_checked_is_named(full: Home, world: World) -> None:
    def broken(db: Session) -> list[object]:
        return list(drill.broken_chains(db))

    with full.data.transaction() as db:
        assert broken(db) == []
        db.execute(update(AuditEntry).where(col(AuditEntry.chain_id) == world.study.id).values(act="nothing.done"))
        assert broken(db) == [world.study.id]
    _drop_keys(full, StudyKey)
    with full.data.read() as db:
        assert set(broken(db)) == set(db.exec(select(Study.id)))


def test_nothing_of_the_identity_vault_is_tried(full: Home) -> None:
    with full.data.read() as db:
        table = Table.metadata.tables["entity"]
        (blob,) = db.execute(table.select().with_only_columns(table.c.name_ct).limit(1)).one()
        assert aead.read_header(blob)[0] == aead.HPKE_X25519
    assert _outcomes(full)["entity.name_ct"] is Outcome.VAULT
