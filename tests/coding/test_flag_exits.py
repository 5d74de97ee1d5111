"""From the answer to a flag on, the words are gone from every place where released text leaves the server.

EXITS is the list of these places. A new one gets a line here.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from qualcoder.coding import index_socket, searching
from qualcoder.coding import service as coding
from qualcoder.coding.models import Coding
from qualcoder.coding.service import NewCoding
from qualcoder.core.ids import CodeId, CodingId, TranscriptId, new_id
from qualcoder.home import Home
from qualcoder.matrices import service as matrices
from qualcoder.matrices.cells import Question
from qualcoder.matrices.models import ExportFormat
from qualcoder.matrices.service import ExportSpec
from qualcoder.races.queries import round_ids
from qualcoder.transcripts import flags
from qualcoder.transcripts.flag_models import Flag
from qualcoder.transcripts.models import Transcript
from tests.coding.indexed import Answers, indexing, until
from tests.homes import Browser, World, access_of, work_off
from tests.interviews.making import about, import_koyandy
from tests.scripts import Script, script_of
from tests.transcripts import making
from tests.transcripts.flagging import MISSED, TEXT, flag_words, place_of


@dataclass(frozen=True, slots=True)
class Scene:
    """A released transcript in which a name was missed, coded and linked to a race, and those who read it."""

    home: Home
    world: World
    transcript: Transcript
    codes: Mapping[str, CodeId]
    coding: UUID
    race: UUID
    pages: Mapping[str, Browser]
    scripts: Mapping[str, Script]

    @property
    def path(self) -> str:
        return f"/transcripts/{self.transcript.id}"

    def put(self, coding_id: UUID, words: str) -> dict[str, Any]:
        """The body of a coding over words that are in sight."""
        place = place_of(self.home, self.transcript, words)
        ids = {"transcript_id": str(self.transcript.id), "code_id": str(self.codes["ROADS"])}
        return {**ids, "version": 1, "start": place.start, "end": place.end + 40}


@pytest.fixture
def scene(home: Home, world: World, browser: Browser) -> Scene:
    import_koyandy(home, world)
    codes = making.import_codes(home, world)
    transcript = making.to_codable(home, world, making.upload(TEXT, links=[about("KOY-2022-2")]))
    place = place_of(home, transcript, f"Приходил {MISSED} из")
    new = NewCoding(CodingId(new_id()), TranscriptId(transcript.id), 1, place, codes["WATER"])
    with home.data.transaction() as db:
        coding.add_coding(db, world.coder, new)
        race = round_ids(db, world.study.id, {"KOY-2022-2"})["KOY-2022-2"]
    readers = {"coder": world.coder, "pi": world.pi}
    pages = {name: browser.as_(person) for name, person in readers.items()}
    scripts = {name: script_of(home, world, person) for name, person in readers.items()}
    return Scene(home, world, transcript, codes, new.id, race, pages, scripts)


def _text(answer: Any) -> str:
    assert answer.status_code in {200, 422}, answer.text[:300]
    return str(answer.text)


def _page(who: str) -> Callable[[Scene], str]:
    return lambda scene: _text(scene.pages[who].get(scene.path))


def _added(scene: Scene) -> str:
    body = json.dumps(scene.put(new_id(), "Приходил"))
    return _text(scene.pages["coder"].put(f"/codings/{new_id()}", content=body))


def _removed(scene: Scene) -> str:
    return _text(scene.pages["coder"].delete(f"/codings/{scene.coding}"))


def _removed_by_form(scene: Scene) -> str:
    return _text(scene.pages["coder"].post(f"/codings/{scene.coding}/remove", headers={"HX-Request": "true"}))


def _refused_form(scene: Scene) -> str:
    form = {"version": "1", "turn": "2", "quote": "чего нет", "code_id": str(scene.codes["WATER"])}
    return _text(scene.pages["coder"].post(f"{scene.path}/codings", data=form))


def _beside(scene: Scene) -> str:
    return _text(scene.pages["coder"].post("/studies/demo/search", data={"words": "Приходил"}))


def _beside_by_script(scene: Scene) -> str:
    return _text(scene.scripts["pi"].get("/studies/demo/search", params={"q": "конторы"}))


def _cell(scene: Scene) -> str:
    query = {"code": str(scene.codes["WATER"]), "race": str(scene.race)}
    return _text(scene.pages["pi"].get("/studies/demo/matrix/cell", params=query))


def _api_text(who: str) -> Callable[[Scene], str]:
    return lambda scene: json.dumps(scene.scripts[who].get(scene.path).json(), ensure_ascii=False)


def _api_coding(scene: Scene) -> str:
    return _text(scene.scripts["coder"].put(f"/codings/{new_id()}", json=scene.put(new_id(), "Приходил")))


def _api_codings(scene: Scene) -> str:
    return _text(scene.scripts["pi"].get("/studies/demo/codings"))


def _matrix(scene: Scene) -> str:
    return _text(scene.pages["pi"].get("/studies/demo/matrix"))


def _live(scene: Scene) -> str:
    scene.pages["coder"].app.state.streams.longest = 0  # type: ignore[attr-defined]  # the application under test
    return _text(scene.pages["coder"].get(f"{scene.path}/live"))


def _flagged_again(scene: Scene) -> str:
    place = place_of(scene.home, scene.transcript, "никого")
    body = {"transcript_id": str(scene.transcript.id), "version": 1, "start": place.start, "end": place.end}
    return _text(scene.pages["coder"].put(f"/flags/{new_id()}", content=json.dumps(body)))


def _export(form: ExportFormat, shape: str = "long") -> Callable[[Scene], str]:
    def made(scene: Scene) -> str:
        with scene.home.data.transaction() as db:
            access = access_of(db, scene.world.study, scene.world.pi)
            export = matrices.ask_export(db, access, form, ExportSpec(Question(), shape, "ru"))
        work_off(scene.home)
        with scene.home.data.read() as db:
            content = matrices.open_file(db, scene.world.pi, export.id).content
        if form is not ExportFormat.XLSX:
            return content.decode("utf-8", "replace")
        with zipfile.ZipFile(BytesIO(content)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())

    return made


EXITS: Mapping[str, Callable[[Scene], str]] = {
    "coding page of a coder": _page("coder"),
    "coding page of a PI": _page("pi"),
    "interview to read": lambda scene: _text(scene.pages["coder"].get(f"{scene.path}/read?codes=1")),
    "reply to a coding": _added,
    "reply to a removal": _removed,
    "reply to a removal by form": _removed_by_form,
    "page after a form that was refused": _refused_form,
    "snippet beside the words": _beside,
    "snippet beside the words by script": _beside_by_script,
    "passages behind a cell": _cell,
    "matrix": _matrix,
    "API: text for a coder": _api_text("coder"),
    "API: text for a PI": _api_text("pi"),
    "API: a coding": _api_coding,
    "API: codings": _api_codings,
    "CSV": _export(ExportFormat.CSV),
    "Excel": _export(ExportFormat.XLSX),
    "Stata": _export(ExportFormat.DTA, "wide"),
    "events of the page": _live,
    "reply to a flag": _flagged_again,
}
# These hold ids, offsets and figures. The others show the words until they are flagged, which the test proves first.
NO_TEXT = frozenset(
    {"matrix", "CSV", "Excel", "Stata", "events of the page", "reply to a flag", "API: a coding", "API: codings"}
)


def _said_by(scene: Scene, name: str) -> str:
    """What an exit tells; a coding that it took off is back afterwards."""
    said = EXITS[name](scene)
    with scene.home.data.transaction() as db:
        db.get_one(Coding, scene.coding).deleted_at = None
    return said


def test_flagged_words_are_gone_from_every_exit(scene: Scene) -> None:
    shown = {name for name in EXITS if name not in NO_TEXT and MISSED in _said_by(scene, name)}
    assert shown == set(EXITS) - NO_TEXT
    for _ in range(2):
        flag_words(scene.home, scene.world.coder, scene.transcript, note="Сосед")
    for name in EXITS:
        said = _said_by(scene, name)
        assert [words for words in (MISSED, MISSED[1:], "Сосед") if words in said] == [], name


@pytest.mark.parametrize("words", [MISSED, f"{MISSED[:4]}*", f'"Приходил {MISSED}"', f"Приходил {MISSED}"])
def test_nobody_finds_hidden_words_and_no_count_tells_of_them(scene: Scene, words: str) -> None:
    # One stays in sight: the count must be that of what is shown.
    flag_words(scene.home, scene.world.coder, scene.transcript)
    for script in scene.scripts.values():
        answer = script.get("/studies/demo/search", params={"q": words}).json()
        turns = [passage["turn"] for one in answer["items"] for passage in one["passages"]]
        assert turns == ([4] if words.endswith("*") else [])
        assert sum(one["hits"] for one in answer["items"]) == len(turns)


def test_the_words_of_a_form_don_t_find_what_is_hidden(scene: Scene) -> None:
    flag_words(scene.home, scene.world.coder, scene.transcript)
    form = {"version": "1", "turn": "2", "quote": MISSED, "code_id": str(scene.codes["WATER"])}
    assert scene.pages["coder"].post(f"{scene.path}/codings", data=form).status_code == 422
    form = {"version": "1", "turn": "2", "quote": MISSED}
    assert scene.pages["coder"].post(f"{scene.path}/flags", data=form).status_code == 422


def test_the_index_neither_finds_nor_counts_hidden_words(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    home, world, script = scene.home, scene.world, scene.scripts["pi"]
    answers = Answers()
    monkeypatch.setattr(index_socket, "ask", answers.ask)

    def found() -> list[tuple[int, int]]:
        answer = script.get("/studies/demo/search", params={"q": f"{MISSED}*"}).json()
        return [(one["hits"], one["turns"]) for one in answer["items"]]

    def is_from_index() -> bool:
        found()
        looked = answers.given[-1]
        return looked is not None and not looked.missing

    with indexing(home):
        until(is_from_index)
        assert found() == [(2, 2)]
        flag_id = flag_words(home, world.coder, scene.transcript)
        # At once: the index has the old text, and is not asked about it any more.
        assert found() == [(1, 1)]
        until(is_from_index)
        assert found() == [(1, 1)]
        with home.data.transaction() as db:
            version = db.exec(select(Flag.version).where(col(Flag.id) == flag_id)).one()
            flags.decide(db, world.pi, flag_id, is_name=False, seen_version=version, reason="Не имя")
        assert found() == [(2, 2)]
        until(is_from_index)
        assert found() == [(2, 2)]
    assert searching.PAGE > 1


def test_a_script_is_told_where_something_is_hidden(scene: Scene) -> None:
    flag_words(scene.home, scene.world.coder, scene.transcript)
    read = scene.scripts["coder"].get(scene.path).json()
    hidden = [tuple(place) for turn in read["turns"] for place in turn["hidden"]]
    assert hidden == [(place.start, place.end) for place in [place_of(scene.home, scene.transcript, "█" * 8)]]
    assert [read["text"][start:end] for start, end in hidden] == ["█" * 8]


def test_the_page_names_a_hidden_passage_for_those_who_hear_it(scene: Scene) -> None:
    flag_words(scene.home, scene.world.coder, scene.transcript)
    page = scene.pages["coder"].get(scene.path).text
    assert page.count(f'<span class="hid" role="img" aria-label="hidden passage">{"█" * 8}</span>') == 1
