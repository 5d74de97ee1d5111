"""The coding page's scripts in a real browser, against the rules of the server: places, names of codes, keys."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterator
from random import Random

import pytest
from playwright.sync_api import Browser, Page, Route

from qualcoder.codebooks.book import CodeEntry
from qualcoder.codebooks.files import read_yaml
from qualcoder.coding.rendering import turn_views
from qualcoder.coding.spans import snap_to_graphemes, trim
from qualcoder.coding.view import CodingMark, TurnText
from qualcoder.core.ids import new_id
from qualcoder.core.text import Span
from tests.served import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.slow]

RANGES = 4_000
PIECES = (
    *("әкім", "Ғалия", "қала", "ң", "өзен", "ұл", "ү", "һ", "Ірі", "выборы", "ё", "шёл", "water", "co-op", "бір-бірі"),
    *("👨‍👩‍👧", "👍🏽", "🇰🇿", "❤️", "1️⃣", "😀", "𐐷", "а́", "и\u0306", "e\u0301\u0323", "ка\u0301к"),
    *("\u00a0", "\u200d", "\u200b", "\u2060", " ", " ", " ", "\t", ", ", ". ", "! ", "«", "»", " – ", "т. е. ", "№ 5"),
)


@pytest.fixture
def page(opened: Page) -> Page:
    """An empty page that may load the project's scripts."""
    opened.goto("http://scripts.test/")
    return opened


@pytest.fixture(scope="module")
def opened(chrome: Browser) -> Iterator[Page]:

    def give(route: Route) -> None:
        path = route.request.url.removeprefix("http://scripts.test/")
        if not path:
            route.fulfill(body="<!doctype html><meta charset=utf-8><div id=text></div>", content_type="text/html")
            return
        kind = mimetypes.guess_type(path)[0] or "text/plain"
        route.fulfill(body=(ROOT / path).read_bytes(), content_type=kind)

    context = chrome.new_context()
    made = context.new_page()
    made.route("http://scripts.test/**", give)
    yield made
    context.close()


# Places ---------------------------------------------------------------------------------------------

DRAWN = """async (turns) => {
  const { openText } = await import("http://scripts.test/static/js/coding/offsets.js");
  const root = document.querySelector("#text");
  for (const [n, turn] of turns.entries()) {
    const article = document.createElement("article");
    Object.assign(article, { className: "turn", id: `t${n}` });
    Object.assign(article.dataset, { o: turn.start, n: turn.length, b: "0" });
    const x = document.createElement("p");
    x.className = "x";
    for (const [words, depth] of turn.pieces) {
      x.append(depth ? Object.assign(document.createElement("mark"), { textContent: words }) : words);
    }
    article.append(x);
    root.append(article);
  }
  globalThis.read = openText(root);
}"""
LOOKED = """(spans) => spans.map(([a, b]) => {
  const range = read.rangeOf(a, b);
  const start = range && read.toOffset(range.startContainer, range.startOffset, "start");
  const back = range && [start, read.toOffset(range.endContainer, range.endOffset, "end")];
  const parts = read.rangesOf(a, b).map(String).join("\\n");
  const [snapped, worded] = [read.snap(a, b, "grapheme"), read.snap(a, b, "word")];
  return { words: read.slice(a, b), parts, back, snapped, worded };
})"""


def _turns(random: Random) -> list[TurnText]:
    turns, start = [], 0
    for n in range(60):
        body = "".join(random.choice(PIECES) for _ in range(random.randint(1, 40))).strip() or "иә"
        turns.append(TurnText(n + 1, start, len(body), (0,), "kk", "Респондент", body))
        start += len(body) + 1
    return turns


def _marks(random: Random, length: int) -> list[CodingMark]:
    places = sorted(random.sample(range(length), 240))
    return [
        CodingMark(new_id(), a, b, new_id(), "код", 1, "solid", new_id(), "", is_mine=True)
        for a, b in zip(places[::2], places[3::2], strict=False)
        if a < b
    ]


def test_places_in_the_page_are_those_of_the_server(page: Page) -> None:
    random = Random(20261122)
    turns = _turns(random)
    text = "\n".join(turn.body for turn in turns)
    views = turn_views(turns, _marks(random, len(text)))
    drawn = [
        {
            "start": view.turn.start,
            "length": view.turn.length,
            "pieces": [(one.text, one.depth) for one in view.segments],
        }
        for view in views
    ]
    page.evaluate(DRAWN, drawn)
    spans: list[Span] = []
    while len(spans) < RANGES:
        a = random.randrange(len(text))
        b = min(len(text), a + random.choice((1, 2, 5, 20, 80, 300)))
        spans.append(Span(a, b))
    found = page.evaluate(LOOKED, [[span.start, span.end] for span in spans])
    edges = {turn.start for turn in turns} | {turn.end for turn in turns}
    for span, seen in zip(spans, found, strict=True):
        said = span.of(text).strip("\n")
        assert seen["words"].strip("\n") == said, span
        assert seen["parts"].strip("\n") == said, span
        if said:
            back = Span(*seen["back"])
            # Where a place is the border of two turns it may be told as either side of it.
            assert back.of(text).strip("\n") == said, (span, back)
            assert back == span or {back.start, back.end} & edges, (span, back)
        wanted = trim(text, snap_to_graphemes(text, span))
        snapped = seen["snapped"]
        if not wanted:
            assert snapped is None or not Span(*snapped).of(text).strip(), (span, snapped)
            continue
        assert snapped == [wanted.start, wanted.end], (span, wanted.of(text), snapped)
        # Whole words are whole characters too, and hold what was selected.
        worded = Span(*seen["worded"])
        assert worded.start <= wanted.start
        assert wanted.end <= worded.end
        assert trim(text, snap_to_graphemes(text, worded)) == worded


# Codes by few keys ----------------------------------------------------------------------------------

# For each code the fewest keys after the selection: letters, steps down, and Enter.
COUNTED = """async (codes) => {
  const { find, indexed } = await import("http://scripts.test/static/js/coding/find.js");
  const index = codes.map((code) => indexed(code, code.names));
  return codes.map((code) => {
    let best = Infinity;
    for (const word of code.said.flatMap((name) => [name, ...name.split(/[\\s()-]+/)])) {
      for (let n = 1; n <= 5 && n <= word.length; n++) {
        const down = find(word.slice(0, n).toLowerCase(), index).findIndex((other) => other.id === code.id);
        if (down >= 0) best = Math.min(best, n + down + 1);
      }
    }
    return best;
  });
}"""


def _codes() -> list[CodeEntry]:
    book = read_yaml((ROOT / "codebooks" / "akim-elections.yaml").read_bytes())
    return [entry for entry in book.codes if entry.codable]


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_code_of_the_shipped_codebook_takes_at_most_four_keys(page: Page, language: str) -> None:
    entries = _codes()
    assert len(entries) > 40
    codes = []
    for entry in entries:
        aliases = (*entry.aliases.en, *entry.aliases.ru, *entry.aliases.kk)
        own: tuple[str, ...] = getattr(entry.aliases, language)
        names = [entry.label.en, entry.label.ru, entry.label.kk, *aliases, entry.code]
        codes.append({"id": entry.code, "names": names, "said": [getattr(entry.label, language), *own]})
    keys = dict(zip([entry.code for entry in entries], page.evaluate(COUNTED, codes), strict=True))
    assert {code: n for code, n in keys.items() if n > 4} == {}


FOUND = """async ({ codes, typed }) => {
  const { find, indexed } = await import("http://scripts.test/static/js/coding/find.js");
  return find(typed, codes.map((names) => indexed({ names }, names)))[0]?.names[0] ?? "";
}"""
NAMES = [
    ["Әкім", "akim"],
    ["Қала", "город"],
    ["Жол", "дорога"],
    ["hello", "привет"],
    ["Үгіт", "агитация"],
    ["Water supply", "су"],
    ["Школа"],
]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("руддщ", "hello"),  # the Russian layout left on
        ("ghbdtn", "hello"),  # the Latin one left on
        (";jk", "Жол"),
        (":JK", "Жол"),
        ("2rsv", "Әкім"),  # a Kazakh word typed with the Latin layout on: ә is on the 2
        ("0fkf", "Қала"),
        ("8usn", "Үгіт"),
        ("qala", "Қала"),  # Kazakh in Latin letters
        ("jol", "Жол"),
        ("akim", "Әкім"),
        ("әкім", "Әкім"),
        ("аким", "Әкім"),
        ("кала", "Қала"),
        ("hlelo", "hello"),  # two letters changed places
        ("Water suply", "Water supply"),
        ("wat sup", "Water supply"),
        ("shkola", "Школа"),
        ("xyzxyz", ""),
    ],
)
def test_a_code_is_found_whatever_alphabet_and_layout(page: Page, typed: str, wanted: str) -> None:
    assert page.evaluate(FOUND, {"codes": NAMES, "typed": typed}) == wanted


# Keys -------------------------------------------------------------------------------------------------

PRESSED = """async ({ own, singles, presses }) => {
  const { openKeys } = await import("http://scripts.test/static/js/coding/keys.js");
  const kept = new Map();
  const store = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
  const keys = openKeys("me", store);
  const answers = Object.entries(own).map(([id, chord]) => keys.set(id, chord));
  if (singles !== undefined) keys.setSingles(singles);
  const [again, other] = [openKeys("me", store), openKeys("other", store)];
  const act = (who, [code, key, more]) => who.actOf({ code, key, ...more }, more?.isHeld ?? false);
  return { answers, acts: presses.map((one) => act(again, one)), others: presses.map((one) => act(other, one)) };
}"""
HELD = {"isHeld": True}
SHIFT = {"shiftKey": True, **HELD}
CONTROL = {"ctrlKey": True, **HELD}


def _pressed(
    page: Page, presses: list[object], own: dict[str, str] | None = None, singles: bool | None = None
) -> dict[str, list[object]]:
    given = {"own": own or {}, "presses": presses} | ({} if singles is None else {"singles": singles})
    found: dict[str, list[object]] = json.loads(json.dumps(page.evaluate(PRESSED, given)))
    return found


def test_keys_go_by_their_place_and_letters_look_for_a_code(page: Page) -> None:
    presses: list[object] = [
        ["KeyJ", "о", {}],
        ["KeyJ", "о", HELD],
        ["KeyS", "ы", {}],
        ["Digit2", "ә", HELD],
        ["Period", "ю", HELD],
        ["Slash", ".", HELD],
        ["Digit7", "?", SHIFT],
        ["KeyU", "Г", SHIFT],
        ["Semicolon", "ж", HELD],
        ["Semicolon", ";", HELD],
        ["KeyK", "л", CONTROL],
        ["KeyV", "м", CONTROL],
        ["ArrowDown", "ArrowDown", HELD],
        ["ShiftLeft", "Shift", SHIFT],
    ]
    assert _pressed(page, presses)["acts"] == [
        ["turn", 1],
        ["search", "о"],
        ["sentence", 1],
        ["number", 2],
        ["again"],
        ["again"],
        ["keys"],
        ["unsure"],
        ["search", "ж"],
        ["search", ";"],
        ["go"],
        None,
        ["sentence", 1],
        None,
    ]


def test_keys_of_ones_own_hold_for_that_person_and_conflicts_are_told(page: Page) -> None:
    own = {"unsure": "KeyX", "again": "Shift+KeyW", "keys": "Digit5", "codes": "Control+KeyT", "flag": "F8"}
    presses: list[object] = [["KeyX", "ч", HELD], ["KeyU", "Г", SHIFT], ["Period", ".", HELD], ["F8", "F8", HELD]]
    found = _pressed(page, presses, own)
    assert found["answers"] == ["", "weight", "taken", "taken", "taken"]
    assert found["acts"] == [["unsure"], None, ["again"], None]
    assert found["others"] == [["search", "ч"], ["unsure"], ["again"], None]


def test_single_characters_can_be_switched_off_and_the_others_stay(page: Page) -> None:
    presses: list[object] = [
        *[[f"Key{letter}", letter.lower(), HELD] for letter in "ABJKSC"],
        *[
            ["Digit1", "1", HELD],
            ["Period", ".", HELD],
            ["KeyU", "U", SHIFT],
            ["Slash", "?", SHIFT],
            ["Comma", "б", HELD],
        ],
    ]
    assert set(map(str, _pressed(page, presses, singles=False)["acts"])) == {"None"}
    stay: list[object] = [
        ["Enter", "Enter", HELD],
        ["ArrowDown", "ArrowDown", HELD],
        ["KeyK", "k", CONTROL],
        ["Delete", "Delete", HELD],
    ]
    assert _pressed(page, stay, singles=False)["acts"] == [["codes"], ["sentence", 1], ["go"], ["remove"]]
