"""What the pages of the codebook are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from qualcoder.codebooks.book import Texture
from qualcoder.codebooks.changes import LogLine
from qualcoder.codebooks.comparing import LANGUAGES
from qualcoder.codebooks.models import ChangeKind
from qualcoder.codebooks.previewing import Plan
from qualcoder.codebooks.queries import OpenCode
from qualcoder.core.ids import CodeId
from qualcoder.core.messages import N_

KINDS = {
    ChangeKind.ADDED: N_("added"),
    ChangeKind.EDITED: N_("changed"),
    ChangeKind.MOVED: N_("moved"),
    ChangeKind.RETIRED: N_("taken out of use"),
    ChangeKind.RESTORED: N_("brought back"),
    ChangeKind.PROPOSED: N_("proposed"),
    ChangeKind.ACCEPTED: N_("accepted"),
    ChangeKind.REJECTED: N_("declined"),
    ChangeKind.MERGED: N_("merged"),
    ChangeKind.SPLIT: N_("split"),
    ChangeKind.FROZEN: N_("frozen for a round"),
    ChangeKind.THAWED: N_("thawed"),
}
FIELDS = {
    "label": N_("Name of the code"),
    "definition": N_("Definition"),
    "include": N_("Use when"),
    "exclude": N_("Not when"),
    "example": N_("Typical example (paraphrased)"),
    "near_miss": N_("Near miss (looks like it and is not)"),
    "aliases": N_("Aliases"),
    "parent": N_("Below"),
    "before": N_("Before"),
    "stata": N_("Name in Stata"),
    "source": N_("Source"),
    "colour": N_("Colour"),
    "texture": N_("Texture"),
    "codable": N_("Can be given to passages"),
    "risk": N_("Risk"),
}
TEXTURES = {
    Texture.SOLID: N_("solid"),
    Texture.DOTS: N_("dots"),
    Texture.DIAGONAL: N_("diagonal"),
    Texture.CROSS: N_("cross"),
}
COLOURS = tuple(range(1, 13))
TONGUES = {"en": "English", "ru": "Русский", "kk": "Қазақша"}
VALUES = {"yes": N_("yes"), "no": N_("no")}


class FieldNames:
    """How a view calls the fields of a code."""

    def base(self, name: str) -> str:
        """The name of a field without its language."""
        stem, _, language = name.rpartition("_")
        return FIELDS[stem if language in LANGUAGES else name]

    def language(self, name: str) -> str:
        """The language of a field, "" for one without."""
        end = name.rpartition("_")[2]
        return end if end in LANGUAGES else ""

    def value(self, name: str, words: str) -> str:
        """A value in words: those of fields with few values are messages."""
        if name in {"codable", "risk"}:
            return VALUES.get(words, words)
        return TEXTURES[Texture(words)] if name == "texture" and words in {*Texture} else words

    def is_choice(self, name: str) -> bool:
        """Whether its values are words of the product."""
        return name in {"codable", "risk", "texture"}


@dataclass(frozen=True, slots=True, repr=False)
class Freeze:
    """For which round the codebook stands still, and since when."""

    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class CodebookView:
    """The codebook as a tree, and what was wrong with an import."""

    codes: tuple[OpenCode, ...]
    may_edit: bool
    retired: tuple[OpenCode, ...] = ()
    gone: OpenCode | None = None
    moved: tuple[UUID, OpenCode] | None = None
    problem: str | None = None
    problem_params: Mapping[str, object] | None = None
    may_keep_names: bool = False
    proposals: int = 0
    may_propose: bool = False
    frozen: Freeze | None = None
    is_empty: bool = False
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def steps(self) -> tuple[tuple[str, str, str], ...]:
        """The steps of a move: value, sign and words."""
        return (
            ("up", "↑", N_("Move up")),
            ("down", "↓", N_("Move down")),
            ("in", "→", N_("Move in")),
            ("out", "←", N_("Move out")),
        )


@dataclass(frozen=True, slots=True)
class PlanView(FieldNames):
    """What an import would change."""

    plan: Plan
    packed: str
    problem: str | None = None
    problem_params: Mapping[str, object] | None = None
    may_keep_names: bool = False
    is_frozen: bool = False


@dataclass(frozen=True, slots=True)
class CodeView(FieldNames):
    """One code: what is typed in its form, what stands against it, and how it came to be so."""

    code: OpenCode
    values: Mapping[str, str]
    may_edit: bool
    is_frozen: bool
    log: tuple[LogLine, ...]
    keys: Mapping[CodeId, str]
    merged_into: OpenCode | None = None
    version: int = 0
    errors: Mapping[str, str] = field(default_factory=dict)
    now_stands: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None
    problem_params: Mapping[str, object] | None = None
    may_keep_names: bool = False
    is_saved: bool = False
    codings: int | None = None
    older: int = 0
    shows_people: bool = False
    cant_undo: Mapping[UUID, str] = field(default_factory=dict)
    places: tuple[OpenCode, ...] = ()
    kinds: Mapping[ChangeKind, str] = field(default_factory=lambda: dict(KINDS))
    textures: Mapping[Texture, str] = field(default_factory=lambda: dict(TEXTURES))
    colours: tuple[int, ...] = COLOURS
    tongues: Mapping[str, str] = field(default_factory=lambda: dict(TONGUES))
    texts: tuple[str, ...] = ("definition", "include", "exclude", "example", "near_miss")

    def error(self, name: str) -> str:
        return self.errors.get(name, "")


@dataclass(frozen=True, slots=True)
class LogView(FieldNames):
    """The log of the whole book."""

    log: tuple[LogLine, ...]
    labels: Mapping[CodeId, str]
    keys: Mapping[CodeId, str]
    cant_undo: Mapping[UUID, str]
    may_edit: bool = True
    shows_people: bool = True
    kinds: Mapping[ChangeKind, str] = field(default_factory=lambda: dict(KINDS))
