"""The grammar of a name where it stands, kept apart from the name: a pseudonym put in its place takes it over.

A bracket code takes the Kazakh endings ("[Адам 3]ға") and stays as it is in Russian and English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from qualcoder.anonymise import kazakh_forms, russian_forms, surrogates
from qualcoder.anonymise.kazakh_forms import BARE, Case, Chain, Owner
from qualcoder.anonymise.letters import KAZAKH_ONLY, has_cyrillic, shadow_of
from qualcoder.anonymise.russian_forms import NOMINATIVE, RuCase, RuForm, Sex
from qualcoder.anonymise.surfaces import named_words


class Part(StrEnum):
    """Which part of a person's name stands in the text."""

    WHOLE = "whole"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a name stands in its sentence; says nothing about the name."""

    language: str = ""
    part: Part = Part.WHOLE
    kazakh: Chain = BARE
    russian: RuForm = NOMINATIVE

    def __str__(self) -> str:
        """A short code for a column: "kk whole pl their dat -"."""
        if self.language == "kk":
            chain = self.kazakh
            return " ".join(
                (
                    "kk",
                    self.part.value,
                    "pl" if chain.plural else "-",
                    chain.owner.value or "-",
                    chain.case.value or "-",
                    "there" if chain.is_of_there else "-",
                )
            )
        if self.language == "ru":
            return f"ru {self.part.value} {'pl' if self.russian.is_plural else '-'} {self.russian.case.value}"
        return f"{self.language} {self.part.value} {self.kazakh.case.value or '-'}" if self.language else ""


NO_GRAMMAR = Grammar()


def grammar_from(code: str) -> Grammar:
    """What `str(grammar)` wrote."""
    language, _, rest = code.partition(" ")
    words = ["" if word == "-" else word for word in rest.split()]
    if language == "kk":
        part, plural, owner, case, there = words
        return Grammar("kk", Part(part), Chain(bool(plural), Owner(owner), Case(case), bool(there)))
    if language == "ru":
        part, plural, case = words
        return Grammar("ru", Part(part), russian=RuForm(RuCase(case), bool(plural)))
    if language:
        return Grammar(language, Part(words[0]), Chain(case=Case(words[1])))
    return NO_GRAMMAR


_SURNAME = re.compile(
    r"(?:[оеё]в|[ыи]н)(?:а|у|ым|е|ой|ы|ых|ыми|тың|тің|қа|ке|ты|ті|та|те|тан|тен|пен|н[ыі]ң|ға|ге|д[ыі]|да|де|нан|нен|мен"
    r"|аның|аға|аны|ада|адан|амен)?\Z|(?:ский|ская|ского|скому|ским|ском|скую|ской)\Z|(?:ova|eva|ina|[oe]v|yev|yeva)\Z"
)
_OWNED_TYPES = frozenset({"ауыл", "аудан", "облыс", "қала", "округ", "көше", "кент"})
_ENGLISH_GENITIVE = re.compile(r"(?:'s|s')\Z")


def grammar_of(
    surface: str,
    language: str,
    *,
    is_person: bool,
    others: frozenset[str] = frozenset(),
    before: str = "",
    sex: Sex = Sex.UNKNOWN,
    with_russian: bool = False,
) -> Grammar:
    """How a name stands in its sentence; `others` are all mentions of the same person or place.

    Russian is read when `with_russian`: the dictionary behind it takes memory, and bracket codes don't need it.
    """
    words = shadow_of(surface).text.split()
    if not words:
        return NO_GRAMMAR
    part = _part(surface, others) if is_person else Part.WHOLE
    bases = frozenset(word for other in others for word in shadow_of(other).text.casefold().split())
    chain = (
        kazakh_forms.analyse(words[-1], bases - {words[-1].casefold()}).chain if language in {"kk", "mixed"} else BARE
    )
    spoken = _spoken(words[-1], language, chain)
    if spoken == "kk":
        return Grammar("kk", part, _without_marker(words, chain))
    if spoken == "ru":
        form = russian_forms.read(surface, before=before, sex=sex) if with_russian else NOMINATIVE
        return Grammar("ru", part, russian=form)
    owns = Case.GENITIVE if _ENGLISH_GENITIVE.search(words[-1]) else Case.NOMINATIVE
    return Grammar("en", part, Chain(case=owns))


def _spoken(word: str, language: str, chain: Chain) -> str:
    """Which grammar a word stands in; in mixed turns by its letters and ending."""
    if not has_cyrillic(word):
        return language if language == "ru" else "en" if chain.is_bare else "kk"
    if language != "mixed":
        return language if language in {"kk", "ru"} else "ru"
    is_kazakh = bool(KAZAKH_ONLY.intersection(word.casefold())) or chain.case in {Case.GENITIVE, Case.INSTRUMENTAL}
    return "kk" if is_kazakh else "ru"


def _without_marker(words: list[str], chain: Chain) -> Chain:
    """Мысал ауданында: -ы- marks the name's type, so a code takes -да only."""
    stems = {one.stem.casefold() for one in kazakh_forms.readings(words[-1])}
    if len(words) > 1 and chain.owner is Owner.THEIR and stems & _OWNED_TYPES:
        return replace(chain, owner=Owner.NONE)
    return chain


def _part(surface: str, others: frozenset[str]) -> Part:
    words = [word for word in named_words(surface) if len(word) > 1]
    if len(words) != 1:
        return Part.WHOLE
    if _SURNAME.search(words[0]):
        return Part.LAST
    for other in others:
        full = [word for word in named_words(other) if len(word) > 1]
        if len(full) > 1 and not any(_SURNAME.search(word) for word in full):
            return Part.LAST if _begin_alike(full[-1], words[0]) else Part.FIRST
    return Part.FIRST


def _begin_alike(one: str, other: str) -> bool:
    common = min(len(one), len(other), 4)
    return one[:common] == other[:common]


def fitted(pseudonym: str, grammar: Grammar) -> str:
    """The pseudonym as it stands in the sentence."""
    if not grammar.language:
        return pseudonym
    if pseudonym.endswith("]"):
        return kazakh_forms.put_on_code(grammar.kazakh, pseudonym) if grammar.language == "kk" else pseudonym
    words = pseudonym.split()
    if not all(word[0].isupper() for word in words):
        # Words of the reviewer's own, not a name: "кто-то из соседей".
        return pseudonym
    if grammar.part is Part.FIRST:
        words = words[:1]
    elif grammar.part is Part.LAST:
        words = words[-1:]
    shown = " ".join(surrogates.spelled(word, grammar.language) for word in words)
    if grammar.language == "kk":
        return kazakh_forms.put_on_code(grammar.kazakh, shown)
    if grammar.language == "ru":
        return russian_forms.decline(shown, grammar.russian, surrogates.sex_of(pseudonym))
    return f"{shown}'s" if grammar.kazakh.case is Case.GENITIVE else shown
