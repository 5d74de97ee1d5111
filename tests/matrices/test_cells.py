"""The matrix against a count made the simple way: every coding, every respondent, every link, one by one."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from uuid import UUID

import pytest

from qualcoder.coding import service as coding
from qualcoder.coding.models import Valence
from qualcoder.coding.service import NewCoding
from qualcoder.core.errors import Refused
from qualcoder.core.ids import CodeId, CodingId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.interviews.models import Category, InterviewKind, LinkType
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import InterviewDetails
from qualcoder.matrices import cells, passages
from qualcoder.matrices.cells import Question
from qualcoder.races.queries import round_ids
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.service import NewTranscript
from tests.homes import World, access_of
from tests.interviews.making import import_koyandy
from tests.transcripts import making

KEYS = ("KOY-2022-1", "KOY-2022-2")


@dataclass(frozen=True, slots=True)
class Told:
    """An interview as a reader would note it down: who spoke, linked to what."""

    transcript: Transcript
    respondents: tuple[str, ...]
    links: tuple[tuple[str, LinkType], ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A coding as a reader would note it down."""

    interview: int
    code: str
    coder: str
    valence: Valence | None


def _interview(
    home: Home, world: World, people: tuple[str, ...], links: tuple[tuple[str, LinkType], ...]
) -> Transcript:
    """Released to both coders. A person known by serial is named again, one with an empty serial is new."""
    new = NewTranscript(
        "x.txt",
        f"Интервьюер: Что?\nРеспондент: {'вода дорога суд ' * 20}{new_id()}.\n".encode(),
        NewInterview(
            InterviewDetails(),
            making.CONSENT,
            tuple(NewRespondent(Category.VOTER, serial=serial) for serial in people),
            tuple(NewLink(key, kind) for key, kind in links),
            kind=InterviewKind.FOCUS_GROUP if len(people) > 1 else InterviewKind.INDIVIDUAL,
        ),
        language="ru",
    )
    making.open_vault(home, world.study)
    return making.release(home, making.to_review(home, world, new, marks=()), world.pi, world.coder, world.other_coder)


@pytest.fixture
def told(home: Home, world: World) -> list[Told]:
    """Five interviews: a focus group, somebody who speaks twice, one with two links, two links to one race, none."""
    import_koyandy(home, world)
    first, second = KEYS
    plan: list[tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, LinkType], ...]]] = [
        (("",), ("R-001",), ((first, LinkType.ABOUT),)),
        (("", "", ""), ("R-002", "R-003", "R-004"), ((second, LinkType.ABOUT),)),
        (("R-001",), ("R-001",), ((first, LinkType.VOTER), (second, LinkType.ABOUT))),
        (("",), ("R-005",), ((second, LinkType.ABOUT), (second, LinkType.OFFICIAL))),
        (("",), ("R-006",), ()),
    ]
    return [Told(_interview(home, world, typed, links), people, links) for typed, people, links in plan]


@pytest.fixture
def made(home: Home, world: World, told: list[Told]) -> list[Made]:
    """Sixty codings of two coders, chosen by lot; some deny, some are taken back."""
    codes = making.import_codes(home, world)
    draw = random.Random(7)
    kept = []
    for n in range(60):
        one = Made(
            draw.randrange(len(told)),
            draw.choice(["WATER", "ROADS", "COURT"]),
            draw.choice(["coder", "other_coder"]),
            draw.choice([None, None, Valence.HELPS, Valence.HINDERS, Valence.DENIES]),
        )
        coding_id = _add(home, world, told[one.interview].transcript, codes[one.code], one, n)
        if n % 7 == 0:
            with home.data.transaction() as db:
                coding.remove_coding(db, world.by_name[one.coder], coding_id)
        else:
            kept.append(one)
    return kept


def _add(home: Home, world: World, transcript: Transcript, code: CodeId, one: Made, n: int) -> CodingId:
    # Side by side: what overlaps would become one coding.
    wanted = NewCoding(CodingId(new_id()), TranscriptId(transcript.id), 1, Span(5 * n, 5 * n + 3), code, one.valence)
    with home.data.transaction() as db:
        return CodingId(coding.add_coding(db, world.by_name[one.coder], wanted).coding.id)


PARENTS = {"WATER": "FACTOR", "ROADS": "FACTOR"}
Figures = dict[tuple[str, str], tuple[int, int, int]]


def counted_simply(
    told: list[Told], made: list[Made], coder: str | None, link: LinkType | None, *, rolled: bool
) -> Figures:
    """(segments, respondents, denied) per code and race."""
    segments: dict[tuple[str, str], int] = defaultdict(int)
    denied: dict[tuple[str, str], int] = defaultdict(int)
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in made:
        if coder is not None and one.coder != coder:
            continue
        interview = told[one.interview]
        races = {key for key, kind in interview.links if link is None or kind is link}
        for code in (one.code, *([PARENTS[one.code]] if rolled and one.code in PARENTS else [])):
            for race in races:
                if one.valence is Valence.DENIES:
                    denied[code, race] += 1
                else:
                    segments[code, race] += 1
                    people[code, race] |= set(interview.respondents)
    places = set(segments) | set(denied)
    return {place: (segments[place], len(people[place]), denied[place]) for place in places}


def test_every_cell_is_what_a_simple_count_gives(home: Home, world: World, told: list[Told], made: list[Made]) -> None:
    links = (None, LinkType.ABOUT, LinkType.VOTER, LinkType.CANDIDATE)
    for coder, link, rolled in product((None, "coder"), links, (False, True)):
        question = Question(world.by_name[coder].id if coder else None, link, rolled)
        expected = counted_simply(told, made, coder, link, rolled=rolled)
        assert dict(_figures(home, world, question)) == expected, question
        if link is not LinkType.CANDIDATE:
            assert expected


def _figures(home: Home, world: World, question: Question) -> Iterator[tuple[tuple[str, str], tuple[int, int, int]]]:
    with home.data.read() as db:
        matrix = cells.build(db, access_of(db, world.study, world.pi), question)
    codes = {code.id: code.key for code in matrix.codes}
    races = {race.id: race.key for race in matrix.races}
    for (code_id, race_id), cell in matrix.crosstab.cells.items():
        if cell.segments or cell.denied:
            yield (codes[code_id], races[race_id]), (cell.segments, cell.respondents, cell.denied)


def test_behind_a_cell_stand_just_the_passages_it_counts(
    home: Home, world: World, told: list[Told], made: list[Made]
) -> None:
    codes = making.import_codes(home, world)
    with home.data.read() as db:
        rounds: dict[str, UUID] = dict(round_ids(db, world.study.id, set(KEYS)))
    for rolled in (False, True):
        expected = counted_simply(told, made, None, None, rolled=rolled)
        for (code, race), (segments, _people, denied) in expected.items():
            with home.data.read() as db:
                _access, cell = passages.behind_cell(
                    db,
                    world.pi,
                    world.study.slug,
                    codes[code],
                    rounds[race],  # type: ignore[arg-type]  # a round's id
                    Question(is_rolled_up=rolled),
                    "ru",
                )
            assert (len(cell.said), len(cell.denied)) == (segments, denied)
            assert all(passage.words.strip() for passage in (*cell.said, *cell.denied))


def test_what_is_not_released_any_more_is_not_counted(
    home: Home, world: World, told: list[Told], made: list[Made]
) -> None:
    with home.data.transaction() as db:
        db.get_one(Transcript, told[1].transcript.id).state = TranscriptState.REVIEW
    left = [one for one in made if one.interview != 1]
    assert dict(_figures(home, world, Question())) == counted_simply(told, left, None, None, rolled=False)


@pytest.mark.parametrize("who", ["researcher", "coder", "observer", "admin"])
def test_figures_by_race_are_for_the_pi_until_the_gate_exists(home: Home, world: World, who: str) -> None:
    with home.data.read() as db, pytest.raises(Refused):
        cells.build(db, access_of(db, world.study, world.by_name[who]), Question())
