"""Transcripts for tests, in any state, through the real services; the search is left out where not tested."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from sqlmodel import col, select

from qualcoder.accounts.models import Person, Study
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.models import PiiSpan
from qualcoder.codebooks import service as codebooks
from qualcoder.codebooks.book import CodebookFile, CodeEntry, Localised
from qualcoder.codebooks.queries import codes_of
from qualcoder.core.errors import Conflict
from qualcoder.core.ids import CodeId, TranscriptId
from qualcoder.core.models import Job, JobState
from qualcoder.home import Home
from qualcoder.interviews.models import Category
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import ConsentScope, InterviewDetails
from qualcoder.transcripts import publishing, reading_rest, reviewing, service
from qualcoder.transcripts.access import reach
from qualcoder.transcripts.models import Transcript, TranscriptState, Turn
from qualcoder.transcripts.queries import OpenTurn, open_turns, turns_of
from qualcoder.transcripts.service import NewTranscript, Speaker
from qualcoder.vault import identity
from qualcoder.vault.keys import KeyRef
from tests.homes import CHEAP_MIB, PASSPHRASE, World, access_of
from tests.remembered import remembered

TEXT = """\
Интервьюер: Расскажите о выборах, пожалуйста.
Респондент: Выдуманов пришёл к нам зимой. Воды не было, и все спрашивали, кто это исправит.
Интервьюер: Кто ещё приходил?
Респондент: Только Выдуманов. Остальных видели в телефоне.
"""
NAME = "Выдуманов"
CONSENT = ConsentScope(quote=True, share=False, archive=False)
_numbers = count(1)


def upload(
    text: str | bytes = TEXT,
    *,
    file_name: str = "сұхбат.txt",
    title: str = "",
    language: str = "ru",
    category: Category = Category.VOTER,
    links: Sequence[NewLink] = (),
    respondents: Sequence[NewRespondent] = (),
) -> NewTranscript:
    """A file with what a researcher says of it. Each text differs, since a study takes the same one once."""
    raw = text if isinstance(text, bytes) else f"{text}Респондент: Это запись {next(_numbers)}.\n".encode()
    interview = NewInterview(
        InterviewDetails(), CONSENT, tuple(respondents) or (NewRespondent(category),), tuple(links)
    )
    return NewTranscript(file_name, raw, interview, title, language)


def receive(home: Home, world: World, new: NewTranscript | None = None, *, by: Person | None = None) -> Transcript:
    """A transcript whose speakers wait to be confirmed."""
    return service.receive(home.data, by or world.pi, world.study.slug, new or upload())


def confirm(home: Home, transcript: Transcript, by: Person) -> None:
    """Say that the first speaker asks; the search for names is then in line."""
    with home.data.transaction() as db:
        found = reach(db, by, transcript.id, Act.REVIEW)
        service.confirm_speakers(db, found, {"0": Speaker.INTERVIEWER}, found.transcript.version)


def to_review(
    home: Home,
    world: World,
    new: NewTranscript | None = None,
    *,
    by: Person | None = None,
    marks: Sequence[str] = (NAME,),
) -> Transcript:
    """A transcript in review in which only `marks` are found, as names of people."""
    who = by or world.pi
    transcript = receive(home, world, new, by=who)
    confirm(home, transcript, who)
    with home.data.transaction() as db:
        db.get_one(Transcript, transcript.id).state = TranscriptState.REVIEW
        for job in db.exec(select(Job).where(col(Job.object_id) == transcript.id)):
            job.state = JobState.DONE
    for words in marks:
        with home.data.transaction() as db:
            reviewing.mark_missed(db, reviewing.reach_review(db, who, transcript.id), words, Label.PERSON)
    return again(home, transcript)


def read_rest(home: Home, transcript: Transcript, who: Person) -> int:
    """Read every part of the raw text that this person has not read; returns how many."""
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, who, transcript.id)
        spans = reviewing.findings_of(db, found.transcript)
        shown, _reasons = reviewing.words_about(db, spans)
        parts = reading_rest.unread(db, found)
        for part in parts:
            reading_rest.read_part(db, found, part.number, reading_rest.seen_of(part, spans, shown))
        return len(parts)


def release(home: Home, transcript: Transcript, by: Person, *coders: Person) -> Transcript:
    """Publish for these coders, the text having been read. Everything must be decided."""
    read_rest(home, transcript, by)
    seen = again(home, transcript).version
    publishing.publish(home.data, by, transcript.id, [coder.id for coder in coders], seen)
    return again(home, transcript)


def to_codable(home: Home, world: World, new: NewTranscript | None = None, *coders: Person) -> Transcript:
    """A transcript of the PI, released to the coder of the world, or to those given."""
    readers = coders or (world.coder,)

    def build() -> Transcript:
        open_vault(home, world.study)
        transcript = to_review(home, world, new, marks=(NAME,) if new is None else ())
        return release(home, transcript, world.pi, *readers)

    if new is not None:
        return build()
    step = f"codable for {[str(reader.id) for reader in readers]}"
    return remembered(home, step, build, lambda transcript: again(home, transcript))


def open_vault(home: Home, study: Study) -> None:
    """Make sure that the study has an identity vault."""
    try:
        identity.create(home.keyring, study.id, PASSPHRASE, memory_mib=CHEAP_MIB)
    except Conflict:
        return


def again(home: Home, transcript: Transcript) -> Transcript:
    """The row as it is now."""
    with home.data.read() as db:
        return db.get_one(Transcript, transcript.id)


def findings(home: Home, transcript_id: TranscriptId) -> list[PiiSpan]:
    with home.data.read() as db:
        return reviewing.findings_of(db, db.get_one(Transcript, transcript_id))


def turns_in(home: Home, text_version_id: object) -> list[Turn]:
    with home.data.read() as db:
        return turns_of(db, text_version_id)


def text_of(home: Home, transcript: Transcript) -> list[OpenTurn]:
    """The turns of the version in use, opened with the interview's key."""
    with home.data.read() as db:
        now = db.get_one(Transcript, transcript.id)
        key = KeyRef.interview(now.interview_id, now.study_id)
        return open_turns(db, key, turns_of(db, now.text_version_id))


CODES = (
    CodeEntry(
        code="FACTOR", parent=None, stata="th_factor", label=Localised("Factors", "Факторы", "Себептер"), codable=False
    ),
    CodeEntry(code="WATER", parent="FACTOR", stata="th_water", label=Localised("Water", "Вода", "Су")),
    CodeEntry(code="ROADS", parent="FACTOR", stata="th_roads", label=Localised("Roads", "Дороги", "Жолдар")),
    CodeEntry(code="COURT", parent=None, stata="th_court", label=Localised("Court", "Суд", "Сот")),
)


def import_codes(home: Home, world: World, *more: CodeEntry) -> dict[str, CodeId]:
    """A small codebook; ids by key."""
    book = CodebookFile(slug="small", title=Localised(en="Small"), codes=(*CODES, *more))

    def build() -> dict[str, CodeId]:
        with home.data.transaction() as db:
            access = access_of(db, world.study, world.pi)
            codebooks.import_codebook(db, access, book)
            db.flush()
            return {code.key: code.id for code in codes_of(db, world.study.id)}

    return build() if more else remembered(home, "codes", build, dict)
