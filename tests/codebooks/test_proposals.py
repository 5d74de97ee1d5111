"""Codes that coders propose: usable by their proposer at once, for everybody once the PI has accepted them."""

from __future__ import annotations

import pytest
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Person
from qualcoder.audit.models import AuditEntry
from qualcoder.codebooks import proposals, service
from qualcoder.codebooks.models import Codebook, CodeStatus
from qualcoder.codebooks.names import NamesInCodebook
from qualcoder.codebooks.proposals import Proposal
from qualcoder.codebooks.queries import codes_of, every_code
from qualcoder.coding import service as coding
from qualcoder.coding.happenings import since
from qualcoder.coding.service import NewCoding
from qualcoder.core.errors import Conflict, Invalid, NotFound, Refused
from qualcoder.core.ids import CodeId, CodingId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from tests.homes import World, access_of
from tests.transcripts import making


def propose(home: Home, world: World, who: Person, name: str, **more: object) -> CodeId:
    with home.data.transaction() as db:
        new = Proposal(name=name, language="ru", **more)  # type: ignore[arg-type]  # fields of a proposal
        return proposals.propose(db, access_of(db, world.study, who), new)


def code(home: Home, who: Person, transcript_id: TranscriptId, code_id: CodeId) -> None:
    with home.data.transaction() as db:
        coding.add_coding(db, who, NewCoding(CodingId(new_id()), transcript_id, 1, Span(0, 4), code_id))


def keys(db: Session, world: World, who: Person | None = None) -> set[str]:
    return {one.key for one in codes_of(db, world.study.id, proposals_of=who.id if who else None)}


def test_a_proposal_is_codable_by_its_proposer_alone_until_the_pi_accepts_it(home: Home, world: World) -> None:
    making.import_codes(home, world)
    transcript = making.to_codable(home, world, None, world.coder, world.other_coder)
    found = propose(home, world, world.coder, "Нет воды зимой")
    code(home, world.coder, transcript.id, found)
    for stranger in (world.other_coder, world.pi):
        with pytest.raises(Invalid):
            code(home, stranger, transcript.id, found)
    with home.data.read() as db:
        assert "NET_VODY_ZIMOY" in keys(db, world, world.coder)
        assert "NET_VODY_ZIMOY" not in keys(db, world) | keys(db, world, world.other_coder)
        only = next(one for one in every_code(db, world.study.id) if one.id == found)
        assert (only.status, only.label.ru, only.label.en, only.stata) == (
            CodeStatus.PROPOSED,
            "Нет воды зимой",
            "",
            "th_net_vody_zimoy",
        )
    with home.data.transaction() as db:
        proposals.accept(db, access_of(db, world.study, world.pi), found)
    code(home, world.other_coder, transcript.id, found)
    with home.data.read() as db:
        assert "NET_VODY_ZIMOY" in keys(db, world)


def test_it_is_proposed_while_the_codebook_is_frozen_and_decided_on_after(home: Home, world: World) -> None:
    making.import_codes(home, world)
    with home.data.transaction() as db:
        db.exec(select(Codebook)).one().is_frozen = True
    found = propose(home, world, world.coder, "Новое")
    with pytest.raises(Conflict), home.data.transaction() as db:
        proposals.accept(db, access_of(db, world.study, world.pi), found)


def test_a_declined_proposal_comes_back_as_a_proposal(home: Home, world: World) -> None:
    making.import_codes(home, world)
    found = propose(home, world, world.coder, "Новое")
    for act in (proposals.reject, service.set_retired):
        with home.data.transaction() as db:
            access = access_of(db, world.study, world.pi)
            if act is service.set_retired:
                service.set_retired(db, access, found, is_retired=False)
            else:
                proposals.reject(db, access, found)
    with home.data.read() as db:
        assert next(one for one in every_code(db, world.study.id) if one.id == found).status is CodeStatus.PROPOSED
    with pytest.raises(Conflict), home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        proposals.accept(db, access, found)
        proposals.reject(db, access, found)


def test_the_same_proposal_again_is_the_same_code(home: Home, world: World) -> None:
    codes = making.import_codes(home, world)
    mine = CodeId(new_id())
    first = propose(home, world, world.coder, "Новое", id=mine)
    assert first == mine
    assert propose(home, world, world.coder, "Новое", id=mine) == mine
    assert propose(home, world, world.coder, "  новое ") == mine
    assert propose(home, world, world.other_coder, "Новое") != mine
    with pytest.raises(NotFound):
        propose(home, world, world.other_coder, "Новое", id=mine)
    with pytest.raises(Conflict):
        propose(home, world, world.coder, "вода")
    for wrong in ("", " ", "я" * 81):
        with pytest.raises(Invalid):
            propose(home, world, world.coder, wrong)
    below = propose(home, world, world.coder, "Колодцы", parent_id=codes["WATER"])
    with home.data.read() as db:
        assert next(one for one in every_code(db, world.study.id) if one.id == below).parent_id == codes["WATER"]


def test_a_proposal_named_after_a_known_person_is_refused(home: Home, world: World) -> None:
    making.import_codes(home, world)
    making.to_codable(home, world)
    with pytest.raises(NamesInCodebook):
        propose(home, world, world.coder, f"{making.NAME} и вода")


@pytest.mark.parametrize("who", ["observer", "admin"])
def test_those_who_do_not_read_texts_propose_nothing(home: Home, world: World, who: str) -> None:
    with pytest.raises(Refused):
        propose(home, world, world.by_name[who], "Новое")


def test_other_coders_hear_nothing_of_a_proposal(home: Home, world: World) -> None:
    making.import_codes(home, world)
    propose(home, world, world.coder, "Новое")
    with home.data.read() as db:
        entry = db.exec(select(AuditEntry).where(col(AuditEntry.act) == "code.proposed")).one()
        heard = {
            who: entry.id in {one.id for one in since(db, access_of(db, world.study, person), 0)[0]}
            for who, person in (("mine", world.coder), ("other", world.other_coder), ("pi", world.pi))
        }
    assert heard == {"mine": True, "other": False, "pi": True}
