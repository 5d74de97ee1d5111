"""The settings of a study on their page."""

from __future__ import annotations

import re

from qualcoder.accounts.models import Originals, Study
from qualcoder.home import Home
from tests.homes import Browser, World


def test_a_study_gets_another_title_and_rule_for_originals(home: Home, world: World, browser: Browser) -> None:
    person, address = browser.as_(world.pi), f"/studies/{world.study.slug}"
    assert person.post(f"{address}/title", data={"title": "Жаңа атау"}).status_code == 303
    rules = {"needs_second_reader": "true", "originals": "destroy"}
    assert person.post(f"{address}/settings", data=rules).status_code == 303
    page = person.get(f"{address}/settings").text
    assert 'value="Жаңа атау"' in page
    assert re.search(r'value="destroy" checked', page)
    refused = person.post(f"{address}/title", data={"title": "  "})
    assert (refused.status_code, "A study needs a title." in refused.text) == (422, True)
    # Rules from a form without that choice leave it alone.
    assert person.post(f"{address}/settings", data={"needs_second_reader": "true"}).status_code == 303
    with home.data.read() as db:
        assert db.get_one(Study, world.study.id).originals is Originals.DESTROY
