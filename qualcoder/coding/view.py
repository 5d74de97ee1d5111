"""What the coding page is given: turns, marks and codes, already opened and ready to draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class TurnText:
    """One speaker turn of a text version.

    `start` and `length` count code points in the version; `bounds` are sentence starts counted from the turn's start.
    """

    n: int
    start: int
    length: int
    bounds: tuple[int, ...]
    language: str
    speaker: str = field(repr=False)
    body: str = field(repr=False)

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def bounds_text(self) -> str:
        """The sentence starts as the page carries them: "0,35,112"."""
        return ",".join(map(str, self.bounds))


@dataclass(frozen=True, slots=True)
class CodingMark:
    """A coding as the page shows it; [start, end) in code points of the version."""

    id: UUID
    start: int
    end: int
    code_id: UUID
    code_label: str = field(repr=False)
    colour: int
    texture: str
    coder_id: UUID
    coder_name: str = field(repr=False)
    is_mine: bool
    valence: str | None = None
    weight: int | None = None
    is_unsure: bool = False
    has_memo: bool = False


@dataclass(frozen=True, slots=True)
class CodeChoice:
    """A code in the tree and in the palette; `labels` are its names in every language, then its aliases."""

    id: UUID
    key: str
    label: str = field(repr=False)
    labels: tuple[str, ...] = field(repr=False)
    parent_label: str = field(repr=False)
    depth: int
    colour: int
    texture: str
    codable: bool
    definition: str = field(default="", repr=False)
    not_when: str = field(default="", repr=False)
    risk: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How often a code now stands in this transcript."""

    id: UUID
    count: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A maximal run of a turn under the same codings; `depth` is how many they are, 0 for bare text."""

    text: str = field(repr=False)
    depth: int
    index: int

    @property
    def depth_class(self) -> str:
        """d1, d2 or d3: three or more look alike."""
        return f"d{min(self.depth, 3)}"


@dataclass(frozen=True, slots=True)
class Stripe:
    """A bar in the margin: one code of one coder; `y` and `h` are twentieths of the turn's height."""

    coding_ids: tuple[UUID, ...]
    lane: int
    y: int
    h: int
    colour: int
    texture: str
    label: str = field(repr=False)
    coder_name: str = field(repr=False)
    is_mine: bool


@dataclass(frozen=True, slots=True)
class TurnView:
    """A turn ready to draw; `hidden` stripes found no lane and are only in the list of `marks`."""

    turn: TurnText
    segments: tuple[Segment, ...]
    stripes: tuple[Stripe, ...]
    hidden: int
    marks: tuple[CodingMark, ...]


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way back; the last one has no address."""

    label: str = field(repr=False)
    url: str | None = None


@dataclass(frozen=True, slots=True)
class QuoteEntry:
    """What came by the form that codes without a mouse or JavaScript; `errors` is keyed by field."""

    turn: str = ""
    quote: str = field(default="", repr=False)
    code_id: str = ""
    valence: str = ""
    errors: tuple[tuple[str, str], ...] = ()

    def error(self, name: str) -> str | None:
        return dict(self.errors).get(name)


@dataclass(frozen=True, slots=True)
class TouchedView:
    """The reply to a coding made or removed: the turns it touches, the counts it changed, and the total."""

    transcript_id: UUID
    turns: tuple[TurnView, ...]
    counts: tuple[CodeCount, ...]
    coding_count: int
    drawn: Markup = field(default=Markup(), repr=False)


@dataclass(frozen=True, slots=True)
class WorkbenchView:
    """Everything on the coding page of one transcript; `recent` are this coder's last codes, newest first.

    `drawn` are the chunks as HTML.
    """

    transcript_id: UUID
    version: int
    serial: str
    title: str = field(repr=False)
    chunks: tuple[tuple[TurnView, ...], ...]
    codes: tuple[CodeChoice, ...]
    coding_count: int
    can_code: bool
    can_correct: bool = False
    unplaced: int = 0
    crumbs: tuple[Crumb, ...] = ()
    recent: tuple[UUID, ...] = ()
    valences: tuple[str, ...] = ("helps", "hinders", "denies")
    quote: QuoteEntry = QuoteEntry()
    removed: UUID | None = None
    drawn: tuple[Markup, ...] = field(default=(), repr=False)
