"""What differs between two states of a code, field by field: for the log, for previews and for two people at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qualcoder.codebooks.book import CodeEntry, Texture
from qualcoder.codebooks.changes import FieldChange
from qualcoder.codebooks.queries import OpenCode
from qualcoder.core.ids import CodeId

LANGUAGES = ("en", "ru", "kk")
TEXTS = ("label", "definition", "include", "exclude", "example", "near_miss")


def entry_of(code: OpenCode, keys: Mapping[CodeId, str]) -> CodeEntry:
    """A code as a file would hold it; `keys` are those of every code."""
    return CodeEntry(
        code=code.key,
        parent=keys.get(code.parent_id) if code.parent_id else None,
        stata=code.stata,
        label=code.label,
        definition=code.definition,
        include=code.include,
        exclude=code.exclude,
        example=code.example,
        near_miss=code.near_miss,
        aliases=code.aliases,
        codable=code.is_codable,
        risk=code.is_risk,
        colour=code.colour,
        texture=Texture(code.texture),
        source=code.source,
    )


def values(entry: CodeEntry) -> Iterator[tuple[str, str]]:
    """Every field of a code by the name that files give it, as text."""
    for name in TEXTS:
        said = getattr(entry, name)
        for language in LANGUAGES:
            yield f"{name}_{language}", getattr(said, language)
    for language in LANGUAGES:
        yield f"aliases_{language}", "; ".join(getattr(entry.aliases, language))
    yield "parent", entry.parent or ""
    yield "stata", entry.stata
    yield "source", entry.source
    yield "colour", str(entry.colour)
    yield "texture", entry.texture.value
    yield "codable", "yes" if entry.codable else "no"
    yield "risk", "yes" if entry.risk else "no"


def differences(old: CodeEntry, new: CodeEntry) -> tuple[FieldChange, ...]:
    """The fields in which two states differ, in the order of the form."""
    after = dict(values(new))
    return tuple(FieldChange(name, said, after[name]) for name, said in values(old) if said != after[name])
