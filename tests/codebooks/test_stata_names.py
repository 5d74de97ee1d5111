"""Names and labels Stata takes."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.codebooks.stata_names import LONGEST_LABEL, LONGEST_NAME, cut_label, stata_name
from qualcoder.races.variables import VARIABLES

VALID = regex.compile(r"[a-z_][a-z0-9_]{0,31}")
RESERVED = {
    "if",
    "in",
    "int",
    "long",
    "byte",
    "float",
    "double",
    "using",
    "with",
    "str5",
    "strl",
    "_n",
    "_all",
    "_cons",
}


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("th_inc_visib_p", "th_inc_visib_p"),
        ("Явка по публикации", "yavka_po_publikatsii"),
        ("Әкімнің орынбасары", "akimning_orynbasary"),
        ("Қоянды – Ұлы ғұрып", "qoyandy_uly_ghuryp"),
        ("Һәм Өзін-өзі ұсынған", "ham_ozin_ozi_usynghan"),
        ("Ёж, щука, подъезд", "ezh_shchuka_podezd"),
        ("café Straße", "cafe_strasse"),
        ("1st race", "v1st_race"),
        ("if", "vif"),
        ("str12", "vstr12"),
        ("_n", "n"),
        ("😀", "v"),
        ("", "v"),
        ("x" * 40, "x" * 32),
    ],
)
def test_names_are_made_valid(raw: str, name: str) -> None:
    assert stata_name(raw) == name


def test_published_names_of_variables_are_left_alone() -> None:
    assert [stata_name(name) for name in VARIABLES] == list(VARIABLES)


def test_a_clash_is_numbered_within_the_length() -> None:
    assert stata_name("Явка", {"yavka"}) == "yavka_2"
    assert stata_name("Явка", {"yavka", "yavka_2"}) == "yavka_3"
    assert stata_name("x" * 40, {"x" * 32}) == "x" * 30 + "_2"


@given(st.lists(st.text(max_size=45), max_size=8))
def test_any_names_become_valid_and_different(raws: list[str]) -> None:
    names: list[str] = []
    for raw in raws:
        names.append(stata_name(raw, names))
    assert len(set(names)) == len(names)
    assert all(VALID.fullmatch(name) and len(name) <= LONGEST_NAME and name not in RESERVED for name in names)
    assert [stata_name(name) for name in names] == names


@pytest.mark.parametrize(
    ("label", "cut"),
    [
        ("Жолдың жағдайы", "Жолдың жағдайы"),
        ("two\nlines\tand  more", "two lines and more"),
        ("ә" * 80, "ә" * 80),
        ("ә" * 81, "ә" * 79 + "…"),
        ("a" * 76 + "👨‍👩‍👧‍👦" + "b", "a" * 76 + "…"),
        ("и\u0306" * 60, "и\u0306" * 39 + "…"),
    ],
)
def test_labels_are_cut_between_whole_characters(label: str, cut: str) -> None:
    assert cut_label(label) == cut


@given(st.text(max_size=200))
def test_any_label_fits(label: str) -> None:
    assert len(cut_label(label)) <= LONGEST_LABEL
