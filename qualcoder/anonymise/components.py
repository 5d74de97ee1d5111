"""Detection as spaCy components. Each adds to `doc._.findings`; `qc_union` merges them into `doc.spans["pii"]`.

Findings keep their own character offsets: a token may be wider than what was found (an e-mail with a comma stuck
to it), so the span group is the token-wise view and `doc._.findings` the exact one. A trained component slots in
between `qc_cues` and `qc_union` by calling `add_findings`; `voting` holds those that exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from qualcoder.anonymise.doubting import UncertainComponent
from qualcoder.anonymise.findings import Finding, union
from qualcoder.anonymise.keeping import keep_findings
from qualcoder.anonymise.letters import Shadow, shadow_of
from qualcoder.anonymise.rules import clans, en, kk, oblasts, ru, structured
from qualcoder.anonymise.rules.pattern import Finder, Rule, RuleSet
from qualcoder.anonymise.voting import CrfComponent, RussianComponent, reading_of

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

STRUCTURED, CUES, KEEP, UNION = "qc_structured", "qc_cues", "qc_keep", "qc_union"
SENTENCES, CRF, RUSSIAN, UNCERTAIN = "qc_sentences", "qc_crf", "qc_russian", "qc_uncertain"
# In this order between the rules and the union, where the trained files are there.
STATISTICS = (SENTENCES, CRF, RUSSIAN, UNCERTAIN)
SPANS_KEY = "pii"

# Kazakh and Russian mix within a sentence, so each is read with the rules of both.
_CYRILLIC: tuple[Rule, ...] = ru.RULES + kk.RULES
_CUE_RULES: dict[str, tuple[Rule, ...]] = {
    "ru": _CYRILLIC,
    "kk": _CYRILLIC,
    "en": en.RULES,
    "mixed": _CYRILLIC + en.RULES,
}
_EVERYWHERE: tuple[Rule, ...] = oblasts.RULES + clans.RULES


@cache
def rules_for(language: str) -> RuleSet:
    """Every rule that reads a text of this language; needs no spaCy."""
    return RuleSet(structured.RULES + _CUE_RULES[language] + _EVERYWHERE)


def add_findings(doc: Doc, found: Iterable[Finding]) -> None:
    """Add to what earlier components found; offsets are characters of `doc.text`."""
    doc._.findings = (*doc._.findings, *found)


def shadow_in(doc: Doc) -> Shadow:
    """The cleaned reading of the text, made once per document."""
    if doc._.shadow is None:
        doc._.shadow = shadow_of(doc.text)
    shadow: Shadow = doc._.shadow
    return shadow


class _RuleComponent:
    """A set of rules as a component."""

    def __init__(self, rules: tuple[Finder, ...]) -> None:
        self._rules = RuleSet(rules)

    def __call__(self, doc: Doc) -> Doc:
        add_findings(doc, self._rules.findings(shadow_in(doc)))
        return doc


def _write_union(doc: Doc) -> Doc:
    """Merge, and show the result as a span group whose attrs run parallel to its spans."""
    from spacy.tokens import SpanGroup

    merged = tuple(union(clans.clans_are_nobody(doc._.findings)))
    doc._.findings = merged
    # Never None: a finding lies inside the text, and "expand" takes every token it touches.
    spans = [
        span
        for f in merged
        if (span := doc.char_span(f.start, f.end, label=f.label.value, alignment_mode="expand")) is not None
    ]
    attrs = {
        "score": [f.score for f in merged],
        "sources": [list(f.sources) for f in merged],
        "reason": [f.reason for f in merged],
        "tier": [f.tier.value for f in merged],
        "offsets": [[f.start, f.end] for f in merged],
    }
    doc.spans[SPANS_KEY] = SpanGroup(doc, name=SPANS_KEY, attrs=attrs, spans=spans)
    return doc


def _read_sentences(doc: Doc) -> Doc:
    doc._.reading = reading_of(shadow_in(doc), cased=doc._.cased)
    return doc


def _propose_keeping(doc: Doc) -> Doc:
    add_findings(doc, keep_findings(shadow_in(doc)))
    return doc


def _crf(nlp: Language, name: str, language: str) -> CrfComponent:
    return CrfComponent(language)


def _russian(nlp: Language, name: str, language: str) -> RussianComponent:
    return RussianComponent(language)


def _structured(nlp: Language, name: str) -> _RuleComponent:
    return _RuleComponent(structured.RULES)


def _cues(nlp: Language, name: str, language: str) -> _RuleComponent:
    return _RuleComponent(_CUE_RULES[language] + _EVERYWHERE)


@cache
def register() -> None:
    """Make the components known to spaCy, once per process."""
    from spacy.language import Language
    from spacy.tokens import Doc

    Doc.set_extension("findings", default=())
    Doc.set_extension("shadow", default=None)
    Doc.set_extension("cased", default=None)
    Doc.set_extension("reading", default=None)
    Language.factory(STRUCTURED, func=_structured)
    Language.factory(CUES, default_config={"language": "mixed"}, func=_cues)
    Language.component(SENTENCES, func=_read_sentences)
    for name, made in ((CRF, _crf), (RUSSIAN, _russian)):
        Language.factory(name, default_config={"language": "mixed"}, func=made)
    Language.component(UNCERTAIN, func=UncertainComponent())
    Language.component(KEEP, func=_propose_keeping)
    Language.component(UNION, func=_write_union)
