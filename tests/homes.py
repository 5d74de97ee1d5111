"""Homes and people for tests: real databases, real keys, nothing pretended."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from fastapi.routing import APIRoute
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from qualcoder.accounts import people, sessions
from qualcoder.accounts import service as accounts
from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Person, Role, Study
from qualcoder.audit import chain
from qualcoder.audit.models import AuditHead
from qualcoder.core.db import Database
from qualcoder.core.ids import ZERO
from qualcoder.core.queue import run, unfinished
from qualcoder.home import Home, migrate, open_home
from qualcoder.settings import Settings
from qualcoder.vault import hashing, onetime, slots
from qualcoder.vault.models import SlotKind
from qualcoder.works import WORKS
from tests import remembered
from tests.postgresql import Cluster

with warnings.catch_warnings():
    # Starlette asks for a successor of httpx that the project does not need for anything else.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

if TYPE_CHECKING:
    from fastapi import FastAPI

ADDRESS = "http://127.0.0.1"
PASSWORD = "correct horse battery staple"
PASSPHRASE = "an invented passphrase of a test"
KEYFILE = b"\x07" * 32
RECOVERY = "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH"
CHEAP_MIB = 8


class Backend(StrEnum):
    """Where a home keeps its rows."""

    WAL = "sqlite-wal"
    DELETE = "sqlite-delete"
    POSTGRESQL = "postgresql"

    @property
    def is_sqlite(self) -> bool:
        return self is not Backend.POSTGRESQL


@dataclass(frozen=True, slots=True)
class Template:
    """A migrated home with keys, to be copied for each test."""

    settings: Settings
    root: bytes
    cluster: Cluster | None = None
    databases: tuple[str, str] = ("", "")


def settings_for(backend: Backend, folder: Path, *, urls: tuple[str, str] = ("", "")) -> Settings:
    """Settings of a test home: cheap Argon2id, the journal of the backend."""
    return Settings(
        home=folder,
        database_url=urls[0],
        keys_url=urls[1],
        sqlite_journal="delete" if backend is Backend.DELETE else "wal",
        passphrase_memory_mib=CHEAP_MIB,
        password_memory_mib=CHEAP_MIB,
    )


def make_template(backend: Backend, folder: Path, cluster: Cluster | None = None) -> Template:
    """A home with a passphrase, a keyfile and a recovery slot, and the system's audit chain begun."""
    names = (f"template_data_{uuid4().hex[:8]}", f"template_keys_{uuid4().hex[:8]}")
    urls = ("", "")
    if cluster is not None:
        for name in names:
            cluster.create(name)
        urls = (cluster.url(names[0]), cluster.url(names[1]))
    home = open_home(settings_for(backend, folder, urls=urls))
    try:
        migrate(home)
        give_keys(home)
        root = home.keyring.root
    finally:
        home.close()
    return Template(home.settings, root, cluster, names)


def give_keys(home: Home) -> None:
    """What `init` does to a migrated home: a root key in three slots, and the system's chain."""
    home.keyring.create_root(
        [
            (SlotKind.PASSPHRASE, PASSPHRASE.encode()),
            (SlotKind.KEYFILE, KEYFILE),
            (SlotKind.RECOVERY, slots.normal_code(RECOVERY).encode()),
        ],
        memory_mib=CHEAP_MIB,
    )
    with home.data.transaction() as db:
        if db.get(AuditHead, ZERO) is None:
            chain.begin(db, ZERO)


@contextmanager
def copied(template: Template, folder: Path) -> Iterator[Home]:
    """A copy of a template home, unsealed; closed and dropped afterwards."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = replace(template.settings, home=folder)
    names: tuple[str, ...] = ()
    if template.cluster is None:
        for name in ("data.db", "keys.db"):
            shutil.copyfile(template.settings.home / name, folder / name)
        remembered.begins(folder)
    else:
        names = tuple(f"t_{uuid4().hex}" for _ in template.databases)
        for name, original in zip(names, template.databases, strict=True):
            template.cluster.create(name, original)
        settings = replace(
            settings, database_url=template.cluster.url(names[0]), keys_url=template.cluster.url(names[1])
        )
    home = open_home(settings)
    home.keyring.unseal_with_root(template.root)
    try:
        yield home
    finally:
        _spare_apps.extend(_apps_of.pop(id(home), ()))
        home.close()
        for name in names:
            template.cluster.drop(name)  # type: ignore[union-attr]  # names are given only with a cluster


@contextmanager
def reopened(home: Home) -> Iterator[Home]:
    """The same home as another process sees it: its own engines and keyring, unsealed."""
    other = open_home(home.settings)
    other.keyring.unseal_with_root(home.keyring.root)
    try:
        yield other
    finally:
        other.close()


# People -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class World:
    """A study with one person per role, an admin of the house, and a PI of another study."""

    study: Study
    pi: Person
    researcher: Person
    other_researcher: Person
    coder: Person
    other_coder: Person
    observer: Person
    admin: Person
    other_study: Study
    outsider: Person

    @property
    def by_name(self) -> dict[str, Person]:
        """The people by what they are in this world, for tables of role x thing."""
        names = ("pi", "researcher", "other_researcher", "coder", "other_coder", "observer", "admin", "outsider")
        return {name: getattr(self, name) for name in names}


@contextmanager
def _writing(home_or_db: Home | Session) -> Iterator[Session]:
    if isinstance(home_or_db, Session):
        yield home_or_db
        return
    with home_or_db.data.transaction() as db:
        yield db


def make_person(
    home_or_db: Home | Session, email: str, name: str = "", password: str | None = None, *, is_admin: bool = False
) -> Person:
    """A person; with `password`, one who can sign in with it."""
    with _writing(home_or_db) as db:
        person = people.create_person(db, email, name, is_admin=is_admin)
        if password is not None:
            person.password_hash = hashing.hash_password(password, memory_mib=CHEAP_MIB)
        db.flush()
        return person


def give_factor(home_or_db: Home | Session, person: Person) -> bytes:
    """A second factor in force, as roles that see names need it; returns its secret. Who has one keeps it."""
    with _writing(home_or_db) as db:
        row = people.locked(db, person.id)
        known = people.particulars_of(db, row)
        if known.totp is None:
            totp = onetime.spelled(hashing.mac(b"a test", person.id.bytes)[: onetime.SECRET_BYTES])
            people.keep(db, row, known := replace(known, totp=totp))
        return onetime.unspelled(known.totp or "")


def make_study(
    home_or_db: Home | Session, slug: str = "demo", people: Mapping[Role, Person | str] | None = None
) -> Study:
    """A study with these people: role to a person, or to the address of somebody new."""
    with _writing(home_or_db) as db:
        study = accounts.create_study(db, None, accounts.StudyDraft(slug, f"Study {slug}", needs_second_reader=False))
        for role, who in (people or {}).items():
            add_member(db, study, who if isinstance(who, Person) else make_person(db, who), role)
        return study


def add_member(home_or_db: Home | Session, study: Study, person: Person, role: Role) -> None:
    """Give a person a role, as an administrator of the house would."""
    with _writing(home_or_db) as db:
        accounts.set_role(db, Access(study, person, Role.ADMIN), person, role)


def make_world(home: Home, slug: str = "demo") -> World:
    """A study with everybody in it. All have a second factor, nobody a password: `client(home).as_(world.pi)`."""

    def somebody(db: Session, name: str) -> Person:
        return make_person(db, f"{name}@{slug}.example.org", f"{name.capitalize()} Oydantap", is_admin=name == "admin")

    with home.data.transaction() as db:
        everybody = {name: somebody(db, name) for name in _ROLES} | {"admin": somebody(db, "admin")}
        for person in everybody.values():
            give_factor(db, person)
        study = make_study(db, slug)
        for name, role in _ROLES.items():
            if name != "outsider":
                add_member(db, study, everybody[name], role)
        other = make_study(db, f"{slug}-other", {Role.PI: everybody["outsider"]})
    return World(study=study, other_study=other, **everybody)


def world_of(home: Home) -> World:
    """The world of a fresh home; in a process it is made once."""

    def again(world: World) -> World:
        with home.data.read() as db:
            rows = {one.name: getattr(world, one.name) for one in fields(world)}
            return World(**{name: db.get_one(type(row), row.id) for name, row in rows.items()})

    return remembered.remembered(home, "world", lambda: make_world(home), again)


_ROLES = {
    "pi": Role.PI,
    "researcher": Role.RESEARCHER,
    "other_researcher": Role.RESEARCHER,
    "coder": Role.CODER,
    "other_coder": Role.CODER,
    "observer": Role.OBSERVER,
    "outsider": Role.PI,
}


def access_of(db: Session, study: Study, person: Person) -> Access:
    """What `study_by_slug` gives a person who may see the study."""
    from qualcoder.accounts import access
    from qualcoder.accounts.permissions import Act

    return access.study_by_id(db, person, study.id, Act.SEE_STUDY)


# Browsers ---------------------------------------------------------------------------------


class Browser(TestClient):
    """A browser of one person on one home; redirects are not followed unless a test says so."""

    def __init__(self, home: Home, app: FastAPI) -> None:
        super().__init__(
            app, base_url=ADDRESS, headers={"Origin": ADDRESS}, follow_redirects=False, raise_server_exceptions=True
        )
        self.home = home
        self.application = app

    def as_(self, person: Person) -> Browser:
        """A new browser on the same server, signed in as somebody who has a second factor."""
        with self.home.data.transaction() as db:
            give_factor(db, person)
            token = sessions.open_session(db, person.id)
        return self.with_token(token)

    def with_token(self, token: str) -> Browser:
        """A new browser that holds a session's cookie, and sends the token that forms carry."""
        other = Browser(self.home, self.application)
        other.cookies.set("qc", token)
        other.headers["X-CSRF"] = hashing.csrf_token(token)
        return other

    @property
    def token(self) -> str:
        return str(self.cookies["qc"])


# Building one takes longer than most tests: those of homes that are closed serve the next ones.
_spare_apps: list[FastAPI] = []
_apps_of: dict[int, list[FastAPI]] = {}


def make_app(home: Home) -> FastAPI:
    """The application of a home. Imported here, so that tests without pages don't load them."""
    from qualcoder.app import create_app, give_home

    if _spare_apps:
        app = _spare_apps.pop()
        give_home(app, home)
    else:
        app = create_app(home)
    _apps_of.setdefault(id(home), []).append(app)
    return app


def client(home: Home) -> Browser:
    """A browser nobody has signed in with."""
    return Browser(home, make_app(home))


def all_routes() -> list[APIRoute]:
    """Every route of the application; `app.routes` shows included routers as one entry each."""
    from qualcoder.app import ROUTERS

    return [route for module in ROUTERS for route in module.router.routes if isinstance(route, APIRoute)]


# Measuring and working ---------------------------------------------------------------------


@dataclass(slots=True)
class Statements:
    """SQL that was sent, without BEGIN, COMMIT, savepoints and pragmas."""

    sent: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sent)


_NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@contextmanager
def count_statements(database: Database) -> Iterator[Statements]:
    """Count what is sent to a database on both of its engines, from any thread."""
    counted = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(_NOT_COUNTED):
            counted.sent.append(statement)

    engines: tuple[Engine, ...] = (database.reading, database.writing)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield counted
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def work_off(home: Home, rounds: int = 20) -> int:
    """Do all unfinished jobs here and now, those they make included; how many runs that took."""
    runs = 0
    for _ in range(rounds):
        waiting = unfinished(home.data)
        if not waiting:
            return runs
        for job_id in waiting:
            run(home.data, WORKS, job_id)
            runs += 1
    raise AssertionError("the jobs make new jobs without end")


Worker = Callable[[], int]


def person_by_id(db: Session, person_id: UUID) -> Person:
    return db.exec(select(Person).where(Person.id == person_id)).one()
