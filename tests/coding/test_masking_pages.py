"""Masking through its page and the API: what is shown before, what is refused, where the queue entry goes."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

import pytest

from qualcoder.codebooks import editing
from qualcoder.codebooks.book import Localised
from qualcoder.codebooks.comparing import entry_of
from qualcoder.codebooks.queries import every_code
from qualcoder.core.ids import new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts import flags
from qualcoder.transcripts.flags import NewFlag
from qualcoder.transcripts.models import Transcript
from tests.homes import Browser, World, access_of
from tests.transcripts import making

TEXT = """\
Интервьюер: Кто приехал?
Респондент: Приехал Ойдантап. Потом Ойдантапа искали, а Ойдантаппа не нашли.
"""


@pytest.fixture
def transcript(home: Home, world: World) -> Transcript:
    return making.to_codable(home, world, making.upload(TEXT, title="Ойдантап, запись"))


@pytest.fixture
def flag(home: Home, world: World, transcript: Transcript) -> UUID:
    text = "\n".join(turn.body for turn in making.text_of(home, transcript))
    start = text.index("Ойдантап")
    new = NewFlag(new_id(), transcript.id, 1, Span(start, start + 8))
    with home.data.transaction() as db:
        flags.flag(db, world.coder, new)
        db.flush()
        flags.decide(db, world.pi, new.id, is_name=True, seen_version=1)
    return new.id


def test_a_name_is_masked_from_the_queue_after_the_page_said_what_will_happen(
    home: Home, world: World, browser: Browser, transcript: Transcript, flag: UUID
) -> None:
    pi, address = browser.as_(world.pi), f"/flags/{flag}/mask"
    queue = f"/studies/{world.study.slug}/flags"
    assert f'href="{address}"' in pi.get(f"{queue}?standing=name").text
    assert f"{queue}?standing=name" in pi.get(f"/transcripts/{transcript.id}").text
    page = pi.get(address).text
    ticked = dict(re.findall(r'name="forms" value="([^"]+)"( checked)?', page))
    assert ticked == {"Ойдантап": " checked", "Ойдантапа": " checked", "Ойдантаппа": ""}
    assert f"title of the interview: {transcript.serial}" in page
    sent = {"words": "Ойдантап", "label": "PERSON", "forms": list(ticked)}
    looked = pi.post(address, data=sent | {"act": "look", "words": "Нигденету"})
    assert looked.status_code == 200
    for missing in ({"act": "mask"}, {"act": "mask", "understood": "yes", "forms": []}):
        assert pi.post(address, data=sent | missing).status_code == 422
    assert making.again(home, transcript).text_number == 1
    done = pi.post(address, data=sent | {"act": "mask", "understood": "yes"})
    assert (done.status_code, done.headers["location"]) == (303, f"{queue}?standing=masked")
    listed = pi.get(done.headers["location"]).text
    assert transcript.serial in listed
    assert "Why it names nobody" not in listed
    assert "Ойдан" not in listed + pi.get(f"/transcripts/{transcript.id}").text
    assert pi.post(address, data=sent | {"act": "mask", "understood": "yes"}).status_code == 409


def test_codes_that_hold_the_name_now_or_held_it_once_are_told(
    home: Home, world: World, browser: Browser, flag: UUID
) -> None:
    making.import_codes(home, world)
    for words in ("Колодец Ойдантапа", "Колодец"):
        with home.data.transaction() as db:
            every = every_code(db, world.study.id)
            code = next(one for one in every if one.key == "WATER")
            wanted = replace(entry_of(code, {one.id: one.key for one in every}), near_miss=Localised(ru=words))
            editing.edit(db, access_of(db, world.study, world.pi), code.id, wanted, code.version)
        page = browser.as_(world.pi).get(f"/flags/{flag}/mask").text
        holds_it_now = words != "Колодец"
        assert ("<li>code: WATER</li>" in page) == holds_it_now
        assert ("earlier wording of a code: WATER" in page) != holds_it_now


def test_two_who_correct_at_once_see_both(home: Home, world: World, browser: Browser, transcript: Transcript) -> None:
    pi, address = browser.as_(world.pi), f"/transcripts/{transcript.id}/correct"
    assert pi.post(address, data={"turn": "1", "version": "1", "words": "Кто приехал зимой?"}).status_code == 303
    late = pi.post(address, data={"turn": "1", "version": "1", "words": "Кто к вам приехал?"})
    assert late.status_code == 409
    for words in ("Кто приехал зимой?", "Кто к вам приехал?", 'name="version" value="2"'):
        assert words in late.text
    assert making.again(home, transcript).text_number == 2
