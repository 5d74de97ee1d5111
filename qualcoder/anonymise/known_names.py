"""The names of a study's people as HMACs, and the words of a text that they fit.

A known name can be recognised here and not read: the names themselves are in the identity vault. The check before
a release, the forms that people fill and the exports all ask `known_names`, the one place that compares words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, true
from sqlmodel import Session, col, or_, select

from qualcoder.anonymise.entity_index import is_no_name
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.lexicon.everyday import is_everyday, is_listed_name
from qualcoder.anonymise.models import Decision, Entity, PiiSpan, SurfaceIndex
from qualcoder.anonymise.surfaces import sought
from qualcoder.core.ids import StudyId
from qualcoder.core.text import Span
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

_WORD = re.compile(r"[^\W\d_]{3,40}")
# Three letters prove nothing, but for a whole name with a capital: Дана must not take every "дан".
_MIN_STEM = 4
# A stem of a name that no list knows, under an ending and in small letters: басын + а is a head, not Басын.
_MIN_UNLISTED = 5
# Any word begins a sentence with a capital.
_SENTENCE_START = re.compile(r"(?:\A|[.!?…:;\n][\"»)]*)[\s\"«(—-]*\Z")
# With so many words, all names of a study are read quicker than those that could be meant are asked for.
_FEW_WORDS = 200
_HIDING = frozenset({"Mn", "Cf"})
# Codes that stand in released texts instead of names. In Kazakh the word of the code is a first name too.
_CODE = re.compile(r"\[[^\W\d_]{2,20} \d{1,6}\]")


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A word of a text that fits a known person; `is_sure` when it is written as names are."""

    span: Span
    people: frozenset[UUID]
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """Whom a word names when it is written as names are, and whom when it could be any word."""

    as_name: frozenset[UUID]
    as_word: frozenset[UUID]


@dataclass(frozen=True, slots=True, repr=False)
class KnownNames:
    """Who is known in a study, by HMAC of a form of the name."""

    people: Mapping[bytes, frozenset[UUID]]
    mac: Callable[[str], bytes]

    def fitting(self, words: Iterable[str]) -> dict[str, Fit]:
        """The words, as they stand in a text, that fit somebody; each distinct word is tried once."""
        found: dict[str, Fit] = {}
        if not self.people:
            return found
        tried: dict[str, frozenset[UUID]] = {}
        nobody: frozenset[UUID] = frozenset()
        for word in filter(_may_be_a_name, set(words)):
            if is_no_name(word):
                continue
            for form in sought(word, "mixed"):
                if form not in tried:
                    tried[form] = self.people.get(self.mac(form), nobody)
                if tried[form] and _tells(form, word):
                    before = found.get(word) or Fit(nobody, nobody)
                    as_word = tried[form] if _tells_in_small_letters(form, word) else nobody
                    found[word] = Fit(before.as_name | tried[form], before.as_word | as_word)
        return found

    def hits(self, texts: Sequence[str]) -> list[list[Hit]]:
        """For each text its words that fit a known person, in reading order. Linear in the number of other words."""
        if not self.people:
            return [[] for _ in texts]
        read = [_Seen(text) for text in texts]
        fits = self.fitting(set().union(*(seen.words for seen in read)))
        return [seen.hits(fits) for seen in read]


class _Seen:
    """A text as names are looked for in it: signs that hide a name inside a word are looked through."""

    def __init__(self, text: str) -> None:
        is_plain = text.isascii() or _HIDING.isdisjoint(map(unicodedata.category, set(text)))
        self._shadow = None if is_plain else shadow_of(text)
        self._text = _CODE.sub(lambda code: " " * len(code.group()), self._shadow.text if self._shadow else text)
        self.words = frozenset(_WORD.findall(self._text))

    def hits(self, fits: Mapping[str, Fit]) -> list[Hit]:
        if self.words.isdisjoint(fits):
            return []
        found = (match for match in _WORD.finditer(self._text) if match.group() in fits)
        return [hit for match in found if (hit := self._hit(match, fits[match.group()])) is not None]

    def _hit(self, match: re.Match[str], fit: Fit) -> Hit | None:
        word, start, end = match.group(), *match.span()
        if not word[0].isupper():
            return Hit(self._span(start, end), fit.as_word, is_sure=False) if fit.as_word else None
        if not self._begins_a_sentence(start):
            return Hit(self._span(start, end), fit.as_name, is_sure=True)
        if len(word) < _MIN_STEM:
            return None
        return Hit(self._span(start, end), fit.as_name, is_sure=bool(fit.as_word))

    def _begins_a_sentence(self, start: int) -> bool:
        return _SENTENCE_START.search(self._text, max(0, start - 8), start) is not None

    def _span(self, start: int, end: int) -> Span:
        return self._shadow.span(start, end) if self._shadow else Span(start, end)


def _may_be_a_name(word: str) -> bool:
    return len(word) >= _MIN_STEM or word[0].isupper()


def _tells(form: str, word: str) -> bool:
    """Whether this form of a word is enough to know somebody by, where the word is written as names are."""
    bare = form.rpartition(":")[2]
    return len(bare) >= _MIN_STEM or (word[0].isupper() and len(bare) == len(word))


def _tells_in_small_letters(form: str, word: str) -> bool:
    """The same for a word that could be any: a name of the lists, or no common word under a real ending."""
    bare = form.rpartition(":")[2]
    lower = word.lower()
    if len(bare) < _MIN_STEM:
        return False
    return is_listed_name(lower) or (not is_everyday(lower) and len(bare) >= min(_MIN_UNLISTED, len(word)))


def known_names(db: Session, study_id: StudyId, about: Sequence[str] = ()) -> KnownNames:
    """The people of a study whom a reader has confirmed: named in its vault, or accepted in a review.

    For a short text, `about` it, only those are read whom it could name.
    """
    mac = sealing.bulk_lookup(db, KeyRef.study(study_id), "surface")
    wanted = _few_macs(about, mac)
    accepted = exists().where(col(PiiSpan.entity_id) == col(Entity.id), col(PiiSpan.decision) == Decision.ACCEPT)
    rows = db.exec(
        select(SurfaceIndex.mac, SurfaceIndex.entity_id)
        .join(Entity, col(Entity.id) == col(SurfaceIndex.entity_id))
        .where(
            col(Entity.study_id) == study_id,
            col(Entity.kind) == Label.PERSON,
            col(Entity.merged_into).is_(None),
            or_(col(Entity.name_ct).is_not(None), accepted),
            true() if wanted is None else col(SurfaceIndex.mac).in_(wanted),
        )
    )
    people: dict[bytes, set[UUID]] = {}
    for found, entity_id in rows:
        people.setdefault(found, set()).add(entity_id)
    return KnownNames({found: frozenset(owners) for found, owners in people.items()}, mac)


def _few_macs(texts: Sequence[str], mac: Callable[[str], bytes]) -> list[bytes] | None:
    """The HMACs that could be hit by these texts; None when there is no text, or they are too many to ask for."""
    words = {word for text in texts for word in _Seen(text).words if _may_be_a_name(word)}
    if not texts or len(words) > _FEW_WORDS:
        return None
    return list({mac(form) for word in words for form in sought(word, "mixed")})
