"""Kazakh endings: which chain stands on a word, and the same chain on another word.

A chain is plural, owner, case and -ғы, in this order; each is chosen by the last letter and the last vowel before
it. Names of Russian origin in -в, -г, -д, -б take the voiceless set (Выдумановқа). The chain on a bracket code follows
the last word inside the bracket and stands right after it, without a hyphen: "[Адам 3]ға", "[ауыл 2]да". So the code
is the same string everywhere, and the sentence keeps its grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import product


class Owner(StrEnum):
    """Whose it is."""

    NONE = ""
    MY = "my"
    YOUR = "your"
    THEIR = "their"
    OUR = "our"
    YOUR_POLITE = "your_polite"


class Case(StrEnum):
    """The seven cases, and -дікі: "that of"."""

    NOMINATIVE = ""
    GENITIVE = "gen"
    DATIVE = "dat"
    ACCUSATIVE = "acc"
    LOCATIVE = "loc"
    ABLATIVE = "abl"
    INSTRUMENTAL = "ins"
    BELONGING = "own"


@dataclass(frozen=True, slots=True, order=True)
class Chain:
    """What is added to a word. `is_of_there` is -ғы after the locative: ауылдағы."""

    plural: bool = False
    owner: Owner = Owner.NONE
    case: Case = Case.NOMINATIVE
    is_of_there: bool = False

    @property
    def is_bare(self) -> bool:
        return self == BARE


BARE = Chain()

_BACK = "аоұыуяёюoau"
_FRONT = "әөүіеэиei"
_NEUTRAL = "уиюuiy"
_VOWELS = frozenset("аәеёоөұүыіэюяaeo")
_GLIDES = frozenset("лрйуилryu")
_NASALS = frozenset("мнңmn")
_VOICED = frozenset("зжz")
_SOFTENED = {"к": "г", "қ": "ғ", "п": "б"}
_HARDENED = {soft: hard for hard, soft in _SOFTENED.items()}
_VOWEL_ENDINGS = ("ы", "і")


def _is_front(word: str) -> bool:
    """Whether endings take front vowels: by the last vowel that says so, and by a soft sign at the end."""
    if word.endswith("ь"):
        return True
    vowels = [letter for letter in word if letter in _BACK or letter in _FRONT]
    for letter in reversed(vowels):
        if letter not in _NEUTRAL:
            return letter in _FRONT
    return bool(vowels) and vowels[-1] in _FRONT


def _last_sound(word: str) -> str:
    return (word.rstrip("ьъ") or word)[-1]


class _Sound(StrEnum):
    VOWEL = "vowel"
    GLIDE = "glide"
    NASAL = "nasal"
    VOICED = "voiced"
    VOICELESS = "voiceless"


def _sound(letter: str) -> _Sound:
    for sound, letters in (
        (_Sound.VOWEL, _VOWELS),
        (_Sound.GLIDE, _GLIDES),
        (_Sound.NASAL, _NASALS),
        (_Sound.VOICED, _VOICED),
    ):
        if letter in letters:
            return sound
    return _Sound.VOICELESS


# Back forms; the front ones follow by `_to_front`.
_PLURAL = {
    _Sound.VOWEL: "лар",
    _Sound.GLIDE: "лар",
    _Sound.NASAL: "дар",
    _Sound.VOICED: "дар",
    _Sound.VOICELESS: "тар",
}
_CASES = {
    Case.GENITIVE: {"vowel": "ның", "glide": "дың", "nasal": "ның", "voiced": "дың", "voiceless": "тың"},
    Case.DATIVE: {"vowel": "ға", "glide": "ға", "nasal": "ға", "voiced": "ға", "voiceless": "қа"},
    Case.ACCUSATIVE: {"vowel": "ны", "glide": "ды", "nasal": "ды", "voiced": "ды", "voiceless": "ты"},
    Case.LOCATIVE: {"vowel": "да", "glide": "да", "nasal": "да", "voiced": "да", "voiceless": "та"},
    Case.ABLATIVE: {"vowel": "дан", "glide": "дан", "nasal": "нан", "voiced": "дан", "voiceless": "тан"},
}
# These two have one form for back and front words.
_INVARIANT = {
    Case.INSTRUMENTAL: {"vowel": "мен", "glide": "мен", "nasal": "мен", "voiced": "бен", "voiceless": "пен"},
    Case.BELONGING: {"vowel": "нікі", "glide": "дікі", "nasal": "нікі", "voiced": "дікі", "voiceless": "тікі"},
}
_AFTER_MINE = {
    Case.GENITIVE: "ның",
    Case.DATIVE: "а",
    Case.ACCUSATIVE: "ды",
    Case.LOCATIVE: "да",
    Case.ABLATIVE: "нан",
}
_AFTER_THEIRS = {
    Case.GENITIVE: "ның",
    Case.DATIVE: "на",
    Case.ACCUSATIVE: "н",
    Case.LOCATIVE: "нда",
    Case.ABLATIVE: "нан",
}
_OWNERS = {
    Owner.MY: ("м", "ым"),
    Owner.YOUR: ("ң", "ың"),
    Owner.THEIR: ("сы", "ы"),
    Owner.OUR: ("мыз", "ымыз"),
    Owner.YOUR_POLITE: ("ңыз", "ыңыз"),
}
_TO_FRONT = str.maketrans("аығқ", "еігк")


def _plural_of(word: str) -> str:
    # л counts with the nasals here: ауылдар.
    return "дар" if _last_sound(word) in "лl" else _PLURAL[_sound(_last_sound(word))]


def _case_of(word: str, owner: Owner, case: Case) -> str:
    sound = _sound(_last_sound(word))
    if case in _INVARIANT:
        # After сы, ы the instrumental is -мен as after any vowel.
        return _INVARIANT[case][sound]
    if owner is Owner.THEIR:
        return _AFTER_THEIRS[case]
    if owner in {Owner.MY, Owner.YOUR}:
        return _AFTER_MINE[case]
    return _CASES[case][sound]


def put(chain: Chain, word: str) -> str:
    """The word with the chain; its own letters stay, but for қ, к, п that soften before a vowel (Серігі)."""
    if chain.is_bare or not word:
        return word
    folded = word.casefold()
    is_front = _is_front(folded)

    def fitted(ending: str) -> str:
        return ending.translate(_TO_FRONT) if is_front else ending

    built, shown = folded, word
    for ending, is_invariant in _endings(chain, folded):
        form = ending if is_invariant else fitted(ending)
        if form[0] in _VOWEL_ENDINGS and built[-1] in _SOFTENED:
            soft = _SOFTENED[built[-1]]
            built, shown = built[:-1] + soft, shown[:-1] + soft
        built, shown = built + form, shown + form
    return shown


def _endings(chain: Chain, word: str) -> list[tuple[str, bool]]:
    """The endings in back form, each with whether it never changes."""
    found: list[tuple[str, bool]] = []
    so_far = word
    if chain.plural:
        found.append((_plural_of(word), False))
        so_far += "лар"
    if chain.owner is not Owner.NONE:
        ending = _OWNERS[chain.owner][_sound(_last_sound(so_far)) is not _Sound.VOWEL]
        found.append((ending, False))
        so_far += ending
    if chain.case is not Case.NOMINATIVE:
        found.append((_case_of(so_far, chain.owner, chain.case), chain.case in _INVARIANT))
    if chain.is_of_there:
        found.append(("ғы", False))
    return found


_ALL = tuple(
    Chain(plural, owner, case, is_of_there)
    for plural, owner, case, is_of_there in product((False, True), Owner, Case, (False, True))
    if not is_of_there or case is Case.LOCATIVE
)
MIN_STEM = 3
_LONGEST = 14
# Names, and ends of names, that look like a case or a plural: Амангелді, Бекболды, Фарида, Дастан.
_NOT_ENDINGS = re.compile(
    r"(?:[кг]елді|болды|берді|т[ұу]рды|қалды|тілеуді|зада|ида|аида|рита|света|анита|надежда|дастан|арыстан|арслан"
    r"|қазақстан|түркістан|айдан|жайдан|гүлдан|жандар|самандар|искандер|ескендер)\Z"
)


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """A word as a stem and its chain; the stem keeps the letters' case."""

    stem: str
    chain: Chain


def readings(word: str) -> list[Reading]:
    """Every way to read the word, the bare one first, then by falling length of the stem (three letters and more)."""
    folded = word.casefold()
    found = [Reading(word, BARE)]
    if len(folded) != len(word):
        return found
    for cut in range(len(word) - 1, max(MIN_STEM, len(word) - _LONGEST) - 1, -1):
        for last in dict.fromkeys((_HARDENED.get(folded[cut - 1], folded[cut - 1]), folded[cut - 1])):
            stem = folded[: cut - 1] + last
            shown = word[:cut] if last == folded[cut - 1] else word[: cut - 1] + last
            fitting = [chain for chain in _chains_of(_profile(stem), folded[cut:]) if put(chain, stem) == folded]
            found.extend(Reading(shown, chain) for chain in fitting)
            if fitting:
                break
    return found


def _profile(stem: str) -> str:
    """What decides the endings of a stem, as a short stem of its own."""
    return ("е" if _is_front(stem) else "а") + stem[-1]


@lru_cache(maxsize=4096)
def _table(profile: str) -> dict[str, tuple[Chain, ...]]:
    by_ending: dict[str, list[Chain]] = {}
    for chain in _ALL[1:]:
        by_ending.setdefault(put(chain, profile)[len(profile) :], []).append(chain)
    return {ending: tuple(chains) for ending, chains in by_ending.items()}


def _chains_of(profile: str, ending: str) -> tuple[Chain, ...]:
    return _table(profile).get(ending, ())


def analyse(word: str, bases: frozenset[str] = frozenset()) -> Reading:
    """The likeliest reading of a name in a Kazakh sentence.

    `bases` are other words for the same person or place, casefolded: a reading whose stem is one of them wins. Without
    such help an ending must be a plural or a case, not a bare owner (Қасым is a name), a case that follows the name
    directly is preferred, and of those the longest ending wins.
    """
    found = readings(word)
    known = [one for one in found[1:] if one.stem.casefold() in bases]
    if known:
        return known[-1]
    if word.casefold() in bases or _NOT_ENDINGS.search(word.casefold()):
        return found[0]
    likely = [one for one in found[1:] if one.chain.owner is Owner.NONE or one.chain.case is not Case.NOMINATIVE]
    return max(likely, key=lambda one: (one.chain.owner is Owner.NONE, -len(one.stem)), default=found[0])


_CODE = re.compile(r"(?P<word>[^\W\d_]+)[\W\d_]*\Z")
# The last word of a compound already has an owner: облысы, облысында.
_COMPOUNDS = {"облысы": "облыс", "ауданы": "аудан", "қаласы": "қала", "ауылы": "ауыл", "округі": "округ"}


def put_on_code(chain: Chain, code: str) -> str:
    """The chain after a bracket code or a name of several words, in harmony with the last word in it."""
    match = _CODE.search(code)
    if match is None or chain.is_bare:
        return code
    word = match["word"].casefold()
    if base := _COMPOUNDS.get(word):
        owned = put(replace(chain, owner=Owner.THEIR), base)
        return code + owned[len(word) :]
    if code.endswith("]"):
        return code + put(chain, word)[len(word) :]
    return code[: match.start()] + put(chain, code[match.start() :])
