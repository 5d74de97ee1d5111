"""Everything that ships with the statistical layer, made from the data folder: lexicon, models, model card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import process_time

from qualcoder.anonymise import trained_models
from qualcoder.anonymise.features import Featurer
from qualcoder.anonymise.lexicon import flags, sources
from qualcoder.anonymise.training import corpora, vocabulary
from qualcoder.anonymise.training.corpora import Example
from qualcoder.anonymise.training.fitting import Settings, fit
from qualcoder.anonymise.training.inventing import invent, invent_mixed
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

KATO = "kato.csv"
# English has three times the words of Russian here: a stronger penalty keeps its file under 4 MB.
SETTINGS = {"kk": Settings(), "ru": Settings(lowered=1.0), "en": Settings(c1=0.1, rarest=3)}
INVENTED = 4_500
MIXED = 1_200
_SEED = 1
_SOURCES = {
    "kk_kaznerd_valid_with_sentID.iob2": ("KazNERD, validation split (IS2AI)", "CC BY 4.0"),
    "ru_factrueval_dev.iob2": ("factRuEval-2016, devset", "MIT"),
    "en_wikigold80.iob2": ("wikigold, 80 %", "CC BY 4.0"),
    "en_wnut17_train.iob2": ("WNUT-17, train", "CC BY 4.0"),
    "en_uner_ewt_dev.iob2": ("Universal NER English-EWT, dev", "CC BY-SA 4.0"),
    "en_gum_interview_news.iob2": ("GUM, interviews and news (Wikinews)", "CC BY 2.5"),
    KATO: ("Classifier of places of Kazakhstan, NK RK 11-2025 (stat.gov.kz; compilation siaarzh/kz-tax-rates)", "MIT"),
}
_NOTES = (
    "Kazakh is taught on television news, Russian and English on written texts; interviews come from templates only.",
    "Features are 32-bit digests of affixes, shapes and lexicon marks: no word of a corpus stands in a file here.",
    "Name lists are those of natasha 1.6 (MIT) and a list of given names written by hand for this program.",
)

Tell = Callable[[str], None]


def read_all(data: Path) -> dict[str, list[Example]]:
    """All corpora; Invalid names the first file that is not there."""
    for name in (*(f"ner/{name}" for names in corpora.FILES.values() for name in names), KATO):
        if not (data / name).is_file():
            raise Invalid(N_("The training data lack %(name)s."), name=name)
    return {language: corpora.read(data, language) for language in corpora.FILES}


def build(
    data: Path,
    folder: Path,
    taught: Mapping[str, Sequence[Example]],
    languages: Sequence[str] = trained_models.LANGUAGES,
    *,
    tell: Tell,
) -> None:
    """Write the lexicon and a model per language into `folder`. The same data give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    places = sources.places(data / KATO)
    vocabulary.build(folder / trained_models.LEXICON, places, taught)
    featurer = Featurer(flags.load(folder / trained_models.LEXICON))
    for language in languages:
        before = process_time()
        path = folder / trained_models.model_name(language)
        examples = [*taught[language], *invent(language, INVENTED, places, _SEED)]
        if language != "en":
            examples += invent_mixed(language, MIXED, places, _SEED + 1)
        fit(examples, featurer, path, SETTINGS[language])
        tell(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, {process_time() - before:.0f} CPU seconds")


def write_card(data: Path, folder: Path, figures: object) -> None:
    """The model card: what went in, under which licence, what came out, how it was measured."""
    card = {
        "sources": [
            {"file": name, "title": title, "licence": licence, "sha256": _digest(_path(data, name))}
            for name, (title, licence) in _SOURCES.items()
        ],
        "files": [
            {"file": name, "sha256": _digest(folder / name), "bytes": (folder / name).stat().st_size}
            for name in (trained_models.LEXICON, *map(trained_models.model_name, trained_models.LANGUAGES))
        ],
        "notes": list(_NOTES),
        "figures": figures,
    }
    text = json.dumps(card, ensure_ascii=False, indent=1) + "\n"
    (folder / trained_models.CARD).write_text(text, "utf-8")


def _path(data: Path, name: str) -> Path:
    return data / name if name == KATO else data / "ner" / name


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
