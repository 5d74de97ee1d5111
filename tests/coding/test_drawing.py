"""Drawn turns: the words letter for letter, and nothing that was typed becomes markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.coding.drawing import Drawer
from qualcoder.coding.rendering import turn_views
from qualcoder.coding.view import CodingMark, TurnText
from qualcoder.core.catalogue import catalogue

HOSTILE = "<script>alert('x')</script> & \"сөз\" &amp; 👩‍🏫 е́"


class Reader(HTMLParser):
    """The words in ``p.x``, every tag, and every attribute."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[dict[str, str | None]] = []
        self._inside = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append(dict(attrs))
        if tag == "p":
            self._inside = True
            self.words.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.words[-1] += data


def a_turn(n: int, start: int, body: str, speaker: str = "R") -> TurnText:
    return TurnText(n, start, len(body), (0,), "kk", speaker, body)


def a_mark(start: int, end: int, *, is_mine: bool = True, valence: str | None = None, label: str = "x") -> CodingMark:
    own, code, coder = (UUID(int=n) for n in (start * 1000 + end, 7, 8 if is_mine else 9))
    return CodingMark(own, start, end, code, label, 3, "dots", coder, HOSTILE, is_mine, valence, has_memo=True)


def drawn(turns: list[TurnText], marks: list[CodingMark], language: str = "kk", *, in_words: bool = True) -> str:
    drawer = Drawer(catalogue(language), lambda own: f"/codings/{own}/remove", in_words=in_words)
    return str(drawer.turns(turn_views(turns, marks)))


BODY = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@given(st.lists(BODY, min_size=1, max_size=4), st.lists(st.tuples(st.integers(0, 200), st.integers(1, 80)), max_size=8))
def test_the_words_are_the_turns_letter_for_letter(bodies: list[str], drawn_marks: list[tuple[int, int]]) -> None:
    turns, start = [], 0
    for n, body in enumerate(bodies, start=1):
        turns.append(a_turn(n, start, body))
        start += len(body) + 1
    marks = [a_mark(at, at + length) for at, length in dict.fromkeys(drawn_marks) if at + length <= start - 1]
    assert Reader(drawn(turns, marks)).words == bodies


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_what_people_typed_stays_text(language: str) -> None:
    marks = [a_mark(0, 5, label=HOSTILE, valence="denies"), a_mark(2, 9, is_mine=False, label=HOSTILE)]
    html = Reader(drawn([a_turn(1, 0, HOSTILE, speaker=HOSTILE)], marks, language))
    assert html.words == [HOSTILE]
    assert "script" not in html.tags
    assert html.tags.count("li") == 2
    assert html.tags.count("button") == 1  # only one's own can be removed
    titles = [line["title"] for line in html.attributes if "title" in line]
    assert len(titles) == 2
    assert all(title is not None and title.startswith(HOSTILE) for title in titles)


def test_an_item_that_a_script_words_carries_what_it_says_and_nothing_else() -> None:
    marks = [a_mark(0, 5, label=HOSTILE, valence="denies"), a_mark(2, 9, is_mine=False, label=HOSTILE)]
    page = drawn([a_turn(1, 0, HOSTILE)], marks, in_words=False)
    assert len(re.findall(r"<li [^>]*></li>", page)) == 2
    html = Reader(page)
    assert "script" not in html.tags
    assert "button" not in html.tags
    mine, other = (line for line in html.attributes if "data-coding" in line)
    assert (mine["data-label"], mine["data-look"], mine["data-valence"]) == (HOSTILE, "k3 tx-dots", "denies")
    assert "data-by" not in mine
    assert "data-memo" in mine
    assert other["data-who"] == HOSTILE


def test_a_removal_leads_to_the_coding_itself() -> None:
    mark = a_mark(0, 3)
    (button,) = (line for line in Reader(drawn([a_turn(1, 0, "сөз")], [mark])).attributes if "formaction" in line)
    assert button["formaction"] == f"/codings/{mark.id}/remove"


def test_a_turn_without_codings_has_no_margin() -> None:
    assert "details" not in Reader(drawn([a_turn(1, 0, "сөз")], [])).tags
