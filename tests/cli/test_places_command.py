"""The classifier of places at the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.shell import ADMIN, PI, Shell

TEXT = "kato,level,name_ru,name_kk\n110000000,oblast,Примерная область,Мысал облысы\n"


def _file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "kato.csv"
    path.write_text(text, "utf-8")
    return str(path)


def test_an_administrator_imports_the_classifier(study: Shell, tmp_path: Path) -> None:
    assert study.json("places", "show") == {"places": 0}
    done = study.json("places", "import", _file(tmp_path, TEXT), "--as", ADMIN)
    assert done == {"places": 1, "oblast": 1, "district": 0, "sub_district": 0, "settlement": 0}
    assert study.run("places", "show").strip() == "1 places."


def test_nobody_else_does_and_a_wrong_file_changes_nothing(study: Shell, tmp_path: Path) -> None:
    study.run("places", "import", _file(tmp_path, TEXT), "--as", PI, status=2)
    study.run("places", "import", _file(tmp_path, "not,it\n"), "--as", ADMIN, status=2)
    study.run("places", "import", str(tmp_path / "nowhere.csv"), "--as", ADMIN, status=2)
    assert study.json("places", "show") == {"places": 0}
