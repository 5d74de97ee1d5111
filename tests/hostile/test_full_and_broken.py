"""Uploads that end early: no space left, too large, nothing in them, a connection that breaks in the middle."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import event, text
from sqlmodel import func, select

from qualcoder.accounts import sessions
from qualcoder.core.db import Database
from qualcoder.home import Home
from qualcoder.interviews.models import Consent, Interview, Participation, Respondent
from qualcoder.transcripts.models import TextVersion, Transcript, Turn
from qualcoder.vault import hashing
from qualcoder.vault.models import Blob, BlobChunk
from tests.homes import Browser, World
from tests.load.server import Server, serving
from tests.scripts import Script, script_of

FIELDS = {"category": "voter", "consent": "true", "language": "ru"}
TALK = "Интервьюер: Кто?\nРеспондент: Ойдантап.\n".encode()
LARGE = "Интервьюер: Кто?\n".encode() + "Респондент: Ойдантап пришёл сюда снова.\n".encode() * 9000
ROWS = (Transcript, TextVersion, Turn, Interview, Respondent, Participation, Consent, Blob, BlobChunk)
UPLOAD = "/studies/demo/transcripts"


def stored(home: Home) -> int:
    with home.data.read() as db:
        return sum(db.exec(select(func.count()).select_from(table)).one() for table in ROWS)


def send(script: Script, raw: bytes, **more: Any) -> Any:
    return script.post(UPLOAD, data=FIELDS, files={"file": ("сұхбат.txt", raw)}, **more)


# No space left ------------------------------------------------------------------------------------------


def fill_up(database: Database) -> Callable[[], None]:
    """Let a database grow no further, as on a full disk; returns what makes space again."""
    if not database.is_sqlite:
        return _fill_up_server(database)

    def cap(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def uncap(connection: Any) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=4294967294")

    event.listen(database.writing, "begin", cap)

    def make_space() -> None:
        event.remove(database.writing, "begin", cap)
        event.listen(database.writing, "begin", uncap)

    return make_space


def _fill_up_server(database: Database) -> Callable[[], None]:
    """PostgreSQL's own error for a full disk, raised by the server as it would for a block that can't be written."""
    table = "blob_chunk" if database.info.get("keyring") else "interview_key"
    with database.writing.begin() as connection:
        for statement in (
            "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'could not extend file \"base/1/1\": No space left on device' USING ERRCODE = 'disk_full'; END $$",
            f"CREATE TRIGGER no_space BEFORE INSERT ON {table} EXECUTE FUNCTION no_space()",
        ):
            connection.execute(text(statement))

    def make_space() -> None:
        with database.writing.begin() as connection:
            connection.execute(text("DROP FUNCTION no_space CASCADE"))

    return make_space


@pytest.mark.both_backends
def test_a_full_disk_is_said_by_the_api_and_nothing_is_stored(home: Home, world: World) -> None:
    script = script_of(home, world, world.pi)
    assert script.get("/me").status_code == 200
    make_space = fill_up(home.data)
    answer = send(script, LARGE)
    assert (answer.status_code, answer.headers["content-type"]) == (507, "application/json")
    assert answer.json().keys() == {"error", "message"}
    assert "disk is full" in answer.json()["message"]
    assert "Ойдантап" not in answer.text
    assert stored(home) == 0
    make_space()
    assert send(script, LARGE).status_code == 202


@pytest.mark.both_backends
def test_a_full_disk_of_the_keys_is_said_too(home: Home, world: World) -> None:
    script = script_of(home, world, world.pi)
    make_space = fill_up(home.keys)
    statuses = {send(script, TALK + f"Респондент: {n}.\n".encode()).status_code for n in range(60)}
    assert statuses <= {202, 507}
    assert 507 in statuses
    make_space()
    assert send(script, LARGE).status_code == 202


def test_a_full_disk_is_said_on_the_upload_page(home: Home, world: World, browser: Browser) -> None:
    pi = browser.as_(world.pi)
    fill_up(home.data)
    answer = pi.post("/studies/demo/upload", data=FIELDS, files={"file": ("a.txt", LARGE)})
    assert answer.status_code == 507
    assert "disk is full" in answer.text
    assert stored(home) == 0


# Too large, and nothing at all --------------------------------------------------------------------------


def test_a_file_that_is_too_large_is_a_problem_by_the_api_and_nothing_is_stored(home: Home, world: World) -> None:
    script = script_of(home, world, world.pi)
    answer = send(script, b"x" * ((50 << 20) + (65 << 10)))
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/json")
    assert answer.json()["error"] == "TooLarge"
    assert "50 MB" in answer.json()["message"]
    assert stored(home) == 0


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize("files", [[], [("file", ("", b""))], [("file", ("", b""))] * 3])
def test_a_batch_of_nothing_is_refused_in_the_form(
    home: Home, world: World, browser: Browser, headers: dict[str, str], files: Any
) -> None:
    fields = FIELDS | {"title": "Сұхбат Ойдантап"}
    sent = files or [("other", ("a.txt", TALK))]
    answer = browser.as_(world.pi).post("/studies/demo/upload", data=fields, files=sent, headers=headers)
    assert answer.status_code == 422
    assert "Choose a file." in answer.text or "flash is-bad" in answer.text
    if not headers:
        assert "Сұхбат Ойдантап" in answer.text
    assert stored(home) == 0


# A connection that breaks ---------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "in chunks"])
def test_half_an_upload_without_scripts_leaves_nothing(home: Home, world: World, *, declared: bool) -> None:
    with home.data.transaction() as db:
        token = sessions.open_session(db, world.pi.id)
    with serving(home) as server:
        for share in (0.3, 0.9):
            _break_off(server, token, share, declared=declared)
        with server.client() as client:
            client.cookies.set("qc", token)
            until = time.monotonic() + 120
            while time.monotonic() < until and client.get("/healthz").status_code != 200:
                time.sleep(0.1)
            assert client.get("/studies/demo/upload").status_code == 200
            whole = client.post(
                "/studies/demo/upload",
                data=FIELDS | {"csrf": hashing.csrf_token(token)},
                files={"file": ("a.txt", TALK)},
            )
        assert list(server.temp.iterdir()) == []
        log = server.log.read_text("utf-8", "replace")
    assert whole.status_code == 303
    with home.data.read() as db:
        assert db.exec(select(func.count()).select_from(Transcript)).one() == 1
        assert db.exec(select(func.count()).select_from(Interview)).one() == 1
    assert "incident" not in log
    assert "Traceback" not in log


def _break_off(server: Server, token: str, share: float, *, declared: bool) -> None:
    """Send the upload form as a browser without scripts does, and hang up when this share of the body is sent."""
    fields = FIELDS | {"csrf": hashing.csrf_token(token)}
    named = "--x\r\nContent-Disposition: form-data; name="
    parts = [f'{named}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    head = "".join(parts) + f'{named}"file"; filename="a.txt"\r\n\r\n'
    body = head.encode() + LARGE * 6 + b"\r\n--x--\r\n"
    address = urlsplit(server.address)
    length = f"Content-Length: {len(body)}" if declared else "Transfer-Encoding: chunked"
    request = (
        f"POST /studies/demo/upload HTTP/1.1\r\nHost: {address.netloc}\r\nOrigin: {server.address}\r\n"
        f"Cookie: qc={token}\r\nContent-Type: multipart/form-data; boundary=x\r\n{length}\r\n\r\n"
    )
    part = body[: int(len(body) * share)]
    sent = part if declared else f"{len(part):x}\r\n".encode() + part + b"\r\n"
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        connection.sendall(request.encode() + sent)
        time.sleep(0.3)
