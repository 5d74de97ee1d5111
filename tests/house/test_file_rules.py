"""No file names a registry or a machine, and what is vendored is what was looked at."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest

from tests.house import file_rules
from tests.house.code_rules import Rule

ROOT = Path(__file__).resolve().parents[2]
LOCK = "static/vendor/vendor.lock.json"


@pytest.mark.parametrize("rule", file_rules.ALL, ids=lambda rule: rule.__name__)
def test_the_project_keeps(rule: Rule) -> None:
    assert rule(ROOT) == []


BROKEN = [
    *[(file_rules.hosts, "README.md", f"see https://{host}x/") for host in file_rules.REGISTRIES],
    (file_rules.hosts, "requirements/main.txt", "--index" + "-url https://mirror.example.org\n"),
    (file_rules.hosts, "Makefile", "lock:\n\tuv --x https://" + "PY" + "PI.org/simple\n"),
    (file_rules.machine_paths, "README.md", "cd " + "/wo" + "rk/main"),
    (file_rules.machine_paths, "qualcoder/x.py", "HOME = '" + "/ho" + "me/serik/x'"),
    (file_rules.machine_paths, "tests/x.py", "# " + "/ro" + "ot/.cache"),
    (file_rules.machine_paths, "docs/x.md", "`" + "/Us" + "ers/serik`"),
    (file_rules.machine_paths, "docs/x.md", "C:\\Us" + "ers\\serik"),
    (file_rules.locks, "requirements/main.txt", "babel==2.18.0\n"),
    (file_rules.locks, "requirements/main.txt", "a==1 \\\n    --hash=sha256:00\nbabel==2.18.0\n    # via x\n"),
    (file_rules.locks, "requirements/dev.txt", ""),
    (file_rules.top_level, "notes.md", "x"),
    (file_rules.top_level, "scripts/x.py", "x = 1"),
]

KEPT = [
    (file_rules.hosts, "README.md", "https://example.org and the registry of a study, happily"),
    (
        file_rules.machine_paths,
        "README.md",
        "/srv/qualcoder, ./var, work/main, url /homestead, ~/x, https://a.org/home/x",
    ),
    (file_rules.locks, "requirements/main.txt", "a==1 \\\n    --hash=sha256:00\n    # via b\n"),
    (file_rules.top_level, "docs/x.md", "x"),
]


def _write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8")


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_a_broken_rule_is_noticed_and_the_file_named(tmp_path: Path, rule: Rule, path: str, text: str) -> None:
    _write(tmp_path, path, text)
    found = rule(tmp_path)
    assert len(found) == 1
    assert found[0].startswith(path.partition("/")[0])


@pytest.mark.parametrize(("rule", "path", "text"), KEPT)
def test_what_is_allowed_is_not_noticed(tmp_path: Path, rule: Rule, path: str, text: str) -> None:
    _write(tmp_path, path, text)
    assert rule(tmp_path) == []


def test_every_rule_has_been_broken_here() -> None:
    assert {rule for rule, _path, _text in BROKEN} | {file_rules.vendored} == set(file_rules.ALL)


@pytest.fixture
def vendored(tmp_path: Path) -> Path:
    """A project with one vendored file."""
    digest = base64.b64encode(hashlib.sha384(b"let x").digest()).decode()
    _write(tmp_path, "static/vendor/lib/x.js", "let x")
    _write(tmp_path, LOCK, json.dumps({"lib/x.js": f"sha384-{digest}"}))
    assert file_rules.vendored(tmp_path) == []
    return tmp_path


def test_a_vendored_file_that_changed_is_noticed(vendored: Path) -> None:
    _write(vendored, "static/vendor/lib/x.js", "let y")
    assert file_rules.vendored(vendored) == ["static/vendor/lib/x.js is not the file whose digest was written down"]


def test_a_vendored_file_that_nobody_listed_is_noticed(vendored: Path) -> None:
    _write(vendored, "static/vendor/lib/z.js", "let z")
    assert file_rules.vendored(vendored) == ["static/vendor/lib/z.js is not in the lock"]


def test_a_vendored_file_that_is_gone_is_noticed(vendored: Path) -> None:
    (vendored / "static/vendor/lib/x.js").unlink()
    assert file_rules.vendored(vendored) == ["static/vendor/lib/x.js is missing"]
