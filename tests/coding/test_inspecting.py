"""One coding in full beside the text: its code's rules, its coder, its definition, its memos and translations."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Layers
from qualcoder.audit.models import AuditEntry
from qualcoder.codebooks import proposals
from qualcoder.codebooks.book import Localised
from qualcoder.coding import recoding
from qualcoder.coding.recode_preview import preview
from qualcoder.core.ids import CodeId
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts import flags
from qualcoder.transcripts.flags import NewFlag
from tests.codebooks.test_editing import edit
from tests.coding.test_layers import Round, set_layers
from tests.homes import Browser, World, access_of

MEMO = "Заметка о колодце"
WORDS = "There was no water here"


@pytest.fixture
def coded(home: Home, world: World, browser: Browser) -> Round:
    return Round(home, world, browser)


def inspected(who: Browser, coding_id: object) -> str:
    answer = who.get(f"/codings/{coding_id}", headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def recorded(coded: Round) -> list[str]:
    acts = ("memos.opened", "translations.opened")
    with coded.home.data.read() as db:
        return list(db.exec(select(AuditEntry.act).where(col(AuditEntry.act).in_(acts))))


def test_a_coding_shows_the_rules_of_its_code_and_what_hangs_on_it(coded: Round) -> None:
    """What stands on the coding page anyhow is shown without a record; a memo or translation is opened on record."""
    page = inspected(coded.coder, coded.own)
    assert f"/codes/{coded.codes['WATER']}" in page
    for words in ("coded by you", "Definition", "Translations of this passage"):
        assert words in page
    assert recorded(coded) == []
    answer = coded.coder.patch(f"/codings/{coded.own}", content=json.dumps({"version": 1, "memo": MEMO, "weight": 3}))
    assert answer.status_code == 200, answer.text
    address = f"/codings/{coded.own}/translations/en"
    put = coded.coder.put(address, content=json.dumps({"words": WORDS}))
    assert put.status_code == 200, put.text
    page = inspected(coded.coder, coded.own)
    assert MEMO in page
    assert WORDS in page
    assert "weight 3" in page
    assert sorted(recorded(coded)) == ["memos.opened", "translations.opened"]
    as_pi = inspected(coded.browser.as_(coded.world.pi), coded.own)
    assert MEMO in as_pi
    assert "coded by Coder Oydantap" in as_pi


def test_a_translation_waits_while_words_of_its_passage_are_hidden(coded: Round) -> None:
    put = coded.coder.put(f"/codings/{coded.own}/translations/en", content=json.dumps({"words": WORDS}))
    assert put.status_code == 200, put.text
    assert WORDS in inspected(coded.coder, coded.own)
    with coded.home.data.transaction() as db:
        flags.flag(db, coded.world.coder, NewFlag(uuid4(), coded.transcript.id, 1, Span(2, 6), ""))
    assert WORDS not in inspected(coded.coder, coded.own)


def test_nobody_inspects_a_coding_that_is_not_shown_to_them(coded: Round) -> None:
    coded.others_code()
    address = f"/codings/{coded.others}"
    assert coded.coder.get(address).status_code == 404
    set_layers(coded.home, coded.world, Layers.SHARED)
    shared = inspected(coded.coder, coded.others)
    assert "coded by Other_coder Oydantap" in shared
    assert MEMO not in shared
    assert MEMO in inspected(coded.other, coded.others)
    assert coded.browser.as_(coded.world.outsider).get(address).status_code == 404
    assert coded.coder.delete(f"/codings/{coded.own}").status_code == 200
    assert coded.coder.get(f"/codings/{coded.own}").status_code == 404


def test_an_older_definition_and_a_merge_are_said(coded: Round) -> None:
    edit(coded.home, coded.world, "WATER", near_miss=Localised(en="Talk of rain"))
    older = inspected(coded.coder, coded.own)
    assert "today&#39;s is definition" in older
    assert "Talk of rain" in older
    with coded.home.data.transaction() as db:
        access = access_of(db, coded.world.study, coded.world.pi)
        gone, kept = coded.codes["WATER"], coded.codes["ROADS"]
        recoding.merge(db, access, gone, kept, preview(db, access, gone, kept).basis)
    merged = inspected(coded.coder, coded.own)
    assert "when the two codes were merged" in merged
    assert "today&#39;s is definition" not in merged


@pytest.mark.parametrize("is_merged", [True, False])
def test_what_became_of_anothers_proposal_tells_nobody_its_name(coded: Round, *, is_merged: bool) -> None:
    """Merged into a code of all, or declined: its name and definition stay between its coder and the PI."""
    code_id = CodeId(uuid4())
    path = f"/transcripts/{coded.transcript.id}/codes/{code_id}"
    assert coded.other.put(path, content=json.dumps({"name": "Колодец"})).status_code == 200
    coded.codes["WELL"] = code_id
    coded.put(coded.other, coded.others, 3, 9, code="WELL")
    set_layers(coded.home, coded.world, Layers.SHARED)
    with coded.home.data.transaction() as db:
        access = access_of(db, coded.world.study, coded.world.pi)
        if is_merged:
            kept = coded.codes["ROADS"]
            recoding.merge(db, access, code_id, kept, preview(db, access, code_id, kept).basis)
        else:
            proposals.reject(db, access, code_id)
    answer = coded.coder.get(f"/codings/{coded.others}")
    assert answer.status_code == (200 if is_merged else 404)
    assert "Колодец" not in answer.text
    assert "Колодец" not in coded.coder.get(coded.path).text
    assert "Колодец" in inspected(coded.browser.as_(coded.world.pi), coded.others)
    assert "Колодец" in inspected(coded.other, coded.others)
