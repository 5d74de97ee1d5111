"""One rough spelling for names in Cyrillic and in Latin letters, so that Қасым, Kassym and Qasym meet.

Between scripts only: two Cyrillic names that differ in ы and и are not one name because of it.
"""

from __future__ import annotations

import re
import unicodedata

from qualcoder.anonymise.letters import has_cyrillic

# Signs for sounds that Latin writes with two letters: S for sh, C for ch, H for kh.
_CYRILLIC = {
    **dict(zip("абвгдзклмнопрстуфэ", "abvgdzklmnoprstufe", strict=True)),
    **dict(zip("әғіңөұүқһ", "aginouukH", strict=True)),
    **dict(
        zip(
            "еёжийыхцчшщюяьъ", ["e", "e", "j", "i", "i", "i", "H", "ts", "C", "S", "S", "iu", "ia", "", ""], strict=True
        )
    ),
}
_LATIN = (
    ("shch", "S"), ("dzh", "j"), ("tch", "C"), ("sch", "S"),
    ("sh", "S"), ("ch", "C"), ("kh", "H"), ("zh", "j"), ("dj", "j"), ("gh", "g"), ("ph", "f"), ("ck", "k"),
    ("ye", "e"), ("yo", "e"), ("yu", "iu"), ("ya", "ia"), ("x", "ks"), ("q", "k"), ("w", "u"), ("y", "i"), ("h", "H"),
)  # fmt: skip
_LATIN_MARKED = str.maketrans({"ş": "sh", "ç": "ch", "ı": "i", "ğ": "g", "ŋ": "n", "ž": "zh", "š": "sh", "č": "ch"})
_DOUBLED = re.compile(r"(.)\1+")


def skeleton(word: str) -> str:
    """The rough Latin spelling of one casefolded word in either script; "" when nothing of it can be spelled."""
    if has_cyrillic(word):
        spelled = "".join(_CYRILLIC.get(letter, letter if letter.isascii() else "") for letter in word)
    else:
        plain = unicodedata.normalize("NFD", word.translate(_LATIN_MARKED))
        spelled = "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
        for written, sound in _LATIN:
            spelled = spelled.replace(written, sound)
    return _DOUBLED.sub(r"\1", spelled.replace("ng", "n"))


_TO_LATIN = dict(
    zip(
        "абвгдезийклмнопрстуфыэәғіңөұүқһёжхцчшщьъюя",
        [*"abvgdeziiklmnoprstufyeagi", "ng", *"ouuqh", "yo", "zh", "kh", "ts", "ch", "sh", "shch", "", "", "yu", "ya"],
        strict=True,
    )
)


def in_latin(name: str) -> str:
    """A name in Latin letters, for English sentences; capitals stay."""
    spelled = (
        _TO_LATIN.get(letter, letter) if letter.islower() else _TO_LATIN.get(letter.lower(), letter).capitalize()
        for letter in name
    )
    return "".join(spelled)
