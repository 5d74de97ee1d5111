"""A Kazakh text of three hundred thousand letters, from file to search: its last word is found where it stands."""

from __future__ import annotations

import random
from urllib.parse import urlencode

import pytest

from qualcoder.home import Home
from tests.coding.indexed import indexing, until_known
from tests.coding.test_masking import code, confirmed, mask, quote_of, whole
from tests.homes import Browser, Worker, World
from tests.scripts import Script, script_of
from tests.transcripts import making

LETTERS = 300_000
SPOKEN = "және бұл үшін ауыл су жол мектеп сайлау жұмыс ақша көмір көмек бюджет әкімдік өзен құдық көпір түн"
LAST = "сыңғырлауық"
# Two code units in UTF-16 and four bytes in UTF-8: only code points come out right.
TAIL = f"Ең соңғы сөз 🌾🌾: Сыңғырла\u0301уық, {LAST} {LAST}."


def spoken(turns: int) -> str:
    """So many turns of the respondent with a question before each, and the tail in the last."""
    draw = random.Random(turns)
    lines = []
    for n in range(turns):
        said = ""
        while len(said) < LETTERS // turns + 5:
            said += " ".join(draw.choices(SPOKEN.split(), k=9)).capitalize() + ". "
        lines.append(f"Сұхбаттасушы: Ал не болды?\nРеспондент: {said}{TAIL if n == turns - 1 else ''}\n")
    return "".join(lines)


def published(script: Script, worker: Worker, text: str) -> str:
    """The path of a released transcript."""
    form = {"category": "voter", "consent": "true", "language": "kk"}
    sent = script.post("/studies/demo/transcripts", data=form, files={"file": ("сұхбат.txt", text.encode())})
    assert sent.status_code == 202
    path = f"/transcripts/{sent.json()['id']}"
    worker()
    review = script.get(f"{path}/review").json()
    decisions = [{"finding_id": one["id"], "decision": "accept"} for one in review["findings"]]
    version = review["version"]
    if decisions:
        version = script.post(f"{path}/decisions", json={"decisions": decisions}).json()["version"]
    for part in script.get(f"{path}/review").json()["parts"]:
        script.post(f"{path}/parts", json={"number": part["number"], "seen": part["seen"]})
    released = script.post(f"{path}/publish", json={"version": version, "coders": ["coder@demo.example.org"]})
    assert (released.status_code, released.json()["state"]) == (200, "codable")
    return path


@pytest.mark.slow
def test_the_last_word_of_a_long_kazakh_text_is_found_where_it_stands(home: Home, world: World, worker: Worker) -> None:
    """Nearly all of it is one turn."""
    making.open_vault(home, world.study)
    script = script_of(home, world, world.pi)
    sent = spoken(1)
    assert len(sent) > LETTERS
    path = published(script, worker, sent)
    text: str = script.get(path).json()["text"]
    assert len(text) > LETTERS * 0.99
    assert text.endswith(TAIL)
    expected = [text.rindex("Сыңғырла"), text.rindex(f"{LAST} "), text.rindex(LAST)]

    def search(typed: str) -> list[tuple[int, int]]:
        (one,) = script.get(f"/studies/{world.study.slug}/search", params={"q": typed}).json()["items"]
        (passage,) = one["passages"]
        assert (one["hits"], one["turns"]) == (passage["hits"], 1)
        return [(start, end) for start, end in passage["spans"]]

    def look() -> None:
        spans = search(LAST)
        assert [start for start, _end in spans] == expected
        assert [text[start:end] for start, end in spans] == ["Сыңғырла\u0301уық", LAST, LAST]
        assert search("сыңғыр*") == spans
        (phrase,) = search(f'"соңғы сөз {LAST}"')
        assert phrase == (text.rindex("соңғы"), spans[0][1])

    look()
    with indexing(home):
        until_known(home, world)
        look()


@pytest.mark.slow
def test_passages_at_both_ends_are_retrieved_and_a_name_at_the_end_is_masked(
    home: Home, world: World, browser: Browser
) -> None:
    """Coded at both ends, asked for by nearness over the whole text; then the last word turns out to be a name."""
    codes = making.import_codes(home, world)
    transcript = making.to_codable(home, world, making.upload(spoken(1)), world.coder)
    text = whole(home, transcript)
    assert len(text) > LETTERS * 0.99
    first = code(home, world, transcript, "Ал не болды?", codes["WATER"])
    last = code(home, world, transcript, f"{LAST} {LAST}.", codes["ROADS"])

    def asked(step: str, within: int) -> list[str]:
        rows = [("WATER", "and"), ("ROADS", step)]
        pairs = [
            pair
            for name, how in rows
            for pair in (
                ("step", how),
                ("code", str(codes[name])),
                ("deep", "1"),
                ("within", str(within)),
                ("by", "turns"),
            )
        ]
        page = browser.as_(world.coder).get(f"/studies/demo/retrieve?unit=passage&{urlencode(pairs)}")
        assert page.status_code == 200
        return [piece.partition("</mark>")[0] for piece in page.text.split("<mark>")[1:]]

    # The last turn is that of the upload's number.
    apart = making.again(home, transcript).n_turns - 2
    assert asked("near", apart) == ["Ал не болды?"]
    assert asked("near", apart - 1) == []
    assert asked("or", 0) == ["Ал не болды?", f"{LAST} {LAST}."]
    flag = confirmed(home, world, transcript, LAST)
    done = mask(home, world, flag, LAST)
    masked = whole(home, transcript)
    assert LAST not in masked.replace("\u0301", "").casefold()
    assert done.texts == 1
    assert masked[: len(text) - len(TAIL)] == text[: len(text) - len(TAIL)]
    assert quote_of(home, first) == "Ал не болды?"
    assert quote_of(home, last).endswith("].")
    assert asked("near", apart) == ["Ал не болды?"]
