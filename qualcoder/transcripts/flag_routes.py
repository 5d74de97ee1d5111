"""The queue of flagged passages: what each is, said by those who may decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.permissions import Act
from qualcoder.core.ids import PersonId
from qualcoder.core.messages import N_
from qualcoder.transcripts import flagged, flags
from qualcoder.transcripts.flag_forms import DecidedForm, ShowAgainForm
from qualcoder.transcripts.flag_models import Standing
from qualcoder.transcripts.flagged import Queue
from qualcoder.web import locale
from qualcoder.web.deps import Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import render

router = APIRouter()


@dataclass(frozen=True, slots=True, repr=False)
class QueueView:
    """A page of flagged passages."""

    queue: Queue
    address: str
    words: Mapping[Standing, str]
    may_mask: bool = False

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """The standings as (label, address, whether it is this one)."""
        return [
            (locale._(words), f"{self.address}?standing={standing}", standing is self.queue.standing)
            for standing, words in self.words.items()
        ]

    @property
    def next(self) -> str:
        """The address of the next page; empty on the last one."""
        queue = self.queue
        return f"{self.address}?standing={queue.standing}&after={queue.next}" if queue.next else ""


STANDINGS = {
    Standing.WAITING: N_("Waiting"),
    Standing.NAME: N_("Names somebody"),
    Standing.NO_NAME: N_("Shown again"),
    Standing.MASKED: N_("Masked"),
}


@router.get("/studies/{slug}/flags", name="flags:list")
def listed(
    request: Request, db: ReadDb, me: Me, slug: str, standing: Standing = Standing.WAITING, after: int = 0
) -> Response:
    """Flagged passages with their words. The opening is recorded."""
    access, found = flagged.queue(db, me, slug, standing, after=max(0, min(after, 10**6)))
    view = QueueView(found, str(request.app.url_path_for("flags:list", slug=slug)), STANDINGS, access.may(Act.MASK))
    return render(request, "transcripts/flags.html", view, title=N_("Flagged passages"), access=access, block="flags")


@router.post("/flags/{flag_id}/decision", name="flags:decide")
def decide(
    request: Request,
    db: WriteDb,
    me: Me,
    flag_id: UUID,
    form: Annotated[Posted[DecidedForm], Depends(posted(DecidedForm))],
) -> Response:
    """Say that a passage names somebody, so that it stays hidden, or that it does not, with the reason."""
    flags.reach_deciding(db, me, flag_id)
    sent = form.require()
    found, _flag = flags.decide(
        db, me, flag_id, is_name=sent.decision == "name", seen_version=sent.seen_version, reason=sent.reason
    )
    return _back(request, found.access)


@router.post("/studies/{slug}/flags/show-again", name="flags:show_again")
def show_again(
    request: Request,
    db: WriteDb,
    me: Me,
    slug: str,
    form: Annotated[Posted[ShowAgainForm], Depends(posted(ShowAgainForm))],
) -> Response:
    """Take back every waiting flag of one person at once."""
    access = study_by_slug(db, me, slug, Act.DECIDE_FLAGS)
    sent = form.require()
    flags.show_again(db, me, access.study.id, PersonId(sent.person_id), sent.reason)
    return _back(request, access)


def _back(request: Request, access: Access) -> Response:
    return RedirectResponse(request.app.url_path_for("flags:list", slug=access.study.slug), status_code=303)
