"""Questions that people keep, and files of passages that the PI asks for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Person
from qualcoder.accounts.people import names_of
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise import leaks
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import PersonId, new_id
from qualcoder.core.messages import N_
from qualcoder.matrices import service as exports
from qualcoder.matrices.cells import Question
from qualcoder.matrices.models import ExportFormat, ExportLedger, SavedView
from qualcoder.matrices.service import ExportSpec
from qualcoder.retrieval.question import Ask, from_pairs, readable, require_readable, to_pairs
from qualcoder.vault import fields as f
from qualcoder.vault import sealing

SHAPE = "passages"
LONGEST_NAME = 120
LONGEST_QUERY = 4_000
MOST_VIEWS = 100


def query_of(ask: Ask) -> str:
    """A question as an address carries it: ids, numbers and words of closed sets."""
    return urlencode(to_pairs(ask))


def asked_in(query: str) -> Ask:
    """The question of an address; Invalid for what no form sends."""
    return from_pairs(parse_qsl(query[:LONGEST_QUERY], keep_blank_values=True))


# Saved views ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class View:
    """A kept question. Who does not own it sees it only while it is shared."""

    id: UUID
    name: str = field(repr=False)
    ask: Ask
    owner_id: PersonId
    owner: str = field(repr=False)
    is_shared: bool
    is_mine: bool
    version: int

    @property
    def query(self) -> str:
        return query_of(self.ask)


def save_view(db: Session, access: Access, name: str, ask: Ask, *, is_shared: bool) -> SavedView:
    """Keep a question under a name. NamesSomebody when the name names a known person of the study."""
    access.require(Act.READ_TEXT)
    require_readable(access, ask)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        message = N_("Give it a name of 1 to 120 characters.")
        raise Invalid(message, fields={"name": message})
    if not ask.rows:
        message = N_("Choose at least one code.")
        raise Invalid(message, fields={"code": message})
    mine = select(SavedView.id).where(
        col(SavedView.study_id) == access.study.id, col(SavedView.person_id) == access.person.id
    )
    if len(db.exec(mine).all()) >= MOST_VIEWS:
        raise Conflict(N_("You keep 100 questions already. Remove one first."))
    leaks.refuse_names(db, access, "name", name)
    row = sealing.RowKey(new_id())
    view = SavedView(
        id=row.id,
        study_id=access.study.id,
        person_id=access.person.id,
        spec_ct=_sealed(db, access, row, name, query_of(ask), is_shared=is_shared),
        created_at=now(),
    )
    db.add(view)
    db.flush()
    chain.record(db, access.person.id, "view.saved", "saved_view", view.id, study_id=access.study.id)
    return view


def _sealed(
    db: Session, access: Access, row: sealing.RowKey | SavedView, name: str, query: str, *, is_shared: bool
) -> bytes:
    spec = {"kind": SHAPE, "name": name, "query": query, "is_shared": is_shared}
    return sealing.seal_json(db, access.key, f.VIEW_SPEC, row, spec)


def _opened(db: Session, access: Access, row: SavedView) -> Any:
    return sealing.open_json(db, access.key, f.VIEW_SPEC, row, row.spec_ct)


def views_of(db: Session, access: Access) -> list[View]:
    """One's own and shared questions by name; those that read what the role may not are not there."""
    rows = db.exec(select(SavedView).where(col(SavedView.study_id) == access.study.id)).all()
    names = names_of(db, {row.person_id for row in rows})
    found = [_view(access, row, _opened(db, access, row), names[row.person_id]) for row in rows]
    fields = readable(access)
    seen = [view for view in found if (view.is_mine or view.is_shared) and view.ask.reads <= fields]
    return sorted(seen, key=lambda view: (not view.is_mine, view.name.casefold(), str(view.id)))


def _view(access: Access, row: SavedView, spec: Any, owner: str) -> View:
    return View(
        row.id,
        spec["name"],
        asked_in(spec["query"]),
        row.person_id,
        owner,
        bool(spec["is_shared"]),
        row.person_id == access.person.id,
        row.version,
    )


def _own(db: Session, access: Access, view_id: UUID, seen_version: int) -> tuple[SavedView, Any]:
    """A question that this person may change: the own, and for a PI the shared ones too."""
    access.require(Act.READ_TEXT)
    row = db.get(SavedView, view_id)
    if row is None or row.study_id != access.study.id:
        raise NotFound
    spec = _opened(db, access, row)
    is_mine = row.person_id == access.person.id
    if not is_mine and not (spec["is_shared"] and access.may(Act.SEE_MATRIX)):
        raise NotFound
    if row.version != seen_version:
        raise Conflict(N_("This was changed meanwhile. Reload the page."))
    return row, spec


def share_view(db: Session, access: Access, view_id: UUID, *, is_shared: bool, seen_version: int) -> SavedView:
    """Let the study see a question, or not any more."""
    row, spec = _own(db, access, view_id, seen_version)
    row.sealed_rev += 1
    row.spec_ct = _sealed(db, access, row, spec["name"], spec["query"], is_shared=is_shared)
    db.flush()
    act = "view.shared" if is_shared else "view.unshared"
    chain.record(db, access.person.id, act, "saved_view", row.id, study_id=access.study.id)
    return row


def remove_view(db: Session, access: Access, view_id: UUID, *, seen_version: int) -> View:
    """Take a kept question away; what it was comes back, so that it can be kept again."""
    row, spec = _own(db, access, view_id, seen_version)
    view = _view(access, row, spec, "")
    db.delete(row)
    db.flush()
    chain.record(db, access.person.id, "view.removed", "saved_view", view.id, study_id=access.study.id)
    return view


# Files ------------------------------------------------------------------------------------------


def ask_passages(db: Session, access: Access, ask: Ask, file_format: ExportFormat, language: str) -> ExportLedger:
    """Put a file of passages in line."""
    access.require(Act.EXPORT)
    require_readable(access, ask)
    if not ask.rows or file_format is ExportFormat.DTA:
        message = N_("Choose at least one code.") if not ask.rows else N_("Choose one of the offered values.")
        raise Invalid(message, fields={"format": message})
    return exports.ask_export(db, access, file_format, ExportSpec(Question(), SHAPE, language, query=query_of(ask)))


def ask_again(db: Session, me: Person, export_id: UUID) -> ExportLedger:
    """The same file once more, though words in it look like names: whoever asks says that they are none."""
    access, export = exports.export_for(db, me, export_id)
    spec = exports.spec_of(db, access, export)
    return exports.ask_export(db, access, export.format, replace(spec, keeps_names=True))
