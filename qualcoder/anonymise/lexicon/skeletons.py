"""One coarse spelling for a name in Kazakh, Russian and Latin letters: Серікбаев, Серикбаев and Serikbayev meet.

Different names may meet as well: a skeleton is a hint for a detector, never a proof of identity.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CYRILLIC = str.maketrans(
    {
        "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "e", "э": "e",
        "ж": "j", "з": "z", "и": "i", "й": "i", "і": "i", "ы": "i", "к": "k", "қ": "k", "л": "l", "м": "m",
        "н": "n", "ң": "n", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u",
        "ү": "u", "ф": "f", "х": "h", "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": "",
        "ю": "iu", "я": "ia",
    }
)  # fmt: skip
# Longer spellings first: "shch" before "sh", "zh" before "z".
_LATIN = (
    ("shch", "sh"),
    ("dzh", "j"),
    ("zh", "j"),
    ("kh", "h"),
    ("gh", "g"),
    ("ng", "n"),
    ("ph", "f"),
    ("yo", "e"),
    ("ye", "e"),
    ("yu", "iu"),
    ("ya", "ia"),
    ("q", "k"),
    ("w", "u"),
    ("y", "i"),
    ("x", "h"),
    ("ck", "k"),
)
_DOUBLED = re.compile(r"(\w)\1+")
_LETTER_RUNS = (("ia", "a"), ("iu", "u"), ("ie", "e"), ("dj", "j"), ("ng", "n"))


@lru_cache(maxsize=20_000)
def skeleton(word: str) -> str:
    """The coarse spelling of one word, of plain Latin letters; empty for a word without letters."""
    folded = word.casefold()
    if folded.isascii():
        for spelling, plain in _LATIN:
            folded = folded.replace(spelling, plain)
    else:
        folded = folded.translate(_CYRILLIC)
        if not folded.isascii():
            folded = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    for run, plain in _LETTER_RUNS:
        folded = folded.replace(run, plain)
    return _DOUBLED.sub(r"\1", folded)
