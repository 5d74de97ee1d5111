"""Files made to break a reader are refused with a sentence, and cost little."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qualcoder.core.errors import Invalid
from qualcoder.transcripts.parsing import parse
from tests.transcripts.parsing.hostile import HARMLESS, REFUSED

ROOT = Path(__file__).resolve().parents[3]
UNIT = 1 if sys.platform == "darwin" else 1024
HALF_A_GIGABYTE = 512 * 1024 * 1024


def _parse_or_refuse(name: str, raw: bytes) -> str:
    try:
        return parse(name, raw).text
    except Invalid as refused:
        refusal = refused
    assert refusal.status in {413, 415, 422}
    assert refusal.message.endswith(".")
    return ""


@pytest.mark.parametrize("trap", REFUSED)
def test_a_trap_is_refused_with_a_sentence(trap: str) -> None:
    name, make, statuses = REFUSED[trap]
    with pytest.raises(Invalid) as refusal:
        parse(name, make())
    assert refusal.value.status in statuses
    assert refusal.value.message.endswith(".")


@pytest.mark.parametrize("trap", HARMLESS)
def test_a_trap_beside_some_text_gives_only_the_text(trap: str) -> None:
    name, make = HARMLESS[trap]
    text = _parse_or_refuse(name, make())
    assert len(text) < 1_000
    assert "root:" not in text
    assert "lollol" not in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "head", "unit", "tail"),
    [
        ("x.txt", "Respondent: ", "слово ", ""),
        ("x.txt", "", "ә", ""),
        ("x.txt", "", "a: ", ""),
        ("x.txt", "", "[", ""),
        ("x.md", "", "**_[", ""),
        ("x.md", "", "> ", ""),
        ("x.srt", "1\n00:00:01,000 --> 00:00:02,000\n", "<v a", ""),
        ("x.csv", "speaker,text\nQ,", "слово ", "\n"),
        ("x.html", "<html>", "<b <!-- ", ""),
        ("x.html", "<html>", "&#8212;", ""),
        ("x.rtf", "{\\rtf1 ", "\\'cf", "}"),
        ("x.rtf", "{\\rtf1 ", "{\\field{\\*\\fldinst{", "}"),
    ],
)
def test_a_line_of_two_megabytes_is_read_or_refused(name: str, head: str, unit: str, tail: str) -> None:
    length = len(unit.encode())
    raw = (head + unit * (2_000_000 // length) + tail).encode()
    _parse_or_refuse(name, raw)


READ_ALL = """
import resource
import sys
from qualcoder.core.errors import Invalid
from qualcoder.transcripts.parsing import parse
from tests.transcripts.parsing.hostile import HARMLESS, REFUSED
for name, make, *_ in (*REFUSED.values(), *HARMLESS.values()):
    try:
        parse(name, make())
    except Invalid:
        pass
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if sys.platform == "linux":
    own = int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")))
print(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_reading_all_of_this_takes_neither_process_half_a_gigabyte() -> None:
    """In a process of its own, since this one has done other work before.

    On Linux ``ru_maxrss`` survives exec: a child of a big process is born with that process's peak. ``VmHWM`` is of
    the program alone.
    """
    done = subprocess.run([sys.executable, "-c", READ_ALL], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    own, of_children = (int(line) * UNIT for line in done.stdout.split())
    assert own < HALF_A_GIGABYTE
    assert of_children < HALF_A_GIGABYTE
