"""A researcher's title may name the respondent: nobody reads it but the PI and who gave it."""

from __future__ import annotations

from qualcoder.home import Home
from tests.homes import Browser, World
from tests.transcripts.making import open_vault, release, to_review, upload

TITLE = "Разговор с Ойдантапом"


def test_a_researcher_who_only_codes_a_transcript_reads_no_title(home: Home, world: World, browser: Browser) -> None:
    open_vault(home, world.study)
    transcript = to_review(home, world, upload(title=TITLE), by=world.researcher)
    release(home, transcript, world.researcher, world.other_researcher, world.coder)
    pages = {
        name: browser.as_(world.by_name[name]).get(f"/studies/{world.study.slug}/transcripts").text
        for name in ("pi", "researcher", "other_researcher", "coder")
    }
    assert all(transcript.serial in page for page in pages.values())
    assert [name for name, page in pages.items() if TITLE in page] == ["pi", "researcher"]
