"""Statistics as spaCy components: a CRF per language, and the Russian network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from qualcoder.anonymise import tagging, trained_models
from qualcoder.anonymise.findings import UNCERTAIN, Finding, Label, Tier
from qualcoder.anonymise.letters import KAZAKH_ONLY, Shadow, has_cyrillic, has_latin
from qualcoder.anonymise.rules.common_words import NOT_NAMES
from qualcoder.anonymise.rules.reasons import LOOKS_LIKE_NAME, MAYBE_NAME
from qualcoder.anonymise.russian_net import recased, russian_net
from qualcoder.anonymise.tagging import Guess, Vote
from qualcoder.anonymise.words import Word, is_cased, sentences

if TYPE_CHECKING:
    from spacy.tokens import Doc

# Chances that balance what is missed against what is flagged for nothing; see the model card for the figures.
FIRM = {"kk": 0.03, "ru": 0.03, "en": 0.06}
FAINT = {"kk": 0.018, "ru": 0.006, "en": 0.055}
# Without capitals more words look like names.
_UNCASED = {"kk": 0.035, "ru": 0.006, "en": 0.06}
# In a text that has capitals a word in small letters is a name only when a model is rather sure.
_SMALL = {"kk": 0.1, "ru": 0.03, "en": 0.25}
_SHORT_TURN = 8
_SHORTEST = 3
_WITHIN_NAMES = frozenset(".-'\"&/№")
# From here on a model is heard whatever the word.
_SURE = 0.25
_BATCH = 64
_CAPITALISED = frozenset({Label.PERSON, Label.PLACE_FINE, Label.PLACE_COARSE})
_LABELS = {tagging.PERSON: Label.PERSON, tagging.ORG: Label.ORG}
_COARSE_MARKS = frozenset({"H", "Hs", "C", "Cs", "mGeox"})
_FINE_MARKS = frozenset({"L", "Ls"})
_NAMED = frozenset({"mName", "mSurn", "mPatr", "mGeox"})
NAME_MARKS = frozenset({"f", "mName", "mSurn", "mPatr", "mGeox", "pk", "H", "C"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as statistics reads it: its shadow, its sentences, and whether capitals mean anything in it."""

    shadow: Shadow = field(repr=False)
    sentences: tuple[list[Word], ...] = field(repr=False)
    is_cased: bool


def reading_of(shadow: Shadow, *, cased: bool | None) -> Reading:
    """`cased` is what is known of the whole transcript; None asks this text alone."""
    found = tuple(sentences(shadow.text))
    return Reading(shadow, found, is_cased(found) if cased is None else cased)


def languages_of(forms: Sequence[str], turn: str, *, is_short: bool) -> tuple[str, ...]:
    """The models that read a sentence, the likeliest first: by its letters, then by the language of its turn.

    Kazakh without a letter of its own looks Russian, and short turns prove nothing: then both read it.
    """
    text = " ".join(forms)
    chosen: list[str] = []
    if has_cyrillic(text):
        is_kazakh = not KAZAKH_ONLY.isdisjoint(text.casefold())
        if is_kazakh or turn == "kk":
            chosen.append("kk")
        if not is_kazakh or turn in ("ru", "mixed"):
            chosen.append("ru")
        if "kk" not in chosen and (turn == "mixed" or is_short):
            chosen.append("kk")
    if has_latin(text):
        chosen.append("en")
    return tuple(chosen)


def crf_findings(reading: Reading, turn: str) -> Iterator[Finding]:
    """What the CRFs say, sentence by sentence."""
    features = trained_models.featurer().features
    is_short = sum(map(len, reading.sentences)) <= _SHORT_TURN
    for sentence in reading.sentences:
        forms = [word.form for word in sentence]
        languages = languages_of(forms, turn, is_short=is_short)
        if not languages:
            continue
        rows = features(forms, is_cased=reading.is_cased)
        for nth, language in enumerate(languages):
            votes = trained_models.crf(language).votes(rows, FAINT[language])
            heard = [
                _heard(vote, form, language, is_cased=reading.is_cased) for vote, form in zip(votes, forms, strict=True)
            ]
            # The first model knows the language; another one may see a name, but not where it ends.
            for guess in tagging.stretches(heard) if nth == 0 or language == "en" else _single(heard, forms):
                is_firm = guess.chance >= FIRM[language]
                source = f"crf.{language}" if is_firm else f"{UNCERTAIN}.{language}"
                yield from _finding(reading, sentence, guess, source, reason=LOOKS_LIKE_NAME if is_firm else MAYBE_NAME)


def _single(votes: Sequence[Vote | None], forms: Sequence[str]) -> Iterator[Guess]:
    """Words that a model without the language is sure of, each for itself, where the lexicon agrees."""
    for at, vote in enumerate(votes):
        if vote is None or not vote.is_best or vote.chance < _SURE:
            continue
        if not NAME_MARKS.isdisjoint(trained_models.lexicon().flags(forms[at].lower())):
            yield Guess(at, at + 1, vote.kind, vote.chance)


def _heard(vote: Vote | None, form: str, language: str, *, is_cased: bool) -> Vote | None:
    """A model is heard on words of its own alphabet; on common words, and on organisations, only when it is sure."""
    if vote is None or not form[0].isalnum():
        return vote if vote is not None and vote.is_best and form in _WITHIN_NAMES else None
    if has_latin(form) != (language == "en") and not form.isdigit():
        return None
    lower = form.lower()
    if language == "ru" and not KAZAKH_ONLY.isdisjoint(lower):
        return None
    if vote.is_best or vote.chance >= _SURE:
        return vote
    if (vote.kind == tagging.ORG and language != "en") or len(form) < _SHORTEST or form.isdigit():
        return None
    if form == lower and vote.chance < (_SMALL if is_cased else _UNCASED)[language]:
        return None
    marks = trained_models.lexicon().flags(lower)
    is_plain = form == lower and f"c{language}" in marks and NAME_MARKS.isdisjoint(marks)
    return None if is_plain else vote


def _finding(
    reading: Reading, sentence: Sequence[Word], guess: Guess, source: str, *, reason: str
) -> Iterator[Finding]:
    words = list(sentence[guess.start : guess.end])
    while words and not words[0].is_word:
        words.pop(0)
    while words and not (words[-1].is_word or (words[-1].form == "." and len(words) > 1 and len(words[-2].form) == 1)):
        words.pop()
    if not words:
        return
    span = reading.shadow.span(words[0].start, words[-1].end)
    label = _LABELS.get(guess.kind) or _place_label(words, sentence, guess)
    tier = Tier.A if label is Label.PERSON else Tier.B
    score = round(min(0.99, max(0.0, guess.chance)), 3)
    yield Finding(span.start, span.end, label, tier, score, (source,), reason)


def _place_label(words: Sequence[Word], sentence: Sequence[Word], guess: Guess) -> Label:
    """A place that many people live in, or a village: the lexicon says it, what it does not know is a village."""
    lexicon = trained_models.lexicon()
    marks = {mark for word in words for mark in lexicon.flags(word.form.lower())}
    following = sentence[guess.end].form.lower() if guess.end < len(sentence) else ""
    if following.startswith(("ауыл", "село", "сельск", "village", "кент")):
        return Label.PLACE_FINE
    if marks & _COARSE_MARKS or following.startswith(("аудан", "облы", "район", "област", "қала", "district")):
        return Label.PLACE_COARSE
    return Label.PLACE_FINE


@dataclass(frozen=True, slots=True)
class _Asked:
    """A sentence put to the Russian network: of which text, and whether its capitals were given back."""

    doc: int
    words: Sequence[Word] = field(repr=False)
    forms: Sequence[str] = field(repr=False)
    source: str


class CrfComponent:
    """One CRF per language over each sentence."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __call__(self, doc: Doc) -> Doc:
        doc._.findings = (*doc._.findings, *crf_findings(doc._.reading, self._language))
        return doc


class RussianComponent:
    """The Russian network over Russian sentences, many texts at a time."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe(iter([doc])))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = _BATCH) -> Iterator[Doc]:
        """spaCy's way to work on many documents at once."""
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            asked = [one for n, doc in enumerate(batch) for one in _questions(n, doc, self._language)]
            answers = russian_net().read([one.forms for one in asked])
            for one, guesses in zip(asked, answers, strict=True):
                doc = batch[one.doc]
                found = [
                    finding
                    for guess in guesses
                    if not all(word.form.lower() in NOT_NAMES for word in one.words[guess.start : guess.end])
                    for finding in _finding(doc._.reading, one.words, guess, one.source, reason=LOOKS_LIKE_NAME)
                ]
                doc._.findings = (*doc._.findings, *found)
            yield from batch


def _questions(n: int, doc: Doc, language: str) -> Iterator[_Asked]:
    """Each Russian sentence as it is, or with capitals given back, when there is a capital to look at."""
    reading: Reading = doc._.reading
    claimed = bytearray(len(doc.text))
    for finding in doc._.findings:
        if finding.label in _CAPITALISED and finding.score >= _SURE:
            claimed[finding.start : finding.end] = b"\1" * (finding.end - finding.start)
    is_short = sum(map(len, reading.sentences)) <= _SHORT_TURN
    for sentence in reading.sentences:
        forms = [word.form for word in sentence]
        if "ru" not in languages_of(forms, language, is_short=is_short):
            continue
        named = [_is_named(word, reading.shadow, claimed) for word in sentence]
        raised = recased(forms, named)
        if any(new != old for new, old in zip(raised[1:], forms[1:], strict=True)):
            yield _Asked(n, sentence, raised, "slovnet.recased")
        if reading.is_cased and any(form[0].isupper() for form in forms):
            yield _Asked(n, sentence, forms, "slovnet")


def _is_named(word: Word, shadow: Shadow, claimed: bytearray) -> bool:
    if not word.is_word or len(word.form) < _SHORTEST:
        return False
    marks = trained_models.lexicon().flags(word.form.lower())
    span = shadow.span(word.start, word.end)
    return not _NAMED.isdisjoint(marks) or any(claimed[span.start : span.end])
