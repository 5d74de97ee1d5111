"""Russian cases: which one a name stands in, and another name put into it.

Reading asks pymorphy3 (30 MB of memory, a fifth of a second), which is imported with the first question; writing is a
table of endings, because pseudonyms are regular names or typed by hand. pymorphy3's tags are described in its manual:
https://pymorphy2.readthedocs.io/en/stable/user/grammemes.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import log

from qualcoder.anonymise.lexicon.grammar import morphology


class RuCase(StrEnum):
    """The six cases, by the dictionary's names for them."""

    NOMINATIVE = "nomn"
    GENITIVE = "gent"
    DATIVE = "datv"
    ACCUSATIVE = "accs"
    INSTRUMENTAL = "ablt"
    PREPOSITIONAL = "loct"


class Sex(StrEnum):
    """Of a name, as far as its form tells."""

    MALE = "masc"
    FEMALE = "femn"
    UNKNOWN = ""


# Further cases of the dictionary are variants of the six.
_VARIANTS = {"gen2": "gent", "acc2": "accs", "loc2": "loct", "voct": "nomn", "gen1": "gent", "loc1": "loct"}
_NAMES = ("Name", "Surn", "Patr", "Geox", "Orgn")
_GOVERNS = {
    "к": "datv", "ко": "datv", "благодаря": "datv", "у": "gent", "от": "gent", "до": "gent", "из": "gent",
    "без": "gent", "для": "gent", "против": "gent", "кроме": "gent", "около": "gent", "после": "gent",
    "о": "loct", "об": "loct", "обо": "loct", "при": "loct", "в": "loct", "во": "loct", "на": "loct",
    "над": "ablt", "под": "ablt", "перед": "ablt", "между": "ablt", "с": "ablt", "со": "ablt", "за": "ablt",
    "про": "accs", "через": "accs", "по": "datv",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuForm:
    """Case and number of a name."""

    case: RuCase = RuCase.NOMINATIVE
    is_plural: bool = False


NOMINATIVE = RuForm()


@dataclass(frozen=True, slots=True)
class _Parse:
    case: RuCase
    is_plural: bool
    sex: Sex
    is_name: bool
    is_known: bool
    score: float


@lru_cache(maxsize=20_000)
def _parses(word: str) -> tuple[_Parse, ...]:
    found = []
    for parse in morphology().parse(word):
        tag = parse.tag
        if tag.case is None:
            continue
        case = _VARIANTS.get(str(tag.case), str(tag.case))
        sex = {"masc": Sex.MALE, "femn": Sex.FEMALE}.get(str(tag.gender), Sex.UNKNOWN)
        is_name = any(kind in tag for kind in _NAMES)
        is_known = bool(parse.is_known)
        found.append(_Parse(RuCase(case), tag.number == "plur", sex, is_name, is_known, float(parse.score)))
    names = tuple(parse for parse in found if parse.is_name)
    return names or tuple(found)


_WORD = re.compile(r"[А-Яа-яЁёӘәІіҢңҒғҮүҰұҚқӨөҺһ-]{2,}")


def read(surface: str, *, before: str = "", sex: Sex = Sex.UNKNOWN) -> RuForm:
    """The case and number in which the words of a name agree; `before` is the word in front of them.

    Nominative for what the dictionary does not take for a noun or an adjective. A masculine accusative looks like
    a genitive: either gives the same ending again.
    """
    scores: dict[RuForm, float] = {}
    words = _WORD.findall(surface)
    for word in words:
        here: dict[RuForm, float] = {}
        for parse in _parses(word.casefold()):
            fits = Sex.UNKNOWN in {sex, parse.sex} or parse.sex is sex
            form = RuForm(parse.case, parse.is_plural)
            here[form] = here.get(form, 0.0) + parse.score * (1.0 if fits else 0.01) * (0.2 if parse.is_plural else 1.0)
        if word[-1] in "уУ" and sex is not Sex.FEMALE and not any(parse.is_known for parse in _parses(word.casefold())):
            # Guessing takes Ойдантапу for the object case of a woman's name.
            here[RuForm(RuCase.DATIVE)] = here.get(RuForm(RuCase.DATIVE), 0.0) + 1.0
        for case in RuCase:
            for is_plural in (False, True):
                form = RuForm(case, is_plural)
                scores[form] = scores.get(form, 0.0) + log(here.get(form, 0.0) + 1e-4)
    if not scores:
        return NOMINATIVE
    wanted = _GOVERNS.get(before.casefold(), "")
    return max(
        scores, key=lambda form: (scores[form] + (2.0 if form.case == wanted else 0.0), form.case is RuCase.NOMINATIVE)
    )


def sex_in_dictionary(word: str) -> Sex:
    """The sex of a first name, if the dictionary knows the word as a name of one sex only."""
    sexes = {parse.sex for parse in _parses(word.casefold()) if parse.is_name}
    return sexes.pop() if len(sexes) == 1 else Sex.UNKNOWN


_HUSHING = "гкхжшщч"
_SOFT_INSTRUMENTAL = "жшщчц"
_SURNAME_M = re.compile(r"(?:[оеё]в|[иы]н)\Z")
_SURNAME_F = re.compile(r"(?:[оеё]в|[иы]н)а\Z")
_ADJECTIVE_M = re.compile(r"(?:[ысц]?кий|[нтв]ой|[нтв]ый)\Z")
# Endings in the order of RuCase after the nominative: genitive, dative, accusative, instrumental, prepositional.
_CASES = tuple(RuCase)[1:]


def _endings(word: str, sex: Sex, *, is_surname: bool) -> tuple[int, tuple[str, ...]] | None:
    """How many letters fall off, and the five endings; None for a word that does not change."""
    if sex is Sex.FEMALE:
        if is_surname and _SURNAME_F.search(word):
            return 1, ("ой", "ой", "у", "ой", "ой")
        if word.endswith("ая"):
            return 2, ("ой", "ой", "ую", "ой", "ой")
    elif word[-1] not in "аяоеёиыуюэь":
        return _masculine(word, is_surname=is_surname)
    elif word.endswith("ь"):
        return 1, ("я", "ю", "я", "ем", "е")
    if word.endswith("ия"):
        return 1, ("и", "и", "ю", "ей", "и")
    if word.endswith("я"):
        return 1, ("и", "е", "ю", "ей", "е")
    if word.endswith("а"):
        first = "и" if word[-2:-1] in _HUSHING else "ы"
        return 1, (first, "е", "у", "ей" if word[-2:-1] in _SOFT_INSTRUMENTAL else "ой", "е")
    return None


def _masculine(word: str, *, is_surname: bool) -> tuple[int, tuple[str, ...]]:
    if is_surname and _ADJECTIVE_M.search(word):
        with_him = "им" if word.endswith("ий") else "ым"
        return 2, ("ого", "ому", "ого", with_him, "ом")
    if is_surname and _SURNAME_M.search(word):
        return 0, ("а", "у", "а", "ым", "е")
    if word.endswith("й"):
        return 1, ("я", "ю", "я", "ем", "и" if word.endswith("ий") else "е")
    return 0, ("а", "у", "а", "ем" if word[-1] in _SOFT_INSTRUMENTAL else "ом", "е")


# First names that look like a surname.
_FIRST_NAME = re.compile(
    r"(?:(?:мар|ир|ар|гал|пол|ал|кар|саб|крист|валент|екатер|мад|зар|альб|рег|анжел|адел|д|эвел)ин|[нл]ин|ев)а"
    r"|(?:констант|валент|март|бенжам|эдв)ин|лев|яков"
)


def _is_surname(words: list[str], at: int) -> bool:
    word = words[at].casefold()
    if at == 0 and (len(words) > 1 or _FIRST_NAME.fullmatch(word)):
        return False
    return bool(_SURNAME_M.search(word) or _SURNAME_F.search(word) or _ADJECTIVE_M.search(word) or word.endswith("ая"))


def sex_of_name(words: list[str]) -> Sex:
    """What the form of a name in the nominative tells: a surname in -ова, a first name in -а."""
    surnames = [words[at].casefold() for at in range(len(words)) if _is_surname(words, at)]
    if surnames:
        return Sex.FEMALE if surnames[-1].endswith(("а", "ая")) else Sex.MALE
    return Sex.FEMALE if words and words[0].casefold().endswith(("а", "я")) else Sex.MALE


def decline(name: str, form: RuForm, sex: Sex = Sex.UNKNOWN) -> str:
    """A name in the nominative, first name before surname, put into a case; what does not decline stays.

    Only surnames in -ов, -ев, -ин have a plural (Выдумановы); other words stay in the singular.
    """
    words = name.split()
    known = sex if sex is not Sex.UNKNOWN else sex_of_name(words)
    return " ".join(_declined(word, form, known, is_surname=_is_surname(words, at)) for at, word in enumerate(words))


def _declined(word: str, form: RuForm, sex: Sex, *, is_surname: bool) -> str:
    folded = word.casefold()
    if len(word) < 2 or not word.isalpha():
        return word
    if form.is_plural and (_SURNAME_M.search(folded) or _SURNAME_F.search(folded)) and is_surname:
        base = word[:-1] if folded.endswith("а") else word
        return base + dict(zip(RuCase, ("ы", "ых", "ым", "ых", "ыми", "ых"), strict=True))[form.case]
    if form.case is RuCase.NOMINATIVE:
        return word
    found = _endings(folded, sex, is_surname=is_surname)
    if found is None:
        return word
    cut, endings = found
    return word[: len(word) - cut] + endings[_CASES.index(form.case)]
