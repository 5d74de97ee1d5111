"""What a thief of the disk finds after a publication: the raw text sealed to the interview's key must be gone."""

from __future__ import annotations

import pytest

from qualcoder.home import Home
from qualcoder.transcripts.queries import turns_of
from qualcoder.works import SWEEPS
from tests.homes import Backend, World
from tests.transcripts.making import open_vault, release, to_review


def _files(home: Home) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(home.settings.home.glob("data.db*")))


def test_no_raw_turn_that_the_server_can_open_stays_in_the_files(home: Home, world: World, backend: Backend) -> None:
    if not backend.is_sqlite:
        pytest.skip("PostgreSQL keeps dead rows until its own VACUUM")
    open_vault(home, world.study)
    transcript = to_review(home, world)
    with home.data.read() as db:
        raw = [turn.body_ct for turn in turns_of(db, transcript.text_version_id)]
    assert all(sealed in _files(home) for sealed in raw)
    release(home, transcript, world.pi, world.coder)
    for sweep in SWEEPS:
        sweep(home.data)
    assert [sealed for sealed in raw if sealed in _files(home)] == []
