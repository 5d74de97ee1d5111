"""The review with the keyboard alone, by two readers, in three languages; in two of them with a Cyrillic layout.

Nothing here waits for a while: each step waits for what the page shows of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.barriers import no_barriers
from tests.journeys import acts
from tests.journeys.acts import SLUG, Street, Upload
from tests.journeys.conftest import House
from tests.served import Troubles

pytestmark = [pytest.mark.journey, pytest.mark.slow]

PI, RESEARCHER, CODER = "pi@keys.example", "researcher@keys.example", "coder@keys.example"
CODER_NAME = "Coder Oylapova"
# What a Russian or a Kazakh layout gives on the keys that the page listens to.
LETTERS = {
    "KeyA": "ф",
    "KeyR": "к",
    "KeyJ": "о",
    "KeyK": "л",
    "KeyL": "д",
    "KeyU": "г",
    "KeyM": "ь",
    "KeyN": "т",
    "KeyE": "у",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An interview: a name twice and once more, a village twice, a clan, and a nickname that no search knows."""

    text: str
    named: str
    missed: str
    clan: str
    reason: str
    instead: str


TEXTS = {
    "en": Told(
        """\
Interviewer: Who came in winter?
Respondent: Serik Vydumanov came. Serik Vydumanov promised water. People called him "limper". Then we spoke to limper.
Interviewer: Where was that?
Respondent: In the village of Primernoye, by the school. We are from the Naiman clan, he is not from the Naiman clan.
Respondent: I am 47 years old. His phone is +7 700 000 00 13.
""",
        "Vydumanov",
        "limper",
        "Naiman",
        "A public figure",
        "somebody",
    ),
    "kk": Told(
        """\
Сұхбаткер: Қыста кім келді?
Респондент: Серік Ойдантап мырза келді. Серік Ойдантап мырза су берем деді.
Респондент: Жұрт оны шойнақ дейтін. Кейін шойнақпен сөйлестік.
Сұхбаткер: Бұл қайда болды?
Респондент: Мысалауыл ауылында, мектептің жанында. Біз Найман руынанбыз, ол Найман руынан емес.
Респондент: Жасым 47 жаста. Телефоны +7 700 000 00 12.
""",
        "Ойдантап",
        "шойнақ",
        "Найман",
        "Қоғам қайраткері",
        "біреу",
    ),
}
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


@dataclass(frozen=True, slots=True)
class Keys:
    """A keyboard of a layout, on a page that is ready for it."""

    page: Page
    language: str

    def press(self, code: str, *, shift: bool = False) -> None:
        """Press a key by its place once the page has answered; a Cyrillic layout gives another letter."""
        acts.settled(self.page)
        if self.language == "en" or code not in LETTERS:
            self.page.keyboard.press(f"Shift+{code}" if shift else code)
            return
        key = LETTERS[code]
        self.page.evaluate(
            """([code, key, shiftKey]) => document.activeElement.dispatchEvent(
              new KeyboardEvent("keydown", {code, key, shiftKey, bubbles: true, cancelable: true}))""",
            [code, key.upper() if shift else key, shift],
        )

    def type(self, words: str) -> None:
        """Type into the field that has the focus, and press Enter."""
        expect(self.page.locator("input:focus")).to_have_count(1)
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

    @property
    def current(self) -> Locator:
        return self.page.locator("form[data-finding].is-current")

    @property
    def left(self) -> Locator:
        return self.page.locator("form[data-finding]:not([data-done])")

    def to_open(self) -> None:
        """Go to a place that waits, if the page has not gone there by itself."""
        acts.settled(self.page)
        for _ in range(self.page.locator("form[data-finding]").count()):
            if self.left.and_(self.page.locator(".is-current")).count():
                return
            self.press("KeyJ")
        expect(self.left.and_(self.page.locator(".is-current"))).to_have_count(1)


def no_barrier(page: Page) -> None:
    acts.settled(page)
    no_barriers(page)


@pytest.mark.parametrize("language", ["en", "kk"])
def test_two_readers_review_with_the_keyboard_alone(
    house: House, chrome: Browser, troubles: Troubles, tmp_path: Path, language: str
) -> None:
    troubles.expect(acts.REFUSED)
    told = TEXTS[language]
    street = Street(chrome, house.served, troubles, language)
    with street.browser() as page:
        acts.accept_invitation(page, house.invitation, language)
        acts.create_study(page)
        invitations = {
            PI: acts.invite(page, PI, "Principal Oydantapqyzy", "pi"),
            RESEARCHER: acts.invite(page, RESEARCHER, "Researcher Vydumanova", "researcher"),
            CODER: acts.invite(page, CODER, CODER_NAME, "coder"),
        }
    with street.browser() as page:
        acts.accept_invitation(page, invitations[PI], language)
        acts.open_identity_vault(page)
        acts.set_rules(page, second_reader=True)
        acts.import_codebook(page)
    file = tmp_path / "keys.txt"
    file.write_text(told.text, "utf-8")
    with street.browser() as page:
        acts.accept_invitation(page, invitations[RESEARCHER], language)
        acts.upload(page, Upload(file, language=language))
        acts.confirm_speakers(page)
        read_first(Keys(page, language), told)
    with street.browser() as page:
        acts.sign_in(page, PI)
        page.goto(f"/studies/{SLUG}/transcripts?state=second_read")
        page.locator("tbody th a").click()
        read_second(Keys(page, language), told)
        acts.release(page, CODER_NAME)
        text = page.locator("#transcript").inner_text()
        assert told.missed not in text.casefold()
        assert told.named in text
        assert told.clan in text


def read_first(keys: Keys, told: Told) -> None:
    """All passes: one place kept with a reason and taken back, one in own words, the others at once or by one."""
    page = keys.page
    expect(page.locator("#review[data-pass=a]")).to_be_visible()
    expect(page.locator("#release [data-lock=undecided]")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    no_barrier(page)
    page.keyboard.press("Escape")
    keep_with_reason(keys, told)
    replace_in_own_words(keys, told)
    decide_pass(keys)
    choose_levels(keys)
    decide_pass(keys)
    keep_themes(keys, told)
    mark_what_was_missed(keys, told)
    no_barrier(page)
    read_the_rest(keys)
    page.locator("#release button.is-primary").press("Enter")
    page.wait_for_url(re.compile(r"/transcripts$"))


def keep_with_reason(keys: Keys, told: Told) -> None:
    page = keys.page
    keys.press("KeyJ")
    here = keys.current.get_attribute("data-finding")
    decided = page.locator(f"form[data-finding='{here}'][data-decided]")
    keys.press("KeyR")
    keys.type(told.reason)
    expect(decided).to_have_count(1)
    keys.press("KeyU")
    expect(decided).to_have_count(0)
    expect(page.locator(f"form[data-finding='{here}'].is-current")).to_be_focused()
    keys.press("KeyR")
    keys.type(told.reason)
    expect(decided).to_have_count(1)
    keys.press("KeyK")
    expect(keys.current).to_have_attribute("data-finding", here or "")


def replace_in_own_words(keys: Keys, told: Told) -> None:
    keys.to_open()
    here = keys.current.get_attribute("data-finding")
    keys.press("KeyE")
    keys.type(told.instead)
    place = keys.page.locator(f"form[data-finding='{here}'][data-decided]")
    expect(place.locator(".said")).to_contain_text(told.instead)
    keys.press("KeyU")
    expect(place).to_have_count(0)


def decide_pass(keys: Keys) -> None:
    """Accept what is left: every other time the whole thing at once; then go on to the next pass."""
    page = keys.page
    which = page.locator("#review").get_attribute("data-pass")
    while before := keys.left.count():
        keys.to_open()
        keys.press("KeyA", shift=before % 2 == 0)
        page.wait_for_function(
            "(n) => document.querySelectorAll('form[data-finding]:not([data-done])').length < n", arg=before
        )
        acts.settled(page)
    no_barrier(page)
    keys.press("KeyN")
    page.wait_for_url(re.compile(rf"pass=(?!{which})"))


def choose_levels(keys: Keys) -> None:
    """A digit and L tell every place of an indirect thing more or less closely, and U takes it back."""
    page = keys.page
    expect(page.locator("#review[data-pass=b]")).to_be_visible()
    keys.to_open()
    thing = page.locator("[data-thing]:has(.is-current)")
    buttons = thing.locator("form[data-levels] button")
    expect(buttons.and_(page.locator("[aria-pressed=true]"))).to_have_count(1)
    before = buttons.and_(page.locator("[aria-pressed=true]")).get_attribute("value") or ""
    other = buttons.and_(page.locator("[aria-pressed=false]")).first
    digit, value = other.get_attribute("data-digit"), other.get_attribute("value") or ""
    words = other.locator("b").inner_text()
    keys.press(f"Digit{digit}")
    chosen = thing.locator("form[data-levels] button[aria-pressed=true]")
    expect(chosen).to_have_attribute("value", value)
    expect(keys.current.locator("[name=replacement]")).to_have_value(words)
    keys.press("KeyU")
    expect(chosen).to_have_attribute("value", before)
    keys.press("KeyL")
    expect(chosen).not_to_have_attribute("value", before)
    no_barrier(page)


def keep_themes(keys: Keys, told: Told) -> None:
    """A clan is proposed to stay; replaced, it is a code with a letter, the same at both places."""
    page = keys.page
    expect(page.locator("#review[data-pass=c]")).to_be_visible()
    expect(page.locator("[data-thing]", has_text=told.clan)).to_have_count(1)
    keys.to_open()
    keys.press("Digit1", shift=True)
    expect(keys.left).to_have_count(0)
    said = page.locator(".said")
    expect(said.first).to_contain_text(re.compile(r"\[\S+ A\]"))
    keys.press("KeyU")
    expect(keys.left).to_have_count(2)
    decide_pass(keys)


def mark_what_was_missed(keys: Keys, told: Told) -> None:
    page = keys.page
    assert page.evaluate(SELECT, told.missed)
    keys.press("KeyM")
    expect(page.locator("#f-words")).to_have_value(told.missed)
    expect(page.locator("form[data-only-here]")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#f-label")).to_have_value("PLACE_FINE")
    page.keyboard.press("1")
    expect(page.locator("#f-label")).to_have_value("PERSON")
    page.keyboard.press("Enter")
    expect(page.locator("#missed input[name=places]").first).to_be_checked()
    n = page.locator("#missed input[name=places]").count()
    replaced = page.locator("#rest mark.is-replaced", has_text=told.missed)
    page.locator("#missed button.is-primary").press("Enter")
    page.wait_for_url(re.compile(r"marked="))
    expect(page.locator("form[data-unmark]")).to_be_visible()
    expect(replaced.first).to_be_visible()
    keys.press("KeyU")
    page.wait_for_url(re.compile(r"at=\d+$"))
    expect(page.locator("form[data-unmark]")).to_have_count(0)
    expect(replaced).to_have_count(0)
    assert page.evaluate(SELECT, told.missed)
    keys.press("KeyM")
    expect(page.locator("#f-label")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#missed input[name=places]")).to_have_count(n)
    page.locator("#missed button.is-primary").press("Enter")
    page.wait_for_url(re.compile(r"marked="))
    expect(replaced.first).to_be_visible()


def read_the_rest(keys: Keys) -> None:
    page = keys.page
    unread = page.locator("form.part-end")
    while left := unread.count():
        if not page.locator("[data-part].is-current:has(form.part-end)").count():
            keys.press("KeyJ")
        keys.press("KeyA")
        expect(unread).to_have_count(left - 1)
    expect(page.locator("#release [data-lock=unread]")).to_have_count(0)


def read_second(keys: Keys, told: Told) -> None:
    """What the first kept is seen with the reason and agreed to; something replaced is kept, and that taken back."""
    page = keys.page
    locked = page.locator("#release [data-lock=unagreed]")
    expect(locked).to_have_count(1)
    expect(page.locator(".said", has_text=told.reason)).to_contain_text("Researcher Vydumanova")
    kept = keys.current.filter(has_text=told.reason)
    for _ in range(page.locator("form[data-finding]").count()):
        if not kept.count():
            keys.press("KeyJ")
    expect(kept.locator(".said")).to_be_visible()
    keys.press("KeyA")
    expect(locked).to_have_count(0)
    acts.settled(page)
    expect(keys.current.and_(page.locator(":not([data-done])"))).to_have_count(1)
    here = keys.current.get_attribute("data-finding")
    keys.press("KeyR")
    keys.type(told.reason)
    differ = page.locator(f"form[data-finding='{here}'] .otherwise")
    expect(differ).to_have_count(1)
    expect(locked).to_have_count(1)
    no_barrier(page)
    keys.press("KeyU")
    expect(differ).to_have_count(0)
    expect(locked).to_have_count(0)
    acts.open_pass(page, "rest")
    expect(page.locator("#release [data-lock=unread]")).to_have_count(1)
    read_the_rest(keys)
