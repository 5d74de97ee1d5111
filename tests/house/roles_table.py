"""One entry per route: who may, what is sent, what comes back. Statuses follow from the permission table.

`reach` says what beside the role decides: nothing, belonging to the study, or own and assigned transcripts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from qualcoder.accounts.permissions import Act
from tests.homes import PASSWORD
from tests.house.roles_codes import CODES, file, form
from tests.house.roles_memos import MEMOS
from tests.house.roles_rules import Entry, Reach, Sent
from tests.house.roles_stage import Stage, entity_version, version_of
from tests.interviews.making import RACES


def _seen(name: str, **fields: str) -> Sent:
    return lambda stage: {"data": {"seen_version": version_of(stage, name), **fields}}


def _coding(stage: Stage) -> Mapping[str, Any]:
    body = {
        "transcript_id": str(stage.ids["codable"]),
        "version": 1,
        "start": 0,
        "end": 9,
        "code_id": str(stage.ids["WATER"]),
    }
    return {"content": json.dumps(body)}


def _flag(stage: Stage) -> Mapping[str, Any]:
    body = {"transcript_id": str(stage.ids["codable"]), "version": 1, "start": 0, "end": 9}
    return {"content": json.dumps(body)}


_STUDY = {"slug": "slug"}
_AS_JSON = {"Content-Type": "application/json"}
_RACES = (RACES / "koyandy_race.csv").read_text("utf-8")


_ANY_CODE = "unit=passage&step=and&code=any&deep=1&within=1&by=turns"
_ENTRY = {"slug": "slug", "entity_id": "entity"}


def _seen_entry(**fields: str) -> Sent:
    return lambda stage: {"data": {"seen_version": entity_version(stage), **fields}}


def _transcript(name: str) -> Mapping[str, str]:
    return {"transcript_id": name}


ENTRIES: Mapping[str, Entry] = {
    "healthz": Entry(Reach.OPEN, 200, shows="ok"),
    "robots": Entry(Reach.OPEN, 200, shows="Disallow"),
    "unseal:form": Entry(Reach.OPEN, 303),
    "unseal": Entry(Reach.OPEN, 303, send=form(secret="no matter, it is unsealed")),
    "locale:choose": Entry(Reach.OPEN, 303, send=form(language="kk")),
    "appearance:choose": Entry(Reach.SIGNED_IN, 303, send=form(theme="dark", density="compact")),
    "accounts:sign_in": Entry(Reach.OPEN, 303, instead={"signed_out": 200}),
    "accounts:session": Entry(Reach.OPEN, 200, shows="csrf"),
    "accounts:do_sign_in": Entry(
        Reach.OPEN, 422, send=form(email="nobody@example.org", password="not a right password")
    ),
    "accounts:sign_out": Entry(Reach.OPEN, 303),
    "accounts:code": Entry(Reach.OPEN, 303),
    "accounts:do_code": Entry(Reach.OPEN, 401, send=form(code="000000")),
    "account:show": Entry(Reach.SIGNED_IN, 200, shows="Where you are signed in"),
    "account:rename": Entry(Reach.SIGNED_IN, 303, send=form(name="Oylap")),
    "account:change_password": Entry(
        Reach.SIGNED_IN, 422, send=form(old="not a right password", password=PASSWORD, again=PASSWORD)
    ),
    # Everybody of the stage has a second factor.
    "account:factor": Entry(Reach.SIGNED_IN, 303),
    "account:turn_on_factor": Entry(Reach.SIGNED_IN, 409, send=form(code="000000", password=PASSWORD)),
    "account:change_factor": Entry(Reach.SIGNED_IN, 422, send=form(act="turn_off", factor_password=PASSWORD)),
    # Somebody else's.
    "account:end_session": Entry(Reach.SIGNED_IN, 404, ids={"session_id": "guest_session"}),
    "account:end_other_sessions": Entry(Reach.SIGNED_IN, 303),
    "account:make_token": Entry(Reach.SIGNED_IN, 422, send=form(study="demo", token_password="not a right password")),
    "account:revoke_token": Entry(Reach.SIGNED_IN, 404, ids={"token_id": "guest_token"}),
    "invitation:form": Entry(Reach.OPEN, 200, ids={"token": "invitation"}, shows="Гость"),
    "invitation:accept": Entry(
        Reach.OPEN, 303, ids={"token": "invitation"}, send=form(password=PASSWORD, again=PASSWORD)
    ),
    "home": Entry(Reach.SIGNED_IN, 200, shows="Studies"),
    "accounts:create_study": Entry(Reach.HOUSE, 303, send=form(slug="new", title="New")),
    "custody:house": Entry(Reach.HOUSE, 200, shows="none was ever made"),
    "accounts:people": Entry(Reach.STUDY, 200, Act.SEE_PEOPLE, _STUDY, shows="guest@example.org"),
    "accounts:add_member": Entry(
        Reach.STUDY,
        200,
        Act.MANAGE_PEOPLE,
        _STUDY,
        form(email="new@example.org", role="coder"),
        shows="/invitation/",
    ),
    "accounts:end_member": Entry(Reach.STUDY, 303, Act.MANAGE_PEOPLE, _STUDY | {"person_id": "guest"}),
    "accounts:restore_member": Entry(Reach.STUDY, 404, Act.MANAGE_PEOPLE, _STUDY | {"person_id": "guest"}),
    "accounts:invite_again": Entry(
        Reach.STUDY,
        200,
        Act.MANAGE_PEOPLE,
        _STUDY | {"person_id": "guest"},
        form(resets_factor="true"),
        shows="/invitation/",
        instead={"pi": 403},
    ),
    "accounts:study_settings": Entry(Reach.STUDY, 200, Act.SET_POLICY, _STUDY, shows="second person"),
    "accounts:set_policy": Entry(Reach.STUDY, 303, Act.SET_POLICY, _STUDY, form(needs_second_reader="true")),
    "accounts:rename_study": Entry(Reach.STUDY, 303, Act.SET_POLICY, _STUDY, form(title="Another title")),
    "accounts:set_identity": Entry(
        Reach.STUDY, 409, Act.SET_POLICY, _STUDY, form(passphrase="long enough it is", again="long enough it is")
    ),
    "audit:show": Entry(Reach.STUDY, 200, Act.SEE_AUDIT, _STUDY, shows="transcript.received"),
    "races:list": Entry(Reach.STUDY, 200, Act.SEE_RACES, _STUDY, shows="KOY-2022-2"),
    "races:import": Entry(Reach.STUDY, 200, Act.IMPORT_RACES, _STUDY, shows='type="file"'),
    "races:import_file": Entry(Reach.STUDY, 200, Act.IMPORT_RACES, _STUDY, file("r.csv", _RACES)),
    "races:show": Entry(Reach.STUDY, 200, Act.SEE_RACES, _STUDY | {"round_id": "race"}, shows="KOY-2022-2"),
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
        file("new.txt", "Интервьюер: Новое?\nРеспондент: Новое.\n", category="voter", consent="true"),
    ),
    "transcripts:speakers": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("received"), shows="Воды не было"),
    "transcripts:confirm_speakers": Entry(
        Reach.TRANSCRIPT, 303, Act.REVIEW, _transcript("received"), _seen("received", **{"speaker-0": "interviewer"})
    ),
    "transcripts:status": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("detecting")),
    "transcripts:retry": Entry(Reach.TRANSCRIPT, 303, Act.REVIEW, _transcript("failed")),
    "transcripts:review": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("review"), shows="Выдуманов"),
    "transcripts:decide": Entry(
        Reach.TRANSCRIPT, 303, Act.REVIEW, {**_transcript("review"), "finding_id": "finding"}, form(decision="undo")
    ),
    "transcripts:tell": Entry(
        Reach.TRANSCRIPT, 303, Act.REVIEW, {**_transcript("review"), "finding_id": "finding"}, form(level="nothing")
    ),
    "transcripts:accept_all": Entry(Reach.TRANSCRIPT, 303, Act.REVIEW, _transcript("review")),
    "transcripts:mark": Entry(
        Reach.TRANSCRIPT, 303, Act.REVIEW, _transcript("review"), form(words="Воды", label="PLACE_FINE")
    ),
    "transcripts:missed": Entry(
        Reach.TRANSCRIPT,
        200,
        Act.REVIEW,
        _transcript("review"),
        form(words="Воды", label="PLACE_FINE"),
        shows="Воды",
    ),
    "transcripts:read_part": Entry(
        Reach.TRANSCRIPT, 409, Act.REVIEW, _transcript("review"), form(number="1", seen="stale")
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
        form(version="1", type="about", key="KOY-2022-1"),
    ),
    "interviews:consent": Entry(
        Reach.INTERVIEW,
        303,
        Act.RECORD_CONSENT,
        {"interview_id": "interview"},
        form(version="1", quote="true", until="2031-01-01"),
    ),
    "coding:workbench": Entry(Reach.TRANSCRIPT, 200, Act.READ_TEXT, _transcript("codable"), shows="Воды не было"),
    "coding:read": Entry(Reach.TRANSCRIPT, 200, Act.READ_TEXT, _transcript("codable"), shows="Воды не было"),
    "coding:turns": Entry(
        Reach.TRANSCRIPT,
        200,
        Act.READ_TEXT,
        _transcript("codable"),
        query=lambda stage: {"turn": "2"},
        shows='class="turn"',
    ),
    "coding:strip": Entry(Reach.TRANSCRIPT, 200, Act.READ_TEXT, _transcript("codable"), shows="be quoted"),
    "coding:place": Entry(
        Reach.TRANSCRIPT,
        204,
        Act.READ_TEXT,
        _transcript("codable"),
        lambda stage: {"content": json.dumps({"turn": 1})},
    ),
    "coding:live": Entry(Reach.TRANSCRIPT, 200, Act.READ_TEXT, _transcript("codable"), shows="event: hidden"),
    "flags:put": Entry(Reach.TRANSCRIPT, 200, Act.FLAG, {"flag_id": "fresh"}, _flag, shows='"hidden"'),
    "flags:by_quote": Entry(
        Reach.TRANSCRIPT,
        303,
        Act.FLAG,
        _transcript("codable"),
        form(version="1", turn="2", quote="Воды не было", note="Заметка"),
    ),
    "flags:list": Entry(Reach.STUDY, 200, Act.DECIDE_FLAGS, _STUDY, shows="Flagged passages"),
    "flags:decide": Entry(
        Reach.TRANSCRIPT, 303, Act.DECIDE_FLAGS, {"flag_id": "flag"}, form(decision="name", seen_version="1")
    ),
    "masking:show": Entry(Reach.TRANSCRIPT, 200, Act.MASK, {"flag_id": "name_flag"}, shows="выборах"),
    "masking:mask": Entry(
        Reach.TRANSCRIPT,
        303,
        Act.MASK,
        {"flag_id": "name_flag"},
        form(act="mask", words="выборах", forms="выборах", understood="yes"),
    ),
    "flags:show_again": Entry(
        Reach.STUDY,
        303,
        Act.DECIDE_FLAGS,
        _STUDY,
        lambda stage: {"data": {"person_id": str(stage.world.coder.id), "reason": "Не имена"}},
    ),
    "search:form": Entry(Reach.STUDY, 200, Act.READ_TEXT, _STUDY, shows='name="words"'),
    "search:run": Entry(Reach.STUDY, 200, Act.READ_TEXT, _STUDY, form(words="нигде")),
    "revising:form": Entry(Reach.TRANSCRIPT, 200, Act.REVIEW, _transcript("codable"), shows="Расскажите"),
    "revising:unplaced": Entry(Reach.TRANSCRIPT, 200, Act.READ_TEXT, _transcript("codable")),
    "revising:save": Entry(
        Reach.TRANSCRIPT,
        303,
        Act.REVIEW,
        _transcript("codable"),
        form(turn="3", version="1", words="Кто приходил ещё?"),
    ),
    "revising:place": Entry(
        Reach.CODING,
        303,
        Act.CODE,
        {"coding_id": "coding"},
        form(version="1", start="0", end="9"),
        instead={"pi": 303},
    ),
    "coding:inspect": Entry(
        Reach.CODING, 200, Act.READ_TEXT, {"coding_id": "coding"}, shows='id="inspected"', instead={"pi": 200}
    ),
    "coding:memo": Entry(Reach.CODING, 200, Act.CODE, {"coding_id": "coding"}, shows='"memo"', instead={"pi": 403}),
    "proposals:put": Entry(
        Reach.TRANSCRIPT,
        200,
        Act.CODE,
        {"transcript_id": "codable", "code_id": "fresh"},
        lambda stage: {"content": json.dumps({"name": f"Колодец {uuid4()}"})},
        shows="Колодец",
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
    "coding:change": Entry(
        Reach.CODING,
        200,
        Act.CODE,
        {"coding_id": "coding"},
        lambda stage: {"content": json.dumps({"version": 1, "weight": 2})},
        instead={"pi": 403},
    ),
    "coding:undo": Entry(
        Reach.TRANSCRIPT,
        409,
        Act.CODE,
        _transcript("codable"),
        lambda stage: {"content": json.dumps({"act": str(uuid4()), "seen": 99}), "headers": _AS_JSON},
    ),
    "coding:redo": Entry(
        Reach.TRANSCRIPT,
        409,
        Act.CODE,
        _transcript("codable"),
        lambda stage: {"content": json.dumps({"act": str(uuid4())}), "headers": _AS_JSON},
    ),
    "coding:history": Entry(Reach.TRANSCRIPT, 200, Act.CODE, _transcript("codable"), shows='id="history"'),
    "coding:delete": Entry(Reach.CODING, 200, Act.CODE, {"coding_id": "coding"}, instead={"pi": 403}),
    "coding:remove": Entry(Reach.CODING, 303, Act.CODE, {"coding_id": "coding"}, instead={"pi": 403}),
    "coding:restore": Entry(Reach.CODING, 303, Act.CODE, {"coding_id": "coding"}, instead={"pi": 403}),
    "retrieval:ask": Entry(
        Reach.STUDY,
        200,
        Act.READ_TEXT,
        _STUDY,
        query=lambda stage: {"code": "any", "step": "and", "deep": "1", "within": "1", "by": "turns"},
        shows='id="found-h"',
    ),
    "retrieval:together": Entry(Reach.STUDY, 200, Act.READ_TEXT, _STUDY, shows='name="rollup"'),
    "retrieval:export": Entry(Reach.STUDY, 303, Act.EXPORT, _STUDY, form(query=_ANY_CODE, format="csv")),
    "retrieval:export_again": Entry(Reach.STUDY, 303, Act.EXPORT, {"export_id": "export"}),
    "retrieval:save_view": Entry(Reach.STUDY, 303, Act.READ_TEXT, _STUDY, form(query=_ANY_CODE, name="Всё")),
    "retrieval:share_view": Entry(
        Reach.CODING,
        303,
        Act.READ_TEXT,
        _STUDY | {"view_id": "view"},
        form(seen_version="1", is_shared="true"),
    ),
    "retrieval:remove_view": Entry(
        Reach.CODING, 200, Act.READ_TEXT, _STUDY | {"view_id": "view"}, form(seen_version="1")
    ),
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
    "matrices:export": Entry(Reach.STUDY, 303, Act.EXPORT, _STUDY, form(format="csv")),
    "matrices:export_page": Entry(Reach.STUDY, 200, Act.EXPORT, {"export_id": "export"}, shows="/file"),
    "matrices:export_file": Entry(Reach.STUDY, 200, Act.EXPORT, {"export_id": "export"}, shows="th_water"),
    **CODES,
    **MEMOS,
}


def fresh_id() -> str:
    """An id that nothing has."""
    return str(uuid4())
