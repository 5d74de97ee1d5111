"""The Russian network of natasha (slovnet over navec, MIT), read from its weights without importing natasha.

It was taught on written news, where names have capitals; `recased` gives them back where they are missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from qualcoder.anonymise.distribution import natasha_file
from qualcoder.anonymise.tagging import KINDS, Guess

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WEIGHTS = "model/slovnet_ner_news_v1.tar"
_VECTORS = "emb/navec_news_v1_1B_250K_300d_100q.tar"
_BATCH = 32
_OUTSIDE = "O"


class RussianNet:
    """The network; opening it takes about two seconds."""

    def __init__(self) -> None:
        from navec import Navec
        from slovnet import NER

        ner = NER.load(natasha_file(_WEIGHTS), batch_size=_BATCH)
        ner.navec(Navec.load(natasha_file(_VECTORS)))
        self._model: Any = ner.infer.model
        self._encoder: Any = ner.infer.encoder
        self._tags: list[str] = list(ner.infer.decoder.tags_vocab.items)
        self._transitions: NDArray[np.float32] = self._model.head.crf.transitions.array

    def read(self, sentences: Sequence[Sequence[str]]) -> list[list[Guess]]:
        """Names in each sentence, given as its words. Sentences of like length are read together."""
        found: list[list[Guess]] = [[] for _ in sentences]
        order = sorted((n for n, words in enumerate(sentences) if words), key=lambda n: len(sentences[n]))
        for begin in range(0, len(order), _BATCH):
            batch = order[begin : begin + _BATCH]
            for n, guesses in zip(batch, self._batch([sentences[n] for n in batch]), strict=True):
                found[n] = guesses
        return found

    def _batch(self, sentences: Sequence[Sequence[str]]) -> Iterator[list[Guess]]:
        for given in self._encoder(sentences):
            emissions = self._model(given.word_id, given.shape_id, given.pad_mask)
            sizes = (~given.pad_mask).sum(axis=1)
            paths = _best_paths(emissions, self._transitions)
            chances = _chances(emissions)
            for row, size in enumerate(sizes):
                tags = [self._tags[tag] for tag in paths(row, int(size))]
                yield _guesses(tags, chances[row])


def _best_paths(emissions: NDArray[np.float32], transitions: NDArray[np.float32]) -> Any:
    """Viterbi over a batch; the answer gives the path of one row cut to its length."""
    import numpy as np

    steps: list[NDArray[np.intp]] = []
    score = emissions[:, 0]
    scores = [score]
    for at in range(1, emissions.shape[1]):
        through = score[:, :, None] + transitions[None]
        back = through.argmax(axis=1)
        score = np.take_along_axis(through, back[:, None, :], axis=1)[:, 0] + emissions[:, at]
        steps.append(back)
        scores.append(score)

    def path(row: int, size: int) -> list[int]:
        tag = int(scores[size - 1][row].argmax())
        tags = [tag]
        for back in reversed(steps[: size - 1]):
            tag = int(back[row, tag])
            tags.append(tag)
        return tags[::-1]

    return path


def _chances(emissions: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    powers = np.exp(emissions - emissions.max(axis=-1, keepdims=True))
    best: NDArray[np.float32] = powers.max(axis=-1) / powers.sum(axis=-1)
    return best


def _guesses(tags: Sequence[str], chances: NDArray[np.float32]) -> list[Guess]:
    found: list[Guess] = []
    for at, tag in enumerate(tags):
        kind = tag[2:]
        if tag == _OUTSIDE or kind not in KINDS:
            continue
        last = found[-1] if found else None
        chance = float(chances[at])
        if last is not None and last.end == at and last.kind == kind and tag.startswith("I"):
            found[-1] = Guess(last.start, at + 1, kind, max(last.chance, chance))
        else:
            found.append(Guess(at, at + 1, kind, chance))
    return found


@cache
def russian_net() -> RussianNet:
    return RussianNet()


def recased(forms: Sequence[str], named: Sequence[bool]) -> list[str]:
    """The words with a capital where a name is meant, and where the sentence begins; lengths stay."""
    raised = [form[0].upper() + form[1:] if is_name else form for form, is_name in zip(forms, named, strict=True)]
    first = raised[0]
    raised[0] = first[0].upper() + first[1:]
    return [new if len(new) == len(old) else old for new, old in zip(raised, forms, strict=True)]
