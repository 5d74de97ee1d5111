"""Retrieval through its pages: what each role finds, what it may not even ask, and what leaves as a file."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Language, Person
from qualcoder.audit.models import AuditEntry
from qualcoder.codebooks.book import CodeEntry, Localised
from qualcoder.coding import service as coding
from qualcoder.coding import translating
from qualcoder.coding.models import Coding
from qualcoder.coding.service import NewCoding
from qualcoder.coding.translating import NewTranslation
from qualcoder.core.ids import CodeId, CodingId, new_id
from qualcoder.core.models import Job
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.interviews.models import Category, LinkType
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import ConsentScope, InterviewDetails
from qualcoder.matrices.models import ExportLedger, SavedView
from qualcoder.matrices.names import place_in
from qualcoder.races.models import RaceValue, Round, Variable
from qualcoder.retrieval import view
from qualcoder.transcripts import flags
from qualcoder.transcripts.flags import NewFlag
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.service import NewTranscript
from tests.anonymise.known_person import register
from tests.homes import Browser, Worker, World
from tests.interviews.making import import_koyandy
from tests.transcripts import making

FIRST = (
    "Интервьюер: Что было с водой?\nРеспондент: =Воды не было. Дорога размыта, и суд ничего не решил.\n"
    "Интервьюер: А потом?\nРеспондент: Потом пришла вода.\n"
)
SECOND = "Сұхбаткер: Су бар ма?\nРеспондент: Су жоқ, жол да нашар.\n"


@dataclass(frozen=True, slots=True)
class Scene:
    """Two interviews, one of a voter about a race who may be quoted, one of an observer who may not."""

    home: Home
    world: World
    browser: Browser
    first: Transcript
    second: Transcript
    codes: dict[str, CodeId]

    def ask(self, who: Any, *rows: tuple[str, str], **more: str) -> Any:
        return self.browser.as_(who).get(f"/studies/{self.world.study.slug}/retrieve?{self.query(*rows, **more)}")

    def query(self, *rows: tuple[str, str], deep: str = "1", within: str = "1", by: str = "turns", **more: str) -> str:
        pairs = list(more.items())
        for step, code in rows:
            code_id = str(self.codes.get(code, code))
            pairs += [("step", step), ("code", code_id), ("deep", deep), ("within", within), ("by", by)]
        return urlencode(pairs)


def _upload(text: str, category: Category, *, quote: bool, links: tuple[NewLink, ...] = ()) -> NewTranscript:
    interview = NewInterview(
        InterviewDetails(), ConsentScope(quote=quote, share=False, archive=False), (NewRespondent(category),), links
    )
    return NewTranscript("a.txt", text.encode(), interview, "", "ru")


@pytest.fixture
def scene(home: Home, world: World, browser: Browser) -> Scene:
    import_koyandy(home, world)
    codes = making.import_codes(home, world)
    making.open_vault(home, world.study)
    link = (NewLink("KOY-2022-2", LinkType.ABOUT),)
    first = making.to_review(home, world, _upload(FIRST, Category.VOTER, quote=True, links=link), marks=())
    second = making.to_review(home, world, _upload(SECOND, Category.OBSERVER, quote=False), marks=())
    first = making.release(home, first, world.pi, world.coder, world.other_coder, world.researcher)
    second = making.release(home, second, world.pi, world.coder)
    made = Scene(home, world, browser, first, second, codes)
    for transcript, words, code, who in (
        (first, "Что было с водой", "WATER", world.coder),
        (first, "=Воды не было", "WATER", world.coder),
        (first, "было. Дорога размыта", "ROADS", world.other_coder),
        (first, "суд ничего", "COURT", world.coder),
        (first, "пришла вода", "WATER", world.other_coder),
        (second, "Су жоқ", "WATER", world.coder),
        (second, "жол да нашар", "ROADS", world.coder),
    ):
        code_words(made, transcript, words, code, who)
    return made


def code_words(scene: Scene, transcript: Transcript, words: str, code: str, who: Any) -> None:
    text = "\n".join(turn.body for turn in making.text_of(scene.home, transcript))
    start = text.index(words)
    span = Span(start, start + len(words))
    with scene.home.data.transaction() as db:
        new = NewCoding(CodingId(new_id()), transcript.id, transcript.text_number, span, scene.codes[code])
        coding.add_coding(db, who, new)


def marked(page: Any) -> list[str]:
    """The words that a page of passages shows as found."""
    return [piece.partition("</mark>")[0] for piece in page.text.split("<mark>")[1:]]


def test_units_joins_and_nearness_through_the_page(scene: Scene) -> None:
    pi = scene.world.pi
    water = ("and", "WATER")
    in_first = ["Что было с водой", "=Воды не было"]
    assert marked(scene.ask(pi, water)) == [*in_first, "пришла вода", "Су жоқ"]
    assert marked(scene.ask(pi, water, ("and", "ROADS"))) == ["=Воды не было", "было. Дорога размыта"]
    assert marked(scene.ask(pi, water, ("not", "ROADS"), unit="turn")) == ["Что было с водой", "пришла вода"]
    assert marked(scene.ask(pi, water, ("not", "COURT"), unit="interview")) == ["Су жоқ"]
    assert marked(scene.ask(pi, water, ("near", "ROADS"), within="0")) == ["=Воды не было", "Су жоқ"]
    assert marked(scene.ask(pi, ("and", "COURT"), ("followed", "WATER"), within="2")) == ["суд ничего"]
    assert marked(scene.ask(pi, ("and", "COURT"), ("followed", "WATER"), within="3", by="chars")) == []
    assert marked(scene.ask(pi, ("and", "FACTOR"), deep="0")) == []
    assert len(marked(scene.ask(pi, ("and", "FACTOR")))) == 6
    assert marked(scene.ask(pi, water, speaker="interviewer")) == in_first[:1]
    assert marked(scene.ask(pi, water, category="ngo_observer")) == ["Су жоқ"]
    by_race = scene.ask(pi, water, unit="race")
    assert marked(by_race) == [*in_first, "пришла вода"]
    assert "KOY-2022-2" in by_race.text
    assert marked(scene.ask(pi, water, variable="competitiongov", lowest="0")) == [*in_first, "пришла вода"]
    assert marked(scene.ask(pi, water, variable="competitiongov", highest="-1")) == []
    assert marked(scene.ask(pi, water, coder=str(scene.world.other_coder.id))) == ["пришла вода"]


def test_a_race_variable_that_holds_words_narrows_by_what_races_say(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address holds what stands for a wording and no word of it. Names that races have for themselves are not
    offered.
    """
    pi, water = scene.world.pi, ("and", "WATER")
    form = scene.ask(pi).text
    offered = dict(re.findall(r'<option value="(\w+=[0-9a-f]{16})">([^<]+)</option>', form))
    by_word = {(value.partition("=")[0], word): value for value, word in offered.items()}
    assert by_word, "no variable with words in the races of Koyandy"
    with scene.home.data.read() as db:
        here = select(RaceValue.text, Variable.name).join(Variable, col(Variable.id) == col(RaceValue.variable_id))
        rounds = here.join(Round, col(Round.id) == col(RaceValue.round_id)).where(col(RaceValue.text).is_not(None))
        said = set(db.exec(rounds.where(col(Round.key) == "KOY-2022-2")).all())
    hits = {key: marked(scene.ask(pi, water, variable=value)) for key, value in by_word.items()}
    for (name, word), found in hits.items():
        expected = ["Что было с водой", "=Воды не было", "пришла вода"] if (word, name) in said else []
        assert found == expected, name
    assert any(hits.values())
    name = next(iter(by_word))[0]
    token = next(iter(offered)).partition("=")[2]
    for odd in (name, f"{name}={'0' * 16}", f"{name}=x", f"competitiongov={token}", f"={token}"):
        assert scene.ask(pi, water, variable=odd).status_code == 422, odd
    assert scene.ask(pi, water, variable=next(iter(offered)), lowest="1").status_code == 422
    assert scene.ask(scene.world.coder, water, variable=next(iter(offered))).status_code == 403
    # A kept question means the same words, whichever race was corrected since.
    kept = next(value for key, value in by_word.items() if hits[key])
    variable = kept.partition("=")[0]
    with scene.home.data.transaction() as db:
        values = db.exec(
            select(RaceValue)
            .join(Variable, col(Variable.id) == col(RaceValue.variable_id))
            .where(col(Variable.name) == variable, col(RaceValue.text) == offered[kept])
        ).all()
        for value in values:
            value.text = "Corrected elsewhere"
    assert scene.ask(pi, water, variable=kept).status_code == 422
    with scene.home.data.transaction() as db:
        for value in values:
            db.get_one(RaceValue, value.id).text = offered[kept]
    again = scene.ask(pi, water, variable=kept)
    assert marked(again) == ["Что было с водой", "=Воды не было", "пришла вода"]
    assert f'value="{kept}" selected' in again.text
    # What nearly every race says for itself is not offered: with so many wordings there is nothing to choose from.
    monkeypatch.setattr(view, "_MOST_WORDINGS", 0)
    assert f'label="{variable}"' not in scene.ask(pi, water).text


def test_a_coder_finds_own_codings_and_gets_no_field_of_others(scene: Scene) -> None:
    coder = scene.world.coder
    page = scene.ask(coder, ("and", "any"))
    assert "Дорога размыта" not in "".join(marked(page))
    assert len(marked(page)) == 5
    for name in ("coder", "category", "variable", "lowest"):
        assert f'name="{name}"' not in page.text
    assert 'value="race"' not in page.text
    assert "KOY-2022" not in page.text
    other = str(scene.world.other_coder.id)
    asked: tuple[dict[str, str], ...] = (
        {"coder": other},
        {"category": "voter"},
        {"variable": "competitiongov"},
        {"unit": "race"},
    )
    for more in asked:
        assert scene.ask(coder, ("and", "WATER"), **more).status_code == 403, more
        address = f"/studies/{scene.world.study.slug}/retrieve/together?{urlencode(more)}"
        assert scene.browser.as_(coder).get(address).status_code == 403, more
    table = scene.browser.as_(coder).get(f"/studies/{scene.world.study.slug}/retrieve/together?unit=turn").text
    assert "5 codings" in table
    assert scene.ask(scene.world.outsider, ("and", "WATER")).status_code == 404
    assert scene.ask(scene.world.observer, ("and", "WATER")).status_code == 403


def test_a_researcher_learns_nothing_of_interviews_that_others_brought_in(scene: Scene) -> None:
    who = scene.world.researcher
    code_words(scene, scene.first, "Потом пришла", "COURT", who)
    assert marked(scene.ask(who, ("and", "COURT"))) == ["Потом пришла"]
    for more in ({"category": "voter"}, {"unit": "race"}, {"variable": "competitiongov", "lowest": "0"}):
        page = scene.ask(who, ("and", "COURT"), **more)
        assert (page.status_code, marked(page)) == (200, []), more


def test_asking_is_recorded_and_the_page_shows_hidden_names_to_nobody(scene: Scene) -> None:
    with scene.home.data.transaction() as db:
        body = "\n".join(turn.body for turn in making.text_of(scene.home, scene.first))
        at = body.index("размыта")
        new = NewFlag(new_id(), scene.first.id, scene.first.text_number, Span(at, at + 7), "")
        flags.flag(db, scene.world.coder, new)
    page = scene.ask(scene.world.pi, ("and", "ROADS"))
    assert "размыта" not in page.text
    with scene.home.data.read() as db:
        entry = db.exec(select(AuditEntry).where(col(AuditEntry.act) == "passages.retrieved")).one()
    assert entry.counts == {"passages": 2, "found": 2}


# What no form of ours sends.
ODD = (
    "step=and&code=x&deep=1&within=1&by=turns",
    "code=any",
    "unit=planet",
    "coder=x",
    "lowest=many&variable=competitiongov",
    "variable=unknown&step=and&code=any&deep=1&within=1&by=turns",
    "step=and&code=7d9f2c1e-0f5b-4a86-9c5e-2b7d1a3c4e5f&deep=1&within=1&by=turns",
    "step=and&code=any&deep=1&within=1&by=turns&step=near&code=any&deep=1&within=-1&by=turns",
    "highest=nan",
)


def test_what_no_form_sends_is_said_in_a_sentence(scene: Scene) -> None:
    pi = scene.browser.as_(scene.world.pi)
    for query in ODD:
        page = pi.get(f"/studies/{scene.world.study.slug}/retrieve?{query}")
        assert page.status_code == 422, query
        assert "Please look at these places" in page.text


def test_each_cell_of_the_table_leads_to_what_it_counts(scene: Scene) -> None:
    pi = scene.browser.as_(scene.world.pi)
    for more in ("unit=passage", "unit=turn", "unit=race", "unit=interview&rollup=1"):
        table = pi.get(f"/studies/{scene.world.study.slug}/retrieve/together?{more}").text
        cells = table.partition('id="together"')[2].split('<a href="')[1:]
        assert cells
        for cell in cells:
            address, _, rest = cell.partition('">')
            count = rest.partition("<b>")[2].partition("</b>")[0]
            answer = pi.get(address.replace("&amp;", "&")).text
            assert f"· {count} unit" in answer, (more, address)


# Kept questions ---------------------------------------------------------------------------------


def _keep(scene: Scene, who: Any, query: str, name: str, **more: str) -> Any:
    address = f"/studies/{scene.world.study.slug}/retrieve/views"
    return scene.browser.as_(who).post(address, data={"query": query, "name": name, **more})


def test_a_shared_question_is_seen_by_those_who_may_read_its_fields(scene: Scene) -> None:
    pi, coder = scene.world.pi, scene.world.coder
    plain, by_race = scene.query(("and", "WATER")), scene.query(("and", "WATER"), unit="race")
    assert _keep(scene, pi, plain, "Вода везде", is_shared="true").status_code == 303
    assert _keep(scene, pi, by_race, "Вода по выборам", is_shared="true").status_code == 303
    assert _keep(scene, pi, plain, "Только моё").status_code == 303
    page = scene.ask(coder).text
    assert "Вода везде" in page
    assert "Вода по выборам" not in page
    assert "Только моё" not in page
    assert "Вода по выборам" in scene.ask(pi).text
    with scene.home.data.read() as db:
        rows = db.exec(select(SavedView)).all()
    assert all("Вода".encode() not in row.spec_ct for row in rows)
    for row in rows:
        for act, sent in (("remove", {}), ("share", {"is_shared": "true"})):
            address = f"/studies/{scene.world.study.slug}/retrieve/views/{row.id}/{act}"
            answer = scene.browser.as_(coder).post(address, data={"seen_version": str(row.version), **sent})
            assert answer.status_code == 404
    assert _keep(scene, coder, by_race, "x").status_code == 403


def test_a_name_of_somebody_is_no_name_for_a_question(scene: Scene) -> None:
    register(scene.home, scene.world)
    answer = _keep(scene, scene.world.coder, scene.query(("and", "WATER")), "Что сказал Ойлапов")
    assert answer.status_code in {409, 422}
    with scene.home.data.read() as db:
        assert db.exec(select(SavedView)).all() == []


def test_changed_meanwhile_is_a_conflict(scene: Scene) -> None:
    _keep(scene, scene.world.coder, scene.query(("and", "WATER")), "Вода")
    with scene.home.data.read() as db:
        row = db.exec(select(SavedView)).one()
    address = f"/studies/{scene.world.study.slug}/retrieve/views/{row.id}/share"
    coder = scene.browser.as_(scene.world.coder)
    sent = {"seen_version": str(row.version), "is_shared": "true"}
    assert coder.post(address, data=sent).status_code == 303
    assert coder.post(address, data=sent).status_code == 409
    assert "shared with the study" in scene.ask(scene.world.coder).text


# Files ------------------------------------------------------------------------------------------


def _file(scene: Scene, worker: Worker, file_format: str, *rows: tuple[str, str]) -> tuple[ExportLedger, Any]:
    pi = scene.browser.as_(scene.world.pi)
    address = f"/studies/{scene.world.study.slug}/retrieve/exports"
    answer = pi.post(address, data={"query": scene.query(*rows), "format": file_format})
    assert answer.status_code == 303
    worker()
    with scene.home.data.read() as db:
        export = db.exec(select(ExportLedger).order_by(col(ExportLedger.number).desc())).first()
    assert export is not None
    return export, pi.get(f"/exports/{export.id}/file")


def test_a_translation_stands_beside_its_passage_and_in_a_file_where_quotes_are_allowed(
    scene: Scene, worker: Worker
) -> None:
    with scene.home.data.transaction() as db:
        for row in db.exec(select(Coding)).all():
            translating.save(db, scene.world.pi, row.id, Language.EN, NewTranslation("An invented quote"))
    assert "An invented quote" in scene.ask(scene.world.pi, ("and", "WATER")).text
    _export, file = _file(scene, worker, "csv", ("and", "WATER"))
    lines = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [line["words_en"] for line in lines] == ["An invented quote"] * 3 + [""]
    assert [line["translators"].endswith(", draft") for line in lines] == [True, True, True, False]


def test_a_file_holds_places_and_the_words_that_may_be_quoted(scene: Scene, worker: Worker) -> None:
    export, file = _file(scene, worker, "csv", ("and", "WATER"))
    assert file.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    text = "\n".join(turn.body for turn in making.text_of(scene.home, scene.first))
    assert [row["words"] for row in rows] == ["Что было с водой", "'=Воды не было", "пришла вода", ""]
    assert [row["may_quote"] for row in rows] == ["1", "1", "1", "0"]
    assert text[int(rows[1]["start"]) : int(rows[1]["end"])] == "=Воды не было"
    assert {row["code"] for row in rows} == {"WATER"}
    assert {row["code_version"] for row in rows} == {"1"}
    assert [row["interviewer"] for row in rows] == ["1", "0", "0", "0"]
    assert len({row["coder"] for row in rows}) == 2
    with scene.home.data.read() as db:
        acts = [one.act for one in db.exec(select(AuditEntry).where(col(AuditEntry.object_id) == export.id))]
    assert acts == ["export.asked", "export.made", "export.downloaded"]
    _again, sheet = _file(scene, worker, "xlsx", ("and", "WATER"))
    assert sheet.content.startswith(b"PK")
    coder = scene.browser.as_(scene.world.coder)
    sent = {"query": scene.query(("and", "WATER")), "format": "csv"}
    assert coder.post(f"/studies/{scene.world.study.slug}/retrieve/exports", data=sent).status_code == 403
    assert coder.get(f"/exports/{export.id}/file").status_code == 403


def test_a_file_that_would_name_somebody_is_made_only_for_whoever_knows_better(
    home: Home, world: World, browser: Browser, worker: Worker
) -> None:
    codes = making.import_codes(
        home, world, CodeEntry(code="SAID", parent=None, stata="th_said", label=Localised("Said", "Ойлапов", "Ойлапов"))
    )
    making.open_vault(home, world.study)
    upload = _upload(FIRST, Category.VOTER, quote=True)
    transcript = making.release(home, making.to_review(home, world, upload, marks=()), world.pi, world.coder)
    scene = Scene(home, world, browser, transcript, transcript, codes)
    code_words(scene, transcript, "пришла вода", "SAID", world.coder)
    register(home, world)
    with home.data.transaction() as db:
        db.get_one(Person, world.pi.id).language = Language.RU
    export, file = _file(scene, worker, "csv", ("and", "SAID"))
    assert file.status_code == 409
    with home.data.read() as db:
        assert place_in(db.exec(select(Job).where(col(Job.object_id) == export.id)).one().error_code) == (10, 2)
    pi = browser.as_(world.pi)
    assert f"/exports/{export.id}/again" in pi.get(f"/exports/{export.id}").text
    later = pi.post(f"/exports/{export.id}/again").headers["location"]
    worker()
    assert "Ойлапов" in pi.get(f"{later}/file").content.decode()
