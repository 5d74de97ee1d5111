"""How much of what identifies somebody is found: recall by mention, leaks by entity and document, marks to review.

A mention is masked when every letter and digit of it lies in some finding, of whatever label: that is what decides
whether something leaks. Exact precision and recall ask for the same stretch and label, and flatter nobody.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from qualcoder.anonymise.findings import Finding, Label, Tier
from qualcoder.anonymise.gold import Case, GoldSpan, GoldText

# Rows that sum up several labels; "ANY" takes all, "DIRECT" what tells by itself (tier A).
ANY, DIRECT, PLACE, STRUCTURED = "ANY", "DIRECT", "PLACE", "STRUCTURED"
_SUMS: dict[str, frozenset[str]] = {
    PLACE: frozenset({Label.PLACE_FINE, Label.PLACE_COARSE}),
    STRUCTURED: frozenset({Label.CONTACT, Label.ID, Label.DATE, Label.AGE, Label.PRECINCT}),
}
ALL = "all"
ROUNDS = 500
_CERTAINTY = (2.5, 97.5)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """What a detector says of a text, without why. A mark proposed as "keep" hides nothing."""

    start: int
    end: int
    label: str
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """A share of `of` things, with a 95 % bootstrap interval over documents; None where there is nothing."""

    share: float | None
    low: float | None
    high: float | None
    of: int


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label of one language, style and case. `unseen` is None without a list of training surfaces."""

    language: str
    style: str
    case: str
    label: str
    mentions: int
    precision: float | None
    recall: float | None
    f1: float | None
    masked: Interval
    unseen: Interval | None
    entity_leaks: Interval
    document_leaks: Interval


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """One language, style and case: how much is marked for review beside how much should be, and how fast.

    `kept_hidden` is the share of public figures and national parties that are marked and not proposed as "keep".
    """

    language: str
    style: str
    case: str
    documents: int
    words: int
    flagged_share: float | None
    gold_share: float | None
    flagged_ratio: float | None
    kept: int
    kept_hidden: float | None
    words_per_second: float | None


@dataclass(frozen=True, slots=True)
class Missed:
    """A mention of which something stays readable; where it stands, not what it says."""

    id: str
    case: str
    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Report:
    """All figures: `labels` by language, style, case and label, `groups` by language, style and case."""

    labels: tuple[LabelFigures, ...]
    groups: tuple[GroupFigures, ...]
    missed: tuple[Missed, ...] = field(repr=False)


def marks(findings: Iterable[Finding]) -> list[Mark]:
    """What detection found, as this module counts it."""
    return [Mark(f.start, f.end, f.label.value, f.suggests_keep) for f in findings]


def surface_hash(surface: str) -> str:
    """What a list of training surfaces holds instead of the surface: case, spaces and composition do not count."""
    plain = " ".join(unicodedata.normalize("NFC", surface).casefold().split())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def evaluate(
    texts: Sequence[GoldText],
    found: Sequence[Iterable[Mark]],
    *,
    seen: frozenset[str] | None = None,
    seconds: Sequence[float] = (),
    rounds: int = ROUNDS,
    seed: int = 1,
) -> Report:
    """Compare what was `found` in each of `texts` (in the same order) with what is there.

    `seen` are hashes of training surfaces (`surface_hash`); `seconds` says how long each text took. Languages and
    styles get rows of their own, and "all" languages together where there is more than one.
    """
    read = [_Read(text, marked, seen) for text, marked in zip(texts, found, strict=True)]
    times = list(seconds) or [0.0] * len(read)
    grouped: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    languages = {text.language for text in texts}
    for at, one in enumerate(texts):
        for language in (one.language, ALL) if len(languages) > 1 else (one.language,):
            grouped[language, one.style, one.case].append(at)
    labels: list[LabelFigures] = []
    groups: list[GroupFigures] = []
    for key in sorted(grouped, key=_order):
        members = [read[at] for at in grouped[key]]
        groups.append(_group(key, members, sum(times[at] for at in grouped[key])))
        draw = _Draw(members, rounds, seed)
        labels += [_label(key, label, members, draw) for label in _labels_in(members)]
    missed = [
        Missed(one.gold.id, one.gold.case, s.start, s.end, s.label) for one in read for s in one.gold.spans
        if not s.is_kept and not one.is_masked(s)
    ]  # fmt: skip
    return Report(tuple(labels), tuple(groups), tuple(missed))


def _order(key: tuple[str, str, str]) -> tuple[bool, str, str, int]:
    language, style, case = key
    return language == ALL, language, style, list(Case).index(Case(case))


class _Read:
    """One text with what should be and what was found in it."""

    __slots__ = ("_covered", "gold", "kept", "marked", "seen")

    def __init__(self, gold: GoldText, marked: Iterable[Mark], seen: frozenset[str] | None) -> None:
        self.gold = gold
        self.kept = [s for s in gold.spans if s.is_kept]
        given = sorted(set(marked))
        self._covered = bytearray(len(gold.text))
        for mark in given:
            if not mark.is_kept:
                self._covered[mark.start : mark.end] = b"\x01" * (min(mark.end, len(gold.text)) - mark.start)
        # What lies on a public figure is neither right nor wrong.
        self.marked = [m for m in given if not any(m.start < k.end and k.start < m.end for k in self.kept)]
        self.seen = seen

    def is_masked(self, span: GoldSpan) -> bool:
        """Every letter and digit is covered (every sign, where there is none)."""
        covered, text = self._covered, self.gold.text
        needed = [at for at in range(span.start, span.end) if text[at].isalnum()] or range(span.start, span.end)
        return all(covered[at] for at in needed)

    def is_unseen(self, span: GoldSpan) -> bool:
        return self.seen is not None and surface_hash(self.gold.text[span.start : span.end]) not in self.seen

    def entity(self, span: GoldSpan) -> tuple[str, str, str]:
        """Who or what is meant; without an id in the file, each spelling is one."""
        return self.gold.document, span.label, span.entity or surface_hash(self.gold.text[span.start : span.end])

    def words(self) -> tuple[int, int, int]:
        """How many words, how many of them are marked, and how many should be; public figures are left out."""
        should = bytearray(len(self.gold.text))
        left_out = bytearray(len(self.gold.text))
        for span in self.gold.spans:
            of = left_out if span.is_kept else should
            of[span.start : span.end] = b"\x01" * (span.end - span.start)
        words = marked = gold = 0
        for word in _WORD.finditer(self.gold.text):
            words += 1
            if not any(left_out[word.start() : word.end()]):
                marked += any(self._covered[word.start() : word.end()])
                gold += any(should[word.start() : word.end()])
        return words, marked, gold


class _Draw:
    """Bootstrap samples of documents, the same for every figure of a group."""

    def __init__(self, members: Sequence[_Read], rounds: int, seed: int) -> None:
        import numpy as np

        self._at = {name: n for n, name in enumerate(dict.fromkeys(one.gold.document for one in members))}
        n = len(self._at)
        self._weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=rounds) if n > 1 else None

    def interval(self, counts: Iterable[tuple[str, int, int]]) -> Interval:
        """The share of hits among things, from (document, hits, things)."""
        import numpy as np

        table = np.zeros((len(self._at), 2))
        for document, hits, things in counts:
            table[self._at[document]] += (hits, things)
        hits, things = (int(total) for total in table.sum(axis=0))
        if not things:
            return Interval(None, None, None, 0)
        if self._weights is None:
            return Interval(hits / things, None, None, things)
        drawn = self._weights @ table
        drawn = drawn[drawn[:, 1] > 0]
        low, high = np.percentile(drawn[:, 0] / drawn[:, 1], _CERTAINTY)
        return Interval(hits / things, float(low), float(high), things)


def _labels_in(members: Sequence[_Read]) -> list[str]:
    there = {s.label for one in members for s in one.gold.spans if not s.is_kept}
    sums = [name for name, labels in _SUMS.items() if there & labels]
    known = [label.value for label in Label]
    return [*(label for label in known if label in there), *sorted(there - set(known)), *sums, DIRECT, ANY]


def _is_in(span: GoldSpan, label: str) -> bool:
    if span.is_kept:
        return False
    if label == DIRECT:
        return span.tier is Tier.A
    return label == ANY or span.label in _SUMS.get(label, frozenset({label}))


def _label(key: tuple[str, str, str], label: str, members: Sequence[_Read], draw: _Draw) -> LabelFigures:
    masked: list[tuple[str, int, int]] = []
    unseen: list[tuple[str, int, int]] = []
    entities: dict[tuple[str, str, str], bool] = {}
    documents: dict[str, bool] = {}
    for one in members:
        for span in one.gold.spans:
            if not _is_in(span, label):
                continue
            document, is_masked = one.gold.document, one.is_masked(span)
            masked.append((document, int(is_masked), 1))
            if one.is_unseen(span):
                unseen.append((document, int(is_masked), 1))
            entity = one.entity(span)
            entities[entity] = entities.get(entity, False) or not is_masked
            documents[document] = documents.get(document, False) or not is_masked
    precision, recall, f1 = _exact(members, label)
    has_seen = any(one.seen is not None for one in members)
    return LabelFigures(
        *key,
        label=label,
        mentions=len(masked),
        precision=precision,
        recall=recall,
        f1=f1,
        masked=draw.interval(masked),
        unseen=draw.interval(unseen) if has_seen else None,
        entity_leaks=draw.interval((entity[0], int(leaks), 1) for entity, leaks in entities.items()),
        document_leaks=draw.interval((document, int(leaks), 1) for document, leaks in documents.items()),
    )


def _exact(members: Sequence[_Read], label: str) -> tuple[float | None, float | None, float | None]:
    """Precision, recall and F of the same stretch and the same label (in sums: any of its labels)."""
    if label == DIRECT:
        return None, None, None
    right = given = wanted = 0
    labels = _SUMS.get(label, frozenset({label}))
    for one in members:
        gold = {(s.start, s.end) for s in one.gold.spans if _is_in(s, label)}
        marked = {(m.start, m.end) for m in one.marked if label == ANY or m.label in labels}
        right += len(gold & marked)
        given += len(marked)
        wanted += len(gold)
    precision = right / given if given else None
    recall = right / wanted if wanted else None
    return precision, recall, 2 * right / (given + wanted) if given + wanted else None


def _group(key: tuple[str, str, str], members: Sequence[_Read], seconds: float) -> GroupFigures:
    words, marked, gold = (sum(column) for column in zip(*(one.words() for one in members), strict=True))
    kept = [one.is_masked(span) for one in members for span in one.kept]
    return GroupFigures(
        *key,
        documents=len({one.gold.document for one in members}),
        words=words,
        flagged_share=marked / words if words else None,
        gold_share=gold / words if words else None,
        flagged_ratio=marked / gold if gold else None,
        kept=len(kept),
        kept_hidden=sum(kept) / len(kept) if kept else None,
        words_per_second=words / seconds if seconds else None,
    )
