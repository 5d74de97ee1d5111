"""Commands for tests: as processes of their own, or in this one."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qualcoder import cli

ROOT = Path(__file__).resolve().parents[2]
ADMIN, PI, CODER = "admin@example.org", "pi@example.org", "coder@example.org"
TEXT = """\
Интервьюер: Представьтесь, пожалуйста.
Респондент: Меня зовут Серик Ойдантапов, телефон +7 700 000 00 16. Воды не было всё лето.
"""
SECRET_WORDS = ("Ойдантапов", "Воды не было", "Traceback")


@dataclass(frozen=True, slots=True)
class Shell:
    """Commands on one home: as processes of their own where `is_real`, else in this one, which is ten times faster."""

    folder: Path
    environment: Mapping[str, str]
    is_real: bool = False

    def run(self, *arguments: str, status: int = 0, **variables: str) -> str:
        """The standard output of a command; its exit status must be the given one."""
        found, out, err = (self._apart if self.is_real else self._here)(arguments, variables)
        assert found == status, (arguments, found, err)
        if status:
            assert err.strip() or out, arguments
            assert len(err.strip().splitlines()) <= 2, err
        assert [words for words in SECRET_WORDS if words in err] == []
        return out

    def _apart(self, arguments: Sequence[str], variables: Mapping[str, str]) -> tuple[int, str, str]:
        ended = subprocess.run(
            [sys.executable, "-m", "qualcoder", *arguments],
            env={**os.environ, **self.environment, **variables},
            cwd=self.folder,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return ended.returncode, ended.stdout, ended.stderr

    def _here(self, arguments: Sequence[str], variables: Mapping[str, str]) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            Path(os.devnull).open("r") as nothing,
        ):
            for name, value in {**self.environment, **variables}.items():
                patch.setenv(name, value)
            patch.setattr("sys.argv", ["qualcoder", *arguments])
            patch.setattr("sys.stdin", nothing)
            with pytest.raises(SystemExit) as ended:
                cli.main()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out.getvalue(), err.getvalue()

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return str(path)
