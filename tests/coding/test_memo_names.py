"""A memo names nobody: the form keeps its text, and the coder is told the place and not the word."""

from __future__ import annotations

import json

import pytest
from sqlmodel import col, select

from qualcoder.anonymise.leaks import NamesSomebody
from qualcoder.audit.models import AuditEntry
from qualcoder.coding import service
from qualcoder.coding.models import Coding, Memo
from qualcoder.coding.service import NewCoding
from qualcoder.core.ids import CodeId, CodingId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from tests.anonymise.known_person import CASES, HARMLESS, register
from tests.homes import Browser, World
from tests.transcripts import making


@pytest.fixture
def codes(home: Home, world: World) -> dict[str, CodeId]:
    return making.import_codes(home, world)


@pytest.fixture
def transcript(home: Home, world: World) -> Transcript:
    released = making.to_codable(home, world)
    register(home, world)
    return released


def coded(home: Home, world: World, transcript: Transcript, code: CodeId) -> CodingId:
    coding_id = CodingId(new_id())
    with home.data.transaction() as db:
        service.add_coding(db, world.coder, NewCoding(coding_id, TranscriptId(transcript.id), 1, Span(0, 5), code))
    return coding_id


def memos(home: Home) -> int:
    with home.data.read() as db:
        return len(db.exec(select(Memo.id)).all())


def test_no_form_of_a_known_name_gets_into_a_memo(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    coding_id = coded(home, world, transcript, codes["WATER"])
    for case, form in list(CASES.items())[:12]:
        with pytest.raises(NamesSomebody), home.data.transaction() as db:
            service.add_memo(db, world.coder, coding_id, f"Наверное, {form}.")
        assert memos(home) == 0, case
    for words in HARMLESS[:4]:
        with home.data.transaction() as db:
            service.add_memo(db, world.coder, coding_id, words)
    assert memos(home) == 4


def test_a_coding_with_such_a_memo_is_not_kept_either(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId], browser: Browser
) -> None:
    coder = browser.as_(world.coder)
    body = {
        "transcript_id": str(transcript.id),
        "version": 1,
        "start": 0,
        "end": 5,
        "code_id": str(codes["WATER"]),
        "memo": "Похоже на ойлапова",
    }
    address = f"/codings/{new_id()}"
    answer = coder.put(address, content=json.dumps(body), headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["fields"].keys() == {"memo"}
    assert "line 1, word 3" in answer.json()["message"]
    assert "ойлапов" not in answer.text
    with home.data.read() as db:
        assert db.exec(select(Coding.id)).all() == []
        entry = db.exec(select(AuditEntry).where(col(AuditEntry.act) == "names.refused")).one()
    assert (entry.actor_id, entry.counts) == (world.coder.id, {"names": 1})
    body["memo"] = "Похоже на [Лицо 1]"
    assert coder.put(address, content=json.dumps(body)).status_code == 200
