"""The records that are sealed inside rows of an interview, with the checks of their shape.

None of them prints itself: each can name a person. `from_json` takes what a sealed column held and refuses
anything but the exact shape, so a record that was written by another version is never half read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from qualcoder.core.errors import Invalid, Unavailable
from qualcoder.core.ids import RespondentId
from qualcoder.core.messages import N_
from qualcoder.interviews.models import Category, LinkType

MAX_PLACE = 200
MAX_NOTE = 2000
MAX_LABEL = 120
MAX_LABELS = 50
SPOKEN = ("ru", "kk", "en", "mixed")

CANDIDATES = frozenset({Category.CANDIDATE_WINNER, Category.CANDIDATE_LOSER})

WordT = TypeVar("WordT", bound=StrEnum)


class OddShape(Unavailable):
    """A sealed record opened well and is not what this version writes."""

    def __init__(self) -> None:
        super().__init__(N_("A sealed record was written by another version of the program and can't be read."))


class LinkKind(StrEnum):
    """What an interview is tied to."""

    ROUND = "round"
    CONTEST = "contest"
    PLACE = "place"


@dataclass(frozen=True, slots=True, repr=False)
class InterviewDetails:
    """When (an ISO date), where and in which language the interview was held."""

    held_on: str | None = None
    place: str | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        _check_date(self.held_on, "held_on")
        _check_length(self.place, MAX_PLACE, "place")
        if self.language is not None and self.language not in SPOKEN:
            raise _refused("language", N_("Choose one of the offered values."))

    def to_json(self) -> Mapping[str, object]:
        return {"held_on": self.held_on, "place": self.place, "language": self.language}

    @classmethod
    def from_json(cls, value: object) -> InterviewDetails:
        record = _record(value, {"held_on", "place", "language"})
        return cls(_text_or_none(record["held_on"]), _text_or_none(record["place"]), _text_or_none(record["language"]))


@dataclass(frozen=True, slots=True, repr=False)
class ConsentScope:
    """What the respondent agreed to: quotes, sharing, archiving; `until` is an ISO date."""

    quote: bool
    share: bool
    archive: bool
    until: str | None = None
    note: str = ""

    def __post_init__(self) -> None:
        _check_date(self.until, "until")
        _check_length(self.note, MAX_NOTE, "note")

    def to_json(self) -> Mapping[str, object]:
        return {
            "quote": self.quote,
            "share": self.share,
            "archive": self.archive,
            "until": self.until,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, value: object) -> ConsentScope:
        record = _record(value, {"quote", "share", "archive", "until", "note"})
        return cls(
            _flag(record["quote"]),
            _flag(record["share"]),
            _flag(record["archive"]),
            _text_or_none(record["until"]),
            _text(record["note"]),
        )


@dataclass(frozen=True, slots=True, repr=False)
class RespondentAttributes:
    """What a respondent was in the race."""

    category: Category
    note: str = ""

    def __post_init__(self) -> None:
        _check_length(self.note, MAX_NOTE, "note")

    def to_json(self) -> Mapping[str, object]:
        return {"category": self.category.value, "note": self.note}

    @classmethod
    def from_json(cls, value: object) -> RespondentAttributes:
        record = _record(value, {"category", "note"})
        return cls(_word(Category, record["category"]), _text(record["note"]))


@dataclass(frozen=True, slots=True, repr=False)
class ParticipationTarget:
    """Who took part, and under which speaker labels of the transcript."""

    respondent_id: RespondentId
    speaker_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.speaker_labels) > MAX_LABELS:
            raise _refused("speaker_labels", N_("This is too long."))
        for label in self.speaker_labels:
            _check_length(label, MAX_LABEL, "speaker_labels")

    def to_json(self) -> Mapping[str, object]:
        return {"respondent_id": str(self.respondent_id), "speaker_labels": list(self.speaker_labels)}

    @classmethod
    def from_json(cls, value: object) -> ParticipationTarget:
        record = _record(value, {"respondent_id", "speaker_labels"})
        labels = record["speaker_labels"]
        if not isinstance(labels, list):
            raise OddShape
        return cls(RespondentId(_uuid(record["respondent_id"])), tuple(_text(label) for label in labels))


@dataclass(frozen=True, slots=True, repr=False)
class LinkTarget:
    """Which round, contest or place an interview is tied to, and how."""

    kind: LinkKind
    id: UUID
    type: LinkType

    def to_json(self) -> Mapping[str, object]:
        return {"kind": self.kind.value, "id": str(self.id), "type": self.type.value}

    @classmethod
    def from_json(cls, value: object) -> LinkTarget:
        record = _record(value, {"kind", "id", "type"})
        return cls(_word(LinkKind, record["kind"]), _uuid(record["id"]), _word(LinkType, record["type"]))


def names_a_person(categories: Iterable[Category], contests: Iterable[UUID]) -> bool:
    """Whether category and links together tell who spoke: a candidate in one contest only, whose ballot is public."""
    return not CANDIDATES.isdisjoint(categories) and len(set(contests)) == 1


def _refused(name: str, why: str) -> Invalid:
    return Invalid(N_("Some fields need another look."), fields={name: why})


def _check_length(text: str | None, limit: int, name: str) -> None:
    if text is not None and len(text) > limit:
        raise _refused(name, N_("This is too long."))


def _check_date(text: str | None, name: str) -> None:
    if text is None:
        return
    try:
        is_exact = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_exact = False
    if not is_exact:
        raise _refused(name, N_("Enter a date, such as 2026-09-25."))


def _record(value: object, names: set[str]) -> Mapping[str, object]:
    if not isinstance(value, dict) or value.keys() != names:
        raise OddShape
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise OddShape
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise OddShape
    return value


def _uuid(value: object) -> UUID:
    try:
        return UUID(_text(value))
    except ValueError:
        raise OddShape from None


def _word(kind: type[WordT], value: object) -> WordT:
    try:
        return kind(_text(value))
    except ValueError:
        raise OddShape from None
