"""Ids of one study are nothing to a token of another: thousands of mixes answer like ids that never were."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Role, Study
from qualcoder.audit.models import AuditEntry
from qualcoder.coding import memo_acts
from qualcoder.coding import service as coding
from qualcoder.coding.memo_acts import NewMemo
from qualcoder.coding.models import Coding, MemoKind
from qualcoder.coding.service import NewCoding
from qualcoder.core.ids import CodeId, CodingId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.interviews.models import LinkType
from qualcoder.interviews.service import NewLink
from qualcoder.matrices import service as matrices
from qualcoder.matrices.cells import Question
from qualcoder.matrices.models import ExportFormat
from qualcoder.matrices.service import ExportSpec
from qualcoder.races.queries import round_ids
from qualcoder.transcripts import flags
from qualcoder.transcripts.flags import NewFlag
from qualcoder.transcripts.models import Transcript
from qualcoder.web.bearer import Budget
from qualcoder.web.streams import Streams
from tests import homes
from tests.conftest import TemplateOf
from tests.homes import Backend, World, access_of
from tests.interviews.making import import_koyandy
from tests.scripts import Script, api_routes, token_of
from tests.transcripts import making

MIXES = 5_000
Ids = dict[str, str]
# What each route names, in its path and beside it. A word in <> is put in as it stands.
BODIES: Mapping[str, Mapping[str, Any]] = {
    "api:add_code": {
        "json": {"key": "NEW", "stata": "new", "label": {"en": "a", "ru": "b", "kk": "c"}, "parent": "<key>"}
    },
    "api:add_interview": {
        "json": {
            "respondents": [{"category": "voter", "serial": "<serial>"}],
            "consent": {"given": True},
            "links": [{"kind": "round", "id": "<race>"}],
        }
    },
    "api:set_links": {"json": {"version": 1, "links": [{"id": "<race>"}, {"kind": "contest", "id": "<contest>"}]}},
    "api:upload": {"data": {"interview_id": "<interview>"}, "files": {"file": ("a.txt", b"A: b?\nC: d.\n")}},
    "api:confirm_speakers": {"json": {"version": 1, "interviewers": [0]}},
    "api:assign": {"json": {"coders": ["<person>"]}},
    "api:decide": {"json": {"decisions": [{"finding_id": "<finding>", "decision": "keep", "reason": "x"}]}},
    "api:mark": {"json": {"words": "Воды", "label": "PLACE_FINE"}},
    "api:publish": {"json": {"version": 1, "coders": ["<person>"]}},
    "api:put_coding": {
        "json": {"transcript_id": "<transcript>", "code_id": "<code>", "version": 1, "start": 0, "end": 9}
    },
    "api:undo": {"json": {"act": "0d9ba1b4-0000-4000-8000-000000000001"}},
    "api:redo": {"json": {"act": "0d9ba1b4-0000-4000-8000-000000000002"}},
    "api:change_coding": {"json": {"version": 1, "weight": 2, "act": "0d9ba1b4-0000-4000-8000-000000000003"}},
    "api:put_flag": {"json": {"transcript_id": "<transcript>", "version": 1, "start": 0, "end": 9}},
    "api:decide_flag": {"json": {"decision": "no_name", "seen_version": 1, "reason": "x"}},
    "api:mask": {"json": {"words": "x", "forms": ["x"], "understood": "yes"}},
    "api:show_flags_again": {"json": {"person_id": "<person>", "reason": "x"}},
    "api:memos": {"params": {"about": "<code>", "author": "<person>"}},
    "api:put_memo": {"json": {"kind": "code", "about": "<code>", "memo": "x"}},
    "api:restore_memo": {"json": {"act": "0d9ba1b4-0000-4000-8000-000000000004"}},
    "api:put_translation": {"json": {"words": "x"}},
    "api:codings": {"params": {"transcript": "<transcript>", "code": "<code>", "coder": "<person>"}},
    "api:matrix": {"params": {"coder": "<person>"}},
    "api:ask_export": {"json": {"format": "csv", "coder": "<person>"}},
}
PATHS = {
    "s": ("study", "slug"),
    "race_id": ("race",),
    "interview_id": ("interview",),
    "transcript_id": ("transcript", "review", "received"),
    "coding_id": ("coding",),
    "memo_id": ("memo",),
    "flag_id": ("flag",),
    "export_id": ("export",),
}
MAY_FIND_NOTHING = {"api:codings", "api:matrix", "api:ask_export", "api:show_flags_again", "api:memos"}
ROUTES = [route for route in api_routes() if route.path != "/openapi.json" and ("{" in route.path)]


@dataclass(slots=True)
class Two:
    """Two studies of one home with the same things in each, and scripts of the first."""

    home: Home
    scripts: tuple[Script, ...]
    own: Ids
    foreign: Ids
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)


def furnish(home: Home, world: World) -> Ids:
    """A study with something of every kind; ids by what they are."""
    making.open_vault(home, world.study)
    import_koyandy(home, world)
    codes = making.import_codes(home, world)
    link = NewLink("KOY-2022-2", LinkType.ABOUT)
    codable = making.release(home, making.to_review(home, world, making.upload(links=[link])), world.pi, world.coder)
    review = making.to_review(home, world)
    ids: dict[str, object] = {"study": world.study.id, "slug": world.study.slug, "person": world.other_coder.id}
    ids |= {"transcript": codable.id, "interview": codable.interview_id, "review": review.id, "code": codes["WATER"]}
    ids |= {"received": making.receive(home, world).id, "finding": making.findings(home, review.id)[0].id}
    with home.data.transaction() as db:
        ids |= _made(db, world, codable, codes["WATER"])
    homes.work_off(home)
    return {name: str(value) for name, value in ids.items()}


def _made(db: Session, world: World, codable: Transcript, code_id: CodeId) -> dict[str, object]:
    place = NewCoding(CodingId(new_id()), codable.id, codable.text_number, Span(0, 9), code_id)
    made = coding.add_coding(db, world.coder, place).coding
    access = access_of(db, world.study, world.pi)
    export = matrices.ask_export(db, access, ExportFormat.CSV, ExportSpec(Question(), "long", "en"))
    race = round_ids(db, world.study.id, {"KOY-2022-2"})["KOY-2022-2"]
    flagged = NewFlag(new_id(), codable.id, codable.text_number, Span(23, 33))
    flags.flag(db, world.coder, flagged)
    memo = NewMemo(new_id(), MemoKind.CODE, code_id, "Ойдантап")
    memo_acts.save(db, world.coder, memo)
    return {
        "memo": memo.id,
        "flag": flagged.id,
        "coding": made.id,
        "export": export.id,
        "race": race,
        "contest": new_id(),
    }


@pytest.fixture(scope="module")
def two(template_of: TemplateOf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    with homes.copied(template_of(Backend.WAL), tmp_path_factory.mktemp("two") / "home") as home:
        first, second = homes.make_world(home, "alpha"), homes.make_world(home, "beta")
        own, foreign = furnish(home, first), furnish(home, second)
        # Of two keys and serials only the second study has the second.
        own |= {"key": "FACTOR", "serial": "R-001"}
        foreign |= {"key": "ONLY_BETA", "serial": "R-900"}
        # The first of these leads both studies; the token opens one.
        homes.add_member(home, second.study, first.pi, Role.PI)
        app = homes.make_app(home)
        app.state.budget = Budget(10_000_000)
        app.state.streams = Streams(longest=0)
        people = (first.pi, first.researcher, first.coder, first.observer)
        scripts = tuple(Script(app, token_of(home, first.study, person)) for person in people)
        yield Two(home, scripts, own, foreign)


def absent(kind: str) -> str:
    """Something of the form of an id that nothing has."""
    return {"slug": "nowhere", "key": "NOTHING", "serial": "R-901"}.get(kind) or str(uuid4())


@dataclass(frozen=True, slots=True)
class Mix:
    """A request with some ids of the study of the token and some others."""

    who: int
    name: str
    method: str
    path: str
    more: Mapping[str, Any]


def filled(value: Any, ids: Ids) -> Any:
    """A body with its ids put in."""
    if isinstance(value, dict):
        return {name: filled(inner, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, ids) for inner in value]
    is_place = isinstance(value, str) and value.startswith("<")
    return ids[value.strip("<>")] if is_place else value


def places_of(name: str, path: str) -> list[str]:
    """The parameters of the path and the places of the body."""
    body = json.dumps(BODIES.get(name, {}), default=str)
    # The id of what is new is the client's own; one that is taken is looked at below.
    own = {"api:put_coding": {"coding_id"}, "api:put_flag": {"flag_id"}, "api:put_memo": {"memo_id"}}.get(name, set())
    named = [key for key in PATHS if "{" + key + "}" in path and key not in own]
    return named + [key for key in _KINDS if f"<{key}>" in body]


_NEW = ("coding_id", "flag_id", "memo_id")
_WAYS = ("foreign", "absent")
_KINDS = ("key", "serial", "race", "contest", "interview", "person", "finding", "transcript", "code")


def drawn(random: Random, two: Two) -> tuple[Mix, Mix, str]:
    """A mix with at least one foreign id; the same with ids that never were instead; and what tells mixes apart."""
    route = random.choice(ROUTES)
    method = next(iter(route.methods or ()))
    slots = places_of(route.name, route.path)
    strange = {slot for slot in slots if random.random() < 0.6} or {random.choice(slots)}
    ids: dict[str, Ids] = {name: {new: str(uuid4()) for new in _NEW} | {"language": "ru"} for name in _WAYS}
    kinds = []
    for slot in slots:
        kind = random.choice(PATHS[slot]) if slot in PATHS else slot
        kinds.append(kind)
        ids["foreign"][slot] = two.foreign[kind] if slot in strange else two.own[kind]
        ids["absent"][slot] = absent(kind) if slot in strange else two.own[kind]
    who = random.randrange(len(two.scripts))
    mixes = [
        Mix(who, route.name, method, route.path.format(**given), filled(BODIES.get(route.name, {}), given))
        for given in ids.values()
    ]
    return mixes[0], mixes[1], f"{who} {route.name} {kinds} {sorted(strange)}"


def ask(two: Two, mix: Mix) -> httpx.Response:
    answer: httpx.Response = two.scripts[mix.who].request(mix.method, mix.path, **mix.more)
    return answer


def everything_of(home: Home, slug: str) -> list[str]:
    """The codings of a study and the record of what was done in it."""
    with home.data.read() as db:
        study_id = db.exec(select(Study.id).where(col(Study.slug) == slug)).one()
        codings = [
            coding.model_dump_json(exclude={"quote_mac"})
            for coding in db.exec(select(Coding))
            if coding.study_id == study_id
        ]
        acts = [f"{entry.seq} {entry.act}" for entry in db.exec(select(AuditEntry)) if entry.chain_id == study_id]
        rows = [str(t.version) for t in db.exec(select(Transcript)) if t.study_id == study_id]
    return [*sorted(codings), *sorted(acts), *sorted(rows)]


@pytest.mark.slow
def test_thousands_of_mixed_ids_tell_nothing(two: Two) -> None:
    random = Random(20261121)
    before = everything_of(two.home, "beta")
    words = {value for name, value in two.foreign.items() if name not in {"serial"}}
    statuses: dict[int, int] = {}
    for _ in range(MIXES):
        mix, never, pattern = drawn(random, two)
        answer = ask(two, mix)
        if pattern not in two.seen:
            nothing = ask(two, never)
            two.seen[pattern] = (nothing.status_code, nothing.text)
        if answer.is_success:
            # Only what does not name a thing may succeed: a filter that then finds nothing.
            assert mix.name in MAY_FIND_NOTHING, pattern
        else:
            assert (answer.status_code, answer.text) == two.seen[pattern], pattern
        assert answer.status_code == two.seen[pattern][0], pattern
        assert [word for word in words if word in answer.text] == [], pattern
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
    assert everything_of(two.home, "beta") == before
    assert sum(statuses.values()) == MIXES
    assert statuses.keys() <= {200, 202, 403, 404, 409, 422}
    assert statuses[404] > MIXES // 2


def test_a_filter_by_somebody_elsewhere_finds_nothing(two: Two) -> None:
    pi = two.scripts[0]
    base = f"/studies/{two.own['slug']}"
    assert len(pi.get(f"{base}/codings").json()["items"]) == 1
    for name, kind in (("coder", "person"), ("code", "code"), ("transcript", "transcript")):
        assert pi.get(f"{base}/codings", params={name: two.foreign[kind]}).json() == {"items": [], "next": None}
    assert pi.get(f"{base}/matrix", params={"coder": two.foreign["person"]}).json()["codings"] == 0


def test_the_id_of_a_coding_in_another_study_is_the_id_of_nothing(two: Two) -> None:
    # The id is the client's and unique over the house, so it can't be given twice; it is 122 random bits.
    coder = two.scripts[2]
    body = filled(BODIES["api:put_coding"]["json"], two.own)
    taken = coder.put(f"/codings/{two.foreign['coding']}", json=body)
    nothing = coder.delete(f"/codings/{uuid4()}")
    assert (taken.status_code, taken.text) == (nothing.status_code, nothing.text)
    assert taken.status_code == 404
    own = coder.put(f"/codings/{two.own['coding']}", json={**body, "end": 20})
    assert own.status_code == 409


def test_the_id_of_a_memo_in_another_study_is_the_id_of_nothing(two: Two) -> None:
    coder = two.scripts[2]
    body = filled(BODIES["api:put_memo"]["json"], two.own)
    before = everything_of(two.home, "beta")
    taken = coder.put(f"/memos/{two.foreign['memo']}", json=body)
    nothing = coder.get(f"/memos/{uuid4()}")
    assert (taken.status_code, taken.text) == (nothing.status_code, nothing.text)
    assert taken.status_code == 404
    assert everything_of(two.home, "beta") == before
