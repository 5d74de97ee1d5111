"""Writing a new version of a released text: its turns, and the codings and flags that go along with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from qualcoder.coding.models import Coding
from qualcoder.coding.passages import quote_mac
from qualcoder.core.clock import now
from qualcoder.core.errors import NotFound
from qualcoder.core.ids import PersonId, TextVersionId, TurnId, new_id
from qualcoder.core.text import Span, merge
from qualcoder.transcripts.flag_models import HIDES, Flag
from qualcoder.transcripts.models import TextKind, TextVersion, Transcript, Turn
from qualcoder.transcripts.queries import OpenTurn, open_whole_turns, turns_of
from qualcoder.transcripts.sentences import bounds
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef


@dataclass(frozen=True, slots=True, repr=False)
class NewTurn:
    """A body, and the turn that it takes speaker, side and language from."""

    like: OpenTurn
    body: str


def current(transcript: Transcript) -> TextVersionId:
    """The version in use."""
    if transcript.text_version_id is None:
        raise NotFound
    return transcript.text_version_id


def text_of(turns: Iterable[NewTurn | OpenTurn]) -> str:
    """The text of a version."""
    return "\n".join(turn.body for turn in turns)


def whole_turns(db: Session, key: KeyRef, version_id: UUID) -> list[OpenTurn]:
    """The turns of a version with what flags hide, to compute with."""
    return open_whole_turns(db, key, turns_of(db, version_id))


def codings_at(db: Session, version_id: UUID) -> Sequence[Coding]:
    """Codings of a version, removed ones too: they may come back."""
    return db.exec(select(Coding).where(col(Coding.text_version_id) == version_id)).all()


def flags_at(db: Session, version_id: UUID) -> Sequence[Flag]:
    """Flags of a version, whatever was decided on them."""
    return db.exec(select(Flag).where(col(Flag.text_version_id) == version_id)).all()


def a_version(transcript: Transcript, number: int, person_id: PersonId) -> TextVersion:
    """A version of a released text, without its length."""
    return TextVersion(
        id=TextVersionId(new_id()),
        transcript_id=transcript.id,
        number=number,
        kind=TextKind.ANONYMISED,
        n_chars=0,
        created_by=person_id,
        created_at=now(),
    )


def sealed_turns(
    db: Session, key: KeyRef, version: TextVersion, bodies: Sequence[NewTurn], hidden: Iterable[Span] = ()
) -> list[Turn]:
    """The turns of a new version, whose length is set. `hidden` are stretches of its text that flags hide."""
    turns: list[Turn] = []
    start, taken = 0, merge(hidden)
    for n, new in enumerate(bodies, start=1):
        row, body, turn = sealing.RowKey(new_id()), new.body, new.like
        end = start + len(body)
        here = [
            [max(one.start, start) - start, min(one.end, end) - start]
            for one in taken
            if one.start < end and start < one.end
        ]
        turns.append(
            Turn(
                id=TurnId(row.id),
                text_version_id=version.id,
                n=n,
                start=start,
                length=len(body),
                bounds=list(turn.bounds if body == turn.body else bounds(body, turn.language)),
                language=turn.language,
                hidden=here or None,
                is_interviewer=turn.is_interviewer,
                speaker_ct=sealing.seal(db, key, f.TURN_SPEAKER, row, turn.speaker),
                body_ct=sealing.seal(db, key, f.TURN_BODY, row, body),
            )
        )
        start = end + 1
    version.n_chars = turns[-1].end
    return turns


def moved(db: Session, key: KeyRef, coding: Coding, version: TextVersion, span: Span, text: str) -> dict[str, object]:
    """What is written of a coding that goes to a place in the text of another version."""
    return {
        "id": coding.id,
        "text_version_id": version.id,
        "text_number": version.number,
        "start": span.start,
        "end": span.end,
        "quote_mac": quote_mac(db, key, span.of(text)),
        "version": coding.version,
    }


def flag_moved(flag: Flag, version: TextVersion, span: Span) -> dict[str, object]:
    """The same of a flag."""
    place = {"text_version_id": version.id, "start": span.start, "end": span.end}
    return {"id": flag.id, "version": flag.version, **place}


def write_moves(db: Session, codings: Sequence[dict[str, object]], flags: Sequence[dict[str, object]]) -> None:
    """Carry codings and flags to their new places."""
    for table, moves in ((Coding, codings), (Flag, flags)):
        if moves:
            db.execute(update(table), list(moves))


def put_in_use(db: Session, transcript: Transcript, version: TextVersion, turns: Sequence[Turn]) -> None:
    """Make a new version the text that is read."""
    db.add(version)
    db.flush()
    db.add_all(turns)
    transcript.text_version_id, transcript.text_number = version.id, version.number
    transcript.n_chars, transcript.n_turns = version.n_chars, len(turns)
    # Readers of what is hidden know a text by this number, and the offsets are others now.
    transcript.hidden_revision += 1


def hides(flag: Flag) -> bool:
    """Whether a flag hides its passage."""
    return flag.standing in HIDES
