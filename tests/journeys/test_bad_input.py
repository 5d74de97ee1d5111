"""Wrong files through the pages: a plain sentence, nothing stored, nothing in a temporary folder."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, inspect, select, table

from qualcoder.core.db import Database
from tests.journeys import acts
from tests.journeys.acts import Street, Upload
from tests.journeys.conftest import House, built
from tests.served import Troubles

pytestmark = [pytest.mark.journey, pytest.mark.slow]

MB = 1 << 20
# What a look at a page or a refusal adds by itself.
GROWING = frozenset({"audit_entry", "audit_head", "sign_in", "rate_limit", "refusal"})


@dataclass(frozen=True, slots=True)
class Desk:
    """A PI at the browser, in a study that is ready for interviews."""

    page: Page
    house: House
    troubles: Troubles
    folder: Path

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def rows(self) -> dict[str, int]:
        """How many rows each table has, as a process sees it that never knew this server."""
        database = Database(f"sqlite:///{self.house.served.home / 'data.db'}")
        try:
            with database.read() as db:
                names = set(inspect(db.connection()).get_table_names()) - GROWING
                counts = {name: select(func.count()).select_from(table(name)) for name in names}
                return {name: db.execute(count).scalar_one() for name, count in counts.items()}
        finally:
            database.dispose()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all wrong files: none of them may leave anything."""
    with built(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="module")
def seated(house: House, chrome: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    troubles = Troubles()
    troubles.expect(acts.REFUSED)
    street = Street(chrome, house.served, troubles, "en")
    with street.browser() as page:
        acts.accept_invitation(page, house.invitation, "en")
        acts.create_study(page)
        invitation = acts.invite(page, "pi@slice.example", "Principal Oydantapqyzy", "pi")
    with street.browser() as page:
        acts.accept_invitation(page, invitation, "en")
        yield Desk(page, house, troubles, tmp_path_factory.mktemp("files"))


@pytest.fixture
def desk(seated: Desk) -> Iterator[Desk]:
    """What goes wrong in the browser during a test fails that test."""
    yield seated
    seated.troubles.check()


def send_transcript(page: Page, file: Path) -> None:
    acts.upload(page, Upload(file))


def word_document() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document>Interviewer: invented words</w:document>")
    return packed.getvalue()


def races_without(column: str) -> bytes:
    head, *lines = (acts.RACES / "koyandy_race.csv").read_text("utf-8").splitlines()
    return "\n".join([head.replace(column, "unheard_of"), *lines]).encode()


Send = Callable[[Page, Path], None]


@pytest.mark.parametrize(
    ("send", "name", "content", "sentence"),
    [
        (send_transcript, "empty.txt", lambda: b"", "empty"),
        (send_transcript, "word.txt", word_document, "damaged"),
        (send_transcript, "large.txt", lambda: "слово ".encode() * (60 * MB // 11), "50 MB"),
        (send_transcript, "nulls.txt", lambda: b"Interviewer: one\x00\x00two\nRespondent: three\n", "zero bytes"),
        (acts.import_races, "races.csv", lambda: races_without("race_id"), "race_id"),
        (acts.import_races, "races_large.csv", lambda: b"a,b\n" * (60 * MB // 4), "50 MB"),
        (acts.import_races, "picture.csv", lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00", "CSV"),
        (acts.import_codebook, "book.yaml", lambda: b"codes: [}", "YAML"),
        (acts.import_codebook, "book.csv", lambda: b"one,two\n1,2\n", "code"),
        (acts.import_codebook, "book.txt", word_document, "text file"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_a_wrong_file_gets_a_sentence_and_leaves_nothing(
    desk: Desk, send: Send, name: str, content: Callable[[], bytes], sentence: str
) -> None:
    before = desk.rows()
    assert before["study"] == 1
    send(desk.page, desk.file(name, content()))
    alert = desk.page.locator("main [role=alert]").first
    expect(alert).to_be_visible(timeout=300_000)
    assert sentence in alert.inner_text()
    if name != "races_large.csv" and name != "large.txt":
        expect(desk.page.locator("main input[type=file]")).to_be_visible()
    assert "Traceback" not in desk.page.content()
    assert desk.rows() == before
    assert traces(desk.house) == set()


def test_a_large_upload_never_touches_the_temporary_folder(desk: Desk) -> None:
    line = "Respondent: " + "слово " * 1200 + "\n"
    file = desk.file("long.txt", (line * (8 * MB // len(line.encode()))).encode())
    desk.page.set_default_timeout(600_000)
    with watched(lambda: traces(desk.house)) as seen:
        send_transcript(desk.page, file)
        desk.page.wait_for_url("**/speakers")
    assert seen.looks > 20
    assert seen.found == set()


def test_the_watcher_sees_a_file_without_a_name(house: House) -> None:
    with TemporaryFile(dir=house.temporary):
        assert _open_files(os.getpid(), house.temporary)


def traces(house: House) -> set[str]:
    """Files in the server's temporary folder, those included that have no name and are only held open."""
    return {str(path) for path in house.temporary.rglob("*")} | _open_files(house.served.process_id, house.temporary)


def _open_files(process_id: int, folder: Path) -> set[str]:
    found = set()
    for link in Path(f"/proc/{process_id}/fd").iterdir():
        try:
            found.add(str(link.readlink()))
        except OSError:
            continue
    return {name for name in found if name.startswith(str(folder))}


@dataclass(slots=True)
class Seen:
    """What a watcher saw, and how often it looked."""

    found: set[str]
    looks: int = 0


@contextmanager
def watched(look: Callable[[], set[str]]) -> Iterator[Seen]:
    """Look again and again while the block runs."""
    seen = Seen(set())
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.01):
            seen.found |= look()
            seen.looks += 1

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()
