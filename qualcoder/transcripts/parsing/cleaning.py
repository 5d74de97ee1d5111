"""One written form for every text, so that what looks the same is the same and nothing hides inside a word."""

from __future__ import annotations

import unicodedata

import regex

_LINE_ENDS = regex.compile("\r\n|[\r\u0085\u2028\u2029\v\f]")
_CONTROLS = regex.compile(r"[^\P{Cc}\n]|[\uFFF9-\uFFFB]")
_TRAILING = regex.compile(r"(?<! ) ++(?=\n|\Z)")

# The only places where a character without width or looks carries meaning: emoji families and keycaps. Tag characters
# (flags of regions) go, as they can carry a whole hidden sentence.
_EMOJI_PART = r"\p{Extended_Pictographic}[\uFE0E\uFE0F\U0001F3FB-\U0001F3FF]*"
_KEPT = rf"{_EMOJI_PART}(?:\u200D{_EMOJI_PART})*|[0-9#*]\uFE0F\u20E3"
_KEPT_OR_HIDDEN = regex.compile(rf"({_KEPT})|[\p{{Default_Ignorable_Code_Point}}]")


def normalise(text: str) -> str:
    """NFC with LF line ends; no control, direction, soft-hyphen or zero-width characters; TAB as space.

    Joiners survive only inside an emoji sequence: between letters or digits they would hide a name or a number from
    the rules that look for it. No-break spaces are kept, blanks at line ends are not. Doing it twice changes nothing.
    """
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    text = _CONTROLS.sub("", text)
    text = _KEPT_OR_HIDDEN.sub(lambda found: found[1] or "", text)
    return unicodedata.normalize("NFC", _TRAILING.sub("", text))
