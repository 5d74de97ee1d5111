"""The pages of the registry: without a script, with plain words for what went wrong, and without a single name."""

from __future__ import annotations

import pytest

from qualcoder.home import Home
from tests.homes import Browser, World
from tests.transcripts import making
from tests.transcripts.test_registry import ONE, TWO, entity_in, entry, names, reviewed

LIST = "/studies/demo/registry"


@pytest.fixture
def pi(browser: Browser, world: World) -> Browser:
    return browser.as_(world.pi)


def test_the_list_shows_pseudonyms_and_counts_and_no_names(home: Home, world: World, pi: Browser) -> None:
    reviewed(home, world, ONE, "Серик Ойдантапов", "Ойдантапова")
    reviewed(home, world, TWO, "Болат Небылицын")
    page = pi.get(LIST).text
    assert "[Лицо 1]" in page
    assert "[Лицо 2]" in page
    assert "Ойдантап" not in page
    assert "Небылиц" not in page
    assert "[Лицо 1]" in pi.get(f"{LIST}?kind=PERSON").text
    assert "[Лицо 1]" not in pi.get(f"{LIST}?kind=ORG").text
    assert "[Лицо 1]" in pi.get(f"{LIST}?kind=no-such-kind").text
    assert "[Лицо 1]" not in pi.get(f"{LIST}?old=true").text
    assert "No pseudonyms here" in pi.get(f"{LIST}?page=2").text


def test_an_empty_registry_says_where_entries_come_from(world: World, pi: Browser) -> None:
    assert "They come with the search for names" in pi.get(LIST).text


def test_a_rename_shows_the_entry_again_and_a_wrong_one_says_why(home: Home, world: World, pi: Browser) -> None:
    entity = entity_in(home, reviewed(home, world, ONE, "Серик Ойдантапов"))
    address = f"{LIST}/{entity}"
    seen = {"seen_version": str(entry(home, world, entity).line.version)}
    wrong = pi.post(f"{address}/name", data={**seen, "pseudonym": "Ойдантаповым"})
    assert wrong.status_code == 422
    assert "is the name of somebody in the interviews" in wrong.text
    assert "Ойдантаповым" not in wrong.text
    done = pi.post(f"{address}/name", data={**seen, "pseudonym": "Небывалый"})
    assert (done.status_code, done.headers["location"]) == (303, address)
    assert "Небывалый" in pi.get(address).text
    assert pi.post(f"{address}/name", data={**seen, "pseudonym": "Другой"}).status_code == 409
    assert pi.post(f"{address}/name", data={"pseudonym": "Другой"}).status_code == 422


def test_a_merge_and_a_split_lead_to_the_entry(home: Home, world: World, pi: Browser) -> None:
    one = entity_in(home, reviewed(home, world, ONE, "Серик Ойдантапов"))
    second = reviewed(home, world, TWO, "Болат Небылицын")
    other = entity_in(home, second)
    seen = str(entry(home, world, one).line.version)
    done = pi.post(f"{LIST}/{one}/merge", data={"seen_version": seen, "other": str(other)})
    assert done.headers["location"] == f"{LIST}/{one}"
    assert names(home, world) == ["[Лицо 1]"]
    assert pi.get(f"{LIST}/{other}").status_code == 404
    seen = str(entry(home, world, one).line.version)
    assert pi.post(f"{LIST}/{one}/split", data={"seen_version": seen}).status_code == 422
    done = pi.post(f"{LIST}/{one}/split", data={"seen_version": seen, "transcripts": str(second.id)})
    assert done.status_code == 303
    assert done.headers["location"] not in {f"{LIST}/{one}", f"{LIST}/{other}"}
    assert "[Лицо 3]" in pi.get(done.headers["location"]).text


def test_a_released_interview_with_an_earlier_pseudonym_is_told(home: Home, world: World, pi: Browser) -> None:
    making.open_vault(home, world.study)
    transcript = reviewed(home, world, ONE, "Серик Ойдантапов", "Ойдантапова")
    entity = entity_in(home, transcript)
    making.release(home, transcript, world.pi)
    seen = str(entry(home, world, entity).line.version)
    pi.post(f"{LIST}/{entity}/name", data={"seen_version": seen, "pseudonym": "Небывалый"})
    assert "1 released interview carries an earlier pseudonym" in pi.get(f"{LIST}/{entity}").text
    assert "Небывалый" in pi.get(f"{LIST}?old=true").text


def test_a_researcher_is_told_why_a_shared_entry_is_not_theirs(home: Home, world: World, browser: Browser) -> None:
    entity = entity_in(home, reviewed(home, world, ONE, "Серик Ойдантапов", by=world.researcher))
    reviewed(home, world, ONE, "Серик Ойдантапов", by=world.other_researcher)
    mine = browser.as_(world.researcher)
    assert "only a PI changes it" in mine.get(f"{LIST}/{entity}").text
    seen = str(entry(home, world, entity).line.version)
    refused = mine.post(f"{LIST}/{entity}/name", data={"seen_version": seen, "pseudonym": "Небывалый"})
    assert refused.status_code == 403
    assert "Ask a PI to change it" in refused.text
