"""A child process may use little, and whatever it does wrong ends with it and becomes a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcoder.core import sandbox
from qualcoder.core.errors import Invalid
from qualcoder.core.sandbox import Child, Limits

QUICK = Limits(memory_mb=256, cpu_seconds=1, wait_seconds=300)


def ask(task: str, argument: str = "", raw: bytes = b"", limits: Limits = QUICK) -> object:
    return sandbox.run(f"tests.core.child_tasks:{task}", argument, raw, limits)


@pytest.mark.parametrize("length", [0, 1, 1_000_000, 20_000_000])
def test_bytes_go_in_and_an_answer_comes_out(length: int) -> None:
    assert ask("size", "әңгіме", b"a" * length) == ["әңгіме", length]


@pytest.mark.parametrize(
    ("task", "status"),
    [
        ("spin", 413),
        ("grow", 413),
        ("chatter", 413),
        ("abort", 413),
        ("exit_now", 415),
        ("recurse", 415),
        ("nonsense", 415),
        ("missing", 415),
    ],
)
def test_what_goes_wrong_in_a_child_is_a_plain_refusal(task: str, status: int) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(task)
    assert refusal.value.status == status
    assert refusal.value.message.endswith(".")
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize("task", ["sleep", "deafen"])
def test_a_child_that_never_answers_is_killed_in_time(task: str) -> None:
    with Child(Limits(wait_seconds=0.7)) as child:
        with pytest.raises(Invalid):
            child.ask(f"tests.core.child_tasks:{task}", "", b"")
        assert child.process is None


def test_a_refusal_keeps_its_words_and_numbers() -> None:
    with pytest.raises(Invalid) as refusal:
        ask("refuse")
    assert (str(refusal.value), refusal.value.status) == ("Not more than 7.", 413)


def test_what_libraries_print_is_no_part_of_the_answer() -> None:
    assert ask("speak") == "answer"


def test_a_child_can_write_no_byte(tmp_path: Path) -> None:
    file = tmp_path / "leak"
    assert ask("write", str(file)) == "OSError"
    assert not file.exists() or file.read_bytes() == b""


def test_a_child_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUALCODER_KEYFILE", "invented")
    names = ask("environment")
    assert isinstance(names, list)
    assert not [name for name in names if name.startswith(("QUALCODER", "PYTHON", "HOME"))]


def test_one_child_answers_many_questions_and_a_new_one_follows_a_dead_one() -> None:
    with Child(QUICK) as child:
        for length in (1, 2):
            assert child.ask("tests.core.child_tasks:size", "", b"a" * length) == ["", length]
        with pytest.raises(Invalid):
            child.ask("tests.core.child_tasks:exit_now", "", b"")
        assert child.ask("tests.core.child_tasks:size", "", b"abc") == ["", 3]
