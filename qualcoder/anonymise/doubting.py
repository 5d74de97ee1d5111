"""Words that may be names and that no voice has claimed, as a spaCy component: shown faintly, never propagated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcoder.anonymise import trained_models
from qualcoder.anonymise.findings import UNCERTAIN, Finding, Label, Tier
from qualcoder.anonymise.letters import KAZAKH_ONLY
from qualcoder.anonymise.lexicon.cues import ADDRESS_AFTER, ADDRESS_BEFORE
from qualcoder.anonymise.lexicon.flags import POLITE, Lexicon, stems_of
from qualcoder.anonymise.rules.common_words import NOT_NAMES
from qualcoder.anonymise.rules.reasons import MAYBE_NAME, TITLE
from qualcoder.anonymise.voting import NAME_MARKS, Reading
from qualcoder.anonymise.words import Word
from qualcoder.core.text import Span

if TYPE_CHECKING:
    from spacy.tokens import Doc

_SCORE = 0.2
_SHORTEST = 3
# A listed name under an ending: shorter ones are found by chance in other words.
_LONG = 5
LISTED = frozenset({"f", "fs", "mName", "mSurn", "mPatr", "smName", "smSurn", "pk", POLITE})
# What the Russian dictionary says of the stem of a word with Kazakh letters.
_BY_CHANCE = frozenset({"smName", "smSurn"})
_WHOLE = frozenset({"f", POLITE})
_PLACES = frozenset({"H", "C", "mGeox", "smGeox"})
_COMMON = frozenset({"ckk", "cru", "cen", "mk"})
_LISTED_COMMON = frozenset({"ckk", "cru"})
_COMMON_KAZAKH = _COMMON - {"mk"}
# A town of the country that the world knows: it is never a word of everyday.
_TOWN = frozenset({"H", "C"})
# How villages are named: a number and a thing, or something and a kind of land.
_VILLAGE = re.compile(
    r"(?:үш|бес|алты|жеті|тоғыз|қырық)(?!ін|ын|н)\w{4,12}"
    r"|\w{3,12}(?:төбе|құм|көл|бұлақ|өзен|ауыл|кент|қорған|тоғай|шоқы|қайың|өткел|құдық|жайлау|қыстау|тұз|қамыс|бидайық)"
)
# First words of names of places: Новой Зеландии, Оңтүстік Корея, New York.
_SIDE = re.compile(
    r"(?:нов|южн|северн|восточн|западн|центральн|средн|верхн|нижн|больш|мал|стар|дальн|саудовск)(?:[аояие]й|ого|ему|ому"
    r"|[иы]м|ом|[ую]ю|[ая]я|ое|ее|[иы]е|[иы]х)|санкт|орта|жаңа|оңтүстік|солтүстік|батыс|шығыс|орталық"
    r"|new|north|south|east|west|san|saint|santa|los|las"
)
_INITIALS = 2
_JOINTS = str.maketrans("", "", "-'")
_OTHER, _PERSON, _PLACE = 1, 2, 3
_MARKS = {Label.PERSON: _PERSON, Label.PLACE_COARSE: _PLACE, Label.PLACE_FINE: _PLACE}
# Marks of words that are given names beside being something else: Вера, Роман.
_BOTH = frozenset({"f", "aName", "aPatr", "aSurn", "mName", "mSurn"})
# So much of a sentence has to be Russian for a word that is not to be strange in it.
_MOSTLY = 0.6


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Why a word may be a name, and of what."""

    source: str
    label: Label = Label.PERSON


class UncertainComponent:
    """Words that nothing has claimed: with a capital within a sentence, or listed as names, or strange in Russian.

    A kin word that is part of how a person is called (Айгүл апай, тётя Валя) is marked beside the name, not in it.
    """

    def __call__(self, doc: Doc) -> Doc:
        reading: Reading = doc._.reading
        covered = _Cover(len(doc.text))
        for finding in doc._.findings:
            covered.add(finding)
        found: list[Finding] = []
        for sentence in reading.sentences:
            found += _doubted(sentence, reading, covered)
            found += _beside(sentence, reading, covered)
        doc._.findings = (*doc._.findings, *found)
        return doc


class _Cover:
    """Which characters lie in a finding, and which in one of a person."""

    def __init__(self, length: int) -> None:
        self._signs = bytearray(length + 1)

    def add(self, finding: Finding) -> None:
        mark = _MARKS.get(finding.label, _OTHER)
        self._signs[finding.start : finding.end] = bytes([mark]) * (finding.end - finding.start)

    def is_free(self, start: int, end: int) -> bool:
        return not any(self._signs[start:end])

    def is_person(self, at: int) -> bool:
        return self._signs[at] == _PERSON

    def is_place(self, at: int) -> bool:
        return self._signs[at] == _PLACE


def _doubted(sentence: Sequence[Word], reading: Reading, covered: _Cover) -> Iterator[Finding]:
    lexicon = trained_models.lexicon()
    is_russian = _is_russian(sentence, lexicon)
    for at, word in enumerate(sentence):
        doubt = _doubt(sentence, at, reading, lexicon, is_russian=is_russian)
        if doubt is None:
            continue
        span = reading.shadow.span(word.start, word.end)
        if covered.is_free(span.start, span.end):
            tier = Tier.A if doubt.label is Label.PERSON else Tier.B
            finding = Finding(
                span.start, span.end, doubt.label, tier, _SCORE, (f"{UNCERTAIN}.{doubt.source}",), MAYBE_NAME
            )
            covered.add(finding)
            yield finding


def _doubt(sentence: Sequence[Word], at: int, reading: Reading, lexicon: Lexicon, *, is_russian: bool) -> _Doubt | None:
    form = sentence[at].form
    if len(form) < _SHORTEST or not form.translate(_JOINTS).isalpha():
        return None
    lower = form.lower()
    marks = lexicon.flags(lower)
    is_common = _is_common(lower, marks)
    is_english = form.isascii() and lexicon.is_seen_in_english(lower) and not _TOWN.issubset(marks)
    # The name begins after the apostrophe of d'Ettorre.
    if not reading.is_cased or not (form[0].isupper() or form.partition("'")[2][:1].isupper()):
        known = is_common or is_english
        return None if known else _small(lower, marks, is_russian=is_russian, is_cased=reading.is_cased)
    if form.isascii():
        return None if is_english else _Doubt("capital")
    begins = at == 0 or not sentence[at - 1].is_word
    if not NAME_MARKS.isdisjoint(marks):
        return None if is_common and begins else _Doubt("capital")
    return None if is_common or begins else _Doubt("capital")


def _is_common(lower: str, marks: Sequence[str]) -> bool:
    """Whether a word list has it. The Russian dictionary knows Бәке only by chance, as баке."""
    if _TOWN.issubset(marks):
        return False
    is_polite = POLITE in marks and not KAZAKH_ONLY.isdisjoint(lower)
    return not (_COMMON_KAZAKH if is_polite else _COMMON).isdisjoint(marks)


def _small(lower: str, marks: Sequence[str], *, is_russian: bool, is_cased: bool) -> _Doubt | None:
    """A word in small letters that no common word list has. Beside capitals only a whole name is doubted."""
    is_kazakh = not KAZAKH_ONLY.isdisjoint(lower)
    is_listed = not (LISTED - _BY_CHANCE if is_kazakh else LISTED).isdisjoint(marks)
    if is_listed and (not _WHOLE.isdisjoint(marks) or (len(lower) >= _LONG and not is_cased)):
        return _Doubt("listed")
    if len(lower) < _LONG:
        return None
    if not _PLACES.isdisjoint(marks):
        return _Doubt("place", Label.PLACE_COARSE)
    if any(map(_VILLAGE.fullmatch, stems_of(lower))):
        return _Doubt("shape", Label.PLACE_FINE)
    is_strange = is_russian and not is_kazakh and not any(mark[0] == "m" for mark in marks)
    return _Doubt("strange") if is_strange and not lower.isascii() else None


def _is_russian(sentence: Sequence[Word], lexicon: Lexicon) -> bool:
    """Whether the dictionary of Russian knows most words of a sentence."""
    words = [word.form.lower() for word in sentence if word.form.isalpha() and not word.form.isascii()]
    known = sum(1 for word in words if len(word) < _SHORTEST or "mk" in lexicon.flags(word))
    return known > _MOSTLY * len(words)


def _beside(sentence: Sequence[Word], reading: Reading, covered: _Cover) -> Iterator[Finding]:
    """Words next to a person that belong to how the person is called: kin, initials, a name that is a word too."""
    shadow = reading.shadow
    places = [shadow.span(word.start, word.end) for word in sentence]
    people = [covered.is_person(place.start) and covered.is_person(place.end - 1) for place in places]
    for at, word in enumerate(sentence):
        if not word.form[0].isalpha() or not covered.is_free(places[at].start, places[at].end):
            continue
        after, before = at > 0 and people[at - 1], at + 1 < len(people) and people[at + 1]
        lower = word.form.lower()
        if (after and not ADDRESS_AFTER.isdisjoint(stems_of(lower))) or (before and lower in ADDRESS_BEFORE):
            span = places[at]
            yield Finding(span.start, span.end, Label.ROLE, Tier.B, _SCORE, (f"{UNCERTAIN}.kin",), TITLE)
            continue
        end = _initials_end(sentence, people, at)
        if end is None and (after or before) and _is_both(lower):
            end = at + 1
        if end is None and _is_part(sentence, places, at, covered):
            yield Finding(
                places[at].start, places[at].end, Label.PLACE_COARSE, Tier.B, _SCORE, (f"{UNCERTAIN}.part",), MAYBE_NAME
            )
        if end is not None:
            start, stop = places[at].start, places[end - 1].end
            yield Finding(start, stop, Label.PERSON, Tier.A, _SCORE, (f"{UNCERTAIN}.beside",), MAYBE_NAME)


def _is_part(sentence: Sequence[Word], places: Sequence[Span], at: int, covered: _Cover) -> bool:
    """Whether a word of some name of several words stands before a place: новой зеландии."""
    lower = sentence[at].form.lower()
    if at + 1 == len(sentence) or lower in NOT_NAMES:
        return False
    if _SIDE.fullmatch(lower) is None and "P" not in trained_models.lexicon().flags(lower):
        return False
    return covered.is_place(places[at + 1].start)


def _is_both(lower: str) -> bool:
    """A given name that is a plain Russian word too."""
    if len(lower) < _SHORTEST or lower.isascii() or not KAZAKH_ONLY.isdisjoint(lower):
        return False
    marks = trained_models.lexicon().flags(lower)
    return not _BOTH.isdisjoint(marks) and _LISTED_COMMON.isdisjoint(marks)


def _initials_end(sentence: Sequence[Word], people: Sequence[bool], at: int) -> int | None:
    """Where initials that begin here and touch a person end: д. сочинялова, шмелюк в. п., шмелюк в п.

    Without full stops two letters are needed after a name: one alone is a preposition.
    """
    end, letters, stops = at, 0, 0
    while end < len(sentence) and letters < _INITIALS and len(sentence[end].form) == 1 and sentence[end].form.isalpha():
        end, letters = end + 1, letters + 1
        if end < len(sentence) and sentence[end].form == ".":
            end, stops = end + 1, stops + 1
    if not letters:
        return None
    is_after = at > 0 and people[at - 1]
    is_before = end < len(sentence) and people[end]
    if stops == letters:
        return end if is_after or is_before else None
    return end if is_after and letters == _INITIALS else None
