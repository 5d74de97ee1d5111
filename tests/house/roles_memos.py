"""The routes of memos and translations, as in the tables of roles. The memo and the translation are the coder's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from qualcoder.accounts.permissions import Act
from tests.house.roles_codes import form
from tests.house.roles_rules import Entry, Reach
from tests.house.roles_stage import Stage

_STUDY = {"slug": "slug"}
_API_STUDY = {"s": "slug"}
_MEMO = {"memo_id": "memo"}
_CODING = {"coding_id": "coding"}
_ENGLISH = {"coding_id": "coding", "language": "english"}
_AS_JSON = {"Content-Type": "application/json"}
_ACT = "0d9ba1b4-0000-4000-8000-000000000003"
_NEW_WORDS = {"words": "There was no water", "seen": 1}


def _memo(stage: Stage) -> dict[str, Any]:
    return {"kind": "study", "about": str(stage.world.study.id), "memo": "Иначе", "seen": 1}


def _on_study(stage: Stage) -> Mapping[str, Any]:
    return {"kind": "study", "about": str(stage.world.study.id)}


# A PI reads everybody's memos and writes the own ones; translations of every passage are a PI's too.
_READ = {"pi": 200}
_WRITES = {"pi": 303}

MEMOS: Mapping[str, Entry] = {
    "memos:list": Entry(Reach.STUDY, 200, Act.READ_TEXT, _STUDY, shows='name="words"'),
    "memos:search": Entry(Reach.STUDY, 200, Act.READ_TEXT, _STUDY, form(words="нигде")),
    "memos:new": Entry(Reach.STUDY, 200, Act.CODE, _STUDY, query=_on_study, shows='name="memo"'),
    "memos:show": Entry(Reach.CODING, 200, Act.READ_TEXT, _MEMO, shows="Своими", instead=_READ),
    "memos:save": Entry(Reach.CODING, 303, Act.CODE, _MEMO, lambda stage: {"data": _memo(stage)}),
    "memos:put": Entry(
        Reach.CODING, 200, Act.CODE, _MEMO, lambda stage: {"content": json.dumps(_memo(stage)), "headers": _AS_JSON}
    ),
    "memos:remove": Entry(Reach.CODING, 303, Act.CODE, _MEMO, form(seen="1")),
    "memos:restore": Entry(Reach.CODING, 303, Act.CODE, _MEMO, form(act=_ACT)),
    "translations:show": Entry(Reach.CODING, 200, Act.READ_TEXT, _CODING, shows='name="words"', instead=_READ),
    "translations:save": Entry(
        Reach.CODING, 303, Act.CODE, _ENGLISH, form(words="There was no water", seen="1"), instead=_WRITES
    ),
    "translations:put": Entry(
        Reach.CODING,
        200,
        Act.CODE,
        _ENGLISH,
        lambda stage: {"content": json.dumps(_NEW_WORDS), "headers": _AS_JSON},
        instead=_READ,
    ),
    "translations:remove": Entry(Reach.CODING, 303, Act.CODE, _ENGLISH, form(seen="1"), instead=_WRITES),
    "translations:restore": Entry(Reach.CODING, 303, Act.CODE, _ENGLISH, instead=_WRITES),
}

MEMOS_API: Mapping[str, Entry] = {
    "api:memos": Entry(Reach.STUDY, 200, Act.READ_TEXT, _API_STUDY, shows='"items"'),
    "api:memo": Entry(Reach.CODING, 200, Act.READ_TEXT, _MEMO, shows="Своими", instead=_READ),
    "api:put_memo": Entry(
        Reach.STUDY,
        200,
        Act.CODE,
        {"memo_id": "fresh"},
        lambda stage: {"json": {**_on_study(stage), "memo": "Новая"}},
        shows='"version"',
    ),
    "api:delete_memo": Entry(
        Reach.CODING, 200, Act.CODE, _MEMO, lambda stage: {"params": {"seen": "1"}}, shows='"act"'
    ),
    "api:restore_memo": Entry(
        Reach.CODING, 200, Act.CODE, _MEMO, lambda stage: {"json": {"act": _ACT}}, shows='"version"'
    ),
    "api:translations": Entry(Reach.CODING, 200, Act.READ_TEXT, _CODING, shows="No water", instead=_READ),
    "api:put_translation": Entry(
        Reach.CODING, 200, Act.CODE, _ENGLISH, lambda stage: {"json": _NEW_WORDS}, shows='"version"', instead=_READ
    ),
    "api:delete_translation": Entry(
        Reach.CODING, 200, Act.CODE, _ENGLISH, lambda stage: {"params": {"seen": "1"}}, instead=_READ
    ),
    "api:restore_translation": Entry(Reach.CODING, 200, Act.CODE, _ENGLISH, shows="No water", instead=_READ),
}
