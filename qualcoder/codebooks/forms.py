"""What the pages of the codebook send."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field

from qualcoder.codebooks.book import Aliases, CodeEntry, Localised, Texture
from qualcoder.codebooks.comparing import LANGUAGES, TEXTS
from qualcoder.codebooks.files import cleaned
from qualcoder.codebooks.ordering import Step
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.web.forms import Body

LONGEST = {"label": 80}
LONGEST_TEXT = 2000
LONGEST_ALIAS, MOST_ALIASES = 60, 20
_STATA = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}")

# An empty choice of a list is none.
MaybeId = Annotated[UUID | None, BeforeValidator(lambda sent: sent or None)]


class ImportForm(BaseModel):
    """A file, or what a preview packed, and whether words in it that look like known names are kept knowingly."""

    keep_names: bool = False
    packed: str = ""
    basis: str = ""


class EditForm(BaseModel):
    """The plain fields of a code; its texts are read by `entry_from`."""

    seen_version: int
    stata: str = Field(max_length=32)
    source: str = Field("", max_length=200)
    colour: int = Field(ge=1, le=12)
    texture: Texture
    codable: bool = False
    risk: bool = False
    keep_names: bool = False


class NewCodeForm(BaseModel):
    """A code by its name in the language of the page."""

    name: str = Field(max_length=200)
    parent: MaybeId = None
    keep_names: bool = False


class StepForm(BaseModel):
    """One step in the tree."""

    step: Step


class PlaceForm(BaseModel):
    """Below which code, before which of its children; empty is the top, and the end."""

    parent: MaybeId = None
    before: MaybeId = None


class DecisionForm(BaseModel):
    """What the PI makes of a proposal, and which state of it was seen."""

    seen_version: int


def typed(body: Body) -> dict[str, str]:
    """The texts of a code as they were typed, by field."""
    return {name: body.first(name) for name in _text_fields()}


def _text_fields() -> Iterator[str]:
    for name in (*TEXTS, "aliases"):
        for language in LANGUAGES:
            yield f"{name}_{language}"


def entry_from(words: Mapping[str, str], plain: EditForm) -> CodeEntry:
    """The code as the form words it; Invalid with every field that can't be taken."""
    errors: dict[str, str] = {}
    clean = {}
    for name, text in words.items():
        try:
            clean[name] = cleaned(text)
        except Invalid as problem:
            errors[name] = problem.message
            clean[name] = ""
        if len(clean[name]) > LONGEST.get(name.rpartition("_")[0], LONGEST_TEXT):
            errors[name] = N_("This is too long.")
    aliases = {language: tuple(_aliases(clean[f"aliases_{language}"])) for language in LANGUAGES}
    for language, given in aliases.items():
        if len(given) > MOST_ALIASES or any(len(word) > LONGEST_ALIAS for word in given):
            errors[f"aliases_{language}"] = N_("At most 20 aliases of up to 60 characters, separated by semicolons.")
    if not any(clean[f"label_{language}"] for language in LANGUAGES):
        errors["label_en"] = N_("Give the code a name in one language at least.")
    if not _STATA.fullmatch(plain.stata):
        errors["stata"] = N_("Latin letters, digits and _, not beginning with a digit; at most 32.")
    if errors:
        raise Invalid(N_("Some fields need another look."), fields=errors)
    texts = {name: Localised(*(clean[f"{name}_{language}"] for language in LANGUAGES)) for name in TEXTS}
    return CodeEntry(
        code="",
        parent=None,
        stata=plain.stata,
        label=texts["label"],
        definition=texts["definition"],
        include=texts["include"],
        exclude=texts["exclude"],
        example=texts["example"],
        near_miss=texts["near_miss"],
        aliases=Aliases(aliases["en"], aliases["ru"], aliases["kk"]),
        codable=plain.codable,
        risk=plain.risk,
        colour=plain.colour,
        texture=plain.texture,
        source=cleaned(plain.source),
    )


def _aliases(cell: str) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in cell.split(";") if word.strip()))
