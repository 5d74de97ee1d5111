"""Words that may be names and that no voice has claimed, as a spaCy component: shown faintly, never propagated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualcoder.anonymise import trained_models
from qualcoder.anonymise.findings import UNCERTAIN, Finding, Label, Tier
from qualcoder.anonymise.lexicon.flags import Lexicon
from qualcoder.anonymise.rules.reasons import MAYBE_NAME
from qualcoder.anonymise.voting import NAME_MARKS, Reading
from qualcoder.anonymise.words import Word

if TYPE_CHECKING:
    from spacy.tokens import Doc

_SCORE = 0.2
_SHORTEST = 3
_COMMON = frozenset({"ckk", "cru", "cen", "mk"})


class UncertainComponent:
    """Capitalised words within sentences, and listed names in small letters, where nothing was found."""

    def __call__(self, doc: Doc) -> Doc:
        reading: Reading = doc._.reading
        covered = bytearray(len(doc.text) + 1)
        for finding in doc._.findings:
            covered[finding.start : finding.end] = b"\1" * (finding.end - finding.start)
        found: list[Finding] = []
        for sentence in reading.sentences:
            for at, word in enumerate(sentence):
                source = _doubt(sentence, at, reading, trained_models.lexicon())
                if source is None:
                    continue
                span = reading.shadow.span(word.start, word.end)
                if not any(covered[span.start : span.end]):
                    found.append(Finding(span.start, span.end, Label.PERSON, Tier.A, _SCORE, (source,), MAYBE_NAME))
        doc._.findings = (*doc._.findings, *found)
        return doc


def _doubt(sentence: Sequence[Word], at: int, reading: Reading, lexicon: Lexicon) -> str | None:
    form = sentence[at].form
    if len(form) < _SHORTEST or not form.replace("-", "").isalpha():
        return None
    lower = form.lower()
    marks = lexicon.flags(lower)
    is_name_like = not NAME_MARKS.isdisjoint(marks)
    is_common = not _COMMON.isdisjoint(marks)
    if not reading.is_cased:
        return f"{UNCERTAIN}.listed" if is_name_like and not is_common else None
    if not form[0].isupper():
        return None
    if form.isascii():
        return None if lexicon.is_seen_in_english(lower) else f"{UNCERTAIN}.capital"
    begins = at == 0 or not sentence[at - 1].is_word
    if is_name_like:
        return None if is_common and begins else f"{UNCERTAIN}.capital"
    return None if is_common or begins else f"{UNCERTAIN}.capital"
