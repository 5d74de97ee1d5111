"""The page of an interview and its links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from qualcoder.accounts import people
from qualcoder.accounts.permissions import Act
from qualcoder.audit import queries
from qualcoder.audit.queries import Line
from qualcoder.audit.words import ACT_LABELS, LOOKING
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import InterviewId, PersonId
from qualcoder.core.messages import N_
from qualcoder.interviews import consents
from qualcoder.interviews import page as interviews
from qualcoder.interviews.forms import ConsentForm, LinkForm
from qualcoder.interviews.models import Category, InterviewKind, LinkType, Mode
from qualcoder.interviews.page import InterviewPage
from qualcoder.interviews.targets import LinkKind, LinkTarget
from qualcoder.interviews.words import CATEGORY_LABELS, KIND_LABELS, LINK_LABELS, MODE_LABELS
from qualcoder.transcripts.left_over import fits_one_race
from qualcoder.transcripts.models import TranscriptState
from qualcoder.transcripts.queries import TranscriptLine, transcripts_of_interview
from qualcoder.web.deps import Db, Me, ReadDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import render

router = APIRouter()

LANGUAGE_LABELS = {"ru": N_("Russian"), "kk": N_("Kazakh"), "en": N_("English"), "mixed": N_("mixed")}
LINK_KIND_LABELS = {
    LinkKind.ROUND: N_("race"),
    LinkKind.CONTEST: N_("contest, all rounds"),
    LinkKind.PLACE: N_("place"),
}

PostedConsent = Annotated[Posted[ConsentForm], Depends(posted(ConsentForm))]
PostedLink = Annotated[Posted[LinkForm], Depends(posted(LinkForm))]


@dataclass(frozen=True, slots=True, repr=False)
class InterviewView:
    """An interview, and what was wrong with the form that was sent.

    `telling` are the transcripts whose released text fits one race of the record only.
    """

    interview: InterviewPage
    errors: Mapping[str, str]
    transcripts: tuple[TranscriptLine, ...]
    history: tuple[Line, ...]
    names: Mapping[PersonId, str]
    removed: LinkTarget | None = None
    typed: ConsentForm | None = None
    is_recorded: bool = False
    may_record_consent: bool = False
    telling: tuple[str, ...] = ()
    acts: Mapping[str, str] = field(default_factory=lambda: ACT_LABELS)
    categories: Mapping[Category, str] = field(default_factory=lambda: CATEGORY_LABELS)
    link_types: Mapping[LinkType, str] = field(default_factory=lambda: LINK_LABELS)
    modes: Mapping[Mode, str] = field(default_factory=lambda: MODE_LABELS)
    kinds: Mapping[InterviewKind, str] = field(default_factory=lambda: KIND_LABELS)
    languages: Mapping[str, str] = field(default_factory=lambda: LANGUAGE_LABELS)
    link_kinds: Mapping[LinkKind, str] = field(default_factory=lambda: LINK_KIND_LABELS)


def _render(
    request: Request,
    db: ReadDb,
    me: Me,
    interview_id: InterviewId,
    errors: Mapping[str, str],
    *,
    removed: LinkTarget | None = None,
    typed: ConsentForm | None = None,
    recorded: UUID | None = None,
) -> Response:
    access, interview = interviews.read_interview(db, me, interview_id)
    lines = transcripts_of_interview(db, access, interview_id)
    history = queries.history_of(
        db,
        access.study.id,
        [interview_id, *(line.id for line in lines), *(line.id for line in interview.consents)],
        without=() if access.may(Act.SEE_AUDIT) else LOOKING,
    )
    alone = fits_one_race(db, [line.id for line in lines if line.state is TranscriptState.CODABLE])
    telling = tuple(line.serial for line in lines if line.id in alone)
    names = people.names_of(db, {line.actor_id for line in history if line.actor_id})
    return render(
        request,
        "interviews/show.html",
        InterviewView(
            interview,
            errors,
            tuple(lines),
            tuple(history),
            names,
            removed,
            typed,
            telling=telling,
            is_recorded=interview.consents[0].id == recorded,
            may_record_consent=access.may(Act.RECORD_CONSENT),
        ),
        title=N_("Interview %(serial)s"),
        access=access,
        status=422 if errors else 200,
        serial=interview.serial,
    )


@router.get("/interviews/{interview_id}", name="interviews:show")
def show(request: Request, db: ReadDb, me: Me, interview_id: InterviewId, recorded: UUID | None = None) -> Response:
    """What is on record about an interview. Opening it is recorded. `recorded` is a consent just put on record."""
    return _render(request, db, me, interview_id, {}, recorded=recorded)


@router.post("/interviews/{interview_id}/links", name="interviews:link")
def link(request: Request, db: Db, me: Me, sent: PostedLink, interview_id: InterviewId) -> Response:
    """Add, remove or put back one link, then show the interview again.

    What was removed is named in the answer's own form, never in an address: a link can name a person.
    """
    problems, removed = dict(sent.errors), None
    if form := sent.form:
        with db.transaction() as writing:
            if form.target is None:
                problems = interviews.problems_with(writing, me, interview_id, form.to_add)
                if not problems:
                    interviews.add_link(writing, me, interview_id, form.to_add, form.version)
            elif form.restore:
                interviews.restore_link(writing, me, interview_id, form.target, form.version)
            else:
                interviews.remove_link(writing, me, interview_id, form.target, form.version)
                removed = form.target
    if problems or removed:
        with db.read() as reading:
            return _render(request, reading, me, interview_id, problems, removed=removed)
    return RedirectResponse(request.app.url_path_for("interviews:show", interview_id=interview_id), status_code=303)


@router.post("/interviews/{interview_id}/consents", name="interviews:consent")
def consent(request: Request, db: Db, me: Me, sent: PostedConsent, interview_id: InterviewId) -> Response:
    """Put a new consent on record, or let an earlier one count again. What can't be taken comes back as typed."""
    try:
        form = sent.require()
        with db.transaction() as writing:
            if form.again is not None:
                made = consents.repeat_consent(writing, me, interview_id, form.again, form.version)
            else:
                made = consents.record_consent(writing, me, interview_id, form.scope, form.version)
            recorded = made.id
    except Invalid as problem:
        with db.read() as reading:
            return _render(request, reading, me, interview_id, problem.fields, typed=sent.form)
    address = request.app.url_path_for("interviews:show", interview_id=interview_id)
    return RedirectResponse(f"{address}?recorded={recorded}", status_code=303)
