"""The page of the house: what an administrator must know of backups."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from qualcoder.core.messages import N_
from qualcoder.custody import queries, service
from qualcoder.custody.models import BackupRecipient
from qualcoder.custody.queries import Freshness, LastCopy
from qualcoder.vault.backup import Kind
from qualcoder.web.deps import HomeDep, Me, ReadDb
from qualcoder.web.pages import render

router = APIRouter()

KIND_LABELS = {Kind.DATA: N_("Backup of the data"), Kind.KEYS: N_("Copy of the keys")}


@dataclass(frozen=True, slots=True)
class HouseView:
    """When the house was last copied, and for whom."""

    copies: tuple[LastCopy, ...]
    labels: dict[Kind, str]
    recipients: tuple[BackupRecipient, ...]
    never: tuple[LastCopy, ...]
    old: tuple[LastCopy, ...]


@router.get("/house", name="custody:house")
def house(request: Request, db: ReadDb, me: Me, home: HomeDep) -> Response:
    found = service.look_at_copies(db, me, home.keys)
    view = HouseView(
        copies=found,
        labels=KIND_LABELS,
        recipients=tuple(queries.recipients_of(db)),
        never=tuple(one for one in found if one.freshness is Freshness.NEVER),
        old=tuple(one for one in found if one.freshness is Freshness.OLD),
    )
    return render(request, "custody/house.html", view, title=N_("House"))
