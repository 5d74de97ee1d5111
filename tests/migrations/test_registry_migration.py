"""The registry's columns and tables come and go around studies, entities and findings that were there before."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import inspect, text

from qualcoder import migrations
from qualcoder.anonymise.models import Entity
from qualcoder.anonymise.service import pseudonym_of
from qualcoder.home import Home
from tests.homes import make_world
from tests.transcripts import making

pytestmark = pytest.mark.both_backends
BEFORE = "d006"
NEW_TABLES = {"classifier_place", "replacement_log"}
NEW_COLUMNS = {
    "study": {"pseudonyms"},
    "entity": {"level", "levels_ct", "shown_rev", "revision", "merged_into"},
    "pii_span": {"grammar"},
}


def _rows(home: Home, query: str) -> list[tuple[Any, ...]]:
    with home.data.reading.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _columns(home: Home, table: str) -> dict[str, dict[str, Any]]:
    with home.data.reading.connect() as connection:
        return {column["name"]: dict(column) for column in inspect(connection).get_columns(table)}


def test_what_was_there_stays_and_gets_plain_values(home: Home) -> None:
    world = make_world(home)
    transcript = making.to_review(home, world)
    migrations.downgrade(home.data, "data", BEFORE)
    with home.data.reading.connect() as connection:
        assert not NEW_TABLES & set(inspect(connection).get_table_names())
    for table, columns in NEW_COLUMNS.items():
        assert not columns & _columns(home, table).keys()
    kept = "SELECT id, number, kind, pseudonym_ct, sealed_rev FROM entity"
    before = _rows(home, kept)
    assert before
    migrations.upgrade(home.data, "data")
    assert _rows(home, kept) == before
    assert _rows(home, "SELECT DISTINCT pseudonyms FROM study") == [("codes",)]
    assert _rows(home, "SELECT level, shown_rev, revision, merged_into, levels_ct FROM entity") == [
        ("code", 0, 0, None, None)
    ]
    assert _rows(home, "SELECT DISTINCT grammar FROM pii_span") == [("",)]
    for table, columns in NEW_COLUMNS.items():
        assert all(_columns(home, table)[column]["default"] is None for column in columns)
    with home.data.read() as db:
        span = making.findings(home, transcript.id)[0]
        assert pseudonym_of(db, db.get_one(Entity, span.entity_id)) == "[Лицо 1]"
