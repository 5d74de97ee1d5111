"""One code: worded anew with its log, moved about the tree, and never by two people at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcoder.codebooks import changes, editing, service
from qualcoder.codebooks.book import Aliases, CodebookFile, CodeEntry, Localised, RetiredCode, Source
from qualcoder.codebooks.comparing import entry_of
from qualcoder.codebooks.editing import NewCode
from qualcoder.codebooks.names import NamesInCodebook
from qualcoder.codebooks.ordering import Place, Step, Tree
from qualcoder.codebooks.previewing import basis_of, pack, plan, unpack
from qualcoder.codebooks.queries import OpenCode, codes_of, every_code
from qualcoder.codebooks.writing import SeenOlder
from qualcoder.coding import freezing
from qualcoder.core.errors import Conflict, Invalid, NotFound, Refused
from qualcoder.core.ids import CodeId, new_id
from qualcoder.home import Home
from tests.homes import World, access_of
from tests.transcripts import making


def held(home: Home, world: World) -> dict[str, OpenCode]:
    with home.data.read() as db:
        return {code.key: code for code in codes_of(db, world.study.id)}


def shape(home: Home, world: World) -> list[tuple[str, int]]:
    return [(code.key, code.depth) for code in held(home, world).values()]


def wording(code: OpenCode, codes: Mapping[str, OpenCode]) -> CodeEntry:
    return entry_of(code, {one.id: one.key for one in codes.values()})


def edit(home: Home, world: World, key: str, seen: int | None = None, **new: object) -> bool:
    codes = held(home, world)
    code = codes[key]
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        wanted = replace(wording(code, codes), **new)  # type: ignore[arg-type]  # fields of a code
        return editing.edit(db, access, code.id, wanted, code.version if seen is None else seen)


def test_the_log_says_which_field_from_what_to_what(home: Home, world: World) -> None:
    making.import_codes(home, world)
    was = held(home, world)["WATER"]
    near = Localised(kk="Жаңбыр туралы")
    assert edit(home, world, "WATER", near_miss=near, aliases=Aliases(ru=("колодец",)), risk=True)
    assert not edit(home, world, "WATER", near_miss=near)
    code = held(home, world)["WATER"]
    assert (code.number, code.near_miss, code.is_risk) == (was.number + 1, near, True)
    with home.data.read() as db:
        line = changes.log_of(db, access_of(db, world.study, world.pi), code.id)[0]
    told = {one.field: (one.old, one.new) for one in line.fields}
    assert told["near_miss_kk"] == ("", "Жаңбыр туралы")
    assert told["aliases_ru"][1] == "колодец"
    assert told["risk"] == ("no", "yes")


def test_another_look_is_logged_and_is_no_new_definition(home: Home, world: World) -> None:
    making.import_codes(home, world)
    number = held(home, world)["WATER"].number
    assert edit(home, world, "WATER", colour=7)
    assert held(home, world)["WATER"].number == number


def test_two_people_at_once_are_told(home: Home, world: World) -> None:
    making.import_codes(home, world)
    seen = held(home, world)["WATER"].version
    edit(home, world, "WATER", definition=Localised(en="First"))
    with pytest.raises(SeenOlder):
        edit(home, world, "WATER", seen, definition=Localised(en="Second"))
    assert held(home, world)["WATER"].definition.en == "First"


def test_wrong_words_change_nothing(home: Home, world: World) -> None:
    making.import_codes(home, world)
    making.to_codable(home, world)
    for stata in ("th_roads", "TH_ROADS", "using"):
        with pytest.raises(Invalid):
            edit(home, world, "WATER", stata=stata)
    with pytest.raises(NamesInCodebook):
        edit(home, world, "WATER", near_miss=Localised(ru=f"Когда {making.NAME} приехал"))
    assert held(home, world)["WATER"].number == 1


def test_steps_and_their_way_back(home: Home, world: World) -> None:
    codes = making.import_codes(home, world)
    start = shape(home, world)
    assert start == [("FACTOR", 0), ("WATER", 1), ("ROADS", 1), ("COURT", 0)]
    walk = (
        ("ROADS", Step.UP, [("FACTOR", 0), ("ROADS", 1), ("WATER", 1), ("COURT", 0)]),
        ("WATER", Step.IN, [("FACTOR", 0), ("ROADS", 1), ("WATER", 2), ("COURT", 0)]),
        ("COURT", Step.IN, [("FACTOR", 0), ("ROADS", 1), ("WATER", 2), ("COURT", 1)]),
        ("WATER", Step.OUT, [("FACTOR", 0), ("ROADS", 1), ("WATER", 1), ("COURT", 1)]),
        ("WATER", Step.DOWN, [("FACTOR", 0), ("ROADS", 1), ("COURT", 1), ("WATER", 1)]),
        ("WATER", Step.DOWN, [("FACTOR", 0), ("ROADS", 1), ("COURT", 1), ("WATER", 1)]),
        ("FACTOR", Step.UP, [("FACTOR", 0), ("ROADS", 1), ("COURT", 1), ("WATER", 1)]),
    )
    done = []
    for key, step, after in walk:
        with home.data.transaction() as db:
            change = editing.step(db, access_of(db, world.study, world.pi), codes[key], step)
        done += [change] if change is not None else []
        assert shape(home, world) == after
    assert len(done) == 5
    for change in reversed(done):
        with home.data.transaction() as db:
            access = access_of(db, world.study, world.pi)
            row = changes.find_change(db, access, change.id)
            assert row is not None
            editing.undo_move(db, access, row)
    assert shape(home, world) == start


def test_no_code_stands_below_itself_or_in_another_study(home: Home, world: World) -> None:
    codes = making.import_codes(home, world)
    for place, error in ((codes["WATER"], Invalid), (codes["FACTOR"], Invalid), (CodeId(new_id()), NotFound)):
        with pytest.raises(error), home.data.transaction() as db:
            editing.move(db, access_of(db, world.study, world.pi), codes["FACTOR"], Place(place, None))


ids = [CodeId(new_id()) for _ in range(6)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-1, 4), min_size=6, max_size=6), st.sampled_from(ids), st.sampled_from(list(Step)))
def test_a_step_keeps_every_code_and_never_makes_a_ring(parents: list[int], code: CodeId, step: Step) -> None:
    above = [ids[min(parent, at - 1)] if parent >= 0 and at else None for at, parent in enumerate(parents)]
    tree = Tree(dict(zip(ids, above, strict=True)))
    place = tree.stepped(code, step)
    if place is None:
        return
    assert not tree.is_under(place.parent, code)
    siblings = tree.siblings_after(code, place)
    assert siblings.count(code) == 1
    assert place.before is None or (code, place.before) in list(pairwise(siblings))


def test_a_code_is_made_from_its_name_alone(home: Home, world: World) -> None:
    codes = making.import_codes(home, world)
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        made = [editing.create(db, access, NewCode(Localised(kk="Ауыз су"), codes["FACTOR"])) for _ in range(2)]
    found = [code for code in held(home, world).values() if code.id in made]
    assert [(code.key, code.stata, code.depth) for code in found] == [
        ("AUYZ_SU", "th_auyz_su", 1),
        ("AUYZ_SU_2", "th_auyz_su_2", 1),
    ]


def test_while_frozen_nothing_changes_and_the_pi_alone_thaws(home: Home, world: World) -> None:
    codes = making.import_codes(home, world)

    def act(who: str, what: object) -> None:
        with home.data.transaction() as db:
            what(db, access_of(db, world.study, world.by_name[who]))  # type: ignore[operator]  # a service act

    act("pi", lambda db, access: freezing.freeze(db, access, "Пилот"))
    for forbidden in (
        lambda db, access: editing.create(db, access, NewCode(Localised(en="New"))),
        lambda db, access: editing.step(db, access, codes["WATER"], Step.DOWN),
        lambda db, access: service.set_retired(db, access, codes["WATER"], is_retired=True),
        lambda db, access: freezing.freeze(db, access, "Тағы"),
    ):
        with pytest.raises(Conflict):
            act("pi", forbidden)
    with pytest.raises(Conflict):
        edit(home, world, "WATER", colour=3)
    for who in ("researcher", "coder", "observer", "admin"):
        with pytest.raises(Refused):
            act(who, freezing.thaw)
    act("pi", freezing.thaw)
    assert edit(home, world, "WATER", colour=3)


def test_a_study_goes_out_and_comes_in_again_to_the_last_byte(home: Home, world: World) -> None:
    making.import_codes(home, world)
    edit(home, world, "WATER", label=Localised(kk="Су"), near_miss=Localised(ru="=1+1"), source="seed p. 3")
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        editing.step(db, access, held(home, world)["ROADS"].id, Step.UP)
        service.set_retired(db, access, held(home, world)["COURT"].id, is_retired=True)
        book = service.read_file("b.yaml", service.export_file(db, access, "yaml"))
        gone = RetiredCode("OLD", Localised(kk="Ескірді"))
        told = replace(book, licence="CC0", sources=(Source("seed", "A seed"),), retired=(*book.retired, gone))
        service.import_codebook(db, access, told)
        out = service.export_file(db, access, "yaml")
        csv = service.export_file(db, access, "csv")
    assert b"CC0" in out
    assert "Ескірді".encode() in out
    assert csv.startswith(b"\xef\xbb\xbf")
    assert b",'=1+1" in csv
    with home.data.transaction() as db:
        other = access_of(db, world.other_study, world.outsider)
        service.import_codebook(db, other, service.read_file("b.yaml", out))
        slug = world.other_study.slug.encode(), world.study.slug.encode()
        assert service.export_file(db, other, "yaml").replace(b"slug: " + slug[0], b"slug: " + slug[1]) == out
        assert service.export_file(db, other, "csv") == csv
        before = basis_of(every_code(db, other.study.id))
        service.import_codebook(db, other, service.read_file("b.csv", csv))
        assert basis_of(every_code(db, other.study.id)) == before
        assert service.export_file(db, other, "yaml").replace(b"slug: " + slug[0], b"slug: " + slug[1]) == out


def test_a_preview_says_what_an_import_does_and_changes_nothing(home: Home, world: World) -> None:
    making.import_codes(home, world)
    factor, water, roads, court = making.CODES
    changed = replace(water, definition=Localised(ru="Иначе"), parent=None)
    new = replace(court, code="NEW", stata="th_new")
    book = CodebookFile(
        slug="b",
        title=Localised("B", "B", "B"),
        codes=(factor, changed, new),
        retired=(RetiredCode("COURT", Localised(en="Gone")),),
    )
    assert unpack(pack(book)) == book
    with home.data.read() as db:
        access = access_of(db, world.study, world.pi)
        seen = plan(db, access, book)
        assert [one.code for one in seen.added] == ["NEW"]
        assert [(one.code.key, [told.field for told in one.fields]) for one in seen.changed] == [
            ("WATER", ["definition_ru", "parent"])
        ]
        assert [code.key for code in seen.retired] == ["COURT"]
        assert (seen.untouched, seen.not_named) == (1, 1)
        assert basis_of(every_code(db, world.study.id)) == seen.basis
    assert roads.code in held(home, world)
    for damaged in ("", "x", "eJw=", pack(book)[:-8]):
        with pytest.raises(Invalid):
            unpack(damaged)


def test_a_stata_name_of_another_code_is_not_imported(home: Home, world: World) -> None:
    making.import_codes(home, world)
    book = CodebookFile(slug="b", title=Localised("B", "B", "B"), codes=(replace(making.CODES[3], code="NEW"),))
    with pytest.raises(Invalid), home.data.transaction() as db:
        service.import_codebook(db, access_of(db, world.study, world.pi), book)
