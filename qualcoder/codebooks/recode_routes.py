"""Pages of acts that touch codings: merge, split, older definitions, and the freeze for a round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.people import names_of
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks.book import Localised
from qualcoder.codebooks.code_pages import refused_view, visible_codes
from qualcoder.codebooks.editing import NewCode
from qualcoder.codebooks.forms import MaybeId
from qualcoder.codebooks.models import CodeStatus
from qualcoder.codebooks.queries import OpenCode, every_code
from qualcoder.coding import code_passages, freezing, recoding
from qualcoder.coding.code_passages import Listed
from qualcoder.coding.recode_preview import Preview, preview
from qualcoder.coding.recoding import Target
from qualcoder.core.errors import DomainError, NotFound
from qualcoder.core.ids import CodeId, CodingId, PersonId
from qualcoder.core.messages import N_
from qualcoder.web.deps import Db, Me, ReadDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import language_of, render

router = APIRouter()
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


class MergeForm(BaseModel):
    """Into which code, and the figures of the preview that was seen."""

    into: UUID
    basis: str


class SplitForm(BaseModel):
    """The chosen passages, and the code they get: one that is there, or a new one by its name."""

    coding: list[UUID] = []
    into: MaybeId = None
    name: str = ""


class ConfirmForm(BaseModel):
    """The chosen passages, and the definition that was read."""

    coding: list[UUID] = []
    seen_version: UUID


class RoundForm(BaseModel):
    """The name of a round of coding."""

    round: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class MergeView:
    """Which code goes into which, and what that would do."""

    code: OpenCode
    choices: tuple[OpenCode, ...]
    preview: Preview | None
    people: Mapping[PersonId, str] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PassagesView:
    """Passages to choose from."""

    listed: Listed
    choices: tuple[OpenCode, ...] = ()
    labels: Mapping[CodeId, str] = field(default_factory=dict)
    problem: str | None = None
    name: str = ""
    into: UUID | None = None
    chosen: frozenset[UUID] = frozenset()
    gone: int = 0
    is_done: bool = False

    @property
    def code(self) -> OpenCode:
        return self.listed.code


@dataclass(frozen=True, slots=True, repr=False)
class OlderView:
    """The codes with codings under an older definition, and how many."""

    codes: tuple[tuple[OpenCode, int], ...]


def _refused(request: Request, db: Db, me: Person, slug: str, problem: DomainError) -> Response:
    with db.read() as reading:
        access = study_by_slug(reading, me, slug, Act.SEE_CODEBOOK)
        view = refused_view(reading, access, problem)
    return render(request, "codebooks/show.html", view, title=N_("Codebook"), access=access, status=problem.status)


def _targets(codes: list[OpenCode], code_id: CodeId) -> tuple[OpenCode, ...]:
    return tuple(one for one in codes if one.status is CodeStatus.ACTIVE and one.is_codable and one.id != code_id)


@router.get("/studies/{slug}/codes/{code_id}/merge", name="codes:merge")
def merge_page(request: Request, db: ReadDb, me: Me, slug: str, code_id: CodeId, into: str = "") -> Response:
    """Choose the other code; with one chosen, what the merge would do."""
    target = _uuid(into)
    return _merge_page(request, db, me, slug, code_id, CodeId(target) if target else None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None


def _merge_page(
    request: Request,
    db: ReadDb,
    me: Person,
    slug: str,
    code_id: CodeId,
    into: CodeId | None,
    problem: DomainError | None = None,
) -> Response:
    access = study_by_slug(db, me, slug, Act.EDIT_CODEBOOK)
    every = every_code(db, access.study.id)
    code = next((one for one in every if one.id == code_id), None)
    if code is None:
        raise NotFound
    seen = preview(db, access, code_id, into) if into else None
    people = names_of(db, {share.coder_id for share in seen.shares}) if seen else {}
    view = MergeView(code, _targets(every, code_id), seen, people, problem.message if problem else None)
    status = problem.status if problem else 200
    return render(
        request, "codebooks/merge.html", view, title=N_("Merge into another code"), access=access, status=status
    )


@router.post("/studies/{slug}/codes/{code_id}/merge", name="codes:do_merge")
def merge(
    request: Request,
    db: Db,
    me: Me,
    slug: str,
    code_id: CodeId,
    form: Annotated[Posted[MergeForm], Depends(posted(MergeForm))],
) -> Response:
    """Merge, if all is still as the preview showed it."""
    with db.read() as reading:
        study_by_slug(reading, me, slug, Act.EDIT_CODEBOOK)
    sent = form.require()
    try:
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.EDIT_CODEBOOK)
            change = recoding.merge(writing, access, code_id, CodeId(sent.into), sent.basis)
            target = change.other_id
    except recoding.ChangedSincePreview as problem:
        with db.read() as reading:
            return _merge_page(request, reading, me, slug, code_id, CodeId(sent.into), problem)
    address = request.app.url_path_for("codes:show", slug=slug, code_id=target)
    return RedirectResponse(f"{address}#log", status_code=303)


@router.post("/studies/{slug}/codebook/changes/{change_id}/undo", name="codes:undo")
def undo(request: Request, db: Db, me: Me, slug: str, change_id: UUID) -> Response:
    """Undo a merge or split, or say why that can't be done."""
    try:
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.EDIT_CODEBOOK)
            change = recoding.undo(writing, access, change_id)
            code_id = change.code_id
    except DomainError as problem:
        if problem.status != 409:
            raise
        return _refused(request, db, me, slug, problem)
    address = request.app.url_path_for("codes:show", slug=slug, code_id=code_id)
    return RedirectResponse(f"{address}#log", status_code=303)


@router.get("/studies/{slug}/codes/{code_id}/split", name="codes:split")
def split_page(
    request: Request, db: ReadDb, me: Me, slug: str, code_id: CodeId, page: PageNumber = 1, into: str = ""
) -> Response:
    """The passages of a code, to choose those that get another one."""
    return _split_page(request, db, me, slug, code_id, page, PassagesView, into=_uuid(into))


def _split_page(
    request: Request,
    db: ReadDb,
    me: Person,
    slug: str,
    code_id: CodeId,
    page: int,
    make: type[PassagesView],
    *,
    into: UUID | None = None,
    name: str = "",
    chosen: frozenset[UUID] = frozenset(),
    problem: DomainError | None = None,
) -> Response:
    access, listed = code_passages.listed(db, me, slug, code_id, Act.EDIT_CODEBOOK, only_older=False, page=page)
    choices = _targets(every_code(db, access.study.id), code_id)
    view = make(listed, choices, _labels(request, choices), problem.message if problem else None, name, into, chosen)
    status = problem.status if problem else 200
    return render(request, "codebooks/split.html", view, title=N_("Split a code"), access=access, status=status)


def _labels(request: Request, codes: tuple[OpenCode, ...]) -> dict[CodeId, str]:
    language = language_of(request).value
    return {code.id: code.label.in_language(language) for code in codes}


@router.post("/studies/{slug}/codes/{code_id}/split", name="codes:do_split")
def split(
    request: Request,
    db: Db,
    me: Me,
    slug: str,
    code_id: CodeId,
    form: Annotated[Posted[SplitForm], Depends(posted(SplitForm))],
) -> Response:
    """Give the chosen passages the other code; what was chosen stays on the page when that is refused."""
    with db.read() as reading:
        study_by_slug(reading, me, slug, Act.EDIT_CODEBOOK)
    sent = form.require()
    chosen = [CodingId(one) for one in sent.coding]
    name = " ".join(sent.name.split())
    new = None if sent.into else NewCode(Localised(**{language_of(request).value: name}))
    try:
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.EDIT_CODEBOOK)
            target = Target(CodeId(sent.into) if sent.into else None, new)
            _change, target_id = recoding.split(writing, access, code_id, chosen, target)
    except DomainError as problem:
        if problem.status not in {409, 422}:
            raise
        with db.read() as reading:
            more = {"into": sent.into, "name": name, "chosen": frozenset(sent.coding), "problem": problem}
            return _split_page(request, reading, me, slug, code_id, 1, PassagesView, **more)  # type: ignore[arg-type]  # as named there
    address = request.app.url_path_for("codes:split", slug=slug, code_id=code_id)
    return RedirectResponse(f"{address}?into={target_id}", status_code=303)


@router.get("/studies/{slug}/codebook/older", name="codes:older_codes")
def older_codes(request: Request, db: ReadDb, me: Me, slug: str) -> Response:
    """Which codes have codings that were made under an older definition."""
    access = study_by_slug(db, me, slug, Act.CODE)
    counts = code_passages.older_counts(db, access)
    codes = tuple((code, counts[code.id]) for code in visible_codes(db, access) if counts.get(code.id))
    title = N_("Coded under an older definition")
    return render(request, "codebooks/older_codes.html", OlderView(codes), title=title, access=access)


@router.get("/studies/{slug}/codes/{code_id}/older", name="codes:older")
def older(request: Request, db: ReadDb, me: Me, slug: str, code_id: CodeId, page: PageNumber = 1) -> Response:
    """The passages of a code that were coded under an older definition."""
    return _older_page(request, db, me, slug, code_id, page, None)


def _older_page(
    request: Request, db: ReadDb, me: Person, slug: str, code_id: CodeId, page: int, problem: DomainError | None
) -> Response:
    access, listed = code_passages.listed(db, me, slug, code_id, Act.CODE, only_older=True, page=page)
    labels = _labels(request, tuple(visible_codes(db, access)))
    view = PassagesView(listed, labels=labels, problem=problem.message if problem else None)
    title = N_("Coded under an older definition")
    status = problem.status if problem else 200
    return render(request, "codebooks/older.html", view, title=title, access=access, status=status)


@router.post("/studies/{slug}/codes/{code_id}/older", name="codes:confirm")
def confirm(
    request: Request,
    db: Db,
    me: Me,
    slug: str,
    code_id: CodeId,
    form: Annotated[Posted[ConfirmForm], Depends(posted(ConfirmForm))],
) -> Response:
    """Say that the chosen passages fit the present definition."""
    with db.read() as reading:
        study_by_slug(reading, me, slug, Act.CODE)
    sent = form.require()
    try:
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.CODE)
            code_passages.confirm(writing, access, code_id, [CodingId(one) for one in sent.coding], sent.seen_version)
    except DomainError as problem:
        if problem.status not in {409, 422}:
            raise
        with db.read() as reading:
            return _older_page(request, reading, me, slug, code_id, 1, problem)
    return RedirectResponse(request.app.url_path_for("codes:older", slug=slug, code_id=code_id), status_code=303)


@router.post("/studies/{slug}/codebook/freeze", name="codes:freeze")
def freeze(
    request: Request, db: Db, me: Me, slug: str, form: Annotated[Posted[RoundForm], Depends(posted(RoundForm))]
) -> Response:
    """Begin a round of coding for which the codebook stands still."""
    try:
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.EDIT_CODEBOOK)
            freezing.freeze(writing, access, form.require().round)
    except DomainError as problem:
        if problem.status not in {409, 422}:
            raise
        return _refused(request, db, me, slug, problem)
    return RedirectResponse(request.app.url_path_for("codebooks:show", slug=slug), status_code=303)


@router.post("/studies/{slug}/codebook/thaw", name="codes:thaw")
def thaw(request: Request, db: Db, me: Me, slug: str) -> Response:
    """Let the codebook be changed again."""
    try:
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.EDIT_CODEBOOK)
            freezing.thaw(writing, access)
    except DomainError as problem:
        if problem.status != 409:
            raise
        return _refused(request, db, me, slug, problem)
    return RedirectResponse(request.app.url_path_for("codebooks:show", slug=slug), status_code=303)
