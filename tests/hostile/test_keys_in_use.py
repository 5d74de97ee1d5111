"""No key is destroyed that still opens something: also not by a process that has not heard of a newer one."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from qualcoder.coding import masking
from qualcoder.coding.sealed_places import sheets_of
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from qualcoder.vault import renewal, shredding
from qualcoder.vault.keys import KeyRef
from tests.coding.test_masking import codes, confirmed, mask, texts, whole
from tests.homes import World, reopened

__all__ = ["codes", "texts"]


def test_a_sweep_that_knows_the_former_key_only_destroys_nothing(
    home: Home, world: World, texts: Sequence[Transcript]
) -> None:
    ref = KeyRef.interview(texts[0].interview_id, world.study.id)
    with reopened(home) as other:
        other.keyring.current(ref)
        # A name is being masked: the newer key is there, and everything is still sealed with the former one.
        home.keyring.renew([ref])
        other.keyring._checked_at = time.monotonic() + 60
        masking.finish(other.data)
    home.keyring.forget()
    assert "Ойдантап" in whole(home, texts[0])
    mask(home, world, confirmed(home, world, texts[0]))
    assert shredding.with_older_keys(home.keyring) == []


def test_a_key_that_was_renewed_while_a_sweep_looked_is_kept(
    home: Home, world: World, texts: Sequence[Transcript], monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = KeyRef.interview(texts[2].interview_id, world.study.id)
    text = whole(home, texts[2])
    looked: list[object] = []
    needs_older = renewal.needs_older

    def meanwhile(*given: object) -> bool:
        found = needs_older(*given)  # type: ignore[arg-type]  # as they come
        if not looked:
            looked.append(found)
            home.keyring.renew([ref])
        return found

    home.keyring.renew([ref])
    with home.data.transaction() as db:
        renewal.seal_anew(db, ref, sheets_of(texts[2].interview_id))
    monkeypatch.setattr(renewal, "needs_older", meanwhile)
    masking.finish(home.data)
    home.keyring.forget()
    assert (looked, whole(home, texts[2])) == ([False], text)
