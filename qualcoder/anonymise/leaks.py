"""The leak check: what in a text still names somebody, asked before it is kept where others read it or leaves.

Two voices that need no spaCy, so that the web process can ask them: the study's known people by HMAC of word stems,
and the rules. What is found is a place (which text, which line, which word), never a word: an error, a log line and
the record of acts may hold it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from qualcoder.accounts import limits
from qualcoder.accounts.access import Access
from qualcoder.accounts.limits import NAMES_TRIED, TooMany
from qualcoder.anonymise.findings import Finding, Label, Tier, union
from qualcoder.anonymise.known_names import Hit, KnownNames, known_names
from qualcoder.anonymise.letters import shadow_of
from qualcoder.audit import chain
from qualcoder.core.db import after_rollback, database_of
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.core.text import Span, merge

_WORD = re.compile(r"\S+")
# OydantapInterview2 is a file about Oydantap.
_INSIDE_A_NAME = re.compile(r"(?<=[^\W\d_A-ZА-ЯЁӘІҢҒҮҰҚӨҺ])(?=[A-ZА-ЯЁӘІҢҒҮҰҚӨҺ])")
# Rules look this far to both sides of what was replaced: their longest cue and name fit in.
_WINDOW = 160


@dataclass(frozen=True, slots=True)
class Place:
    """Where a known name stands: the number of the text from 0, the line and the word in it from 1."""

    text: int
    line: int
    word: int


class NamesSomebody(Invalid):
    """A text that others will read holds the name of a known person. Nothing was saved."""

    def __init__(self, place: Place, field: str) -> None:
        message = N_(
            "This holds what looks like the name of a person in this study (line %(line)s, word %(word)s). Write the"
            " code of the released text instead, such as [Person 3]. Nothing was saved."
        )
        said = N_("This looks like the name of a person in this study.")
        super().__init__(message, fields={field: said}, line=place.line, word=place.word)


def places(known: KnownNames, texts: Sequence[str]) -> list[Place]:
    """Where known people are named in these texts, in order."""
    found = known.hits(texts)
    return [_place(n, text, hit) for n, (text, hits) in enumerate(zip(texts, found, strict=True)) for hit in hits]


def places_of_full_names(known: KnownNames, texts: Sequence[str]) -> list[Place]:
    """The same for public records, where one word proves nothing (villages are called after people): two at least."""
    found = known.hits(texts)
    return [
        _place(n, text, hits[0])
        for n, (text, hits) in enumerate(zip(texts, found, strict=True))
        if _has_two_words_of_one(text, hits)
    ]


def _has_two_words_of_one(text: str, hits: Sequence[Hit]) -> bool:
    words: dict[UUID, set[str]] = {}
    for hit in hits:
        for person in hit.people:
            words.setdefault(person, set()).add(hit.span.of(text).casefold())
    return any(len(said) > 1 for said in words.values())


def _place(n: int, text: str, hit: Hit) -> Place:
    before = text[: hit.span.start]
    line = before[before.rfind("\n") + 1 :]
    return Place(n, before.count("\n") + 1, len(_WORD.findall(line + "x")))


def words_of_a_file_name(name: str) -> str:
    """A file's name or a title as words: names written together come apart."""
    return _INSIDE_A_NAME.sub(" ", name)


def refuse_names(db: Session, access: Access, field: str, text: str) -> None:
    """Raise NamesSomebody when a text for others to read names a known person.

    A refusal tells whoever typed that the name is known here. So each is recorded, and after some no more names can
    be tried for hours.
    """
    who = str(access.person.id)
    if limits.is_empty(db, NAMES_TRIED, who):
        raise TooMany
    found = places(known_names(db, access.study.id, [text]), [text])
    if found:
        record_refusal(db, access, len(found))
        raise NamesSomebody(found[0], field)


def record_refusal(db: Session, access: Access, names: int) -> None:
    """Keep record of a refusal, though all else of this transaction is dropped with it."""
    database, person_id, study_id = database_of(db), access.person.id, access.study.id

    def keep() -> None:
        with database.transaction() as own:
            limits.take(own, NAMES_TRIED, str(person_id))
            chain.record(own, person_id, "names.refused", "study", study_id, study_id=study_id, names=names)

    after_rollback(db, keep)


def labels_by_rules(text: str, language: str = "mixed") -> frozenset[Label]:
    """What kinds of direct identifiers the rules see in a text."""
    return frozenset(found.label for found in _by_rules(text, language) if found.tier is Tier.A)


def _by_rules(text: str, language: str, *, is_cased: bool = False) -> list[Finding]:
    # The rules take most of a second to load; most processes never ask them.
    from qualcoder.anonymise import components

    return components.rules_for(language).findings(shadow_of(text), is_cased=is_cased)


def rules_around(text: str, language: str, changed: Sequence[Span]) -> list[Finding]:
    """What identifies around changed stretches. The rest of a text was read by the same rules before."""
    is_cased = any(char.isupper() for char in text)
    windows = merge(_window(text, span) for span in changed)
    return union(
        finding.shifted(window.start)
        for window in windows
        for finding in _by_rules(window.of(text), language, is_cased=is_cased)
    )


def _window(text: str, span: Span) -> Span:
    """Whole words around a stretch: half a number would look like another number."""
    start = text.rfind(" ", 0, max(0, span.start - _WINDOW)) + 1
    end = text.find(" ", min(len(text), span.end + _WINDOW))
    return Span(start, len(text) if end < 0 else end)
