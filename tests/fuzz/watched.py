"""The child's side of the importers' test: runs a reader while the lines it executes are counted."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from coverage import Coverage

_ROOT = Path(__file__).resolve().parents[2] / "qualcoder"
_counting = Coverage(data_file=None, config_file=False, source=[str(_ROOT)], messages=False)
_counting.start()


def run(task_and_argument: str, raw: bytes) -> object:
    """What the task gives, counted."""
    task, argument = task_and_argument.split(" ", 1)
    module, name = task.split(":")
    return getattr(import_module(module), name)(argument, raw)


def shares(modules: str, _raw: bytes) -> dict[str, tuple[int, int]]:
    """Lines executed and all lines, for each of these modules."""
    _counting.stop()
    found = {}
    for name in modules.split(","):
        path = _ROOT.parent.joinpath(*name.split(".")).with_suffix(".py")
        _path, statements, _excluded, missing, _text = _counting.analysis2(str(path))
        found[name] = (len(statements) - len(missing), len(statements))
    return found
