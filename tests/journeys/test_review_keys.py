"""The review with the keyboard alone, by two readers, on a page in Russian and in Kazakh, with a Cyrillic layout."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys import acts
from tests.journeys.acts import SLUG, Street, Upload
from tests.journeys.conftest import House
from tests.served import Troubles

pytestmark = [pytest.mark.journey, pytest.mark.slow]

PI, RESEARCHER, CODER = "pi@keys.example", "researcher@keys.example", "coder@keys.example"
CODER_NAME = "Coder Oylapova"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What a Russian or a Kazakh layout gives on the keys that the page listens to.
LETTERS = {"KeyA": "ф", "KeyR": "к", "KeyJ": "о", "KeyK": "л", "KeyU": "г", "KeyM": "ь", "KeyN": "т", "KeyE": "у"}
TEXTS = {
    "ru": """\
Интервьюер: Кто приходил зимой?
Респондент: Приходил Серик Выдуманов. Серик Выдуманов обещал воду. Люди звали его «хромой». Потом с хромым говорили.
Интервьюер: А где это было?
Респондент: В селе Примерное, у школы. Телефон его +7 700 000 00 11.
""",
    "kk": """\
Сұхбаткер: Қыста кім келді?
Респондент: Серік Ойдантап келді. Серік Ойдантап су берем деді. Жұрт оны шойнақ дейтін. Кейін шойнақпен сөйлестік.
Сұхбаткер: Бұл қайда болды?
Респондент: Мысалауыл ауылында, мектептің жанында. Телефоны +7 700 000 00 12.
""",
}
# A nickname, which no detector knows.
MISSED = {"ru": "хромой", "kk": "шойнақ"}
FIRST_NAMED = {"ru": "Выдуманов", "kk": "Ойдантап"}
SELECT = """(words) => {
  const walker = document.createTreeWalker(document.querySelector("#rest"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(words);
    if (at < 0) continue;
    getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length);
    return true;
  }
  return false;
}"""


def press(page: Page, code: str, *, shift: bool = False) -> None:
    """Press a key by its place, with the letter that a Cyrillic layout gives."""
    key = LETTERS.get(code, "")
    page.evaluate(
        """([code, key, shiftKey]) => document.activeElement.dispatchEvent(
          new KeyboardEvent("keydown", {code, key, shiftKey, bubbles: true, cancelable: true}))""",
        [code, key.upper() if shift else key, shift],
    )


def no_barrier(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": TAGS}).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_two_readers_review_with_the_keyboard_alone(
    house: House, chrome: Browser, troubles: Troubles, tmp_path: Path, language: str
) -> None:
    troubles.expect(acts.REFUSED)
    street = Street(chrome, house.served, troubles, language)
    with street.browser() as page:
        acts.accept_invitation(page, house.invitation, language)
        acts.create_study(page)
        invitations = {
            PI: acts.invite(page, PI, "Principal Oydantapqyzy", "pi"),
            RESEARCHER: acts.invite(page, RESEARCHER, "Researcher Vydumanov", "researcher"),
            CODER: acts.invite(page, CODER, CODER_NAME, "coder"),
        }
    with street.browser() as page:
        acts.accept_invitation(page, invitations[PI], language)
        acts.open_identity_vault(page)
        acts.set_rules(page, second_reader=True)
        acts.import_codebook(page)
    file = tmp_path / "keys.txt"
    file.write_text(TEXTS[language], "utf-8")
    with street.browser() as page:
        acts.accept_invitation(page, invitations[RESEARCHER], language)
        acts.upload(page, Upload(file, language=language))
        acts.confirm_speakers(page)
        read_first(page, language)
    with street.browser() as page:
        acts.sign_in(page, PI)
        page.goto(f"/studies/{SLUG}/transcripts?state=second_read")
        page.locator("tbody th a").click()
        read_second(page, language)
        acts.release(page, CODER_NAME)
        text = page.locator("#transcript").inner_text().casefold()
        assert MISSED[language].casefold() not in text
        assert FIRST_NAMED[language] in page.locator("#transcript").inner_text()


def read_first(page: Page, language: str) -> None:
    """All passes: whole things at once, one kept with a reason, one taken back; then a missed name in the text."""
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    no_barrier(page)
    page.keyboard.press("Escape")
    press(page, "KeyJ")
    kept = page.locator("form[data-finding].is-current")
    here = kept.get_attribute("data-finding")
    press(page, "KeyR")
    page.keyboard.type("Публичное лицо" if language == "ru" else "Қоғам қайраткері")
    page.keyboard.press("Enter")
    decided = page.locator(f"form[data-finding='{here}'][data-decided]")
    expect(decided).to_have_count(1)
    press(page, "KeyU")
    expect(decided).to_have_count(0)
    expect(page.locator(f"form[data-finding='{here}'].is-current")).to_be_focused()
    press(page, "KeyR")
    page.keyboard.type("Публичное лицо" if language == "ru" else "Қоғам қайраткері")
    page.keyboard.press("Enter")
    expect(decided).to_have_count(1)
    while page.locator("#review").get_attribute("data-pass") != "rest":
        which = page.locator("#review").get_attribute("data-pass")
        left = page.locator("form[data-finding]:not([data-done])")
        while before := left.count():
            if not left.and_(page.locator(".is-current")).count():
                press(page, "KeyJ")
            press(page, "KeyA", shift=before % 2 == 0)
            page.wait_for_function(
                "(n) => document.querySelectorAll('form[data-finding]:not([data-done])').length < n", arg=before
            )
        no_barrier(page)
        press(page, "KeyN")
        page.wait_for_url(re.compile(rf"pass=(?!{which})"))
    mark_what_was_missed(page, language)
    no_barrier(page)
    read_the_rest(page)
    page.locator("#release button.is-primary").press("Enter")
    page.wait_for_url(re.compile(r"/transcripts$"))


def mark_what_was_missed(page: Page, language: str) -> None:
    assert page.evaluate(SELECT, MISSED[language])
    press(page, "KeyM")
    expect(page.locator("#f-words")).to_have_value(MISSED[language])
    expect(page.locator("form[data-only-here]")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#f-label")).to_have_value("PLACE_FINE")
    page.keyboard.press("1")
    expect(page.locator("#f-label")).to_have_value("PERSON")
    page.keyboard.press("Enter")
    expect(page.locator("#missed input[name=places]").first).to_be_checked()
    n = page.locator("#missed input[name=places]").count()
    page.locator("#missed button.is-primary").press("Enter")
    page.wait_for_url(re.compile(r"marked="))
    expect(page.locator("form[data-unmark]")).to_be_visible()
    expect(page.locator("#rest mark.is-replaced", has_text=MISSED[language]).first).to_be_visible()
    press(page, "KeyU")
    page.wait_for_url(re.compile(r"at=\d+$"))
    expect(page.locator("form[data-unmark]")).to_have_count(0)
    expect(page.locator("#rest mark.is-replaced", has_text=MISSED[language])).to_have_count(0)
    assert page.evaluate(SELECT, MISSED[language])
    press(page, "KeyM")
    page.keyboard.press("Enter")
    expect(page.locator("#missed input[name=places]")).to_have_count(n)
    page.locator("#missed button.is-primary").press("Enter")
    page.wait_for_url(re.compile(r"marked="))
    expect(page.locator("#rest mark.is-replaced", has_text=MISSED[language]).first).to_be_visible()


def read_the_rest(page: Page) -> None:
    while left := page.locator("form.part-end").count():
        if not page.locator("[data-part].is-current:has(form.part-end)").count():
            press(page, "KeyJ")
        press(page, "KeyA")
        expect(page.locator("form.part-end")).to_have_count(left - 1)
    expect(page.locator("#announce")).to_contain_text("1")


def read_second(page: Page, language: str) -> None:
    """What the first kept is seen with the reason and agreed to; something replaced is kept, and that taken back."""
    reason = "Публичное лицо" if language == "ru" else "Қоғам қайраткері"
    expect(page.locator("#release [data-lock=unagreed]")).to_have_count(1)
    expect(page.locator(".said", has_text=reason)).to_contain_text("Researcher Vydumanov")
    press(page, "KeyJ")
    form = page.locator("form[data-finding].is-current")
    expect(form.locator(".said")).to_contain_text(reason)
    press(page, "KeyA")
    expect(page.locator("#release [data-lock=unagreed]")).to_have_count(0)
    other = page.locator("form[data-finding].is-current")
    expect(other.and_(page.locator(":not([data-done])"))).to_have_count(1)
    here = other.get_attribute("data-finding")
    press(page, "KeyR")
    page.keyboard.type(reason)
    page.keyboard.press("Enter")
    expect(page.locator(f"form[data-finding='{here}'] .otherwise")).to_have_count(1)
    expect(page.locator("#release [data-lock=unagreed]")).to_have_count(1)
    no_barrier(page)
    press(page, "KeyU")
    expect(page.locator(f"form[data-finding='{here}'] .otherwise")).to_have_count(0)
    expect(page.locator("#release [data-lock=unagreed]")).to_have_count(0)
    acts.open_pass(page, "rest")
    expect(page.locator("#release [data-lock=unread]")).to_have_count(1)
    read_the_rest(page)
