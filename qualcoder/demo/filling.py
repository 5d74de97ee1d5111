"""The demo study put into a home by its own people, through the services that everybody uses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from qualcoder.accounts import people, sessions
from qualcoder.accounts import service as accounts
from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.models import Person, Role
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.models import Decision
from qualcoder.codebooks import service as codebooks
from qualcoder.codebooks.files import SHIPPED
from qualcoder.codebooks.queries import codes_of
from qualcoder.coding import service as coding
from qualcoder.coding.service import NewCoding
from qualcoder.commands.studies import receive_and_search
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import CodingId, TranscriptId, new_id
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.demo.content import FOLDER, Coded, Stage, Told, description, interviews
from qualcoder.home import Home
from qualcoder.races import service as races
from qualcoder.transcripts import publishing, queries, reviewing
from qualcoder.transcripts.access import Reach, reach_codable
from qualcoder.transcripts.last_check import StillNames
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.queries import OpenTurn
from qualcoder.transcripts.service import NewTranscript

PASSWORD = "invented demo password"
IDENTITY_PASSPHRASE = "invented identity passphrase"
CODERS = ("coder1", "coder2")
# So many letters begin nobody else's name by chance.
_BEGINNING = 4
_WORD = re.compile(r"\w+")
# A reason is a reader's own words, in the language of the interviews.
NO_NAME = "Обычное слово, не имя"


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of the demo by key."""

    by_key: Mapping[str, Person]

    @property
    def researcher(self) -> Person:
        return self.by_key["researcher"]

    @property
    def coders(self) -> tuple[Person, ...]:
        return tuple(self.by_key[key] for key in CODERS)


def fill(home: Home, chosen: Sequence[Told] | None = None) -> None:
    """Put the demo study into a home that nobody has entered; with all its interviews, or the chosen ones."""
    told = description()
    slug: str = told["study"]["slug"]
    cast = _people(home, told)
    pi = cast.by_key["pi"]
    with home.data.read() as db:
        access = study_by_slug(db, pi, slug, Act.SET_POLICY)
    memory = home.settings.passphrase_memory_mib
    accounts.create_identity(home.data, access, IDENTITY_PASSPHRASE, memory_mib=memory)
    with home.data.transaction() as db:
        access = study_by_slug(db, pi, slug, Act.EDIT_CODEBOOK)
        codebooks.import_codebook(db, access, codebooks.read_file(SHIPPED.name, SHIPPED.read_bytes()))
        for name in (*told["study"]["races"], *told["study"]["candidates"]):
            report = races.import_file(db, access, (FOLDER / "races" / name).read_bytes())
            if report.is_refused:
                raise Invalid(N_("The demo's race file %(name)s was refused."), name=name)
    for interview in interviews() if chosen is None else chosen:
        _interview(home, cast, slug, interview)


def _people(home: Home, told: Mapping[str, Any]) -> Cast:
    """Everybody is invited and chooses the password: by the administrator the PI, and by the PI the others."""
    slug, title = told["study"]["slug"], told["study"]["title"]["en"]
    lines = {person["key"]: person for person in told["people"]}
    admin, pi = lines.pop("admin"), lines.pop("pi")
    with home.data.transaction() as db:
        first = people.create_person(db, admin["email"], admin["name"], is_admin=True)
        token = accounts.invite(db, None, first)
    _come_in(home, first, token)
    with home.data.transaction() as db:
        draft = accounts.StudyDraft(slug, title, needs_second_reader=False, is_demo=True)
        accounts.create_study(db, first, draft)
    found = {"admin": first, "pi": _add(home, first, slug, pi)}
    for key, line in lines.items():
        found[key] = _add(home, found["pi"], slug, line)
    return Cast(found)


def _add(home: Home, by: Person, slug: str, line: Mapping[str, str]) -> Person:
    with home.data.transaction() as db:
        access = study_by_slug(db, by, slug, Act.MANAGE_PEOPLE)
        person, token = accounts.add_member(db, access, line["email"], line["name"], Role(line["role"]))
    if token is not None:
        _come_in(home, person, token)
    return person


def _come_in(home: Home, person: Person, token: str) -> None:
    memory = home.settings.password_memory_mib
    accounts.accept_invitation(home.data, token, PASSWORD, memory_mib=memory)
    with home.data.transaction() as db:
        sessions.end_all(db, person.id)  # nobody sits at this session


def _interview(home: Home, cast: Cast, slug: str, told: Told) -> None:
    new = NewTranscript(
        file_name=told.file.name,
        raw=told.file.read_bytes(),
        title=told.title,
        language=told.language,
        interview=told.record,
    )
    transcript_id = receive_and_search(home, cast.researcher, slug, new).id
    if told.stage is Stage.REVIEW:
        return
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, cast.researcher, transcript_id)
        _decide(db, found, told)
        for missed in told.by_hand:
            # Somebody confirmed in an interview before this one is found by the search, and not missed any more.
            if reviewing.stands_unmarked(db, found, missed.words):
                reviewing.mark_missed(db, found, missed.words, missed.label)
        if told.stage is Stage.SECOND_READING:
            reviewing.finish_first_reading(db, found)
            return
    try:
        _release(home, cast, transcript_id)
    except StillNames:
        with home.data.transaction() as db:
            # A name of somebody in an earlier interview, or a word that only looks like one.
            _decide(db, reviewing.reach_review(db, cast.researcher, transcript_id), told)
        _release(home, cast, transcript_id)
    for key in CODERS:
        with home.data.transaction() as db:
            _code(db, cast.by_key[key], transcript_id, [coded for coded in told.codings if coded.coder == key])


def _decide(db: Session, found: Reach, told: Told) -> None:
    """What identifies somebody is accepted, as its writer says; a word that only looks so is kept."""
    raw = queries.turns_of(db, queries.raw_version(db, found.transcript).id)
    text = "\n".join(turn.body for turn in queries.open_turns(db, found.key, raw))
    for span in reviewing.findings_of(db, found.transcript):
        if span.decision is not Decision.UNDECIDED:
            continue
        if _is_identifying(text[span.start : span.end], told.identifying):
            reviewing.decide(db, found, span.id, Decision.ACCEPT)
        else:
            reviewing.decide(db, found, span.id, Decision.KEEP, reason=NO_NAME)


def _is_identifying(words: str, names: Sequence[str]) -> bool:
    """Whether words hold one of the names, or a word that is one in a name or, from four letters on, begins one."""
    if any(name.casefold() in words.casefold() for name in names):
        return True
    for word in _WORD.findall(words):
        part = re.compile(rf"(?<!\w){re.escape(word)}" + (r"(?!\w)" if len(word) < _BEGINNING else ""))
        if not word.islower() and any(part.search(name) for name in names):
            return True
    return False


def _release(home: Home, cast: Cast, transcript_id: TranscriptId) -> None:
    with home.data.read() as db:
        version = db.get_one(Transcript, transcript_id).version
    publishing.publish(home.data, cast.researcher, transcript_id, [coder.id for coder in cast.coders], version)


def _code(db: Session, coder: Person, transcript_id: TranscriptId, codings: Sequence[Coded]) -> None:
    found = reach_codable(db, coder, transcript_id, Act.CODE)
    turns = queries.open_turns(db, found.key, queries.turns_of(db, found.transcript.text_version_id))
    codes = {code.key: code.id for code in codes_of(db, found.transcript.study_id)}
    for coded in codings:
        coding.add_coding(
            db,
            coder,
            NewCoding(
                id=CodingId(new_id()),
                transcript_id=transcript_id,
                text_number=found.transcript.text_number,
                span=place_of(coded, turns),
                code_id=codes[coded.code],
                valence=coded.valence,
                memo=coded.memo,
            ),
        )


def place_of(coded: Coded, turns: Sequence[OpenTurn]) -> Span:
    """Where a coding lies in the published text. Invalid unless its words stand there exactly once."""
    within = [turn for turn in turns if coded.turn in {None, turn.n}]
    if sum(turn.body.count(coded.quote) for turn in within) != 1:
        raise Invalid(N_("A quote of the demo does not stand in the published text exactly once."))
    turn = next(turn for turn in within if coded.quote in turn.body)
    start = turn.start + turn.body.index(coded.quote)
    return Span(start, start + len(coded.quote))
