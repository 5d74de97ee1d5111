"""Fitting one CRF: copies without capitals, L-BFGS with both penalties, the same result for the same data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from qualcoder.anonymise.features import Featurer
from qualcoder.anonymise.training.corpora import Example

_SEED = 20_261_122


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is fitted: L1 and L2 penalties, the rarest feature kept, and when to stop."""

    c1: float = 0.06
    c2: float = 0.05
    rarest: int = 2
    iterations: int = 45
    lowered: float = 0.7


def copies(examples: Iterable[Example], settings: Settings) -> Iterator[Example]:
    """Each sentence as it is, most of them again without capitals, some of those without punctuation too."""
    random = Random(_SEED)  # noqa: S311  a repeatable choice, no secret
    for example in examples:
        yield example
        if random.random() < settings.lowered:
            bare = replace(example, is_cased=False)
            yield _without_signs(bare) if random.random() < 0.5 else bare


def _without_signs(example: Example) -> Example:
    kept = [(form, tag) for form, tag in zip(example.forms, example.tags, strict=True) if form[0].isalnum()]
    if not kept:
        return example
    return replace(example, forms=tuple(form for form, _ in kept), tags=tuple(tag for _, tag in kept))


def fit(examples: Sequence[Example], featurer: Featurer, path: Path, settings: Settings | None = None) -> None:
    """Write a CRF to `path`."""
    import pycrfsuite

    chosen = settings or Settings()
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(
        {
            "c1": chosen.c1,
            "c2": chosen.c2,
            "feature.minfreq": chosen.rarest,
            "max_iterations": chosen.iterations,
        }
    )
    for example in copies(examples, chosen):
        trainer.append(featurer.features(example.forms, is_cased=example.is_cased), list(example.tags))
    trainer.train(str(path))
