"""What the demo holds, read from its files: people and study, and an interview per pair of text and YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from qualcoder.anonymise.findings import Label
from qualcoder.coding.models import Valence
from qualcoder.interviews.models import Category, InterviewKind, LinkType, Mode
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import ConsentScope, InterviewDetails

FOLDER = Path(__file__).resolve().parent
TEXTS = FOLDER / "interviews"


class Stage(StrEnum):
    """How far an interview is taken, so that every role has something waiting."""

    REVIEW = "review"
    SECOND_READING = "second_reading"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class ByHand:
    """Words that stand without any cue, which a reviewer has to find."""

    words: str
    label: Label


@dataclass(frozen=True, slots=True)
class Coded:
    """A coding by its passage. `turn` counts from 1 and is told where the words stand more than once."""

    coder: str
    code: str
    quote: str
    valence: Valence | None
    memo: str
    turn: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """An invented interview: its record, what must not survive in it, and what the coders make of it."""

    name: str
    language: str
    record: NewInterview
    identifying: tuple[str, ...]
    by_hand: tuple[ByHand, ...]
    stage: Stage
    codings: tuple[Coded, ...]

    @property
    def file(self) -> Path:
        return TEXTS / f"{self.name}.txt"

    @property
    def race_keys(self) -> tuple[str, ...]:
        return tuple(link.race_key for link in self.record.links if isinstance(link, NewLink))

    @property
    def title(self) -> str:
        return self.name.replace("_", " ")


def description() -> dict[str, Any]:
    """The study, its people and the names of its interviews, as demo.yaml says."""
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / "demo.yaml").read_text("utf-8"))
    return loaded


def interviews() -> tuple[Told, ...]:
    """Every interview, in the order of the study."""
    return tuple(interview(name) for name in description()["interviews"])


def interview(name: str) -> Told:
    """An interview by the name of its files."""
    told: dict[str, Any] = yaml.safe_load((TEXTS / f"{name}.yaml").read_text("utf-8"))
    return Told(
        name=name,
        language=told["language"],
        record=_record(told),
        identifying=tuple(told["identifying"]),
        by_hand=tuple(_by_hand(words) for words in told.get("marked_by_hand") or ()),
        stage=Stage(told.get("stage", Stage.RELEASED)),
        codings=tuple(
            _coded(coder, coding) for coder, codings in (told.get("codings") or {}).items() for coding in codings
        ),
    )


def _record(told: Mapping[str, Any]) -> NewInterview:
    consent = set(told["consent"])
    several = told.get("respondents") or [{"category": told["category"]}]
    return NewInterview(
        details=InterviewDetails(held_on=told["held_on"], language=told["language"]),
        consent=ConsentScope("quote" in consent, "share" in consent, "archive" in consent),
        respondents=tuple(
            NewRespondent(
                Category(one["category"]), note=one.get("note", ""), speaker_labels=tuple(one.get("speakers") or ())
            )
            for one in several
        ),
        links=tuple(NewLink(link["race"], LinkType(link["type"])) for link in told["links"]),
        kind=InterviewKind(told["kind"]),
        mode=Mode(told["mode"]),
    )


def _by_hand(told: str | Mapping[str, str]) -> ByHand:
    if isinstance(told, str):
        return ByHand(told, Label.PERSON)
    return ByHand(told["words"], Label(told["label"]))


def _coded(coder: str, told: Mapping[str, Any]) -> Coded:
    return Coded(
        coder=coder,
        code=told["code"],
        quote=told["quote"],
        valence=Valence(told["valence"]) if told.get("valence") else None,
        memo=told.get("memo", ""),
        turn=told.get("turn"),
    )
