"""Nothing here asks the network: detection, training data and the start of serving go on where no socket may leave."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Put before everything else that Python runs. Files on this machine and loopback stay allowed.
_REFUSING = """
import socket

LOCAL = {"127.0.0.1", "::1", "localhost"}

def _refuse(name, is_allowed):
    real = getattr(socket.socket, name)
    def guarded(self, address, *rest):
        if self.family != socket.AF_UNIX and not is_allowed(address):
            raise SystemExit("a socket was to leave this machine")
        return real(self, address, *rest)
    setattr(socket.socket, name, guarded)

for name in ("connect", "connect_ex"):
    _refuse(name, lambda address: address[0] in LOCAL)

_real_lookup = socket.getaddrinfo

def _lookup(host, *rest, **named):
    if host is not None and host not in LOCAL:
        raise SystemExit("a name was to be looked up")
    return _real_lookup(host, *rest, **named)

socket.getaddrinfo = _lookup
"""
_DETECTION = """
from pathlib import Path
from qualcoder.anonymise.pipeline import find, use_models
use_models(Path(FOLDER))
for text, language in (("Менің атым Ойдантап", "kk"), ("Меня зовут Ойдантап", "ru"), ("My name is Oydantap", "en"),
                       ("кеше ойдантап келді, my name is Oydantap", "mixed")):
    assert find(text, language), language
"""
_TRAINING = """
from qualcoder.anonymise.training import building, corpora, fitting, inventing
from qualcoder.anonymise.lexicon.sources import Places
places = Places(coarse=("ойдан облысы", "ойданқала"), fine=("мысалауыл",))
assert all(list(inventing.invent(language, 20, places, 1)) for language in ("kk", "ru", "en"))
"""
_SERVING = """
from qualcoder.app import create_app
from qualcoder.home import open_home
from qualcoder.settings import Settings
import qualcoder.serving, qualcoder.worker
"""


def _run(tmp_path: Path, code: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "sitecustomize.py").write_text(_REFUSING, "utf-8")
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("what", ["training", "serving"])
def test_the_programs_parts_start_without_a_network(tmp_path: Path, what: str) -> None:
    done = _run(tmp_path, {"training": _TRAINING, "serving": _SERVING}[what])
    assert (done.returncode, done.stderr[-400:]) == (0, "")


@pytest.mark.parametrize("is_trained", [True, False])
def test_detection_needs_no_network(tmp_path: Path, small_models: Path, *, is_trained: bool) -> None:
    folder = small_models if is_trained else tmp_path / "absent"
    done = _run(tmp_path, _DETECTION.replace("FOLDER", repr(str(folder))))
    assert (done.returncode, done.stderr[-400:]) == (0, "")


def test_the_guard_of_these_tests_refuses(tmp_path: Path) -> None:
    done = _run(tmp_path, "import socket; socket.create_connection(('192.0.2.1', 80))")
    assert done.returncode == 1
    assert "a name was to be looked up" in done.stderr or "a socket was to leave" in done.stderr
