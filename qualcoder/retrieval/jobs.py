"""Making files of passages, in the worker. Figures are made by the matrix's own job."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select as sql
from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access, study_by_id
from qualcoder.accounts.models import Language, Person
from qualcoder.accounts.people import names_of
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.known_names import known_names
from qualcoder.codebooks.models import CodeVersion
from qualcoder.codebooks.queries import OpenCode, codes_of
from qualcoder.coding.mask_search import states_of
from qualcoder.coding.models import Coding
from qualcoder.coding.translating import OpenTranslation, of_codings
from qualcoder.core.catalogue import catalogue
from qualcoder.core.db import Database
from qualcoder.core.ids import CodeId, CodingId, InterviewId, JobId, PersonId
from qualcoder.core.messages import N_
from qualcoder.core.models import Job
from qualcoder.core.queue import progress
from qualcoder.core.text import Span
from qualcoder.interviews.consents import may_quote
from qualcoder.interviews.models import Interview
from qualcoder.matrices import jobs as figures
from qualcoder.matrices.models import ExportLedger
from qualcoder.matrices.names import names_in
from qualcoder.matrices.service import spec_of
from qualcoder.matrices.tables import Column, ColumnKind, Table, Value
from qualcoder.retrieval.answering import find
from qualcoder.retrieval.material import Source
from qualcoder.retrieval.service import asked_in
from qualcoder.transcripts.queries import OpenTurn, open_turns, turns_to_read
from qualcoder.vault.keys import KeyRef

AT_ONCE = 500
TRIES = 3
_TEXT, _WHOLE = ColumnKind.TEXT, ColumnKind.WHOLE
_YES_NO = {0: N_("no"), 1: N_("yes")}
_COLUMNS = (
    ("passage_id", _TEXT, N_("Coding")),
    ("transcript", _TEXT, N_("Transcript")),
    ("text_version", _WHOLE, N_("Number of the text version")),
    ("turn", _WHOLE, N_("Turn in which the passage begins")),
    ("start", _WHOLE, N_("First character, counted from 0 in code points")),
    ("end", _WHOLE, N_("Character after the last one")),
    ("interviewer", _WHOLE, N_("The interviewer speaks where the passage begins")),
    ("language", _TEXT, N_("Language of the turn")),
    ("code", _TEXT, N_("Code")),
    ("code_label", _TEXT, N_("Label of the code")),
    ("code_version", _WHOLE, N_("Version of the code's definition under which it was coded")),
    ("coder", _TEXT, N_("Coder")),
    ("valence", _TEXT, N_("Whether the factor helps, hinders or is denied")),
    ("weight", _WHOLE, N_("Weight, 1 to 5")),
    ("unsure", _WHOLE, N_("The coder was unsure")),
    ("coded_at", _TEXT, N_("When it was coded (UTC)")),
    ("may_quote", _WHOLE, N_("The consent allows to quote; else the words are left out")),
    ("words", _TEXT, N_("Words of the passage")),
    ("words_kk", _TEXT, N_("Translation into Kazakh")),
    ("words_ru", _TEXT, N_("Translation into Russian")),
    ("words_en", _TEXT, N_("Translation into English")),
    ("translators", _TEXT, N_("Who translated and who checked it; stale when the passage has other words now")),
)
_ANSWERS = {"interviewer", "unsure", "may_quote"}


def export(database: Database, job_id: JobId) -> None:
    """Make the file of one export: of passages where the ledger names a question, else of figures."""
    for _ in range(TRIES - 1):
        try:
            return _export(database, job_id)
        except figures.Overtaken:
            continue
    return _export(database, job_id)


def _export(database: Database, job_id: JobId) -> None:
    progress(database, job_id, 0, figures.STEPS)
    with database.read() as db:
        row = db.get_one(ExportLedger, db.get_one(Job, job_id).object_id)
        access = study_by_id(db, db.get_one(Person, row.person_id), row.study_id, Act.EXPORT)
        spec = spec_of(db, access, row)
        seen = states_of(db, row.study_id)
        if spec.query and row.blob_id is None:
            table = table_of(db, access, spec.query, spec.language)
            found = names_in(known_names(db, row.study_id), table, public_columns=0, title="")
    if not spec.query:
        figures.export(database, job_id)
    elif row.blob_id is None:
        study_id = row.study_id
        figures.hand_over(database, job_id, row, table, found, spec, still=lambda own: states_of(own, study_id) == seen)


def table_of(db: Session, access: Access, query: str, language: str) -> Table:
    """A row for each coding that the question finds; words only where the newest consent allows quotes."""
    say = catalogue(language).text
    codes = codes_of(db, access.study.id, with_retired=True)
    material, found = find(db, access, asked_in(query), codes)
    order = [mark.coding_id for mark in found.marks]
    codings = _codings(db, order)
    held = _Held(
        {code.id: code for code in codes},
        names_of(db, {coding.coder_id for coding in codings.values()}),
        _versions(db, {coding.code_version_id for coding in codings.values()}),
        language,
        say,
    )
    columns = tuple(
        Column(name, kind, say(label), {n: say(word) for n, word in _YES_NO.items()} if name in _ANSWERS else {})
        for name, kind, label in _COLUMNS
    )
    quotable = _quotable(db, {material.sources[mark.text].interview_id for mark in found.marks})
    rows: list[tuple[Value, ...]] = []
    quoted = [mark.coding_id for mark in found.marks if material.sources[mark.text].interview_id in quotable]
    translated = of_codings(db, access.study.id, quoted)
    numbers = dict.fromkeys(mark.text for mark in found.marks)
    ids = {number: [mark.coding_id for mark in found.marks if mark.text == number] for number in numbers}
    for number, coding_ids in ids.items():
        source = material.sources[number]
        key = KeyRef.interview(source.interview_id, access.study.id)
        turns = open_turns(db, key, turns_to_read(db, source.version_id))
        may_quote = source.interview_id in quotable
        rows += [
            (*_row(codings[one], source, turns, held, may_quote=may_quote), *_translations(translated.get(one, ())))
            for one in coding_ids
        ]
    return Table(columns, tuple(rows))


@dataclass(frozen=True, slots=True, repr=False)
class _Held:
    """What the rows have in common, opened once."""

    codes: Mapping[CodeId, OpenCode]
    coders: Mapping[PersonId, str]
    versions: Mapping[UUID, int]
    language: str
    say: Callable[[str], str]


def _row(
    coding: Coding, source: Source, turns: Sequence[OpenTurn], held: _Held, *, may_quote: bool
) -> tuple[Value, ...]:
    here = [turn for turn in turns if turn.start < coding.end and coding.start < turn.end]
    words = Span(coding.start, coding.end).shifted(-here[0].start).of("\n".join(turn.body for turn in here))
    code = held.codes[coding.code_id]
    return (
        str(coding.id),
        f"T-{source.number:03d}",
        coding.text_number,
        here[0].n,
        coding.start,
        coding.end,
        int(here[0].is_interviewer),
        here[0].language,
        code.key,
        code.label.in_language(held.language),
        held.versions[coding.code_version_id],
        held.coders[coding.coder_id],
        coding.valence.value if coding.valence else None,
        coding.weight,
        int(coding.is_unsure),
        coding.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        int(may_quote),
        words if may_quote else None,
    )


def _translations(found: Sequence[OpenTranslation]) -> tuple[str | None, ...]:
    """The words in each language, and by whom; nothing where there is none."""
    words = {one.language: one.words for one in found}
    by = "; ".join(
        f"{one.language.value}: {one.translator}"
        + (f", {one.status.value}: {one.checker}" if one.checker else f", {one.status.value}")
        + (", stale" if one.is_stale else "")
        for one in found
    )
    return (*(words.get(one) for one in (Language.KK, Language.RU, Language.EN)), by or None)


def _portions(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for first in range(0, len(ids), AT_ONCE):
        yield ids[first : first + AT_ONCE]


def _codings(db: Session, ids: Sequence[CodingId]) -> dict[CodingId, Coding]:
    return {row.id: row for some in _portions(ids) for row in db.scalars(sql(Coding).where(col(Coding.id).in_(some)))}


def _versions(db: Session, ids: Iterable[UUID]) -> dict[UUID, int]:
    query = sql(col(CodeVersion.id), col(CodeVersion.number))
    return {
        version_id: number
        for some in _portions(sorted(ids))
        for version_id, number in db.execute(query.where(col(CodeVersion.id).in_(some)))
    }


def _quotable(db: Session, interview_ids: Iterable[InterviewId]) -> set[InterviewId]:
    """Interviews whose newest consent allows quotes today."""
    found = set()
    for some in _portions(sorted(interview_ids)):
        for interview in db.exec(select(Interview).where(col(Interview.id).in_(some))).all():
            if may_quote(db, interview):
                found.add(InterviewId(interview.id))
    return found
