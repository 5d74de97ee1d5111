"""One entry per route of the JSON API, as `roles_table` has them for the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualcoder.accounts.permissions import Act
from tests.house.roles_memos import MEMOS_API
from tests.house.roles_rules import Entry, Reach, Sent
from tests.house.roles_rules import expected as expected_of_page
from tests.house.roles_stage import Stage, version_of

_STUDY = {"s": "slug"}


def expected(entry: Entry, stage: Stage, who: str) -> int:
    """The status that a principal gets; the API redirects nobody."""
    return 401 if who == "signed_out" else expected_of_page(entry, stage, who, "")


def _json(**fields: Any) -> Sent:
    return lambda stage: {"json": fields}


def _seen(name: str, **fields: Any) -> Sent:
    return lambda stage: {"json": {"version": int(version_of(stage, name)), **fields}}


def _coding(stage: Stage) -> Mapping[str, Any]:
    ids = {"transcript_id": str(stage.ids["codable"]), "code_id": str(stage.ids["WATER"])}
    return {"json": {**ids, "version": 1, "start": 0, "end": 9, "memo": "Заметка"}}


def _flag(stage: Stage) -> Mapping[str, Any]:
    return {"json": {"transcript_id": str(stage.ids["codable"]), "version": 1, "start": 0, "end": 9, "note": "Заметка"}}


def _file(stage: Stage) -> Mapping[str, Any]:
    text = "Интервьюер: Новое?\nРеспондент: Новое.\n".encode()
    return {"data": {"category": "voter", "consent": "true"}, "files": {"file": ("new.txt", text)}}


def _agreements(stage: Stage) -> Mapping[str, Any]:
    return {"json": {"findings": [{"finding_id": str(stage.ids["finding"]), "seen": "stale"}]}}


def _decisions(stage: Stage) -> Mapping[str, Any]:
    return {"json": {"decisions": [{"finding_id": str(stage.ids["finding"]), "decision": "undecided"}]}}


def _transcript(name: str) -> Mapping[str, str]:
    return {"transcript_id": name}


_LABEL = {"en": "New", "ru": "Новый", "kk": "Жаңа"}
_INTERVIEW = {"respondents": [{"category": "voter"}], "consent": {"given": True}, "links": [{"key": "KOY-2022-1"}]}

API_ENTRIES: Mapping[str, Entry] = {
    "api:me": Entry(Reach.SIGNED_IN, 200, shows='"email"'),
    "api:studies": Entry(Reach.SIGNED_IN, 200, shows='"slug"'),
    "api:openapi": Entry(Reach.SIGNED_IN, 200, shows="/api/v1/codings/{coding_id}"),
    "api:study": Entry(Reach.STUDY, 200, Act.SEE_STUDY, _STUDY, shows='"acts"'),
    "api:people": Entry(Reach.STUDY, 200, Act.SEE_PEOPLE, _STUDY, shows="guest@example.org"),
    "api:races": Entry(Reach.STUDY, 200, Act.SEE_RACES, _STUDY, shows="KOY-2022-2"),
    "api:race": Entry(Reach.STUDY, 200, Act.SEE_RACES, {"race_id": "race"}, shows="KOY-2022-2"),
    "api:codes": Entry(Reach.STUDY, 200, Act.SEE_CODEBOOK, _STUDY, shows="th_water"),
    "api:add_code": Entry(
        Reach.STUDY, 201, Act.EDIT_CODEBOOK, _STUDY, _json(key="NEW", stata="th_new", label=_LABEL, parent="FACTOR")
    ),
    "api:add_interview": Entry(Reach.STUDY, 201, Act.UPLOAD, _STUDY, _json(**_INTERVIEW), shows="I-0"),
    "api:interview": Entry(Reach.INTERVIEW, 200, Act.SEE_INTERVIEW, {"interview_id": "interview"}, shows="KOY-2022-2"),
    "api:set_links": Entry(
        Reach.INTERVIEW,
        200,
        Act.LINK,
        {"interview_id": "interview"},
        _json(version=1, links=[{"key": "KOY-2022-1", "type": "voter_in"}]),
    ),
    "api:transcripts": Entry(Reach.STUDY, 200, Act.LIST_TRANSCRIPTS, _STUDY, shows='"items"'),
    "api:upload": Entry(Reach.STUDY, 202, Act.UPLOAD, _STUDY, _file, shows="detecting"),
    "api:transcript": Entry(Reach.TRANSCRIPT, 200, Act.READ_TEXT, _transcript("codable"), shows="Воды не было"),
    "api:speakers": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("received"), shows="Респондент"),
    "api:confirm_speakers": Entry(
        Reach.TRANSCRIPT, 202, Act.REVIEW, _transcript("received"), _seen("received", interviewers=[0])
    ),
    "api:retry": Entry(Reach.TRANSCRIPT, 202, Act.REVIEW, _transcript("failed")),
    "api:assign": Entry(Reach.TRANSCRIPT, 200, Act.ASSIGN, _transcript("codable"), _json(coders=["guest@example.org"])),
    "api:review": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("review"), shows="Выдуманов"),
    "api:decide": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("review"), _decisions),
    "api:mark": Entry(
        Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("review"), _json(words="Воды", label="PLACE_FINE")
    ),
    "api:agree": Entry(Reach.TRANSCRIPT, 403, Act.REVIEW, _transcript("review"), _agreements),
    "api:read_part": Entry(Reach.TRANSCRIPT, 409, Act.REVIEW, _transcript("review"), _json(number=1, seen="stale")),
    "api:first_reading": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("review")),
    "api:publish": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("review"), _seen("review")),
    "api:put_coding": Entry(Reach.TRANSCRIPT, 200, Act.CODE, {"coding_id": "fresh"}, _coding, shows='"code_id"'),
    "api:change_coding": Entry(
        Reach.CODING,
        200,
        Act.CODE,
        {"coding_id": "coding"},
        _json(version=1, weight=2),
        shows='"revision"',
        instead={"pi": 403},
    ),
    "api:undo": Entry(
        Reach.TRANSCRIPT,
        409,
        Act.CODE,
        _transcript("codable"),
        _json(act="0d9ba1b4-0000-4000-8000-000000000001", seen=99),
    ),
    "api:redo": Entry(
        Reach.TRANSCRIPT, 409, Act.CODE, _transcript("codable"), _json(act="0d9ba1b4-0000-4000-8000-000000000002")
    ),
    "api:history": Entry(Reach.TRANSCRIPT, 200, Act.CODE, _transcript("codable"), shows='"undo"'),
    "api:delete_coding": Entry(Reach.CODING, 200, Act.CODE, {"coding_id": "coding"}, instead={"pi": 403}),
    "api:codings_of_transcript": Entry(Reach.TRANSCRIPT, 200, Act.READ_TEXT, _transcript("codable"), shows='"items"'),
    "api:codings": Entry(Reach.STUDY, 200, Act.READ_TEXT, _STUDY, shows='"items"'),
    **MEMOS_API,
    "api:put_flag": Entry(Reach.TRANSCRIPT, 200, Act.FLAG, {"flag_id": "fresh"}, _flag, shows='"waiting"'),
    "api:flags": Entry(Reach.STUDY, 200, Act.DECIDE_FLAGS, _STUDY, shows='"items"'),
    "api:decide_flag": Entry(
        Reach.TRANSCRIPT,
        200,
        Act.DECIDE_FLAGS,
        {"flag_id": "flag"},
        _json(decision="no_name", seen_version=1, reason="Не имя"),
        shows='"no_name"',
    ),
    "api:mask_survey": Entry(Reach.TRANSCRIPT, 200, Act.MASK, {"flag_id": "name_flag"}, shows='"forms"'),
    "api:mask": Entry(
        Reach.TRANSCRIPT,
        200,
        Act.MASK,
        {"flag_id": "name_flag"},
        _json(words="выборах", forms=["выборах"], understood="yes"),
        shows='"interviews"',
    ),
    "api:show_flags_again": Entry(
        Reach.STUDY,
        200,
        Act.DECIDE_FLAGS,
        _STUDY,
        lambda stage: {"json": {"person_id": str(stage.world.coder.id), "reason": "Не имена"}},
        shows='"shown"',
    ),
    "api:search": Entry(
        Reach.STUDY, 200, Act.READ_TEXT, _STUDY, lambda stage: {"params": {"q": "воды"}}, shows='"searched"'
    ),
    "api:events": Entry(Reach.STUDY, 200, Act.SEE_STUDY, _STUDY, shows="event: ready"),
    "api:matrix": Entry(Reach.STUDY, 200, Act.SEE_MATRIX, _STUDY, shows="Water"),
    "api:ask_export": Entry(Reach.STUDY, 202, Act.EXPORT, _STUDY, _json(format="csv"), shows="waiting"),
    "api:export": Entry(Reach.STUDY, 200, Act.EXPORT, {"export_id": "export"}, shows="/file"),
    "api:export_file": Entry(Reach.STUDY, 200, Act.EXPORT, {"export_id": "export"}, shows="th_water"),
}
