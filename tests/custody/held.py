"""The program as a process that waits at a chosen place of its way, so that it can be ended there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qualcoder.settings import Settings
from qualcoder.worker import environment

# The program, waiting at one place of its way until it is ended.
HELD = """
import sys, time
from qualcoder import cli
from qualcoder.{module} import {name} as held
real = held.{function}
def wait(*arguments, **named):
    {first}
    print("held", flush=True)
    time.sleep(600)
held.{function} = wait
sys.argv = ["qualcoder", *sys.argv[1:]]
cli.main()
"""
BEFORE = "pass"
AFTER = "real(*arguments, **named)"


def after_it_when(condition: str) -> str:
    """Wait after the call, when the condition on `arguments` holds."""
    return f"{AFTER}\n    if not ({condition}): return"


def held(module: str, name: str, function: str, first: str = BEFORE) -> str:
    """A script that waits where a function of the program is called."""
    return HELD.format(module=module, name=name, function=function, first=first)


@contextmanager
def running(settings: Settings, script: str, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """A command that has reached its waiting place."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**environment(settings), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()
