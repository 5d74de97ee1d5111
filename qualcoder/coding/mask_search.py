"""Where a missed name stands in a study: in every version of its released texts, in memos and translations; and where
it is only told of. For the PI alone, who says which forms of it are replaced.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy import select as sql
from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access
from qualcoder.anonymise.findings import Label
from qualcoder.coding.mask_told import Told, told_of
from qualcoder.coding.memo_subjects import key_of
from qualcoder.coding.models import Command, Memo, Translation
from qualcoder.coding.new_version import whole_turns
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import InterviewId, StudyId, TextVersionId
from qualcoder.core.messages import N_
from qualcoder.core.text import Span, merge
from qualcoder.interviews.models import Interview, InterviewState
from qualcoder.transcripts.flag_models import Flag, Standing
from qualcoder.transcripts.missed import hits_in
from qualcoder.transcripts.models import TextKind, TextVersion, Transcript, TranscriptState
from qualcoder.transcripts.queries import OpenTurn
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.fields import SealedField
from qualcoder.vault.keys import KeyRef

AROUND = 40
# How much of a word must be the same as in the name to be shown beside it.
ALIKE = 0.8
_WORD = re.compile(r"[^\W\d_]{4,40}")
LONGEST_NAME = 300
# States in which nobody but its reviewers reads a text; the last check before the release asks about known names.
UNRELEASED = frozenset({TranscriptState.DETECTING, TranscriptState.REVIEW, TranscriptState.SECOND_READ})


@dataclass(frozen=True, slots=True, repr=False)
class Form:
    """Words that stand in texts, how often, and one place of them."""

    words: str
    count: int
    is_ticked: bool
    serial: str
    language: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, repr=False)
class Text:
    """A version of a released text with its turns, and the places of the name in it.

    `loose` are words like it in an earlier version.
    """

    transcript_id: UUID
    interview_id: InterviewId
    version_id: TextVersionId
    number: int
    turns: tuple[OpenTurn, ...]
    spans: tuple[Span, ...]
    loose: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Note:
    """A memo or a translation, and the places of the name in it. What is about no interview has the study's key."""

    table: type[Memo] | type[Translation]
    id: UUID
    interview_id: InterviewId | None
    body: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class FlagNote:
    """A flag whose note or reason holds the name."""

    flag_id: UUID
    interview_id: InterviewId


@dataclass(frozen=True, slots=True, repr=False)
class Survey:
    """Everything that was found. `states` tell whether a text was changed since."""

    words: str
    label: Label
    forms: tuple[Form, ...]
    texts: tuple[Text, ...]
    notes: tuple[Note, ...]
    flags: tuple[FlagNote, ...]
    told: tuple[Told, ...]
    in_review: int
    states: frozenset[tuple[UUID, int, int]] = field(default=frozenset())
    # Interviews whose log of acts says the name, as notes did before they were changed.
    logs: frozenset[InterviewId] = field(default=frozenset())

    @property
    def interviews(self) -> frozenset[InterviewId]:
        """The interviews that get a new key."""
        found = {one.interview_id for held in (self.texts, self.notes, self.flags) for one in held}
        return frozenset({one for one in found if one is not None} | self.logs)


@dataclass(frozen=True, slots=True, repr=False)
class Sought:
    """A name as somebody typed it, what kind of thing it names, and which forms are meant; None is those proposed."""

    words: str
    label: Label
    forms: frozenset[str] | None = None


def states_of(db: Session, study_id: StudyId) -> frozenset[tuple[UUID, int, int]]:
    """The released texts of a study with the numbers that change when a text or what is hidden in it does."""
    rows = db.execute(
        sql(col(Transcript.id), col(Transcript.text_number), col(Transcript.hidden_revision)).where(
            col(Transcript.study_id) == study_id, col(Transcript.state) == TranscriptState.CODABLE
        )
    )
    return frozenset((UUID(str(one)), number, revision) for one, number, revision in rows)


def survey(db: Session, access: Access, flag: Flag, sought: Sought) -> Survey:
    """Look for a name in every version of a study's released texts, in notes and in what names things."""
    words = " ".join(sought.words.split())
    if len(words) < 2 or len(words) > LONGEST_NAME:
        message = N_("Type the words as they stand in the text.")
        raise Invalid(message, fields={"words": message})
    study_id = access.study.id
    states = states_of(db, study_id)
    released = _released(db, study_id)
    search = _Search(words, sought)
    texts = [text for row in released for text in _texts(db, row, flag, search)]
    notes = list(_notes(db, study_id, search))
    in_review = col(Transcript.state).in_(UNRELEASED)
    return Survey(
        words=words,
        label=sought.label,
        forms=search.forms(),
        texts=tuple(texts),
        notes=tuple(notes),
        flags=tuple(_flags(db, released, search)),
        told=tuple(told_of(db, study_id, released, search.is_in)),
        in_review=len(db.exec(select(Transcript.id).where(col(Transcript.study_id) == study_id, in_review)).all()),
        states=states,
        logs=frozenset(_logs(db, released, search)),
    )


def beside_texts(db: Session, study_id: StudyId, plan: Survey, sought: Sought) -> Survey:
    """The same with the notes and logs of this moment: people write them while a name is being masked."""
    released, search = _released(db, study_id), _Search(plan.words, sought)
    return replace(
        plan,
        notes=tuple(_notes(db, study_id, search)),
        flags=tuple(_flags(db, released, search)),
        logs=frozenset(_logs(db, released, search)),
    )


def _released(db: Session, study_id: StudyId) -> list[Transcript]:
    mine = (col(Transcript.study_id) == study_id, col(Transcript.state) == TranscriptState.CODABLE)
    rows = list(db.exec(select(Transcript).where(*mine).order_by(col(Transcript.number))))
    sealing.preload(db, [KeyRef.interview(row.interview_id, study_id) for row in rows])
    return rows


class _Search:
    """One name in many texts; remembers which forms of it were seen."""

    def __init__(self, words: str, sought: Sought) -> None:
        self._words, self._sought = words, sought
        self._seen: dict[str, Form] = {}
        self._parts = [part.casefold() for part in _WORD.findall(words)]
        self._is_alike: dict[str, bool] = {}

    def spans(self, turns: Collection[OpenTurn], serial: str = "") -> list[Span]:
        """The places to replace, joined where they touch. With a serial, forms are remembered."""
        found = []
        for turn in turns:
            for span, is_form in self._hits(turn):
                words = span.of(turn.body)
                if serial:
                    self._remember(words, turn, span, serial, is_form=is_form)
                if is_form if self._sought.forms is None else words in self._sought.forms:
                    found.append(span.shifted(turn.start))
        return merge(found)

    def alike(self, turns: Collection[OpenTurn]) -> list[Span]:
        """Every place of the name and of words like it, meant or not."""
        return merge(span.shifted(turn.start) for turn in turns for span, _is_form in self._hits(turn))

    def _hits(self, turn: OpenTurn) -> Iterator[tuple[Span, bool]]:
        """Places of the words and of forms of them, then of words that are nearly so: a name may be misspelt."""
        taken = []
        for hit in hits_in(turn, self._words, self._sought.label):
            taken.append(hit.span)
            yield hit.span, hit.is_form
        for match in _WORD.finditer(turn.body):
            span = Span(match.start(), match.end())
            if match[0][0].isupper() and self._like(match[0]) and not any(span.overlaps(one) for one in taken):
                yield span, False

    def _like(self, word: str) -> bool:
        if word not in self._is_alike:
            matchers = [SequenceMatcher(None, word.casefold(), part) for part in self._parts]
            self._is_alike[word] = any(
                one.real_quick_ratio() >= ALIKE and one.quick_ratio() >= ALIKE and one.ratio() >= ALIKE
                for one in matchers
            )
        return self._is_alike[word]

    def is_in(self, *texts: str) -> bool:
        """Whether one of some short texts holds the name, also in a form that stands in no text."""
        hits = ((text, *hit) for text in texts if text for hit in self._hits(_as_turn(text)))
        return any(is_form or span.of(text) in (self._sought.forms or ()) for text, span, is_form in hits)

    def is_all_of(self, turns: Collection[OpenTurn], flag: Flag) -> bool:
        """Whether the flagged passage itself was sought."""
        text = "\n".join(turn.body for turn in turns)
        return " ".join(text[flag.start : flag.end].split()) == self._words

    def _remember(self, words: str, turn: OpenTurn, span: Span, serial: str, *, is_form: bool) -> None:
        known = self._seen.get(words)
        before, after = turn.body[max(0, span.start - AROUND) : span.start], turn.body[span.end : span.end + AROUND]
        self._seen[words] = Form(
            words=words,
            count=known.count + 1 if known else 1,
            is_ticked=is_form if self._sought.forms is None else words in self._sought.forms,
            serial=known.serial if known else serial,
            language=turn.language if turn.language != "mixed" else "ru",
            before=known.before if known else before,
            after=known.after if known else after,
        )

    def forms(self) -> tuple[Form, ...]:
        return tuple(sorted(self._seen.values(), key=lambda form: (not form.is_ticked, -form.count, form.words)))


def _as_turn(text: str) -> OpenTurn:
    return OpenTurn(0, 0, len(text), (), "mixed", is_interviewer=False, speaker="", body=text)


def _texts(db: Session, row: Transcript, flag: Flag, search: _Search) -> Iterator[Text]:
    """The versions of a released text in which the name stands, the one in use last."""
    key = KeyRef.interview(row.interview_id, row.study_id)
    versions = db.exec(
        select(TextVersion)
        .where(
            col(TextVersion.transcript_id) == row.id,
            col(TextVersion.kind) == TextKind.ANONYMISED,
            col(TextVersion.masked_at).is_(None),
        )
        .order_by(col(TextVersion.number))
    ).all()
    found = []
    for version in versions:
        turns = tuple(whole_turns(db, key, version.id))
        is_current = version.id == row.text_version_id
        spans = search.spans(turns, row.serial if is_current else f"{row.serial} ({version.number})")
        if version.id == flag.text_version_id and search.is_all_of(turns, flag):
            # A passage that reaches over two turns is found by no words.
            spans = merge([*spans, Span(flag.start, flag.end)])
        found.append(Text(row.id, row.interview_id, version.id, version.number, turns, tuple(spans)))
    if any(text.spans for text in found):
        for one in found[:-1]:
            # What is shown of an earlier version is what a coding stands on: rather too little than a misspelt name.
            loose = [span for span in search.alike(one.turns) if not any(span.overlaps(sure) for sure in one.spans)]
            if one.spans or loose:
                yield replace(one, loose=tuple(loose))
        yield found[-1]


def _note_rows(db: Session, study_id: StudyId) -> list[Memo | Translation]:
    """Every memo and translation of a study that can be opened, those that were taken away too."""
    active = select(Interview.id).where(
        col(Interview.study_id) == study_id, col(Interview.state) == InterviewState.ACTIVE
    )
    is_open = or_(col(Memo.interview_id).is_(None), col(Memo.interview_id).in_(active))
    memos = db.exec(select(Memo).where(col(Memo.study_id) == study_id, is_open))
    translations = select(Translation).where(
        col(Translation.study_id) == study_id, col(Translation.interview_id).in_(active)
    )
    return [*memos, *db.exec(translations)]


def sealed_with(row: Memo | Translation) -> tuple[KeyRef, SealedField]:
    """Whose key seals a memo or a translation."""
    if isinstance(row, Translation):
        return KeyRef.interview(row.interview_id, row.study_id), f.TRANSLATION_BODY
    return key_of(row)


def _notes(db: Session, study_id: StudyId, search: _Search) -> Iterator[Note]:
    rows = _note_rows(db, study_id)
    sealing.preload(db, {sealed_with(row)[0] for row in rows} | {KeyRef.study(study_id)})
    ordered = select(Transcript).where(col(Transcript.study_id) == study_id).order_by(col(Transcript.number).desc())
    serials = {transcript.interview_id: transcript.serial for transcript in db.exec(ordered)}
    for row in rows:
        body = sealing.open_(db, *sealed_with(row), row, row.body_ct)
        # A form that stands in a note alone is proposed like any other.
        serial = serials.get(row.interview_id, "-") if row.interview_id is not None else "-"
        if spans := search.spans([_as_turn(body)], serial):
            yield Note(type(row), row.id, row.interview_id, body, tuple(spans))


def _flags(db: Session, released: Collection[Transcript], search: _Search) -> Iterator[FlagNote]:
    by_id: Mapping[UUID, Transcript] = {row.id: row for row in released}
    for flag in db.exec(select(Flag).where(col(Flag.transcript_id).in_(by_id.keys()))):
        row = by_id[flag.transcript_id]
        key = KeyRef.interview(row.interview_id, row.study_id)
        note = sealing.open_(db, key, f.FLAG_NOTE, flag, flag.note_ct)
        if search.is_in(note, sealing.open_(db, key, f.FLAG_REASON, flag, flag.reason_ct)):
            yield FlagNote(flag.id, row.interview_id)


def _logs(db: Session, released: Collection[Transcript], search: _Search) -> Iterator[InterviewId]:
    """A log keeps what notes said before. It is emptied, not rewritten: a word like the name is enough."""
    for row in released:
        key = KeyRef.interview(row.interview_id, row.study_id)
        lines = db.exec(select(Command).where(col(Command.transcript_id) == row.id))
        said = (sealing.open_(db, key, f.COMMAND_PAYLOAD, line, line.payload_ct) for line in lines)
        notes = (json.dumps(json.loads(one).get("notes", ""), ensure_ascii=False) for one in said if '"words"' in one)
        if any(search.alike([_as_turn(one)]) for one in notes):
            yield row.interview_id


def is_masked_since(db: Session, transcript_id: UUID, number: int) -> bool:
    """Whether a name was masked in version `number` of a text or a later one: acts on it can't be undone any more."""
    masked = select(TextVersion.id).where(
        col(TextVersion.transcript_id) == transcript_id,
        col(TextVersion.number) >= number,
        col(TextVersion.masked_at).is_not(None),
    )
    return db.exec(masked.limit(1)).first() is not None


def words_flagged(db: Session, key: KeyRef, flag: Flag) -> str:
    """The words of a flagged passage."""
    turns = [
        turn for turn in whole_turns(db, key, flag.text_version_id) if turn.start < flag.end and flag.start < turn.end
    ]
    text = "\n".join(turn.body for turn in turns)
    return text[flag.start - turns[0].start : flag.end - turns[0].start] if turns else ""


def is_open(flag: Flag) -> bool:
    """Whether a flag says for certain that its words name somebody, and nobody masked them yet."""
    return flag.standing is Standing.NAME
