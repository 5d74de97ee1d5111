"""JSON: the codebook as a tree in reading order, and adding a code."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from qualcoder.accounts.access import study_named
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks import service
from qualcoder.codebooks.book import Aliases, CodeEntry, Localised, Texture
from qualcoder.codebooks.models import CodeStatus
from qualcoder.codebooks.queries import OpenCode, codes_of
from qualcoder.web.bearer import ApiMe, ApiRead, ApiWrite
from qualcoder.web.replies import Listed, Paging, Reply, Sent, json_of, paging, takes

router = APIRouter(tags=["codebook"])


class Words(Reply):
    """The same words in three languages; empty where nobody has written them."""

    en: str
    ru: str
    kk: str


class AliasesOut(Reply):
    """Short words under which a code is found too."""

    en: tuple[str, ...]
    ru: tuple[str, ...]
    kk: tuple[str, ...]


class CodeOut(Reply):
    """A code with the definition in use. `version` counts its definitions, `depth` its place in the tree."""

    id: UUID
    key: str
    parent_id: UUID | None
    depth: int
    version: int
    stata: str
    label: Words
    definition: Words
    include: Words
    exclude: Words
    example: Words
    near_miss: Words
    aliases: AliasesOut
    source: str
    colour: int
    texture: Texture
    is_codable: bool
    is_risk: bool
    status: CodeStatus


class LabelIn(Sent):
    """A name in three languages, at most 80 characters each: the limit of a Stata label."""

    en: str = Field(min_length=1, max_length=80)
    ru: str = Field(min_length=1, max_length=80)
    kk: str = Field(min_length=1, max_length=80)


class TextIn(Sent):
    """A text in three languages."""

    en: str = Field(default="", max_length=2000)
    ru: str = Field(default="", max_length=2000)
    kk: str = Field(default="", max_length=2000)


Alias = Annotated[str, Field(min_length=1, max_length=60, pattern="^[^;]*$")]


class AliasesIn(Sent):
    """Short words under which the code is found too."""

    en: tuple[Alias, ...] = Field(default=(), max_length=20)
    ru: tuple[Alias, ...] = Field(default=(), max_length=20)
    kk: tuple[Alias, ...] = Field(default=(), max_length=20)


class CodeIn(Sent):
    """A new code. `parent` is the key of the code that it stands below.

    A code that names a known person of the study is refused, unless `keep_names` says that these words are no names.
    """

    key: str = Field(pattern="^[A-Z][A-Z0-9_]{0,23}$")
    stata: str = Field(pattern="^[A-Za-z_][A-Za-z0-9_]{0,31}$")
    label: LabelIn
    parent: str | None = Field(None, max_length=24)
    definition: TextIn = TextIn()
    include: TextIn = TextIn()
    exclude: TextIn = TextIn()
    example: TextIn = TextIn()
    near_miss: TextIn = TextIn()
    aliases: AliasesIn = AliasesIn()
    source: str = Field(default="", max_length=200)
    colour: int = Field(1, ge=1, le=12)
    texture: Texture = Texture.SOLID
    is_codable: bool = True
    is_risk: bool = False
    keep_names: bool = False


def _words(found: Localised) -> Words:
    return Words(en=found.en, ru=found.ru, kk=found.kk)


def _localised(sent: LabelIn | TextIn) -> Localised:
    return Localised(sent.en, sent.ru, sent.kk)


def _out(code: OpenCode) -> CodeOut:
    return CodeOut(
        id=code.id,
        key=code.key,
        parent_id=code.parent_id,
        depth=code.depth,
        version=code.number,
        stata=code.stata,
        label=_words(code.label),
        definition=_words(code.definition),
        include=_words(code.include),
        exclude=_words(code.exclude),
        example=_words(code.example),
        near_miss=_words(code.near_miss),
        aliases=AliasesOut(en=code.aliases.en, ru=code.aliases.ru, kk=code.aliases.kk),
        source=code.source,
        colour=code.colour,
        texture=Texture(code.texture),
        is_codable=code.is_codable,
        is_risk=code.is_risk,
        status=code.status,
    )


def _entry(sent: CodeIn) -> CodeEntry:
    return CodeEntry(
        code=sent.key,
        parent=sent.parent,
        stata=sent.stata,
        label=_localised(sent.label),
        definition=_localised(sent.definition),
        include=_localised(sent.include),
        exclude=_localised(sent.exclude),
        example=_localised(sent.example),
        near_miss=_localised(sent.near_miss),
        aliases=Aliases(sent.aliases.en, sent.aliases.ru, sent.aliases.kk),
        codable=sent.is_codable,
        risk=sent.is_risk,
        colour=sent.colour,
        texture=sent.texture,
        source=sent.source,
    )


@router.get("/studies/{s}/codes", name="api:codes")
def codes(db: ApiRead, me: ApiMe, s: str, page: Annotated[Paging, Depends(paging)]) -> Listed[CodeOut]:
    """The codes in use, each parent before its children."""
    access = study_named(db, me, s, Act.SEE_CODEBOOK)
    found = codes_of(db, access.study.id, proposals_of=me.id)
    after = page.after_id
    # A code that has gone from the tree meanwhile leaves nothing to go on from, so the walk begins anew.
    start = next((at for at, code in enumerate(found, start=1) if code.id == after), 0)
    listed = page.page(found[start : start + page.limit + 1], lambda code: code.id)
    return Listed(items=tuple(_out(code) for code in listed.items), next=listed.next)


@router.post("/studies/{s}/codes", name="api:add_code", status_code=201, **takes(CodeIn))
def add_code(db: ApiWrite, me: ApiMe, s: str, sent: Annotated[CodeIn, Depends(json_of(CodeIn))]) -> CodeOut:
    """Add a code to the codebook; for the PI."""
    access = study_named(db, me, s, Act.EDIT_CODEBOOK)
    code_id = service.add_code(db, access, _entry(sent), keeps_names=sent.keep_names)
    return next(_out(code) for code in codes_of(db, access.study.id) if code.id == code_id)
