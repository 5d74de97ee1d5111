"""The start page, people and settings of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from qualcoder.accounts import people
from qualcoder.accounts import service as accounts
from qualcoder.accounts.access import Access, studies_of, study_by_slug
from qualcoder.accounts.forms import IdentityForm, InviteAgainForm, MemberForm, PolicyForm, StudyForm, TitleForm
from qualcoder.accounts.models import Role, Study
from qualcoder.accounts.people import Member
from qualcoder.accounts.permissions import Act
from qualcoder.coding import waiting
from qualcoder.core.errors import Conflict, DomainError, Invalid
from qualcoder.core.ids import PersonId
from qualcoder.core.messages import N_
from qualcoder.home import Home
from qualcoder.transcripts.flagged import waiting_for
from qualcoder.vault import identity
from qualcoder.vault.sealing import keyring_of
from qualcoder.web.deps import Db, HomeDep, Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import render

router = APIRouter()

ROLE_LABELS = {
    Role.ADMIN: N_("Administrator"),
    Role.PI: N_("Principal investigator (PI)"),
    Role.RESEARCHER: N_("Field researcher"),
    Role.CODER: N_("Coder"),
    Role.OBSERVER: N_("Observer"),
}


@dataclass(frozen=True, slots=True)
class StudyCard:
    """A study on the start page."""

    slug: str
    title: str
    role: str
    url: str
    piles: tuple[waiting.Pile, ...]
    work: waiting.CodingWork | None
    figures: waiting.Figures | None
    flags: int


@dataclass(frozen=True, slots=True)
class HomeView:
    """The start page."""

    studies: tuple[StudyCard, ...]
    is_admin: bool
    errors: dict[str, str]
    slug: str = ""
    title: str = ""
    house: waiting.HouseState | None = None


@dataclass(frozen=True, slots=True)
class PeopleView:
    """The people of a study, and the invitation just made."""

    members: tuple[Member, ...]
    roles: tuple[tuple[str, str], ...]
    role_labels: dict[Role, str]
    me: PersonId
    may_invite_again: bool
    errors: dict[str, str]
    former: tuple[Member, ...] = ()
    ended: Member | None = None
    link: str | None = None
    invited: str | None = None


@dataclass(frozen=True, slots=True)
class SettingsView:
    """A study's policy and whether its identity vault has a key."""

    study: Study
    title: str
    has_vault: bool
    errors: dict[str, str]


def _first_page(access: Access) -> str:
    return "transcripts:list" if access.may(Act.LIST_TRANSCRIPTS) else "races:list"


def _home(request: Request, db: ReadDb, me: Me, *, errors: dict[str, str], slug: str = "", title: str = "") -> HomeView:
    cards = [
        StudyCard(
            access.study.slug,
            accounts.title_of(db, access.study),
            ROLE_LABELS[access.role],
            str(request.app.url_path_for(_first_page(access), slug=access.study.slug)),
            waiting.piles(db, access),
            waiting.coding_work(db, access),
            waiting.figures(db, access),
            waiting_for(db, access),
        )
        for access in studies_of(db, me)
    ]
    return HomeView(tuple(cards), me.is_admin, errors, slug, title, waiting.house(db, me))


@router.get("/", name="home")
def home_page(request: Request, db: ReadDb, me: Me) -> Response:
    """The studies that a person belongs to."""
    return render(request, "accounts/home.html", _home(request, db, me, errors={}), title=N_("Studies"))


@router.post("/studies", name="accounts:create_study")
def create_study(
    request: Request, db: Db, me: Me, form: Annotated[Posted[StudyForm], Depends(posted(StudyForm))]
) -> Response:
    """A new study; what was wrong is said beside the field, and what was typed stays."""
    try:
        sent = form.require()
        with db.transaction() as writing:
            study = accounts.create_study(writing, me, accounts.StudyDraft(sent.slug, sent.title))
    except (Invalid, Conflict) as problem:
        errors = dict(getattr(problem, "fields", {})) or {"slug": problem.message}
        with db.read() as reading:
            view = _home(
                request, reading, me, errors=errors, slug=form.body.first("slug"), title=form.body.first("title")
            )
        return render(request, "accounts/home.html", view, title=N_("Studies"), status=problem.status)
    return RedirectResponse(request.app.url_path_for("accounts:people", slug=study.slug), status_code=303)


def _people(db: ReadDb, access: Access, **more: object) -> PeopleView:
    return PeopleView(
        members=tuple(people.members_of(db, access.study.id)),
        roles=tuple(
            (role.value, label)
            for role, label in ROLE_LABELS.items()
            if role is not Role.ADMIN or access.person.is_admin
        ),
        role_labels=ROLE_LABELS,
        me=access.person.id,
        former=tuple(people.former_members_of(db, access.study.id)),
        may_invite_again=access.person.is_admin,
        **{"errors": {}, **more},  # type: ignore[arg-type]  # the view's own optional fields
    )


def _invitation_address(request: Request, home: Home, token: str) -> str:
    return home.settings.address + str(request.app.url_path_for("invitation:form", token=token))


@router.get("/studies/{slug}/people", name="accounts:people")
def people_page(request: Request, db: ReadDb, me: Me, slug: str, ended: UUID | None = None) -> Response:
    """Who belongs to the study. `ended` is somebody just removed, who can be brought back at once."""
    access = study_by_slug(db, me, slug, Act.SEE_PEOPLE)
    gone = [one for one in people.former_members_of(db, access.study.id) if one.id == ended]
    view = _people(db, access, ended=gone[0] if gone else None)
    return render(request, "accounts/people.html", view, title=N_("People"), access=access)


@router.post("/studies/{slug}/people", name="accounts:add_member")
def add_member(
    request: Request,
    db: Db,
    me: Me,
    home: HomeDep,
    slug: str,
    form: Annotated[Posted[MemberForm], Depends(posted(MemberForm))],
) -> Response:
    """Bring somebody in; the invitation is shown once, on this answer."""
    with db.read() as reading:
        access = study_by_slug(reading, me, slug, Act.MANAGE_PEOPLE)
    link = invited = None
    errors: dict[str, str] = {}
    try:
        sent = form.require()
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.MANAGE_PEOPLE)
            person, token = accounts.add_member(writing, access, sent.email, sent.name, sent.role)
            invited = people.name_of(writing, person)
        if token is not None:
            link = _invitation_address(request, home, token)
    except (Invalid, Conflict) as problem:
        errors = dict(getattr(problem, "fields", {})) or {"email": problem.message}
    with db.read() as reading:
        view = _people(reading, access, errors=errors, link=link, invited=invited)
    status = 422 if errors else 200
    return render(request, "accounts/people.html", view, title=N_("People"), access=access, status=status)


@router.post("/studies/{slug}/people/{person_id}/invitation", name="accounts:invite_again")
def invite_again(
    request: Request,
    db: Db,
    me: Me,
    home: HomeDep,
    slug: str,
    person_id: PersonId,
    form: Annotated[Posted[InviteAgainForm], Depends(posted(InviteAgainForm))],
) -> Response:
    """A link for somebody who lost a password or a device; shown once, on this answer."""
    sent = form.require()
    with db.transaction() as writing:
        access = study_by_slug(writing, me, slug, Act.MANAGE_PEOPLE)
        person, token = accounts.invite_member_again(writing, access, person_id, resets_factor=sent.resets_factor)
        invited = people.name_of(writing, person)
    with db.read() as reading:
        view = _people(reading, access, link=_invitation_address(request, home, token), invited=invited)
    return render(request, "accounts/people.html", view, title=N_("People"), access=access)


@router.post("/studies/{slug}/people/{person_id}/end", name="accounts:end_member")
def end_member(request: Request, db: WriteDb, me: Me, slug: str, person_id: PersonId) -> Response:
    access = study_by_slug(db, me, slug, Act.MANAGE_PEOPLE)
    accounts.end_membership(db, access, person_id)
    address = request.app.url_path_for("accounts:people", slug=slug)
    return RedirectResponse(f"{address}?ended={person_id}", status_code=303)


@router.post("/studies/{slug}/people/{person_id}/restore", name="accounts:restore_member")
def restore_member(request: Request, db: WriteDb, me: Me, slug: str, person_id: PersonId) -> Response:
    """Bring a removed person back as they were."""
    accounts.restore_membership(db, study_by_slug(db, me, slug, Act.MANAGE_PEOPLE), person_id)
    return RedirectResponse(request.app.url_path_for("accounts:people", slug=slug), status_code=303)


@router.get("/studies/{slug}/settings", name="accounts:study_settings")
def study_settings(request: Request, db: ReadDb, me: Me, slug: str) -> Response:
    access = study_by_slug(db, me, slug, Act.SET_POLICY)
    return _settings(request, db, access, {})


def _settings(request: Request, db: ReadDb, access: Access, errors: dict[str, str], status: int = 200) -> Response:
    has_vault = identity.exists(keyring_of(db), access.study.id)
    view = SettingsView(access.study, accounts.title_of(db, access.study), has_vault, errors)
    return render(request, "accounts/settings.html", view, title=N_("Settings"), access=access, status=status)


@router.post("/studies/{slug}/title", name="accounts:rename_study")
def rename_study(
    request: Request, db: Db, me: Me, slug: str, form: Annotated[Posted[TitleForm], Depends(posted(TitleForm))]
) -> Response:
    """Another title; what was wrong is said beside the field."""
    try:
        with db.transaction() as writing:
            accounts.rename_study(writing, study_by_slug(writing, me, slug, Act.SET_POLICY), form.require().title)
    except Invalid as problem:
        with db.read() as reading:
            access = study_by_slug(reading, me, slug, Act.SET_POLICY)
            return _settings(request, reading, access, dict(problem.fields), problem.status)
    return RedirectResponse(request.app.url_path_for("accounts:study_settings", slug=slug), status_code=303)


@router.post("/studies/{slug}/settings", name="accounts:set_policy")
def set_policy(
    request: Request, db: WriteDb, me: Me, slug: str, form: Annotated[Posted[PolicyForm], Depends(posted(PolicyForm))]
) -> Response:
    access = study_by_slug(db, me, slug, Act.SET_POLICY)
    sent = form.require()
    policy = accounts.Policy(
        sent.needs_second_reader, sent.may_accept_all, sent.originals, sent.pseudonyms, sent.layers
    )
    accounts.set_policy(db, access, policy)
    return RedirectResponse(request.app.url_path_for("accounts:study_settings", slug=slug), status_code=303)


@router.post("/studies/{slug}/identity", name="accounts:set_identity")
def set_identity(
    request: Request,
    db: Db,
    me: Me,
    home: HomeDep,
    slug: str,
    form: Annotated[Posted[IdentityForm], Depends(posted(IdentityForm))],
) -> Response:
    """Open the study's write-only vault for names. The passphrase is kept nowhere."""
    with db.read() as reading:
        access = study_by_slug(reading, me, slug, Act.SET_POLICY)
    sent = form.require()
    try:
        if sent.passphrase != sent.again:
            message = N_("The two passphrases differ.")
            raise Invalid(message, fields={"again": message})
        accounts.create_identity(db, access, sent.passphrase, memory_mib=home.settings.passphrase_memory_mib)
    except DomainError as problem:
        errors = dict(getattr(problem, "fields", {})) or {"passphrase": problem.message}
        with db.read() as reading:
            return _settings(request, reading, access, errors, problem.status)
    return RedirectResponse(request.app.url_path_for("accounts:study_settings", slug=slug), status_code=303)
