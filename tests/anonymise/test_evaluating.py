"""Figures counted by hand: what is masked, what leaks, what is marked in vain."""

from __future__ import annotations

import pytest

from qualcoder.anonymise.evaluating import ANY, DIRECT, LabelFigures, Mark, Report, evaluate, surface_hash
from qualcoder.anonymise.evaluation_table import tables
from qualcoder.anonymise.gold import GoldSpan, GoldText, tier_of


def gold(text: str, *marked: tuple[str, str, str], name: str = "d1", language: str = "ru", keep: str = "") -> GoldText:
    """A text; each marked stretch is (surface, label, entity), looked for from the last one on."""
    spans: list[GoldSpan] = []
    at = 0
    for surface, label, entity in marked:
        at = text.index(surface, at)
        spans.append(GoldSpan(at, at + len(surface), label, tier_of(label), entity, surface == keep))
    return GoldText(name, name, language, "written", text, tuple(spans))


def mark(of: GoldText, surface: str, label: str = "PERSON", *, is_kept: bool = False) -> Mark:
    start = of.text.index(surface)
    return Mark(start, start + len(surface), label, is_kept)


def row(report: Report, label: str, language: str = "ru") -> LabelFigures:
    (found,) = [one for one in report.labels if one.label == label and one.language == language]
    return found


NAMES = gold("Серик Ойдантапов звал Серика в Примерное.", ("Серик Ойдантапов", "PERSON", "p1"),
             ("Серика", "PERSON", "p1"), ("Примерное", "PLACE_FINE", "l1"))  # fmt: skip


@pytest.mark.parametrize(
    ("surface", "is_masked"),
    [("Серик Ойдантапов", True), ("Серик Ойдантапов звал", True), ("Серик", False), ("Серик Ойдантапо", False)],
)
def test_a_mention_is_masked_when_all_its_letters_are(surface: str, is_masked: bool) -> None:
    one = gold("Серик Ойдантапов звал.", ("Серик Ойдантапов", "PERSON", ""))
    person = row(evaluate([one], [[mark(one, surface, "ORG")]]), "PERSON")
    assert person.masked.share == float(is_masked)
    assert (person.precision, person.recall) == (None, 0.0)


def test_two_findings_side_by_side_mask_a_mention_between_them() -> None:
    report = evaluate([NAMES], [[mark(NAMES, "Серик"), mark(NAMES, "Ойдантапов", "ORG")]])
    assert row(report, "PERSON").masked.share == 0.5


def test_one_missed_mention_leaks_its_entity_and_its_document() -> None:
    report = evaluate([NAMES], [[mark(NAMES, "Серик Ойдантапов"), mark(NAMES, "Примерное", "PLACE_FINE")]])
    person, place = row(report, "PERSON"), row(report, "PLACE_FINE")
    assert (person.masked.share, person.entity_leaks.share, person.entity_leaks.of) == (0.5, 1.0, 1)
    assert (person.precision, person.recall, person.f1) == (1.0, 0.5, 2 / 3)
    assert (place.masked.share, place.entity_leaks.share, place.document_leaks.share) == (1.0, 0.0, 0.0)
    assert row(report, DIRECT).document_leaks.share == 1.0
    assert row(report, "PLACE").recall == 1.0
    assert row(report, ANY).mentions == 3
    assert [(m.start, m.end, m.label) for m in report.missed] == [(22, 28, "PERSON")]


def test_the_same_entity_in_two_documents_counts_twice() -> None:
    texts = [gold("Серик", ("Серик", "PERSON", "p1"), name=name) for name in ("a", "b")]
    person = row(evaluate(texts, [[mark(texts[0], "Серик")], []]), "PERSON")
    assert (person.entity_leaks.of, person.entity_leaks.share, person.document_leaks.share) == (2, 0.5, 0.5)
    assert person.masked.low is not None
    assert person.masked.high is not None
    assert person.masked.low <= 0.5 <= person.masked.high


def test_a_public_figure_is_neither_a_leak_nor_a_mistake() -> None:
    one = gold("Токаев и Серик", ("Токаев", "PERSON", "x"), ("Серик", "PERSON", "p"), keep="Токаев")
    for kept in (True, False):
        report = evaluate([one], [[mark(one, "Токаев", is_kept=kept), mark(one, "Серик")]])
        person, (group,) = row(report, "PERSON"), report.groups
        assert (person.mentions, person.precision, person.document_leaks.share) == (1, 1.0, 0.0)
        assert (group.kept, group.kept_hidden) == (1, float(not kept))
        assert (group.flagged_share, group.gold_share, group.flagged_ratio) == (1 / 3, 1 / 3, 1.0)


def test_a_mention_proposed_as_keep_hides_nobody() -> None:
    report = evaluate([NAMES], [[mark(NAMES, "Серик Ойдантапов", is_kept=True)]])
    assert row(report, "PERSON").masked.share == 0.0


def test_words_marked_in_vain_count_as_work() -> None:
    (group,) = evaluate([NAMES], [[Mark(0, len(NAMES.text), "ORG")]]).groups
    assert (group.words, group.flagged_share, group.gold_share) == (6, 1.0, 4 / 6)
    assert group.flagged_ratio == 1.5


def test_unseen_mentions_are_those_whose_spelling_was_not_trained_on() -> None:
    seen = frozenset({surface_hash("серика")})
    person = row(evaluate([NAMES], [[mark(NAMES, "Серика")]], seen=seen), "PERSON")
    assert person.unseen is not None
    assert (person.masked.of, person.unseen.of, person.unseen.share) == (2, 1, 0.0)
    assert row(evaluate([NAMES], [[]]), "PERSON").unseen is None


def test_languages_have_rows_of_their_own_and_one_together() -> None:
    texts = [NAMES, gold("Бұл Ерлан.", ("Ерлан", "PERSON", ""), name="d2", language="kk")]
    report = evaluate(texts, [[], [mark(texts[1], "Ерлан")]], seconds=[1.0, 0.5])
    assert [row(report, "PERSON", language).masked.share for language in ("kk", "ru", "all")] == [1.0, 0.0, 1 / 3]
    assert [group.words_per_second for group in report.groups] == [4.0, 6.0, 8 / 1.5]


def test_the_same_draw_gives_the_same_interval() -> None:
    texts = [gold("Серик тут", ("Серик", "PERSON", ""), name=str(n)) for n in range(12)]
    found = [[mark(text, "Серик")] if n % 3 else [] for n, text in enumerate(texts)]
    first, again = (row(evaluate(texts, found), "PERSON").masked for _ in range(2))
    assert first == again
    assert first.low is not None
    assert first.high is not None
    assert 0.2 < first.low < 2 / 3 < first.high < 1.0


def test_nothing_to_find_is_no_figure() -> None:
    empty = gold("")
    report = evaluate([empty], [[]])
    assert (row(report, ANY).masked.share, report.groups[0].flagged_share) == (None, None)
    assert "| -" in tables(report)


def test_findings_past_the_end_or_on_one_another_are_counted_once() -> None:
    one = gold("Серик", ("Серик", "PERSON", ""))
    report = evaluate([one], [[Mark(0, 99, "PERSON"), Mark(0, 5, "PERSON"), Mark(0, 5, "PERSON")]])
    assert (row(report, "PERSON").masked.share, row(report, "PERSON").recall) == (1.0, 1.0)


def test_tables_have_a_row_for_each_figure_and_the_speed_only_on_demand() -> None:
    report = evaluate([NAMES], [[mark(NAMES, "Серик Ойдантапов")]], seconds=[2.0])
    shown = tables(report)
    assert len(shown.splitlines()) == len(report.labels) + len(report.groups) + 5
    assert "words/s" in shown
    assert "words/s" not in tables(report, with_speed=False)
    assert "| 0.500" in shown
