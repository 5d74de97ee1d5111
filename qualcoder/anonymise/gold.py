"""Texts whose identifying stretches are known: read from JSON lines, and rewritten as speech recognition would."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import accumulate

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

LANGUAGES = ("ru", "kk", "en", "mixed")
_DIRECT = frozenset({Label.PERSON, Label.CONTACT, Label.ID})
_THEMES = frozenset({Label.CLAN})
# A sign inside a number or an address belongs to it; speech recognition drops those between words.
_LOOSE_SIGN = re.compile(r"(?<![^\W_])[^\w\s@#№%+/]+|[^\w\s@#№%+/]+(?![^\W_])")
_NOT_A_LABEL = re.compile(r"[^A-Z_0-9]")


class Case(StrEnum):
    """How a text is given to the detectors: as it stands, in small letters, or also without punctuation."""

    AS_IS = "as_is"
    LOWER = "lower"
    BARE = "bare"


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A half-open stretch in code points that identifies somebody.

    Spans with the same `entity` in one document mean the same person or thing. `is_kept` marks a public figure or a
    national party: it may be shown to the reviewer, and need not be hidden.
    """

    start: int
    end: int
    label: str
    tier: Tier
    entity: str = field(default="", repr=False)
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class GoldText:
    """A text with all its identifying stretches. Texts of one `document` leak, and are drawn, together."""

    id: str
    document: str
    language: str
    style: str
    text: str = field(repr=False)
    spans: tuple[GoldSpan, ...] = field(repr=False)
    case: Case = Case.AS_IS


def tier_of(label: str) -> Tier:
    """The tier of a label where a file says none."""
    return Tier.A if label in _DIRECT else Tier.C if label in _THEMES else Tier.B


def read_gold(raw: bytes) -> list[GoldText]:
    """Texts from JSON lines {id, language, style, text, spans: [{start, end, label}]}; Invalid names the line.

    Optional: `document` of a text, and `entity`, `tier` and `keep` of a span. Labels of other collections are taken
    as they are. Blank lines are passed over.
    """
    try:
        lines = raw.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise Invalid(N_("The gold file is not in UTF-8. Save it as UTF-8 and try again.")) from None
    texts = [_text(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not texts:
        raise Invalid(N_("The gold file holds no text. Each line is one text in JSON."))
    return texts


def _wrong(number: int, field_name: str) -> Invalid:
    said = N_("Line %(line)s of the gold file: “%(field)s” is missing or wrong.")
    return Invalid(said, line=number, field=field_name)


def _text(number: int, line: str) -> GoldText:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        raise Invalid(N_("Line %(line)s of the gold file is not JSON."), line=number) from None
    if not isinstance(given, dict):
        raise Invalid(N_("Line %(line)s of the gold file is not JSON with a text and its spans."), line=number)
    text, spans = given.get("text"), given.get("spans")
    if not isinstance(text, str) or any("\ud800" <= c <= "\udfff" for c in text):
        raise _wrong(number, "text")
    if not isinstance(spans, list):
        raise _wrong(number, "spans")
    name = str(given.get("id", number))
    language = given.get("language", "mixed")
    if language not in LANGUAGES:
        raise _wrong(number, "language")
    return GoldText(
        id=name,
        document=str(given.get("document", name)),
        language=language,
        style=str(given.get("style", "as_is")),
        text=text,
        spans=tuple(sorted(_spans(number, text, spans), key=lambda s: (s.start, s.end))),
    )


def _spans(number: int, text: str, given: list[object]) -> Iterator[GoldSpan]:
    for one in given:
        if not isinstance(one, dict):
            raise _wrong(number, "spans")
        yield _span(number, len(text), one)


def _span(number: int, length: int, given: Mapping[str, object]) -> GoldSpan:
    start, end, label = given.get("start"), given.get("end"), given.get("label")
    if not isinstance(start, int) or isinstance(start, bool):
        raise _wrong(number, "start")
    if not isinstance(end, int) or isinstance(end, bool) or not 0 <= start < end <= length:
        raise _wrong(number, "end")
    if not isinstance(label, str) or not label or _NOT_A_LABEL.search(label):
        raise _wrong(number, "label")
    tier = given.get("tier", tier_of(label))
    if not isinstance(tier, str) or tier not in tuple(Tier):
        raise _wrong(number, "tier")
    return GoldSpan(start, end, label, Tier(tier), str(given.get("entity", "")), given.get("keep") is True)


def in_case(gold: GoldText, case: Case) -> GoldText:
    """The same text in another case, its spans moved along; a span that loses all its letters is left out."""
    if case is Case.AS_IS:
        return gold
    # One letter stays one letter, so offsets hold: a Turkish capital I would become two.
    text = "".join(low if len(low := c.lower()) == 1 else c for c in gold.text)
    if case is Case.LOWER:
        return replace(gold, text=text, case=case)
    keeps = bytearray(b"\x01") * len(text)
    for sign in _LOOSE_SIGN.finditer(text):
        keeps[sign.start() : sign.end()] = bytes(sign.end() - sign.start())
    moved = (0, *accumulate(keeps))
    bare = "".join(c for c, is_kept in zip(text, keeps, strict=True) if is_kept)
    spans = (replace(s, start=moved[s.start], end=moved[s.end]) for s in gold.spans)
    return replace(gold, text=bare, spans=tuple(s for s in spans if s.start < s.end), case=case)
