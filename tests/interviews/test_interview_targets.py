"""The sealed records keep their shape, and print nothing."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.core.errors import Invalid
from qualcoder.core.ids import RespondentId
from qualcoder.interviews.models import Category, LinkType
from qualcoder.interviews.targets import (
    SPOKEN,
    ConsentScope,
    InterviewDetails,
    LinkKind,
    LinkTarget,
    OddShape,
    ParticipationTarget,
    RespondentAttributes,
    names_a_person,
)

days = st.none() | st.dates().map(lambda day: day.isoformat())
words = st.text(max_size=60)
RECORDS = {
    InterviewDetails: st.builds(InterviewDetails, days, st.none() | words, st.none() | st.sampled_from(SPOKEN)),
    ConsentScope: st.builds(ConsentScope, st.booleans(), st.booleans(), st.booleans(), days, words),
    RespondentAttributes: st.builds(RespondentAttributes, st.sampled_from(Category), words),
    ParticipationTarget: st.builds(
        ParticipationTarget, st.uuids().map(RespondentId), st.lists(words, max_size=3).map(tuple)
    ),
    LinkTarget: st.builds(LinkTarget, st.sampled_from(LinkKind), st.uuids(), st.sampled_from(LinkType)),
}
Record = InterviewDetails | ConsentScope | RespondentAttributes | ParticipationTarget | LinkTarget


@given(st.one_of(*RECORDS.values()))
def test_a_record_comes_back_as_it_went(record: Record) -> None:
    assert type(record).from_json(record.to_json()) == record


@given(st.sampled_from(list(RECORDS)), st.recursive(st.none() | st.booleans() | words, st.lists))
def test_anything_else_is_refused(kind: type[Record], value: object) -> None:
    with pytest.raises(OddShape):
        kind.from_json(value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (LinkTarget, {"kind": "round", "id": "not an id", "type": "about"}),
        (LinkTarget, {"kind": "planet", "id": str(UUID(int=1)), "type": "about"}),
        (LinkTarget, {"kind": "round", "id": str(UUID(int=1)), "type": "about", "more": 1}),
        (ConsentScope, {"quote": 1, "share": False, "archive": False, "until": None, "note": ""}),
        (RespondentAttributes, {"category": "king", "note": ""}),
        (ParticipationTarget, {"respondent_id": str(UUID(int=1)), "speaker_labels": "Ойдантап"}),
        (InterviewDetails, {"held_on": None, "place": 5, "language": None}),
    ],
)
def test_a_record_with_a_wrong_value_is_refused(kind: type[Record], value: object) -> None:
    with pytest.raises(OddShape):
        kind.from_json(value)


@pytest.mark.parametrize(
    ("held_on", "place", "language", "named"),
    [
        ("25.09.2026", None, None, "held_on"),
        ("20260925", None, None, "held_on"),
        ("2026-02-30", None, None, "held_on"),
        (None, "х" * 201, None, "place"),
        (None, None, "tatar", "language"),
    ],
)
def test_details_that_can_not_be_are_refused_by_field(
    held_on: str | None, place: str | None, language: str | None, named: str
) -> None:
    with pytest.raises(Invalid) as caught:
        InterviewDetails(held_on, place, language)
    assert set(caught.value.fields) == {named}


def test_no_record_prints_what_it_holds() -> None:
    records: list[Record] = [
        InterviewDetails("2026-09-25", "Мысалауыл"),
        ConsentScope(quote=True, share=True, archive=True, note="Ойдантап"),
        RespondentAttributes(Category.CANDIDATE_WINNER, "Выдуманов"),
        ParticipationTarget(RespondentId(uuid4()), ("Ойлап",)),
        LinkTarget(LinkKind.ROUND, uuid4(), LinkType.CANDIDATE),
    ]
    for record in records:
        assert not any(str(value) in repr(record) for value in record.to_json().values())


ONE, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("categories", "contests", "expected"),
    [
        ([Category.CANDIDATE_WINNER], [ONE], True),
        ([Category.CANDIDATE_LOSER], [ONE, ONE], True),
        ([Category.CANDIDATE_WINNER], [ONE, OTHER], False),
        ([Category.CANDIDATE_WINNER], [], False),
        ([Category.VOTER], [ONE], False),
        ([Category.VOTER, Category.CANDIDATE_LOSER], [ONE], True),
    ],
)
def test_a_candidate_in_one_contest_is_named_by_the_link(
    categories: list[Category], contests: list[UUID], *, expected: bool
) -> None:
    assert names_a_person(categories, contests) is expected
