"""One entry per route: who may, what is sent, what comes back. Statuses follow from the permission table.

`reach` says what beside the role decides: nothing, belonging to the study, or own and assigned transcripts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import uuid4

from qualcoder.accounts.models import Role
from qualcoder.accounts.permissions import TABLE, Act
from tests.homes import PASSWORD
from tests.house.roles_stage import Stage, entity_version, version_of
from tests.interviews.making import RACES

Sent = Callable[[Stage], Mapping[str, Any]]


class Reach(StrEnum):
    """What a route asks beside the role."""

    OPEN = "open"
    SIGNED_IN = "signed in"
    HOUSE = "administrators of the house"
    STUDY = "members of the study"
    INTERVIEW = "members; a researcher only who brought it in"
    TRANSCRIPT = "members; own and assigned transcripts"
    CODING = "as for the transcript, and only the coder of the coding"


@dataclass(frozen=True, slots=True)
class Entry:
    """How one route is asked for, and how it answers those who may."""

    reach: Reach
    ok: int
    act: Act | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    send: Sent = lambda stage: {}
    query: Sent = lambda stage: {}
    shows: str = ""
    instead: Mapping[str, int] = field(default_factory=dict)


def expected(entry: Entry, stage: Stage, who: str, method: str) -> int:
    """The status that a principal gets."""
    if who in entry.instead:
        return entry.instead[who]
    if entry.reach is Reach.OPEN:
        return entry.ok
    if who == "signed_out":
        return 303 if method == "GET" else 401
    if entry.reach is Reach.SIGNED_IN:
        return entry.ok
    if entry.reach is Reach.HOUSE:
        return entry.ok if who == "admin" else 403
    role = stage.role_of(who)
    if role is None:
        return 404
    assert entry.act is not None
    if role not in TABLE[entry.act]:
        return 403
    return entry.ok if _reaches(entry.reach, role, who) else 404


def _reaches(reach: Reach, role: Role, who: str) -> bool:
    if reach is Reach.STUDY or role is Role.PI:
        return reach is not Reach.CODING
    if reach is Reach.INTERVIEW:
        return role is not Role.RESEARCHER or who == "researcher"
    if reach is Reach.TRANSCRIPT:
        return who in {"researcher", "coder"}
    return who == "coder"


def _form(**fields: str) -> Sent:
    return lambda stage: {"data": fields}


def _seen(name: str, **fields: str) -> Sent:
    return lambda stage: {"data": {"seen_version": version_of(stage, name), **fields}}


def _file(name: str, text: str, **fields: str) -> Sent:
    return lambda stage: {"data": fields, "files": {"file": (name, text.encode())}}


def _coding(stage: Stage) -> Mapping[str, Any]:
    body = {
        "transcript_id": str(stage.ids["codable"]),
        "version": 1,
        "start": 0,
        "end": 9,
        "code_id": str(stage.ids["WATER"]),
    }
    return {"content": json.dumps(body)}


_STUDY = {"slug": "slug"}
_BOOK = """
format: 1
slug: small
title: {en: Small, ru: Малая, kk: Шағын}
codes: [{code: NEW, parent: null, stata: th_new, label: {en: New, ru: Новый, kk: Жаңа}}]
"""
_RACES = (RACES / "koyandy_race.csv").read_text("utf-8")


_ENTRY = {"slug": "slug", "entity_id": "entity"}


def _seen_entry(**fields: str) -> Sent:
    return lambda stage: {"data": {"seen_version": entity_version(stage), **fields}}


def _transcript(name: str) -> Mapping[str, str]:
    return {"transcript_id": name}


ENTRIES: Mapping[str, Entry] = {
    "healthz": Entry(Reach.OPEN, 200, shows="ok"),
    "robots": Entry(Reach.OPEN, 200, shows="Disallow"),
    "unseal:form": Entry(Reach.OPEN, 303),
    "unseal": Entry(Reach.OPEN, 303, send=_form(secret="no matter, it is unsealed")),
    "locale:choose": Entry(Reach.OPEN, 303, send=_form(language="kk")),
    "appearance:choose": Entry(Reach.SIGNED_IN, 303, send=_form(theme="dark", density="compact")),
    "accounts:sign_in": Entry(Reach.OPEN, 303, instead={"signed_out": 200}),
    "accounts:do_sign_in": Entry(
        Reach.OPEN, 422, send=_form(email="nobody@example.org", password="not a right password")
    ),
    "accounts:sign_out": Entry(Reach.OPEN, 303),
    "accounts:code": Entry(Reach.OPEN, 303),
    "accounts:do_code": Entry(Reach.OPEN, 401, send=_form(code="000000")),
    "account:show": Entry(Reach.SIGNED_IN, 200, shows="Where you are signed in"),
    "account:rename": Entry(Reach.SIGNED_IN, 303, send=_form(name="Oylap")),
    "account:change_password": Entry(
        Reach.SIGNED_IN, 422, send=_form(old="not a right password", password=PASSWORD, again=PASSWORD)
    ),
    # Everybody of the stage has a second factor.
    "account:factor": Entry(Reach.SIGNED_IN, 303),
    "account:turn_on_factor": Entry(Reach.SIGNED_IN, 409, send=_form(code="000000", password=PASSWORD)),
    "account:change_factor": Entry(Reach.SIGNED_IN, 422, send=_form(act="turn_off", factor_password=PASSWORD)),
    # Somebody else's.
    "account:end_session": Entry(Reach.SIGNED_IN, 404, ids={"session_id": "guest_session"}),
    "account:end_other_sessions": Entry(Reach.SIGNED_IN, 303),
    "account:make_token": Entry(Reach.SIGNED_IN, 422, send=_form(study="demo", token_password="not a right password")),
    "account:revoke_token": Entry(Reach.SIGNED_IN, 404, ids={"token_id": "guest_token"}),
    "invitation:form": Entry(Reach.OPEN, 200, ids={"token": "invitation"}, shows="Гость"),
    "invitation:accept": Entry(
        Reach.OPEN, 303, ids={"token": "invitation"}, send=_form(password=PASSWORD, again=PASSWORD)
    ),
    "home": Entry(Reach.SIGNED_IN, 200, shows="Studies"),
    "accounts:create_study": Entry(Reach.HOUSE, 303, send=_form(slug="new", title="New")),
    "custody:house": Entry(Reach.HOUSE, 200, shows="none was ever made"),
    "accounts:people": Entry(Reach.STUDY, 200, Act.SEE_PEOPLE, _STUDY, shows="guest@example.org"),
    "accounts:add_member": Entry(
        Reach.STUDY, 200, Act.MANAGE_PEOPLE, _STUDY, _form(email="new@example.org", role="coder"), shows="/invitation/"
    ),
    "accounts:end_member": Entry(Reach.STUDY, 303, Act.MANAGE_PEOPLE, _STUDY | {"person_id": "guest"}),
    "accounts:restore_member": Entry(Reach.STUDY, 404, Act.MANAGE_PEOPLE, _STUDY | {"person_id": "guest"}),
    "accounts:invite_again": Entry(
        Reach.STUDY,
        200,
        Act.MANAGE_PEOPLE,
        _STUDY | {"person_id": "guest"},
        _form(resets_factor="true"),
        shows="/invitation/",
        instead={"pi": 403},
    ),
    "accounts:study_settings": Entry(Reach.STUDY, 200, Act.SET_POLICY, _STUDY, shows="second person"),
    "accounts:set_policy": Entry(Reach.STUDY, 303, Act.SET_POLICY, _STUDY, _form(needs_second_reader="true")),
    "accounts:rename_study": Entry(Reach.STUDY, 303, Act.SET_POLICY, _STUDY, _form(title="Another title")),
    "accounts:set_identity": Entry(
        Reach.STUDY, 409, Act.SET_POLICY, _STUDY, _form(passphrase="long enough it is", again="long enough it is")
    ),
    "audit:show": Entry(Reach.STUDY, 200, Act.SEE_AUDIT, _STUDY, shows="transcript.received"),
    "races:list": Entry(Reach.STUDY, 200, Act.SEE_RACES, _STUDY, shows="KOY-2022-2"),
    "races:import": Entry(Reach.STUDY, 200, Act.IMPORT_RACES, _STUDY, shows='type="file"'),
    "races:import_file": Entry(Reach.STUDY, 200, Act.IMPORT_RACES, _STUDY, _file("r.csv", _RACES)),
    "races:show": Entry(Reach.STUDY, 200, Act.SEE_RACES, _STUDY | {"round_id": "race"}, shows="KOY-2022-2"),
    "codebooks:show": Entry(Reach.STUDY, 200, Act.SEE_CODEBOOK, _STUDY, shows="th_water"),
    "codebooks:retire": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _STUDY | {"code_id": "WATER"}),
    "codebooks:restore": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _STUDY | {"code_id": "WATER"}),
    "codebooks:import": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _STUDY, _file("b.yaml", _BOOK)),
    "transcripts:list": Entry(Reach.STUDY, 200, Act.LIST_TRANSCRIPTS, _STUDY, shows="Transcripts"),
    "transcripts:bulk": Entry(
        Reach.STUDY,
        200,
        Act.ASSIGN,
        _STUDY,
        lambda stage: {"data": {"act": "assign", "pairs": f"{stage.ids['codable']}:{stage.world.other_coder.id}"}},
        instead={"other_researcher": 404},
    ),
    "transcripts:upload_form": Entry(Reach.STUDY, 200, Act.UPLOAD, _STUDY, shows="KOY-2022-2"),
    "transcripts:upload": Entry(
        Reach.STUDY,
        303,
        Act.UPLOAD,
        _STUDY,
        _file("new.txt", "Интервьюер: Новое?\nРеспондент: Новое.\n", category="voter", consent="true"),
    ),
    "transcripts:speakers": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("received"), shows="Воды не было"),
    "transcripts:confirm_speakers": Entry(
        Reach.TRANSCRIPT, 303, Act.REVIEW, _transcript("received"), _seen("received", **{"speaker-0": "interviewer"})
    ),
    "transcripts:status": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("detecting")),
    "transcripts:retry": Entry(Reach.TRANSCRIPT, 303, Act.REVIEW, _transcript("failed")),
    "transcripts:review": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("review"), shows="Выдуманов"),
    "transcripts:decide": Entry(
        Reach.TRANSCRIPT, 303, Act.REVIEW, {**_transcript("review"), "finding_id": "finding"}, _form(decision="undo")
    ),
    "transcripts:accept_all": Entry(Reach.TRANSCRIPT, 303, Act.REVIEW, _transcript("review")),
    "transcripts:mark": Entry(
        Reach.TRANSCRIPT, 303, Act.REVIEW, _transcript("review"), _form(words="Воды", label="PLACE_FINE")
    ),
    "transcripts:first_reading": Entry(Reach.TRANSCRIPT, 303, Act.REVIEW, _transcript("review")),
    "transcripts:publish": Entry(Reach.TRANSCRIPT, 303, Act.REVIEW, _transcript("review"), _seen("review")),
    "registry:list": Entry(Reach.STUDY, 200, Act.SEE_REGISTRY, _STUDY, shows="identity vault"),
    "registry:show": Entry(Reach.INTERVIEW, 200, Act.SEE_REGISTRY, _ENTRY, shows="[Лицо 1]"),
    "registry:rename": Entry(Reach.INTERVIEW, 303, Act.EDIT_REGISTRY, _ENTRY, _seen_entry(pseudonym="Небывалый")),
    "registry:merge": Entry(
        Reach.INTERVIEW,
        303,
        Act.EDIT_REGISTRY,
        _ENTRY,
        lambda stage: {"data": {"seen_version": entity_version(stage), "other": str(stage.ids["other_entity"])}},
    ),
    "registry:split": Entry(
        Reach.INTERVIEW,
        303,
        Act.EDIT_REGISTRY,
        _ENTRY,
        lambda stage: {"data": {"seen_version": entity_version(stage), "transcripts": str(stage.ids["review"])}},
    ),
    "registry:level": Entry(Reach.INTERVIEW, 303, Act.EDIT_REGISTRY, _ENTRY, _seen_entry(level="code")),
    "interviews:show": Entry(
        Reach.INTERVIEW, 200, Act.SEE_INTERVIEW, {"interview_id": "interview"}, shows="KOY-2022-2"
    ),
    "interviews:link": Entry(
        Reach.INTERVIEW,
        303,
        Act.LINK,
        {"interview_id": "interview"},
        _form(version="1", type="about", key="KOY-2022-1"),
    ),
    "interviews:consent": Entry(
        Reach.INTERVIEW,
        303,
        Act.RECORD_CONSENT,
        {"interview_id": "interview"},
        _form(version="1", quote="true", until="2031-01-01"),
    ),
    "coding:workbench": Entry(Reach.TRANSCRIPT, 200, Act.READ_TEXT, _transcript("codable"), shows="Воды не было"),
    "search:form": Entry(Reach.STUDY, 200, Act.READ_TEXT, _STUDY, shows='name="words"'),
    "search:run": Entry(Reach.STUDY, 200, Act.READ_TEXT, _STUDY, _form(words="нигде")),
    "revising:form": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("codable"), shows="Воды не было"),
    "revising:unplaced": Entry(Reach.TRANSCRIPT, 200, Act.READ_TEXT, _transcript("codable")),
    "revising:save": Entry(
        Reach.TRANSCRIPT, 303, Act.REVIEW, _transcript("codable"), _form(turn="1", version="1", words="Иначе сказано.")
    ),
    "revising:place": Entry(
        Reach.CODING,
        303,
        Act.CODE,
        {"coding_id": "coding"},
        _form(version="1", turn="2", quote="Воды не было"),
        instead={"pi": 303},
    ),
    "coding:put": Entry(Reach.TRANSCRIPT, 200, Act.CODE, {"coding_id": "fresh"}, _coding, shows='class="turn"'),
    "coding:add_by_quote": Entry(
        Reach.TRANSCRIPT,
        303,
        Act.CODE,
        _transcript("codable"),
        lambda stage: {
            "data": {"version": "1", "turn": "2", "quote": "Воды не было", "code_id": str(stage.ids["WATER"])}
        },
    ),
    "coding:delete": Entry(Reach.CODING, 200, Act.CODE, {"coding_id": "coding"}, instead={"pi": 403}),
    "coding:remove": Entry(Reach.CODING, 303, Act.CODE, {"coding_id": "coding"}, instead={"pi": 403}),
    "coding:restore": Entry(Reach.CODING, 303, Act.CODE, {"coding_id": "coding"}, instead={"pi": 403}),
    "jobs:list": Entry(Reach.STUDY, 200, Act.SEE_JOBS, _STUDY, shows='id="work"'),
    "jobs:cancel": Entry(
        Reach.STUDY, 303, Act.SEE_JOBS, _STUDY | {"job_id": "job"}, instead={"researcher": 403, "other_researcher": 404}
    ),
    "jobs:retry": Entry(
        Reach.STUDY,
        303,
        Act.SEE_JOBS,
        _STUDY | {"job_id": "failed_job"},
        instead={"researcher": 403, "other_researcher": 404},
    ),
    "matrices:show": Entry(Reach.STUDY, 200, Act.SEE_MATRIX, _STUDY, shows="Water"),
    "matrices:cell": Entry(
        Reach.STUDY,
        200,
        Act.SEE_MATRIX,
        _STUDY,
        query=lambda stage: {"code": str(stage.ids["WATER"]), "race": str(stage.ids["race"])},
        shows="R-003",
    ),
    "matrices:export": Entry(Reach.STUDY, 303, Act.EXPORT, _STUDY, _form(format="csv")),
    "matrices:export_page": Entry(Reach.STUDY, 200, Act.EXPORT, {"export_id": "export"}, shows="/file"),
    "matrices:export_file": Entry(Reach.STUDY, 200, Act.EXPORT, {"export_id": "export"}, shows="th_water"),
}


def fresh_id() -> str:
    """An id that nothing has."""
    return str(uuid4())
