"""Real-looking transcripts from a folder of one's own, through the pages: QUALCODER_SAMPLES names it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from sqlmodel import col, select

from qualcoder.core.db import Database
from qualcoder.transcripts.models import TextKind, TextVersion, Transcript
from tests.journeys import acts
from tests.journeys.acts import SLUG, Street, Upload
from tests.journeys.conftest import House
from tests.programs import samples_folder
from tests.served import Served, Troubles

pytestmark = [pytest.mark.journey, pytest.mark.slow]
RELEASED, REFUSED = 303, 409

# Words of the turns, one LF between two turns, as a text version counts them.
LENGTH = """() => [...document.querySelectorAll("#transcript .turn .x")]
  .reduce((sum, x) => sum + [...x.textContent].length, -1) + document.querySelectorAll("#transcript .turn").length"""


@pytest.fixture(scope="module")
def files() -> list[Path]:
    folder = samples_folder()
    found = sorted(path for language in ("en", "ru", "kk") for path in (folder / language).glob("*.txt"))
    if not found:
        pytest.skip("QUALCODER_SAMPLES holds no en/*.txt, ru/*.txt or kk/*.txt")
    return found


def test_every_sample_reaches_the_coding_page_whole(
    files: list[Path], house: House, chrome: Browser, troubles: Troubles, capsys: pytest.CaptureFixture[str]
) -> None:
    troubles.expect(r"409 \(Conflict\).* at .*/publish$")
    street = Street(chrome, house.served, troubles, "en")
    with street.browser() as page:
        acts.accept_invitation(page, house.invitation, "en")
        acts.create_study(page)
        invitation = acts.invite(page, "pi@slice.example", "Principal Oydantapqyzy", "pi")
    with street.browser() as page:
        acts.accept_invitation(page, invitation, "en")
        acts.open_identity_vault(page)
        acts.set_rules(page, second_reader=False, accept_all=True)
        acts.import_codebook(page)
        counts = {file.name: bring_to_coding(page, file, house.served) for file in files}
    assert all(counts.values())
    with capsys.disabled():
        for name, turns in counts.items():
            print(f"\n{name}: {turns} turns", end="")  # noqa: T201  # what this run is read for
    assert house.served.command("audit", "verify").returncode == 0


def bring_to_coding(page: Page, file: Path, served: Served) -> int:
    """Upload, accept every proposal, release, open; returns how many turns the coding page shows."""
    acts.upload(page, Upload(file))
    acts.confirm_speakers(page)
    acts.accept_all(page)
    answer = released(page)
    if answer.status == REFUSED:
        # Somebody of an earlier file is named here too; the last check found it and it waits for a decision.
        expect(page.locator("form[action$='/accept-all'] button")).to_be_visible()
        acts.accept_all(page)
        answer = released(page)
    assert answer.status == RELEASED
    page.wait_for_url(f"{served.url}/transcripts/*")
    page.goto(f"/studies/{SLUG}/transcripts")
    page.locator("tbody th a").last.click()
    page.wait_for_selector("#transcript .turn")
    serial = page.locator("h1").inner_text()
    assert page.evaluate(LENGTH) == stored_length(served, serial)
    return page.locator("#transcript .turn").count()


def released(page: Page) -> Response:
    """Press the button of the release; what the server answered."""
    with page.expect_response(lambda response: response.url.endswith("/publish")) as answer:
        page.locator("#release button.is-primary").click()
    return answer.value


def stored_length(served: Served, serial: str) -> int:
    """Length of the published text, as the database has it."""
    database = Database(f"sqlite:///{served.home / 'data.db'}")
    try:
        with database.read() as db:
            version = db.exec(
                select(TextVersion)
                .join(Transcript, col(Transcript.text_version_id) == col(TextVersion.id))
                .where(col(Transcript.number) == int(serial.removeprefix("T-")))
            ).one()
            assert version.kind is not TextKind.RAW
            return version.n_chars
    finally:
        database.dispose()
