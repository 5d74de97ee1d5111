"""The project keeps the rules about code, and each rule notices when it is broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import code_rules
from tests.house.code_rules import Rule

ROOT = Path(__file__).resolve().parents[2]
LONG = "x = 1\n" * 401
LONG_FUNCTION = "def f() -> None:\n" + "    x = 1\n" * 60


@pytest.mark.parametrize("rule", code_rules.ALL, ids=lambda rule: rule.__name__)
def test_the_project_keeps(rule: Rule) -> None:
    assert rule(ROOT) == []


BROKEN = [
    (code_rules.commits, "qualcoder/races/service.py", "def f(db):\n    db.commit()\n"),
    (code_rules.commits, "qualcoder/races/service.py", "def f(db):\n    done = db.commit\n"),
    (code_rules.commits, "alembic/versions/x.py", "def upgrade():\n    op.get_bind().commit()\n"),
    (code_rules.imports, "qualcoder/races/service.py", "from . import models\n"),
    (code_rules.imports, "qualcoder/races/service.py", "from ..core.text import Span\n"),
    (code_rules.imports, "tests/races/test_x.py", "from qualcoder.core.text import *\n"),
    (code_rules.lengths, "qualcoder/races/service.py", LONG),
    (code_rules.lengths, "tests/races/test_x.py", LONG_FUNCTION),
    (code_rules.prints, "qualcoder/races/service.py", "def f():\n    print('x')\n"),
    (code_rules.prints, "qualcoder/app.py", "breakpoint()\n"),
    (code_rules.docstrings, "qualcoder/races/service.py", "x = 1\n"),
    (code_rules.docstrings, "qualcoder/races/service.py", '"""Doc."""\nclass Shown:\n    x = 1\n'),
    (code_rules.docstrings, "qualcoder/races/service.py", '"""Doc."""\ndef shown():\n    x = 1\n    return x\n'),
    (code_rules.names, "qualcoder/races/utils.py", ""),
    (code_rules.names, "qualcoder/data_manager/x.py", ""),
    (code_rules.openings, "qualcoder/races/queries.py", "def f(db):\n    return sealing.open_(db)\n"),
    (code_rules.openings, "qualcoder/races/routes.py", "def f(db):\n    return sealing.open_json(db)\n"),
    (code_rules.openings, "qualcoder/races/models.py", "def f(db):\n    return blobs.read(db)\n"),
    (code_rules.openings, "qualcoder/races/queries.py", "opener = identity.private_key\n"),
    (code_rules.openings, "qualcoder/races/queries.py", "from qualcoder.vault.sealing import open_\n"),
    (code_rules.openings, "qualcoder/races/queries.py", "from qualcoder.vault import sealing as s\n"),
    (code_rules.unused_openings, "qualcoder/accounts/people.py", "x = 1\n"),
    (code_rules.loads, "qualcoder/races/service.py", "from cryptography.fernet import Fernet\n"),
    (code_rules.loads, "qualcoder/races/service.py", "def f():\n    import spacy\n"),
    (code_rules.loads, "qualcoder/anonymise/pipeline.py", "import spacy\n"),
    (code_rules.loads, "qualcoder/matrices/writers.py", "class W:\n    import pandas\n"),
    (code_rules.loads, "qualcoder/app.py", "def f():\n    import pkg_resources\n"),
    (code_rules.catches, "qualcoder/races/service.py", "try:\n    x = 1\nexcept Exception:\n    x = 2\n"),
    (code_rules.catches, "qualcoder/races/service.py", "try:\n    x = 1\nexcept:\n    pass\n"),
]

KEPT = [
    (code_rules.commits, "qualcoder/core/db.py", "def f(db):\n    db.commit()\n"),
    (code_rules.prints, "qualcoder/commands/house.py", "print('x')\n"),
    (code_rules.docstrings, "qualcoder/races/service.py", '"""Doc."""\ndef title(study):\n    return study.title\n'),
    (code_rules.docstrings, "qualcoder/races/__init__.py", ""),
    (code_rules.openings, "qualcoder/races/service.py", "def f(db):\n    return sealing.open_(db)\n"),
    (code_rules.openings, "qualcoder/races/files.py", "def f(path):\n    return path.read()\n"),
    (code_rules.loads, "qualcoder/anonymise/pipeline.py", "def f():\n    import spacy\n"),
    (code_rules.loads, "qualcoder/matrices/writers.py", "if TYPE_CHECKING:\n    import pandas\n"),
    (code_rules.catches, "qualcoder/races/service.py", "try:\n    x = 1\nexcept BaseException:\n    raise\n"),
]


def _write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8")


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_a_broken_rule_is_noticed_and_the_file_named(tmp_path: Path, rule: Rule, path: str, text: str) -> None:
    _write(tmp_path, path, text)
    found = rule(tmp_path)
    assert any(path in complaint for complaint in found)


@pytest.mark.parametrize(("rule", "path", "text"), KEPT)
def test_what_is_allowed_is_not_noticed(tmp_path: Path, rule: Rule, path: str, text: str) -> None:
    _write(tmp_path, path, text)
    assert rule(tmp_path) == []


def test_every_rule_has_been_broken_here() -> None:
    assert {rule for rule, _path, _text in BROKEN} == set(code_rules.ALL)


HEAVY = ("spacy", "thinc", "pandas", "numpy", "pyreadstat", "pymorphy3", "setuptools", "pkg_resources", "distutils")


def _loaded_by(statement: str) -> set[str]:
    program = f"import sys\n{statement}\nprint(*sorted(set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"sys = __import__('sys'); sys.path.insert(0, {str(ROOT)!r})\n{program}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["qualcoder.app", "qualcoder.cli", "qualcoder.works"])
def test_starting_loads_no_language_model_no_statistics_and_no_build_tool(module: str) -> None:
    assert _loaded_by(f"import {module}") & set(HEAVY) == set()


def test_the_look_at_what_is_loaded_sees_what_is_loaded() -> None:
    assert "pandas" in _loaded_by("import pandas")
