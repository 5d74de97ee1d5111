"""Keys without an owner: a key is durable before the rows that it seals, and the rows may never have come."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlmodel import select

from qualcoder.accounts.models import Study
from qualcoder.audit import chain
from qualcoder.core.db import Database
from qualcoder.interviews.models import Interview, Respondent
from qualcoder.vault import shredding
from qualcoder.vault.fields import KeyKind
from qualcoder.vault.keys import Keyring

# So long that older data put in by mistake beside newer keys is noticed before the newer keys are gone.
MONTH_SECONDS = 30 * 24 * 60 * 60.0
_OWNERS: dict[KeyKind, Any] = {KeyKind.INTERVIEW: Interview, KeyKind.RESPONDENT: Respondent}


def orphans(data: Database, keys: Database) -> dict[KeyKind, set[UUID]]:
    """The ids for which there is a key but no interview or respondent, now. Needs no key to be opened.

    Only in studies that are there: beside a data database that is not theirs no key counts as left over.
    """
    with data.read() as db:
        studies = set(db.exec(select(Study.id)))
    # Keys before their owners: an owner that comes between the two looks is seen with its key.
    with keys.read() as db:
        held = {kind: shredding.owners_in(db, kind, studies) for kind in _OWNERS}
    with data.read() as db:
        return {kind: held[kind] - set(db.exec(select(table.id))) for kind, table in _OWNERS.items()}


class OrphanSweep:
    """Destroys keys that this process has seen without an owner for thirty days without a break.

    How old a key is stands nowhere, so the time counts from when a worker first saw it: never too early, and a worker
    that begins anew begins to count anew.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[tuple[KeyKind, UUID], float] = {}

    def __call__(self, database: Database) -> None:
        """Look once; what was destroyed stands in the system's record as numbers."""
        keyring: Keyring = database.info["keyring"]
        if keyring.is_sealed:
            return
        found = orphans(database, keyring.database)
        at = self._clock()
        self._since = {(kind, one): self._since.get((kind, one), at) for kind, ids in found.items() for one in ids}
        until = at - MONTH_SECONDS
        old = {kind: {one for one in ids if self._since[kind, one] <= until} for kind, ids in found.items()}
        if not any(old.values()):
            return
        with database.transaction() as db:
            interviews, respondents = len(old[KeyKind.INTERVIEW]), len(old[KeyKind.RESPONDENT])
            chain.record(db, None, "keys.swept", "house", None, interview_keys=interviews, respondent_keys=respondents)
        for kind, ids in old.items():
            if ids:
                shredding.destroy(keyring, kind, ids)
