"""Every message is translated into Russian and Kazakh, and the check notices one that is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import write_po

from tests.house import catalogues

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    assert catalogues.problems(ROOT, language) == []


def test_messages_alike_in_all_languages_are_in_use() -> None:
    used = {text for key in catalogues.extract() for text in ([key] if isinstance(key, str) else key)}
    assert catalogues.same_everywhere(ROOT) <= used


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one message of each kind."""
    for path, text in {
        "qualcoder/x.py": 'from m import N_\nraise Invalid(N_("The file holds %(n)s lines."), n=2)\nx = N_("Stata")\n',
        "templates/x.html": '<p>{{ _("Save") }}{{ ngettext("%(n)s race", "%(n)s races", n) }}{{ _(view.label) }}</p>',
        catalogues.SAME: "# signs\nStata\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return tmp_path


Messages = dict[str | tuple[str, str], object]

TRANSLATED: Messages = {
    "The file holds %(n)s lines.": "В файле %(n)s строк.",
    "Stata": "Stata",
    "Save": "Сохранить",
    ("%(n)s race", "%(n)s races"): ("%(n)s гонка", "%(n)s гонки", "%(n)s гонок"),
}


def _write(project: Path, messages: Messages, *, fuzzy: str = "") -> None:
    book = Catalog(locale="ru", fuzzy=False)
    for key, string in messages.items():
        book.add(key, string, flags=["fuzzy"] if key == fuzzy else [])  # type: ignore[arg-type]  # Babel takes tuples too
    path = catalogues.catalogue_path(project, "ru")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, book)


def test_messages_are_found_in_code_and_templates(project: Path) -> None:
    assert set(catalogues.extract(project)) == set(TRANSLATED)


def test_a_complete_catalogue_has_no_problem(project: Path) -> None:
    _write(project, dict(TRANSLATED))
    assert catalogues.problems(project, "ru") == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"Save": None}, "is not translated"),
        ({"Save": ""}, "is not translated"),
        ({"Save": "Save"}, "is the same as in English"),
        ({"The file holds %(n)s lines.": "В файле много строк."}, "has other placeholders"),
        ({"The file holds %(n)s lines.": "В файле %(count)s строк."}, "has other placeholders"),
        ({("%(n)s race", "%(n)s races"): ("%(n)s гонка", "", "%(n)s гонок")}, "is not translated"),
        ({("%(n)s race", "%(n)s races"): ("%(n)s гонка", "%(m)s гонки", "%(n)s гонок")}, "has other placeholders"),
        ({"Delete": "Удалить"}, "is used nowhere"),
    ],
    ids=str,
)
def test_a_problem_is_noticed(project: Path, change: Messages, what: str) -> None:
    messages = {key: value for key, value in (TRANSLATED | change).items() if value is not None}
    _write(project, messages)
    (problem,) = catalogues.problems(project, "ru")
    assert what in problem


def test_a_fuzzy_message_is_noticed(project: Path) -> None:
    _write(project, dict(TRANSLATED), fuzzy="Save")
    (problem,) = catalogues.problems(project, "ru")
    assert "is not translated: Save" in problem


def test_without_a_catalogue_every_message_is_missing(project: Path) -> None:
    assert len(catalogues.problems(project, "kk")) == len(TRANSLATED)


def test_an_update_keeps_translations_and_is_stable(project: Path) -> None:
    _write(project, {"Save": "Сохранить", "Delete": "Удалить"})
    path = catalogues.catalogue_path(project, "ru")
    assert catalogues.update(project, "ru", is_pruned=False) == 3
    kept = path.read_text("utf-8")
    assert 'msgstr "Сохранить"' in kept
    assert '#~ msgstr "Удалить"' in kept
    assert catalogues.update(project, "ru", is_pruned=False) == 3
    assert path.read_text("utf-8") == kept
    catalogues.update(project, "ru", is_pruned=True)
    assert "Удалить" not in path.read_text("utf-8")
    _write(project, dict(TRANSLATED))
    assert catalogues.update(project, "ru", is_pruned=True) == 0
    assert catalogues.problems(project, "ru") == []
