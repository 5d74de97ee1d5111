"""The Russian network of natasha (slovnet over navec, MIT), read from its weights without importing natasha.

It was taught on written news, where names have capitals; `recased` gives them back where they are missing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from qualcoder.anonymise.distribution import natasha_file
from qualcoder.anonymise.tagging import KINDS, OUTSIDE, Guess

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

_WEIGHTS = "model/slovnet_ner_news_v1.tar"
_VECTORS = "emb/navec_news_v1_1B_250K_300d_100q.tar"
# Products of small matrices: a second thread would only wait, and cost as much as the first. Read when numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Words that are computed at once; more would only fill memory.
_AT_ONCE = 4_000


class RussianNet:
    """The network; opening it takes about two seconds."""

    def __init__(self) -> None:
        import numpy as np
        from slovnet import NER

        ner = NER.load(natasha_file(_WEIGHTS))
        ner.navec(_vectors())
        model: Any = ner.infer.model
        self._embedding: Any = model.emb
        self._encoder: Any = ner.infer.encoder
        self._layers = [_Layer(layer) for layer in model.encoder.layers]
        self._weight: Matrix = model.head.proj.weight.array
        self._bias: Matrix = model.head.proj.bias.array
        self._tags: list[str] = list(ner.infer.decoder.tags_vocab.items)
        self._transitions: Matrix = np.asarray(model.head.crf.transitions.array)

    def read(self, sentences: Sequence[Sequence[str]]) -> list[list[Guess]]:
        """Names in each sentence, given as its words."""
        found: list[list[Guess]] = []
        batch: list[Sequence[str]] = []
        size = 0
        for words in sentences:
            batch.append(words)
            size += len(words) + 1
            if size > _AT_ONCE:
                found += self._batch(batch)
                batch, size = [], 0
        return found + self._batch(batch)

    def _batch(self, sentences: Sequence[Sequence[str]]) -> list[list[Guess]]:
        """All sentences as one row of words with a zero between them, as wide as the network looks to one side."""
        import numpy as np

        if not sentences:
            return []
        items = [self._encoder.item(words) for words in sentences]
        starts: list[int] = []
        at = 1
        for words in sentences:
            starts.append(at)
            at += len(words) + 1
        within = np.zeros(at, dtype=bool)
        for start, words in zip(starts, sentences, strict=True):
            within[start : start + len(words)] = True
        word_ids = np.array([n for item in items for n in item[0]], dtype=np.intp)
        shape_ids = np.array([n for item in items for n in item[1]], dtype=np.intp)
        embedded = self._embedding(word_ids, shape_ids)
        row = np.zeros((at, embedded.shape[-1]), dtype=np.float32)
        row[within] = embedded
        for layer in self._layers:
            row = layer(row, within)
        emissions = row @ self._weight + self._bias
        return [
            self._guesses(emissions[start : start + len(words)]) for start, words in zip(starts, sentences, strict=True)
        ]

    def _guesses(self, emissions: Matrix) -> list[Guess]:
        import numpy as np

        found: list[Guess] = []
        tags = [self._tags[tag] for tag in _best_path(emissions, self._transitions)]
        if all(tag[2:] not in KINDS for tag in tags):
            return found
        powers = np.exp(emissions - emissions.max(axis=1, keepdims=True))
        chances = powers.max(axis=1) / powers.sum(axis=1)
        for at, tag in enumerate(tags):
            kind = tag[2:]
            if tag == OUTSIDE or kind not in KINDS:
                continue
            last = found[-1] if found else None
            chance = float(chances[at])
            if last is not None and last.end == at and last.kind == kind and tag.startswith("I"):
                found[-1] = Guess(last.start, at + 1, kind, max(last.chance, chance))
            else:
                found.append(Guess(at, at + 1, kind, chance))
        return found


@dataclass(frozen=True, slots=True)
class _Vectors:
    """The part of Navec that the network asks for."""

    meta: Any
    pq: Any


def _vectors() -> _Vectors:
    """The vectors without Navec's own word list and distances between codes: those take a second and serve nobody."""
    from navec.meta import Meta
    from navec.pq import PQ
    from navec.tar import Tar

    class Codes(PQ):  # type: ignore[misc]  # navec has no types
        def precompute(self) -> None:
            return

    with Tar(natasha_file(_VECTORS)) as tar:
        return _Vectors(Meta.from_file(tar.load("meta.json")), Codes.from_file(tar.load("pq.bin")))


class _Layer:
    """A convolution over three words, cut at zero, and its normalisation, as products of matrices."""

    def __init__(self, layer: Any) -> None:
        import numpy as np

        weight = np.asarray(layer.conv.weight.array)
        self._weights = [np.ascontiguousarray(weight[:, :, k].T) for k in range(weight.shape[2])]
        self._bias = np.asarray(layer.conv.bias.array)
        norm = layer.norm
        self._scale = np.asarray(norm.weight.array / norm.std.array)
        self._shift = np.asarray(norm.bias.array - norm.mean.array * self._scale)

    def __call__(self, row: Matrix, within: NDArray[np.bool_]) -> Matrix:
        import numpy as np

        left, middle, right = self._weights
        out: Matrix = row @ middle
        out[1:] += row[:-1] @ left
        out[:-1] += row[1:] @ right
        out += self._bias
        np.maximum(out, 0, out=out)
        out *= self._scale
        out += self._shift
        out[~within] = 0
        return out


def _best_path(emissions: Matrix, transitions: Matrix) -> list[int]:
    """Viterbi over one sentence. Where nothing but "outside" is likely there is nothing to search."""
    import numpy as np

    score = emissions[0]
    steps: list[NDArray[np.intp]] = []
    for at in range(1, len(emissions)):
        through = score[:, None] + transitions
        back = through.argmax(axis=0)
        score = through[back, np.arange(len(back))] + emissions[at]
        steps.append(back)
    tag = int(score.argmax())
    path = [tag]
    for back in reversed(steps):
        tag = int(back[tag])
        path.append(tag)
    return path[::-1]


@cache
def russian_net() -> RussianNet:
    return RussianNet()


def recased(forms: Sequence[str], named: Sequence[bool]) -> list[str]:
    """The words with a capital where a name is meant, and where the sentence begins; lengths stay."""
    raised = [form[0].upper() + form[1:] if is_name else form for form, is_name in zip(forms, named, strict=True)]
    raised[0] = raised[0][0].upper() + raised[0][1:]
    return [new if len(new) == len(old) else old for new, old in zip(raised, forms, strict=True)]
