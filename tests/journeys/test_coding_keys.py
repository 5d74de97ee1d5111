"""An invented interview coded by keyboard alone with a Russian layout; keys of one's own; by thumb at 390 pixels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from qualcoder.home import Home
from tests.barriers import no_barriers
from tests.homes import World
from tests.journeys.coding_acts import saved, selected
from tests.journeys.coding_desk import CodingDesk, coding_desk
from tests.journeys.keyboard import Keyboard
from tests.served import PATIENCE_MS, Troubles, visiting

pytestmark = [pytest.mark.journey, pytest.mark.slow]

TEXT = """\
Интервьюер: Как прошли выборы акима?
Респондент: Зимой дорогу к селу замело. Воды не было с осени, носили из колодца. В 2022 г. в ст. 5 закона всё поменяли.
Интервьюер: Кто помогал кандидатам?
Респондент: Партия дала машины и людей. Старейшины дали бата, Т. О. Мысал видел. Инстаграм читали 👨‍👩‍👧 вечером.
Респондент: Қандастар келді, жаңа үй салды. Подсчёт был честный, я сам стоял рядом.
"""


@pytest.fixture
def desk(home: Home, world: World) -> Iterator[CodingDesk]:
    with coding_desk(home, world, TEXT) as made:
        yield made


def palette(page: Page, *, is_open: bool) -> None:
    (expect(page.locator("#palette")).to_be_visible if is_open else expect(page.locator("#palette")).to_be_hidden)()


def first_option(page: Page, label: str) -> None:
    expect(page.locator("#palette-options [aria-selected=true]")).to_contain_text(label)


def not_over_the_passage(page: Page) -> None:
    """The list of codes and the selection share no pixel, and the selection is on the screen."""
    assert page.evaluate(
        """() => {
          const list = document.querySelector("#palette").getBoundingClientRect();
          return [...getSelection().getRangeAt(0).getClientRects()].every((r) => r.top >= 0 && r.bottom <= innerHeight
            && (r.right <= list.left || r.left >= list.right || r.bottom <= list.top || r.top >= list.bottom));
        }"""
    ), "the list lies over the passage"


def test_an_interview_is_coded_by_keyboard_alone_with_a_russian_layout(
    desk: CodingDesk, chrome: Browser, troubles: Troubles
) -> None:
    with visiting(chrome, desk.served, troubles, language="ru", token=desk.token) as page:
        page.goto(desk.path)
        page.focus("#transcript")
        keys = Keyboard(page, "ru")
        # A sentence by arrow or letter; bounds know "г." and "ст.".
        keys.press("KeyJ", "KeyJ", "ArrowDown")
        assert selected(page) == "Зимой дорогу к селу замело."
        # Any letter opens the list beside the passage, also those that move while nothing is selected.
        keys.type("снег")
        palette(page, is_open=True)
        first_option(page, "Дороги")
        not_over_the_passage(page)
        expect(page.locator("#palette-help")).to_contain_text("Не применять")
        keys.press("Enter")
        palette(page, is_open=False)
        keys.press("ArrowDown", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft")
        assert selected(page) == "Воды не было с осени, носили"
        keys.press("Control+Shift+ArrowRight")
        assert selected(page).startswith("не было")
        keys.press("Control+Shift+ArrowLeft")
        two_codes_on_one_stretch(page, keys, desk)
        claims_and_a_memo(page, keys, desk)
        hot_codes_and_a_new_one(page, keys)
        passages_and_places(page, keys, desk)


def two_codes_on_one_stretch(page: Page, keys: Keyboard, desk: CodingDesk) -> None:
    """The list stays open for a second code; the other layout is no obstacle."""
    # Two codes on one stretch, the second with the layout of the other keyboard left on.
    keys.type("вода")
    keys.press("Shift+Enter")
    expect(page.locator("#palette-query")).to_have_value("")
    keys.type("zakon")  # gives nothing on this layout but blanks
    keys.press("Escape")
    Keyboard(page, "en").type(";fk")
    first_option(page, "Недовольство положением дел")
    keys.press("Enter")
    keys.press("ArrowDown")
    assert selected(page) == "В 2022 г. в ст. 5 закона всё поменяли."
    keys.type("реф")
    first_option(page, "Правила выборов")
    keys.press("Enter")
    saved(page)
    assert len(desk.codings()) == 4


def claims_and_a_memo(page: Page, keys: Keyboard, desk: CodingDesk) -> None:
    """Extent, claims, weight, doubt and a memo of the coding just made."""
    # The coding at hand gets its claims; its stretch becomes shorter.
    keys.press(
        "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+KeyE", "Shift+Digit2", "Shift+KeyW", "Shift+KeyW", "Shift+KeyU"
    )
    saved(page)
    rules = desk.codings()[-1]
    assert (rules.valence, rules.weight, rules.is_unsure) == ("hinders", 2, True)
    assert rules.end - rules.start == len("В 2022 г. в ст. 5 закона всё")
    keys.press("Shift+KeyM")
    expect(page.locator("#memo-body")).to_be_focused()
    page.keyboard.type("Проверить год")
    no_barriers(page)
    keys.press("Control+Enter")
    expect(page.locator("#memo-box")).to_be_hidden()
    expect(page.locator("#codes-on-turn")).to_contain_text("заметка")
    # The coding just made, in full beside the text, with the memo that was just written.
    page.locator("#codes-on-turn button.name", has_text="Правила выборов").click()
    inspector = page.locator("#inspector")
    expect(inspector.locator(".inspected-code")).to_contain_text("Правила выборов")
    expect(inspector).to_contain_text("Проверить год")
    expect(inspector).to_contain_text("Не применять")
    no_barriers(page)
    inspector.locator("[data-passage='1']").click()
    expect(page.locator("#said")).to_contain_text("1")
    page.locator("#t2").focus()


def hot_codes_and_a_new_one(page: Page, keys: Keyboard) -> None:
    """A number, the last code again, and the words themselves as a code."""
    # The next turns: hot codes, the last one again, the whole turn, a name for a new code.
    keys.press("Control+ArrowDown", "Control+ArrowDown", "ArrowDown")
    assert selected(page) == "Партия дала машины и людей."
    keys.type("машин")
    keys.press("Enter")
    keys.press("ArrowDown")
    assert selected(page) == "Старейшины дали бата, Т. О. Мысал видел."
    keys.type("бата")
    keys.press("Enter")
    keys.press("ArrowDown")
    assert selected(page) == "Инстаграм читали 👨‍👩‍👧 вечером."
    keys.press("Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft")
    assert selected(page) == "Инстаграм читали"
    keys.press("Shift+ArrowRight")
    assert selected(page).endswith("👨‍👩‍👧")
    keys.press("Digit1")
    keys.press("Escape", "KeyJ", "KeyS")
    assert selected(page) == "Қандастар келді, жаңа үй салды."
    keys.press("Period")
    keys.press(*["Shift+ArrowLeft"] * 4, "Shift+KeyI")
    expect(page.locator("#palette-query")).to_have_value("Қандастар келді")
    keys.press("Control+Enter")
    palette(page, is_open=False)
    expect(page.locator("#tree .proposed")).to_have_count(1)
    saved(page)
    expect(page.locator("#codes-on-turn")).to_contain_text("Қандастар келді")


def passages_and_places(page: Page, keys: Keyboard, desk: CodingDesk) -> None:
    """From passage to passage, away and back, and to a turn by its number."""
    # From one passage of a code to the next, over turns; then one is removed and comes back.
    keys.press("Shift+KeyP")
    expect(page.locator("#said")).to_contain_text("1")
    before = len(desk.codings())
    keys.press("Delete")
    saved(page)
    assert len(desk.codings()) == before - 1
    keys.press("Control+KeyZ")
    saved(page)
    assert len(desk.codings()) == before
    # Anywhere by a few letters.
    keys.press("Control+KeyK")
    expect(page.locator("#go-query")).to_be_focused()
    keys.type("2")
    no_barriers(page)
    keys.press("Enter")
    expect(page.locator("#t2")).to_be_focused()


def test_keys_of_ones_own_are_kept_and_single_characters_go_off(
    desk: CodingDesk, chrome: Browser, troubles: Troubles
) -> None:
    with visiting(chrome, desk.served, troubles, language="ru", token=desk.token, dark=True) as page:
        page.goto(desk.path)
        page.focus("#transcript")
        keys = Keyboard(page, "ru")
        keys.press("Shift+Digit7")  # the question mark of this layout
        expect(page.locator("#keys")).to_be_visible()
        no_barriers(page)
        change = page.locator("#change-turn-next")
        change.click()
        expect(page.locator("#keys-said")).to_contain_text(page.locator("#does-turn-next").inner_text())
        keys.press("Shift+KeyU")
        expect(page.locator("#keys-said")).to_contain_text(page.locator("#does-unsure").inner_text())
        keys.press("KeyX")
        expect(page.locator("tr[data-does=turn-next] kbd")).to_have_text(["X"])
        change.click()
        keys.press("Escape")
        expect(page.locator("#keys")).to_be_visible()
        keys.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()
        page.reload()
        page.focus("#transcript")
        keys.press("KeyX", "KeyX")
        expect(page.locator("#t2")).to_be_focused()
        # Without single characters letters, digits and signs do nothing; arrows, Enter and the buttons go on.
        page.locator("#show-keys").click()
        page.locator("#keys-singles").uncheck()
        no_barriers(page)
        keys.press("Escape")
        page.focus("#t2")
        keys.press("ArrowDown", "KeyX", "Digit1", "Period", "Shift+KeyT")
        assert selected(page) == "Зимой дорогу к селу замело."
        palette(page, is_open=False)
        keys.press("Enter")
        palette(page, is_open=True)
        no_barriers(page)
        keys.press("Escape")
        page.locator("#show-keys").click()
        page.locator("#keys-reset").click()
        expect(page.locator("tr[data-does=turn-next] kbd")).to_have_count(2)
        assert desk.codings() == []


def test_a_coder_works_by_thumb_on_a_telephone(desk: CodingDesk, chrome: Browser, troubles: Troubles) -> None:
    context = chrome.new_context(
        base_url=desk.served.url, locale="ru", viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True
    )
    troubles.watch(context)
    context.add_cookies([{"name": "qc", "value": desk.token, "url": desk.served.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(desk.path)
    long_press(page, "замело")
    expect(page.locator("#thumb")).to_be_visible()
    assert selected(page) == "замело"
    page.locator("#thumb [data-act=sentence]").tap()
    expect(page.locator("#quote-now")).to_have_text("Зимой дорогу к селу замело.")
    page.locator("#thumb [data-act=less]").tap()
    page.locator("#thumb [data-act=code]").tap()
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 780})
        palette(page, is_open=True)
        expect(page.locator("#palette")).to_be_in_viewport(ratio=0.99)
        not_over_the_passage(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        no_barriers(page)
    page.locator("#palette-query").fill("снег")
    page.locator("#palette-options .option").first.tap()
    saved(page)
    assert len(desk.codings()) == 1
    # The code just given stands under the thumb with its number: one tap gives it.
    page.locator("#thumb [data-act=more]").tap()
    chip = page.locator("#chips .chip", has_text="Дороги")
    expect(chip).to_be_in_viewport()
    box = chip.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    no_barriers(page)
    page.locator("#thumb [data-act=sentence]").tap()
    page.locator("#thumb [data-act=sentence]").tap()
    expect(page.locator("#quote-now")).to_contain_text("2022")
    chip.tap()
    expect(page.locator("#t2 li[data-coding]")).to_have_count(2)
    saved(page)
    assert len(desk.codings()) == 2
    # The words themselves as a new code.
    page.locator("#thumb [data-act=code]").tap()
    page.locator("#palette-propose").tap()
    expect(page.locator("#t2 li[data-coding]")).to_have_count(3)
    saved(page)
    context.close()


def long_press(page: Page, word: str) -> None:
    """A finger held on a word, as the page hears of it where the browser selects nothing by itself."""
    page.evaluate(
        """(word) => {
          const walker = document.createTreeWalker(document.querySelector("#transcript"), NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const words = walker.currentNode;
            const x = words.parentElement.closest(".x");
            const at = words.data.indexOf(word);
            if (!x || at < 0) continue;
            x.scrollIntoView({ block: "center" });
            const range = new Range();
            range.setStart(words, at);
            range.setEnd(words, at + word.length);
            const box = range.getBoundingClientRect();
            const place = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 };
            const options = { ...place, pointerType: "touch", bubbles: true, cancelable: true };
            x.dispatchEvent(new PointerEvent("contextmenu", options));
            return;
          }
        }""",
        word,
    )
