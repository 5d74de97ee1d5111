"""What a coder does on the coding page, with mouse and keys."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

# Where the words of a quote stand on the screen: the middle of its first and of its last letter, and the whole range.
PLACE = """(quote) => {
  for (const x of document.querySelectorAll("#transcript .x")) {
    const at = x.textContent.indexOf(quote);
    if (at < 0) continue;
    x.closest(".turn").scrollIntoView({block: "center"});
    const walk = document.createTreeWalker(x, NodeFilter.SHOW_TEXT);
    const place = (left) => {
      walk.currentNode = x;
      while (walk.nextNode()) {
        if (left <= walk.currentNode.data.length) return [walk.currentNode, left];
        left -= walk.currentNode.data.length;
      }
    };
    const range = new Range();
    range.setStart(...place(at));
    range.setEnd(...place(at + quote.length));
    window.__quote = range;
    const rects = [...range.getClientRects()].filter((r) => r.width);
    const [first, last] = [rects[0], rects.at(-1)];
    return {
      from: [first.left + 1, first.top + first.height / 2],
      to: [last.right - 1, last.top + last.height / 2],
    };
  }
}"""
SELECT = "() => { const s = getSelection(); s.removeAllRanges(); s.addRange(window.__quote); }"


def _place(page: Page, quote: str) -> dict[str, list[float]]:
    found = page.evaluate(PLACE, quote)
    assert found, f"these words are not on the page: {quote}"
    place: dict[str, list[float]] = found
    return place


def selected(page: Page) -> str:
    return str(page.evaluate("getSelection().toString()"))


def select_with_mouse(page: Page, quote: str) -> None:
    """Drag from the first letter to the last. What comes after the text may move it."""
    page.wait_for_selector("dl#strip")
    place = _place(page, quote)
    page.mouse.move(*place["from"])
    page.mouse.down()
    page.mouse.move(*place["to"], steps=8)
    page.mouse.up()
    expect(page.locator("#quote-now")).to_have_text(quote)


def select_with_keys(page: Page, quote: str) -> None:
    """Walk to the sentence with the arrow down, from the start of the text."""
    page.focus("#transcript")
    for _ in range(100):
        page.keyboard.press("ArrowDown")
        if selected(page) == quote:
            return
    raise AssertionError("the arrow never came to this sentence")


def select_by_script(page: Page, quote: str) -> None:
    """As assistive software does: the selection changes, with no mouse and no key."""
    _place(page, quote)
    page.evaluate(SELECT)
    expect(page.locator("#quote-now")).to_have_text(quote)
    page.focus("#transcript")


def choose_code(page: Page, label: str) -> None:
    """Open the list with Enter, type the name, press Enter."""
    page.keyboard.press("Enter")
    expect(page.locator("#palette-query")).to_be_focused()
    page.keyboard.type(label)
    expect(page.locator("#palette-options [aria-selected=true]")).to_contain_text(label)
    page.keyboard.press("Enter")
    saved(page)


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")


def codings_of(page: Page, code: str, quote: str) -> Locator:
    """Codings on the page with this code over just these words, as the turn's own list shows them."""
    code_id = page.locator(f"#tree [data-key='{code}']").get_attribute("data-id")
    turn = page.locator("#transcript .turn", has=page.locator(".x", has_text=quote))
    start = int(turn.get_attribute("data-o") or 0) + turn.locator(".x").evaluate("x => x.textContent").index(quote)
    return turn.locator(f"li[data-code='{code_id}'][data-s='{start}'][data-e='{start + len(quote)}']")


def expect_marked(page: Page, quote: str) -> None:
    """Every letter of the quote stands in a mark that has a colour, and the margin has a bar."""
    _place(page, quote)
    is_covered = """() => {
      const whole = window.__quote.commonAncestorContainer;
      const walk = document.createTreeWalker(whole, NodeFilter.SHOW_TEXT);
      const texts = whole.nodeType === Node.TEXT_NODE ? [whole] : [];
      while (walk.nextNode()) if (window.__quote.intersectsNode(walk.currentNode)) texts.push(walk.currentNode);
      const inside = texts.filter((t) => {
        const s = t === window.__quote.startContainer ? window.__quote.startOffset : 0;
        const e = t === window.__quote.endContainer ? window.__quote.endOffset : t.data.length;
        return e > s;
      });
      return inside.length > 0 && inside.every((t) => {
        const mark = t.parentElement.closest("mark");
        return mark && mark.checkVisibility() && getComputedStyle(mark).backgroundColor !== "rgba(0, 0, 0, 0)";
      });
    }"""
    assert page.evaluate(is_covered)
    turn = page.locator("#transcript .turn", has=page.locator(".x", has_text=quote))
    expect(turn.locator(".stripe").first).to_be_visible()


def total(page: Page) -> int:
    return page.locator("#transcript li[data-coding]").count()
