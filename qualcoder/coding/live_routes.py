"""What an open coding page asks for by and by: turns drawn anew, the strip of the interview, and to keep its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from qualcoder.coding import last_places
from qualcoder.coding.drawing import drawer_for
from qualcoder.coding.forms import LARGEST
from qualcoder.coding.redrawing import AT_ONCE, redrawn
from qualcoder.coding.strip import Strip, read_strip
from qualcoder.core.ids import TranscriptId
from qualcoder.core.messages import N_
from qualcoder.interviews.models import Category
from qualcoder.interviews.words import CATEGORY_LABELS
from qualcoder.web.deps import Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted_json
from qualcoder.web.pages import language_of, path_for, render

router = APIRouter()

TurnNumber = Annotated[int, Field(ge=1, le=LARGEST)]


class PlaceForm(BaseModel):
    """The turn where the reader is."""

    turn: int = Field(ge=1, le=LARGEST)


@dataclass(frozen=True, slots=True)
class StripView:
    """The strip with the words for what is sealed as a word of a closed set."""

    strip: Strip
    categories: Mapping[Category, str]


@router.get("/transcripts/{transcript_id}/turns", name="coding:turns")
def turns(
    request: Request,
    db: ReadDb,
    me: Me,
    transcript_id: TranscriptId,
    turn: Annotated[list[TurnNumber], Query(min_length=1, max_length=AT_ONCE, description="Numbers of turns")],
    opened: Annotated[str, Header(alias="X-Opened", max_length=100)] = "",
) -> Response:
    """Turns with the codings that the person sees now. Without the proof of an open page this opens the text."""
    found, view = redrawn(db, me, transcript_id, turn, opened, language_of(request).value)
    view = replace(view, drawn=drawer_for(language_of(request).value, partial(path_for, request)).turns(view.turns))
    title = N_("Coding %(serial)s")
    serial = found.transcript.serial
    return render(request, "coding/turns.html", view, title=title, serial=serial, access=found.access, block="turns")


@router.get("/transcripts/{transcript_id}/strip", name="coding:strip")
def strip(request: Request, db: ReadDb, me: Me, transcript_id: TranscriptId) -> Response:
    """The interview in a line, by role."""
    found, line = read_strip(db, me, transcript_id)
    view = StripView(line, CATEGORY_LABELS)
    return render(request, "coding/strip.html", view, title=N_("Interview"), access=found.access, block="strip")


@router.put("/transcripts/{transcript_id}/place", name="coding:place", status_code=204)
def place(
    db: WriteDb,
    me: Me,
    transcript_id: TranscriptId,
    form: Annotated[Posted[PlaceForm], Depends(posted_json(PlaceForm))],
) -> Response:
    """Remember where one's own reading is; the same request again changes nothing."""
    last_places.keep(db, me, transcript_id, form.require().turn)
    return Response(status_code=204)
