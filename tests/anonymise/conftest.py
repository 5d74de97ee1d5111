"""Models for tests: none for the rules, small ones taught on invented sentences for the statistical layer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qualcoder.anonymise import trained_models
from qualcoder.anonymise.features import Featurer
from qualcoder.anonymise.lexicon import flags
from qualcoder.anonymise.lexicon.sources import Places
from qualcoder.anonymise.pipeline import use_models
from qualcoder.anonymise.training import vocabulary
from qualcoder.anonymise.training.fitting import Settings, fit
from qualcoder.anonymise.training.inventing import invent

PLACES = Places(
    coarse=("ойдан облысы", "ойданск", "примерный", "мысал"),
    fine=("мысалауыл", "примерное", "ойдансу", "выдумкино", "мысалтөбе", "ойдантөбе"),
)
SENTENCES = 900


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything the statistical layer needs, taught in a few seconds on templates."""
    folder = tmp_path_factory.mktemp("trained")
    taught = {language: list(invent(language, SENTENCES, PLACES, 1)) for language in trained_models.LANGUAGES}
    vocabulary.build(folder / trained_models.LEXICON, PLACES, taught)
    featurer = Featurer(flags.load(folder / trained_models.LEXICON))
    for language, examples in taught.items():
        fit(examples, featurer, folder / trained_models.model_name(language), Settings(iterations=30))
    return folder


@pytest.fixture(autouse=True)
def rules_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What these tests say of single rules must not hang on what a model learned."""
    use_models(tmp_path_factory.mktemp("nothing"))
    yield
    use_models(trained_models.SHIPPED)


@pytest.fixture
def with_models(rules_alone: None, small_models: Path) -> Iterator[Path]:
    """The whole chain, with the small models."""
    use_models(small_models)
    yield small_models
    use_models(trained_models.SHIPPED)
