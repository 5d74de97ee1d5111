"""Recording interviews, tying them to races, and what stays sealed meanwhile."""

from __future__ import annotations

import pytest
from sqlmodel import Session, col, select

from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.audit.models import AuditEntry
from qualcoder.core.errors import Conflict, Invalid, NotFound, Refused
from qualcoder.core.ids import InterviewId, new_id
from qualcoder.home import Home
from qualcoder.interviews import consents, service
from qualcoder.interviews.models import (
    Category,
    Consent,
    Interview,
    InterviewKind,
    InterviewState,
    Link,
    LinkType,
    Participation,
    Respondent,
)
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import InterviewDetails, LinkKind, LinkTarget
from qualcoder.races import queries as races
from qualcoder.vault.keys import Shredded
from qualcoder.vault.models import InterviewKey, RespondentKey
from tests.homes import World, access_of, count_statements, reopened
from tests.interviews.making import CONSENT, DETAILS, about, draft, id_of, import_koyandy, make_interview


def link(home: Home, world: World, interview: Interview, *links: NewLink | LinkTarget, seen: int = 1) -> Interview:
    with home.data.transaction() as db:
        access, found = service.interview_for(db, world.pi, id_of(interview), Act.LINK)
        return service.set_links(db, access, found, links, seen)


def links(db: Session, world: World, *interviews: Interview) -> list[tuple[LinkTarget, ...]]:
    return list(service.links_of(db, access_of(db, world.study, world.pi), [id_of(i) for i in interviews]).values())


@pytest.mark.both_backends
def test_an_interview_is_recorded_with_respondent_consent_and_links(home: Home, world: World) -> None:
    import_koyandy(home, world)
    new = draft(links=(about("KOY-2022-2"), about("KOY-2022-1", LinkType.VOTER)))
    interview = make_interview(home, world, new)
    with home.data.read() as db:
        found = db.get_one(Interview, interview.id)
        assert (found.serial, found.created_by) == ("I-001", world.pi.id)
        assert service.details_of(db, found) == DETAILS
        assert consents.consents_of(db, found)[0].scope == CONSENT
        (respondent,) = service.respondents_of(db, world.study.id, [id_of(found)])[id_of(found)]
        assert (respondent.serial, respondent.category) == ("R-001", Category.VOTER)
        assert {target.type for target in links(db, world, found)[0]} == {LinkType.ABOUT, LinkType.VOTER}


def test_serials_count_up_within_a_study(home: Home, world: World) -> None:
    made = [make_interview(home, world) for _ in range(3)]
    assert [interview.serial for interview in made] == ["I-001", "I-002", "I-003"]


@pytest.mark.parametrize("typed", ["R-001", "r-1", "R1", "Р-001", " R-001 "])
def test_a_typed_serial_names_the_same_respondent(home: Home, world: World, typed: str) -> None:
    first = make_interview(home, world)
    second = make_interview(home, world, draft(NewRespondent(Category.VOTER, typed)))
    with home.data.read() as db:
        spoke = service.respondents_of(db, world.study.id, [id_of(first), id_of(second)])
        assert len(db.exec(select(Respondent.id)).all()) == 1
    assert spoke[id_of(first)][0].id == spoke[id_of(second)][0].id


@pytest.mark.parametrize("typed", ["R-002", "R-000", "R-", "somebody", "R-" + "9" * 20])
def test_a_serial_that_nobody_has_is_refused(home: Home, world: World, typed: str) -> None:
    make_interview(home, world)
    with pytest.raises(Invalid) as caught:
        make_interview(home, world, draft(NewRespondent(Category.VOTER, typed)))
    assert set(caught.value.fields) == {"respondent"}


def test_a_known_respondent_keeps_the_category(home: Home, world: World) -> None:
    make_interview(home, world)
    with pytest.raises(Invalid) as caught:
        make_interview(home, world, draft(NewRespondent(Category.TEC, "R-001")))
    assert set(caught.value.fields) == {"category"}


def test_a_researcher_names_only_respondents_of_own_interviews(home: Home, world: World) -> None:
    make_interview(home, world, by=world.researcher)
    again = draft(NewRespondent(Category.VOTER, "R-001"))
    with pytest.raises(Invalid):
        make_interview(home, world, again, by=world.other_researcher)
    make_interview(home, world, again, by=world.researcher)
    make_interview(home, world, again, by=world.pi)


@pytest.mark.parametrize(
    "new",
    [
        NewInterview(DETAILS, CONSENT, ()),
        draft(NewRespondent(Category.VOTER), NewRespondent(Category.VOTER)),
        draft(NewRespondent(Category.VOTER, note="х" * 2001)),
        draft(links=(about("NOWHERE-1"),)),
        draft(links=(about("KOY-2022-2"),) * 101),
    ],
    ids=["nobody", "two in an individual one", "a long note", "an unknown race", "too many links"],
)
def test_an_interview_that_can_not_be_leaves_neither_rows_nor_keys(home: Home, world: World, new: NewInterview) -> None:
    import_koyandy(home, world)
    with pytest.raises(Invalid):
        make_interview(home, world, new)
    with home.data.read() as db, home.keys.read() as keys:
        for table in (Interview, Respondent, Participation, Consent, Link):
            assert db.exec(select(table)).all() == []
        for key in (InterviewKey, RespondentKey):
            assert keys.exec(select(key)).all() == []


def test_a_focus_group_has_many_respondents_each_once(home: Home, world: World) -> None:
    everybody = tuple(NewRespondent(Category.VOTER, speaker_labels=(f"Г{n}",)) for n in range(12))
    group = NewInterview(DETAILS, CONSENT, everybody, kind=InterviewKind.FOCUS_GROUP)
    interview = make_interview(home, world, group)
    with home.data.read() as db:
        spoke = service.respondents_of(db, world.study.id, [id_of(interview)])[id_of(interview)]
    assert [line.serial for line in spoke] == [f"R-{n:03d}" for n in range(1, 13)]
    twice = NewInterview(DETAILS, CONSENT, (NewRespondent(Category.VOTER, "R-1"),) * 2, kind=InterviewKind.FOCUS_GROUP)
    with pytest.raises(Invalid):
        make_interview(home, world, twice)


@pytest.mark.parametrize("who", ["coder", "observer", "admin"])
def test_only_the_field_records_interviews(home: Home, world: World, who: str) -> None:
    with pytest.raises(Refused):
        make_interview(home, world, by=world.by_name[who])


# Who may reach one --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("other_researcher", NotFound),
        ("outsider", NotFound),
        ("coder", Refused),
        ("observer", Refused),
        ("admin", Refused),
    ],
)
def test_an_interview_is_reached_by_the_pi_and_who_brought_it(
    home: Home, world: World, who: str, refusal: type[Exception]
) -> None:
    interview = make_interview(home, world, by=world.researcher)
    with home.data.read() as db:
        for person in (world.pi, world.researcher):
            assert service.interview_for(db, person, id_of(interview), Act.SEE_INTERVIEW)[1].id == interview.id
        with pytest.raises(refusal):
            service.interview_for(db, world.by_name[who], id_of(interview), Act.SEE_INTERVIEW)
        with pytest.raises(NotFound):
            service.interview_for(db, world.pi, InterviewId(new_id()), Act.SEE_INTERVIEW)


def test_a_withdrawn_interview_is_not_opened_or_computed(home: Home, world: World) -> None:
    import_koyandy(home, world)
    interview = make_interview(home, world, draft(links=(about("KOY-2022-2"),)))
    with home.data.transaction() as db:
        db.get_one(Interview, interview.id).state = InterviewState.WITHDRAWN
    with home.data.read() as db:
        assert links(db, world, interview) == [()]
        assert service.respondents_of(db, world.study.id, [id_of(interview)]) == {id_of(interview): ()}
        with pytest.raises(Shredded):
            service.interview_for(db, world.pi, id_of(interview), Act.SEE_INTERVIEW)


# Links --------------------------------------------------------------------------------------


@pytest.mark.both_backends
def test_links_are_replaced_and_the_version_grows(home: Home, world: World) -> None:
    import_koyandy(home, world)
    interview = make_interview(home, world, draft(links=(about("KOY-2022-1"),)))
    kept = link(home, world, interview, about("KOY-2022-1"), about("KOY-2022-2", LinkType.VOTER))
    assert kept.version == 2
    after = link(home, world, interview, about("KOY-2022-2", LinkType.VOTER), seen=2)
    with home.data.read() as db:
        ((target,),) = links(db, world, after)
        assert races.keys_of_rounds(db, world.study.id, [target.id]) == {target.id: "KOY-2022-2"}
        assert (target.kind, target.type) == (LinkKind.ROUND, LinkType.VOTER)


def test_a_link_given_twice_is_one_link(home: Home, world: World) -> None:
    import_koyandy(home, world)
    interview = link(home, world, make_interview(home, world), about("KOY-2022-2"), about(" KOY-2022-2 "))
    with home.data.read() as db:
        assert [len(targets) for targets in links(db, world, interview)] == [1]


@pytest.mark.both_backends
def test_links_changed_meanwhile_are_a_conflict_and_stay(home: Home, world: World) -> None:
    import_koyandy(home, world)
    interview = make_interview(home, world)
    link(home, world, interview, about("KOY-2022-2"))
    with pytest.raises(Conflict):
        link(home, world, interview, about("KOY-2022-1"), seen=1)
    with home.data.read() as db:
        assert [len(targets) for targets in links(db, world, interview)] == [1]


@pytest.mark.parametrize("kind", list(LinkKind))
def test_a_link_to_something_outside_the_study_is_refused(home: Home, world: World, kind: LinkKind) -> None:
    interview = make_interview(home, world)
    with pytest.raises(Invalid):
        link(home, world, interview, LinkTarget(kind, new_id(), LinkType.ABOUT))


def test_contests_and_places_can_be_linked(home: Home, world: World) -> None:
    import_koyandy(home, world)
    with home.data.read() as db:
        contest = races.rounds_of(db, world.study.id)[0].contest_id
    interview = link(home, world, make_interview(home, world), LinkTarget(LinkKind.CONTEST, contest, LinkType.ABOUT))
    with home.data.read() as db:
        assert [target.id for target in links(db, world, interview)[0]] == [contest]


# What stays sealed --------------------------------------------------------------------------


def test_the_record_of_acts_holds_counts_and_never_a_race(home: Home, world: World) -> None:
    import_koyandy(home, world)
    interview = make_interview(home, world, draft(links=(about("KOY-2022-1"),)))
    link(home, world, interview, about("KOY-2022-2"))
    with home.data.read() as db:
        mine = col(AuditEntry.object_kind) == "interview"
        entries = db.exec(select(AuditEntry).where(mine).order_by(col(AuditEntry.seq))).all()
        assert [(entry.act, entry.counts) for entry in entries] == [
            ("interview.created", {"respondents": 1, "links": 1}),
            ("interview.linked", {"links": 1, "added": 1, "removed": 1}),
        ]
        assert {entry.object_id for entry in entries} == {interview.id}
        assert chain.verify(db, world.study.id).is_whole


CANARY = "Выдумановка"


def test_nothing_that_identifies_is_readable_in_the_files(home: Home, world: World) -> None:
    if not home.data.is_sqlite:
        pytest.skip("looks at files")
    import_koyandy(home, world)
    with home.data.read() as db:
        (round_id,) = races.round_ids(db, world.study.id, ["KOY-2022-2"]).values()
    new = NewInterview(
        InterviewDetails("2099-12-31", CANARY, "kk"),
        CONSENT,
        (NewRespondent(Category.CANDIDATE_WINNER, note=CANARY, speaker_labels=(CANARY,)),),
        (about("KOY-2022-2", LinkType.CANDIDATE),),
    )
    make_interview(home, world, new)
    written = b"".join(path.read_bytes() for path in home.settings.home.glob("*.db*"))
    for word in (CANARY, "2099-12-31", "candidate_winner", "candidate_in", "Ойдантапа", "2030-01-01"):
        assert word.encode() not in written.replace(b"'candidate_winner'", b"").replace(b"'candidate_in'", b"")
        assert word.encode("utf-16-le") not in written
    with home.data.read() as db:
        sealed = db.exec(select(Link.target_ct)).one()
    assert str(round_id).encode() not in sealed
    assert round_id.bytes not in sealed


def test_every_seal_of_the_same_link_differs(home: Home, world: World) -> None:
    import_koyandy(home, world)
    for _ in range(2):
        make_interview(home, world, draft(links=(about("KOY-2022-2"),)))
    with home.data.read() as db:
        first, second = db.exec(select(Link.target_ct)).all()
    assert first[20:] != second[20:]


def test_many_interviews_are_opened_with_few_statements(home: Home, world: World) -> None:
    import_koyandy(home, world)
    made = [make_interview(home, world, draft(links=(about("KOY-2022-2"),))) for _ in range(12)]
    seen: list[tuple[int, int]] = []
    for some in (made[:3], made):
        with (
            reopened(home) as other,
            count_statements(other.data) as asked,
            count_statements(other.keys) as keys,
            other.data.read() as db,
        ):
            ids = [id_of(interview) for interview in some]
            service.links_of(db, access_of(db, world.study, world.pi), ids)
            service.respondents_of(db, world.study.id, ids)
        seen.append((len(asked), len(keys)))
    assert seen[0] == seen[1]
    assert seen[1][1] <= 6
