"""A question as people put it: rows of codes with what joins them, narrowed by fields; and which fields it reads.

As an address or a record it holds ids, numbers and words of closed sets only, no name and no text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from qualcoder.accounts.access import Access
from qualcoder.accounts.permissions import Act
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import CodeId, PersonId
from qualcoder.core.messages import N_
from qualcoder.interviews.models import Category
from qualcoder.retrieval.evaluation import Join, Joined, Measure, Nearness, Relation, Term, Unit

MOST_ROWS = 8
FARTHEST = 100_000
Pairs = Sequence[tuple[str, str]]


class Field(StrEnum):
    """What a question may read beside the codings that its asker sees."""

    TEXT = "text"
    CODER = "coder"
    CATEGORY = "category"
    RACE = "race"


# Who lacks the act gets no filter, figure, unit or saved view that reads the field.
READ_WITH: Mapping[Field, Act] = {
    Field.TEXT: Act.READ_TEXT,
    Field.CODER: Act.SEE_MATRIX,
    Field.CATEGORY: Act.SEE_INTERVIEW,
    Field.RACE: Act.SEE_INTERVIEW,
}


class Speaker(StrEnum):
    """Who speaks in a passage, at least in a part of it."""

    INTERVIEWER = "interviewer"
    RESPONDENT = "respondent"


class Step(StrEnum):
    """What leads from the rows above to this one; nearness belongs to the row right above."""

    AND = "and"
    OR = "or"
    NOT = "not"
    NEAR = "near"
    FOLLOWED_BY = "followed"


@dataclass(frozen=True, slots=True)
class Row:
    """A code (None: any), with what lies under it or without; the distance is for nearness only."""

    code_id: CodeId | None
    step: Step = Step.AND
    is_deep: bool = True
    within: int = 1
    measure: Measure = Measure.TURNS

    @property
    def is_distance(self) -> bool:
        return self.step in {Step.NEAR, Step.FOLLOWED_BY}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which codings count at all; nothing set means all that the asker sees.

    A race variable narrows to interviews that are linked to a race whose value lies between the two numbers; one that
    holds words, to those whose race says what `wording` stands for (`races.queries.wording_of`).
    """

    speaker: Speaker | None = None
    coder_id: PersonId | None = None
    category: Category | None = None
    variable: str = ""
    wording: str = ""
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A whole question."""

    unit: Unit = Unit.PASSAGE
    rows: tuple[Row, ...] = ()
    narrowing: Narrowing = field(default_factory=Narrowing)

    @property
    def reads(self) -> frozenset[Field]:
        """The fields that its answer depends on."""
        wanted = {
            Field.TEXT: True,
            Field.CODER: self.narrowing.coder_id is not None,
            Field.CATEGORY: self.narrowing.category is not None,
            Field.RACE: self.unit is Unit.RACE or bool(self.narrowing.variable),
        }
        return frozenset(one for one, is_read in wanted.items() if is_read)

    @property
    def needs_turns(self) -> bool:
        """Whether the answer depends on where turns begin."""
        by_turns = any(row.is_distance and row.measure is Measure.TURNS for row in self.rows)
        return self.unit is Unit.TURN or by_turns or self.narrowing.speaker is not None


def readable(access: Access) -> frozenset[Field]:
    """The fields that a role reads in its own reach."""
    return frozenset(one for one, act in READ_WITH.items() if access.may(act))


def require_readable(access: Access, ask: Ask) -> None:
    """Refused when the question reads what the role may not, whatever it would find."""
    for one in sorted(ask.reads):
        access.require(READ_WITH[one])


def terms_in(ask: Ask, under: Callable[[CodeId], frozenset[CodeId]]) -> list[Joined]:
    """The rows as terms; `under` says which codes lie under one, itself among them."""
    found: list[Joined] = []
    for row in ask.rows:
        codes = None if row.code_id is None else under(row.code_id) if row.is_deep else frozenset({row.code_id})
        if row.is_distance and found:
            nearness = Nearness(Relation(row.step.value), codes, row.within, row.measure)
            last = found.pop()
            found.append(replace(last, term=replace(last.term, nearness=(*last.term.nearness, nearness))))
        else:
            found.append(Joined(Join.AND if row.is_distance else Join(row.step.value), Term(codes)))
    return found


# As an address ----------------------------------------------------------------------------------

_FAR = N_("Enter a whole number from 0 to 100,000.")
_NUMBER = N_("Enter a number.")
_CHOICE = N_("Choose one of the offered values.")
ANY = "any"
# Between a variable's name and what stands for a wording of it; no published name holds one.
OF = "="
_WORDING = re.compile(r"[0-9a-f]{16}")


def _odd(name: str, message: str) -> Invalid:
    return Invalid(message, fields={name: message})


def from_pairs(pairs: Pairs) -> Ask:
    """A question from the fields of the form: five lists of equal length for the rows, one value for the rest.

    Rows without a code are left out. Invalid for what the form can't send.
    """
    lists = {name: [value for key, value in pairs if key == name] for name in ("step", "code", "deep", "within", "by")}
    one = dict(pairs)
    count = len(lists["code"])
    if any(len(values) != count for values in lists.values()) or count > MOST_ROWS:
        raise _odd("code", _CHOICE)
    rows = tuple(
        _row(n, *(lists[name][n] for name in ("step", "code", "deep", "within", "by")))
        for n in range(count)
        if lists["code"][n]
    )
    if rows:
        rows = (replace(rows[0], step=Step.AND), *rows[1:])
    return Ask(_chosen(Unit, "unit", one.get("unit", "")) or Unit.PASSAGE, rows, _narrowing(one))


def _row(n: int, step: str, code: str, deep: str, within: str, by: str) -> Row:
    try:
        code_id = None if code == ANY else CodeId(UUID(code))
    except ValueError:
        raise _odd(f"code-{n}", _CHOICE) from None
    chosen = _chosen(Step, f"step-{n}", step) or Step.AND
    row = Row(code_id, chosen, deep != "0", 1, _chosen(Measure, f"by-{n}", by) or Measure.TURNS)
    if not row.is_distance:
        return row
    if not (within.isascii() and within.isdigit() and len(within) <= len(str(FARTHEST)) and int(within) <= FARTHEST):
        raise _odd(f"within-{n}", _FAR)
    return replace(row, within=int(within))


def _narrowing(one: Mapping[str, str]) -> Narrowing:
    try:
        coder_id = PersonId(UUID(one["coder"])) if one.get("coder") else None
    except ValueError:
        raise _odd("coder", _CHOICE) from None
    variable, of, wording = one.get("variable", "")[:100].partition(OF)
    if of and not (variable and _WORDING.fullmatch(wording)):
        raise _odd("variable", _CHOICE)
    return Narrowing(
        _chosen(Speaker, "speaker", one.get("speaker", "")),
        coder_id,
        _chosen(Category, "category", one.get("category", "")),
        variable,
        wording,
        _number("lowest", one.get("lowest", "")),
        _number("highest", one.get("highest", "")),
    )


def _chosen(values: type[StrEnum], name: str, typed: str) -> Any:
    if not typed:
        return None
    if typed not in set(values):
        raise _odd(name, _CHOICE)
    return values(typed)


def _number(name: str, typed: str) -> float | None:
    if not typed.strip():
        return None
    try:
        number = float(typed.strip().replace(",", "."))
    except ValueError:
        raise _odd(name, _NUMBER) from None
    if not math.isfinite(number):
        raise _odd(name, _NUMBER)
    return number


def to_pairs(ask: Ask) -> list[tuple[str, str]]:
    """The same as fields of the form; what is not set is left out."""
    pairs = [("unit", ask.unit.value)]
    for row in ask.rows:
        pairs += [
            ("step", row.step.value),
            ("code", str(row.code_id or ANY)),
            ("deep", str(int(row.is_deep))),
            ("within", str(row.within)),
            ("by", row.measure.value),
        ]
    narrowing = ask.narrowing
    others = {
        "speaker": narrowing.speaker or "",
        "coder": str(narrowing.coder_id or ""),
        "category": narrowing.category or "",
        "variable": in_words(narrowing.variable, narrowing.wording) if narrowing.wording else narrowing.variable,
        "lowest": shown(narrowing.lowest),
        "highest": shown(narrowing.highest),
    }
    return pairs + [(name, str(value)) for name, value in others.items() if value]


def in_words(variable: str, wording: str) -> str:
    """A wording of a variable, as the form offers it."""
    return f"{variable}{OF}{wording}"


def shown(number: float | None) -> str:
    """A number as people type it."""
    if number is None:
        return ""
    return str(int(number)) if number.is_integer() else repr(number)
