"""Rules of the house about tables: what is text is sealed or harmless, and every sealed field is one column's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import JSON, Column, Date, Enum, LargeBinary, MetaData, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from qualcoder.vault.fields import IDENTITY_PRIVATE, WRAPPED_KEY, SealedField

# Sealed values of keys.db, which are wrapped keys and no columns of the data.
NOT_COLUMNS = frozenset({WRAPPED_KEY, IDENTITY_PRIVATE})
# Dates of the public record; a date of an interview is sealed with its details.
PUBLIC_DATES = frozenset({"round.held_on", "round_event.held_on"})


def _is_content(kind: TypeEngine[object]) -> bool:
    inner = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return isinstance(inner, String | LargeBinary | JSON) and not isinstance(inner, Enum)


def _columns(metadata: Iterable[MetaData]) -> list[Column[object]]:
    return [column for one in metadata for table in one.sorted_tables for column in table.columns]


def explained(*metadata: MetaData) -> list[str]:
    """Every text, binary or JSON column is sealed, or says why it harms nobody."""
    found = []
    for column in _columns(metadata):
        if not _is_content(column.type):
            continue
        is_sealed, why = "sealed" in column.info, str(column.info.get("harmless", ""))
        if is_sealed == bool(why):
            found.append(f"{column} is neither sealed nor explained, or both")
        if is_sealed != column.name.endswith("_ct"):
            found.append(f"{column} is sealed and not named …_ct, or the other way round")
        if is_sealed and not isinstance(column.type, LargeBinary):
            found.append(f"{column} is sealed and holds no bytes")
    return found


def dates(*metadata: MetaData) -> list[str]:
    """A day tells who was where, so only days of the public record are readable."""
    return [
        f"{column} is a readable date"
        for column in _columns(metadata)
        if isinstance(column.type, Date) and str(column) not in PUBLIC_DATES
    ]


def fields_and_columns(fields: Iterable[SealedField], *metadata: MetaData) -> list[str]:
    """Each sealed field belongs to the column it is named after, each sealed column to its fields; numbers differ."""
    known = list(fields)
    used = [(str(column), field) for column in _columns(metadata) for field in column.info.get("sealed", ())]
    found = [f"{column} is sealed as {field.name}" for column, field in used if column != field.name]
    found += [f"{column} is sealed as a field that is not listed" for column, field in used if field not in known]
    counts = Counter(field.number for _column, field in used)
    for field in known:
        expected = 0 if field in NOT_COLUMNS else 1
        if counts[field.number] != expected:
            found.append(f"{field.name} ({field.number:#06x}) is sealed in {counts[field.number]} columns")
    numbers = Counter(field.number for field in known)
    found += [f"the number {number:#06x} is used {n} times" for number, n in numbers.items() if n > 1]
    return found


def versions(*metadata: MetaData) -> list[str]:
    """A table with a sealed column counts its sealings, or else a row could be put back from an older one."""
    found = []
    for one in metadata:
        for table in one.sorted_tables:
            has_sealed = any("sealed" in column.info for column in table.columns)
            if has_sealed and "sealed_rev" not in table.columns and table.name not in REV_ELSEWHERE:
                found.append(f"{table.name} is sealed and has no sealed_rev")
    return found


# Chunks are bound to the revision of their blob.
REV_ELSEWHERE = frozenset({"blob_chunk"})
