"""Telling those who wait in this process that something was written.

Other processes' writes are not heard of here, so whoever waits looks by itself now and then too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID


class Changes:
    """Who waits for what. Telling calls the hooks at once, in the thread that wrote, so they must be quick."""

    def __init__(self) -> None:
        self._hooks: dict[UUID, list[Callable[[], None]]] = {}
        self._guard = threading.Lock()

    def tell(self, about: UUID) -> None:
        """Something about this was made durable."""
        with self._guard:
            hooks = tuple(self._hooks.get(about, ()))
        for hook in hooks:
            hook()

    @contextmanager
    def heard_by(self, hook: Callable[[], None], about: UUID) -> Iterator[None]:
        """Call `hook` whenever something about this is told, until the block ends."""
        with self._guard:
            self._hooks.setdefault(about, []).append(hook)
        try:
            yield
        finally:
            with self._guard:
                left = self._hooks[about]
                left.remove(hook)
                if not left:
                    del self._hooks[about]
