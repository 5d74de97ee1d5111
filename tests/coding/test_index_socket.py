"""The socket of the index: nonsense, silence and death on either side end in a search without it."""

from __future__ import annotations

import contextlib
import json
import socket
import stat
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from qualcoder.coding import index_socket
from qualcoder.coding.index import Index
from qualcoder.coding.index_socket import ANSWER_SECONDS, AT_ONCE, Question, ask
from qualcoder.coding.searching import Ask, search_study
from qualcoder.core import sockets
from qualcoder.home import Home
from tests.coding.indexed import ask_all, indexing, until, until_known
from tests.homes import World
from tests.transcripts import making

WORDS = "спрашивали"


def question(words: str = WORDS, n: int = 2) -> Question:
    return Question(uuid4(), [uuid4() for _ in range(n)], words, reads_kazakh_as_russian=False, shown=3, limit=9)


def frame(value: object) -> bytes:
    body = json.dumps(value).encode()
    return struct.pack(">I", len(body)) + body


@contextmanager
def answering(path: Path, *answers: bytes, wait: float = 0.0) -> Iterator[None]:
    """Somebody at the socket who gives these answers, whatever is asked."""
    listener = sockets.listen(path)

    def answer() -> None:
        for one in answers:
            connection, _address = listener.accept()
            with connection:
                connection.recv(100_000)
                time.sleep(wait)
                with contextlib.suppress(OSError):
                    connection.sendall(one)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join(10)
        listener.close()


NONSENSE = [
    b"",
    b"\x00",
    struct.pack(">I", 2**31) + b"[]",
    struct.pack(">I", 100) + b"[]",
    struct.pack(">I", 4) + b"\xff\xfe\xfd\xfc",
    struct.pack(">I", 60_000) + b"[" * 60_000,
    *map(
        frame,
        [
            None,
            7,
            "abc",
            {},
            [],
            [2, [5], []],
            [2, [], [[9, 1, 1, [1]]]],
            [2, [], [[0, "1", 1, [1]]]],
            [2, [], [[0, 1, 1, ["1"]]]],
            [2, [], [[0, 1, 1]]],
            ["2", [], []],
            [2, ["0"], []],
            [2, {}, 3],
        ],
    ),
]


@pytest.fixture(autouse=True)
def nobody_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_socket, "_silent_until", {})


def finds_one(home: Home, world: World) -> bool:
    with home.data.read() as db:
        return len(search_study(db, world.pi, world.study.slug, Ask(WORDS), patience_seconds=60)[1].found) == 1


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_is_no_answer(tmp_path: Path, answer: bytes) -> None:
    path = tmp_path / "s"
    with answering(path, answer):
        assert ask(path, question()) is None


def test_an_answer_about_other_places_than_those_asked_for_changes_nothing(home: Home, world: World) -> None:
    making.to_codable(home, world)
    for wrong in ([-5, [], []], [99, [], [[-1, 1, 1, [1]]]], [1, [], [[0, 9, 9, []]]], [1, [], [[0, 0, 0, [77]]]]):
        with answering(home.settings.search_socket, frame(wrong)):
            assert finds_one(home, world), wrong


def test_without_a_socket_or_with_a_dead_one_the_texts_are_opened(home: Home, world: World) -> None:
    making.to_codable(home, world)
    path = home.settings.search_socket
    assert ask(path, question()) is None
    assert finds_one(home, world)
    sockets.listen(path).close()
    assert path.is_socket()
    assert ask(path, question()) is None
    assert finds_one(home, world)
    path.unlink()
    path.write_text("not a socket")
    assert finds_one(home, world)
    path.unlink()
    path.mkdir()
    assert finds_one(home, world)
    with pytest.raises(OSError, match="irectory"):
        sockets.listen(path)


def test_who_keeps_silent_is_waited_for_once(home: Home, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_socket, "ANSWER_SECONDS", 0.2)
    making.to_codable(home, world)
    path = home.settings.search_socket
    listener = sockets.listen(path, backlog=1)
    try:
        assert finds_one(home, world)
        assert path in index_socket._silent_until
        for _ in range(5):
            assert finds_one(home, world)
        monkeypatch.setattr(index_socket, "_silent_until", {})
        assert ask(path, question()) is None
        monkeypatch.setattr(index_socket, "_silent_until", {})
        # Nobody takes the callers, so there is no room for another.
        assert ask(path, question()) is None
        assert path in index_socket._silent_until
    finally:
        listener.close()


def test_an_answer_that_trickles_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_socket, "ANSWER_SECONDS", 0.2)
    path = tmp_path / "s"
    with answering(path, frame([1, [0], []]), wait=0.5):
        assert ask(path, question()) is None


def test_whoever_talks_nonsense_is_hung_up_on_and_others_are_served(
    home: Home, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    making.to_codable(home, world)
    asked = [uuid4().hex, [uuid4().hex], "Ойдантап", False, 3, 9]
    wrong: list[object] = [
        None,
        "Ойдантап",
        [],
        asked[:3],
        ["Ойдантап", *asked[1:]],
        [asked[0], ["Ойдантап"], *asked[2:]],
        [asked[0], 7, *asked[2:]],
        [*asked[:2], 7, *asked[3:]],
        [*asked[:2], "", *asked[3:]],
        [*asked[:2], "Ойдантап " * 9, *asked[3:]],
        [*asked[:2], "Ойдантап" * 40, *asked[3:]],
        [*asked[:4], "3", 9],
        [*asked[:4], 3, None],
    ]
    with indexing(home):
        until_known(home, world)
        for raw in (*NONSENSE, *map(frame, wrong)):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(ANSWER_SECONDS + 1)
                connection.connect(str(home.settings.search_socket))
                connection.sendall(raw)
                connection.shutdown(socket.SHUT_WR)
                with contextlib.suppress(ConnectionResetError):
                    assert connection.recv(100) == b"", raw[:40]
        looked = ask_all(home, world, WORDS)
        assert looked is not None
        assert looked.found
    assert "not answered" in caplog.text
    assert "Ойдантап" not in caplog.text
    assert "Traceback" not in caplog.text


def test_a_caller_who_says_nothing_holds_others_up_for_a_moment_only(
    home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_socket, "ANSWER_SECONDS", 0.3)
    making.to_codable(home, world)
    with indexing(home), socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(home.settings.search_socket))
        monkeypatch.setattr(index_socket, "_silent_until", {})

        def is_answered() -> bool:
            index_socket._silent_until.clear()
            return ask_all(home, world) is not None

        until(is_answered)


def test_only_our_user_may_talk_to_it(home: Home) -> None:
    path = home.settings.search_socket
    with indexing(home):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_where_no_socket_can_be_the_worker_goes_on(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    path = home.settings.home / ("x" * 120)
    with index_socket.serving(path, Index(home.data, 1)):
        assert ask(path, question()) is None
    assert "can't be made" in caplog.text


def test_the_widest_question_fits_into_a_frame(home: Home) -> None:
    with indexing(home):
        looked = ask(home.settings.search_socket, question("щ" * 100 + "😀" * 100, AT_ONCE))
    assert looked is not None
    assert len(looked.missing) == AT_ONCE


def test_who_sends_more_than_a_frame_may_hold_is_refused() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with pytest.raises(ValueError, match="too long"):
            sockets.send(ours, "x" * 100, limit=100)
        sockets.send(ours, {"a": "сұхбат"}, limit=100)
        assert sockets.receive(theirs, limit=100, seconds=1) == {"a": "сұхбат"}
        sockets.send(ours, "x" * 100, limit=200)
        with pytest.raises(ValueError, match="too long"):
            sockets.receive(theirs, limit=100, seconds=1)


def test_a_question_shows_no_words_of_its_own() -> None:
    assert WORDS not in repr(question())
