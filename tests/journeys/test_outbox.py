"""No coding is lost by a cut connection, a killed server, a reload, an ended session, a second tab or a refusal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import Session, col, delete, select

from qualcoder.accounts import people
from qualcoder.accounts.models import Person, SignIn
from qualcoder.codebooks.models import Code, CodeStatus
from qualcoder.coding.models import Coding, Memo
from qualcoder.core.clock import now
from qualcoder.core.ids import CodeId
from qualcoder.home import Home
from qualcoder.vault import hashing, onetime
from tests.homes import CHEAP_MIB, PASSWORD, World, give_factor
from tests.journeys.coding_acts import choose_code, saved
from tests.load.server import write_keyfile
from tests.served import Served, Troubles, environment_of, free_port, serving
from tests.transcripts import making

pytestmark = [pytest.mark.journey, pytest.mark.slow]

# What a browser says of itself when the connection, the server or the session is gone.
GONE = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION", "ERR_FAILED", "ERR_EMPTY", "ERR_INCOMPLETE", "of 4(01|03|22)")
WORDS = "Колодец замёрз опять"
TEXT = "Интервьюер: Что было?\n" + "".join(
    f"Респондент: {WORDS}, сказали номер {n}. Воду привезли позже, день {n}.\n" for n in range(20)
)
PENDING = "[...(CSS.highlights.get('pending') ?? [])].map(String)"
# Everything that this origin keeps in the browser, as far as it can be read; keys say whether they can be taken out.
MEMO = "Шелектер кезегі"
# An act with a memo, as a dialog of the page hands it to the outbox.
NOTE = """async ([person, text, version, code, memo]) => {
  const { openStore } = await import("/static/js/coding/outbox-store.js");
  const body = { transcript_id: text, version, start: 4, end: 9, code_id: code, weight: 3, memo };
  await openStore(person).add({ key: crypto.randomUUID(), kind: "put", id: crypto.randomUUID(), text, body });
}"""
KEPT = """async () => {
  const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done) => { indexedDB.open(name).onsuccess = (e) => done(e.target.result); });
    for (const store of db.objectStoreNames) {
      const rows = await new Promise((done) => {
        db.transaction(store).objectStore(store).getAll().onsuccess = (e) => done(e.target.result);
      });
      for (const row of rows) {
        found.push(JSON.stringify(row, (_, value) => {
          if (value instanceof CryptoKey) return `key extractable=${value.extractable}`;
          const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
          return bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : value;
        }));
      }
    }
    db.close();
  }
  return found.join("\\n");
}"""


@dataclass
class Desk:
    """A home whose server can be stopped and started at the same address, and its coders."""

    home: Home
    world: World
    path: str
    codes: dict[str, CodeId]
    environment: dict[str, str]
    stack: ExitStack = field(default_factory=ExitStack)
    served: Served | None = None

    def start(self) -> None:
        self.served = self.stack.enter_context(serving(self.environment))

    def stop(self) -> None:
        self.stack.close()

    def codings(self, person: Person) -> list[Coding]:
        with self.home.data.read() as db:
            rows = list(db.exec(select(Coding).where(col(Coding.coder_id) == person.id)))
            db.expunge_all()
            return rows

    def end_sessions(self) -> None:
        with self.home.data.transaction() as db:
            db.execute(delete(SignIn))


@pytest.fixture
def desk(home: Home, world: World) -> Iterator[Desk]:
    codes = making.import_codes(home, world)
    transcript = making.to_codable(home, world, making.upload(TEXT), world.coder, world.other_coder)
    stored = hashing.hash_password(PASSWORD, memory_mib=CHEAP_MIB)
    with home.data.transaction() as db:
        for person in (world.coder, world.other_coder):
            db.get_one(Person, person.id).password_hash = stored
            _take_factor(db, person)
    write_keyfile(home)
    environment = environment_of(home.settings.home, free_port())
    made = Desk(home, world, f"/transcripts/{transcript.id}", codes, environment)
    made.start()
    yield made
    made.stop()


def _take_factor(db: Session, person: Person) -> None:
    row = people.locked(db, person.id)
    people.keep(db, row, replace(people.particulars_of(db, row), totp=None))


@pytest.fixture
def context(desk: Desk, chrome: Browser, troubles: Troubles) -> Iterator[BrowserContext]:
    """One browser for everybody of a test."""
    assert desk.served is not None
    made = chrome.new_context(base_url=desk.served.url, locale="en", viewport={"width": 1440, "height": 900})
    troubles.watch(made)
    troubles.expect(*GONE)
    yield made
    made.close()


def _sign_in(context: BrowserContext, email: str) -> Page:
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#f-email", email)
    page.fill("#f-password", PASSWORD)
    page.click("main button.is-primary")
    page.wait_for_url(re.compile("/$"))
    return page


def _email(desk: Desk, person: Person) -> str:
    with desk.home.data.read() as db:
        return people.particulars_of(db, db.get_one(Person, person.id)).email


def _open(page: Page, desk: Desk) -> None:
    page.goto(desk.path)
    expect(page.locator("#transcript .turn").first).to_be_visible()
    page.focus("#transcript")


def _code_next(page: Page, n: int) -> None:
    """Give the last code to each of the next sentences."""
    for _ in range(n):
        page.keyboard.press("ArrowDown")
        page.keyboard.press(".")


def _state(page: Page, state: str, n: int | None = None) -> None:
    pill = page.locator("#save-state")
    expect(pill).to_have_attribute("data-state", state)
    if n is not None:
        expect(pill).to_contain_text(str(n))


# A cut connection, a killed server and a reload --------------------------------------------------------


def test_thirty_passages_survive_a_cut_a_killed_server_and_a_reload(desk: Desk, context: BrowserContext) -> None:
    coder = desk.world.coder
    page = _sign_in(context, _email(desk, coder))
    _open(page, desk)
    page.keyboard.press("s")
    choose_code(page, "Water")
    _code_next(page, 9)
    context.set_offline(True)
    _code_next(page, 10)
    _state(page, "offline")
    # The server dies while the connection is away, and comes back after it.
    desk.stop()
    context.set_offline(False)
    _code_next(page, 3)
    _state(page, "offline")
    desk.start()
    context.route("**/codings/*", lambda route: route.abort())
    text = desk.path.rpartition("/")[2]
    page.evaluate(NOTE, [str(coder.id), text, 1, str(desk.codes["WATER"]), MEMO])
    page.reload()
    expect(page.locator("#transcript .turn").first).to_be_visible()
    _state(page, "offline")
    waiting = page.evaluate(PENDING)
    # One may have arrived whose answer was cut off: it is sent again, and is one coding still.
    assert len(waiting) - (24 - len(desk.codings(coder))) in {0, 1}
    assert any(WORDS in words for words in waiting)
    kept = page.evaluate(KEPT)
    assert "key extractable=false" in kept
    for words in ("Колодец", "Воду", "Шелектер", "Что было"):
        assert words not in kept
    context.unroute("**/codings/*")
    # Twenty-two sentences after the question are coded: eleven turns.
    page.locator("#t13 .tn").click()
    expect(page.locator("#quote-now")).not_to_be_empty()
    _code_next(page, 7)
    saved(page)
    rows = desk.codings(coder)
    assert len(rows) == len({(row.start, row.end) for row in rows}) == 31
    expect(page.locator("#transcript li[data-coding]")).to_have_count(31)
    with desk.home.data.read() as db:
        assert [memo.about_id for memo in db.exec(select(Memo))] == [row.id for row in rows if row.weight == 3]
    page.reload()
    saved(page)
    assert page.evaluate(PENDING) == []
    assert len(desk.codings(coder)) == 31


def test_a_memo_without_a_connection_waits_sealed_and_arrives(desk: Desk, context: BrowserContext) -> None:
    page = _sign_in(context, _email(desk, desk.world.coder))
    _open(page, desk)
    page.keyboard.press("s")
    choose_code(page, "Water")
    saved(page)
    page.keyboard.press("Shift+M")
    expect(page.locator("#memo-body")).to_be_focused()
    page.keyboard.type(MEMO)
    context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#memo-box")).to_be_hidden()
    _state(page, "offline")
    kept = page.evaluate(KEPT)
    assert "patch" in kept
    assert MEMO not in kept
    context.set_offline(False)
    saved(page)
    page.keyboard.press("Shift+M")
    expect(page.locator("#memo-body")).to_have_value(MEMO)


# Ended sessions ---------------------------------------------------------------------------------------


def test_an_ended_session_is_renewed_in_place_by_its_owner_alone(desk: Desk, context: BrowserContext) -> None:
    coder, other = desk.world.coder, desk.world.other_coder
    page = _sign_in(context, _email(desk, coder))
    secret = give_factor(desk.home, coder)
    _open(page, desk)
    page.keyboard.press("s")
    choose_code(page, "Water")
    _code_while_away(desk, context, page, 3)
    dialog = page.locator("#sign-in-here")
    expect(dialog).to_be_visible()
    _state(page, "signedOut")
    page.fill("#here-email", _email(desk, coder))
    page.fill("#here-password", "not the password at all")
    _send(page)
    expect(page.locator("#sign-in-error")).not_to_be_empty()
    page.fill("#here-password", PASSWORD)
    _send(page)
    page.fill("#here-code", "000000")
    _send(page)
    expect(page.locator("#sign-in-error")).not_to_be_empty()
    page.fill("#here-code", onetime.code_at(secret, onetime.step_of(now())))
    _send(page)
    expect(dialog).to_be_hidden()
    saved(page)
    _code_next(page, 1)
    saved(page)
    assert len(desk.codings(coder)) == 5
    _another_account(desk, context, page, other)


def _send(page: Page) -> None:
    """Keys that come as fast as this are taken for some that were meant for the text."""
    page.locator("#sign-in-here form:visible [type=submit]").click()


def _code_while_away(desk: Desk, context: BrowserContext, page: Page, n: int) -> None:
    """Code without a connection; when it is back, the session is over."""
    context.set_offline(True)
    _code_next(page, n)
    _state(page, "offline", n)
    desk.end_sessions()
    context.set_offline(False)


def _another_account(desk: Desk, context: BrowserContext, page: Page, other: Person) -> None:
    """Somebody else signs in where a session ended: what waits stays the first one's, also after a sign-out."""
    _code_while_away(desk, context, page, 2)
    page.fill("#here-email", _email(desk, other))
    page.fill("#here-password", PASSWORD)
    _send(page)
    expect(page.locator("#other-person")).to_be_visible()
    expect(page.locator("#bench")).to_be_hidden()
    page.locator("#other-person a").click()
    page.wait_for_url(re.compile("/$"))
    _open(page, desk)
    saved(page)
    assert page.evaluate(PENDING) == []
    page.keyboard.press("s")
    choose_code(page, "Water")
    assert len(desk.codings(other)) == 1
    page.locator("details.menu summary").last.click()
    page.locator("form[action$='/sign-out'] button").click()
    page.wait_for_url(re.compile("/sign-in"))
    assert len(desk.codings(desk.world.coder)) == 5
    with desk.home.data.transaction() as db:
        _take_factor(db, desk.world.coder)
    again = _sign_in(context, _email(desk, desk.world.coder))
    _open(again, desk)
    saved(again)
    expect(again.locator("#transcript li[data-coding]")).to_have_count(7)
    assert len(desk.codings(desk.world.coder)) == 7
    assert len(desk.codings(other)) == 1


# Tabs, refusals, signing out ----------------------------------------------------------------------------


def test_two_tabs_send_once_refusals_stay_in_sight_and_signing_out_asks(desk: Desk, context: BrowserContext) -> None:
    coder = desk.world.coder
    first = _sign_in(context, _email(desk, coder))
    sent: Counter[str] = Counter()
    context.on("request", lambda request: sent.update([request.url] if request.method == "PUT" else []))
    _open(first, desk)
    first.keyboard.press("s")
    choose_code(first, "Water")
    second = context.new_page()
    _open(second, desk)
    context.set_offline(True)
    _code_next(first, 2)
    for _ in range(6):
        second.keyboard.press("Control+ArrowDown")
    _code_next(second, 1)
    for page in (first, second):
        _state(page, "offline", 3)
    sent.clear()
    context.set_offline(False)
    for page in (first, second):
        saved(page)
        expect(page.locator("#transcript li[data-coding]")).to_have_count(4)
    assert len(sent) == 3
    assert max(sent.values()) == 1
    _refused(desk, first, second)
    _signing_out(desk, context, first)


def _refused(desk: Desk, first: Page, second: Page) -> None:
    """A code was retired meanwhile: what was refused is listed in both tabs, after a reload too, until it is saved."""
    _set_status(desk, CodeStatus.RETIRED)
    first.bring_to_front()
    _code_next(first, 2)
    for page in (first, second):
        expect(page.locator("#not-saved-list li")).to_have_count(2)
        _state(page, "refused")
    expect(first.locator("#not-saved-list .quote-now").first).not_to_be_empty()
    first.reload()
    expect(first.locator("#not-saved-list li")).to_have_count(2)
    first.locator("#not-saved-list .is-danger").first.click()
    first.locator("dialog[open] button[value=yes]").click()
    expect(first.locator("#not-saved-list li")).to_have_count(1)
    expect(second.locator("#not-saved-list li")).to_have_count(1)
    _set_status(desk, CodeStatus.ACTIVE)
    first.locator("#not-saved-list button").first.click()
    saved(first)
    expect(first.locator("#not-saved")).to_be_hidden()
    assert len(desk.codings(desk.world.coder)) == 5
    second.close()
    _open(first, desk)


def _set_status(desk: Desk, status: CodeStatus) -> None:
    with desk.home.data.transaction() as db:
        db.get_one(Code, desk.codes["WATER"]).status = status


def _signing_out(desk: Desk, context: BrowserContext, page: Page) -> None:
    """Asked while something waits: stay, send first, and in the end nothing is left in the browser."""
    context.route("**/codings/*", lambda route: route.abort())
    before = desk.codings(desk.world.coder)
    # The page has come back to where its reader was: from now on it hears keys.
    expect(page.locator("#transcript .turn.is-current")).to_have_count(1)
    turn = page.locator("#transcript .turn").nth(10)
    turn.click()
    expect(turn).to_have_class(re.compile("is-current"))
    _code_next(page, 1)
    _state(page, "offline", 1)
    for answer in ("stay", "send"):
        page.locator("details.menu summary").last.click()
        page.locator("form[action$='/sign-out'] button").click()
        page.locator(f"#sign-out-ask button[value={answer}]").click()
    expect(page.locator("#sign-out-ask .error")).to_be_visible()
    context.unroute("**/codings/*")
    page.locator("#sign-out-ask button[value=send]").click()
    page.wait_for_url(re.compile("/sign-in"))
    after = {(row.start, row.end) for row in desk.codings(desk.world.coder)}
    assert len(after - {(row.start, row.end) for row in before}) == 1
    assert len(after) == 6
    kept = page.evaluate(KEPT)
    assert str(desk.world.coder.id) not in kept
