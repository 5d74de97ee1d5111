"""A name that a reviewer marks is gone everywhere, or the reviewer is told where it would stay."""

from __future__ import annotations

import pytest

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.models import Decision
from qualcoder.core.errors import Invalid
from qualcoder.home import Home
from qualcoder.transcripts import reviewing
from tests.homes import World
from tests.transcripts.making import to_review, upload

TEXT = "Интервьюер: Кто там был?\nРеспондент: Приехал Ойдантап Ойлапов. Потом ОЙДАНТАП уехал, а ойдантап вернулся.\n"


def test_marking_is_refused_where_the_words_would_stay(home: Home, world: World) -> None:
    transcript = to_review(home, world, upload(TEXT), marks=("Ойдантап Ойлапов",))
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        (whole,) = reviewing.findings_of(db, found.transcript)
        reviewing.decide(db, found, whole.id, Decision.KEEP, reason="invented")
    with home.data.transaction() as db, pytest.raises(Invalid):
        reviewing.mark_missed(db, reviewing.reach_review(db, world.pi, transcript.id), "Ойдантап", Label.PERSON)


def test_marking_finds_every_case_of_the_letters(home: Home, world: World) -> None:
    transcript = to_review(home, world, upload(TEXT), marks=())
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        assert reviewing.mark_missed(db, found, "ойдантап", Label.PERSON) == 3


@pytest.mark.parametrize("typed", ["Лицо\n9", "Ли\u200bцо 9", "  Лицо\t 9 "])
def test_a_replacement_is_one_clean_line(home: Home, world: World, typed: str) -> None:
    transcript = to_review(home, world, upload(TEXT), marks=("Ойлапов",))
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        (span,) = reviewing.findings_of(db, found.transcript)
        reviewing.decide(db, found, span.id, Decision.ACCEPT, replacement=typed)
        shown, _reasons = reviewing.words_about(db, [span])
        assert shown[span.id] == "Лицо 9"
