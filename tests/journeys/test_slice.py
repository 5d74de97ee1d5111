"""The whole slice through the pages, in Russian and in Kazakh: from the first invitation to the file for Stata."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from pandas.io.stata import StataReader
from playwright.sync_api import Browser, Page, expect

from qualcoder.codebooks.files import read_yaml
from qualcoder.codebooks.stata_names import cut_label
from qualcoder.core.catalogue import catalogue
from tests.journeys import acts, coding_acts
from tests.journeys.acts import SLUG, Street, Upload
from tests.journeys.conftest import House
from tests.served import ROOT, Troubles

pytestmark = [pytest.mark.journey, pytest.mark.slow]

FILES = ROOT / "tests" / "data"
EXPECTED: dict[str, Any] = yaml.safe_load((FILES / "slice_expected.yaml").read_text("utf-8"))
BOOK = {entry.code: entry for entry in read_yaml(acts.CODEBOOK.read_bytes()).codes}
PI, RESEARCHER, CODER = ("pi@slice.example", "researcher@slice.example", "coder@slice.example")
CODER_NAME = "Coder Oydantap"
RACES = ("KOY-2022-2", "KOY-2022-1")
HAND_COUNT = {
    (code, race): tuple(EXPECTED["matrix"].get(code, {}).get(race, (0, 0))) for code in BOOK for race in RACES
}


def label_of(code: str, language: str) -> str:
    return str(getattr(BOOK[code].label, language))


def test_from_the_first_invitation_to_the_file_for_stata(
    house: House, chrome: Browser, troubles: Troubles, tmp_path: Path
) -> None:
    """In Kazakh, with a Kazakh and a Russian interview and a second reader."""
    language, order = "kk", ("slice_kk.txt", "slice_ru.txt")
    troubles.expect(acts.REFUSED)
    street = Street(chrome, house.served, troubles, language)
    invitations = found_the_study(street, house.invitation)
    prepare(street, invitations[PI])
    serials = {}
    with street.browser() as page:
        acts.accept_invitation(page, invitations[RESEARCHER], language)
        for number, name in enumerate(order, start=1):
            serials[name] = f"T-{number:03d}"
            bring_in(page, name)
            finish_first_reading(page)
            read_as_second(street, serials[name])
        for name in order:
            for link in EXPECTED["files"][name]["races"][1:]:
                acts.link_race(page, serials[name], link["race"], link["type"])
    with street.browser() as page:
        acts.accept_invitation(page, invitations[CODER], language)
        for name in order:
            code_everything(page, name, serials[name], language)
            nothing_identifies_on(page, name)
    with street.browser() as page:
        acts.sign_in(page, PI)
        the_matrix_is_the_hand_count(page)
        a_cell_leads_to_its_passages(page)
        stata_holds_the_hand_count(export(page, tmp_path, "dta", "wide"), language)
        csv_holds_the_hand_count(export(page, tmp_path, "csv", "long"), language)
    verified = house.served.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout
    assert not list(house.temporary.iterdir())


def found_the_study(street: Street, invitation: str) -> Mapping[str, str]:
    """The administrator comes in and invites everybody."""
    with street.browser() as page:
        acts.accept_invitation(page, invitation, street.language)
        acts.create_study(page)
        return {
            PI: acts.invite(page, PI, "Principal Oydantapqyzy", "pi"),
            RESEARCHER: acts.invite(page, RESEARCHER, "Researcher Vydumanov", "researcher"),
            CODER: acts.invite(page, CODER, CODER_NAME, "coder"),
        }


def prepare(street: Street, invitation: str) -> None:
    """The PI makes the study ready for interviews."""
    with street.browser() as page:
        acts.accept_invitation(page, invitation, street.language)
        acts.open_identity_vault(page)
        acts.set_rules(page, second_reader=True)
        acts.import_codebook(page)
        expect(page.locator(".code-list > li")).to_have_count(len(BOOK))
        acts.import_races(page, acts.RACES / "koyandy_race.csv")
        expect(page.locator(".flash.is-good")).to_be_visible()
        acts.import_races(page, acts.RACES / "koyandy_candidates.csv")
        expect(page.locator(".flash.is-good")).to_be_visible()
        page.goto(f"/studies/{SLUG}/races")
        expect(page.locator("tbody th")).to_have_text(sorted(RACES))


def bring_in(page: Page, name: str) -> None:
    """The researcher uploads a file and decides every finding."""
    told = EXPECTED["files"][name]
    first = told["races"][0]
    acts.upload(page, Upload(FILES / name, told["category"], first["race"], first["type"], told["language"], name))
    expect(page.locator("tbody th")).to_have_text(told["speakers"])
    assert sum(int(cell) for cell in page.locator("tbody td.num").all_inner_texts()) == told["turns"]
    acts.confirm_speakers(page)
    a_name_is_kept_with_a_reason_only(page)
    acts.review_by_keyboard(page, told["identifying"])
    for words in sorted(told["identifying"], key=len, reverse=True):
        if words in acts.unmarked_text(page):
            acts.mark_missed(page, words)
    acts.read_rest(page)
    left = acts.unmarked_text(page)
    assert [words for words in told["identifying"] if words in left] == []
    assert [coding["quote"] for coding in told["codings"] if coding["quote"] not in left] == []


def a_name_is_kept_with_a_reason_only(page: Page) -> None:
    """To keep what names a person asks for a reason, by key and by mouse; without one nothing is decided."""
    acts.open_pass(page, "a")
    here = page.locator("form.finding.tier-a").first.get_attribute("data-finding")
    form = page.locator(f"form[data-finding='{here}']")
    while form.and_(page.locator(".is-current")).count() == 0:
        page.keyboard.press("j")
    page.keyboard.press("r")
    expect(form.locator("[name=reason]")).to_be_focused()
    form.locator("button[value=keep]").click()
    expect(form.locator("[name=reason]")).to_be_focused()
    expect(form.and_(page.locator(".is-current:not([data-decided])"))).to_have_count(1)
    form.locator("[name=reason]").fill("a word of the test")
    page.keyboard.press("Enter")
    expect(form.and_(page.locator("[data-decided]"))).to_contain_text("a word of the test")
    expect(form.locator(".proposal mark.is-kept")).to_have_count(1)
    acts.settled(page)
    page.keyboard.press("k")
    page.keyboard.press("u")
    expect(form.and_(page.locator(".is-current:not([data-decided])"))).to_have_count(1)


def finish_first_reading(page: Page) -> None:
    page.locator("#release button.is-primary").click()
    page.wait_for_url(re.compile(r"/transcripts$"))


def read_as_second(street: Street, serial: str) -> None:
    """The PI reads after the researcher, and releases."""
    with street.browser() as page:
        acts.sign_in(page, PI)
        page.goto(f"/studies/{SLUG}/transcripts")
        page.get_by_role("link", name=serial, exact=True).click()
        page.wait_for_url(re.compile(r"/review$"))
        acts.agree_by_keyboard(page)
        acts.read_rest(page)
        acts.release(page, CODER_NAME)


def code_everything(page: Page, name: str, serial: str, language: str) -> None:
    """The coder makes the codings of the hand count, takes one away and back, and undoes."""
    codings = EXPECTED["files"][name]["codings"]
    ways = {0: coding_acts.select_with_keys, 1: coding_acts.select_with_mouse}
    acts.open_for_coding(page, serial)
    for number, coding in enumerate(codings):
        ways.get(number, coding_acts.select_by_script)(page, coding["quote"])
        coding_acts.choose_code(page, label_of(coding["code"], language))
        expect(coding_acts.codings_of(page, coding["code"], coding["quote"])).to_have_count(1)
        coding_acts.expect_marked(page, coding["quote"])
    first = codings[0]
    mine = coding_acts.codings_of(page, first["code"], first["quote"])
    page.locator("#transcript .turn .x", has_text=first["quote"]).click(position={"x": 5, "y": 8})
    page.locator(f"#codes-on-turn li[data-coding='{mine.get_attribute('data-coding')}'] [data-remove]").click()
    expect(mine).to_have_count(0)
    coding_acts.select_by_script(page, first["quote"])
    coding_acts.choose_code(page, label_of(first["code"], language))
    expect(mine).to_have_count(1)
    coding_acts.select_by_script(page, codings[-1]["quote"])
    coding_acts.choose_code(page, label_of("P_OBSERVE", language))
    expect(page.locator("#transcript li[data-coding]")).to_have_count(len(codings) + 1)
    page.keyboard.press("Control+z")
    expect(page.locator("#transcript li[data-coding]")).to_have_count(len(codings))
    coding_acts.saved(page)
    page.reload()
    assert coding_acts.total(page) == len(codings)


def nothing_identifies_on(page: Page, name: str) -> None:
    seen = page.content()
    assert [words for words in EXPECTED["files"][name]["identifying"] if words in seen] == []


def the_matrix_is_the_hand_count(page: Page) -> None:
    page.goto(f"/studies/{SLUG}/matrix")
    cells = page.evaluate(
        """() => [...document.querySelectorAll("#matrix tr[data-code] td[data-race]")].map((td) => [
          td.closest("tr").dataset.code, td.dataset.race,
          Number(td.querySelector(".segments").textContent), Number(td.querySelector(".respondents").textContent)])"""
    )
    shown = {(code, race): (segments, respondents) for code, race, segments, respondents in cells}
    assert len(shown) == len(cells)
    assert {place: shown.get(place, (0, 0)) for place in HAND_COUNT} == HAND_COUNT


def a_cell_leads_to_its_passages(page: Page) -> None:
    page.locator("tr[data-code=GATEK] td[data-race='KOY-2022-2'] a").click()
    expect(page.locator(".passages blockquote").first).to_be_visible()
    quotes = [
        coding["quote"]
        for told in EXPECTED["files"].values()
        for coding in told["codings"]
        if coding["code"] == "GATEK"
    ]
    assert sorted(page.locator(".passages blockquote").all_inner_texts()) == sorted(quotes)


def export(page: Page, folder: Path, form: str, shape: str) -> Path:
    """Ask for an export, wait for the worker, download."""
    page.goto(f"/studies/{SLUG}/matrix")
    page.select_option("#f-format", form)
    page.select_option("#f-shape", shape)
    acts.submit(page, "/matrix/exports")
    link = page.locator("#export a.is-primary")
    link.wait_for(timeout=300_000)
    with page.expect_download() as download:
        link.click()
    path = folder / f"{shape}.{form}"
    download.value.save_as(path)
    return path


def stata_holds_the_hand_count(path: Path, language: str) -> None:
    with StataReader(path, convert_categoricals=False) as reader:
        labels = reader.variable_labels()
        meanings = reader.value_labels().values()
    frame = pd.read_stata(path, convert_categoricals=False).set_index("race_id")
    assert set(frame.index) == set(RACES)
    say = catalogue(language).text
    assert say("Segments") != "Segments"
    assert {0: say("absent"), 1: say("present")} in meanings
    found = {}
    for (code, race), _figures in HAND_COUNT.items():
        if not BOOK[code].codable:
            continue
        stem = BOOK[code].stata
        found[code, race] = (frame[f"{stem}_n"].to_dict()[race], frame[f"{stem}_r"].to_dict()[race])
        assert labels[f"{stem}_n"] == cut_label(f"{say('Segments')}: {label_of(code, language)}")
    assert found == {place: figures for place, figures in HAND_COUNT.items() if place in found}


def csv_holds_the_hand_count(path: Path, language: str) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {(row["code"], row["race_id"]): (int(row["seg"]), int(row["n_resp"])) for row in rows}
    assert found == {place: figures for place, figures in HAND_COUNT.items() if place in found}
    assert {row["code"]: row["code_label"] for row in rows} == {code: label_of(code, language) for code, _race in found}
    assert set(EXPECTED["matrix"]) <= {code for code, _race in found}
