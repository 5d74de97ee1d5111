"""A codebook names nobody, unless its editor says that the words are no names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import col, select

from qualcoder.audit.models import AuditEntry
from qualcoder.codebooks import service
from qualcoder.codebooks.book import Aliases, CodebookFile, CodeEntry, Localised
from qualcoder.codebooks.files import write_yaml
from qualcoder.codebooks.names import NamesInCodebook
from qualcoder.codebooks.queries import codes_of
from qualcoder.home import Home
from tests.anonymise.known_person import CASES, register
from tests.homes import Browser, World, access_of
from tests.scripts import script_of
from tests.transcripts import making

FACTOR, WATER, ROADS, COURT = making.CODES


@pytest.fixture(autouse=True)
def known_person(home: Home, world: World) -> None:
    register(home, world)


def load(home: Home, world: World, *codes: CodeEntry, keeps_names: bool = False) -> None:
    book = CodebookFile(slug="small", title=Localised("Small", "Малая", "Шағын"), codes=codes)
    with home.data.transaction() as db:
        service.import_codebook(db, access_of(db, world.study, world.pi), book, keeps_names=keeps_names)


def keys(home: Home, world: World) -> list[str]:
    with home.data.read() as db:
        return [code.key for code in codes_of(db, world.study.id)]


def kept(home: Home, act: str) -> list[int]:
    with home.data.read() as db:
        return [entry.counts["kept_names"] for entry in db.exec(select(AuditEntry).where(col(AuditEntry.act) == act))]


def test_no_form_of_a_known_name_gets_into_a_codebook(home: Home, world: World) -> None:
    for case, form in CASES.items():
        with pytest.raises(NamesInCodebook) as caught:
            load(home, world, FACTOR, WATER, replace(ROADS, definition=Localised(ru=f"Так говорит {form}.")))
        params = caught.value.params
        assert (params["code"], params["field"]) == (3, "definition_ru"), case
        assert "йлапов" not in (str(caught.value) + repr(caught.value)).casefold()
    assert keys(home, world) == []


@pytest.mark.parametrize(
    ("code", "field"),
    [
        (replace(COURT, label=Localised("Court", "Ойлапов", "Сот")), "label_ru"),
        (replace(COURT, include=Localised(kk="Ойлаповқа қарсы")), "include_kk"),
        (replace(COURT, exclude=Localised(ru="не о Бекзате")), "exclude_ru"),
        (replace(COURT, example=Localised(ru="«Бекзат приехал»")), "example_ru"),
        (replace(COURT, aliases=Aliases(ru=("суд", "бекзат"))), "aliases_ru"),
        (replace(COURT, source="Ойлапов 2024"), "source"),
    ],
)
def test_every_text_of_a_code_is_looked_at(home: Home, world: World, code: CodeEntry, field: str) -> None:
    with pytest.raises(NamesInCodebook) as caught:
        load(home, world, code)
    assert list(caught.value.fields) == [field]


def test_words_that_are_no_names_are_kept_knowingly_and_that_is_recorded(home: Home, world: World) -> None:
    code = replace(COURT, definition=Localised(ru="Бекзат – это и титул."))
    load(home, world, code, keeps_names=True)
    assert keys(home, world) == ["COURT"]
    assert kept(home, "codebook.imported") == [1]


def test_the_page_offers_it_after_a_refusal_only(home: Home, world: World, browser: Browser) -> None:
    pi = browser.as_(world.pi)
    code = replace(COURT, label=Localised("Court", "Суд Ойлапова", "Сот"))
    book = CodebookFile(slug="small", title=Localised("Small", "Малая", "Шағын"), codes=(code,))
    files = {"file": ("book.yaml", write_yaml(book))}
    address = f"/studies/{world.study.slug}/codebook"
    assert "keep_names" not in pi.get(address).text
    answer = pi.post(address, files=files)
    assert answer.status_code == 422
    assert "keep_names" in answer.text
    assert "label_ru" in answer.text
    assert "Ойлапов" not in answer.text
    assert pi.post(address, files=files, data={"keep_names": "true"}).status_code == 303
    assert keys(home, world) == ["COURT"]


def test_a_script_says_the_same(home: Home, world: World) -> None:
    script = script_of(home, world, world.pi)
    body = {"key": "COURT", "stata": "th_court", "label": {"en": "Court", "ru": "Суд Ойлапова", "kk": "Сот"}}
    answer = script.post("/studies/demo/codes", json=body)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["label_ru"])
    assert script.post("/studies/demo/codes", json={**body, "keep_names": True}).status_code == 201
    assert kept(home, "code.added") == [1]
