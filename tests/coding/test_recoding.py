"""Merging and splitting codes: nothing lost, nothing counted twice, and a way back to exactly what was."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit.models import AuditEntry
from qualcoder.codebooks import editing, service
from qualcoder.codebooks.book import CodebookFile, Localised
from qualcoder.codebooks.editing import NewCode
from qualcoder.codebooks.models import Code, CodeChange, CodeStatus
from qualcoder.codebooks.ordering import Place
from qualcoder.codebooks.queries import codes_of, every_code
from qualcoder.coding import code_passages, freezing, recoding
from qualcoder.coding import service as coding
from qualcoder.coding.code_passages import older_counts
from qualcoder.coding.models import Coding, Memo, Valence
from qualcoder.coding.recode_preview import preview
from qualcoder.coding.recoding import ChangedSincePreview, Target
from qualcoder.coding.service import NewCoding
from qualcoder.core.errors import Conflict, DomainError, Invalid, NotFound, Refused
from qualcoder.core.ids import CodeId, CodingId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.matrices import cells
from qualcoder.matrices.cells import Question
from tests.homes import World, access_of
from tests.interviews.making import about, import_koyandy
from tests.transcripts import making

BOTH = Span(0, 11)


@dataclass(frozen=True, slots=True)
class Desk:
    """A released text with codings of two coders under WATER and ROADS."""

    home: Home
    world: World
    transcript: TranscriptId
    codes: Mapping[str, CodeId]

    def add(self, who: Person, code: str, span: Span, valence: Valence | None = None, memo: str = "") -> CodingId:
        new = NewCoding(CodingId(new_id()), self.transcript, 1, span, self.codes[code], valence, memo=memo)
        with self.home.data.transaction() as db:
            coding.add_coding(db, who, new)
        return new.id

    def kept(self) -> dict[object, tuple[object, ...]]:
        """Every coding with its code and marks, and which memos hang on it."""
        with self.home.data.read() as db:
            memos = [(memo.about_id, memo.id) for memo in db.exec(select(Memo))]
            return {
                row.id: (
                    *(row.code_id, row.code_version_id, row.start, row.end, row.coder_id, row.valence, row.weight),
                    *(row.is_unsure, row.deleted_at is None, [memo for about, memo in memos if about == row.id]),
                )
                for row in db.exec(select(Coding))
            }

    def tree(self) -> list[tuple[str, CodeId | None, CodeStatus]]:
        with self.home.data.read() as db:
            return [(code.key, code.parent_id, code.status) for code in every_code(db, self.world.study.id)]

    def figures(self) -> dict[str, int]:
        """Codings in the matrix, by code; several races of one text count each."""
        with self.home.data.read() as db:
            matrix = cells.build(db, access_of(db, self.world.study, self.world.pi), Question())
        keys = {code.id: code.key for code in matrix.codes}
        found = dict.fromkeys(keys.values(), 0)
        for (code_id, _race), cell in matrix.crosstab.cells.items():
            found[keys[code_id]] += cell.segments + cell.denied
        return found

    def merge(self, gone: str, kept: str) -> CodeChange:
        with self.home.data.transaction() as db:
            access = access_of(db, self.world.study, self.world.pi)
            seen = preview(db, access, self.codes[gone], self.codes[kept])
            return recoding.merge(db, access, self.codes[gone], self.codes[kept], seen.basis)

    def undo(self, change: CodeChange) -> None:
        with self.home.data.transaction() as db:
            recoding.undo(db, access_of(db, self.world.study, self.world.pi), change.id)


@pytest.fixture
def desk(home: Home, world: World) -> Desk:
    codes = making.import_codes(home, world)
    import_koyandy(home, world)
    new = making.upload(links=[about("KOY-2022-2")])
    transcript = making.to_codable(home, world, new, world.coder, world.other_coder)
    found = Desk(home, world, TranscriptId(transcript.id), codes)
    found.add(world.coder, "WATER", BOTH, memo="Жазба бір")
    found.add(world.coder, "ROADS", BOTH, Valence.HELPS)
    found.add(world.other_coder, "WATER", BOTH, Valence.HELPS)
    found.add(world.other_coder, "ROADS", BOTH, Valence.DENIES)
    found.add(world.coder, "WATER", Span(13, 20))
    found.add(world.other_coder, "WATER", Span(20, 30))
    with home.data.transaction() as db:
        coding.remove_coding(db, world.coder, found.add(world.coder, "WATER", Span(30, 40)))
    return found


@pytest.mark.both_backends
def test_a_merge_keeps_every_coding_joins_equal_ones_and_is_undone_exactly(desk: Desk) -> None:
    before, tree, figures = desk.kept(), desk.tree(), desk.figures()
    assert (figures["WATER"], figures["ROADS"]) == (4, 2)
    with desk.home.data.read() as db:
        access = access_of(db, desk.world.study, desk.world.pi)
        seen = preview(db, access, desk.codes["WATER"], desk.codes["ROADS"])
    assert (seen.codings, len(seen.shares), seen.transcripts, seen.joined, seen.apart) == (4, 2, 1, 1, 1)
    assert (seen.goes, seen.grows, seen.shrinks) == ("th_water", ("th_roads",), ())
    change = desk.merge("WATER", "ROADS")
    # One stretch of one coder had both codes and the claims agree: one coding less, and none counted twice.
    assert desk.figures() == {**{key: n for key, n in figures.items() if key != "WATER"}, "ROADS": 4 + 2 - 1}
    after = desk.kept()
    assert set(after) == set(before)
    assert {row[0] for row in after.values()} == {desk.codes["ROADS"]}
    joined = next(row for row in after.values() if row[9])
    assert (joined[5], joined[8]) == (Valence.HELPS, True)
    assert ("WATER", desk.codes["FACTOR"], CodeStatus.RETIRED) in desk.tree()
    with desk.home.data.read() as db:
        counts = older_counts(db, access_of(db, desk.world.study, desk.world.pi))
        entry = db.exec(select(AuditEntry).where(col(AuditEntry.act) == "code.merged")).one()
    assert counts == {desk.codes["ROADS"]: 3}
    assert entry.counts == {"codings": 4, "joined": 1, "coders": 2}
    desk.undo(change)
    assert (desk.kept(), desk.tree(), desk.figures()) == (before, tree, figures)
    with pytest.raises(Conflict):
        desk.undo(change)


@pytest.mark.both_backends
def test_of_two_merges_at_once_one_is_done_and_the_other_refused(desk: Desk) -> None:
    ways = [("WATER", "ROADS"), ("ROADS", "WATER")]
    with desk.home.data.read() as db:
        access = access_of(db, desk.world.study, desk.world.pi)
        bases = [preview(db, access, desk.codes[gone], desk.codes[kept]).basis for gone, kept in ways]

    def merge(way: tuple[str, str], basis: str) -> bool:
        with desk.home.data.transaction() as db, suppress(DomainError):
            recoding.merge(
                db, access_of(db, desk.world.study, desk.world.pi), desk.codes[way[0]], desk.codes[way[1]], basis
            )
            return True
        return False

    with ThreadPoolExecutor(len(ways)) as pool:
        assert sorted(pool.map(merge, ways, bases)) == [False, True]
    assert len({row[0] for row in desk.kept().values()}) == 1
    assert sum(status is CodeStatus.RETIRED for _key, _parent, status in desk.tree()) == 1


def test_what_a_coder_did_since_a_merge_stays_done_when_it_is_undone(desk: Desk) -> None:
    change = desk.merge("WATER", "ROADS")
    mine = next(coding_id for coding_id, row in desk.kept().items() if row[3] == 20)
    joined = next(coding_id for coding_id, row in desk.kept().items() if row[9])
    with desk.home.data.transaction() as db:
        coding.remove_coding(db, desk.world.coder, CodingId(joined))  # type: ignore[arg-type]  # ids of the table
        coding.remove_coding(db, desk.world.coder, CodingId(mine))  # type: ignore[arg-type]
    added = desk.add(desk.world.coder, "ROADS", Span(40, 50))
    place = desk.kept()[joined][2:5]
    desk.undo(change)
    kept = desk.kept()
    assert (kept[mine][0], kept[mine][8]) == (desk.codes["WATER"], False)
    assert [row[8] for row in kept.values() if row[2:5] == place] == [False, False]
    assert kept[added][0] == desk.codes["ROADS"]


def test_a_merge_is_refused_when_its_preview_is_old_or_makes_no_sense(desk: Desk) -> None:
    pi, codes = desk.world.pi, desk.codes
    with desk.home.data.read() as db:
        seen = preview(db, access_of(db, desk.world.study, pi), codes["WATER"], codes["ROADS"])
    desk.add(desk.world.coder, "WATER", Span(50, 60))
    for into, basis, error in (
        ("ROADS", seen.basis, ChangedSincePreview),
        ("WATER", "", Invalid),
        ("FACTOR", "", Invalid),
    ):
        with pytest.raises(error), desk.home.data.transaction() as db:
            recoding.merge(db, access_of(db, desk.world.study, pi), codes["WATER"], codes[into], basis)
    for who in (desk.world.coder, desk.world.researcher):
        with pytest.raises(Refused), desk.home.data.transaction() as db:
            recoding.merge(db, access_of(db, desk.world.study, who), codes["WATER"], codes["ROADS"], "")
    with pytest.raises(NotFound), desk.home.data.transaction() as db:
        access = access_of(db, desk.world.other_study, desk.world.outsider)
        recoding.merge(db, access, codes["WATER"], codes["ROADS"], "")
    with desk.home.data.transaction() as db:
        freezing.freeze(db, access_of(db, desk.world.study, pi), "Бірінші айналым")
    with pytest.raises(Conflict):
        desk.merge("WATER", "ROADS")


def test_merges_are_undone_in_the_order_they_were_done(desk: Desk) -> None:
    first = desk.merge("WATER", "ROADS")
    with pytest.raises(Conflict):
        desk.merge("WATER", "COURT")
    second = desk.merge("ROADS", "COURT")
    with pytest.raises(Conflict, match="later merge"):
        desk.undo(first)
    with pytest.raises(Conflict, match="merged into another"), desk.home.data.transaction() as db:
        access = access_of(db, desk.world.study, desk.world.pi)
        service.set_retired(db, access, desk.codes["WATER"], is_retired=False)
    desk.undo(second)
    desk.undo(first)


def test_codes_below_a_merged_one_go_along_and_come_back(desk: Desk) -> None:
    with desk.home.data.transaction() as db:
        access = access_of(db, desk.world.study, desk.world.pi)
        editing.move(db, access, desk.codes["COURT"], Place(desk.codes["WATER"], None))
    tree = desk.tree()
    change = desk.merge("WATER", "COURT")
    assert ("COURT", desk.codes["FACTOR"], CodeStatus.ACTIVE) in desk.tree()
    desk.undo(change)
    assert desk.tree() == tree
    change = desk.merge("WATER", "ROADS")
    assert ("COURT", desk.codes["ROADS"], CodeStatus.ACTIVE) in desk.tree()
    desk.undo(change)
    assert desk.tree() == tree


@pytest.mark.both_backends
def test_chosen_passages_get_a_new_code_and_get_the_old_one_back(desk: Desk) -> None:
    before = desk.kept()
    chosen = [CodingId(key) for key, row in before.items() if row[3] in {20, 30}]  # type: ignore[arg-type]
    with desk.home.data.transaction() as db:
        access = access_of(db, desk.world.study, desk.world.pi)
        target = Target(new=NewCode(Localised(kk="Құдықтар")))
        change, made = recoding.split(db, access, desk.codes["WATER"], chosen, target)
    assert [desk.kept()[one][0] for one in chosen] == [made, made]
    assert desk.figures()["QUDYQTAR"] == 2
    assert desk.figures()["WATER"] == 2
    with desk.home.data.read() as db:
        assert older_counts(db, access_of(db, desk.world.study, desk.world.pi)) == {}
    desk.undo(change)
    assert desk.kept() == before
    with desk.home.data.read() as db:
        assert db.get_one(Code, made).status is CodeStatus.RETIRED
    with pytest.raises(Invalid), desk.home.data.transaction() as db:
        access = access_of(db, desk.world.study, desk.world.pi)
        recoding.split(db, access, desk.codes["WATER"], [], Target(desk.codes["ROADS"]))


def test_passages_of_another_code_or_study_are_not_split_off(desk: Desk) -> None:
    roads = [CodingId(key) for key, row in desk.kept().items() if row[0] == desk.codes["ROADS"]]  # type: ignore[arg-type]
    with pytest.raises(Conflict), desk.home.data.transaction() as db:
        access = access_of(db, desk.world.study, desk.world.pi)
        recoding.split(db, access, desk.codes["WATER"], roads, Target(desk.codes["COURT"]))


def test_each_coder_confirms_own_passages_under_the_definition_that_was_read(desk: Desk) -> None:
    world, water = desk.world, desk.codes["WATER"]
    factor, entry, *_ = making.CODES
    with desk.home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        book = CodebookFile(
            slug="small",
            title=Localised(en="Small"),
            codes=(factor, replace(entry, definition=Localised(ru="Иначе"))),
        )
        service.import_codebook(db, access, book)
    with desk.home.data.read() as db:
        mine, listed = code_passages.listed(db, world.coder, world.study.slug, water, Act.CODE, only_older=True)
        assert (len(listed.passages), listed.total) == (2, 2)
        assert {one.coder for one in listed.passages} == {""}
        assert all(one.words and one.under == 1 for one in listed.passages)
        assert older_counts(db, mine) == {water: 2}
        version = listed.code.version_id
        _pi, every = code_passages.listed(db, world.pi, world.study.slug, water, Act.CODE, only_older=True)
        assert every.total == 4
    theirs = [one.id for one in every.passages if one.id not in {own.id for own in listed.passages}]
    with pytest.raises(NotFound), desk.home.data.transaction() as db:
        code_passages.confirm(db, access_of(db, world.study, world.coder), water, theirs, version)
    with pytest.raises(Conflict), desk.home.data.transaction() as db:
        chosen = [one.id for one in listed.passages]
        code_passages.confirm(db, access_of(db, world.study, world.coder), water, chosen, new_id())
    with desk.home.data.transaction() as db:
        assert code_passages.confirm(db, access_of(db, world.study, world.coder), water, chosen, version) == 2
    with desk.home.data.read() as db:
        assert older_counts(db, access_of(db, world.study, world.coder)) == {}
        assert older_counts(db, access_of(db, world.study, world.pi)) == {water: 2}
        assert codes_of(db, world.study.id)
