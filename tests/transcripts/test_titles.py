"""A title or file name that names somebody is told to whoever uploads; nothing is refused for it."""

from __future__ import annotations

import pytest

from qualcoder.home import Home
from qualcoder.transcripts.parsing.parsed import Notice
from tests.anonymise.known_person import CASES, register
from tests.homes import Browser, World
from tests.transcripts import making

TITLE, FILE = Notice.NAMES_IN_TITLE.value, Notice.NAMES_IN_FILE_NAME.value


def notices(home: Home, world: World, **names: str) -> list[str]:
    return making.receive(home, world, making.upload(**names)).notices  # type: ignore[arg-type]  # words only


def test_every_form_of_a_known_name_is_noticed(home: Home, world: World) -> None:
    register(home, world)
    for case, form in CASES.items():
        assert notices(home, world, title=f"Беседа: {form}") == [TITLE], case
        assert notices(home, world, file_name=f"2022_{form}_1.txt") == [FILE], case
    assert notices(home, world, title="Беседа в мае", file_name="беседа 12.txt") == []
    assert notices(home, world, file_name="InterviewOylapov.txt", title="OylapovInterview") == [TITLE, FILE]


@pytest.mark.parametrize("title", ["Интервью с акимом Ойдантаповым", "Interview with Mr Oydantap"])
def test_rules_notice_who_is_not_known_yet(home: Home, world: World, title: str) -> None:
    assert notices(home, world, title=title) == [TITLE]


def test_the_next_page_says_so_and_only_to_those_who_see_the_title(home: Home, world: World, browser: Browser) -> None:
    register(home, world)
    transcript = making.receive(home, world, making.upload(title="Беседа с Ойлаповым"), by=world.researcher)
    page = browser.as_(world.researcher).get(f"/transcripts/{transcript.id}/speakers")
    assert "The title looks like the name of a person." in page.text
    assert browser.as_(world.coder).get(f"/transcripts/{transcript.id}/speakers").status_code in {403, 404}
