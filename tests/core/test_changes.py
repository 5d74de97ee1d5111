"""Who waits for a thing hears of it, and only while he waits."""

from __future__ import annotations

import threading
from uuid import UUID

from qualcoder.core.changes import Changes

HERE, THERE = UUID(int=1), UUID(int=2)


def test_one_hears_of_what_one_waits_for_and_of_nothing_else() -> None:
    changes, heard = Changes(), list[str]()
    changes.tell(HERE)
    with changes.heard_by(lambda: heard.append("a"), HERE), changes.heard_by(lambda: heard.append("b"), HERE):
        changes.tell(THERE)
        assert heard == []
        changes.tell(HERE)
        assert sorted(heard) == ["a", "b"]
    changes.tell(HERE)
    assert sorted(heard) == ["a", "b"]


def test_many_come_and_go_while_many_tell() -> None:
    changes, heard = Changes(), list[int]()

    def come_and_go() -> None:
        for _ in range(200):
            with changes.heard_by(lambda: heard.append(1), HERE):
                changes.tell(HERE)

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) >= 800  # each hears at least itself
    n = len(heard)
    changes.tell(HERE)
    assert len(heard) == n
