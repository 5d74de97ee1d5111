"""Documents go through the upload page and the speakers page."""

from __future__ import annotations

import pytest
from sqlmodel import select

from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from tests.homes import Browser, World
from tests.transcripts import making
from tests.transcripts.parsing import documents
from tests.transcripts.parsing.hostile import REFUSED

FORM = {"category": "voter", "kind": "individual", "mode": "in_person", "language": "auto", "consent": "true"}


def send(browser: Browser, world: World, name: str, raw: bytes) -> tuple[int, str]:
    path = f"/studies/{world.study.slug}/upload"
    answer = browser.post(path, data=FORM, files={"file": (name, raw, "application/octet-stream")})
    return answer.status_code, answer.text if answer.status_code != 303 else answer.headers["location"]


@pytest.mark.parametrize("name", ["talk.docx", "talk.pdf", "talk.vtt", "talk.xlsx"])
def test_a_document_becomes_turns_on_the_page(home: Home, world: World, browser: Browser, name: str) -> None:
    pi = browser.as_(world.pi)
    status, where = send(pi, world, name, documents.WRITERS[name](documents.TALKS["kk"]))
    assert status == 303, where
    page = pi.get(where).text
    assert "4 turns were found." in page
    assert "Сұхбаткер" in page


def test_what_was_left_out_is_said_where_speakers_are_confirmed(home: Home, world: World, browser: Browser) -> None:
    body = "<w:p><w:ins><w:r><w:t>Q: Who?</w:t></w:r></w:ins></w:p><w:p><w:r><w:t>A: Oydantap.</w:t></w:r></w:p>"
    raw = documents.document_xml(body)
    transcript = making.receive(home, world, making.upload(raw, file_name="x.docx"))
    assert transcript.notices == ["changes"]
    page = browser.as_(world.pi).get(f"/transcripts/{transcript.id}/speakers").text
    assert "tracked changes" in page


@pytest.mark.parametrize("trap", ["word_bomb", "entity_outside", "path_upwards", "locked_office", "mixed_encodings"])
def test_a_trap_gets_a_sentence_and_nothing_is_stored(home: Home, world: World, browser: Browser, trap: str) -> None:
    name, make, statuses = REFUSED[trap]
    pi = browser.as_(world.pi)
    status, page = send(pi, world, name, make())
    assert status in statuses
    assert "flash is-bad" in page
    with home.data.read() as db:
        assert db.exec(select(Transcript)).first() is None
    assert pi.get(f"/studies/{world.study.slug}/transcripts").status_code == 200
