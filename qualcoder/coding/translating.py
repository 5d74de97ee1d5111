"""Translations of coded passages, for quoting: one for each language, draft or checked, under the interview's key.

Whoever sees a coding sees its translations and may write them: its coder, and a PI. While a flag hides words of the
passage its translations are withheld too. A translation of words that the passage has no more is kept and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.models import Language, Person
from qualcoder.accounts.people import names_of
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise import leaks
from qualcoder.audit import chain
from qualcoder.coding import layers
from qualcoder.coding.memos import LONGEST_MEMO
from qualcoder.coding.models import Coding, Translation, TranslationStatus
from qualcoder.coding.passages import turns_at
from qualcoder.coding.queries import labels_of
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import CodeId, CodingId, InterviewId, StudyId, new_id
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.transcripts import flags
from qualcoder.transcripts.access import Reach, reach_codable
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

AT_ONCE = 500


class PassageHidden(Conflict):
    """A passage in which a flag hides something."""

    def __init__(self) -> None:
        super().__init__(
            N_("Words of this passage are hidden until somebody decides on them. Its translation waits as long.")
        )


class PassageUnplaced(Conflict):
    """A coding whose place in the corrected text nobody has confirmed."""

    def __init__(self) -> None:
        super().__init__(N_("This coding waits to be placed: the text was corrected."))


class TranslationChanged(Conflict):
    """A translation that is not as the person saw it."""

    def __init__(self, seen: int, now: int) -> None:
        message = N_("The translation was changed meanwhile. Nothing was removed; open it again.")
        super().__init__(message, seen=seen, now=now)


@dataclass(frozen=True, slots=True)
class OpenTranslation:
    """A translation as it is read. `is_stale`: the passage has other words now; `checker` is empty on a draft."""

    coding_id: CodingId
    language: Language
    words: str = field(repr=False)
    status: TranslationStatus
    translator: str = field(repr=False)
    checker: str = field(repr=False)
    is_stale: bool
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class NewTranslation:
    """A translation as it shall be. `seen` is the version that was seen, 0 for none."""

    words: str = field(repr=False)
    status: TranslationStatus = TranslationStatus.DRAFT
    seen: int = 0
    edit_id: UUID | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """What came of a save; `theirs` is what it says now where somebody else was first: nothing was written."""

    found: Reach
    version: int
    theirs: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Translated:
    """A coded passage with its translations."""

    coding_id: CodingId
    found: Reach
    code: str
    turn: int
    language: str
    words: str
    lit: str
    is_hidden: bool
    translations: tuple[OpenTranslation, ...]
    versions: Mapping[Language, int]


def reach_seen(db: Session, me: Person, coding_id: CodingId, act: Act) -> tuple[Reach, Coding]:
    """A living coding that the person sees, in a text that is theirs to read."""
    coding = db.get(Coding, coding_id)
    if coding is None:
        raise NotFound
    found = reach_codable(db, me, coding.transcript_id, act)
    seen = sql(Coding).where(*layers.seen_on(found), col(Coding.id) == coding_id, col(Coding.deleted_at).is_(None))
    shown = db.execute(seen).scalar_one_or_none()
    if shown is None:
        raise NotFound
    return found, shown


def _disclosed(db: Session, me: Person, coding_id: CodingId) -> tuple[Reach, Coding]:
    """The same for reading; that it was opened is on record before the first byte."""
    found, coding = reach_seen(db, me, coding_id, Act.READ_TEXT)
    act, study_id, about = "translations.opened", found.transcript.study_id, coding.id
    chain.disclose(db, lambda own: chain.record(own, me.id, act, "coding", about, study_id=study_id))
    return reach_seen(db, me, coding_id, Act.READ_TEXT)


def _require_shown(db: Session, found: Reach, coding: Coding) -> None:
    if coding.text_version_id != found.transcript.text_version_id:
        raise PassageUnplaced
    if flags.spans_hidden(db, coding.text_version_id, Span(coding.start, coding.end)):
        raise PassageHidden


def passage(db: Session, me: Person, coding_id: CodingId, language: str) -> Translated:
    """A passage beside its translations. What is hidden in it is not shown, nor any translation then."""
    found, coding = _disclosed(db, me, coding_id)
    if coding.text_version_id != found.transcript.text_version_id:
        raise PassageUnplaced
    span = Span(coding.start, coding.end)
    turns = turns_at(db, found, span)
    first = next(turn for turn in turns if turn.end >= coding.start and turn.start <= coding.start)
    rows = db.execute(sql(Translation).where(col(Translation.coding_id) == coding_id)).scalars()
    return Translated(
        coding_id,
        found,
        labels_of(db, {CodeId(coding.code_id)}, language).get(coding.code_id, ""),
        first.n,
        first.language if first.language != "mixed" else "ru",
        span.shifted(-turns[0].start).of("\n".join(turn.body for turn in turns)),
        f"{coding.start}-{coding.end}",
        bool(flags.spans_hidden(db, coding.text_version_id, span)),
        of_codings(db, found.transcript.study_id, [coding_id]).get(coding_id, ()),
        {row.language: row.version for row in rows},
    )


def seen_by(db: Session, me: Person, coding_id: CodingId) -> tuple[OpenTranslation, ...]:
    """The translations of one passage that the person sees."""
    found, _coding = _disclosed(db, me, coding_id)
    return of_codings(db, found.transcript.study_id, [coding_id]).get(coding_id, ())


def of_codings(
    db: Session, study_id: StudyId, coding_ids: Collection[CodingId]
) -> dict[CodingId, tuple[OpenTranslation, ...]]:
    """The translations of codings that the caller knows the person to see; those of hidden words are left out.

    One statement where there are none.
    """
    ids = sorted(coding_ids)
    rows = [
        (translation, coding)
        for first in range(0, len(ids), AT_ONCE)
        for translation, coding in db.execute(
            sql(Translation, Coding)
            .join(Coding, col(Coding.id) == col(Translation.coding_id))
            .where(col(Translation.coding_id).in_(ids[first : first + AT_ONCE]), col(Translation.deleted_at).is_(None))
            .order_by(col(Translation.language))
        )
    ]
    rows = _shown(db, rows)
    keys = {row.interview_id: KeyRef.interview(InterviewId(row.interview_id), study_id) for row, _coding in rows}
    sealing.preload(db, keys.values())
    people = {one for row, _coding in rows for one in (row.translator_id, row.checker_id) if one is not None}
    names = names_of(db, people) if people else {}
    opened: dict[CodingId, list[OpenTranslation]] = defaultdict(list)
    for row, coding in rows:
        opened[row.coding_id].append(
            OpenTranslation(
                coding_id=row.coding_id,
                language=row.language,
                words=sealing.open_(db, keys[row.interview_id], f.TRANSLATION_BODY, row, row.body_ct),
                status=row.status,
                translator=names[row.translator_id],
                checker=names[row.checker_id] if row.checker_id else "",
                is_stale=row.quote_mac != coding.quote_mac,
                version=row.version,
                changed_at=row.changed_at,
            )
        )
    return {coding_id: tuple(found) for coding_id, found in opened.items()}


def _shown(db: Session, rows: Iterable[tuple[Translation, Coding]]) -> list[tuple[Translation, Coding]]:
    rows = list(rows)
    hidden = {one: flags.spans_hidden(db, one) for one in {coding.text_version_id for _row, coding in rows}}
    return [
        (row, coding)
        for row, coding in rows
        if not any(span.start < coding.end and coding.start < span.end for span in hidden[coding.text_version_id])
    ]


# Acts ----------------------------------------------------------------------------------------------


def _clean(typed: str) -> str:
    words = typed.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not words or len(words) > LONGEST_MEMO:
        message = N_("This is too long.") if words else N_("Write something, or remove it.")
        raise Invalid(message, fields={"words": message})
    return words


def _row(db: Session, coding_id: CodingId, language: Language) -> Translation | None:
    wanted = (col(Translation.coding_id) == coding_id, col(Translation.language) == language)
    return db.execute(sql(Translation).where(*wanted)).scalar_one_or_none()


def save(db: Session, me: Person, coding_id: CodingId, language: Language, new: NewTranslation) -> Written:
    """Keep a translation. The same again is no act. NamesSomebody when it names a known person of the study."""
    found, coding = reach_seen(db, me, coding_id, Act.CODE)
    _require_shown(db, found, coding)
    words, row = _clean(new.words), _row(db, coding_id, language)
    held = _words(db, found, row) if row is not None and row.deleted_at is None else ""
    is_fresh = row is not None and row.quote_mac == coding.quote_mac
    if row is not None and held == words and row.status is new.status and is_fresh:
        return Written(found, row.version)
    if new.seen != (row.version if row else 0):
        return Written(found, row.version if row else 0, held)
    if held != words:
        leaks.refuse_names(db, found.access, "words", words)
    goes_on = row is not None and held and new.edit_id is not None and row.edit_id == new.edit_id
    act = _act_of(row, new, held_same=held == words)
    key = sealing.RowKey(row.id if row else new_id(), row.sealed_rev + 1 if row else 0)
    row = row or Translation(
        id=key.id,
        study_id=found.transcript.study_id,
        interview_id=found.transcript.interview_id,
        coding_id=coding_id,
        language=language,
        translator_id=me.id,
        body_ct=b"",
        quote_mac=b"",
        changed_at=now(),
    )
    if held != words:
        row.translator_id = me.id
    row.sealed_rev = key.sealed_rev
    row.body_ct = sealing.seal(db, found.key, f.TRANSLATION_BODY, key, words)
    row.quote_mac, row.status = coding.quote_mac, new.status
    row.checker_id = me.id if new.status is TranslationStatus.CHECKED else None
    row.changed_at, row.deleted_at, row.edit_id = now(), None, new.edit_id
    db.add(row)
    db.flush()
    if not goes_on or act == "translation.checked":
        _record(db, found, act, row)
    return Written(found, row.version)


def _act_of(row: Translation | None, new: NewTranslation, *, held_same: bool) -> str:
    if row is None or row.deleted_at is not None:
        return "translation.added"
    return "translation.checked" if held_same and new.status is TranslationStatus.CHECKED else "translation.changed"


def _words(db: Session, found: Reach, row: Translation) -> str:
    return sealing.open_(db, found.key, f.TRANSLATION_BODY, row, row.body_ct)


def _record(db: Session, found: Reach, act: str, row: Translation) -> None:
    chain.record(db, found.me.id, act, "translation", row.id, study_id=found.transcript.study_id)


def remove(db: Session, me: Person, coding_id: CodingId, language: Language, seen: int) -> Reach:
    """Take a translation away; it can be brought back. TranslationChanged when it is not as it was seen."""
    found, _coding = reach_seen(db, me, coding_id, Act.CODE)
    row = _row(db, coding_id, language)
    if row is None:
        raise NotFound
    if row.deleted_at is None:
        if row.version != seen:
            raise TranslationChanged(seen, row.version)
        row.deleted_at, row.edit_id = now(), None
        db.flush()
        _record(db, found, "translation.removed", row)
    return found


def restore(db: Session, me: Person, coding_id: CodingId, language: Language) -> Reach:
    """Bring a removed translation back; doing it twice is the same as once."""
    found, _coding = reach_seen(db, me, coding_id, Act.CODE)
    row = _row(db, coding_id, language)
    if row is None:
        raise NotFound
    if row.deleted_at is not None:
        row.deleted_at = None
        db.flush()
        _record(db, found, "translation.restored", row)
    return found
