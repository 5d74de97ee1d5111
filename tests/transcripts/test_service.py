"""Receiving a transcript: what is stored, what is refused with nothing stored, whose it is, who speaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import col, func, select

from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.permissions import Act
from qualcoder.core.errors import Conflict, Invalid, NotFound, Refused
from qualcoder.core.ids import new_id
from qualcoder.core.models import Job, JobKind, JobState
from qualcoder.home import Home
from qualcoder.interviews.models import Interview, Respondent
from qualcoder.transcripts import queries, service
from qualcoder.transcripts.access import reach
from qualcoder.transcripts.models import Transcript, TranscriptState, Turn
from qualcoder.transcripts.service import SameFile, Speaker
from qualcoder.vault import blobs
from qualcoder.vault.keys import KeyRef
from qualcoder.vault.models import Blob, InterviewKey
from tests.homes import World
from tests.transcripts import making
from tests.transcripts.making import confirm, receive, upload

RUSSIAN = "Интервьюер: Что вы помните?\nРеспондент: Помню, что воды не было всё лето.\n"
KAZAKH = "Сұхбаткер: Не есіңізде қалды?\nРеспондент: Әкім сайлауында үлкен өзгеріс болды, ұйымдастыру жақсы еді.\n"

ENCODED: dict[str, Callable[[], tuple[bytes, str]]] = {
    "utf-8": lambda: (KAZAKH.encode(), KAZAKH),
    "utf-8 with mark": lambda: (KAZAKH.encode("utf-8-sig"), KAZAKH),
    "utf-16 with mark": lambda: (KAZAKH.encode("utf-16"), KAZAKH),
    "utf-16 le": lambda: (RUSSIAN.encode("utf-16-le"), RUSSIAN),
    "utf-16 be": lambda: (RUSSIAN.encode("utf-16-be"), RUSSIAN),
    "windows-1251": lambda: (RUSSIAN.encode("cp1251"), RUSSIAN),
    "kz-1048": lambda: (KAZAKH.encode("kz1048"), KAZAKH),
    "windows line ends": lambda: (RUSSIAN.replace("\n", "\r\n").encode(), RUSSIAN),
    "decomposed letters": lambda: (RUSSIAN.replace("й", "й").replace("ё", "ё").encode(), RUSSIAN),
}
BAD: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 422),
    "only blanks": (b" \n\t\n", 422),
    "zero bytes": (b"abc\0\0\0def" * 50, 415),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, 415),
    "a PDF": (b"%PDF-1.7 text", 415),
    "a Word file": (b"PK\x03\x04" + b"word/document.xml" * 10, 415),
    "60 MB": (b"a" * (60 << 20), 413),
}


def counts(home: Home) -> dict[str, int]:
    with home.data.read() as db:
        found = {
            table.__name__: db.exec(select(func.count()).select_from(table)).one()
            for table in (Transcript, Turn, Interview, Respondent, Blob, Job)
        }
    with home.keys.read() as keys:
        return {**found, "keys": keys.exec(select(func.count()).select_from(InterviewKey)).one()}


@pytest.mark.parametrize("encoded", ENCODED)
def test_a_file_is_read_in_every_usual_encoding(home: Home, world: World, encoded: str) -> None:
    raw, text = ENCODED[encoded]()
    transcript = receive(home, world, upload(raw, language="auto"))
    turns = making.text_of(home, transcript)
    assert [f"{turn.speaker}: {turn.body}" for turn in turns] == text.strip().split("\n")
    assert transcript.state is TranscriptState.RECEIVED
    assert transcript.n_chars == len("\n".join(turn.body for turn in turns)) == turns[-1].end
    assert transcript.language == ("kk" if text is KAZAKH else "ru")


def test_the_source_file_is_kept_byte_for_byte(home: Home, world: World) -> None:
    raw = RUSSIAN.encode("cp1251")
    transcript = receive(home, world, upload(raw))
    assert transcript.source_blob_id is not None
    with home.data.read() as db:
        key = KeyRef.interview(transcript.interview_id, transcript.study_id)
        assert blobs.read(db, key, transcript.source_blob_id) == raw


@pytest.mark.parametrize("bad", BAD)
def test_a_file_that_is_no_transcript_is_refused_and_nothing_is_stored(home: Home, world: World, bad: str) -> None:
    raw, status = BAD[bad]
    before = counts(home)
    with pytest.raises(Invalid) as refused:
        receive(home, world, upload(raw))
    assert refused.value.status in {status, 422}
    assert counts(home) == before


def test_the_same_text_twice_is_refused_naming_the_first_and_nothing_is_stored(home: Home, world: World) -> None:
    first = receive(home, world, upload(RUSSIAN.encode()))
    before = counts(home)
    for again in (RUSSIAN.encode(), RUSSIAN.encode("cp1251"), RUSSIAN.replace("\n", "\r\n").encode("utf-16")):
        with pytest.raises(SameFile) as refused:
            receive(home, world, upload(again))
        assert refused.value.params == {"serial": first.serial}
    assert counts(home) == before


@pytest.mark.parametrize(
    ("who", "error"), [("coder", Refused), ("observer", Refused), ("admin", Refused), ("outsider", NotFound)]
)
def test_only_those_of_the_field_upload(home: Home, world: World, who: str, error: type[Exception]) -> None:
    before = counts(home)
    with pytest.raises(error):
        receive(home, world, by=world.by_name[who])
    assert counts(home) == before


def test_a_researcher_lists_and_reaches_own_uploads_only(home: Home, world: World) -> None:
    mine = receive(home, world, by=world.researcher)
    receive(home, world, by=world.other_researcher)
    with home.data.read() as db:
        for who, seen in ((world.researcher, [mine.id]), (world.coder, [])):
            access = study_by_slug(db, who, world.study.slug, Act.LIST_TRANSCRIPTS)
            assert [line.id for line in queries.transcripts_of(db, access)] == seen
        assert len(queries.transcripts_of(db, study_by_slug(db, world.pi, world.study.slug, Act.REVIEW))) == 2
        assert reach(db, world.researcher, mine.id, Act.REVIEW).transcript.id == mine.id
        for stranger in (world.other_researcher, world.outsider):
            with pytest.raises(NotFound):
                reach(db, stranger, mine.id, Act.REVIEW)
        with pytest.raises(NotFound):
            reach(db, world.researcher, new_id(), Act.REVIEW)  # type: ignore[arg-type]  # an id of nothing


def test_confirming_the_speakers_marks_the_interviewer_and_puts_the_search_in_line(home: Home, world: World) -> None:
    transcript = receive(home, world)
    confirm(home, transcript, world.pi)
    with home.data.read() as db:
        jobs = db.exec(select(Job).where(col(Job.object_id) == transcript.id)).all()
    assert [(job.kind, job.state) for job in jobs] == [(JobKind.DETECT, JobState.WAITING)]
    assert making.again(home, transcript).state is TranscriptState.DETECTING
    turns = making.text_of(home, transcript)
    assert {turn.speaker for turn in turns if turn.is_interviewer} == {"Интервьюер"}
    assert {turn.speaker for turn in turns if not turn.is_interviewer} == {"Респондент"}


def test_somebody_must_have_answered(home: Home, world: World) -> None:
    transcript = receive(home, world)
    with pytest.raises(Invalid), home.data.transaction() as db:
        both = {"0": Speaker.INTERVIEWER, "1": Speaker.INTERVIEWER}
        service.confirm_speakers(db, reach(db, world.pi, transcript.id, Act.REVIEW), both, transcript.version)
    assert making.again(home, transcript).state is TranscriptState.RECEIVED


def test_speakers_are_confirmed_once_and_on_the_page_that_was_seen(home: Home, world: World) -> None:
    transcript = receive(home, world)
    with pytest.raises(Conflict), home.data.transaction() as db:
        service.confirm_speakers(db, reach(db, world.pi, transcript.id, Act.REVIEW), {}, transcript.version + 1)
    confirm(home, transcript, world.pi)
    with pytest.raises(Conflict):
        confirm(home, transcript, world.pi)


def test_a_search_that_failed_can_be_tried_again_and_no_other(home: Home, world: World) -> None:
    transcript = receive(home, world)
    with pytest.raises(Conflict), home.data.transaction() as db:
        service.retry_detection(db, reach(db, world.pi, transcript.id, Act.REVIEW))
    with home.data.transaction() as db:
        row = db.get_one(Transcript, transcript.id)
        row.state, row.error_code = TranscriptState.FAILED, "Invalid"
    with home.data.transaction() as db:
        service.retry_detection(db, reach(db, world.pi, transcript.id, Act.REVIEW))
    after = making.again(home, transcript)
    assert (after.state, after.error_code) == (TranscriptState.DETECTING, None)


def test_serials_count_up_within_a_study(home: Home, world: World) -> None:
    assert [receive(home, world).serial for _ in range(3)] == ["T-001", "T-002", "T-003"]
