"""This program and Taguette through the same works in one run, one after the other, in the other order each time.

The scripts are those of the folder that QUALCODER_BENCH names; Taguette comes into an environment outside the project.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PROGRAMS = ("taguette", "ours")
ITEMS = ("cold", "open", "scaling", "add", "propagate", "study", "stall", "export", "import", "browser")
# These count works per second: more is better.
RATES = ("per_s", "docs_per_s")
WORK = Path(os.environ.get("PEERS_WORK", "~/.cache/peers-bench")).expanduser()
ROOT = Path(__file__).resolve().parents[2]

Say = Callable[[str], object]
Round = Mapping[str, Mapping[str, Any]]


def compare(folder: Path, items: Sequence[str], say: Say, *, repeats: int, is_quick: bool) -> int:
    """Print the ratio of every target that was measured; how many of them are below."""
    targets: dict[str, float] = json.loads((folder / "targets.json").read_text("utf-8"))
    chosen = [item for item in items if not (item == "import" and _lacks_converter(say))]
    rounds: list[Round] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        for n in range(repeats):
            order = PROGRAMS if n % 2 == 0 else PROGRAMS[::-1]
            rounds.append({name: _driven(folder, Path(work) / str(n), name, chosen, is_quick) for name in order})
            say(f"-- repeat {n + 1} of {repeats} done, {order[0]} first")
    return table(rounds, targets, say)


def _lacks_converter(say: Say) -> bool:
    if shutil.which("ebook-convert"):
        return False
    say("import skipped: Taguette imports txt and docx through Calibre's ebook-convert, which is not here")
    return True


def _driven(folder: Path, work: Path, name: str, items: Sequence[str], is_quick: bool) -> dict[str, Any]:
    work.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "QUALCODER_BENCH": str(folder),
        "PEERS_WORK": str(work),
        "PEERS_FORMATS": "txt,docx",
        "TAGUETTE_VENV": os.environ.get("TAGUETTE_VENV", str(WORK / "taguette-venv")),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "tests.bench.driven", name, *items, *(["--quick"] if is_quick else [])]
    subprocess.run(command, env=environment, cwd=ROOT, check=True)
    found: dict[str, Any] = json.loads((work / f"result-{name}.json").read_text("utf-8"))
    return found


def value_of(found: Mapping[str, Any], target: str) -> float | None:
    """A figure by its name in the targets, "add_seq_8000w.p50"; None where it was not measured."""
    name, _, part = target.partition(".")
    value = found.get(name)
    if part:
        value = value.get(part) if isinstance(value, dict) else None
    return float(value) if isinstance(value, (int, float)) else None


def ratio(target: str, theirs: float, ours: float) -> float:
    """How many times better ours is: above 1 favours this program."""
    if target.rpartition(".")[2] in RATES:
        return ours / theirs if theirs else float("inf")
    return theirs / ours if ours else float("inf")


def table(rounds: Sequence[Round], targets: Mapping[str, float], say: Say) -> int:
    """A line for every target: both values, the median ratio with its range, ok or BELOW; how many are below."""
    below = 0
    say(f"{'figure':<44} {'taguette':>10} {'ours':>10} {'ratio':>8}  range")
    for target, least in targets.items():
        pairs = [(value_of(one["taguette"], target), value_of(one["ours"], target)) for one in rounds]
        known = [(theirs, ours) for theirs, ours in pairs if theirs is not None and ours is not None]
        if not known:
            say(f"{target:<44} not measured")
            continue
        ratios = sorted(ratio(target, theirs, ours) for theirs, ours in known)
        middle = statistics.median(ratios)
        is_below = middle < least
        below += is_below
        values = [statistics.median(side) for side in zip(*known, strict=True)]
        verdict = f"BELOW {least:g}" if is_below else f"ok {least:g}"
        spread = f"{ratios[0]:.1f}..{ratios[-1]:.1f}"
        say(f"{target:<44} {values[0]:>10.5g} {values[1]:>10.5g} {middle:>7.1f}x  {spread} {verdict}")
    return below
