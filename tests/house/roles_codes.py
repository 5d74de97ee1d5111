"""The routes of the codebook and of its codes, as in the table of roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualcoder.accounts.permissions import Act
from tests.house.roles_rules import Entry, Reach, Sent
from tests.house.roles_stage import Stage, code_version, definition


def form(**fields: str) -> Sent:
    return lambda stage: {"data": fields}


def file(name: str, text: str, **fields: str) -> Sent:
    return lambda stage: {"data": fields, "files": {"file": (name, text.encode())}}


_STUDY = {"slug": "slug"}
_AS_JSON = {"Content-Type": "application/json"}
_CODE = {"slug": "slug", "code_id": "WATER"}
# Nobody sees the coder's coding, but the PI.
_NOT_THEIRS = {"researcher": 404, "other_researcher": 404, "other_coder": 404}
_PROPOSAL = {"slug": "slug", "code_id": "proposal"}


def _edited(stage: Stage) -> Mapping[str, Any]:
    texts = {"label_en": "Water", "stata": "th_water", "colour": "3", "texture": "dots", "codable": "true"}
    return {"data": {"seen_version": code_version(stage, "WATER"), **texts}}


def _decided(stage: Stage) -> Mapping[str, Any]:
    return {"data": {"seen_version": code_version(stage, "proposal")}}


def _merged(stage: Stage) -> Mapping[str, Any]:
    return {"data": {"into": str(stage.ids["ROADS"]), "basis": str(stage.ids["merge_basis"])}}


def _split(stage: Stage) -> Mapping[str, Any]:
    return {"data": {"coding": str(stage.ids["coding"]), "name": "Wells"}}


def _confirmed(stage: Stage) -> Mapping[str, Any]:
    return {"data": {"coding": str(stage.ids["coding"]), "seen_version": definition(stage, "WATER")}}


_BOOK = """
format: 1
slug: small
title: {en: Small, ru: Малая, kk: Шағын}
codes: [{code: NEW, parent: null, stata: th_new, label: {en: New, ru: Новый, kk: Жаңа}}]
"""

CODES: Mapping[str, Entry] = {
    "codebooks:show": Entry(Reach.STUDY, 200, Act.SEE_CODEBOOK, _STUDY, shows="th_water"),
    "codebooks:retire": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _STUDY | {"code_id": "WATER"}),
    "codebooks:restore": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _STUDY | {"code_id": "WATER"}),
    "codebooks:import": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _STUDY, file("b.yaml", _BOOK)),
    "codebooks:preview": Entry(Reach.STUDY, 200, Act.EDIT_CODEBOOK, _STUDY, file("b.yaml", _BOOK), shows="NEW"),
    "codebooks:export": Entry(
        Reach.STUDY, 200, Act.SEE_CODEBOOK, _STUDY, query=lambda stage: {"form": "csv"}, shows="th_water"
    ),
    "codebooks:log": Entry(Reach.STUDY, 200, Act.EDIT_CODEBOOK, _STUDY, shows="Changes of the codebook"),
    "codes:show": Entry(Reach.STUDY, 200, Act.SEE_CODEBOOK, _CODE, shows="th_water"),
    "codes:edit": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _CODE, _edited),
    "codes:create": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _STUDY, form(name="Wells")),
    "codes:step": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _CODE, form(step="down")),
    "codes:place": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _CODE, form(parent="", before="")),
    "codes:put_back": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _STUDY | {"change_id": "code_move"}),
    "codes:propose_by_form": Entry(Reach.STUDY, 303, Act.PROPOSE_CODE, _STUDY, form(name="Wells")),
    "codes:accept": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _PROPOSAL, _decided),
    "codes:reject": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _PROPOSAL, _decided),
    "codes:merge": Entry(Reach.STUDY, 200, Act.EDIT_CODEBOOK, _CODE, shows="Show what would happen"),
    "codes:do_merge": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _CODE, _merged),
    "codes:undo": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _STUDY | {"change_id": "code_merge"}),
    "codes:split": Entry(Reach.STUDY, 200, Act.EDIT_CODEBOOK, _CODE, shows="Give them the other code"),
    "codes:do_split": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _CODE, _split),
    "codes:older_codes": Entry(Reach.STUDY, 200, Act.CODE, _STUDY, shows="Coded under an older definition"),
    "codes:older": Entry(Reach.STUDY, 200, Act.CODE, _CODE, shows="Water"),
    "codes:confirm": Entry(Reach.STUDY, 303, Act.CODE, _CODE, _confirmed, instead=_NOT_THEIRS),
    "codes:freeze": Entry(Reach.STUDY, 303, Act.EDIT_CODEBOOK, _STUDY, form(round="Pilot")),
    "codes:thaw": Entry(Reach.STUDY, 409, Act.EDIT_CODEBOOK, _STUDY),
}
