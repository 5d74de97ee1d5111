"""JSON: what masking a missed name would change, and masking it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from qualcoder.anonymise.findings import Label
from qualcoder.coding import masking
from qualcoder.coding.mask_forms import MaskForm
from qualcoder.coding.mask_search import Sought
from qualcoder.coding.mask_told import Held
from qualcoder.web.bearer import ApiDb, ApiMe, ApiRead
from qualcoder.web.replies import Reply, Sent, json_of, takes

router = APIRouter(tags=["flags"])


class MaskIn(MaskForm, Sent):
    """The name, its forms as the survey gave them, `"act": "mask"`, and `"understood": "yes"`: it can't be undone."""


class FormOut(Reply):
    """Words that stand in texts; `is_ticked` when they are taken for a form of the name."""

    words: str
    count: int
    is_ticked: bool
    serial: str
    before: str
    after: str


class ToldOut(Reply):
    """Something that holds the name and is not changed."""

    kind: Held
    name: str


class SurveyOut(Reply):
    """Where a flagged name stands in the study."""

    words: str
    label: Label
    forms: tuple[FormOut, ...]
    interviews: int
    codings: int
    notes: int
    in_review: int
    told: tuple[ToldOut, ...]


class MaskedOut(Reply):
    """What was done."""

    places: int
    texts: int
    interviews: int
    codings: int
    notes: int
    files: int


@router.get("/flags/{flag_id}/mask", name="api:mask_survey")
def show(db: ApiRead, me: ApiMe, flag_id: UUID) -> SurveyOut:
    """Where the words of a confirmed flag stand, for the PI. The opening is recorded before the first byte."""
    _found, plan = masking.look(db, me, flag_id, Sought("", Label.PERSON))
    return SurveyOut(
        words=plan.words,
        label=plan.label,
        forms=tuple(FormOut(**{name: getattr(form, name) for name in FormOut.model_fields}) for form in plan.forms),
        interviews=len(plan.interviews),
        codings=masking.codings_on(db, plan),
        notes=len(plan.notes),
        in_review=plan.in_review,
        told=tuple(ToldOut(kind=one.kind, name=one.name) for one in plan.told),
    )


@router.post("/flags/{flag_id}/mask", name="api:mask", **takes(MaskIn))
def mask(db: ApiDb, me: ApiMe, flag_id: UUID, sent: Annotated[MaskIn, Depends(json_of(MaskIn))]) -> MaskedOut:
    """Replace forms of a name in the whole study and destroy what held them. It can't be undone."""
    with db.read() as reading:
        masking.reach_masking(reading, me, flag_id)
    done = masking.mask_everywhere(db, me, flag_id, sent.model_copy(update={"act": "mask"}).sought())
    return MaskedOut(**{name: getattr(done, name) for name in MaskedOut.model_fields})
