"""Nothing that is sealed lies in the clear anywhere: files, journals, keys, queue, logs, temp folder, error pages."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote_plus

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from sqlalchemy import Table as SqlTable
from sqlmodel import select

from qualcoder import schema
from qualcoder.home import Home
from qualcoder.transcripts.models import Turn
from qualcoder.vault import aead, identity
from qualcoder.vault import fields as f
from qualcoder.vault.keys import KeyRef
from qualcoder.vault.models import InterviewKey, RespondentKey, StudyKey
from tests import homes
from tests.canaries.canaries import CANARIES, NOT_WRITABLE, REFUSED, SECRETS, words_for
from tests.canaries.mishaps import go_wrong
from tests.canaries.scanner import Hit, find_in_bytes, find_in_files
from tests.canaries.story import Story, tell
from tests.homes import Backend
from tests.load.server import serving, write_keyfile

SEED = 20261121


def test_every_sealed_field_has_a_canary_or_a_reason_why_not() -> None:
    with_canary = {canary.field for canary in CANARIES}
    assert with_canary | set(NOT_WRITABLE) == set(f.ALL)
    assert not with_canary & set(NOT_WRITABLE)
    assert all(len(reason) > 20 for reason in NOT_WRITABLE.values())


def test_there_are_enough_canaries_and_no_two_are_alike() -> None:
    assert len(CANARIES) >= 40
    assert [name for name, n in Counter(canary.name for canary in CANARIES).items() if n > 1] == []
    words = words_for(SEED)
    assert not [a for a in words.values() for b in words.values() if a is not b and a in b]


def _story(home: Home, folder: Path) -> Story:
    application = homes.make_app(home)
    folder.mkdir(exist_ok=True)
    return Story(
        home,
        lambda: homes.Browser(home, application),
        lambda: homes.work_off(home),
        words_for(SEED),
        folder,
        write_keyfile(home),
    )


@contextmanager
def _pages_turned_over(home: Home) -> Iterator[None]:
    """While a transaction is open that rewrites every turn, so that the rollback journal holds the pages before."""
    with home.data.writing.connect() as connection:
        connection.exec_driver_sql("PRAGMA cache_size=1")
        connection.exec_driver_sql("UPDATE turn SET sealed_rev = sealed_rev, body_ct = body_ct || x'00'")
        connection.exec_driver_sql("UPDATE code_version SET name_ct = name_ct || x'00'")
        yield
        connection.rollback()
    home.data._turn.give()


def _told(hits: list[Hit]) -> str:
    return "\n".join(f"{hit.name}: {hit.form} in {hit.place} at {hit.offset}" for hit in hits)


@pytest.mark.parametrize("backend", [Backend.WAL, pytest.param(Backend.DELETE, marks=pytest.mark.slow)])
def test_nothing_is_found_after_a_real_server_lived_through_the_whole_story(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "typed"
    folder.mkdir()
    with serving(home) as server:
        with Story(home, server.client, lambda: None, words_for(SEED), folder, write_keyfile(home)) as story:
            go_wrong(story, tell(story))
        with _pages_turned_over(home):
            journals = {path.name for path in home.settings.home.iterdir()}
            expected = "data.db-wal" if home.settings.sqlite_journal == "wal" else "data.db-journal"
            assert {"data.db", "keys.db", "queue.db", expected} <= journals
            hits = find_in_files([home.settings.home, server.temp, server.log], _everything(story))
    hits += find_in_files([home.settings.home, server.temp, server.log], _everything(story))
    for response in story.errors:
        hits += find_in_bytes(
            response.content + str(response.headers).encode(), str(response.url), _unseen(story, response)
        )
    for said in story.said:
        hits += find_in_bytes(said.encode(), "standard error", story.words)
    assert not hits, _told(hits)
    assert {403, 404, 405, 409, 413, 415, 422, 500, 503} <= {response.status_code for response in story.errors}
    assert server.log.read_text().count("incident") == 3
    assert list(server.temp.rglob("*")) == []
    # What is public is found in the same files, so they were really read.
    assert find_in_files([home.settings.home], {"public record": "Tselinograd"})


def _unseen(story: Story, response: httpx.Response) -> dict[str, str]:
    """What must not be on an answer: nothing at all on an error page; on a form that comes back only what was typed."""
    words = {name: word for name, word in story.words.items() if name != "pseudonym"}
    if "<form" not in response.text.partition("<main")[2].partition("</main>")[0]:
        return words
    typed = unquote_plus(response.request.read().decode("utf-8", "replace"))
    never = {*SECRETS, "password of a wrong sign-in", *(name for name in REFUSED if words[name] not in typed)}
    return {name: word for name, word in words.items() if name in never}


def _everything(story: Story) -> dict[str, str | bytes]:
    """Words, tokens and the keys themselves."""
    found: dict[str, str | bytes] = dict(story.words)
    # Short: anybody could write it, and pages do.
    del found["pseudonym"]
    found["pseudonym in JSON"] = f'"{story.words["pseudonym"]}"'
    found |= {f"token {n}": token for n, token in enumerate(story.tokens)}
    return found | {f"key {n}": key for n, key in enumerate(_every_key(story.home))}


def _every_key(home: Home) -> list[bytes]:
    """The root and all that keys.db wraps, whatever the keyring happens to remember."""
    with home.keyring.database.read() as db:
        refs = {KeyRef.system()} | {KeyRef.study(row.id) for row in db.exec(select(StudyKey))}
        refs |= {KeyRef.interview(row.id, row.study_id) for row in db.exec(select(InterviewKey))}
        refs |= {KeyRef.respondent(row.id, row.study_id) for row in db.exec(select(RespondentKey))}
    return [home.keyring.root, *(key.secret for ref in refs for key in home.keyring._keys(ref))]


def test_no_key_lies_in_the_clear(home: Home) -> None:
    homes.make_world(home)
    keys = _every_key(home)
    assert len(keys) == 4, "the root, the system's, two studies'"
    home.close()
    assert find_in_files([home.settings.home], {f"key {n}": key for n, key in enumerate(keys)}) == []


# Positive controls ----------------------------------------------------------------------------

MARK = b"in the clear on purpose:"


@pytest.fixture
def nothing_is_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values get a header and are else left as they are; what was sealed before still opens."""
    really_open = aead.open_

    def seal(_key: bytes, generation: int, plaintext: bytes, _binding: aead.Binding) -> bytes:
        return aead.header(aead.AES_256_GCM, generation) + MARK + plaintext

    def open_(key: bytes, blob: bytes, binding: aead.Binding) -> bytes:
        _head, is_clear, plaintext = blob.partition(MARK)
        return plaintext if is_clear else really_open(key, blob, binding)

    def seal_to(public: tuple[X25519PublicKey, int], plaintext: bytes, _binding: aead.Binding) -> bytes:
        return aead.header(aead.HPKE_X25519, public[1]) + MARK + plaintext

    def open_from(_private: X25519PrivateKey, blob: bytes, _binding: aead.Binding) -> bytes:
        return blob.partition(MARK)[2]

    class BulkOpener(aead.BulkOpener):
        """The same for many values."""

        def __call__(self, row: bytes, sealed_rev: int, blob: bytes) -> bytes:
            _head, is_clear, plaintext = blob.partition(MARK)
            return plaintext if is_clear else super().__call__(row, sealed_rev, blob)

    monkeypatch.setattr(aead, "BulkOpener", BulkOpener)
    monkeypatch.setattr(aead, "seal", seal)
    monkeypatch.setattr(aead, "open_", open_)
    monkeypatch.setattr(identity, "seal", seal_to)
    monkeypatch.setattr(identity, "open_", open_from)


@pytest.mark.usefixtures("nothing_is_sealed")
def test_every_canary_is_found_in_its_own_column_where_sealing_does_nothing(home: Home, tmp_path: Path) -> None:
    with _story(home, tmp_path / "typed") as story:
        tell(story)
    hits = find_in_files([home.settings.home / "data.db", home.settings.home / "data.db-wal"], story.words)
    chosen = {canary.name for canary in CANARIES}
    assert chosen - {hit.name for hit in hits} == set()
    assert [
        canary.name for canary in CANARIES if not _is_in_its_column(home, canary.field, story.words[canary.name])
    ] == []
    # Nobody keeps what was refused, nor a password, in any build.
    assert {hit.name for hit in hits} & {*REFUSED, *SECRETS} == set()


def _is_in_its_column(home: Home, field: f.SealedField, word: str) -> bool:
    table_name, _dot, column = field.name.partition(".")
    table: SqlTable = schema.DATA.tables[table_name]
    with home.data.read() as db:
        values = db.scalars(select(table.c[column])).all()
    return any(word.encode() in value for value in values if value is not None)


def test_an_upload_larger_than_a_megabyte_never_touches_a_temp_folder(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("something was put into a temp folder")

    story = _story(home, tmp_path / "typed")
    cast = tell(story)
    for name in ("TemporaryFile", "NamedTemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)
    text = "Респондент: " + f"{story.words['question']} деген сөз бар. " * 40_000
    sent = {"category": "voter", "consent": "true"}
    page = cast.pi.post("/studies/canaries/upload", data=sent, files={"file": ("long.txt", text.encode())})
    assert page.status_code == 303
    with home.data.read() as db:
        assert len(db.exec(select(Turn.id)).all()) > 100
