"""Invented material in bulk for measuring: studies by `bench seed`, with texts and codings of a wanted shape.

Filling is never timed. What it writes is sealed like any other, but leaves no line in the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, update
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Membership, Person, Role, Study
from qualcoder.codebooks.queries import codes_of
from qualcoder.coding.models import Coding, Command
from qualcoder.coding.service import quote_mac
from qualcoder.commands import invented
from qualcoder.commands.bench import Size, fill
from qualcoder.commands.seeding import Field, Seeder
from qualcoder.core.clock import now
from qualcoder.core.ids import CodeId, CodingId, RoundId, TextVersionId, TranscriptId, new_id
from qualcoder.home import Home
from qualcoder.races.queries import round_ids, round_keys
from qualcoder.transcripts.models import Assignment, SealedTo, TextVersion, Transcript, Turn
from qualcoder.transcripts.publishing import RESPONDENT
from qualcoder.transcripts.sentences import bounds
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef
from tests.homes import add_member, make_person

AT_ONCE = 50
# Enough that no two texts are alike: a study refuses the same file twice.
SEED_WORDS = 20

Bodies = Sequence[str]
Said = Sequence[tuple[str, list[int]]]
Span = tuple[int, int]
# So many codes of the book are on no passage at first: over an older passage of its coder the same code adds none.
FREE_CODES = 4


@dataclass(frozen=True, slots=True)
class Text:
    """A released transcript that can be coded."""

    id: TranscriptId
    key: KeyRef
    version_id: TextVersionId
    body: str

    def __len__(self) -> int:
        return len(self.body)


@dataclass(slots=True)
class Filled:
    """A study with its people and codes, and the texts it has by now."""

    home: Home
    study: Study
    pi: Person
    researcher: Person
    coders: list[Person]
    codes: tuple[tuple[CodeId, UUID], ...]
    races: tuple[RoundId, ...]
    texts: list[Text] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return self.study.slug

    def add_texts(self, count: int, bodies: Bodies) -> list[Text]:
        """So many more interviews in which exactly this is said, released to the first coders."""
        made: list[Text] = []
        said = [(body, list(bounds(body, "ru"))) for body in bodies]
        for first in range(0, count, AT_ONCE):
            with self.home.data.transaction() as db:
                made += self._texts(db, min(AT_ONCE, count - first), said)
        self.texts += made
        return made

    def _texts(self, db: Session, count: int, said: Said) -> list[Text]:
        before = (
            db.exec(select(func.max(Transcript.number)).where(col(Transcript.study_id) == self.study.id)).one() or 0
        )
        place = Field(self.study, self.researcher, tuple(self.coders[:2]), self.codes, self.races)
        numbers = range(before + 1, before + count + 1)
        Seeder(db, place).interviews([(n, invented.chance(1, n)) for n in numbers], SEED_WORDS, [0] * count)
        db.flush()
        rows = db.exec(
            select(Transcript)
            .where(col(Transcript.study_id) == self.study.id, col(Transcript.number) > before)
            .order_by(col(Transcript.number))
        )
        return [_say(db, row, said) for row in rows]

    def add_codings(self, text: Text, spans: Sequence[Span], coder: Person) -> list[CodingId]:
        """These stretches coded by one coder, codes in turn."""
        return self.add_all_codings([(text, spans)], coder)

    def add_all_codings(self, work: Iterable[tuple[Text, Sequence[Span]]], coder: Person) -> list[CodingId]:
        """The same in many texts, in one transaction."""
        rows: list[dict[str, Any]] = []
        with self.home.data.transaction() as db:
            for text, spans in work:
                for n, (start, end) in enumerate(spans):
                    code_id, code_version_id = self.codes[n % (len(self.codes) - FREE_CODES)]
                    place = {"start": start, "end": end, "code_id": code_id, "code_version_id": code_version_id}
                    mac = quote_mac(db, text.key, text.body[start:end])
                    rows.append(
                        {
                            **place,
                            "id": CodingId(new_id()),
                            "study_id": self.study.id,
                            "transcript_id": text.id,
                            "text_version_id": text.version_id,
                            "text_number": 1,
                            "coder_id": coder.id,
                            "is_unsure": False,
                            "quote_mac": mac,
                            "created_at": now(),
                            "version": 1,
                        }
                    )
            if rows:
                db.execute(insert(Coding), rows)
        return [row["id"] for row in rows]

    def coder(self, n: int, text: Text) -> Person:
        """The n-th coder, made if need be, who may code this text."""
        with self.home.data.transaction() as db:
            while len(self.coders) <= n:
                person = make_person(db, f"coder{len(self.coders) + 10}@{self.slug}.example", "Oydantap")
                add_member(db, self.study, person, Role.CODER)
                self.coders.append(person)
            mine = (col(Assignment.transcript_id) == text.id, col(Assignment.person_id) == self.coders[n].id)
            if db.exec(select(Assignment.id).where(*mine)).first() is None:
                by, person_id = self.researcher.id, self.coders[n].id
                db.add(Assignment(transcript_id=text.id, person_id=person_id, created_by=by, created_at=now()))
        return self.coders[n]

    def acts(self) -> int:
        """How many acts of coding the study's coders did over the wire: each is kept, whatever became of it."""
        with self.home.data.read() as db:
            return db.exec(
                select(func.count()).select_from(Command).where(col(Command.study_id) == self.study.id)
            ).one()

    def count(self) -> int:
        """Living codings, as the database has them."""
        with self.home.data.read() as db:
            mine = (col(Coding.study_id) == self.study.id, col(Coding.deleted_at).is_(None))
            return db.exec(select(func.count()).where(*mine)).one()


def make_study(home: Home, slug: str, *, codes: int = 40, races: int = 0) -> Filled:
    """A study without texts, made as `bench seed` makes one."""
    fill(home, slug, Size(interviews=0, words=1, codings=0, codes=codes, races=races, seed=1))
    with home.data.read() as db:
        study = db.exec(select(Study).where(Study.slug == slug)).one()
        given = tuple((code.id, code.version_id) for code in codes_of(db, study.id) if code.is_codable)
        rounds = tuple(RoundId(one) for one in sorted(round_ids(db, study.id, round_keys(db, study.id)).values()))
        (pi,), (researcher,) = (_people(db, study, role) for role in (Role.PI, Role.RESEARCHER))
        return Filled(home, study, pi, researcher, _people(db, study, Role.CODER), given, rounds)


def _people(db: Session, study: Study, role: Role) -> list[Person]:
    query = select(Person).join(Membership, col(Membership.person_id) == col(Person.id))
    mine = (col(Membership.study_id) == study.id, col(Membership.role) == role)
    return sorted(db.exec(query.where(*mine)), key=lambda person: person.id)


def _say(db: Session, row: Transcript, said: Said) -> Text:
    """Put these turns in the place of what a released transcript says."""
    key, version_id = KeyRef.interview(row.interview_id, row.study_id), row.text_version_id
    assert version_id is not None
    db.execute(delete(Turn).where(col(Turn.text_version_id) == version_id))
    turns: list[dict[str, Any]] = []
    start = 0
    for n, (body, cut) in enumerate(said, start=1):
        at = sealing.RowKey(new_id())
        sealed = {
            "speaker_ct": sealing.seal(db, key, f.TURN_SPEAKER, at, RESPONDENT["ru"]),
            "body_ct": sealing.seal(db, key, f.TURN_BODY, at, body),
        }
        turns.append(
            {
                **sealed,
                "id": at.id,
                "text_version_id": version_id,
                "n": n,
                "start": start,
                "length": len(body),
                "bounds": cut,
                "language": "ru",
                "is_interviewer": n % 2 == 1,
                "sealed_to": SealedTo.INTERVIEW,
                "sealed_rev": 0,
            }
        )
        start += len(body) + 1
    db.execute(insert(Turn), turns)
    db.execute(update(TextVersion).where(col(TextVersion.id) == version_id).values(n_chars=start - 1))
    row.n_chars, row.n_turns, row.language = start - 1, len(said), "ru"
    return Text(row.id, key, version_id, "\n".join(body for body, _cut in said))


def invented_bodies(words: int, seed: int = 1, language: str = "ru") -> Bodies:
    """What is said in an interview of about so many words, turn by turn."""
    return tuple(turn.body for turn in invented.turns(invented.chance(seed), language, words))


def spans_apart(length: int, size: int = 24) -> list[Span]:
    """Stretches of a text that don't touch each other, from its beginning to its end."""
    return [(start, start + size) for start in range(0, max(1, length - size), size * 2)]


def invented_spans(length: int, count: int, seed: int = 1) -> list[Span]:
    """Stretches of 20 to 300 letters all over a text, overlaps among them."""
    random = Random(f"{seed}:{length}:{count}")
    sizes = [min(random.randint(20, 300), max(2, length // 4)) for _ in range(count)]
    starts = [random.randrange(max(1, length - size)) for size in sizes]
    return sorted((start, start + size) for start, size in zip(starts, sizes, strict=True))
