"""Importing a codebook: what is new, changed and gone; codings keep the definition they were made under."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import col, select

from qualcoder.audit.models import AuditEntry
from qualcoder.codebooks import service
from qualcoder.codebooks.book import Aliases, CodebookFile, CodeEntry, Localised, RetiredCode
from qualcoder.codebooks.models import Code, Codebook, CodeStatus, CodeVersion
from qualcoder.codebooks.queries import OpenCode, codes_of, title_of
from qualcoder.codebooks.service import CodebookReport
from qualcoder.coding import service as coding
from qualcoder.coding.models import Coding
from qualcoder.coding.service import NewCoding
from qualcoder.core.errors import Conflict, Invalid, Refused
from qualcoder.core.ids import CodingId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from tests.homes import World, access_of
from tests.transcripts import making

FACTOR, WATER, ROADS, COURT = making.CODES
GONE = RetiredCode("ROADS", Localised(en="Merged"))


def load(home: Home, world: World, *codes: CodeEntry, retired: tuple[RetiredCode, ...] = ()) -> CodebookReport:
    book = CodebookFile(slug="small", title=Localised(en="Small"), codes=codes, retired=retired)
    with home.data.transaction() as db:
        return service.import_codebook(db, access_of(db, world.study, world.pi), book)


def held(home: Home, world: World, *, with_retired: bool = False) -> dict[str, OpenCode]:
    with home.data.read() as db:
        return {code.key: code for code in codes_of(db, world.study.id, with_retired=with_retired)}


def test_a_first_import_adds_every_code_in_the_order_of_the_tree(home: Home, world: World) -> None:
    assert load(home, world, COURT, WATER, FACTOR, ROADS) == CodebookReport(4, 0, 0, 0)
    codes = held(home, world)
    assert list(codes) == ["COURT", "FACTOR", "WATER", "ROADS"]
    assert [(code.key, code.depth, code.number) for code in codes.values()] == [
        ("COURT", 0, 1),
        ("FACTOR", 0, 1),
        ("WATER", 1, 1),
        ("ROADS", 1, 1),
    ]
    assert codes["WATER"].parent_id == codes["FACTOR"].id
    assert not codes["FACTOR"].is_codable


def test_the_same_file_again_changes_nothing(home: Home, world: World) -> None:
    load(home, world, *making.CODES)
    before = held(home, world)
    assert load(home, world, *making.CODES) == CodebookReport(0, 0, 4, 0)
    after = held(home, world)
    assert {key: (code.id, code.version_id) for key, code in before.items()} == {
        key: (code.id, code.version_id) for key, code in after.items()
    }


@pytest.mark.parametrize(
    "changed",
    [
        replace(WATER, label=Localised("Drinking water", "Питьевая вода", "Ауыз су")),
        replace(WATER, definition=Localised(kk="Ауыз су туралы")),
        replace(WATER, include=Localised(en="wells")),
        replace(WATER, exclude=Localised(en="rivers")),
        replace(WATER, example=Localised(ru="Воды не было.")),
        replace(WATER, aliases=Aliases(kk=("құдық",))),
    ],
)
def test_another_meaning_is_a_new_version_of_the_same_code(home: Home, world: World, changed: CodeEntry) -> None:
    load(home, world, *making.CODES)
    before = held(home, world)["WATER"]
    assert load(home, world, FACTOR, changed) == CodebookReport(0, 1, 1, 0)
    after = held(home, world)["WATER"]
    assert (after.id, after.number) == (before.id, 2)
    assert after.version_id != before.version_id
    assert (after.label, after.definition, after.aliases) == (changed.label, changed.definition, changed.aliases)


def test_another_look_is_no_new_version(home: Home, world: World) -> None:
    load(home, world, *making.CODES)
    assert load(home, world, FACTOR, replace(WATER, colour=7)).changed == 0
    assert (held(home, world)["WATER"].colour, held(home, world)["WATER"].number) == (7, 1)


def test_codes_that_a_file_does_not_name_stay(home: Home, world: World) -> None:
    load(home, world, *making.CODES)
    load(home, world, replace(COURT, code="NEW", stata="th_new"))
    assert list(held(home, world)) == ["FACTOR", "WATER", "ROADS", "COURT", "NEW"]


def test_a_retired_code_is_kept_with_its_codings_but_given_no_more(home: Home, world: World) -> None:
    codes = making.import_codes(home, world)
    transcript = making.to_codable(home, world)

    def add() -> None:
        wanted = NewCoding(CodingId(new_id()), TranscriptId(transcript.id), 1, Span(0, 4), codes["ROADS"])
        with home.data.transaction() as db:
            coding.add_coding(db, world.coder, wanted)

    add()
    assert load(home, world, FACTOR, WATER, COURT, retired=(GONE,)).retired == 1
    assert load(home, world, FACTOR, WATER, COURT, retired=(GONE,)).retired == 0
    assert "ROADS" not in held(home, world)
    assert held(home, world, with_retired=True)["ROADS"].status is CodeStatus.RETIRED
    with pytest.raises(Invalid):
        add()
    with home.data.read() as db:
        assert len(db.exec(select(Coding.id).where(col(Coding.code_id) == codes["ROADS"])).all()) == 1
    load(home, world, FACTOR, ROADS)
    assert held(home, world)["ROADS"].id == codes["ROADS"]
    add()


def test_a_coding_keeps_the_definition_it_was_made_under(home: Home, world: World) -> None:
    codes = making.import_codes(home, world)
    transcript = making.to_codable(home, world)
    for start in (0, 8):
        place = Span(start, start + 4)
        wanted = NewCoding(CodingId(new_id()), TranscriptId(transcript.id), 1, place, codes["WATER"])
        with home.data.transaction() as db:
            coding.add_coding(db, world.coder, wanted)
        load(home, world, FACTOR, replace(WATER, definition=Localised(en="Changed")))
    with home.data.read() as db:
        rows = db.exec(select(Coding.code_version_id).order_by(col(Coding.created_at))).all()
        numbers = [db.get_one(CodeVersion, version_id).number for version_id in rows]
    assert numbers == [1, 2]


def test_what_names_mean_is_sealed(home: Home, world: World) -> None:
    load(home, world, FACTOR, WATER)
    with home.data.read() as db:
        for version in db.exec(select(CodeVersion)):
            for sealed in (version.name_ct, version.definition_ct, version.fields_ct, version.aliases_ct):
                assert not any(word.encode() in sealed for word in ("Water", "Вода", "Су", "th_water", "WATER"))


def test_a_frozen_codebook_is_left_alone(home: Home, world: World) -> None:
    load(home, world, *making.CODES)
    with home.data.transaction() as db:
        db.exec(select(Codebook)).one().is_frozen = True
    with pytest.raises(Conflict):
        load(home, world, *making.CODES, replace(COURT, code="NEW", stata="th_new"))
    assert len(held(home, world)) == 4


def test_a_code_may_move_to_another_parent(home: Home, world: World) -> None:
    load(home, world, *making.CODES)
    load(home, world, FACTOR, replace(COURT, parent="FACTOR"))
    codes = held(home, world)
    assert codes["COURT"].parent_id == codes["FACTOR"].id
    load(home, world, COURT)
    assert held(home, world)["COURT"].parent_id is None


@pytest.mark.parametrize("who", ["researcher", "coder", "observer", "admin"])
def test_only_the_pi_imports(home: Home, world: World, who: str) -> None:
    book = CodebookFile(slug="small", title=Localised(en="Small"), codes=making.CODES)
    with pytest.raises(Refused), home.data.transaction() as db:
        service.import_codebook(db, access_of(db, world.study, world.by_name[who]), book)
    with home.data.read() as db:
        assert db.exec(select(Code.id)).all() == []


@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_what_is_written_to_a_file_reads_back_as_the_same_codebook(home: Home, world: World, form: str) -> None:
    load(home, world, *making.CODES)
    with home.data.read() as db:
        raw = service.write_file(codes_of(db, world.study.id), "small", form, title_of(db, world.study.id))
    assert b"Small" in raw or form == "csv"
    assert load(home, world, *service.read_file(f"book.{form}", raw).codes) == CodebookReport(0, 0, 4, 0)


def test_an_import_is_on_record_with_counts(home: Home, world: World) -> None:
    load(home, world, *making.CODES)
    with home.data.read() as db:
        entry = db.exec(select(AuditEntry).where(col(AuditEntry.act) == "codebook.imported")).one()
    assert entry.counts == {"added": 4, "changed": 0, "retired": 0, "kept_names": 0}
