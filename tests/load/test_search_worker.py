"""A search while its index is there, stopped, killed and sealed: always the same page, never a word in a log."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from qualcoder.accounts import sessions
from qualcoder.home import Home
from qualcoder.serving import ask_server
from qualcoder.vault import hashing
from tests.coding.indexed import ask_all, until, until_known
from tests.homes import World, give_factor
from tests.load.server import Server, serving
from tests.load.test_killed_worker import _worker_of
from tests.transcripts import making

WORDS = "спрашивали"
PATIENCE_SECONDS = 600


@contextmanager
def signed_in(home: Home, world: World, server: Server) -> Iterator[httpx.Client]:
    with home.data.transaction() as db:
        give_factor(db, world.pi)
        token = sessions.open_session(db, world.pi.id)
    with server.client() as browser:
        browser.cookies.set("qc", token)
        browser.headers["X-CSRF"] = hashing.csrf_token(token)
        yield browser


def results(browser: httpx.Client, world: World) -> list[str]:
    """What the page shows of a search."""
    page = browser.post(f"/studies/{world.study.slug}/search", data={"words": WORDS})
    assert page.status_code == 200
    return re.findall(r"<blockquote.*?</blockquote>", page.text, re.DOTALL)


@pytest.mark.slow
def test_whatever_befalls_the_worker_a_search_finds_the_same(home: Home, world: World) -> None:
    for _ in range(3):
        making.to_codable(home, world)
    with serving(home) as server, signed_in(home, world, server) as browser:
        expected = results(browser, world)
        assert len(expected) == 3
        until(home.settings.search_socket.exists, PATIENCE_SECONDS)
        assert results(browser, world) == expected
        until_known(home, world)
        assert results(browser, world) == expected
        worker = _worker_of(server)
        limits = Path(f"/proc/{worker}/limits").read_text("ascii")
        assert re.search(r"^Max core file size +0 +0 ", limits, re.MULTILINE)
        with home.data.transaction() as db:
            # While we have the writers' turn the worker has not: stopped in a write of its own it would hold up all.
            db.execute(text("SELECT 1"))
            os.kill(worker, signal.SIGSTOP)
        try:
            assert results(browser, world) == expected
            assert results(browser, world) == expected
        finally:
            os.kill(worker, signal.SIGCONT)
        os.kill(worker, signal.SIGKILL)
        assert results(browser, world) == expected
        until(lambda: ask_all(home, world) is not None, PATIENCE_SECONDS)
        until_known(home, world)
        assert results(browser, world) == expected
        assert ask_server(home, "seal")
        assert not home.settings.search_socket.exists()
        assert ask_all(home, world) is None
        said = server.log.read_text("utf-8")
    assert WORDS not in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_without_room_for_an_index_there_is_no_socket(home: Home, world: World) -> None:
    making.to_codable(home, world)
    with (
        serving(home, set_more={"QUALCODER_SEARCH_MEMORY_MB": "0"}) as server,
        signed_in(home, world, server) as browser,
    ):
        _worker_of(server)
        assert len(results(browser, world)) == 1
        assert len(results(browser, world)) == 1
        assert not home.settings.search_socket.exists()
