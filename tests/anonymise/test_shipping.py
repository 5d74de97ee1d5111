"""What ships with the statistical layer: the files that the card describes, small enough, nothing of a corpus."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

import pytest

from qualcoder.anonymise import trained_models
from qualcoder.anonymise.training import building, card_page
from qualcoder.anonymise.training.corpora import FILES
from qualcoder.anonymise.training.trials import Row

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "qualcoder"
SHIPPED = trained_models.SHIPPED
LIMIT = 4_000_000
TRAINED = (trained_models.LEXICON, *map(trained_models.model_name, trained_models.LANGUAGES))


def card() -> dict[str, list[dict[str, object]]]:
    said: dict[str, list[dict[str, object]]] = json.loads((SHIPPED / trained_models.CARD).read_text("utf-8"))
    return said


def test_the_wheel_takes_the_trained_files() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = config["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["qualcoder"]
    assert "qualcoder/anonymise/trained/*" in wheel["artifacts"]
    assert all((SHIPPED / name).is_file() for name in TRAINED)


def test_the_card_describes_the_files_that_ship() -> None:
    assert {row["file"]: (row["sha256"], row["bytes"]) for row in card()["files"]} == {
        name: (hashlib.sha256(raw := (SHIPPED / name).read_bytes()).hexdigest(), len(raw)) for name in TRAINED
    }


def test_no_trained_file_is_larger_than_promised() -> None:
    assert [name for name in TRAINED if (SHIPPED / name).stat().st_size > LIMIT] == []


def test_every_source_has_its_licence_and_digest() -> None:
    taught_on = {name for names in FILES.values() for name in names} | {building.KATO}
    assert {str(row["file"]) for row in card()["sources"]} == taught_on
    assert all(row["licence"] and len(str(row["sha256"])) == 64 for row in card()["sources"])


def test_nothing_of_a_corpus_lies_in_the_package() -> None:
    assert sorted(path.name for path in SHIPPED.iterdir()) == sorted(
        [*TRAINED, trained_models.CARD, "README.md", ".gitattributes"]
    )
    kinds = {".crfsuite", ".iob2", ".conll", ".csv", ".bin"}
    strange = [path.name for path in PACKAGE.rglob("*") if path.suffix in kinds and path.parent != SHIPPED]
    assert [name for name in strange if "kato" in name or not name.endswith(".csv")] == []


def test_no_letters_of_a_language_stand_in_a_trained_file() -> None:
    """Labels and digests are ASCII; a run of Cyrillic letters would be a word of a text."""
    for name in TRAINED:
        raw = (SHIPPED / name).read_bytes()
        for word in ("выборы", "сайлау", "ауыл", "Казахстан", "Қазақстан", "село", "республика", "парламент"):
            assert word.encode() not in raw, (name, word)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    rows = [
        Row("kk", "as_is", "every", "person masked", 0.97, 0.95, 100),
        Row("kk", "as_is", "every", "flagged / gold", 1.6, 1.7, 100),
        Row("ru", "as_is", "every", "person masked", 0.99, 0.985, 100, 3),
        Row("ru", "as_is", "firm", "person masked", 0.5, 0.5, 100, 3),
        Row("ru", "as_is", "every", "words per CPU second", 5000.4, 4000, 0, 3),
    ]
    said = {
        "sources": [{"file": "a", "title": "Invented corpus", "licence": "CC BY 4.0", "sha256": "ab" * 32}],
        "files": [{"file": "kk.crfsuite", "sha256": "cd" * 32, "bytes": 2_500_000}],
        "notes": ["Nobody said any of it."],
        "figures": [{name: getattr(row, name) for name in Row.__dataclass_fields__} for row in rows],
    }
    path = tmp_path / "card.json"
    path.write_text(json.dumps(said), "utf-8")
    return path


def test_a_card_page_judges_mean_and_worst_fold(written: Path) -> None:
    page = card_page.page(written)
    assert "| Invented corpus | CC BY 4.0 | `abababababab` |" in page
    assert "| kk.crfsuite | 2.50 | `cdcdcdcdcdcd` |" in page
    assert "| kk | cased | person masked | 0.970 | 0.950 | 100 | ≥ 0.96: the mean |" in page
    assert "| kk | cased | flagged / gold | 1.600 | 1.700 | 100 | ≤ 1.5: **not reached** |" in page
    assert "| ru | cased | person masked | 0.990 | 0.985 | 100 | ≥ 0.98: all folds |" in page
    assert "Folds measured, of 5: kk 5, ru 3." in page
    assert "0.500" not in page
    assert "Words per CPU second: ru 5000." in page


def test_a_card_without_figures_says_so(written: Path) -> None:
    said = json.loads(written.read_text("utf-8"))
    written.write_text(json.dumps(said | {"figures": None}), "utf-8")
    assert "have not been cross-validated" in card_page.page(written)
