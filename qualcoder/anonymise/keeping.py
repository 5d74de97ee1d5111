"""Public figures and national parties: found like others, and offered to be kept. The reviewer decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from qualcoder.anonymise.findings import KEEP, Finding, Label, Tier
from qualcoder.anonymise.letters import Shadow
from qualcoder.anonymise.lexicon.skeletons import skeleton
from qualcoder.anonymise.rules.endings import kk_stems, ru_stems
from qualcoder.anonymise.rules.gates import Gated, asked
from qualcoder.anonymise.rules.reasons import PUBLIC_FIGURE

# Surname and given names of those who hold or held the highest offices, as skeletons of any spelling.
_FIGURES = {
    "назарбаев": "нурсултан абишевич нұрсұлтан әбішұлы",
    "токаев": "касым жомарт кемелевич қасым кемелұлы",
    "путин": "владимир владимирович",
    "зеленский": "владимир",
    "трамп": "дональд",
    "байден": "джо",
    "лукашенко": "александр",
    "мирзиеев": "шавкат",
    "горбачев": "михаил",
    "ельцин": "борис",
    "ленин": "владимир",
    "сталин": "иосиф",
    "кунаев": "динмухамед динмұхамед ахмедович",
    "trump": "donald",
    "biden": "joe",
    "mirziyoyev": "shavkat",
    "gorbachev": "mikhail",
    "yeltsin": "boris",
}
_PARTIES = Gated(
    r"(?<!\w)(?i:(?:парти\w{1,3}|party) \"?(?:аманат|amanat|нұ?у?р[ -]?отан|nur[ -]?otan|ауыл|auyl|а[кқ] ?жол|ak ?zhol"
    r"|respublica|республика|байта[кқ]|baita[kq]|baytaq)\"?"
    r"|\"?(?:аманат|amanat|нұ?у?р[ -]?отан|nur[ -]?otan|ауыл|а[кқ] ?жол|ak ?zhol|respublica|байта[кқ])\"? "
    r"(?:парти\w{1,8}|party)|аманат\w{0,5}|нұ?у?р[ -]отан\w{0,5}|nur[ -]otan|осдп|жсдп|кнпк)(?!\w)",
    ignores_case=False,
)
_WORD = re.compile(r"(?<!\w)[^\W\d_]{2,40}(?!\w)")
_SURNAMES = {skeleton(name): frozenset(map(skeleton, given.split())) for name, given in _FIGURES.items()}
_SHORT = 5


def keep_findings(shadow: Shadow) -> Iterator[Finding]:
    """Figures by surname, alone or beside their own given name: another Tokayev of the village is not meant."""
    text = shadow.text
    words = list(_WORD.finditer(text))
    for at, word in enumerate(words):
        given = _given_names(word.group())
        if given is None:
            continue
        first, last = at, at
        if at > 0 and _is_beside(text, words[at - 1], word):
            if not _is_given(words[at - 1].group(), given):
                if words[at - 1].group()[0].isupper():
                    continue
            else:
                first = at - 1
                if first > 0 and text[words[first - 1].end() : words[first].start()] == "-":
                    first -= 1
        if at + 1 < len(words) and _is_beside(text, word, words[at + 1]) and words[at + 1].group()[0].isupper():
            if not _is_given(words[at + 1].group(), given):
                continue
            last = at + 1
        span = shadow.span(words[first].start(), words[last].end())
        yield Finding(span.start, span.end, Label.PERSON, Tier.A, 0.5, (f"{KEEP}.figure",), PUBLIC_FIGURE)
    for party in _PARTIES.finditer(text, asked(text)):
        span = shadow.span(*party.span())
        yield Finding(span.start, span.end, Label.ORG, Tier.B, 0.5, (f"{KEEP}.party",), PUBLIC_FIGURE)


def _is_beside(text: str, left: re.Match[str], right: re.Match[str]) -> bool:
    return text[left.end() : right.start()] in (" ", "-")


def _forms(word: str) -> set[str]:
    lower = word.casefold()
    forms = {lower, *kk_stems(lower), *ru_stems(lower)} if not lower.isascii() else {lower, lower.removesuffix("'s")}
    return {skeleton(form) for form in forms}


@lru_cache(maxsize=20_000)
def _given_names(word: str) -> frozenset[str] | None:
    if len(word) < _SHORT:
        return None
    return next((_SURNAMES[form] for form in _forms(word) if form in _SURNAMES), None)


def _is_given(word: str, given: frozenset[str]) -> bool:
    return not given.isdisjoint(_forms(word))
