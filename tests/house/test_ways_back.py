"""Every removal has a way back: the page that comes after it offers an undo, and everything is as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Language, Membership
from qualcoder.codebooks.queries import codes_of
from qualcoder.coding import service as coding
from qualcoder.coding import translating
from qualcoder.coding.models import Coding, Memo, Translation
from qualcoder.coding.service import NewCoding
from qualcoder.coding.translating import NewTranslation
from qualcoder.core.ids import CodingId, InterviewId, new_id
from qualcoder.core.models import Job
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.interviews.consents import consents_of
from qualcoder.interviews.models import Interview, Link
from qualcoder.interviews.service import links_of
from qualcoder.retrieval.question import Ask, Row
from qualcoder.retrieval.service import save_view, views_of
from qualcoder.transcripts.models import Assignment, Transcript
from tests.homes import Browser, World, access_of, all_routes
from tests.house.forms import pressed
from tests.interviews.making import about, import_koyandy
from tests.transcripts import making

# A route whose name says that something ends must stand below, or here with the reason why nothing is lost.
TAKES_AWAY = re.compile(r"[:_](end|remove|delete|revoke|retire|cancel|unassign|withdraw|drop|clear|sign_out|destroy)")
NOTHING_IS_LOST = {
    "accounts:sign_out": "signing in opens another session",
    "account:end_session": "signing in opens another session",
    "account:end_other_sessions": "signing in opens another session",
    "account:revoke_token": "a token is a secret that must not come back; another is made",
    "coding:delete": "it is a step of the command log: Ctrl+Z and the button of the page bring it back",
    "api:delete_memo": "POST /memos/{id}/restore brings it back; the answer names the act",
    "api:delete_translation": "POST …/restore brings it back",
    "api:delete_coding": "it is a step of the command log (POST …/undo), and may be put under its id again",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A study in which there is something to remove."""

    home: Home
    world: World
    pi: Browser
    coder: Browser
    transcript: Transcript

    @property
    def address(self) -> str:
        return f"/studies/{self.world.study.slug}"


@dataclass(frozen=True, slots=True)
class Removal:
    """A removal as the page offers it: who does it, where, what there is to lose, and the words of the way back."""

    who: str
    page: Callable[[Scene], str]
    button: str
    back: str
    held: Callable[[Scene], object]
    sends: Callable[[Scene], Mapping[str, list[str]]] = lambda scene: {}


@pytest.fixture
def scene(home: Home, world: World, browser: Browser) -> Scene:
    """A released transcript with a race, a coding with a memo, an assigned coder, and a search in line."""
    import_koyandy(home, world)
    transcript = making.to_codable(home, world, making.upload(links=[about("KOY-2022-2")]))
    code_id = making.import_codes(home, world)["COURT"]
    with home.data.transaction() as db:
        new = NewCoding(CodingId(new_id()), transcript.id, transcript.text_number, Span(60, 70), code_id)
        coding.add_coding(db, world.coder, new)
        db.flush()
        coding.add_memo(db, world.coder, new.id, "Своими словами")
        translating.save(db, world.coder, new.id, Language.KK, NewTranslation("Су болмады"))
        save_view(db, access_of(db, world.study, world.coder), "Вопрос", Ask(rows=(Row(code_id),)), is_shared=True)
    waiting = making.receive(home, world)
    making.confirm(home, waiting, world.pi)
    making.to_review(home, world)
    return Scene(home, world, browser.as_(world.pi), browser.as_(world.coder), transcript)


# What there is to lose ------------------------------------------------------------------------------


def _members(scene: Scene) -> object:
    with scene.home.data.read() as db:
        rows = db.exec(select(Membership).where(col(Membership.ended_at).is_(None)))
        assigned = db.exec(select(Assignment.transcript_id, Assignment.person_id)).all()
        return sorted((str(row.person_id), row.role) for row in rows), sorted(map(str, assigned))


def _links(scene: Scene) -> object:
    with scene.home.data.read() as db:
        interview_id = InterviewId(scene.transcript.interview_id)
        access = access_of(db, scene.world.study, scene.world.pi)
        return links_of(db, access, [interview_id]), len(db.exec(select(Link.id)).all())


def _consent(scene: Scene) -> object:
    with scene.home.data.read() as db:
        return consents_of(db, db.get_one(Interview, scene.transcript.interview_id))[0].scope


def _without_scripts(scene: Scene) -> str:
    """The coding page as a browser without scripts comes to it."""
    return f"/transcripts/{scene.transcript.id}?words=true"


def _codings(scene: Scene) -> object:
    with scene.home.data.read() as db:
        alive = select(Coding.id).where(col(Coding.deleted_at).is_(None))
        memos = select(Memo.id).where(col(Memo.about_id).in_(alive))
        return db.exec(alive).all(), db.exec(memos).all()


def _codes(scene: Scene) -> object:
    with scene.home.data.read() as db:
        return [(code.key, code.depth) for code in codes_of(db, scene.world.study.id)]


def _assignments(scene: Scene) -> object:
    with scene.home.data.read() as db:
        return sorted(map(str, db.exec(select(Assignment.transcript_id, Assignment.person_id)).all()))


def _unfinished(scene: Scene) -> object:
    with scene.home.data.read() as db:
        states = db.exec(select(Job.state)).all()
        return sum(state == "waiting" for state in states), sorted(
            row.state for row in db.exec(select(Transcript)).all()
        )


def _questions(scene: Scene) -> object:
    with scene.home.data.read() as db:
        views = views_of(db, access_of(db, scene.world.study, scene.world.coder))
        return [(view.name, view.query, view.is_shared) for view in views]


def _memos(scene: Scene) -> object:
    with scene.home.data.read() as db:
        return db.exec(select(Memo.id).where(col(Memo.deleted_at).is_(None))).all()


def _translations(scene: Scene) -> object:
    with scene.home.data.read() as db:
        return db.exec(select(Translation.id).where(col(Translation.deleted_at).is_(None))).all()


def _memo(scene: Scene) -> str:
    with scene.home.data.read() as db:
        return f"/memos/{db.exec(select(Memo.id)).one()}"


def _translated(scene: Scene) -> str:
    with scene.home.data.read() as db:
        return f"/codings/{db.exec(select(Translation.coding_id)).one()}/translations"


def _people(scene: Scene) -> str:
    return f"{scene.address}/people"


REMOVALS: Mapping[str, Removal] = {
    "accounts:end_member": Removal("pi", _people, "Remove", "Undo", _members),
    "accounts:end_member, later": Removal("pi", _people, "Remove", "Bring back", _members),
    "interviews:link": Removal(
        "pi", lambda scene: f"/interviews/{scene.transcript.interview_id}", "Remove", "Undo", _links
    ),
    "interviews:consent": Removal(
        "pi",
        lambda scene: f"/interviews/{scene.transcript.interview_id}",
        "Record the consent",
        "Undo",
        _consent,
    ),
    "interviews:consent, later": Removal(
        "pi",
        lambda scene: f"/interviews/{scene.transcript.interview_id}",
        "Record the consent",
        "Let it count again",
        _consent,
    ),
    "coding:remove": Removal("coder", _without_scripts, "Remove", "Undo", _codings),
    "memos:remove": Removal("coder", _memo, "Remove", "Undo", _memos),
    "translations:remove": Removal("coder", _translated, "Remove", "Undo", _translations),
    "retrieval:remove_view": Removal("coder", lambda scene: f"{scene.address}/retrieve", "Remove", "Undo", _questions),
    "codebooks:retire": Removal("pi", lambda scene: f"{scene.address}/codebook", "Take out of use", "Undo", _codes),
    "codebooks:retire, later": Removal(
        "pi", lambda scene: f"{scene.address}/codebook", "Take out of use", "Bring back", _codes
    ),
    "transcripts:bulk": Removal(
        "pi",
        lambda scene: f"{scene.address}/transcripts",
        "Take off",
        "Undo",
        _assignments,
        lambda scene: {"transcripts": [str(scene.transcript.id)], "coders": [str(scene.world.coder.id)]},
    ),
    "jobs:cancel": Removal("pi", lambda scene: f"{scene.address}/jobs", "Stop", "Begin again", _unfinished),
}


def _press(person: Browser, page: str, words: str, more: Mapping[str, list[str]]) -> Any:
    address, fields = pressed(page, words)
    answer = person.post(address, data={**fields, **more})
    assert answer.status_code in {200, 303}, answer.text[:500]
    return person.get(answer.headers["location"]) if answer.status_code == 303 else answer


@pytest.mark.parametrize("name", REMOVALS)
def test_what_was_removed_comes_back_as_it_was(scene: Scene, name: str) -> None:
    removal = REMOVALS[name]
    person: Browser = scene.pi if removal.who == "pi" else scene.coder
    before = removal.held(scene)
    page = person.get(removal.page(scene))
    after = _press(person, page.text, removal.button, removal.sends(scene))
    assert removal.held(scene) != before
    _press(person, after.text, removal.back, {})
    assert removal.held(scene) == before


def test_every_route_that_takes_away_has_a_way_back_or_a_reason() -> None:
    taking = {str(route.name) for route in all_routes() if TAKES_AWAY.search(str(route.name))}
    known = {name.partition(",")[0] for name in REMOVALS} | set(NOTHING_IS_LOST)
    assert taking <= known


def test_an_undo_that_is_pressed_twice_changes_nothing_more(scene: Scene) -> None:
    page = scene.pi.get(f"/interviews/{scene.transcript.interview_id}").text
    address, fields = pressed(page, "Remove")
    gone = scene.pi.post(address, data=fields).text
    address, fields = pressed(gone, "Undo")
    assert scene.pi.post(address, data=fields).status_code == 303
    held = _links(scene)
    assert scene.pi.post(address, data=fields).status_code == 409
    assert _links(scene) == held


def test_nobody_else_brings_a_coding_back(scene: Scene) -> None:
    page = scene.coder.get(_without_scripts(scene)).text
    address, fields = pressed(page, "Remove")
    after = scene.coder.get(scene.coder.post(address, data=fields).headers["location"]).text
    undo, fields = pressed(after, "Undo")
    with_removed = f"{_without_scripts(scene)}&removed={undo.split('/')[2]}"
    assert scene.pi.post(undo, data=fields).status_code == 403
    assert "/restore" not in scene.pi.get(with_removed).text


def test_an_administrator_brings_no_reader_back_while_a_pi_is_there(scene: Scene) -> None:
    page = scene.pi.get(f"{scene.address}/people").text
    address, fields = pressed(page, "Remove")
    after = scene.pi.get(scene.pi.post(address, data=fields).headers["location"]).text
    undo, fields = pressed(after, "Undo")
    with scene.home.data.transaction() as db:
        db.get_one(type(scene.world.pi), scene.world.pi.id).password_hash = "argon2id: somebody who has signed up"
    admin = scene.pi.as_(scene.world.admin)
    assert admin.post(undo, data=fields).status_code == 403
    assert scene.coder.post(undo, data=fields).status_code in {403, 404}


def test_new_links_of_a_page_out_of_date_are_refused(scene: Scene) -> None:
    page = scene.pi.get(f"/interviews/{scene.transcript.interview_id}").text
    address, fields = pressed(page, "Remove")
    form = {"version": "1", "key": "KOY-2022-1", "type": "about"}
    assert scene.pi.post(f"/interviews/{scene.transcript.interview_id}/links", data=form).status_code == 303
    assert scene.pi.post(address, data=fields).status_code == 409
