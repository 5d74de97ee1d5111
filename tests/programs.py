"""Programs and samples that some tests need: found, or a skip that names them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_SHELL = "chromium-headless-shell"
# Without a window to draw, the shell needs less than half of the processor time.
_ALIASES = {"chromium": (*_CHROMIUM, _SHELL), "headless chromium": (_SHELL, *_CHROMIUM)}


def skip_or_fail(reason: str) -> None:
    """Skip by name on a desk; fail where everything must be tested (QUALCODER_CI=1)."""
    if os.environ.get("QUALCODER_CI") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def require_program(name: str) -> Path:
    """Where a program is; without it the test is skipped by name, or fails where everything must be tested."""
    for alias in _ALIASES.get(name, (name,)):
        if found := shutil.which(alias):
            return Path(found)
    skip_or_fail(f"{name} is not installed")
    raise AssertionError("unreachable")


def samples_folder() -> Path:
    """The folder of QUALCODER_SAMPLES, or a skip that says so."""
    folder = os.environ.get("QUALCODER_SAMPLES", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("QUALCODER_SAMPLES names no folder")
    return Path(folder)
