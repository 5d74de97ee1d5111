"""The review's pages: passes, the rest of the text, fragments that hold only what was touched, plain forms too."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Study
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.audit.models import AuditEntry
from qualcoder.home import Home
from qualcoder.transcripts import reviewing
from qualcoder.transcripts.models import Transcript, TranscriptState
from tests.homes import Browser, World, count_statements
from tests.transcripts import making
from tests.transcripts.making import NAME, findings, to_review

HTMX = {"HX-Request": "true"}
OTHER = "Ойдантап"


@pytest.fixture
def transcript(home: Home, world: World) -> Transcript:
    """In review, a name twice and another once, all decided."""
    making.open_vault(home, world.study)
    text = f"{making.TEXT}Респондент: Ещё {OTHER} был.\n"
    return to_review(home, world, making.upload(text), by=world.researcher, marks=(NAME, OTHER))


def look(browser: Browser, transcript: Transcript, query: str = "") -> str:
    answer = browser.get(f"/transcripts/{transcript.id}/review{query}")
    assert answer.status_code == 200
    return str(answer.text)


def seen(page: str, part: int = 1) -> dict[str, str]:
    found = re.search(rf'name="number" value="{part}"><input type="hidden" name="seen" value="(\w+)"', page)
    assert found
    return {"number": str(part), "seen": found[1]}


def read_all(browser: Browser, transcript: Transcript) -> None:
    path = f"/transcripts/{transcript.id}/parts"
    while 'name="seen"' in (page := look(browser, transcript, "?pass=rest")):
        part = re.search(r'name="number" value="(\d+)"', page)
        assert part
        assert browser.post(path, data=seen(page, int(part[1]))).status_code == 303


def undecide(home: Home, world: World, transcript: Transcript) -> list[UUID]:
    ids = [span.id for span in findings(home, transcript.id)]
    for finding in ids:
        with home.data.transaction() as db:
            found = reviewing.reach_review(db, world.researcher, transcript.id)
            reviewing.decide(db, found, finding, Decision.UNDECIDED)
    return ids


def test_the_reader_goes_on_where_something_is_left(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    mine = browser.as_(world.researcher)
    assert 'data-pass="rest"' in look(mine, transcript)
    last = undecide(home, world, transcript)[-1]
    assert 'data-pass="a"' in look(mine, transcript)
    with home.data.transaction() as db:
        for span in db.exec(select(PiiSpan)):
            span.tier = Tier.B if span.id == last else Tier.A
            span.decision = Decision.UNDECIDED if span.id == last else Decision.ACCEPT
    assert 'data-pass="b"' in look(mine, transcript)


def test_every_reason_that_locks_the_release_stands_there_at_once(home: Home, world: World, browser: Browser) -> None:
    bare = to_review(home, world)
    with home.data.transaction() as db:
        db.get_one(Study, world.study.id).needs_second_reader = True
        found = reviewing.reach_review(db, world.pi, bare.id)
        reviewing.decide(db, found, findings(home, bare.id)[0].id, Decision.UNDECIDED)
    page = look(browser.as_(world.pi), bare)
    assert re.findall(r'data-lock="(\w+)"', page) == ["undecided", "unread", "second_reading", "no_vault"]
    assert "/publish" not in page
    received = making.receive(home, world)
    assert 'data-lock="speakers"' in look(browser.as_(world.pi), received)


def test_with_plain_forms_a_text_is_read_and_released(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    mine = browser.as_(world.researcher)
    read_all(mine, transcript)
    page = look(mine, transcript)
    version = page.partition('name="seen_version" value="')[2].partition('"')[0]
    sent = mine.post(f"/transcripts/{transcript.id}/publish", data={"seen_version": version})
    assert sent.status_code == 303
    assert making.again(home, transcript).state is TranscriptState.CODABLE


def test_a_decision_answers_with_the_touched_thing_the_counts_and_the_locks(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    mine = browser.as_(world.researcher)
    first, _second, other = undecide(home, world, transcript)
    form = {"decision": "accept", "thing": str(first), "within": "a", "at": "1"}
    answer = mine.post(f"/transcripts/{transcript.id}/findings/{first}", data=form, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.count("data-finding=") == 2
    assert f'data-finding="{other}"' not in answer.text
    assert OTHER not in answer.text
    assert all(f'id="{part}"' in answer.text for part in ("passes", "announce", "release", f"g-{first}"))
    assert "<html" not in answer.text
    elsewhere = mine.post(f"/transcripts/{transcript.id}/findings/{other}", data=form, headers=HTMX)
    assert elsewhere.headers["hx-redirect"].endswith(f"?pass=a&at=1#g-{other}")


@pytest.mark.parametrize(
    ("decision", "words", "decided"),
    [
        ("accept_all", {}, {Decision.ACCEPT}),
        ("keep_all", {"reason": "Публичное лицо"}, {Decision.KEEP}),
        ("remove_all", {}, {Decision.ACCEPT}),
        ("accept_all", {"replacement": "[Лицо]"}, {Decision.ACCEPT}),
    ],
)
def test_one_press_is_for_every_place_of_the_thing(
    home: Home,
    world: World,
    browser: Browser,
    transcript: Transcript,
    decision: str,
    words: dict[str, str],
    decided: set[Decision],
) -> None:
    first, second, other = undecide(home, world, transcript)
    path = f"/transcripts/{transcript.id}/findings/{first}"
    sent = browser.as_(world.researcher).post(path, data={"decision": decision, **words})
    assert sent.headers["location"].endswith(f"/review?pass=a&at=1#g-{first}")
    after = {span.id: span for span in findings(home, transcript.id)}
    assert {after[first].decision, after[second].decision} == decided
    assert after[other].decision is Decision.UNDECIDED
    with home.data.read() as db:
        shown = reviewing.stand_ins(db, [after[first]])[first]
    assert shown == {"remove_all": "[…]"}.get(decision, words.get("replacement", "[Лицо 1]"))


def test_what_has_no_entry_is_one_thing_by_its_words(home: Home, world: World, browser: Browser) -> None:
    text = "Интервьюер: Когда?\nРеспондент: В 1961 году. Точно в 1961. А другое в 1975.\n"
    mine = to_review(home, world, making.upload(text), marks=())
    for words in ("1961", "1975"):
        with home.data.transaction() as db:
            reviewing.mark_missed(db, reviewing.reach_review(db, world.pi, mine.id), words, Label.DATE)
    ids = undecide_as_pi(home, world, mine)
    sent = browser.as_(world.pi).post(
        f"/transcripts/{mine.id}/findings/{ids[0]}", data={"decision": "keep_all", "within": "b"}
    )
    assert sent.status_code == 303
    assert [span.decision.value for span in findings(home, mine.id)] == ["keep", "keep", "undecided"]


def undecide_as_pi(home: Home, world: World, transcript: Transcript) -> list[UUID]:
    ids = [span.id for span in findings(home, transcript.id)]
    with home.data.transaction() as db:
        for span in db.exec(select(PiiSpan).where(col(PiiSpan.transcript_id) == transcript.id)):
            span.decision = Decision.UNDECIDED
    return ids


def test_a_part_that_changed_is_shown_anew_instead_of_counted_as_read(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    mine = browser.as_(world.pi)
    form = seen(look(mine, transcript, "?pass=rest"))
    first = findings(home, transcript.id)[0].id
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.researcher, transcript.id)
        reviewing.decide(db, found, first, Decision.KEEP, reason="Публичное лицо")
    path = f"/transcripts/{transcript.id}/parts"
    for headers in (HTMX, {}):
        answer = mine.post(path, data=form, headers=headers)
        assert answer.status_code == 409
        assert 'class="error"' in answer.text
        assert seen(answer.text) != form
    assert mine.post(path, data=seen(answer.text), headers=HTMX).status_code == 200
    assert mine.post(path, data=form | {"number": "99"}).status_code == 404
    assert mine.post(path, data={"number": "nothing"}).status_code == 422


def test_missed_words_are_shown_first_and_marked_when_ticked(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    mine = browser.as_(world.researcher)
    path = f"/transcripts/{transcript.id}"
    shown = mine.post(f"{path}/missed", data={"words": "воды", "label": "PLACE_FINE"})
    places = re.findall(r'name="places" value="(\d+-\d+)" checked', shown.text)
    assert (shown.status_code, len(places)) == (200, 1)
    assert len(findings(home, transcript.id)) == 3
    part = mine.post(f"{path}/missed", data={"words": "воды", "label": "PLACE_FINE"}, headers=HTMX)
    assert "<html" not in part.text
    form = {"words": "воды", "label": "PLACE_FINE", "places": places, "within": "rest"}
    sent = mine.post(f"{path}/mark", data=form)
    assert sent.status_code == 303
    made = next(span for span in findings(home, transcript.id) if span.label is Label.PLACE_FINE)
    page = mine.get(sent.headers["location"]).text
    assert f"/findings/{made.id}" in page
    undone = mine.post(f"{path}/findings/{made.id}", data={"decision": "unmark", "within": "rest"})
    assert undone.status_code == 303
    assert len(findings(home, transcript.id)) == 3


@pytest.mark.parametrize(
    "form",
    [
        {"words": "я", "label": "PERSON"},
        {"words": "x", "label": "PERSON", "places": "5-2"},
        {"words": "x", "label": "PERSON", "places": "nonsense"},
        {"words": "x", "label": "PERSON", "places": "0-999999999"},
        {"words": "x", "label": "NOBODY"},
    ],
)
def test_nonsense_marks_nothing_and_is_not_repeated(
    home: Home, world: World, browser: Browser, transcript: Transcript, form: dict[str, str]
) -> None:
    answer = browser.as_(world.researcher).post(f"/transcripts/{transcript.id}/mark", data=form)
    assert answer.status_code == 422
    assert len(findings(home, transcript.id)) == 3


def test_opening_a_pass_is_on_record_and_reading_a_part_too(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    mine = browser.as_(world.pi)
    for query in ("?pass=a", "?pass=rest", f"?pass=a&group={findings(home, transcript.id)[0].id}"):
        look(mine, transcript, query)
    mine.post(f"/transcripts/{transcript.id}/parts", data=seen(look(mine, transcript, "?pass=rest")))
    with home.data.read() as db:
        acts = db.exec(select(AuditEntry.act).where(col(AuditEntry.actor_id) == world.pi.id)).all()
    assert (acts.count("original.opened"), acts.count("part.read")) == (4, 1)


def test_a_decision_asks_the_database_as_often_in_a_long_text_as_in_a_short_one(
    home: Home, world: World, browser: Browser
) -> None:
    asked, sizes = [], []
    for turns in (3, 400):
        lines = (f"Респондент: {'вода ' * 30}. {OTHER}{'абвг'[n % 4]}{n} был." for n in range(turns))
        text = f"Интервьюер: Ну?\nРеспондент: {NAME}.\n" + "\n".join(lines)
        mine = to_review(home, world, making.upload(text), marks=(NAME, OTHER))
        first = findings(home, mine.id)[0].id
        form = {"decision": "keep", "reason": "Публичное лицо", "thing": str(first), "within": "a"}
        path = f"/transcripts/{mine.id}/findings/{first}"
        pi = browser.as_(world.pi)
        with count_statements(home.data) as counted:
            answer = pi.post(path, data=form, headers=HTMX)
        assert answer.status_code == 200
        asked.append(len(counted))
        sizes.append(len(answer.text))
    assert asked[0] == asked[1]
    assert abs(sizes[0] - sizes[1]) < 400


def test_all_places_at_once_leaves_what_was_decided_with_a_reason(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    first, second, _other = undecide(home, world, transcript)
    mine, path = browser.as_(world.researcher), f"/transcripts/{transcript.id}/findings"
    mine.post(f"{path}/{first}", data={"decision": "keep", "reason": "Публичное лицо"})
    mine.post(f"{path}/{first}", data={"decision": "accept_all"})
    decisions = {span.id: span.decision for span in findings(home, transcript.id)}
    assert (decisions[first], decisions[second]) == (Decision.KEEP, Decision.ACCEPT)
    mine.post(f"{path}/{first}", data={"decision": "accept_all"})
    assert {span.id: span.decision for span in findings(home, transcript.id)}[first] is Decision.ACCEPT


@pytest.mark.parametrize(
    ("form", "status", "kept"),
    [
        ({"decision": "keep", "replacement": "кто-то"}, 422, 'value="кто-то"'),
        ({"decision": "keep_all", "replacement": "кто-то"}, 422, 'value="кто-то"'),
        ({"decision": "agree", "reason": "Верно"}, 403, 'value="Верно"'),
        ({"decision": "nonsense"}, 422, ""),
        ({"decision": "keep", "reason": "ж" * 501}, 422, "ж" * 501),
    ],
)
def test_a_refused_plain_form_shows_its_sentence_in_place_with_what_was_typed(
    home: Home, world: World, browser: Browser, transcript: Transcript, form: dict[str, str], status: int, kept: str
) -> None:
    first, _second, other = undecide(home, world, transcript)
    mine, path = browser.as_(world.researcher), f"/transcripts/{transcript.id}/findings/{first}"
    answer = mine.post(path, data={**form, "within": "a", "at": "1"})
    assert answer.status_code == status
    assert 'id="review"' in answer.text
    suffix = "all-" if form["decision"].endswith("_all") else ""
    assert re.findall(r'<p class="error" role="alert" id="e-([\w-]+)"', answer.text) == [f"{suffix}{first}"]
    assert kept in answer.text
    assert answer.text.count(kept) == 1 or not kept
    assert f'data-finding="{other}"' in answer.text
    alone = mine.post(path, data={**form, "within": "a", "alone": "true"})
    assert (alone.status_code, f'data-finding="{other}"' in alone.text) == (status, False)
    assert "toasts" in mine.post(path, data=form, headers=HTMX).headers["HX-Retarget"]
    assert all(span.decision is Decision.UNDECIDED for span in findings(home, transcript.id))


def test_a_foreign_finding_is_not_there_even_when_refused(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    elsewhere = to_review(home, world, by=world.pi)
    other = findings(home, elsewhere.id)[0].id
    mine = browser.as_(world.researcher)
    for act in ("", "/level"):
        path = f"/transcripts/{transcript.id}/findings/{other}{act}"
        assert mine.post(path, data={"decision": "keep_all", "level": "nothing", "alone": "true"}).status_code == 404
        assert mine.post(path, data={"alone": "true"}).status_code in (404, 422)


def test_a_refused_release_or_reading_says_why_on_the_page_and_keeps_the_ticks(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    mine, path = browser.as_(world.researcher), f"/transcripts/{transcript.id}"
    form = {"seen_version": str(making.again(home, transcript).version), "coders": [str(world.other_coder.id)]}
    unread = mine.post(f"{path}/publish", data=form)
    assert (unread.status_code, 'role="alert"' in unread.text, 'id="review"' in unread.text) == (409, True, True)
    assert mine.post(f"{path}/first-reading").status_code == 409
    read_all(mine, transcript)
    stale = mine.post(f"{path}/publish", data=form | {"seen_version": "1"})
    assert (stale.status_code, 'id="review"' in stale.text) == (409, True)
    boxes = re.findall(r'name="coders" value="([\w-]+)" checked', stale.text)
    assert boxes == [str(world.other_coder.id)]
    assert making.again(home, transcript).state is TranscriptState.REVIEW


def test_words_that_cannot_be_looked_for_stay_in_the_field(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    mine, path = browser.as_(world.researcher), f"/transcripts/{transcript.id}"
    for words in ("", "ж" * 301):
        for act in ("missed", "mark"):
            answer = mine.post(f"{path}/{act}", data={"words": words, "label": "PERSON", "within": "rest", "at": "1"})
            assert (answer.status_code, 'id="missed"' in answer.text, 'id="f-words-error"' in answer.text) == (
                422,
                True,
                True,
            )
    assert len(findings(home, transcript.id)) == 3
