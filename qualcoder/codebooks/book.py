"""What a codebook is outside the database: frozen values that files, templates and imports share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Texture(StrEnum):
    """Pattern of a code's stripe: tells codes of one colour apart, also for people who see no colours."""

    SOLID = "solid"
    DOTS = "dots"
    DIAGONAL = "diagonal"
    CROSS = "cross"


@dataclass(frozen=True, slots=True)
class Localised:
    """The same words in the three languages of the product; empty where nobody has written them."""

    en: str = ""
    ru: str = ""
    kk: str = ""

    def in_language(self, language: str) -> str:
        """The words in `language`, else in English, else in whatever language there is."""
        own = {"en": self.en, "ru": self.ru, "kk": self.kk}.get(language, "")
        return own or self.en or self.ru or self.kk


@dataclass(frozen=True, slots=True)
class Aliases:
    """Short words under which the code picker also finds a code."""

    en: tuple[str, ...] = ()
    ru: tuple[str, ...] = ()
    kk: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEntry:
    """One code with what a coder needs to apply it alike every time."""

    code: str
    parent: str | None
    stata: str
    label: Localised
    definition: Localised = Localised()
    include: Localised = Localised()
    exclude: Localised = Localised()
    example: Localised = Localised()
    near_miss: Localised = Localised()
    aliases: Aliases = Aliases()
    codable: bool = True
    risk: bool = False
    colour: int = 1
    texture: Texture = Texture.SOLID
    source: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A publication or decision that codes come from; `CodeEntry.source` starts with the key."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class RetiredCode:
    """A key that must not be given a new meaning, and why it went."""

    code: str
    reason: Localised


@dataclass(frozen=True, slots=True, kw_only=True)
class CodebookFile:
    """A codebook as it stands in a file, parents anywhere in the order of the file."""

    slug: str
    title: Localised
    codes: tuple[CodeEntry, ...]
    licence: str = ""
    sources: tuple[Source, ...] = ()
    retired: tuple[RetiredCode, ...] = ()
