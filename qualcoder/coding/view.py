"""What the coding page is given: turns, marks and codes, already opened and ready to draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from markupsafe import Markup

from qualcoder.core.text import Span


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
    hidden: tuple[Span, ...] = ()

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def bounds_text(self) -> str:
        """The sentence starts as the page carries them: "0,35,112"."""
        return ",".join(map(str, self.bounds))


@dataclass(slots=True)
class CodingMark:
    """A coding as the page shows it; [start, end) in code points of the version.

    Not frozen: thousands are made for a page, and a frozen one takes three times as long to make. Nobody changes one.
    """

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
    is_translated: bool = False
    revision: int = 1


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
    is_proposed: bool = False
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
class StepView:
    """A step of the command log: its number, what was done and with which code (empty where it is unknown)."""

    seq: int
    kind: str
    label: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HistoryView:
    """What would be undone and redone next; None where there is nothing."""

    undo: StepView | None = None
    redo: StepView | None = None


@dataclass(frozen=True, slots=True)
class TouchedView:
    """The reply to an act: the turns it touches, the counts it changed, the total, and what can be undone now.

    `said` is a sentence for the coder where an undo could not be done.
    """

    transcript_id: UUID
    turns: tuple[TurnView, ...]
    counts: tuple[CodeCount, ...]
    coding_count: int
    version: int
    history: HistoryView = HistoryView()
    drawn: Markup = field(default=Markup(), repr=False)


@dataclass(frozen=True, slots=True)
class LayerView:
    """Whose codings are shown: everybody's or only one's own; `others` are the other people who have some here."""

    sees_all: bool = False
    others: int = 0

    @property
    def name(self) -> str:
        """As scripts know it."""
        return "all" if self.sees_all else "own"


@dataclass(frozen=True, slots=True)
class WorkbenchView:
    """Everything on the coding page of one transcript; `recent` are this coder's last codes, newest first.
    `me` is the coder, under whose id the browser keeps what is the coder's own.

    `chunks` are worked out as they are drawn, once; `drawn` stands where their HTML comes. What happens after `since`,
    in seconds, is told to the page; `opened` proves that its opening is on record. `last_turn` is where the reader was,
    0 for nowhere. `in_words` says that the lists of codes need no script; `has_cyrillic`, which fonts the text takes.
    """

    transcript_id: UUID
    interview_id: UUID
    version: int
    serial: str
    title: str = field(repr=False)
    chunks: Iterator[tuple[TurnView, ...]]
    codes: tuple[CodeChoice, ...]
    coding_count: int
    can_code: bool
    can_flag: bool = False
    hidden_revision: int = 0
    can_correct: bool = False
    can_mask: bool = False
    unplaced: int = 0
    history: HistoryView = HistoryView()
    crumbs: tuple[Crumb, ...] = ()
    recent: tuple[UUID, ...] = ()
    me: UUID | None = None
    valences: tuple[str, ...] = ("helps", "hinders", "denies")
    quote: QuoteEntry = QuoteEntry()
    removed: UUID | None = None
    layer: LayerView = LayerView()
    since: int = 0
    opened: str = field(default="", repr=False)
    last_turn: int = 0
    drawn: Markup = field(default=Markup(), repr=False)
    in_words: bool = False
    has_cyrillic: bool = False
    has_text: bool = True
