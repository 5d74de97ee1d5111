"""The search over a study: who finds what, what is on record, and the page."""

from __future__ import annotations

import html
import re

import pytest
from sqlmodel import col, select

from qualcoder.audit.models import AuditEntry
from qualcoder.coding import searching
from qualcoder.coding.searching import Answer, Ask, search_study
from qualcoder.core.errors import Refused
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from tests.homes import Browser, World, count_statements
from tests.transcripts import making

WORDS = "спрашивали"


@pytest.fixture
def released(home: Home, world: World) -> Transcript:
    """A released transcript of the PI that the coder is assigned to."""
    return making.to_codable(home, world)


def found(home: Home, world: World, who: str, ask: Ask | str, page: int = 20, patience_seconds: float = 60) -> Answer:
    with home.data.read() as db:
        asked = Ask(ask) if isinstance(ask, str) else ask
        return search_study(
            db, world.by_name[who], world.study.slug, asked, page=page, patience_seconds=patience_seconds
        )[1]


def records(home: Home) -> list[AuditEntry]:
    with home.data.read() as db:
        return list(db.exec(select(AuditEntry).where(col(AuditEntry.act) == "search.done")))


def test_a_coder_finds_words_in_assigned_transcripts_only(home: Home, world: World, released: Transcript) -> None:
    making.to_codable(home, world, None, world.other_coder)
    (one,) = found(home, world, "coder", "Воды СПРАШИВАЛИ").found
    assert (one.transcript_id, one.hits, one.turns) == (released.id, 2, 1)
    (passage,) = one.passages
    assert passage.turn == 2
    assert [piece.text for piece in passage.pieces if piece.is_hit] == ["Воды", "спрашивали"]
    assert len(found(home, world, "other_coder", WORDS).found) == 1
    assert len(found(home, world, "pi", WORDS).found) == 2
    assert found(home, world, "other_researcher", WORDS).total == 0


def test_offsets_lead_to_the_hits_in_the_text(home: Home, world: World, released: Transcript) -> None:
    (one,) = found(home, world, "pi", WORDS).found
    text = "\n".join(turn.body for turn in making.text_of(home, released))
    start, end = map(int, one.passages[0].lit.split("-"))
    assert text[start:end] == WORDS


def test_what_is_not_released_is_not_searched(home: Home, world: World) -> None:
    making.to_review(home, world)
    making.receive(home, world)
    answer = found(home, world, "pi", WORDS)
    assert (answer.total, answer.found) == (0, ())


def test_a_name_that_was_replaced_is_not_found(home: Home, world: World, released: Transcript) -> None:
    assert found(home, world, "pi", making.NAME).found == ()
    assert found(home, world, "pi", "Лицо").hits == 2


@pytest.mark.parametrize("who", ["observer", "admin"])
def test_who_reads_no_text_searches_none(home: Home, world: World, released: Transcript, who: str) -> None:
    with pytest.raises(Refused):
        found(home, world, who, WORDS)
    assert records(home) == []


def test_a_search_is_on_record_with_counts_and_without_words(home: Home, world: World, released: Transcript) -> None:
    found(home, world, "coder", WORDS)
    (entry,) = records(home)
    assert (entry.actor_id, entry.object_id) == (world.coder.id, world.study.id)
    assert entry.counts == {"transcripts": 1, "found": 1, "hits": 1}


def test_a_long_search_goes_on_where_it_stopped(home: Home, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "BATCH", 3)
    for _ in range(5):
        making.to_codable(home, world)
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        answer = found(home, world, "pi", Ask(WORDS, after=after), page=2)
        seen += [one.number for one in answer.found]
        after = answer.next_after
    assert seen == [1, 2, 3, 4, 5]
    out_of_time = found(home, world, "pi", Ask("слова-нет"), patience_seconds=0)
    assert (out_of_time.searched, out_of_time.total, out_of_time.next_after) == (3, 5, 3)


def test_within_one_transcript_every_turn_is_shown(home: Home, world: World) -> None:
    text = "".join(f"Респондент: Вода номер {n}.\nИнтервьюер: Ещё?\n" for n in range(8))
    one = making.to_codable(home, world, making.upload(text))
    (short,) = found(home, world, "pi", "вода").found
    assert (len(short.passages), short.turns, short.turns_not_shown) == (searching.PASSAGES, 8, 5)
    (whole,) = found(home, world, "pi", Ask("вода", within=one.id)).found
    assert len(whole.passages) == 8


def test_more_transcripts_need_no_more_statements(home: Home, world: World) -> None:
    making.to_codable(home, world)
    with count_statements(home.data) as few:
        found(home, world, "pi", WORDS)
    for _ in range(3):
        making.to_codable(home, world)
    with count_statements(home.data) as many:
        found(home, world, "pi", WORDS)
    assert len(many) == len(few)


# The page -----------------------------------------------------------------------------------------


def test_the_page_shows_words_in_context_and_leads_to_the_place(
    world: World, browser: Browser, released: Transcript
) -> None:
    person, address = browser.as_(world.coder), f"/studies/{world.study.slug}/search"
    empty = person.get(address)
    assert empty.status_code == 200
    assert 'name="words"' in empty.text
    page = person.post(address, data={"words": '"не было" вод*'})
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "<mark>Воды</mark>" in page.text
    assert f'href="/transcripts/{released.id}#t2"' in page.text
    assert re.search(r'data-lit="\d+-\d+\.\d+-\d+"', page.text)
    assert 'lang="ru"' in page.text
    assert "location" not in page.headers


def test_a_fragment_is_the_results_alone(world: World, browser: Browser, released: Transcript) -> None:
    person = browser.as_(world.pi)
    page = person.post(f"/studies/{world.study.slug}/search", data={"words": WORDS}, headers={"HX-Request": "true"})
    assert page.text.lstrip().startswith('<div id="search">')
    assert f"<mark>{WORDS}</mark>" in page.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"words": ""}, "Type at least one word."),
        ({"words": "?!"}, "Type at least one word."),
        ({"words": "а б в г д е ж з и"}, "At most 8 words"),
        ({"words": "я" * 201}, "This is too long."),
    ],
)
def test_what_can_not_be_searched_is_said(world: World, browser: Browser, fields: dict[str, str], said: str) -> None:
    page = browser.as_(world.pi).post(f"/studies/{world.study.slug}/search", data=fields)
    assert page.status_code == 422
    assert said in html.unescape(page.text)


def test_nothing_found_says_so(world: World, browser: Browser, released: Transcript) -> None:
    page = browser.as_(world.pi).post(f"/studies/{world.study.slug}/search", data={"words": "<b>нетути"})
    assert "Nothing was found" in page.text
    assert "<b>нетути" not in page.text


def test_others_get_what_the_table_says(world: World, browser: Browser, released: Transcript) -> None:
    address = f"/studies/{world.study.slug}/search"
    for who, status in (("observer", 403), ("admin", 403), ("outsider", 404)):
        person = browser.as_(world.by_name[who])
        assert (who, person.get(address).status_code) == (who, status)
        page = person.post(address, data={"words": WORDS})
        assert (who, page.status_code) == (who, status)
        assert WORDS not in page.text
    assert browser.get(address).status_code == 303
    assert browser.post(address, data={"words": WORDS}).status_code == 401
