"""Behind a cell: the passages it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.people import names_of
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.codebooks.queries import codes_of
from qualcoder.coding.models import Coding, Valence
from qualcoder.coding.service import turns_at
from qualcoder.coding.translating import OpenTranslation, of_codings
from qualcoder.core.errors import NotFound
from qualcoder.core.ids import CodeId, CodingId, InterviewId, RoundId, TranscriptId
from qualcoder.core.text import Span
from qualcoder.interviews import service as interviews
from qualcoder.matrices.cells import Question, codes_under, links_to_rounds
from qualcoder.races.queries import RaceLine, rounds_of
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.models import Transcript, TranscriptState


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """A coded passage with where it stands and who coded it."""

    transcript_id: TranscriptId
    serial: str
    turn: int
    words: str
    language: str
    respondents: tuple[str, ...]
    coder: str
    valence: Valence | None
    coding_id: CodingId
    translations: tuple[OpenTranslation, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class CellPassages:
    """The passages of one code about one race; those that deny the theme stand apart."""

    code_label: str
    race: RaceLine
    said: tuple[Passage, ...]
    denied: tuple[Passage, ...]


def behind_cell(
    db: Session, me: Person, slug: str, code_id: CodeId, race_id: RoundId, question: Question, language: str
) -> tuple[Access, CellPassages]:
    """Open the passages that a cell counts. The opening is recorded before the first byte."""
    study_id = study_by_slug(db, me, slug, Act.SEE_MATRIX).study.id
    chain.disclose(db, lambda own: chain.record(own, me.id, "matrix.cell_opened", "code", code_id, study_id=study_id))
    access = study_by_slug(db, me, slug, Act.SEE_MATRIX)
    codes = codes_of(db, study_id)
    races = {race.id: race for race in rounds_of(db, study_id)}
    labels = {code.id: code.label.in_language(language) for code in codes}
    if code_id not in labels or race_id not in races:
        raise NotFound
    wanted = codes_under(codes, code_id) if question.is_rolled_up else {code_id}
    rows = _rows(db, access, race_id, wanted, question)
    names = names_of(db, {coding.coder_id for coding, _transcript in rows})
    spoke = interviews.respondents_of(db, study_id, [InterviewId(t.interview_id) for _coding, t in rows])
    translated = of_codings(db, study_id, [coding.id for coding, _transcript in rows])
    passages = [
        replace(
            _passage(db, access, coding, transcript, names[coding.coder_id], spoke[transcript.interview_id]),
            translations=translated.get(coding.id, ()),
        )
        for coding, transcript in rows
    ]
    return access, CellPassages(
        labels[code_id],
        races[race_id],
        tuple(passage for passage in passages if passage.valence is not Valence.DENIES),
        tuple(passage for passage in passages if passage.valence is Valence.DENIES),
    )


def _rows(
    db: Session, access: Access, race_id: RoundId, codes: set[CodeId], question: Question
) -> Sequence[tuple[Coding, Transcript]]:
    query = (
        sql(Coding, Transcript)
        .join(Transcript, col(Transcript.id) == col(Coding.transcript_id))
        .where(
            col(Coding.study_id) == access.study.id,
            col(Coding.code_id).in_(codes),
            col(Coding.deleted_at).is_(None),
            col(Coding.text_number) == col(Transcript.text_number),
            col(Transcript.state) == TranscriptState.CODABLE,
        )
        .order_by(col(Transcript.number), col(Coding.start))
    )
    if question.coder_id is not None:
        query = query.where(col(Coding.coder_id) == question.coder_id)
    rows = [(coding, transcript) for coding, transcript in db.execute(query)]
    ids = list({InterviewId(transcript.interview_id) for _coding, transcript in rows})
    linked = {
        link.interview_id for link in links_to_rounds(db, access, ids, question.link_type) if link.race_id == race_id
    }
    return [(coding, transcript) for coding, transcript in rows if transcript.interview_id in linked]


def _passage(
    db: Session,
    access: Access,
    coding: Coding,
    transcript: Transcript,
    coder: str,
    respondents: Sequence[interviews.RespondentLine],
) -> Passage:
    span = Span(coding.start, coding.end)
    turns = turns_at(db, Reach(access, transcript), span)
    text = "\n".join(turn.body for turn in turns)
    touched = next(turn for turn in turns if turn.end >= coding.start and turn.start <= coding.start)
    return Passage(
        transcript_id=transcript.id,
        serial=transcript.serial,
        turn=touched.n,
        words=span.shifted(-turns[0].start).of(text),
        language=touched.language if touched.language != "mixed" else "ru",
        respondents=tuple(line.serial for line in respondents),
        coder=coder,
        valence=coding.valence,
        coding_id=coding.id,
    )
