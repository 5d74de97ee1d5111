"""The demo for tests: made once for the whole run, in whichever process needs it first, and copied."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from qualcoder.demo.loading import demo_settings, make_demo
from qualcoder.home import Home, open_home, unseal_unattended
from qualcoder.settings import Settings

CHEAP_MIB = 19
MakeDemo = Callable[[Path, int], Home]


def settings_of(folder: Path, port: int) -> Settings:
    """What a demo in this folder is served with; sign-ins are cheap."""
    return replace(demo_settings(Settings(), folder, port), password_memory_mib=CHEAP_MIB)


def fresh(folder: Path, port: int) -> Home:
    """A demo of its own, made here and now."""
    return make_demo(settings_of(folder, port))


def copying(factory: pytest.TempPathFactory, *, is_one_of_many: bool) -> MakeDemo:
    """A function like `fresh` that copies the run's demo; processes of one run share a folder above their own."""
    base = factory.getbasetemp()
    template = (base.parent if is_one_of_many else base) / "demo"

    def copy(folder: Path, port: int) -> Home:
        with template.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not template.exists():
                making = template.with_suffix(".made")
                fresh(making, port).close()
                making.rename(template)
        shutil.copytree(template, folder)
        home = open_home(settings_of(folder, port))
        assert unseal_unattended(home)
        return home

    return copy
