"""Files of the installed natasha distribution (MIT): read without importing it, which needs setuptools at run time."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from qualcoder.core.errors import Unavailable
from qualcoder.core.messages import N_


def has_natasha() -> bool:
    return find_spec("natasha") is not None and find_spec("slovnet") is not None and find_spec("navec") is not None


def natasha_file(name: str) -> Path:
    """A file of its data folder; Unavailable where it isn't installed."""
    # A spec of a top-level package is found without running the package.
    spec = find_spec("natasha")
    folders = spec.submodule_search_locations if spec is not None else None
    path = Path(folders[0]) / "data" / name if folders else None
    if path is None or not path.is_file():
        raise Unavailable(N_("The word lists and weights of natasha are not installed."))
    return path
