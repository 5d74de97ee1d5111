"""A guard around spaCy's tokeniser, whose work on one unbroken run of signs grows with the square of its length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokenizer import Tokenizer
    from spacy.tokens import Doc

_LONG_RUN = re.compile(r"\S{400}")
_PIECE = re.compile(r"\S{1,400}|\s+")


class GuardedTokenizer:
    """Texts with a run of 400 signs and no space are cut at spaces only; all others go to the language's tokeniser."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def __call__(self, text: str) -> Doc:
        from spacy.tokens import Doc

        if _LONG_RUN.search(text) is None:
            doc: Doc = self._tokenizer(text)
            return doc
        pieces = _PIECE.findall(text)
        return Doc(self._tokenizer.vocab, words=pieces, spaces=[False] * len(pieces))
