"""What a reader of any format hands on."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ParsedTurn:
    """One turn: a body without line feeds, and the label of its speaker if the file gave one."""

    speaker: str | None = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The turns of a file in reading order. The text of the version is the bodies joined by one LF."""

    turns: tuple[ParsedTurn, ...]
    encoding: str
    had_speakers: bool

    @property
    def text(self) -> str:
        """The text every offset of the version points into."""
        return "\n".join(turn.body for turn in self.turns)
