"""What the coding page asks for beside codings: one of them in full, one's own memo on one, and a new code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from qualcoder.accounts.permissions import Act
from qualcoder.codebooks import proposals
from qualcoder.codebooks.proposals import Proposal
from qualcoder.coding import inspecting, memos, queries, service
from qualcoder.coding.view import CodeChoice
from qualcoder.core.ids import CodeId, CodingId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.transcripts.access import reach_codable
from qualcoder.web.deps import Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted_json
from qualcoder.web.pages import language_of, render

router = APIRouter()


class ProposalForm(BaseModel):
    """What a new code is to be called."""

    name: str = Field(max_length=proposals.LONGEST_NAME)


@dataclass(frozen=True, slots=True)
class ProposedView:
    """The code as the list of codes shows it."""

    code: CodeChoice


@router.get("/codings/{coding_id}", name="coding:inspect")
def inspect(request: Request, db: ReadDb, me: Me, coding_id: CodingId) -> Response:
    """A coding with its code's rules, its memos and its translations, for beside the text."""
    found, view = inspecting.inspect(db, me, coding_id, language_of(request).value)
    return render(request, "coding/inspect.html", view, title=N_("Coding"), access=found.access, block="inspected")


@router.get("/codings/{coding_id}/memo", name="coding:memo")
def memo(db: ReadDb, me: Me, coding_id: CodingId) -> JSONResponse:
    """What one's own memo on one's own coding says now, to be changed; empty where there is none."""
    own = service.held(db, me, coding_id)
    return JSONResponse({"memo": memos.words_on(db, own.found, coding_id)})


@router.put("/transcripts/{transcript_id}/codes/{code_id}", name="proposals:put")
def put(
    request: Request,
    db: WriteDb,
    me: Me,
    transcript_id: TranscriptId,
    code_id: CodeId,
    form: Annotated[Posted[ProposalForm], Depends(posted_json(ProposalForm))],
) -> Response:
    """Propose a code under the client's id; the same request again gives the same answer."""
    found = reach_codable(db, me, transcript_id, Act.CODE)
    language = language_of(request).value
    new = Proposal(name=form.require().name, language=language, id=code_id)
    view = ProposedView(queries.choice_of(db, found, proposals.propose(db, found.access, new), language))
    return render(request, "coding/proposed.html", view, title=N_("Codebook"), access=found.access)
