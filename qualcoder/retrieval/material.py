"""What a question is asked of: codings that its asker sees in released transcripts, narrowed by what a role may read.

Links and categories are sealed: they are opened for computing, for interviews whose page the asker may open, and
nothing opened is kept. A filter that reads them leaves all other interviews out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Role
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks.queries import OpenCode
from qualcoder.coding import layers
from qualcoder.coding.models import Coding
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import CodeId, InterviewId, RoundId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.interviews import queries as interview_rows
from qualcoder.interviews import service as interviews
from qualcoder.matrices.cells import codes_under, links_to_rounds
from qualcoder.races.queries import values_by_round, wording_of
from qualcoder.retrieval.evaluation import Mark, Text
from qualcoder.retrieval.question import Ask, Field, Narrowing, Speaker, require_readable
from qualcoder.transcripts.models import Transcript, TranscriptState, Turn
from qualcoder.transcripts.queries import within_reach

# Fewer codes than this are named in the question to the database; more cost it more than they spare.
MOST_NAMED = 500


@dataclass(frozen=True, slots=True)
class Source:
    """A released transcript that the asker reads."""

    number: int
    transcript_id: TranscriptId
    version_id: UUID
    interview_id: InterviewId


@dataclass(frozen=True, slots=True)
class Material:
    """Codings as places, what is known of their texts, and where the texts are."""

    marks: tuple[Mark, ...]
    texts: Mapping[int, Text]
    sources: Mapping[int, Source]


def gather(db: Session, access: Access, ask: Ask, codes: Sequence[OpenCode], *, every_code: bool = False) -> Material:
    """The material of a question; Refused when it reads a field that the role may not."""
    require_readable(access, ask)
    sources = _narrowed(db, access, ask.narrowing, _sources(db, access))
    texts = {number: Text(source.interview_id) for number, source in sources.items()}
    if Field.RACE in ask.reads:
        texts = _with_races(db, access, ask, texts)
        texts = {number: text for number, text in texts.items() if text.races}
    named = None if every_code else _codes_in(ask, codes)
    # What stands under a proposal, or a declined one, counts nowhere.
    known = {code.id for code in codes}
    marks = [mark for mark in _marks(db, access, ask, texts, named) if mark.code_id in known]
    if ask.needs_turns:
        turns = _turns(db, access, {mark.text for mark in marks})
        texts = {
            number: replace(text, starts=[start for start, _asks in turns.get(number, ())])
            for number, text in texts.items()
        }
        if ask.narrowing.speaker:
            marks = [mark for mark in marks if _speaks(mark, turns.get(mark.text, ()), ask.narrowing.speaker)]
    return Material(tuple(marks), texts, sources)


def _sources(db: Session, access: Access) -> dict[int, Source]:
    rows = db.execute(
        sql(
            col(Transcript.number),
            col(Transcript.id),
            col(Transcript.text_version_id),
            col(Transcript.interview_id),
        ).where(*within_reach(access), col(Transcript.state) == TranscriptState.CODABLE)
    )
    return {
        number: Source(number, TranscriptId(transcript_id), version_id, InterviewId(interview_id))
        for number, transcript_id, version_id, interview_id in rows
        if version_id is not None
    }


def open_interviews(db: Session, access: Access, interview_ids: Iterable[InterviewId]) -> set[InterviewId]:
    """Those interviews of which the asker may read respondents and links: a researcher's own, all for a PI."""
    if not access.may(Act.SEE_INTERVIEW):
        return set()
    if access.role is Role.RESEARCHER:
        return {*interview_ids} & {*interview_rows.interviews_by(db, access.study.id, access.person.id)}
    return {*interview_ids}


def _narrowed(db: Session, access: Access, narrowing: Narrowing, sources: Mapping[int, Source]) -> Mapping[int, Source]:
    if narrowing.category is None:
        return sources
    wanted = open_interviews(db, access, (source.interview_id for source in sources.values()))
    people = interviews.respondents_of(db, access.study.id, wanted)
    fitting = {one for one, lines in people.items() if any(line.category is narrowing.category for line in lines)}
    return {number: source for number, source in sources.items() if source.interview_id in fitting}


# Races ------------------------------------------------------------------------------------------


def _with_races(db: Session, access: Access, ask: Ask, texts: Mapping[int, Text]) -> dict[int, Text]:
    wanted = open_interviews(db, access, (text.interview_id for text in texts.values()))
    fitting = _fitting_rounds(db, access, ask.narrowing) if ask.narrowing.variable else None
    races: dict[InterviewId, set[RoundId]] = {}
    for link in links_to_rounds(db, access, sorted(wanted)):
        if fitting is None or link.race_id in fitting:
            races.setdefault(link.interview_id, set()).add(link.race_id)
    return {
        number: replace(text, races=tuple(sorted(races.get(text.interview_id, ())))) for number, text in texts.items()
    }


def _fitting_rounds(db: Session, access: Access, narrowing: Narrowing) -> set[RoundId]:
    variables, values = values_by_round(db, access.study.id)
    variable = next((one for one in variables if one.name == narrowing.variable), None)
    if variable is None:
        raise _not_offered()
    known = {round_id: value for (round_id, variable_id), value in values.items() if variable_id == variable.id}
    if variable.kind != "text":
        if narrowing.wording:
            raise _not_offered()
        return {round_id for round_id, value in known.items() if _lies_between(value.number, narrowing)}
    all_said = {value.text for value in known.values() if value.text}
    said = {text for text in all_said if wording_of(db, access.study.id, variable.name, text) == narrowing.wording}
    if not said:
        raise _not_offered()
    if narrowing.lowest is not None or narrowing.highest is not None:
        message = N_("This variable holds words, which lie between no numbers: leave both empty.")
        raise Invalid(message, fields={"lowest": message})
    return {round_id for round_id, value in known.items() if value.text in said}


def _lies_between(number: float | None, narrowing: Narrowing) -> bool:
    return (
        number is not None
        and (narrowing.lowest is None or number >= narrowing.lowest)
        and (narrowing.highest is None or number <= narrowing.highest)
    )


def _not_offered() -> Invalid:
    message = N_("Choose one of the offered values.")
    return Invalid(message, fields={"variable": message})


# Codings ----------------------------------------------------------------------------------------


def _codes_in(ask: Ask, codes: Sequence[OpenCode]) -> set[CodeId] | None:
    """All codes that the rows name, None for any."""
    found: set[CodeId] = set()
    for row in ask.rows:
        if row.code_id is None:
            return None
        found |= codes_under(codes, row.code_id) if row.is_deep else {row.code_id}
    return found


def _marks(db: Session, access: Access, ask: Ask, texts: Collection[int], codes: set[CodeId] | None) -> list[Mark]:
    query = (
        sql(
            col(Coding.id),
            col(Coding.code_id),
            col(Transcript.number),
            col(Coding.start),
            col(Coding.end),
        )
        .join(Transcript, col(Transcript.id) == col(Coding.transcript_id))
        .where(
            *layers.seen_in(access),
            *within_reach(access),
            col(Transcript.state) == TranscriptState.CODABLE,
            col(Coding.deleted_at).is_(None),
            col(Coding.text_version_id) == col(Transcript.text_version_id),
        )
    )
    if ask.narrowing.coder_id is not None:
        query = query.where(col(Coding.coder_id) == ask.narrowing.coder_id)
    if codes is not None and len(codes) <= MOST_NAMED:
        query = query.where(col(Coding.code_id).in_(codes))
    return [
        Mark(coding_id, code_id, number, start, end)
        for coding_id, code_id, number, start, end in db.execute(query)
        if number in texts
    ]


def _turns(db: Session, access: Access, numbers: Collection[int]) -> dict[int, list[tuple[int, bool]]]:
    """Where the turns of these texts begin, and whether the interviewer speaks."""
    found: dict[int, list[tuple[int, bool]]] = {}
    if not numbers:
        return found
    rows = db.execute(
        sql(col(Transcript.number), col(Turn.start), col(Turn.is_interviewer))
        .join(Transcript, col(Transcript.text_version_id) == col(Turn.text_version_id))
        .where(*within_reach(access), col(Transcript.state) == TranscriptState.CODABLE)
        .order_by(col(Turn.start))
    )
    for number, start, is_interviewer in rows:
        if number in numbers:
            found.setdefault(number, []).append((start, is_interviewer))
    return found


def _speaks(mark: Mark, turns: Sequence[tuple[int, bool]], speaker: Speaker) -> bool:
    first = max(0, bisect_right(turns, mark.start, key=lambda turn: turn[0]) - 1)
    last = bisect_left(turns, mark.end, key=lambda turn: turn[0])
    asks = speaker is Speaker.INTERVIEWER
    return any(is_interviewer == asks for _start, is_interviewer in turns[first:last])


def lines_of(codes: Sequence[OpenCode], *, is_rolled_up: bool) -> dict[CodeId, list[CodeId]]:
    """For each code those it counts for: itself, and with rolling up everything above it."""
    found: dict[CodeId, list[CodeId]] = {}
    for code in codes:  # a parent comes before its children
        above = found.get(code.parent_id, []) if is_rolled_up and code.parent_id else []
        found[code.id] = [code.id, *above]
    return found
