"""Acts that waited in a browser while the PI merged codes, masked a name, placed a passage or decided on a proposal."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlmodel import col, select

from qualcoder.codebooks import proposals
from qualcoder.codebooks.proposals import Proposal
from qualcoder.coding import changing, revising, service, undoing
from qualcoder.coding.changing import Wanted
from qualcoder.coding.models import Coding, Valence
from qualcoder.coding.revising import Change, revise_text
from qualcoder.coding.service import NewCoding, TakenId
from qualcoder.core.errors import Conflict
from qualcoder.core.ids import CodeId, CodingId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from tests.coding.test_masking import code, codes, confirmed, mask, texts
from tests.coding.test_recoding import Desk, desk
from tests.homes import Browser, World, access_of
from tests.transcripts import making

__all__ = ["codes", "desk", "texts"]


def send(desk: Desk, new: NewCoding) -> Coding:
    with desk.home.data.transaction() as db:
        return service.add_coding(db, desk.world.coder, new).coding


@pytest.mark.both_backends
def test_a_coding_that_waited_while_its_code_was_merged_is_kept_under_the_other_code(desk: Desk) -> None:
    world, codes = desk.world, desk.codes
    twice = desk.add(world.coder, "ROADS", Span(50, 60))
    waits = [
        NewCoding(CodingId(new_id()), desk.transcript, 1, at, codes["WATER"]) for at in (Span(44, 48), Span(50, 60))
    ]
    sent = send(desk, NewCoding(CodingId(new_id()), desk.transcript, 1, Span(65, 70), codes["WATER"]))
    desk.merge("WATER", "ROADS")
    desk.merge("ROADS", "COURT")
    for _ in range(2):
        first, second = (send(desk, new) for new in waits)
        assert (first.id, first.code_id, first.deleted_at) == (waits[0].id, codes["COURT"], None)
        # He has the other code there already: it is not taken off.
        assert (second.id, second.deleted_at) == (twice, None)
    with pytest.raises(TakenId):
        send(desk, NewCoding(waits[0].id, desk.transcript, 1, Span(44, 48), codes["FACTOR"]))
    again = send(desk, NewCoding(CodingId(sent.id), desk.transcript, 1, Span(65, 70), codes["WATER"]))
    assert (again.id, again.code_id) == (sent.id, codes["COURT"])


def test_an_act_that_is_sent_again_after_a_name_was_masked_is_answered_and_done_once(
    home: Home, world: World, texts: Sequence[Transcript], codes: dict[str, CodeId]
) -> None:
    first = texts[0]
    changed = code(home, world, first, "никто не звонил", codes["WATER"])
    removed = code(home, world, first, "Воды не было", codes["WATER"])
    undone = code(home, world, first, "Воды не", codes["ROADS"])
    acts = [new_id() for _ in range(3)]
    wanted = Wanted(1, frozenset({"valence"}), valence=Valence.HELPS)

    def send_all() -> None:
        with home.data.transaction() as db:
            changing.change_coding(db, world.coder, changed, wanted, acts[0])
        with home.data.transaction() as db:
            service.remove_coding(db, world.coder, removed, acts[1])
        with home.data.transaction() as db:
            undoing.undo(db, world.coder, TranscriptId(first.id), None, acts[2])

    # The undo is of the removal: so that it is seen to be done once.
    send_all()
    mask(home, world, confirmed(home, world, first))
    send_all()
    with home.data.read() as db:
        assert db.get_one(Coding, changed).valence is Valence.HELPS
        there = db.exec(select(Coding.id).where(col(Coding.deleted_at).is_(None))).all()
    assert set(there) == {changed, removed, undone}


def test_a_memo_and_a_mark_that_waited_while_the_text_was_corrected_are_kept(
    home: Home, world: World, codes: dict[str, CodeId]
) -> None:
    transcript = making.to_codable(home, world, None, world.coder)
    first, second = making.text_of(home, transcript)[:2]
    span = Span(second.start, second.start + second.length)
    new = NewCoding(CodingId(new_id()), transcript.id, 1, span, codes["WATER"])
    with home.data.transaction() as db:
        service.add_coding(db, world.coder, new)
    revise_text(home.data, world.pi, transcript.id, 1, Change(first.n, first.n, (f"Ну, {first.body}",)))
    wanted = Wanted(1, frozenset({"valence", "memo"}), valence=Valence.HELPS, memo="Жазба бір")
    with home.data.transaction() as db:
        touched = changing.change_coding(db, world.coder, new.id, wanted, new_id())
        assert (touched.coding.valence, touched.turns) == (Valence.HELPS, ())
    moved = Wanted(1, frozenset({"end"}), end=span.end - 5)
    with pytest.raises(service.TextChanged), home.data.transaction() as db:
        changing.change_coding(db, world.coder, new.id, moved, new_id())


def test_a_passage_that_was_placed_is_not_moved_by_who_saw_it_waiting(
    home: Home, world: World, codes: dict[str, CodeId]
) -> None:
    transcript = making.to_codable(home, world, None, world.coder)
    turn = making.text_of(home, transcript)[1]
    new = NewCoding(CodingId(new_id()), transcript.id, 1, Span(turn.start, turn.start + turn.length), codes["WATER"])
    with home.data.transaction() as db:
        service.add_coding(db, world.coder, new)
    assert revise_text(home.data, world.pi, transcript.id, 1, Change(turn.n, turn.n, ("Совсем другое.",))).unsure == 1
    place = Span(turn.start, turn.start + 6)
    for _ in range(2):
        with home.data.transaction() as db:
            revising.place(db, world.coder, new.id, 2, place)
    with pytest.raises(Conflict), home.data.transaction() as db:
        revising.place(db, world.pi, new.id, 2, Span(turn.start + 7, turn.start + 13))


@pytest.mark.parametrize(("is_accepted", "status"), [(True, 200), (False, 409)])
def test_a_proposal_that_is_sent_again_after_it_was_decided_on_is_answered(
    home: Home, world: World, browser: Browser, *, is_accepted: bool, status: int
) -> None:
    making.import_codes(home, world)
    transcript = making.to_codable(home, world, None, world.coder)
    mine = CodeId(new_id())
    with home.data.transaction() as db:
        new = Proposal(name="Колодец пересох", language="ru", id=mine)
        proposals.propose(db, access_of(db, world.study, world.coder), new)
    with home.data.transaction() as db:
        decide = proposals.accept if is_accepted else proposals.reject
        decide(db, access_of(db, world.study, world.pi), mine)
    address = f"/transcripts/{transcript.id}/codes/{mine}"
    assert browser.as_(world.coder).put(address, json={"name": "Колодец пересох"}).status_code == status
