"""Where a code goes in the tree when it is moved up, down, in or out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from qualcoder.core.ids import CodeId


class Step(StrEnum):
    """One step in the tree, as a key or a button asks for it."""

    UP = "up"
    DOWN = "down"
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Place:
    """Below which code, and before which of its children; None is the top, and the end."""

    parent: CodeId | None
    before: CodeId | None


@dataclass(frozen=True, slots=True)
class Tree:
    """The codes in reading order, each with its parent; a parent that is not among them counts as none."""

    parents: Mapping[CodeId, CodeId | None]

    def parent(self, code: CodeId) -> CodeId | None:
        above = self.parents[code]
        return above if above in self.parents else None

    def children(self, parent: CodeId | None) -> list[CodeId]:
        """In order."""
        return [code for code in self.parents if self.parent(code) == parent]

    def is_under(self, code: CodeId | None, above: CodeId) -> bool:
        """Whether a code is `above` itself or stands below it."""
        while code is not None:
            if code == above:
                return True
            code = self.parent(code) if code in self.parents else None
        return False

    def ancestors(self, code: CodeId) -> list[CodeId]:
        """The codes above, nearest first."""
        found: list[CodeId] = []
        above = self.parent(code)
        while above is not None:
            found.append(above)
            above = self.parent(above)
        return found

    def place_of(self, code: CodeId) -> Place:
        """Where it stands now."""
        siblings = self.children(self.parent(code))
        return Place(self.parent(code), _after(siblings, siblings.index(code)))

    def stepped(self, code: CodeId, step: Step) -> Place | None:
        """Where one step leads; None at the edge."""
        parent = self.parent(code)
        siblings = self.children(parent)
        at = siblings.index(code)
        if step is Step.UP:
            return Place(parent, siblings[at - 1]) if at else None
        if step is Step.DOWN:
            return Place(parent, _after(siblings, at + 1)) if at + 1 < len(siblings) else None
        if step is Step.IN:
            return Place(siblings[at - 1], None) if at else None
        if parent is None:
            return None
        uncles = self.children(self.parent(parent))
        return Place(self.parent(parent), _after(uncles, uncles.index(parent)))

    def siblings_after(self, code: CodeId, place: Place) -> list[CodeId]:
        """The children of the new parent in their new order, the moved code among them."""
        others = [one for one in self.children(place.parent) if one != code]
        at = others.index(place.before) if place.before in others else len(others)
        return [*others[:at], code, *others[at:]]


def _after(siblings: Sequence[CodeId], at: int) -> CodeId | None:
    return siblings[at + 1] if at + 1 < len(siblings) else None
