"""Whoever may not review gets the same answer whatever the form holds."""

from __future__ import annotations

from uuid import uuid4

import pytest

from qualcoder.home import Home
from tests.homes import Browser, World
from tests.transcripts import making

GOOD = {
    "findings": {"decision": "accept"},
    "mark": {"words": "Воды", "label": "PLACE_FINE"},
    "missed": {"words": "Воды", "label": "PLACE_FINE"},
    "parts": {"number": "1", "seen": "0"},
    "publish": {"seen_version": "1"},
}
BAD = {
    "findings": {"decision": "x" * 30},
    "mark": {"words": "", "label": "PLACE_FINE"},
    "missed": {"words": "", "label": "PLACE_FINE"},
    "parts": {"number": "first", "seen": "0"},
    "publish": {"seen_version": "first"},
}


@pytest.mark.parametrize("act", GOOD)
def test_a_form_that_can_not_be_used_tells_a_stranger_nothing(
    home: Home, world: World, browser: Browser, act: str
) -> None:
    transcript = making.to_review(home, world)
    tail = f"findings/{uuid4()}" if act == "findings" else act
    for who, status in (("outsider", 404), ("other_researcher", 404), ("coder", 403), ("pi", 422)):
        person = browser.as_(world.by_name[who])
        for form in ({}, BAD[act], *([] if who == "pi" else [GOOD[act]])):
            answer = person.post(f"/transcripts/{transcript.id}/{tail}", data=form)
            assert (who, form, answer.status_code) == (who, form, status)
        if status == 404:
            assert person.post(f"/transcripts/{uuid4()}/{tail}", data=BAD[act]).status_code == 404
