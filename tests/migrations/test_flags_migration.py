"""The tables and columns of flags come and go around a released text, its codings and their places."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import inspect, text

from qualcoder import migrations
from qualcoder.coding import service as coding
from qualcoder.coding.service import NewCoding
from qualcoder.core.ids import CodingId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from tests.homes import make_world
from tests.transcripts import making
from tests.transcripts.flagging import MISSED, TEXT, flag_words, shown

pytestmark = pytest.mark.both_backends
BEFORE = "d008"
KEPT = (
    "SELECT id, n, start, length, body_ct, sealed_rev FROM turn ORDER BY id",
    "SELECT id, state, text_number, version FROM transcript ORDER BY id",
    'SELECT id, start, "end", quote_mac, version FROM coding ORDER BY id',
)


def _rows(home: Home, query: str) -> list[tuple[Any, ...]]:
    with home.data.reading.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _columns(home: Home, table: str) -> set[str]:
    with home.data.reading.connect() as connection:
        return {column["name"] for column in inspect(connection).get_columns(table)}


def test_texts_and_codings_stay_and_nothing_is_hidden_at_first(home: Home) -> None:
    world = make_world(home)
    codes = making.import_codes(home, world)
    transcript = making.to_codable(home, world, making.upload(TEXT))
    with home.data.transaction() as db:
        coding.add_coding(db, world.coder, NewCoding(CodingId(new_id()), transcript.id, 1, Span(0, 9), codes["WATER"]))
    before = shown(home, transcript)
    kept = [_rows(home, query) for query in KEPT]
    flag_words(home, world.coder, transcript)
    migrations.downgrade(home.data, "data", BEFORE)
    assert "flag" not in inspect(home.data.reading).get_table_names()
    assert "hidden" not in _columns(home, "turn")
    assert "hidden_revision" not in _columns(home, "transcript")
    migrations.upgrade(home.data, "data")
    assert [_rows(home, query) for query in KEPT] == kept
    assert shown(home, transcript) == before
    assert _rows(home, "SELECT DISTINCT hidden_revision FROM transcript") == [(0,)]
    assert _rows(home, "SELECT DISTINCT CAST(hidden AS VARCHAR) FROM turn") == [(None,)]
    flag_words(home, world.coder, transcript)
    assert shown(home, transcript).count(MISSED) == 1
