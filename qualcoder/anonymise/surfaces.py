"""Forms under which two mentions of one person or place meet, and the grouping of mentions into entities.

A word gives several forms, not one: Дана and Дананың, Выдуманов and Выдумановым must meet without knowing which
ending is an ending. Two mentions may therefore meet wrongly (Алим and Алима); a reviewer splits them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.letters import KAZAKH_ONLY, has_cyrillic, shadow_of
from qualcoder.anonymise.rules.endings import MIN_STEM, kk_stems, ru_stems
from qualcoder.anonymise.scripts import skeleton

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_TYPE_WORDS = re.compile(
    r"(?:сел[оаеу]|селом|с|аул[аеу]?|аулом|ауыл\w{0,8}|посел[ок]\w{0,3}|пос|деревн\w|станци\w|город\w{0,2}|г|район\w{0,2}|округ\w{0,3}|сельск\w{2,3}|област\w{1,2}|обл"
    r"|аудан\w{0,7}|облыс\w{0,7}|қала\w{0,6}|кент\w{0,5}|селос\w{1,5}|village|aul|auyl|of|district|region|oblast|rural|city|rayon)"
)
_PATRONYMIC = re.compile(r"\w+(?:ович|евич|ьич|овн|евн|ичн|ұлы|қызы|улы|кызы|uly|qyzy|kyzy|ovich|ovna|evna)\w{0,5}")
_PATRONYMIC_PARTICLES = frozenset({"ұлы", "қызы", "улы", "кызы", "uly", "kyzy", "qyzy"})
_ENGLISH_GENITIVE = "'s"
# Russian surnames keep their Russian endings in Kazakh speech.
_RU_SURNAME = re.compile(r"(?:ов|ев|ин)(?:а|у|ым|ой|е|ы)\Z")
# A name in Latin with a Kazakh or Russian ending on it; at least one letter has no Cyrillic twin (cf. "Cepик").
_LATIN_WITH_ENDING = re.compile(
    r"(?<!\w)(?=[a-zA-Z]*[bdfgjlnqrsuvwzDFGJLNQRSUVWZ])([A-Za-z]{3,30})-?[а-яәіңғүұқөһ]{1,10}(?!\w)"
)
# Initials that Latin writes with two letters.
_LONG_INITIALS = frozenset({"zh", "sh", "ch", "kh", "ye", "yu", "ya", "gh"})
_RUSSIAN_SPELLING = str.maketrans("әіңғүұқөһ", "аингуукох")


def _folded(surface: str) -> list[str]:
    plain = _LATIN_WITH_ENDING.sub(r"\1", unicodedata.normalize("NFC", surface))
    text = shadow_of(plain).text
    return [word.casefold().replace("ё", "е") for word in _WORD.findall(text)]


def _forms(word: str, language: str) -> tuple[str, ...]:
    """The word and its possible stems, in Russian spelling: Нұрлан and Нурлан meet."""
    if not has_cyrillic(word):
        bare = word.removesuffix(_ENGLISH_GENITIVE)
        return (bare,) if bare == word or len(bare) < MIN_STEM else (word, bare)
    found = kk_stems(word)
    is_kazakh = KAZAKH_ONLY.intersection(word)
    if language == "ru" or (language != "kk" and not is_kazakh) or (not is_kazakh and _RU_SURNAME.search(word)):
        found += ru_stems(word)
    return tuple(dict.fromkeys(form.translate(_RUSSIAN_SPELLING) for form in found))


def stems(surface: str, language: str) -> tuple[str, ...]:
    """Normalised forms of a mention: those of every word of three letters and more, then the whole.

    Casefolded, ё as е, Kazakh letters in Russian spelling, one alphabet per word, endings taken off. The whole, always
    last, is built of the shortest forms; type words of places (село, ауданы) are left out unless there is nothing
    else. Empty for a surface without letters or digits.
    """
    named = named_words(surface)
    kept = {word: [f for f in _forms(word, language) if len(f) >= MIN_STEM] for word in named}
    single = [form for forms in kept.values() for form in forms]
    whole = " ".join(min(kept[word], key=lambda f: (len(f), f)) if kept[word] else word for word in named)
    return (*(form for form in dict.fromkeys(single) if form != whole), *([whole] if whole else []))


def _rough(forms: Iterable[str]) -> list[str]:
    rough = (" ".join(map(skeleton, form.split())) for form in forms)
    return [form for form in dict.fromkeys(rough) if len(form) >= MIN_STEM]


def indexed(word: str, language: str) -> tuple[str, ...]:
    """What a word, or a whole name, is written down under: its stems, and rough spellings for the other script.

    "l:" is found by words in Latin letters, "c:" by words in Cyrillic: two Cyrillic names never meet by rough spelling.
    """
    forms = stems(word, language)
    marks = ("l:",) if any(map(has_cyrillic, forms)) else ("c:", "l:")
    return (*forms, *(mark + rough for rough in _rough(forms) for mark in marks))


def sought(word: str, language: str) -> tuple[str, ...]:
    """What a word may be found again under; see `indexed`."""
    forms = stems(word, language)
    mark = "c:" if any(map(has_cyrillic, forms)) else "l:"
    return (*forms, *(mark + rough for rough in _rough(forms)))


@dataclass(frozen=True, slots=True)
class _Name:
    """One word of a name, or the whole of a place's: its forms, and rough spellings that only other scripts look at."""

    forms: frozenset[str]
    rough: frozenset[str]
    is_cyrillic: bool

    def meets(self, other: _Name) -> bool:
        if self.forms & other.forms:
            return True
        return not (self.is_cyrillic and other.is_cyrillic) and bool(self.rough & other.rough)


def _name(forms: Iterable[str]) -> _Name:
    known = frozenset(forms)
    return _Name(known, frozenset(_rough(known)), any(map(has_cyrillic, known)))


@dataclass(frozen=True, slots=True)
class _Mention:
    label: Label
    names: tuple[_Name, ...]
    patronymics: tuple[_Name, ...]
    initials: tuple[str, ...]
    whole: _Name


def _read(surface: str, label: Label, language: str) -> _Mention:
    names: list[_Name] = []
    patronymics: list[_Name] = []
    initials: list[str] = []
    for word in _folded(surface):
        if word in _PATRONYMIC_PARTICLES and names:
            patronymics.append(names.pop())
        elif len(word) == 1 or word in _LONG_INITIALS:
            initials.append(word)
        else:
            kind = patronymics if _PATRONYMIC.fullmatch(word) and len(word) > 6 else names
            kind.append(_name(_forms(word, language)))
    forms = stems(surface, language)
    # A place or number is one thing with its whole name; only persons are known by a part of it.
    whole = _name(forms if len(named_words(surface)) == 1 else forms[-1:])
    return _Mention(label, tuple(names), tuple(patronymics), tuple(initials), whole)


def named_words(surface: str) -> list[str]:
    """The words of a mention, casefolded, without type words of places unless there is nothing else."""
    words = _folded(surface)
    return [word for word in words if not _TYPE_WORDS.fullmatch(word)] or words


def _leftovers(mine: Sequence[_Name], theirs: Sequence[_Name]) -> tuple[int, list[_Name], list[_Name]]:
    rest = list(theirs)
    alone: list[_Name] = []
    shared = 0
    for name in mine:
        twin = next((other for other in rest if name.meets(other)), None)
        if twin is None:
            alone.append(name)
        else:
            rest.remove(twin)
            shared += 1
    return shared, alone, rest


def _begins(name: _Name, initial: str) -> bool:
    if has_cyrillic(initial) == name.is_cyrillic:
        return min(name.forms).startswith(initial)
    return any(form.startswith(skeleton(initial)[:1] or initial) for form in name.rough)


def _initials_fit(initials: Sequence[str], names: Sequence[_Name]) -> bool:
    if not names or not initials:
        return True
    return any(_begins(name, initial) for name in names for initial in initials)


def _initials_agree(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    if not mine or not theirs or set(mine) & set(theirs):
        return True
    rough = ({skeleton(initial)[:1] for initial in initials} for initials in (mine, theirs))
    return has_cyrillic(mine[0]) != has_cyrillic(theirs[0]) and bool(set.intersection(*rough))


def _shared_words(a: _Mention, b: _Mention) -> int | None:
    """How many words of a name two mentions share; None when they contradict each other."""
    names, a_names, b_names = _leftovers(a.names, b.names)
    fathers, a_fathers, b_fathers = _leftovers(a.patronymics, b.patronymics)
    if (a_names and b_names) or (a_fathers and b_fathers):
        return None
    if not _initials_fit(a.initials, [*b_names, *b_fathers]) or not _initials_fit(b.initials, [*a_names, *a_fathers]):
        return None
    if not _initials_agree(a.initials, b.initials):
        return None
    return names + fathers


def _fit(mention: _Mention, group: Sequence[_Mention]) -> int:
    """Words shared with the group: 0 when there is nothing in common or anyone in it contradicts."""
    if mention.label is not group[0].label:
        return 0
    if mention.label is not Label.PERSON:
        return int(any(mention.whole.meets(other.whole) for other in group))
    shared = [_shared_words(mention, other) for other in group]
    # A bare first name and a bare surname share nothing and don't contradict: only full mentions tie them.
    known = [n for n, other in zip(shared, group, strict=True) if n is not None or len(other.names) > 1]
    if any(n is None for n in known):
        return 0
    return max((n for n in shared if n is not None), default=0)


def group(surfaces: Sequence[tuple[str, Label, str]]) -> list[int]:
    """A group number, from 0 in order of first appearance, for each mention (surface, label, language).

    The same person across inflections, initials with surname, and surname or first name alone share a number. Two
    full names that differ in one word never do. A name that fits several people goes to the one mentioned last.
    """
    unique = list(dict.fromkeys(surfaces))
    mentions = [_read(*surface) for surface in unique]
    groups: list[list[int]] = []
    # Fullest mentions first: they decide who exists, the short ones then look for their place.
    for at in sorted(range(len(unique)), key=lambda i: (-len(mentions[i].names) - len(mentions[i].patronymics), i)):
        fits = [(_fit(mentions[at], [mentions[i] for i in members]), members) for members in groups]
        fitting = [(shared, members) for shared, members in fits if shared]
        if fitting:
            _best(fitting, at).append(at)
        else:
            groups.append([at])
    owner = {unique[i]: number for number, members in enumerate(groups) for i in members}
    renumbered: dict[int, int] = {}
    return [renumbered.setdefault(owner[surface], len(renumbered)) for surface in surfaces]


def _best(fitting: Sequence[tuple[int, list[int]]], at: int) -> list[int]:
    def nearness(candidate: tuple[int, list[int]]) -> tuple[int, bool, int]:
        before = [i for i in candidate[1] if i < at]
        return candidate[0], bool(before), max(before) if before else -min(candidate[1])

    return max(fitting, key=nearness)[1]
