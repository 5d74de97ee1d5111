"""Turns as HTML. Thousands of codings are drawn at once, so this is the one part of a page that is not a template:
what many codings share (a code's name, its swatch, who made it) is written once and then only joined.

The text of ``.x`` is the turn's body, letter for letter. Everything that people typed is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias
from uuid import UUID

from markupsafe import Markup, escape

from qualcoder.coding.view import CodingMark, Stripe, TurnView
from qualcoder.core.catalogue import Catalogue, catalogue
from qualcoder.core.messages import N_
from qualcoder.core.text import Span

_VALENCES = {"helps": N_("helps"), "hinders": N_("hinders"), "denies": N_("denies")}
_ID = "\0"

# What an item carries of its code for scripts; its name with what the coding claims; how the button to remove it ends.
_Named: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True)
class Drawer:
    """Draws the turns of one page in one language; `remove_url` gives the address that removes a coding.

    The list of a turn's codes carries each coding as an empty item, which a script words when it is opened: most never
    are, and worded they are half of a page. With `in_words` they come worded, for a browser without scripts; with
    `can_code` there are buttons to remove the reader's own.
    """

    book: Catalogue
    remove_url: Callable[[str], str]
    in_words: bool = False
    can_code: bool = True

    def turns(self, views: tuple[TurnView, ...]) -> Markup:
        """Turns one after another."""
        return Markup("".join(map(self._turn, views)))  # noqa: S704 -- every part is escaped where it is put in

    def sections(self, chunks: Iterable[tuple[TurnView, ...]]) -> Iterator[str]:
        """Groups of turns, each a section of its own."""
        for views in chunks:
            yield f'<section class="chunk">{self.turns(views)}</section>'

    def _turn(self, view: TurnView) -> str:
        turn = view.turn
        words = self._words_with_hidden(view) if turn.hidden else [str(escape(piece.text)) for piece in view.segments]
        body = "".join(
            f'<mark class="{piece.depth_class}" data-s="{piece.index}">{shown}</mark>' if piece.depth else shown
            for piece, shown in zip(view.segments, words, strict=True)
        )
        return (
            f'<article class="turn" id="t{turn.n}" data-o="{turn.start}" data-n="{turn.length}"'
            f' data-b="{turn.bounds_text}" tabindex="-1" aria-labelledby="s{turn.n}"><header class="who"'
            f' id="s{turn.n}"><b>{escape(turn.speaker)}</b> <span class="tn">{turn.n}</span></header>'
            f'<p class="x" lang="{escape(turn.language)}">{body}</p>{self._margin(view)}</article>'
        )

    def _words_with_hidden(self, view: TurnView) -> list[str]:
        """The text of each segment; what is hidden has a name for those who hear the page."""
        at, shown = 0, []
        for piece in view.segments:
            parts = []
            for start, end, is_hidden in cut(at, at + len(piece.text), view.turn.hidden):
                words = escape(piece.text[start - at : end - at])
                parts.append(
                    f'<span class="hid" role="img" aria-label="{self._hidden}">{words}</span>' if is_hidden else words
                )
            shown.append("".join(parts))
            at += len(piece.text)
        return shown

    def _margin(self, view: TurnView) -> str:
        if not view.marks:
            return ""
        said = self.book.text(N_("Codes on turn %(turn)s: %(n)s")) % {"turn": view.turn.n, "n": len(view.marks)}
        more = f'<span class="more-codes">+{view.hidden}</span>' if view.hidden else ""
        return (
            f'<details class="margin"><summary><span class="vh">{escape(said)}</span>'
            f"{''.join(map(self._stripe, view.stripes))}{more}</summary>"
            f'<ul class="codes-here">{"".join(map(self._item, view.marks))}</ul></details>'
        )

    def _stripe(self, bar: Stripe) -> str:
        title = f"{bar.label} · {self._you if bar.is_mine else bar.coder_name}"
        return (
            f'<span class="stripe k{bar.colour} tx-{escape(bar.texture)} lane{bar.lane} y{bar.y} h{bar.h}'
            f'{"" if bar.is_mine else " is-other"}" data-codings="{" ".join(map(str, bar.coding_ids))}"'
            f' title="{escape(title)}"></span>'
        )

    def _item(self, mark: CodingMark) -> str:
        carried, name, removal = self._named(mark)
        claims = f' data-valence="{escape(mark.valence)}"' if mark.valence else ""
        claims += f' data-weight="{mark.weight}"' if mark.weight else ""
        claims += " data-unsure" if mark.is_unsure else ""
        claims += " data-memo" if mark.has_memo else ""
        claims += " data-translated" if mark.is_translated else ""
        whose = "" if mark.is_mine else f' data-by="{mark.coder_id}" data-who="{escape(mark.coder_name)}"'
        place = f'data-s="{mark.start}" data-e="{mark.end}" data-r="{mark.revision}"'
        words = f"{name}{self._ending(mark, removal)}" if self.in_words else ""
        return f'<li data-coding="{mark.id}" {place}{carried}{whose}{claims}>{words}</li>'

    def _ending(self, mark: CodingMark, removal: str) -> str:
        """The button to remove it, where it is the reader's own, and who made it with what."""
        before, after = self._removal
        button = f'<button class="is-small" formaction="{before}{mark.id}{after}" data-remove{removal}'
        noted = f"<span> · {self._memo}</span>" if mark.has_memo else ""
        noted += f" · {self._translation}" if mark.is_translated else ""
        who = escape(self._you if mark.is_mine else mark.coder_name)
        return f'{button if mark.is_mine and self.can_code else ""}<span class="by">{who}{noted}</span>'

    def _named(self, mark: CodingMark) -> _Named:
        kind = (mark.code_id, mark.valence)
        known = self._names.get(kind)
        if known is None:
            claim = f" · {self.book.text(_VALENCES.get(mark.valence, mark.valence))}" if mark.valence else ""
            label = self.book.text(N_("Remove: %(code)s")) % {"code": mark.code_label}
            look = f"k{mark.colour} tx-{escape(mark.texture)}"
            known = self._names[kind] = (
                f' data-code="{mark.code_id}" data-look="{look}" data-label="{escape(mark.code_label)}"',
                f'<span class="swatch {look}"></span><span class="name">{escape(mark.code_label + claim)}</span>',
                f' aria-label="{escape(label)}">{escape(self.book.text(N_("Remove")))}</button>',
            )
        return known

    @cached_property
    def _names(self) -> dict[tuple[UUID, str | None], _Named]:
        return {}

    @cached_property
    def _removal(self) -> tuple[str, str]:
        before, _id, after = self.remove_url(_ID).partition(_ID)
        return str(escape(before)), str(escape(after))

    @cached_property
    def _you(self) -> str:
        return self.book.text(N_("you"))

    @cached_property
    def _hidden(self) -> str:
        return str(escape(self.book.text(N_("hidden passage"))))

    @cached_property
    def _memo(self) -> str:
        return str(escape(self.book.text(N_("memo"))))

    @cached_property
    def _translation(self) -> str:
        return str(escape(self.book.text(N_("translation"))))


def cut(start: int, end: int, hidden: Sequence[Span]) -> Iterator[tuple[int, int, bool]]:
    """A stretch cut where hidden ones begin and end; these don't overlap and are in reading order."""
    at = start
    for span in hidden:
        low, high = max(at, span.start), min(end, span.end)
        if low >= high:
            continue
        if low > at:
            yield at, low, False
        yield low, high, True
        at = high
    if at < end:
        yield at, end, False


def drawer_for(language: str, path_for: Callable[..., str], *, in_words: bool = False, can_code: bool = True) -> Drawer:
    """What draws turns in a language; `path_for` gives the address of a route by name and parameters."""

    def remove_url(coding_id: str) -> str:
        return path_for("coding:remove", coding_id=coding_id)

    return Drawer(catalogue(language), remove_url, in_words=in_words, can_code=can_code)
