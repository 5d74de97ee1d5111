"""Flags for tests, put where words stand."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import select

from qualcoder.accounts.models import Person
from qualcoder.core.ids import TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts import flags
from qualcoder.transcripts.flag_models import Flag
from qualcoder.transcripts.flags import NewFlag
from qualcoder.transcripts.models import Transcript
from tests.transcripts import making

# A name that the search and both readers missed, so that it stands in the released text.
MISSED = "Ойдантап"
TEXT = f"""\
Интервьюер: Кто приходил к вам?
Респондент: Приходил {MISSED} из конторы, и воды не стало.
Интервьюер: А ещё кто?
Респондент: {MISSED}ты көрдік, потом никого.
"""


def place_of(home: Home, transcript: Transcript, words: str, nth: int = 0) -> Span:
    """Where words stand in what is shown of the released text."""
    text = "\n".join(turn.body for turn in making.text_of(home, transcript))
    at = -1
    for _ in range(nth + 1):
        at = text.index(words, at + 1)
    return Span(at, at + len(words))


def new_flag(home: Home, transcript: Transcript, words: str = MISSED, *, nth: int = 0, note: str = "") -> NewFlag:
    place = place_of(home, transcript, words, nth)
    return NewFlag(new_id(), TranscriptId(transcript.id), 1, place, note)


def flag_words(
    home: Home, by: Person, transcript: Transcript, words: str = MISSED, *, nth: int = 0, note: str = ""
) -> UUID:
    """Flag words as a person; the flag's id."""
    new = new_flag(home, transcript, words, nth=nth, note=note)
    with home.data.transaction() as db:
        flags.flag(db, by, new)
    return new.id


def flag_of(home: Home, flag_id: UUID) -> Flag:
    with home.data.read() as db:
        return db.get_one(Flag, flag_id)


def all_flags(home: Home) -> list[Flag]:
    with home.data.read() as db:
        return list(db.exec(select(Flag)))


def shown(home: Home, transcript: Transcript) -> str:
    """The released text as everybody sees it."""
    return "\n".join(turn.body for turn in making.text_of(home, transcript))
