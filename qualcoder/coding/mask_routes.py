"""The page on which a PI masks a missed name in the whole study, after seeing what would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from qualcoder.accounts.models import Person
from qualcoder.anonymise.findings import Label
from qualcoder.coding import masking
from qualcoder.coding.mask_forms import MaskForm
from qualcoder.coding.mask_search import Sought, Survey
from qualcoder.coding.mask_told import Held
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.transcripts.review_view import LABELS
from qualcoder.web import locale
from qualcoder.web.deps import Db, Me, ReadDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import render, said

router = APIRouter()

HELD = {
    Held.TITLE: N_("title of the interview"),
    Held.FILE_NAME: N_("name of the file"),
    Held.CODE: N_("code"),
    Held.OLDER_CODE: N_("earlier wording of a code"),
}


@dataclass(frozen=True, slots=True, repr=False)
class MaskView:
    """What masking would change."""

    flag_id: UUID
    slug: str
    plan: Survey
    codings: int
    places: int
    errors: Mapping[str, str]
    held: Mapping[Held, str]

    @property
    def labels(self) -> list[tuple[str, str]]:
        """Kinds of things as (value, label)."""
        return [(label.value, locale._(words)) for label, words in LABELS.items() if label is not Label.RESULT]


def _page(
    request: Request, db: ReadDb, me: Person, flag_id: UUID, sought: Sought, problem: Invalid | None = None
) -> Response:
    found, plan = masking.look(db, me, flag_id, sought)
    view = MaskView(
        flag_id=flag_id,
        slug=found.access.study.slug,
        plan=plan,
        codings=masking.codings_on(db, plan),
        places=sum(form.count for form in plan.forms if form.is_ticked),
        errors=said(request, problem, "words") if problem else {},
        held=HELD,
    )
    status = problem.status if problem else 200
    return render(request, "coding/mask.html", view, title=N_("Mask a name"), access=found.access, status=status)


@router.get("/flags/{flag_id}/mask", name="masking:show")
def show(request: Request, db: ReadDb, me: Me, flag_id: UUID) -> Response:
    """Where the flagged words stand in the study. The opening is recorded."""
    return _page(request, db, me, flag_id, Sought("", Label.PERSON))


@router.post("/flags/{flag_id}/mask", name="masking:mask")
def mask(
    request: Request, db: Db, me: Me, flag_id: UUID, form: Annotated[Posted[MaskForm], Depends(posted(MaskForm))]
) -> Response:
    """Look for other words, or mask the ticked forms for good. A POST, so that the words stand in no address."""
    with db.read() as reading:
        masking.reach_masking(reading, me, flag_id)
    sent = form.require()
    if sent.act == "look":
        with db.read() as reading:
            return _page(request, reading, me, flag_id, sent.sought())
    try:
        masking.mask_everywhere(db, me, flag_id, sent.sought())
    except Invalid as problem:
        forms = frozenset(sent.forms) or None
        with db.read() as reading:
            return _page(request, reading, me, flag_id, Sought(sent.words, sent.label, forms), problem)
    with db.read() as reading:
        slug = masking.slug_of(reading, me, flag_id)
    address = request.app.url_path_for("flags:list", slug=slug)
    return RedirectResponse(f"{address}?standing=masked", status_code=303)
