"""The leak check of a codebook: no code is called after a person of the study, and none is explained by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from qualcoder.accounts.access import Access
from qualcoder.anonymise import leaks
from qualcoder.anonymise.known_names import known_names
from qualcoder.codebooks.book import CodeEntry, Localised
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_


class NamesInCodebook(Invalid):
    """A code holds the name of a known person. `code` is its number among those that were sent, from 1."""

    def __init__(self, code: int, field: str, names: int) -> None:
        super().__init__(
            N_(
                'Code %(code)s of the file holds in "%(field)s" what looks like the name of a person in this study'
                " (such words in all: %(names)s). Nothing was changed. Write it without the name, or say that these"
                " words are no names."
            ),
            fields={field: N_("This looks like the name of a person in this study.")},
            code=code,
            field=field,
            names=names,
        )


@dataclass(frozen=True, slots=True, repr=False)
class _Text:
    """A text of a code under the name of its field in a file."""

    code: int
    field: str
    words: str


def _texts(entries: Sequence[CodeEntry]) -> Iterator[_Text]:
    for number, entry in enumerate(entries, start=1):
        yield _Text(number, "code", entry.code)
        yield _Text(number, "stata", entry.stata)
        yield _Text(number, "source", entry.source)
        aliases = (entry.aliases.en, entry.aliases.ru, entry.aliases.kk)
        spoken: dict[str, Localised] = {
            "label": entry.label,
            "definition": entry.definition,
            "include": entry.include,
            "exclude": entry.exclude,
            "example": entry.example,
            "near_miss": entry.near_miss,
            "aliases": Localised(*("; ".join(words) for words in aliases)),
        }
        for field, said in spoken.items():
            for language, words in (("en", said.en), ("ru", said.ru), ("kk", said.kk)):
                yield _Text(number, f"{field}_{language}", words)


def names_in(db: Session, access: Access, entries: Sequence[CodeEntry], *, keeps_names: bool) -> int:
    """How many words fit a known person. Raises NamesInCodebook when there are any, unless they are kept knowingly."""
    texts = list(_texts(entries))
    found = leaks.places(known_names(db, access.study.id), [text.words for text in texts])
    if found and not keeps_names:
        leaks.record_refusal(db, access, len(found))
        first = texts[found[0].text]
        raise NamesInCodebook(first.code, first.field, len(found))
    return len(found)
