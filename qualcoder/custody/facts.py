"""What stands in a database at one moment: its schema, rows by table, ends of chains; of the keys, their serial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, inspect, select, table
from sqlmodel import col

from qualcoder import migrations
from qualcoder.audit.models import AuditHead
from qualcoder.core.errors import Unavailable
from qualcoder.core.messages import N_
from qualcoder.vault.backup import ChainHead, Manifest
from qualcoder.vault.copies import QUEUE_TABLES
from qualcoder.vault.models import CopySerial, SystemKey


@dataclass(frozen=True, slots=True)
class Facts:
    """What a manifest says and a restored database must say again."""

    schema: str
    tables: dict[str, int]
    heads: tuple[ChainHead, ...]

    def fit(self, manifest: Manifest) -> bool:
        """Whether this is the database that the manifest was written for."""
        said = (manifest.schema, manifest.tables, manifest.heads)
        return said == (self.schema, self.tables, self.heads)


@dataclass(frozen=True, slots=True)
class KeysFacts:
    """Whose keys (an id that they keep for good), how often they were copied, how often they changed."""

    house: UUID
    serial: int
    revision: int


def facts_of(connection: Connection) -> Facts:
    """Count everything but the queue's nudges."""
    names = sorted(name for name in inspect(connection).get_table_names() if not name.startswith(QUEUE_TABLES))
    counts = {
        name: int(connection.execute(select(func.count()).select_from(table(name))).scalar_one()) for name in names
    }
    return Facts(migrations.current(connection), counts, _heads(connection) if "audit_head" in counts else ())


def _heads(connection: Connection) -> tuple[ChainHead, ...]:
    columns: Any = (col(AuditHead.id), col(AuditHead.seq), col(AuditHead.mac))
    found = [ChainHead(chain, seq, mac.hex()) for chain, seq, mac in connection.execute(select(*columns))]
    return tuple(sorted(found, key=lambda head: head.chain))


def keys_facts_of(connection: Connection) -> KeysFacts:
    """Unavailable if these are no keys of ours."""
    house = connection.execute(select(col(SystemKey.id)).order_by(col(SystemKey.generation))).scalars().first()
    counted = connection.execute(select(col(CopySerial.serial), col(CopySerial.revision))).first()
    if house is None or counted is None:
        raise Unavailable(N_("The keys database has no serial; it is not one of ours."))
    return KeysFacts(house, counted[0], counted[1])
