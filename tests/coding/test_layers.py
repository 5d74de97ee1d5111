"""Whose codings somebody sees: a blind coder's every view is the same with and without the others' codings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, delete

from qualcoder.accounts import service as accounts
from qualcoder.accounts import sessions
from qualcoder.accounts.models import Layers, Person
from qualcoder.coding import flag_routes, happenings
from qualcoder.coding.flag_routes import Watcher
from qualcoder.core.clock import now
from qualcoder.core.ids import CodeId
from qualcoder.home import Home
from qualcoder.transcripts.models import Assignment, Transcript
from tests.homes import Browser, World, access_of
from tests.scripts import Script, script_of
from tests.transcripts import making

# What is another each time a page is made: keys of the session, proofs of opening, moments.
_VOLATILE = re.compile(r'(?:data-since|data-opened|name="csrf" value|name="csrf" content|nonce)="[^"]*"')
ANY_CODE = "/studies/demo/retrieve?unit=passage&step=and&code=any&deep=0&within=0&by=turns"


def set_layers(home: Home, world: World, layers: Layers) -> None:
    with home.data.transaction() as db:
        policy = accounts.Policy(needs_second_reader=False, may_accept_all=False, layers=layers)
        accounts.set_policy(db, access_of(db, world.study, world.pi), policy)


@dataclass
class Round:
    """A transcript of two coders: one looks, the other codes."""

    home: Home
    world: World
    browser: Browser
    codes: dict[str, CodeId] = field(init=False)
    transcript: Transcript = field(init=False)
    own: UUID = field(default_factory=uuid4)
    others: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        self.codes = making.import_codes(self.home, self.world)
        self.transcript = making.to_codable(self.home, self.world, None, self.world.coder, self.world.other_coder)
        self.coder, self.other = self.browser.as_(self.world.coder), self.browser.as_(self.world.other_coder)
        self.script: Script = script_of(self.home, self.world, self.world.coder)
        self.put(self.coder, self.own, 0, 12)

    @property
    def path(self) -> str:
        return f"/transcripts/{self.transcript.id}"

    def body(self, start: int, end: int, code: str = "WATER", **more: object) -> str:
        ids = {"transcript_id": str(self.transcript.id), "code_id": str(self.codes[code])}
        return json.dumps({**ids, "version": 1, "start": start, "end": end, **more})

    def put(self, who: Browser, coding_id: UUID, start: int, end: int, code: str = "WATER", **more: object) -> str:
        answer = who.put(f"/codings/{coding_id}", content=self.body(start, end, code, **more))
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def others_code(self) -> None:
        """The other coder codes, with a memo, codes more, and takes one off again."""
        self.put(self.other, self.others, 3, 9, valence="hinders", memo="Заметка о колодце")
        self.put(self.other, uuid4(), 0, 12, code="ROADS")
        taken = uuid4()
        self.put(self.other, taken, 2, 5, code="COURT")
        assert self.other.delete(f"/codings/{taken}").status_code == 200

    def brought_in_by(self, person: Person) -> Browser:
        """This person brought the interview in and is not assigned to it."""
        with self.home.data.transaction() as db:
            db.get_one(Transcript, self.transcript.id).uploaded_by = person.id
        return self.browser.as_(person)

    def watcher(self, person: Person) -> Watcher:
        with self.home.data.transaction() as db:
            token = sessions.open_session(db, person.id)
        ids = (self.transcript.study_id, self.transcript.id)
        return Watcher(self.home.data, token, uuid4(), *ids, is_demo=True, since=now() - timedelta(minutes=5))


@pytest.fixture
def coded(home: Home, world: World, browser: Browser) -> Round:
    return Round(home, world, browser)


def _page(path: str) -> Callable[[Round], str]:
    def look(coded: Round) -> str:
        address = path.format(t=coded.transcript.id, others=coded.others, code=coded.codes["ROADS"])
        answer = coded.coder.get(address, headers={"HX-Request": "true"})
        return f"{answer.status_code} {answer.text}"

    return look


def _json(path: str) -> Callable[[Round], str]:
    def look(coded: Round) -> str:
        other = coded.world.other_coder.id
        answer = coded.script.get(path.format(t=coded.transcript.id, others=other, code=coded.codes["ROADS"]))
        return f"{answer.status_code} {answer.text}"

    return look


def _again(coded: Round) -> str:
    return coded.put(coded.coder, coded.own, 0, 12)


def _search(coded: Round) -> str:
    return str(coded.coder.post("/studies/demo/search", data={"words": "воды"}).text)


def _events(coded: Round) -> str:
    with coded.home.data.read() as db:
        access = access_of(db, coded.world.study, coded.world.coder)
        told, _seq = happenings.since(db, access, 0)
    return repr([(one.topic, one.act, one.object_id) for one in told if one.topic is happenings.Topic.CODING])


def _stream(coded: Round) -> str:
    said = coded.watcher(coded.world.coder).look() or ""
    return re.sub(r"id: \d+", "", said)


# Every way in which something of codings leaves, as a coder asks for it.
EXITS: dict[str, Callable[[Round], str]] = {
    "the coding page": _page("/transcripts/{t}"),
    "the interview to read": _page("/transcripts/{t}/read"),
    "the interview to read with codings": _page("/transcripts/{t}/read?codes=1"),
    "turns drawn anew": _page("/transcripts/{t}/turns?turn=1&turn=2"),
    "the interview in a line": _page("/transcripts/{t}/strip"),
    "a coding in full": _page("/codings/{others}"),
    "what can be undone": _page("/transcripts/{t}/history"),
    "codings to place": _page("/transcripts/{t}/unplaced"),
    "the answer to a coding": _again,
    "the start page": _page("/"),
    "the list of transcripts": _page("/studies/demo/transcripts"),
    "the codebook": _page("/studies/demo/codebook"),
    "a code": _page("/studies/demo/codes/{code}"),
    "older definitions": _page("/studies/demo/codes/{code}/older"),
    "search": _search,
    "passages by codes": _page(ANY_CODE),
    "passages of a code": _page("/studies/demo/retrieve?unit=turn&step=and&code={code}&deep=1&within=0&by=turns"),
    "codes together": _page("/studies/demo/retrieve/together?unit=turn"),
    "the matrix": _page("/studies/demo/matrix"),
    "API: codings of a transcript": _json("/transcripts/{t}/codings"),
    "API: codings of the study": _json("/studies/demo/codings"),
    "API: codings of a code": _json("/studies/demo/codings?code={code}"),
    "API: codings of the other": _json("/studies/demo/codings?coder={others}"),
    "API: what can be undone": _json("/transcripts/{t}/history"),
    "API: codes": _json("/studies/demo/codes"),
    "API: events": _events,
    "the stream of an open page": _stream,
}
# Those that show others' codings where the study shares them: the test looks where there is something to see.
TELLING = {
    *(
        "the coding page",
        "the interview to read with codings",
        "turns drawn anew",
        "the answer to a coding",
        "passages by codes",
        "passages of a code",
    ),
    *("codes together", "API: codings of a transcript", "API: codings of the study", "API: codings of a code"),
    *("API: codings of the other", "API: events", "the stream of an open page"),
}


def looks(coded: Round) -> dict[str, str]:
    return {name: _VOLATILE.sub("", look(coded)) for name, look in EXITS.items()}


def test_a_blind_coder_sees_no_trace_of_what_others_code_and_in_a_shared_study_all_of_it(coded: Round) -> None:
    before = looks(coded)
    coded.others_code()
    after = looks(coded)
    assert {name for name in EXITS if before[name] != after[name]} == set()
    set_layers(coded.home, coded.world, Layers.SHARED)
    shared = looks(coded)
    assert {name for name in EXITS if shared[name] != before[name]} >= TELLING
    assert str(coded.others) in shared["the coding page"]
    assert "Заметка о колодце" not in "".join(shared.values())
    set_layers(coded.home, coded.world, Layers.BLIND)
    assert {name for name in TELLING if _VOLATILE.sub("", EXITS[name](coded)) != before[name]} == set()


@pytest.mark.parametrize("layers", Layers)
def test_others_codings_are_nobody_elses_to_act_on(coded: Round, layers: Layers) -> None:
    coded.others_code()
    set_layers(coded.home, coded.world, layers)
    ways = [("GET", "/memo"), ("PATCH", ""), ("DELETE", ""), ("POST", "/remove"), ("POST", "/restore")]
    answers = {
        coded.coder.request(method, f"/codings/{coded.others}{end}", content=coded.body(30, 40)).status_code
        for method, end in ways
    }
    assert answers == ({404} if layers is Layers.BLIND else {403})
    again = coded.coder.put(f"/codings/{coded.others}", content=coded.body(30, 40))
    assert again.status_code == (404 if layers is Layers.BLIND else 409)
    assert str(coded.others) in coded.browser.as_(coded.world.pi).get(coded.path).text
    words = coded.coder.get(f"/codings/{coded.others}/translations")
    assert words.status_code == (404 if layers is Layers.BLIND else 200)


def test_who_is_not_assigned_sees_only_the_own_even_in_a_shared_study(coded: Round) -> None:
    coded.others_code()
    set_layers(coded.home, coded.world, Layers.SHARED)
    page = coded.brought_in_by(coded.world.researcher).get(coded.path)
    assert page.status_code == 200
    assert str(coded.others) not in page.text
    with coded.home.data.transaction() as db:
        mine = (col(Assignment.transcript_id) == coded.transcript.id, col(Assignment.person_id) == coded.world.coder.id)
        db.execute(delete(Assignment).where(*mine))
    assert coded.coder.get(coded.path).status_code == 404
    assert coded.script.get("/studies/demo/codings").json()["items"] == []


def test_who_corrects_a_text_does_not_learn_that_others_coded_there(coded: Round) -> None:
    uploader = coded.brought_in_by(coded.world.researcher)
    sent = {"turn": "1", "version": "1", "words": "Совсем другое."}
    answer = uploader.post(f"{coded.path}/correct", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{coded.path}#t1")
    assert "waits to be placed" not in uploader.get(coded.path).text
    assert "1 coding waits to be placed" in coded.coder.get(coded.path).text


def test_a_code_that_somebody_proposed_is_the_proposers_until_it_is_accepted(coded: Round) -> None:
    set_layers(coded.home, coded.world, Layers.SHARED)
    code_id = uuid4()
    put = coded.other.put(f"{coded.path}/codes/{code_id}", content=json.dumps({"name": "Колодец"}))
    assert put.status_code == 200
    coded.codes["MINE"] = CodeId(code_id)
    coded.put(coded.other, coded.others, 3, 9, code="MINE")
    for name in ("the coding page", "API: codings of the study", "the stream of an open page", "passages by codes"):
        assert str(coded.others) not in EXITS[name](coded), name
        assert "Колодец" not in EXITS[name](coded), name
    # Its passage is nobody else's to translate either.
    address = f"/codings/{coded.others}/translations"
    assert coded.other.get(address).status_code == 200
    assert coded.coder.get(address).status_code == 404
    pi = coded.browser.as_(coded.world.pi)
    assert str(coded.others) in pi.get(coded.path).text
    assert [who.get(ANY_CODE).status_code for who in (coded.other, pi)] == [200, 200]


def test_an_open_page_hears_which_codings_moved_and_whose_it_may_show(coded: Round) -> None:
    set_layers(coded.home, coded.world, Layers.SHARED)
    watcher = coded.watcher(coded.world.coder)

    revisions = [0]

    def heard() -> dict[str, Any]:
        watcher.looked = 0.0
        said = (watcher.look() or "").partition("event: codings\ndata: ")[2]
        return json.loads(said) if said else {}

    def moved() -> list[Any]:
        [[coding_id, revision, *place]] = heard()["codings"]
        revisions.append(revision)
        return [coding_id, *place]

    assert heard()["layer"] == "all"
    assert heard() == {}
    coded.put(coded.other, coded.others, 3, 9)
    assert moved() == [str(coded.others), 3, 9, False]
    changed = json.dumps({"version": 1, "start": 3, "end": 12, "valence": "helps"})
    assert coded.other.patch(f"/codings/{coded.others}", content=changed).status_code == 200
    assert moved() == [str(coded.others), 3, 12, False]
    assert coded.other.delete(f"/codings/{coded.others}").status_code == 200
    assert moved() == [str(coded.others), 3, 12, True]
    assert revisions == sorted(set(revisions))
    set_layers(coded.home, coded.world, Layers.BLIND)
    assert heard()["layer"] == "own"
    coded.put(coded.other, uuid4(), 3, 9)
    assert heard() == {}


def test_what_happens_together_is_told_together(coded: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flag_routes, "CODINGS_SECONDS", 600.0)
    watcher = coded.watcher(coded.world.coder)
    assert watcher.look()
    coded.put(coded.coder, uuid4(), 20, 25)
    assert "codings" not in (watcher.look() or "")
    coded.put(coded.coder, uuid4(), 30, 35)
    watcher.looked -= 600.0
    said = watcher.look() or ""
    assert len(json.loads(said.partition("data: ")[2])["codings"]) == 2
