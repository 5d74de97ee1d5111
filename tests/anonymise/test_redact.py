"""Replacing stretches and carrying offsets over."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcoder.anonymise.redact import Redacted, Replacement, redact, redact_turns


@dataclass(frozen=True)
class Turn:
    start: int
    body: str


texts = st.text(alphabet="аәбқ 😀e\u0301x1", max_size=40)


@st.composite
def texts_with_replacements(draw: st.DrawFn) -> tuple[str, list[Replacement]]:
    text = draw(texts)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return text, [
        Replacement(start, end, draw(st.sampled_from(["", "[Лицо 1]", "[ауыл 2]", "x"]))) for start, end in pairs
    ]


def test_names_are_replaced_and_the_rest_is_not() -> None:
    done = redact("Әкім Ойдантап 😀 келді", [Replacement(5, 13, "[Адам 1]")])
    assert done.text == "Әкім [Адам 1] 😀 келді"
    assert done.map.to_new(14) == 14
    assert done.map.to_old(14) == 14


def test_an_offset_inside_a_name_goes_to_its_beginning() -> None:
    done = redact("Ойдантап келді", [Replacement(0, 8, "[А]")])
    assert [done.map.to_new(at) for at in (0, 3, 7, 8, 14)] == [0, 0, 0, 3, 9]
    assert [done.map.to_old(at) for at in (0, 1, 2, 3, 9)] == [0, 0, 0, 8, 14]


@pytest.mark.parametrize(
    "replacements",
    [
        [Replacement(0, 5, "a"), Replacement(4, 8, "b")],
        [Replacement(2, 6, "a"), Replacement(2, 6, "a")],
        [Replacement(10, 15, "a")],
    ],
)
def test_overlaps_and_strays_are_refused_without_a_word_of_the_text(replacements: list[Replacement]) -> None:
    with pytest.raises(ValueError) as refused:
        redact("Выдуманов", replacements)
    assert "Выдуманов" not in str(refused.value)


@pytest.mark.parametrize(("start", "end"), [(4, 4), (5, 2), (-1, 2)])
def test_an_empty_stretch_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="start < end"):
        Replacement(start, end, "x")


@pytest.mark.parametrize("offset", [-1, 10])
def test_offsets_outside_the_text_are_refused(offset: int) -> None:
    done = redact("Выдуманов", [])
    with pytest.raises(ValueError, match="outside"):
        done.map.to_new(offset)


def test_nothing_of_the_text_shows_in_a_repr() -> None:
    done = redact("Выдуманов пришёл", [Replacement(0, 9, "[Лицо 1]")])
    assert "приш" not in repr(done)
    assert "Лицо" not in repr(Replacement(0, 9, "[Лицо 1]"))


def kept_offsets(text: str, replacements: list[Replacement]) -> list[int]:
    return [at for at in range(len(text)) if not any(r.start <= at < r.end for r in replacements)]


@settings(deadline=None)
@given(texts_with_replacements())
def test_text_outside_the_replaced_stretches_is_untouched(case: tuple[str, list[Replacement]]) -> None:
    text, replacements = case
    done = redact(text, replacements[::-1])
    assert all(done.text[done.map.to_new(at)] == text[at] for at in kept_offsets(text, replacements))
    assert len(done.text) == len(kept_offsets(text, replacements)) + sum(len(r.text) for r in replacements)
    for replacement in replacements:
        start, end = done.map.to_new(replacement.start), done.map.to_new(replacement.end)
        assert done.text[start:end].startswith(replacement.text) or replacement.text == ""


@settings(deadline=None)
@given(texts_with_replacements())
def test_the_maps_are_monotone_and_lead_back(case: tuple[str, list[Replacement]]) -> None:
    text, replacements = case
    done: Redacted = redact(text, replacements)
    forward = [done.map.to_new(at) for at in range(len(text) + 1)]
    backward = [done.map.to_old(at) for at in range(len(done.text) + 1)]
    assert forward == sorted(forward)
    assert backward == sorted(backward)
    assert all(backward[forward[at]] == at for at in [*kept_offsets(text, replacements), len(text)])


def test_a_replacement_across_turns_is_split_at_the_line_feed() -> None:
    turns = [Turn(0, "Мен Ойдантап"), Turn(13, "Серікпін"), Turn(22, "Жақсы")]
    assert redact_turns(turns, [Replacement(4, 21, "[Адам 1]")]) == ["Мен [Адам 1]", "[Адам 1]", "Жақсы"]


def test_a_line_feed_in_a_replacement_is_refused() -> None:
    with pytest.raises(ValueError, match="line feed"):
        redact_turns([Turn(0, "Ойдантап")], [Replacement(0, 8, "a\nb")])


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=5), st.data())
def test_turns_are_redacted_as_the_whole_text_is(bodies: list[str], data: st.DataObject) -> None:
    turns: list[Turn] = []
    for body in bodies:
        turns.append(Turn(turns[-1].start + len(turns[-1].body) + 1 if turns else 0, body))
    inside = [at for turn in turns for at in range(turn.start, turn.start + len(turn.body))]
    chosen = sorted(data.draw(st.sets(st.sampled_from(inside)))) if inside else []
    replacements = [Replacement(at, at + 1, "[x]") for at in chosen]
    assert "\n".join(redact_turns(turns, replacements)) == redact("\n".join(bodies), replacements).text
