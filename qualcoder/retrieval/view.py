"""What the pages of retrieval show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select as sql
from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Role
from qualcoder.accounts.people import Member, members_of
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks.queries import OpenCode, codes_of
from qualcoder.core.messages import N_
from qualcoder.interviews.models import Category
from qualcoder.interviews.words import CATEGORY_LABELS
from qualcoder.races.models import RaceValue, Variable
from qualcoder.races.queries import wording_of
from qualcoder.retrieval.answering import Answer
from qualcoder.retrieval.cooccurrence import Pair
from qualcoder.retrieval.evaluation import Measure, Unit
from qualcoder.retrieval.question import ANY, MOST_ROWS, Field, Pairs, Speaker, Step, in_words, readable
from qualcoder.retrieval.service import View

_FEWEST_ROWS = 3
_MOST_WORDINGS = 40

UNIT_LABELS = {
    Unit.PASSAGE: N_("the same passage"),
    Unit.TURN: N_("the same turn"),
    Unit.INTERVIEW: N_("the same interview"),
    Unit.RACE: N_("the same race"),
}
STEP_LABELS = {
    Step.AND: N_("and"),
    Step.OR: N_("or"),
    Step.NOT: N_("and not"),
    Step.NEAR: N_("near"),
    Step.FOLLOWED_BY: N_("followed by"),
}
MEASURE_LABELS = {Measure.TURNS: N_("turns"), Measure.CHARACTERS: N_("characters")}
SPEAKER_LABELS = {Speaker.RESPONDENT: N_("respondents"), Speaker.INTERVIEWER: N_("the interviewer")}
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RowFields:
    """A row of the form as it was typed."""

    n: int
    step: str = Step.AND.value
    code: str = ""
    deep: str = "1"
    within: str = "1"
    by: str = Measure.TURNS.value


@dataclass(frozen=True, slots=True)
class FormView:
    """The question form. What the role does not read is empty, so the page has no field for it."""

    rows: tuple[RowFields, ...]
    typed: Mapping[str, str]
    codes: Choices
    units: Choices
    steps: Choices
    measures: Choices
    speakers: Choices
    coders: tuple[Member, ...]
    categories: Choices
    variables: Choices
    wordings: Mapping[str, Choices]
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RetrieveView:
    """The page of a question; `answer` is None before one is asked."""

    form: FormView
    answer: Answer | None
    query: str
    previous: str
    next: str
    views: tuple[View, ...]
    can_export: bool
    shows_coders: bool
    removed: View | None = None


@dataclass(frozen=True, slots=True)
class PairCell:
    """A cell of the table: its figures and the question that finds its passages."""

    pair: Pair
    band: int
    url: str
    is_self: bool


@dataclass(frozen=True, slots=True)
class TogetherView:
    """Codes by codes."""

    form: FormView
    labels: tuple[str, ...]
    rows: tuple[tuple[str, tuple[PairCell, ...]], ...]
    left_out: int
    codings: int
    is_rolled_up: bool
    unit_label: str


def form_view(
    db: Session, access: Access, pairs: Pairs, language: str, errors: Mapping[str, str] | None = None
) -> FormView:
    """The form with what was typed, and what this role may choose from."""
    fields = readable(access)
    offered = [unit for unit in Unit if unit is not Unit.RACE or Field.RACE in fields]
    members = members_of(db, access.study.id) if Field.CODER in fields else []
    coders = tuple(one for one in members if one.role not in {Role.ADMIN, Role.OBSERVER})
    categories = [(one.value, CATEGORY_LABELS[one]) for one in Category] if Field.CATEGORY in fields else []
    sees_races = Field.RACE in fields and access.may(Act.SEE_RACES)
    return FormView(
        rows=_rows(pairs),
        typed={**dict(pairs)},
        codes=[(ANY, ""), *((str(code.id), _indented(code, language)) for code in codes_of(db, access.study.id))],
        units=[(unit.value, UNIT_LABELS[unit]) for unit in offered],
        steps=[(step.value, label) for step, label in STEP_LABELS.items()],
        measures=[(measure.value, label) for measure, label in MEASURE_LABELS.items()],
        speakers=[(speaker.value, label) for speaker, label in SPEAKER_LABELS.items()],
        coders=coders,
        categories=categories,
        variables=_variables(db, access) if sees_races else [],
        wordings=_wordings(db, access) if sees_races else {},
        errors=errors or {},
    )


def _rows(pairs: Pairs) -> tuple[RowFields, ...]:
    names = ("step", "code", "deep", "within", "by")
    lists = [[value for key, value in pairs if key == name] for name in names]
    typed = [values for values in zip(*lists, strict=False) if values[1]][:MOST_ROWS]
    shown = min(MOST_ROWS, max(_FEWEST_ROWS, len(typed) + 1))
    filled = tuple(RowFields(n, *values) for n, values in enumerate(typed))
    return filled + tuple(RowFields(n) for n in range(len(typed), shown))


def _indented(code: OpenCode, language: str) -> str:
    return "\u2003" * code.depth + code.label.in_language(language)


def _variables(db: Session, access: Access) -> Choices:
    """Variables that hold numbers, names as published."""
    query = select(Variable).where(col(Variable.study_id) == access.study.id, col(Variable.kind) != "text")
    rows = db.exec(query.order_by(col(Variable.position), col(Variable.name)))
    return [(row.name, row.name) for row in rows]


def _wordings(db: Session, access: Access) -> Mapping[str, Choices]:
    """Variables that hold words, each with what its races say. Where nearly every race says something else (names,
    addresses) there is nothing to choose from.
    """
    query = (
        sql(col(Variable.name), col(RaceValue.text))
        .join(RaceValue, col(RaceValue.variable_id) == col(Variable.id))
        .where(col(Variable.study_id) == access.study.id, col(RaceValue.text) != "")
        .group_by(col(Variable.position), col(Variable.name), col(RaceValue.text))
        .order_by(col(Variable.position), col(Variable.name), col(RaceValue.text))
    )
    found: dict[str, list[str]] = {}
    for name, text in db.execute(query):
        found.setdefault(name, []).append(text)
    return {
        name: [(in_words(name, wording_of(db, access.study.id, name, text)), text) for text in texts]
        for name, texts in found.items()
        if len(texts) <= _MOST_WORDINGS
    }
