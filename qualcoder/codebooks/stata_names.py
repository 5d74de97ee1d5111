"""Names and labels that Stata accepts. Rules: letters, digits and underscores, 32 at most, labels of 80 characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

import regex

LONGEST_NAME = 32
LONGEST_LABEL = 80

_PAIRS = """
    а a б b в v г g д d е e ё e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch
    ы y э e ю yu я ya ә a ғ gh қ q ң ng ө o ұ u ү u һ h і i є ye ї yi ґ g ў w
"""
_WORDS = """
    _all _b byte _coef _cons double float if in int long _n _pi _pred _rc _skip str strl using with
"""
_TABLE = _PAIRS.split()
_LATIN = str.maketrans(dict(zip(_TABLE[::2], _TABLE[1::2], strict=True)) | {"ъ": "", "ь": "", "ß": "ss", "ı": "i"})
_RESERVED = frozenset(_WORDS.split())
_NUMBERED_TYPE = regex.compile(r"str\d+")
_OTHER = regex.compile(r"[^a-z0-9]+")
_GRAPHEME = regex.compile(r"\X")


def stata_name(raw: str, taken: Collection[str] = (), *, longest: int = LONGEST_NAME) -> str:
    """A valid lower-case ASCII name for `raw` that is not in `taken`; a name that is valid already stays as it is.

    Russian and Kazakh letters are transliterated, what can't be written is an underscore, reserved words and leading
    digits get a `v` in front, and a clash ends in _2, _3 and so on.
    """
    name = _valid(raw, longest)
    number = 2
    unique = name
    while unique in taken:
        ending = f"_{number}"
        unique = name[: longest - len(ending)] + ending
        number += 1
    return unique


def _valid(raw: str, longest: int) -> str:
    # Transliteration comes before the decomposition that strips accents: й and ё decompose too.
    latin = unicodedata.normalize("NFC", raw).lower().translate(_LATIN)
    plain = "".join(c for c in unicodedata.normalize("NFKD", latin).lower() if not unicodedata.combining(c))
    name = _OTHER.sub("_", plain).strip("_")[:longest].rstrip("_")
    if not name or name[0].isdigit() or name in _RESERVED or _NUMBERED_TYPE.fullmatch(name):
        name = f"v{name}"[:longest]
    return name


def cut_label(label: str, longest: int = LONGEST_LABEL) -> str:
    """`label` on one line, cut to `longest` code points between two characters as a reader sees them."""
    line = " ".join(label.split())
    if len(line) <= longest:
        return line
    kept = 0
    for found in _GRAPHEME.finditer(line):
        if found.end() > longest - 1:
            break
        kept = found.end()
    return line[:kept].rstrip() + "…"
