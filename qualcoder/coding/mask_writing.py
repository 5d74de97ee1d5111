"""What masking writes, in one transaction: texts without the name, the registry, and everything under the new keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select as sql
from sqlalchemy import update
from sqlmodel import Session, col, delete, select

from qualcoder.anonymise.inflection import grammar_from
from qualcoder.anonymise.models import Entity, ReplacementLog
from qualcoder.anonymise.service import Mention, resolve, shown_for, write_names
from qualcoder.audit import chain
from qualcoder.coding.carrying import through_mask
from qualcoder.coding.mask_search import Note, Survey, Text, sealed_with
from qualcoder.coding.models import Coding, Command, Memo, Translation
from qualcoder.coding.new_version import (
    NewTurn,
    a_version,
    codings_at,
    flags_at,
    hides,
    moved,
    put_in_use,
    sealed_turns,
    text_of,
    whole_turns,
    write_moves,
)
from qualcoder.coding.passages import holds, quote_mac
from qualcoder.coding.sealed_places import sheets_of
from qualcoder.core.clock import now
from qualcoder.core.ids import InterviewId, TextVersionId, new_id
from qualcoder.core.text import Span
from qualcoder.races.study_places import places_of_study
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.flag_models import Flag, Standing
from qualcoder.transcripts.hiding import is_hidden
from qualcoder.transcripts.marking import tier_of
from qualcoder.transcripts.models import TextKind, TextVersion, Transcript, Turn
from qualcoder.transcripts.queries import OpenTurn
from qualcoder.vault import blobs, renewal, sealing
from qualcoder.vault import fields as f
from qualcoder.vault.keys import KeyRef

MASKED = "names.masked"
SOURCE = "flag"
AT_ONCE = 500
# What a command is after masking: it can't be undone, and it might say the name.
NOTHING: dict[str, object] = {}


@dataclass(frozen=True, slots=True)
class Masked:
    """What was done."""

    places: int
    texts: int
    interviews: int
    codings: int
    notes: int
    files: int


@dataclass(frozen=True, slots=True, repr=False)
class _Stretch:
    """A stretch of a text, what stands there from now on, and whom that means."""

    span: Span
    shown: str
    entity: Entity | None


def write_masked(db: Session, found: Reach, flag: Flag, plan: Survey) -> Masked:
    """Do what was planned; the interviews have their newer keys already."""
    return _Writing(db, found, flag, plan).run()


class _Writing:
    def __init__(self, db: Session, found: Reach, flag: Flag, plan: Survey) -> None:
        self._db, self._found, self._flag, self._plan = db, found, flag, plan
        self._study_id = found.transcript.study_id
        self._codings = 0

    def run(self) -> Masked:
        db, plan = self._db, self._plan
        fresh = self._fresh()
        places = [(text.turns, span) for text in plan.texts for span in text.spans]
        places += [((_as_turn(note.body),), span) for note in plan.notes for span in note.spans]
        shown = self._shown(places)
        told = iter(shown)
        plain = next((shown_for(db, entity) for _words, entity in shown if entity), "[…]")
        texts: dict[object, list[tuple[Text, list[_Stretch]]]] = {}
        for text in plan.texts:
            stretches = [_Stretch(span, *next(told)) for span in text.spans]
            stretches += [_Stretch(span, plain, None) for span in text.loose]
            texts.setdefault(text.transcript_id, []).append((text, sorted(stretches, key=lambda one: one.span)))
        for transcript_id, held in texts.items():
            self._mask(db.get_one(Transcript, transcript_id), held)
        for note in plan.notes:
            turns, _mask = masked_turns([_as_turn(note.body)], [_Stretch(span, *next(told)) for span in note.spans])
            self._rewrite(note, turns[0].body)
        for one in plan.flags:
            _empty(db, db.get_one(Flag, one.flag_id), self._key(one.interview_id))
        for interview_id in sorted(plan.interviews):
            self._seal_anew(interview_id)
        self._keep_fresh(fresh)
        done = Masked(
            places=sum(len(text.spans) for text in plan.texts),
            texts=len(texts),
            interviews=len(plan.interviews),
            codings=self._codings,
            notes=len(plan.notes),
            files=blobs.empty_files(db, self._study_id),
        )
        counts = {"places": done.places, "interviews": done.interviews, "codings": done.codings, "notes": done.notes}
        chain.record(db, self._found.me.id, MASKED, "study", self._study_id, study_id=self._study_id, **counts)
        return done

    def _key(self, interview_id: InterviewId) -> KeyRef:
        return KeyRef.interview(interview_id, self._study_id)

    def _shown(self, places: Sequence[tuple[Sequence[OpenTurn], Span]]) -> list[tuple[str, Entity | None]]:
        """What replaces each place: all are one entry of the registry, known already or made here."""
        db, label = self._db, self._plan.label
        mentions = [_mention(turns, span, label) for turns, span in places]
        known = resolve(
            db, self._study_id, mentions, places=places_of_study(db, self._study_id), numbers=[0] * len(mentions)
        )
        db.flush()
        named = {m.surface: (one.entity, m.surface) for one, m in zip(known, mentions, strict=True) if one.entity}
        write_names(db, self._study_id, list(named.values()))
        return [
            (shown_for(db, one.entity, grammar_from(one.grammar)) if one.entity else one.replacement, one.entity)
            for one in known
        ]

    # Texts ------------------------------------------------------------------------------------

    def _mask(self, transcript: Transcript, held: Sequence[tuple[Text, list[_Stretch]]]) -> None:
        """Every version that holds the name gets one without it, if it is read or coded; then it is destroyed."""
        db, in_use, number = self._db, transcript.text_version_id, transcript.text_number
        for text, stretches in held:
            former = db.get_one(TextVersion, text.version_id)
            if former.id == in_use or codings_at(db, former.id):
                number += 1
                self._replace(transcript, text, former, stretches, number, is_read=former.id == in_use)
            self._destroy(former)
        earlier = select(TextVersion).where(
            col(TextVersion.transcript_id) == transcript.id,
            col(TextVersion.kind) == TextKind.ANONYMISED,
            col(TextVersion.masked_at).is_(None),
            col(TextVersion.id) != transcript.text_version_id,
        )
        for version in db.exec(earlier):
            if not codings_at(db, version.id):
                self._destroy(version)
        places = sum(len(text.spans) for text, _stretches in held)
        me, study_id = self._found.me.id, self._study_id
        chain.record(db, me, "transcript.masked", "transcript", transcript.id, study_id=study_id, places=places)

    def _replace(
        self,
        transcript: Transcript,
        text: Text,
        former: TextVersion,
        stretches: Sequence[_Stretch],
        number: int,
        *,
        is_read: bool,
    ) -> None:
        db, key = self._db, self._key(transcript.interview_id)
        turns, mask = masked_turns(text.turns, stretches)
        before, after = text_of(text.turns), text_of(turns)
        version = a_version(transcript, number, self._found.me.id)
        # Before the flags, which point to it.
        db.add(version)
        db.flush()
        hidden = []
        for flag in flags_at(db, former.id):
            was = Span(flag.start, flag.end)
            place = through_mask(mask, was)
            flag.text_version_id, flag.start, flag.end = version.id, place.start, place.end
            if hides(flag) and (flag.id == self._flag.id or is_hidden(before, was, [one.span for one in stretches])):
                flag.standing = Standing.MASKED
                flag.decided_by, flag.decided_at = self._found.me.id, now()
                _empty(db, flag, key)
            elif hides(flag):
                hidden.append(place)
        rows = sealed_turns(db, key, version, turns, hidden)
        moves = []
        for coding in codings_at(db, former.id):
            move = moved(db, key, coding, version, through_mask(mask, Span(coding.start, coding.end)), after)
            moves.append(move if holds(db, key, coding, before) else move | {"quote_mac": coding.quote_mac})
        if is_read:
            put_in_use(db, transcript, version, rows)
        else:
            db.add_all(rows)
        db.flush()
        write_moves(db, moves, [])
        self._codings += len(moves)
        former.masked_into, former.mask = version.id, mask
        self._write_log(transcript, version.id, stretches)

    def _write_log(self, transcript: Transcript, version_id: TextVersionId, stretches: Sequence[_Stretch]) -> None:
        """What stands there from now on, so that a later change of the entry knows this text."""
        db = self._db
        for one in stretches:
            if one.entity is None:
                continue
            row = sealing.RowKey(new_id())
            db.add(
                ReplacementLog(
                    id=row.id,
                    study_id=self._study_id,
                    transcript_id=transcript.id,
                    text_version_id=version_id,
                    pii_span_id=self._flag.id,
                    entity_id=one.entity.id,
                    shown_rev=one.entity.shown_rev,
                    shown_ct=sealing.seal(db, KeyRef.study(self._study_id), f.REPLACEMENT_SHOWN, row, one.shown),
                    made_by=self._found.me.id,
                    made_at=now(),
                )
            )

    def _destroy(self, version: TextVersion) -> None:
        self._db.flush()
        self._db.execute(delete(Turn).where(col(Turn.text_version_id) == version.id))
        version.masked_at = now()

    # The rest of an interview -----------------------------------------------------------------

    def _rewrite(self, note: Note, body: str) -> None:
        db, is_memo = self._db, note.table is Memo
        row: Memo | Translation = db.get_one(Memo, note.id) if is_memo else db.get_one(Translation, note.id)
        row.sealed_rev += 1
        row.body_ct = sealing.seal(self._db, *sealed_with(row), row, body)

    def _fresh(self) -> list[UUID]:
        """Translations of the words that their passages have now."""
        query = (
            select(Translation.id)
            .join(Coding, col(Coding.id) == col(Translation.coding_id))
            .where(
                col(Translation.interview_id).in_(self._plan.interviews),
                col(Translation.quote_mac) == col(Coding.quote_mac),
            )
        )
        return list(self._db.exec(query).all())

    def _keep_fresh(self, fresh: Sequence[UUID]) -> None:
        """A name that was masked in a passage and in its translation leaves them at one."""
        table: Any = Translation
        coding: Any = Coding
        mac = sql(coding.quote_mac).where(coding.id == table.coding_id).scalar_subquery()
        for first in range(0, len(fresh), AT_ONCE):
            here = table.__table__.c.id.in_(fresh[first : first + AT_ONCE])
            self._db.connection().execute(update(table.__table__).where(here).values(quote_mac=mac))
        self._db.expire_all()

    def _seal_anew(self, interview_id: InterviewId) -> None:
        db, key = self._db, self._key(interview_id)
        mine = select(Transcript.id).where(col(Transcript.interview_id) == interview_id)
        for command in db.exec(select(Command).where(col(Command.transcript_id).in_(mine))):
            command.sealed_rev += 1
            command.payload_ct = sealing.seal_json(db, key, f.COMMAND_PAYLOAD, command, NOTHING)
        db.flush()
        table: Any = Coding
        of_mine = select(Coding.text_version_id).where(col(Coding.transcript_id).in_(mine)).distinct()
        for version_id in db.exec(of_mine).all():
            text = text_of(whole_turns(db, key, version_id))
            for coding in codings_at(db, version_id):
                # Not through the row object: nothing that anybody sees of the coding changes.
                if holds(db, key, coding, text):
                    again = quote_mac(db, key, text[coding.start : coding.end])
                    row = update(table.__table__).where(table.__table__.c.id == coding.id)
                    db.connection().execute(row.values(quote_mac=again))
        renewal.seal_anew(db, key, sheets_of(interview_id))


def _empty(db: Session, flag: Flag, key: KeyRef) -> None:
    """Forget what was said of a flag: a note may say the name."""
    flag.sealed_rev += 1
    flag.note_ct = sealing.seal(db, key, f.FLAG_NOTE, flag, "")
    flag.reason_ct = sealing.seal(db, key, f.FLAG_REASON, flag, "")


def _as_turn(body: str) -> OpenTurn:
    return OpenTurn(0, 0, len(body), (), "mixed", is_interviewer=False, speaker="", body=body)


def _mention(turns: Sequence[OpenTurn], span: Span, label: Any) -> Mention:
    turn = next(turn for turn in turns if turn.start <= span.start < turn.end)
    before = turn.body[: span.start - turn.start].split()
    return Mention(
        span.start,
        span.end,
        label,
        tier_of(label),
        1.0,
        (SOURCE,),
        " ".join(span.of(text_of(turns)).split()),
        turn.language,
        before[-1] if before else "",
    )


def masked_turns(turns: Sequence[OpenTurn], stretches: Sequence[_Stretch]) -> tuple[list[NewTurn], list[list[int]]]:
    """The turns with stretches replaced, and where: [start, end) in the old text and in the new one.

    A stretch that reaches from one turn into the next is replaced in each; stretches are in order and don't overlap.
    """
    found: list[NewTurn] = []
    mask: list[list[int]] = []
    grown = 0
    for turn in turns:
        body, at = "", turn.start
        for one in stretches:
            start, end = max(one.span.start, turn.start), min(one.span.end, turn.end)
            if start >= end:
                continue
            body += turn.body[at - turn.start : start - turn.start] + one.shown
            mask.append([start, end, start + grown, start + grown + len(one.shown)])
            grown += len(one.shown) - (end - start)
            at = end
        found.append(NewTurn(turn, body + turn.body[at - turn.start :]))
    return found, mask
