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
from qualcoder.accounts.models import ApiToken, Language, Membership, Person, Role, SignIn
from qualcoder.accounts.people import email_of, name_of
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.models import Entity
from qualcoder.codebooks import editing, proposals
from qualcoder.codebooks.book import Localised
from qualcoder.codebooks.editing import NewCode
from qualcoder.codebooks.models import Code
from qualcoder.codebooks.ordering import Step
from qualcoder.codebooks.proposals import Proposal
from qualcoder.coding import memo_acts, recoding, translating
from qualcoder.coding import service as coding
from qualcoder.coding.memo_acts import NewMemo
from qualcoder.coding.models import MemoKind
from qualcoder.coding.recode_preview import preview
from qualcoder.coding.service import NewCoding
from qualcoder.coding.translating import NewTranslation
from qualcoder.core.clock import now
from qualcoder.core.ids import CodeId, CodingId, new_id
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
from qualcoder.retrieval.question import Ask, Row
from qualcoder.retrieval.service import save_view
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
WORDS = (
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
        # A key that came meanwhile is none any more.
        self.home.keyring.forget()

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
                    # As the driver gives them: nothing needs to be made of the rows.
                    columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name != "last_seen")
                    found_rows = db.connection().exec_driver_sql(f'SELECT {columns} FROM "{table.name}"')  # noqa: S608
                    rows = sorted(repr(tuple(row)) for row in found_rows)
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
    ids |= _changes_of_codes(home, world)
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
        ids["merge_basis"] = _basis(db, world, codes)
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
    return Stage(home, homes.make_app(home), world, tokens, ids, (*secrets, *WORDS, FLAG_NOTE))


def _changes_of_codes(home: Home, world: World) -> dict[str, UUID | str]:
    """A proposal, a move and a merge in the log of the codebook."""
    with home.data.transaction() as db:
        proposed = proposals.propose(
            db, access_of(db, world.study, world.coder), Proposal(name="Proposed", language="en")
        )
        access = access_of(db, world.study, world.pi)
        first, second = (editing.create(db, access, NewCode(Localised(en=name))) for name in ("One", "Two"))
        moved = editing.step(db, access, second, Step.UP)
        assert moved is not None
        merged = recoding.merge(db, access, first, second, preview(db, access, first, second).basis)
        return {"proposal": proposed, "code_move": moved.id, "code_merge": merged.id}


def _basis(db: Session, world: World, codes: Mapping[str, CodeId]) -> str:
    return preview(db, access_of(db, world.study, world.pi), codes["WATER"], codes["ROADS"]).basis


def code_version(stage: Stage, name: str) -> str:
    """The version of a code's row."""
    with stage.home.data.read() as db:
        return str(db.get_one(Code, stage.ids[name]).version)


def definition(stage: Stage, name: str) -> str:
    """The id of a code's present definition."""
    with stage.home.data.read() as db:
        return str(db.get_one(Code, stage.ids[name]).code_version_id)


def _coding_and_export(db: Session, world: World, codable: Transcript, code_id: UUID) -> dict[str, UUID | str]:
    made = coding.add_coding(
        db,
        world.coder,
        NewCoding(CodingId(new_id()), codable.id, codable.text_number, Span(0, 9), code_id),  # type: ignore[arg-type]  # a code's id
    )
    access = access_of(db, world.study, world.pi)
    export = matrices.ask_export(db, access, ExportFormat.CSV, ExportSpec(Question(), "long", "en"))
    view = save_view(db, access_of(db, world.study, world.coder), "Вопрос", Ask(rows=(Row(None),)), is_shared=False)
    greeting = NewFlag(new_id(), codable.id, codable.text_number, Span(23, 33), FLAG_NOTE)
    flags.flag(db, world.coder, greeting)
    name = NewFlag(new_id(), codable.id, codable.text_number, Span(13, 20), FLAG_NOTE)
    flags.flag(db, world.coder, name)
    flags.decide(db, world.pi, name.id, is_name=True, seen_version=1)
    on_code = NewMemo(new_id(), MemoKind.CODE, code_id, "Своими словами")
    memo_acts.save(db, world.coder, on_code)
    translating.save(db, world.coder, CodingId(made.coding.id), Language.EN, NewTranslation("No water"))
    made_here: dict[str, UUID | str] = {
        "memo": on_code.id,
        "english": "en",
        "coding": made.coding.id,
        "export": export.id,
        "view": view.id,
    }
    return {**made_here, "flag": greeting.id, "name_flag": name.id}


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
