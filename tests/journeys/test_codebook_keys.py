"""A PI keeps the codebook with the keyboard alone: moves, words, merges, splits, confirms, and takes it all back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlmodel import col, select

from qualcoder.accounts import sessions
from qualcoder.codebooks.queries import codes_of, every_code
from qualcoder.coding import service
from qualcoder.coding.models import Coding
from qualcoder.coding.service import NewCoding
from qualcoder.core.ids import CodingId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from tests.homes import World
from tests.load.server import serving
from tests.served import Served, Troubles, visiting
from tests.transcripts import making

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@dataclass(frozen=True, slots=True)
class Desk:
    """A served home with four codes and three codings of a coder."""

    home: Home
    world: World
    served: Served
    token: str

    def shape(self) -> list[tuple[str, int]]:
        with self.home.data.read() as db:
            return [(code.key, code.depth) for code in codes_of(db, self.world.study.id)]

    def given(self) -> dict[str, int]:
        """How many codings each code has."""
        with self.home.data.read() as db:
            keys: dict[object, str] = {code.id: code.key for code in every_code(db, self.world.study.id)}
            rows = db.exec(select(Coding.code_id).where(col(Coding.deleted_at).is_(None))).all()
        return dict(Counter(keys[code_id] for code_id in rows))

    @property
    def address(self) -> str:
        return f"/studies/{self.world.study.slug}/codebook"


@pytest.fixture
def desk(home: Home, world: World) -> Iterator[Desk]:
    codes = making.import_codes(home, world)
    transcript = TranscriptId(making.to_codable(home, world, None, world.coder).id)
    for start in (0, 12, 23):
        new = NewCoding(CodingId(new_id()), transcript, 1, Span(start, start + 9), codes["WATER"])
        with home.data.transaction() as db:
            service.add_coding(db, world.coder, new)
    with home.data.transaction() as db:
        token = sessions.open_session(db, world.pi.id)
    with serving(home) as server:
        served = Served(server.address, home.settings.home, {}, server.log, server.process.pid)
        yield Desk(home, world, served, token)


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def enter(page: Page, target: Locator) -> None:
    """Go there and press Enter, as somebody who tabs does."""
    target.focus()
    page.keyboard.press("Enter")


def test_the_codebook_is_kept_by_keys_alone(desk: Desk, chrome: Browser, troubles: Troubles) -> None:
    with visiting(chrome, desk.served, troubles, token=desk.token) as page:
        _move(page, desk)
        _word_together(page, chrome, desk, troubles)
        _confirm(page, desk)
        _split_and_merge(page, desk)
        _files(page, desk)


def _move(page: Page, desk: Desk) -> None:
    page.goto(desk.address)
    page.locator("#code-tree summary").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(focused(page)).to_contain_text("ROADS")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#code-tree > li").nth(1)).to_contain_text("ROADS")
    expect(focused(page)).to_contain_text("ROADS")
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("#code-tree > li").nth(2)).to_contain_text("ROADS")
    assert desk.shape() == [("FACTOR", 0), ("WATER", 1), ("ROADS", 0), ("COURT", 0)]
    enter(page, page.locator("#tree-box .flash button"))
    expect(page.locator("#code-tree > li").nth(1)).to_contain_text("ROADS")
    # By dragging: the upper half of a row puts before it.
    row = page.locator("#code-tree > li")
    row.filter(has_text="COURT").locator("summary").drag_to(
        row.filter(has_text="WATER").locator("summary"), target_position={"x": 60, "y": 3}
    )
    expect(row.nth(2)).to_contain_text("COURT")
    assert desk.shape() == [("FACTOR", 0), ("ROADS", 1), ("COURT", 1), ("WATER", 1)]


def _open(page: Page, desk: Desk, key: str) -> None:
    page.goto(desk.address)
    row = page.locator("#code-tree > li").filter(has_text=key)
    row.locator("summary").focus()
    page.keyboard.press("ArrowRight")
    enter(page, row.locator("a.button"))
    page.wait_for_url(re.compile(r"/codes/[0-9a-f-]+$"))


def _word_together(page: Page, chrome: Browser, desk: Desk, troubles: Troubles) -> None:
    """Two windows on one code: the slower one sees both wordings and loses nothing."""
    _open(page, desk, "WATER")
    with visiting(chrome, desk.served, troubles, token=desk.token) as other:
        other.goto(page.url)
        page.fill("#f-definition_en", "Wells and pipes")
        enter(page, page.get_by_role("button", name="Save"))
        expect(page.get_by_text("Saved.")).to_be_visible()
        troubles.expect("409")
        other.fill("#f-definition_en", "Pipes alone")
        enter(other, other.get_by_role("button", name="Save"))
        expect(other.locator(".stands").filter(has_text="Wells and pipes")).to_be_visible()
        expect(other.locator("#f-definition_en")).to_have_value("Pipes alone")
        enter(other, other.get_by_role("button", name="Save"))
        expect(other.get_by_text("Saved.")).to_be_visible()
        expect(other.locator("#log")).to_contain_text("Wells and pipes")


def _confirm(page: Page, desk: Desk) -> None:
    _open(page, desk, "WATER")
    enter(page, page.get_by_role("link", name="3 coded under an older definition"))
    boxes = page.locator("[data-pick] input")
    expect(boxes).to_have_count(3)
    expect(boxes.first).to_be_focused()
    for key in ("Space", "ArrowDown", "Space", "Control+Enter"):
        page.keyboard.press(key)
    expect(boxes).to_have_count(1)


def _split_and_merge(page: Page, desk: Desk) -> None:
    _open(page, desk, "WATER")
    enter(page, page.get_by_role("link", name="Split"))
    boxes = page.locator("[data-pick] input")
    expect(boxes).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.locator("#f-name").fill("Wells")
    page.keyboard.press("Enter")
    expect(boxes).to_have_count(2)
    assert desk.given() == {"WATER": 2, "WELLS": 1}
    _open(page, desk, "WATER")
    enter(page, page.get_by_role("link", name="Merge into another code"))
    page.locator("#f-into").focus()
    page.keyboard.type("Wells")
    enter(page, page.get_by_role("button", name="Show what would happen"))
    expect(page.get_by_text("2 codings get the other code.")).to_be_visible()
    enter(page, page.get_by_role("button", name="Merge"))
    expect(page.locator("#log")).to_contain_text("merged")
    assert desk.given() == {"WELLS": 3}
    enter(page, page.locator("#log li").filter(has_text="merged").get_by_role("button", name="Undo"))
    expect(page.locator("h1")).to_contain_text("WATER")
    assert desk.given() == {"WATER": 2, "WELLS": 1}


def _files(page: Page, desk: Desk) -> None:
    """A file says what it would change before it changes anything."""
    page.goto(desk.address)
    with page.expect_download() as got:
        page.get_by_role("link", name="CSV").click()
    text = got.value.path().read_text("utf-8")
    assert text.startswith("\ufeff")
    changed = text.replace("th_wells", "th_springs").encode()
    page.set_input_files("input[type=file]", {"name": "b.csv", "mimeType": "text/csv", "buffer": changed})
    enter(page, page.get_by_role("button", name="See what would change"))
    expect(page.locator(".diffs")).to_contain_text("th_springs")
    enter(page, page.get_by_role("button", name="Import"))
    expect(page.locator("#code-tree")).to_contain_text("th_springs")
