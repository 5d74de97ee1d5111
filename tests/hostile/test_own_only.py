"""What one coder does stays unknown to the others: in events, in lists of codes, on pages of passages."""

from __future__ import annotations

import pytest

from qualcoder.accounts.permissions import Act
from qualcoder.codebooks import proposals
from qualcoder.codebooks.code_pages import visible_codes
from qualcoder.codebooks.proposals import Proposal
from qualcoder.coding import code_passages
from qualcoder.coding import service as coding
from qualcoder.coding.happenings import since
from qualcoder.coding.revising import Change, revise_text
from qualcoder.coding.service import NewCoding
from qualcoder.core.ids import CodeId, CodingId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from tests.coding.test_recoding import Desk, desk
from tests.homes import Browser, Worker, World, access_of
from tests.retrieval.test_retrieving import Scene, _file, code_words, marked, scene
from tests.transcripts import making

__all__ = ["desk", "scene"]


def test_who_reads_or_confirms_own_passages_is_heard_by_no_other_coder(desk: Desk) -> None:
    world, water = desk.world, desk.codes["WATER"]
    with desk.home.data.read() as db:
        code_passages.listed(db, world.coder, world.study.slug, water, Act.CODE, only_older=False)
    mine = desk.add(world.coder, "WATER", Span(50, 60))
    with desk.home.data.transaction() as db:
        access = access_of(db, world.study, world.coder)
        version = next(one for one in visible_codes(db, access) if one.id == water).version_id
        code_passages.confirm(db, access, water, [mine], version)
    with desk.home.data.read() as db:
        heard = {
            who: {one.act for one in since(db, access_of(db, world.study, person), 0)[0]}
            for who, person in (("mine", world.coder), ("other", world.other_coder), ("pi", world.pi))
        }
    assert "code.passages_opened" not in set().union(*heard.values())
    assert {who for who, acts in heard.items() if "code.codings_confirmed" in acts} == {"mine", "pi"}


def propose(home: Home, world: World, name: str) -> CodeId:
    with home.data.transaction() as db:
        return proposals.propose(db, access_of(db, world.study, world.coder), Proposal(name=name, language="ru"))


def test_a_declined_proposal_is_known_to_its_proposer_and_the_pi_alone(
    home: Home, world: World, browser: Browser
) -> None:
    making.import_codes(home, world)
    found = propose(home, world, "Колодец пересох")
    with home.data.transaction() as db:
        proposals.reject(db, access_of(db, world.study, world.pi), found)
    address = f"/studies/{world.study.slug}/codes/{found}"
    people = ("pi", "coder", "other_coder", "researcher", "observer")
    seen = {who: browser.as_(world.by_name[who]).get(address).status_code for who in people}
    assert seen == {"pi": 200, "coder": 200, "other_coder": 404, "researcher": 404, "observer": 404}


@pytest.mark.parametrize("is_declined", [False, True])
def test_passages_of_a_proposal_break_no_question_and_stand_in_no_file(
    scene: Scene, worker: Worker, *, is_declined: bool
) -> None:
    found = propose(scene.home, scene.world, "Колодец пересох")
    scene.codes["OWN"] = found
    code_words(scene, scene.first, "Потом пришла вода", "OWN", scene.world.coder)
    if is_declined:
        with scene.home.data.transaction() as db:
            proposals.reject(db, access_of(db, scene.world.study, scene.world.pi), found)
    for who in (scene.world.pi, scene.world.coder):
        page = scene.ask(who, ("and", "any"))
        assert page.status_code == 200
        assert "Потом пришла вода" not in marked(page)
    _export, file = _file(scene, worker, "csv", ("and", "any"))
    assert (file.status_code, "Колодец" in file.text) == (200, False)


def test_a_passage_to_place_is_shown_when_its_code_is_out_of_use(home: Home, world: World, browser: Browser) -> None:
    making.import_codes(home, world)
    transcript = making.to_codable(home, world, None, world.coder)
    found = propose(home, world, "Колодец пересох")
    turn = making.text_of(home, transcript)[1]
    with home.data.transaction() as db:
        span = Span(turn.start, turn.start + turn.length)
        coding.add_coding(db, world.coder, NewCoding(CodingId(new_id()), transcript.id, 1, span, found))
    assert revise_text(home.data, world.pi, transcript.id, 1, Change(turn.n, turn.n, ("Совсем другое.",))).unsure == 1
    with home.data.transaction() as db:
        proposals.reject(db, access_of(db, world.study, world.pi), found)
    for who in (world.coder, world.pi):
        page = browser.as_(who).get(f"/transcripts/{transcript.id}/unplaced")
        assert (page.status_code, "Колодец пересох" in page.text) == (200, True)
