"""Importing, listing and showing races: through the service and through the pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from qualcoder.audit.models import AuditEntry
from qualcoder.core.errors import Invalid, NotFound, Refused
from qualcoder.core.ids import RoundId, new_id
from qualcoder.home import Home
from qualcoder.races import queries, service
from qualcoder.races.models import Candidacy, Contest, Party, Place, RaceValue, Round
from qualcoder.races.service import ImportReport, Layout
from tests.homes import Browser, World, access_of, count_statements

RACES = Path(__file__).parents[2] / "qualcoder" / "demo" / "races"
KOYANDY = (RACES / "koyandy_race.csv").read_bytes()
BALLOT = (RACES / "koyandy_candidates.csv").read_bytes()
SYNTHETIC = (RACES / "races_synthetic_255.csv").read_bytes()

HEADER = "race_id,election_date,oblast,oblast_iso,district,unit,unit_type,competitiongov,registered,voted,party\n"
ROW = "PRI-1,2024-06-02,Akmola,KZ-11,Примерный,Мысалауыл,VD,61.5,1000,500,1\n"


def table(*rows: str) -> bytes:
    return (HEADER + "".join(rows)).encode()


def bring(home: Home, world: World, *files: bytes, dry_run: bool = False) -> ImportReport:
    report = None
    for raw in files:
        with home.data.transaction() as db:
            report = service.import_file(db, access_of(db, world.study, world.pi), raw, dry_run=dry_run)
    assert report is not None
    return report


def count(db: Session, table: type[Round | RaceValue | Place | Contest | Candidacy | Party]) -> int:
    return len(db.exec(select(table.id)).all())


@pytest.mark.both_backends
def test_the_koyandy_files_become_one_contest_with_two_rounds(home: Home, world: World) -> None:
    bring(home, world, KOYANDY, BALLOT)
    with home.data.read() as db:
        first, second = queries.rounds_of(db, world.study.id)
    assert (first.key, first.status, first.kind) == ("KOY-2022-1", "annulled", "initial")
    assert first.contest_id == second.contest_id
    assert (second.where, second.oblast_iso, second.held_on) == (
        "Koyandy, Tselinograd, Akmola",
        "KZ-11",
        date(2022, 9, 25),
    )
    assert (first.winner, second.winner) == (None, "Soltanbay Bakyt Khan")
    assert (first.competitiongov, second.competitiongov) == (28.74, 43.81)


def test_figures_of_a_race_follow_from_its_ballot(home: Home, world: World) -> None:
    bring(home, world, KOYANDY, BALLOT)
    with home.data.read() as db:
        found = queries.find_round_by_key(db, world.study.id, "KOY-2022-2")
        assert found is not None
        detail = queries.race(db, world.study.id, RoundId(found.id))
    winner = next(line for line in detail.candidates if line.is_elected)
    figures = detail.figures
    assert [round(share or 0, 2) for share in (winner.of_cast, winner.of_valid, winner.of_candidates)] == [
        43.81,
        44.70,
        44.96,
    ]
    assert (figures.margin_votes, round(figures.margin_of_cast_pp or 0, 2)) == (30, 4.27)
    assert (round(figures.effective_number or 0, 3), round(figures.turnout or 0, 2)) == (2.637, 21.28)
    assert (detail.against_all, detail.invalid, len(detail.candidates)) == (4, 14, 8)
    assert [line.key for line in detail.other_rounds] == ["KOY-2022-1"]
    assert {value.name: value.shown for value in detail.values}["registered"] == "3304"


@pytest.mark.both_backends
def test_importing_a_file_again_changes_nothing(home: Home, world: World) -> None:
    first = bring(home, world, SYNTHETIC)
    with home.data.read() as db:
        before = [count(db, table) for table in (Round, RaceValue, Place, Contest, Party)]
        versions = set(db.exec(select(Round.version)).all())
    again = bring(home, world, SYNTHETIC)
    with home.data.read() as db:
        assert [count(db, table) for table in (Round, RaceValue, Place, Contest, Party)] == before
        assert set(db.exec(select(Round.version)).all()) == versions
    assert (first.created, first.updated, first.unchanged) == (255, 0, 0)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 255)


def test_a_corrected_value_updates_the_round_and_an_emptied_one_goes(home: Home, world: World) -> None:
    bring(home, world, table(ROW))
    report = bring(home, world, table(ROW.replace("61.5", "62.5").replace(",500,1", ",,1")))
    assert (report.created, report.updated) == (0, 1)
    with home.data.read() as db:
        found = db.exec(select(Round)).one()
        values = {value.name: value.number for value in queries.race(db, world.study.id, RoundId(found.id)).values}
    assert values == {"competitiongov": 62.5, "registered": 1000.0, "party": 1.0}
    assert found.version == 2


@pytest.mark.parametrize(
    "bad",
    [
        ROW.replace("PRI-1", "PRI-2").replace("61.5", "много"),
        ROW,
        ROW.replace("PRI-1", "P" * 61),
        ROW.replace("PRI-1", "PRI-2").replace("Мысалауыл", "М" * 201),
        ROW.replace("PRI-1", "PRI-2").replace("61.5", "9" * 400),
    ],
    ids=["a word for a number", "a key twice", "a long key", "a long name", "a number without end"],
)
def test_a_file_with_one_bad_line_is_refused_whole(home: Home, world: World, bad: str) -> None:
    report = bring(home, world, table(ROW, bad))
    assert report.is_refused
    assert 3 in {line.line for line in report.lines if line.is_error}
    with pytest.raises(Invalid):
        report.require_stored()
    with home.data.read() as db:
        assert count(db, Round) == 0
        assert count(db, Place) == 0


def test_a_dry_run_tells_what_would_happen_and_stores_nothing(home: Home, world: World) -> None:
    report = bring(home, world, KOYANDY, dry_run=True)
    assert (report.layout, report.created) == (Layout.RACES, 2)
    with home.data.read() as db:
        assert count(db, Round) == 0
        assert db.exec(select(AuditEntry.id).where(col(AuditEntry.act) == "races.imported")).all() == []


def test_candidates_without_their_race_are_refused(home: Home, world: World) -> None:
    report = bring(home, world, BALLOT)
    assert report.is_refused
    assert report.layout is Layout.CANDIDATES


def test_a_second_candidate_file_replaces_the_ballot(home: Home, world: World) -> None:
    shorter = b"\n".join(BALLOT.splitlines()[:4])
    bring(home, world, KOYANDY, BALLOT, shorter)
    with home.data.read() as db:
        assert count(db, Candidacy) == 3


def test_counts_that_differ_from_the_race_are_reported_and_not_overwritten(home: Home, world: World) -> None:
    report = bring(home, world, KOYANDY, BALLOT.replace(b"Against all,,,,,4,", b"Against all,,,,,5,"))
    assert [dict(line.params) for line in report.lines] == [{"column": "against_all", "held": 4, "found": 5}]


def test_an_import_is_on_record_with_its_counts(home: Home, world: World) -> None:
    bring(home, world, KOYANDY)
    with home.data.read() as db:
        entry = db.exec(select(AuditEntry).where(col(AuditEntry.act) == "races.imported")).one()
    assert entry.counts == {"created": 2, "updated": 0, "unchanged": 0, "warnings": 0}
    assert entry.actor_id == world.pi.id


@pytest.mark.parametrize("who", ["coder", "observer", "admin"])
def test_only_the_field_imports_races(home: Home, world: World, who: str) -> None:
    with home.data.transaction() as db, pytest.raises(Refused):
        service.import_file(db, access_of(db, world.study, world.by_name[who]), KOYANDY)


def test_a_race_of_another_study_is_not_there(home: Home, world: World) -> None:
    bring(home, world, KOYANDY)
    with home.data.read() as db:
        found = db.exec(select(Round)).first()
        assert found is not None
        with pytest.raises(NotFound):
            queries.race(db, world.other_study.id, RoundId(found.id))
        assert queries.rounds_of(db, world.other_study.id) == []


@pytest.mark.parametrize(
    ("text", "oblast", "found"),
    [
        ("koyandy", "", 2),
        ("KOYANDY 2022-09", "", 1),
        ("мысалАУЫЛ", "", 1),
        ("", "KZ-11", 3),
        ("", "KZ-59", 0),
        ("soltanbay", "", 1),
        ("nowhere", "", 0),
    ],
)
def test_a_search_wants_every_word_whatever_the_case(
    home: Home, world: World, text: str, oblast: str, found: int
) -> None:
    bring(home, world, KOYANDY, BALLOT, table(ROW))
    with home.data.read() as db:
        assert len(queries.search(queries.rounds_of(db, world.study.id), text, oblast)) == found


def test_a_list_takes_as_many_statements_whatever_its_length(home: Home, world: World) -> None:
    counts = []
    for raw in (KOYANDY, SYNTHETIC):
        bring(home, world, raw)
        with count_statements(home.data) as counted, home.data.read() as db:
            queries.rounds_of(db, world.study.id)
        counts.append(len(counted))
    assert counts == [3, 3]


# Pages --------------------------------------------------------------------------------------


def send(browser: Browser, raw: bytes | None, slug: str = "demo") -> tuple[int, str]:
    files = {"file": ("races.csv", raw, "text/csv")} if raw is not None else {"other": ("x", b"x")}
    response = browser.post(f"/studies/{slug}/races/import", files=files)
    return response.status_code, response.text


def test_the_list_has_pages_of_fifty(home: Home, world: World, browser: Browser) -> None:
    bring(home, world, SYNTHETIC)
    pi = browser.as_(world.pi)
    first = pi.get("/studies/demo/races").text
    last = pi.get("/studies/demo/races?page=6").text
    assert first.count("SYN-") == 50
    assert "Page 1 of 6" in first
    assert last.count("SYN-") == 5
    assert pi.get("/studies/demo/races?page=nine").text.count("SYN-") == 50


def test_a_search_keeps_its_words_on_the_next_page(home: Home, world: World, browser: Browser) -> None:
    bring(home, world, SYNTHETIC)
    page = browser.as_(world.pi).get("/studies/demo/races?q=district+%26&oblast=").text
    assert "No race matches" in page
    page = browser.as_(world.pi).get("/studies/demo/races?q=syn&oblast=").text
    assert "q=syn&amp;oblast=&amp;page=2" in page


def test_htmx_gets_the_list_alone(home: Home, world: World, browser: Browser) -> None:
    bring(home, world, KOYANDY)
    part = browser.as_(world.pi).get("/studies/demo/races?q=koy", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="races">')
    assert "<html" not in part


@pytest.mark.parametrize("who", ["pi", "researcher", "coder", "observer", "admin"])
def test_every_role_sees_races(home: Home, world: World, browser: Browser, who: str) -> None:
    bring(home, world, KOYANDY, BALLOT)
    person = browser.as_(world.by_name[who])
    assert "KOY-2022-2" in person.get("/studies/demo/races").text
    with home.data.read() as db:
        found = queries.find_round_by_key(db, world.study.id, "KOY-2022-2")
        assert found is not None
    page = person.get(f"/studies/demo/races/{found.id}")
    assert page.status_code == 200
    assert "Soltanbay Bakyt Khan" in page.text
    assert "2.637" in page.text


def test_an_empty_study_says_what_to_do(world: World, browser: Browser) -> None:
    assert "Import races" in browser.as_(world.pi).get("/studies/demo/races").text
    observer = browser.as_(world.observer).get("/studies/demo/races").text
    assert "No races yet" in observer
    assert "Import races" not in observer


def everywhere(world: World) -> list[str]:
    return ["/studies/demo/races", "/studies/demo/races/import", f"/studies/demo/races/{new_id()}"]


def test_a_stranger_finds_no_races_and_a_visitor_is_asked_to_sign_in(world: World, browser: Browser) -> None:
    for address in everywhere(world):
        assert browser.as_(world.outsider).get(address).status_code == 404
        assert browser.get(address).status_code == 303
    assert send(browser.as_(world.outsider), KOYANDY)[0] == 404


def test_a_race_that_is_not_there_is_not_found(world: World, browser: Browser) -> None:
    assert browser.as_(world.pi).get(f"/studies/demo/races/{new_id()}").status_code == 404
    assert browser.as_(world.pi).get("/studies/demo/races/nonsense").status_code == 404


@pytest.mark.parametrize("who", ["coder", "observer", "admin"])
def test_importing_is_not_offered_to_those_who_may_not(world: World, browser: Browser, who: str) -> None:
    person = browser.as_(world.by_name[who])
    assert person.get("/studies/demo/races/import").status_code == 403
    assert send(person, KOYANDY)[0] == 403


def test_a_file_is_imported_through_the_page(home: Home, world: World, browser: Browser) -> None:
    researcher = browser.as_(world.researcher)
    status, page = send(researcher, KOYANDY)
    assert (status, "2 new" in page) == (200, True)
    status, page = send(researcher, BALLOT)
    assert (status, "Candidates of 1 race" in page) == (200, True)


@pytest.mark.parametrize(
    ("raw", "status", "words"),
    [
        (None, 422, "Choose a file first."),
        (b"", 422, "The file is empty"),
        (b"%PDF-1.7 not a table", 415, "This is no table"),
        (b"race_id,unit\nPRI-1,X\n", 422, "columns are missing"),
        (table(ROW, ROW), 422, "The key PRI-1 stands already in line 2"),
        (b"a\x00b,c\n1,2\n", 415, "zero bytes"),
    ],
    ids=["no file", "empty", "a PDF", "columns missing", "a key twice", "NULs"],
)
def test_a_bad_file_gets_a_plain_sentence_and_nothing_is_stored(
    home: Home, world: World, browser: Browser, raw: bytes | None, status: int, words: str
) -> None:
    answered, page = send(browser.as_(world.pi), raw)
    assert (answered, words in page) == (status, True)
    with home.data.read() as db:
        assert count(db, Round) == 0


def test_contradictions_of_a_file_are_listed(home: Home, world: World, browser: Browser) -> None:
    _status, page = send(browser.as_(world.pi), SYNTHETIC)
    assert "Contradictions in the file" in page
    assert "SYN-0003" in page
