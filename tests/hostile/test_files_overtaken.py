"""A file of passages that was begun before words were hidden or masked does not bring them back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from qualcoder.core.ids import new_id
from qualcoder.core.text import Span
from qualcoder.matrices import jobs as figures
from qualcoder.transcripts import flags
from qualcoder.transcripts.flags import NewFlag
from tests.homes import Worker
from tests.retrieval.test_retrieving import Scene, _file, scene
from tests.transcripts import making

__all__ = ["scene"]


def test_words_that_were_hidden_while_a_file_was_made_are_not_in_it(
    scene: Scene, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = figures.write
    hidden: list[UUID] = []

    def meanwhile(*given: Any) -> bytes:
        if not hidden:
            body = "\n".join(turn.body for turn in making.text_of(scene.home, scene.first))
            at = body.index("пришла")
            hidden.append(new_id())
            with scene.home.data.transaction() as db:
                flags.flag(db, scene.world.coder, NewFlag(hidden[0], scene.first.id, 1, Span(at, at + 6), ""))
        return write(*given)

    monkeypatch.setattr(figures, "write", meanwhile)
    _export, file = _file(scene, worker, "csv", ("and", "WATER"))
    assert file.status_code == 200
    assert "=Воды" in file.text
    assert "пришла" not in file.text
