"""The language is changed on any page, a refused one too, and one lands on a page again."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import pytest

from qualcoder.home import Home
from tests.homes import Browser, World
from tests.interviews.making import make_interview

REFUSED: Mapping[str, tuple[str, dict[str, str], str]] = {
    "a link": ("/interviews/{interview}/links", {"version": "9"}, "/interviews/{interview}"),
    "a consent": ("/interviews/{interview}/consents", {"version": "9"}, "/interviews/{interview}"),
    "an account": ("/account/name", {"name": ""}, "/account"),
    "a member": ("/studies/demo/people/nonsense/end", {}, "/studies/demo/people"),
    "an upload": ("/studies/demo/upload", {}, "/studies/demo/upload"),
    "a study": ("/studies", {"slug": "!"}, "/"),
}


def next_of(page: str) -> str:
    found = re.search(r'name="next" value="([^"]*)"', page)
    assert found, page[:300]
    return html.unescape(found.group(1))


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_form_leads_back_to_a_page(home: Home, world: World, browser: Browser, name: str) -> None:
    interview = str(make_interview(home, world).id)
    path, form, expected = (
        part.format(interview=interview) if isinstance(part, str) else part for part in REFUSED[name]
    )
    pi = browser.as_(world.pi)
    refused = pi.post(str(path), data=form)
    assert refused.status_code >= 400
    back = next_of(refused.text)
    assert back == expected
    answer = pi.post("/language", data={"language": "kk", "next": back})
    assert answer.status_code == 303
    assert pi.get(answer.headers["location"]).status_code == 200


def test_the_address_of_a_form_opened_by_hand_leads_to_a_page(home: Home, world: World, browser: Browser) -> None:
    interview = make_interview(home, world)
    pi = browser.as_(world.pi)
    page = pi.get(f"/interviews/{interview.id}/links?next=//elsewhere")
    assert page.status_code == 405
    assert next_of(page.text) == f"/interviews/{interview.id}"


@pytest.mark.parametrize("path", ["/studies/demo/transcripts?state=review", "/nowhere/at/all?x=1"])
def test_a_page_and_a_wrong_address_lead_back_to_themselves(world: World, browser: Browser, path: str) -> None:
    assert next_of(browser.as_(world.pi).get(path).text) == path
