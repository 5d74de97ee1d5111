"""A built world for the table of roles: something in every state, known secrets, and a way back to where it was."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from fastapi import FastAPI
from sqlmodel import Session, col, select

from qualcoder import schema
from qualcoder.accounts import service as accounts
from qualcoder.accounts.models import ApiToken, Membership, Person, Role, SignIn
from qualcoder.accounts.people import email_of, name_of
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.models import Entity
from qualcoder.coding import service as coding
from qualcoder.coding.service import NewCoding
from qualcoder.core.clock import now
from qualcoder.core.ids import CodingId, new_id
from qualcoder.core.models import Job, JobKind, JobState
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.interviews.models import LinkType
from qualcoder.interviews.service import NewLink
from qualcoder.matrices import service as matrices
from qualcoder.matrices.cells import Question
from qualcoder.matrices.models import ExportFormat
from qualcoder.matrices.service import ExportSpec
from qualcoder.races.queries import round_ids
from qualcoder.transcripts import flags, reviewing
from qualcoder.transcripts.flags import NewFlag
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.vault import hashing
from tests import homes
from tests.homes import Browser, Template, World, access_of
from tests.interviews.making import import_koyandy
from tests.transcripts import making

PRINCIPALS = (
    "signed_out",
    "admin",
    "pi",
    "researcher",
    "other_researcher",
    "coder",
    "other_coder",
    "observer",
    "outsider",
)
FLAG_NOTE = "Заметка о флаге"
# What a request may change wherever it is refused or only reads: the record of acts, and when a session was last used.
ALWAYS_FREE = frozenset({"audit_entry", "audit_head", "rate_limit"})


@dataclass(slots=True)
class Stage:
    """The world with ids of things in it. The researcher brought the transcripts in, the coder is assigned."""

    home: Home
    app: FastAPI
    world: World
    tokens: Mapping[str, str]
    ids: Mapping[str, UUID | str]
    secrets: tuple[str, ...]
    copy: Path = field(default_factory=Path)

    def browser(self, who: str) -> Browser:
        """A new browser of a principal; signed out, nobody's."""
        fresh = Browser(self.home, self.app)
        return fresh if who == "signed_out" else fresh.with_token(self.tokens[who])

    def role_of(self, who: str) -> Role | None:
        """The role in the study, None for those who don't belong to it."""
        if who == "admin":
            return Role.ADMIN
        if who in {"signed_out", "outsider"}:
            return None
        return Role(who.removeprefix("other_"))

    def keep(self) -> None:
        """Remember both databases as they are now."""
        self._let_go()
        self.copy = self.home.settings.home.with_name("kept")
        self.copy.mkdir(exist_ok=True)
        for name in ("data.db", "keys.db"):
            shutil.copyfile(self.home.settings.home / name, self.copy / name)

    def restore(self) -> None:
        """Put both databases back to what was kept."""
        self._let_go()
        for name in ("data.db", "keys.db"):
            shutil.copyfile(self.copy / name, self.home.settings.home / name)

    def _let_go(self) -> None:
        # The last connection that closes takes the journal into the file.
        self.home.data.dispose()
        self.home.keys.dispose()
        assert list(self.home.settings.home.glob("*.db-wal")) == []

    def digests(self) -> dict[str, str]:
        """What every table holds, but for the moment in which a session was last seen."""
        found = {}
        for database, metadata in ((self.home.data, schema.DATA), (self.home.keys, schema.KEYS)):
            with database.read() as db:
                for table in metadata.sorted_tables:
                    columns = [column for column in table.columns if column.name != "last_seen"]
                    rows = sorted(repr(tuple(row)) for row in db.execute(table.select().with_only_columns(*columns)))
                    found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        return found


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """Tables that hold something else than before, those aside that every request may write."""
    return {name for name in before if before[name] != after[name]} - ALWAYS_FREE


@contextmanager
def built(template: Template, folder: Path) -> Iterator[Stage]:
    """Build the world once; `restore` takes it back there."""
    with homes.copied(template, folder / "home") as home:
        world = homes.make_world(home)
        stage = _fill(home, world)
        stage.keep()
        yield stage


def _fill(home: Home, world: World) -> Stage:
    making.open_vault(home, world.study)
    import_koyandy(home, world)
    codes = making.import_codes(home, world)
    who = world.researcher
    link = NewLink("KOY-2022-2", LinkType.OBSERVER)
    ids: dict[str, UUID | str] = {"slug": world.study.slug, **codes}
    ids["received"] = making.receive(home, world, making.upload(title="Заголовок Ойлапа"), by=who).id
    review = making.to_review(home, world, making.upload(title="Заголовок Выдуманова"), by=who)
    ids["review"] = review.id
    ids |= _found_in(home, review, who)
    reviewed = making.to_review(home, world, making.upload(links=[link]), by=who, marks=(making.NAME, "Остальных"))
    codable = making.release(home, reviewed, who, world.coder)
    ids["codable"], ids["interview"] = codable.id, codable.interview_id
    for name in ("detecting", "failed"):
        ids[name] = making.receive(home, world, by=who).id
    with home.data.transaction() as db:
        db.get_one(Transcript, ids["detecting"]).state = TranscriptState.DETECTING
        db.get_one(Transcript, ids["failed"]).state = TranscriptState.FAILED
        db.get_one(type(world.study), world.study.id).may_accept_all = True
        ids |= _coding_and_export(db, world, codable, codes["WATER"])
        ids["race"] = round_ids(db, world.study.id, {"KOY-2022-2"})["KOY-2022-2"]
        guest = homes.make_person(db, "guest@example.org", "Гость Ойдантап")
        db.add(Membership(person_id=guest.id, study_id=world.study.id, role=Role.CODER, created_at=now()))
        ids["guest"] = guest.id
        ids["invitation"] = accounts.invite(db, None, guest)
        ids |= _of_guest(db, world, guest)
    homes.work_off(home)
    with home.data.transaction() as db:
        # The PI began these again; the worker has left one and not come to the other.
        for name, state, about in (("job", JobState.WAITING, "detecting"), ("failed_job", JobState.FAILED, "failed")):
            job = Job(
                kind=JobKind.DETECT,
                state=state,
                study_id=world.study.id,
                object_id=UUID(str(ids[about])),
                actor_id=world.pi.id,
                created_at=now(),
                changed_at=now(),
            )
            db.add(job)
            ids[name] = job.id
    with home.data.transaction() as db:
        tokens = {name: _session(db, person) for name, person in world.by_name.items()}
        people = [*world.by_name.values(), guest]
        secrets = [words for person in people for words in (name_of(db, person), email_of(db, person))]
        secrets += [accounts.title_of(db, world.study), accounts.title_of(db, world.other_study)]
    words = (
        "Воды не было",
        "Выдуманов",
        "Заголовок",
        "R-001",
        "I-001",
        "Вода",
        "Water",
        "KOY-2022",
        "[Лицо 1]",
        "сұхбат.txt",
    )
    return Stage(home, homes.make_app(home), world, tokens, ids, (*secrets, *words, FLAG_NOTE))


def _coding_and_export(db: Session, world: World, codable: Transcript, code_id: UUID) -> dict[str, UUID | str]:
    made = coding.add_coding(
        db,
        world.coder,
        NewCoding(CodingId(new_id()), codable.id, codable.text_number, Span(0, 9), code_id),  # type: ignore[arg-type]  # a code's id
    )
    access = access_of(db, world.study, world.pi)
    export = matrices.ask_export(db, access, ExportFormat.CSV, ExportSpec(Question(), "long", "en"))
    greeting = NewFlag(new_id(), codable.id, codable.text_number, Span(23, 33), FLAG_NOTE)
    flags.flag(db, world.coder, greeting)
    return {"coding": made.coding.id, "export": export.id, "flag": greeting.id}


def _of_guest(db: Session, world: World, guest: Person) -> dict[str, UUID | str]:
    """A session and a token of somebody who is none of the principals."""
    _session(db, guest)
    db.flush()
    session = db.exec(select(SignIn.id).where(col(SignIn.person_id) == guest.id)).one()
    token = ApiToken(
        token_hash=hashing.token_hash("a token of the guest"),
        person_id=guest.id,
        study_id=world.study.id,
        created_at=now(),
    )
    db.add(token)
    return {"guest_session": session, "guest_token": token.id}


def _session(db: Session, person: Person) -> str:
    """A session that no request needs to touch for a while, however slow the machine is."""
    token = hashing.new_token()
    later = now() + timedelta(minutes=20)
    row = SignIn(
        token_hash=hashing.token_hash(token),
        person_id=person.id,
        created_at=now(),
        last_seen=later,
        expires_at=now() + timedelta(hours=5),
    )
    db.add(row)
    return token


def _found_in(home: Home, review: Transcript, who: Person) -> dict[str, UUID | str]:
    """A finding, and the entries of the registry for two people of a transcript in review."""
    with home.data.transaction() as db:
        reviewing.mark_missed(db, reviewing.reach_review(db, who, review.id), "Остальных", Label.PERSON)
    first, *_between, last = making.findings(home, review.id)
    assert first.entity_id is not None
    assert last.entity_id not in {None, first.entity_id}
    return {"finding": first.id, "entity": first.entity_id, "other_entity": str(last.entity_id)}


def entity_version(stage: Stage) -> str:
    """The row version of the entry of the registry."""
    with stage.home.data.read() as db:
        return str(db.exec(select(Entity.version).where(col(Entity.id) == stage.ids["entity"])).one())


def version_of(stage: Stage, name: str) -> str:
    """The row version of a transcript of the stage, as its page would carry it."""
    with stage.home.data.read() as db:
        return str(db.exec(select(Transcript.version).where(col(Transcript.id) == stage.ids[name])).one())
