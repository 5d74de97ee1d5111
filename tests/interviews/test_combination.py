"""How few people of the race record fit what a text still says: the real record of Koyandy, and many invented races."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.anonymise.findings import Label
from qualcoder.home import Home
from qualcoder.interviews.combination import Combination, Left, narrowest
from qualcoder.races.ballots import OnBallot, ballots_of
from qualcoder.races.service import import_candidates, import_races
from tests.homes import World, access_of
from tests.interviews.making import RACES

A, B, C, D = (UUID(int=n) for n in range(1, 5))
AKMOLA = ("Akmola", "Ақмола облысы", "Акмолинская область", "Akmola oblast")
INVENTED = (
    OnBallot(A, ("Мысалауыл", "Tselinograd", *AKMOLA), 2022, 1980, None, True, 43.81, 308),
    OnBallot(A, ("Мысалауыл", "Tselinograd", *AKMOLA), 2022, 1985, None, False, 10.67, 75),
    OnBallot(B, ("Примерное", "Tselinograd", *AKMOLA), 2022, None, 46, True, 60.0, 900),
    OnBallot(C, ("Ойлапкент", "Zharkain", *AKMOLA), 2023, None, 33, True, 55.5, 410),
    OnBallot(D, ("Выдумкино", "Ойдан"), 2024, None, 33, True, 71.2, 512),
)
AKIM = Left(Label.ROLE, "аким")


def left(**words: str) -> list[Left]:
    return [Left(Label[kind], said) for kind, said in words.items()]


@pytest.mark.parametrize(
    ("said", "races", "people"),
    [
        ([Left(Label.PLACE_COARSE, "Акмолинской области")], 3, 4),
        ([Left(Label.PLACE_COARSE, "Целиноградский район")], 2, 3),
        ([Left(Label.PLACE_COARSE, "Целиноград ауданында"), AKIM], 2, 2),
        ([Left(Label.PLACE_COARSE, "Tselinograd district"), AKIM, Left(Label.AGE, "50 лет")], 1, 1),
        ([Left(Label.PLACE_COARSE, "Целиноградский район"), AKIM, Left(Label.AGE, "[40–49]")], 2, 2),
        ([Left(Label.AGE, "33")], 2, 2),
        ([Left(Label.AGE, "33"), Left(Label.DATE, "2024")], 1, 1),
        ([Left(Label.RESULT, "43,8 %")], 1, 1),
        ([Left(Label.RESULT, "44 процента")], 1, 1),
        ([Left(Label.RESULT, "410 голосов")], 1, 1),
        ([Left(Label.PLACE_FINE, "село Мысалауыл")], 1, 2),
        ([AKIM], 4, 4),
    ],
)
def test_so_many_fit(said: list[Left], races: int, people: int) -> None:
    found = narrowest(INVENTED, said)
    assert found is not None
    assert (found.races, found.people) == (races, people)
    assert found.names_one == (races == 1)


@pytest.mark.parametrize(
    "said",
    [
        [],
        left(PLACE_COARSE="район Небывалый"),
        left(AGE="сколько-то", RESULT="почти все", DATE="весной", ROLE="директор школы", ORG="школа"),
        left(AGE="17"),
        left(PLACE_COARSE="район"),
    ],
)
def test_words_that_fit_nobody_tell_nothing(said: list[Left]) -> None:
    assert narrowest(INVENTED, said) is None


def test_the_kinds_that_tell_are_named_and_no_more() -> None:
    said = [AKIM, *left(PLACE_FINE="аул Мысалауыл", AGE="[40–49]", DATE="2022")]
    assert narrowest(INVENTED, said) == Combination(1, 1, (Label.ROLE, Label.PLACE_FINE))


def test_somebody_elses_age_does_not_hide_the_narrow_place() -> None:
    said = [*left(PLACE_FINE="Выдумкино"), Left(Label.AGE, "47 лет")]
    assert narrowest(INVENTED, said) == Combination(1, 1, (Label.PLACE_FINE,))


def test_a_text_about_another_race_does_not_tell_who_speaks() -> None:
    said = left(PLACE_FINE="Выдумкино", PLACE_COARSE="Целиноградский район")
    assert narrowest(INVENTED, said, {A}) == Combination(3, 2, (Label.PLACE_FINE,))
    assert narrowest(INVENTED, said, {D}) == Combination(1, 1, (Label.PLACE_FINE,))
    assert narrowest(INVENTED, said, {uuid4()}) is None


@given(st.lists(st.builds(Left, st.sampled_from(list(Label)), st.text(max_size=30)), max_size=12))
def test_whatever_is_said_the_figures_agree_with_each_other(said: list[Left]) -> None:
    found = narrowest(INVENTED, said)
    assert found is None or (1 <= found.races <= found.people <= len(INVENTED) and found.kinds)


# The record -----------------------------------------------------------------------------------


@pytest.fixture
def record(home: Home, world: World) -> list[OnBallot]:
    """Koyandy with its candidates, and 255 invented races beside it."""
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        for name in ("koyandy_race.csv", "races_synthetic_255.csv"):
            import_races(db, access, (RACES / name).read_bytes()).require_stored()
        import_candidates(db, access, (RACES / "koyandy_candidates.csv").read_bytes()).require_stored()
    with home.data.read() as db:
        return ballots_of(db, world.study.id)


def test_the_akim_of_koyandy_is_known_by_district_and_position_and_not_by_the_oblast(record: list[OnBallot]) -> None:
    koyandy = [person for person in record if person.birth_year is not None]
    assert len(koyandy) == 8
    winner = next(person for person in koyandy if person.is_winner)
    assert (winner.birth_year, winner.votes, winner.share and round(winner.share, 1)) == (1980, 308, 43.8)
    by_district = narrowest(record, [Left(Label.PLACE_COARSE, "Целиноградский район"), AKIM])
    assert by_district is not None
    assert by_district.names_one
    by_result = narrowest(record, left(RESULT="43,8 %", DATE="2022 год"))
    assert by_result is not None
    assert by_result.names_one
    by_age = narrowest(record, [Left(Label.AGE, "[40–49]"), AKIM])
    assert by_age is not None
    assert by_age.races > 50


def test_an_oblast_with_many_races_hides_an_akim_until_more_is_kept(record: list[OnBallot]) -> None:
    oblast = Left(Label.PLACE_COARSE, "Северо-Казахстанская область")
    wide = narrowest(record, [oblast, AKIM])
    assert wide is not None
    assert wide.races > 5
    shared = narrowest(record, [oblast, AKIM, Left(Label.RESULT, "76,79 %")])
    assert shared is not None
    assert shared.races == 2
    one = narrowest(record, [oblast, AKIM, Left(Label.RESULT, "76,8 %"), Left(Label.DATE, "в 2024 году")])
    assert one is not None
    assert one.races < wide.races
