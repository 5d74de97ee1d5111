"""Answers: the passages that a question finds, a page of them opened, and which codes stand together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sqlmodel import Session

from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.codebooks.queries import OpenCode, codes_of
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import CodeId
from qualcoder.core.messages import N_
from qualcoder.matrices.cells import codes_under
from qualcoder.races.queries import keys_of_rounds
from qualcoder.retrieval import cooccurrence
from qualcoder.retrieval.cooccurrence import Together
from qualcoder.retrieval.evaluation import Found, Unit, evaluate
from qualcoder.retrieval.material import Material, gather, lines_of
from qualcoder.retrieval.passages import Passage, open_passages, stretches_in
from qualcoder.retrieval.question import Ask, terms_in

PAGE = 25
# So many columns can still be read; the codes with most units are taken.
MOST_TOGETHER = 40


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, and one page of it. Pages count from 1."""

    passages: tuple[Passage, ...]
    found: int
    codings: int
    units: int
    page: int
    pages: int


def find(db: Session, access: Access, ask: Ask, codes: Sequence[OpenCode]) -> tuple[Material, Found]:
    """The codings that a question finds, still without words."""
    known = {code.id for code in codes}
    if any(row.code_id not in known for row in ask.rows if row.code_id is not None):
        message = N_("This code is not in the codebook any more. Reload the page.")
        raise Invalid(message, fields={"code": message})
    material = gather(db, access, ask, codes)
    terms = terms_in(ask, lambda code_id: frozenset(codes_under(codes, code_id)))
    return material, evaluate(terms, ask.unit, material.marks, material.texts)


def retrieve(db: Session, me: Person, slug: str, ask: Ask, *, page: int, language: str) -> tuple[Access, Answer]:
    """Answer a question and open one page of passages. That it was asked is recorded before the first byte."""
    access = study_by_slug(db, me, slug, Act.READ_TEXT)
    study_id = access.study.id
    codes = codes_of(db, study_id, with_retired=True)
    material, found = find(db, access, ask, codes)
    stretches = stretches_in(found.marks)
    pages = max(1, -(-len(stretches) // PAGE))
    page = min(max(page, 1), pages)
    shown = dict(islice(stretches.items(), (page - 1) * PAGE, page * PAGE))
    passages = open_passages(db, access, shown, material.sources, codes, language)
    if ask.unit is Unit.RACE:
        passages = _with_races(db, access, material, passages)
    answer = Answer(tuple(passages), len(stretches), len(found.marks), found.units, page, pages)

    def write(own: Session) -> None:
        counts = {"passages": len(passages), "found": len(stretches)}
        chain.record(own, me.id, "passages.retrieved", "study", study_id, study_id=study_id, **counts)

    chain.disclose(db, write)
    return study_by_slug(db, me, slug, Act.READ_TEXT), answer


def _with_races(db: Session, access: Access, material: Material, passages: Sequence[Passage]) -> list[Passage]:
    numbers = {source.transcript_id: number for number, source in material.sources.items()}
    races = {one.transcript_id: material.texts[numbers[one.transcript_id]].races for one in passages}
    keys = keys_of_rounds(db, access.study.id, {race for several in races.values() for race in several})
    return [replace(one, races=tuple(sorted(keys[race] for race in races[one.transcript_id]))) for one in passages]


@dataclass(frozen=True, slots=True)
class TogetherAnswer:
    """The table of pairs with the codes it is about; `left_out` codes have codings and no room."""

    table: Together
    codes: tuple[OpenCode, ...]
    left_out: int
    codings: int


def co_occurrence(db: Session, access: Access, ask: Ask, *, is_rolled_up: bool) -> TogetherAnswer:
    """Which codes stand together in the unit of the question; only its unit and narrowing count, not its rows."""
    access.require(Act.READ_TEXT)
    codes = codes_of(db, access.study.id, with_retired=True)
    material = gather(db, access, ask, codes, every_code=True)
    lines = lines_of(codes, is_rolled_up=is_rolled_up)
    often: Counter[CodeId] = Counter(row for mark in material.marks for row in lines.get(mark.code_id, ()))
    kept = {code for code, _n in often.most_common(MOST_TOGETHER)}
    shown = tuple(code for code in codes if code.id in kept)
    table = cooccurrence.together(material.marks, material.texts, ask.unit, [code.id for code in shown], lines)
    return TogetherAnswer(table, shown, len(often) - len(shown), len(material.marks))
