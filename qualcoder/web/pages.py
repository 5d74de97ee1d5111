"""Rendering: one template and one typed view per page; a block alone when htmx asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from typing import Any
from weakref import WeakKeyDictionary

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block

from qualcoder.accounts import people
from qualcoder.accounts import service as accounts
from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Language, Person
from qualcoder.accounts.permissions import Act
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.web import locale
from qualcoder.web.security import csrf_of
from qualcoder.web.statics import ROOT, asset

# Addresses of an application's routes by name and parameters, parameters still in braces.
_ADDRESSES: WeakKeyDictionary[object, dict[tuple[str, ...], str]] = WeakKeyDictionary()
_PART = re.compile(r"\{(\w+)\}")
LANGUAGES = {"en": "English", "ru": "Русский", "kk": "Қазақша"}


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the main navigation."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Page:
    """What every template gets beside its view."""

    language: str
    theme: str
    density: str
    title: str
    csrf: str
    person_id: str | None
    person_name: str | None
    study_title: str | None
    study_slug: str | None
    nav: tuple[NavItem, ...]
    is_demo: bool
    path: str
    languages: dict[str, str]


@cache
def environment() -> Environment:
    """The template environment, made once."""
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(_=locale._, ngettext=locale.ngettext, asset=asset, languages=LANGUAGES)
    return env


# (label, route, act that opens it)
_STUDY_NAV = (
    (N_("Transcripts"), "transcripts:list", Act.LIST_TRANSCRIPTS),
    (N_("Search"), "search:form", Act.READ_TEXT),
    (N_("Passages"), "retrieval:ask", Act.READ_TEXT),
    (N_("Memos"), "memos:list", Act.READ_TEXT),
    (N_("Pseudonyms"), "registry:list", Act.SEE_REGISTRY),
    (N_("Codebook"), "codebooks:show", Act.SEE_CODEBOOK),
    (N_("Races"), "races:list", Act.SEE_RACES),
    (N_("Matrix"), "matrices:show", Act.SEE_MATRIX),
    (N_("Work"), "jobs:list", Act.SEE_JOBS),
    (N_("People"), "accounts:people", Act.SEE_PEOPLE),
    (N_("Audit"), "audit:show", Act.SEE_AUDIT),
    (N_("Settings"), "accounts:study_settings", Act.SET_POLICY),
)


def language_of(request: Request) -> Language:
    """The person's language, else the choice in the cookie, else the browser's."""
    me: Person | None = getattr(request.state, "me", None)
    if me is not None:
        return me.language
    chosen = request.cookies.get("qc-language", "")
    if chosen in LANGUAGES:
        return Language(chosen)
    return locale.preferred(request.headers.get("accept-language"))


def said(request: Request, problem: Invalid, otherwise: str) -> dict[str, str]:
    """What was refused, by field in the person's language; what names no field stands under `otherwise`."""
    with locale.speaking(language_of(request)):
        errors = {name: locale._(text, **problem.params) for name, text in problem.fields.items()}
        return errors or {otherwise: locale._(problem.message, **problem.params)}


def _nav(request: Request, access: Access) -> tuple[NavItem, ...]:
    here = str(getattr(request.scope.get("route"), "name", ""))
    items = []
    for label, route, act in _STUDY_NAV:
        if not access.may(act):
            continue
        domain = route.partition(":")[0]
        is_here = here == route if domain == "accounts" else here.startswith(f"{domain}:")
        items.append(NavItem(locale._(label), path_for(request, route, slug=access.study.slug), is_here))
    return tuple(items)


def _address(request: Request) -> str:
    """Where a form that changes only the looks of a page comes back to."""
    path: str = request.app.state.addresses.page_for(request.url.path)
    query = request.url.query if request.method == "GET" and path == request.url.path else ""
    return f"{path}?{query}" if query else path


def _page(request: Request, title: str, access: Access | None, params: dict[str, object]) -> Page:
    me: Person | None = getattr(request.state, "me", None)
    nav: tuple[NavItem, ...] = ()
    study_title = None
    settings = request.app.state.home.settings
    with request.app.state.home.data.read() as db:
        name = people.name_of(db, me) if me else None
        if access is not None:
            study_title = accounts.title_of(db, access.study)
    if access is not None:
        nav = _nav(request, access)
    return Page(
        language=language_of(request).value,
        theme=me.theme if me else "auto",
        density=me.density if me else "comfortable",
        title=locale._(title, **params),
        csrf=csrf_of(request),
        person_id=str(me.id) if me else None,
        person_name=name,
        study_title=study_title,
        study_slug=access.study.slug if access else None,
        nav=nav,
        is_demo=settings.demo,
        path=_address(request),
        languages=LANGUAGES,
    )


def render(
    request: Request,
    template: str,
    view: object,
    *,
    title: str,
    access: Access | None = None,
    block: str | None = None,
    status: int = 200,
    **params: object,
) -> HTMLResponse:
    """A page, or with `block` and an htmx request that block alone. `title` is a msgid, `params` fill it."""
    with locale.speaking(language_of(request)):
        context: dict[str, Any] = {
            "page": _page(request, title, access, params),
            "view": view,
            "url_for": partial(path_for, request),
        }
        if block is not None and is_htmx(request):
            html = render_block(environment(), template, block, context)
        else:
            html = environment().get_template(template).render(context)
    return HTMLResponse(html, status_code=status)


# What is sent at once of a page that comes in parts: fewer, larger parts cost less.
_PART_BYTES = 64 * 1024


def render_around(
    request: Request, template: str, view: object, mark: str, parts: Iterable[str], **named: Any
) -> StreamingResponse:
    """A page whose `mark` these parts take the place of, each sent as soon as it is there.

    What they are made of must be read by now: the session is over when they are.
    """
    page = render(request, template, view, **named)
    # A page without a text has no mark, and no parts.
    before, _mark, after = bytes(page.body).partition(mark.encode())
    body = _in_larger(chain([before], (part.encode() for part in parts), [after]))
    return StreamingResponse(body, page.status_code, media_type=page.media_type)


def _in_larger(parts: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    for part in parts:
        held.append(part)
        if sum(map(len, held)) >= _PART_BYTES:
            yield b"".join(held)
            held.clear()
    yield b"".join(held)


def path_for(request: Request, name: str, /, **params: object) -> str:
    """The address of a route. Looking one up asks every route, so a page of many links does it once for each kind."""
    known = _ADDRESSES.setdefault(request.app, {})
    kind = (name, *params)
    if kind not in known:
        known[kind] = str(request.app.url_path_for(name, **{key: f"{{{key}}}" for key in params}))
    return _PART.sub(lambda part: _part(params[part[1]]), known[kind])


def _part(value: object) -> str:
    text = str(value)
    if not text or "/" in text:
        raise ValueError("this is no part of an address")
    return text


def is_htmx(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


def back_to(request: Request, name: str, query: str = "", /, **params: object) -> str:
    """The address of a page to go on to, with a query and a place in the page."""
    path = path_for(request, name, **params)
    return f"{path}?{query}" if query else path


def redirect(request: Request, address: str) -> Response:
    """On to another page, for a plain form and for htmx."""
    if is_htmx(request):
        return Response(headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)
