"""Interviews for tests of this domain; everything in them is invented."""

from __future__ import annotations

from pathlib import Path

from qualcoder.accounts.models import Person
from qualcoder.core.ids import InterviewId
from qualcoder.home import Home
from qualcoder.interviews import service
from qualcoder.interviews.models import Category, Interview, LinkType
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import ConsentScope, InterviewDetails
from qualcoder.races.service import import_races
from tests.homes import World, access_of
from tests.remembered import remembered

RACES = Path(__file__).parents[2] / "qualcoder" / "demo" / "races"

DETAILS = InterviewDetails("2026-09-25", "село Примерное", "ru")
CONSENT = ConsentScope(quote=True, share=False, archive=False, until="2030-01-01", note="до выборов Ойдантапа")


def import_koyandy(home: Home, world: World) -> None:
    def build() -> None:
        with home.data.transaction() as db:
            raw = (RACES / "koyandy_race.csv").read_bytes()
            import_races(db, access_of(db, world.study, world.pi), raw).require_stored()

    remembered(home, "koyandy", build, lambda _nothing: None)


def draft(
    *respondents: NewRespondent, links: tuple[NewLink, ...] = (), category: Category = Category.VOTER
) -> NewInterview:
    """An interview of one voter, unless told otherwise."""
    return NewInterview(DETAILS, CONSENT, respondents or (NewRespondent(category),), links)


def make_interview(home: Home, world: World, new: NewInterview | None = None, *, by: Person | None = None) -> Interview:
    with home.data.transaction() as db:
        return service.create_interview(db, access_of(db, world.study, by or world.pi), new or draft())


def about(key: str, kind: LinkType = LinkType.ABOUT) -> NewLink:
    return NewLink(key, kind)


def id_of(interview: Interview) -> InterviewId:
    return InterviewId(interview.id)
