"""Publication: a new anonymised version, and the raw text out of the server's own reach.

Everything is computed and sealed before the transaction, which then only writes. The raw turns and the
source file are sealed to the study's identity vault, or destroyed, as the study's policy says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from qualcoder.accounts.models import Membership, Originals, Person, Role
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.known_names import known_names
from qualcoder.anonymise.models import Decision, PiiSpan, ReplacementLog
from qualcoder.anonymise.redact import Replacement, redact
from qualcoder.anonymise.registry import logged
from qualcoder.anonymise.service import remember_names, replacement_of
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.errors import Conflict, Invalid
from qualcoder.core.ids import PersonId, TextVersionId, TranscriptId, TurnId, new_id
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.interviews.combination import Combination
from qualcoder.transcripts.access import Reach, reach
from qualcoder.transcripts.last_check import Draft, Replaced, StillNames, leaks_in, reopen
from qualcoder.transcripts.left_over import PUBLISHED, combination_in
from qualcoder.transcripts.models import Assignment, SealedTo, TextKind, TextVersion, TranscriptState, Turn
from qualcoder.transcripts.queries import OpenTurn, assigned_to, open_turns, raw_version, turns_of
from qualcoder.transcripts.reviewing import reach_review, require_releasable
from qualcoder.transcripts.sentences import bounds
from qualcoder.vault import blobs, sealing
from qualcoder.vault import fields as f


class Changed(Conflict):
    """Somebody decided something since the version that is to be released."""

    def __init__(self, seen: int, present: int) -> None:
        super().__init__(
            N_("Somebody changed this meanwhile. Reload the page to see it; nothing was lost."), seen=seen, now=present
        )


@dataclass(frozen=True, slots=True, repr=False)
class Prepared:
    """What publication will write, ready and sealed."""

    seen_version: int
    version: TextVersion
    turns: tuple[Turn, ...]
    drafts: tuple[Draft, ...]
    raw: dict[TurnId, tuple[bytes, bytes]]
    accepted: tuple[tuple[PiiSpan, str], ...]
    log: tuple[ReplacementLog, ...]
    combination: Combination | None


# Roles in the published text instead of labels, which may hold names.
INTERVIEWER = {"ru": "Интервьюер", "kk": "Сұхбаткер", "en": "Interviewer"}
RESPONDENT = {"ru": "Респондент", "kk": "Респондент", "en": "Respondent"}


def publish(
    database: Database, me: Person, transcript_id: TranscriptId, coders: Sequence[PersonId], seen_version: int
) -> None:
    """Release a reviewed transcript for coding by `coders`.

    StillNames when the last check finds what may name somebody: that is then put before the readers.
    """
    with database.read() as db:
        found = reach_review(db, me, transcript_id)
        if found.transcript.version != seen_version:
            raise Changed(seen_version, found.transcript.version)
        spans = require_releasable(db, found)
        prepared = _prepare(db, found, spans)
        leaks = leaks_in(known_names(db, found.transcript.study_id), prepared.drafts, spans)
    if leaks.count:
        with database.transaction() as db:
            found = reach_review(db, me, transcript_id)
            if found.transcript.version != prepared.seen_version:
                raise Changed(seen_version, found.transcript.version)
            reopen(db, found, leaks)
        raise StillNames(leaks.count, leaks.first_turn(prepared.drafts))
    with database.transaction() as db:
        found = reach_review(db, me, transcript_id)
        if found.transcript.version != prepared.seen_version:
            raise Changed(seen_version, found.transcript.version)
        require_releasable(db, found)
        sealing.require_newest(db, found.key, [turn.body_ct for turn in prepared.turns])
        _write(db, found, prepared)
        _assign(db, found, coders)


def _prepare(db: Session, reach: Reach, spans: Sequence[PiiSpan]) -> Prepared:
    transcript = reach.transcript
    raw_rows = turns_of(db, raw_version(db, transcript).id)
    raw = open_turns(db, reach.key, raw_rows)
    text = "\n".join(turn.body for turn in raw)
    accepted = [span for span in spans if span.decision is Decision.ACCEPT]
    version = TextVersion(
        id=TextVersionId(new_id()),
        transcript_id=transcript.id,
        number=transcript.text_number + 1,
        kind=TextKind.ANONYMISED,
        n_chars=0,
        created_by=reach.me.id,
        created_at=now(),
    )
    drafts = tuple(_draft(db, turn, accepted) for turn in raw)
    turns = _published_turns(db, reach, version, drafts)
    version.n_chars = turns[-1].end if turns else 0
    return Prepared(
        seen_version=transcript.version,
        version=version,
        turns=tuple(turns),
        drafts=drafts,
        raw=_for_vault(db, reach, raw_rows, raw),
        accepted=tuple((span, text[span.start : span.end]) for span in accepted),
        combination=combination_in(db, reach, raw, spans),
        log=tuple(logged(db, accepted, transcript.id, version.id, reach.me.id)),
    )


def _draft(db: Session, turn: OpenTurn, accepted: Sequence[PiiSpan]) -> Draft:
    mine = {
        Replacement(max(span.start, turn.start) - turn.start, min(span.end, turn.end) - turn.start, shown): span
        for span in accepted
        if span.start < turn.end and turn.start < span.end
        for shown in (replacement_of(db, span),)
    }
    redacted = redact(turn.body, list(mine))
    replaced = []
    for stretch, span in mine.items():
        start = redacted.map.to_new(stretch.start)
        replaced.append(Replaced(Span(start, start + len(stretch.text)), span))
    return Draft(turn, redacted, tuple(replaced))


def _published_turns(db: Session, reach: Reach, version: TextVersion, drafts: Sequence[Draft]) -> list[Turn]:
    turns: list[Turn] = []
    start = 0
    language = reach.transcript.language if reach.transcript.language in INTERVIEWER else "ru"
    speakers: dict[str, int] = {}
    raw = [draft.raw for draft in drafts]
    for draft in drafts:
        turn, body = draft.raw, draft.body
        row = sealing.RowKey(new_id())
        turns.append(
            Turn(
                id=TurnId(row.id),
                text_version_id=version.id,
                n=turn.n,
                start=start,
                length=len(body),
                bounds=list(bounds(body, turn.language)),
                language=turn.language,
                is_interviewer=turn.is_interviewer,
                speaker_ct=sealing.seal(
                    db, reach.key, f.TURN_SPEAKER, row, _neutral_label(turn, language, speakers, raw)
                ),
                body_ct=sealing.seal(db, reach.key, f.TURN_BODY, row, body),
            )
        )
        start += len(body) + 1
    return turns


def _neutral_label(turn: OpenTurn, language: str, speakers: dict[str, int], raw: Sequence[OpenTurn]) -> str:
    if turn.is_interviewer:
        return INTERVIEWER[language]
    if not speakers:
        labels = dict.fromkeys(other.speaker for other in raw if not other.is_interviewer)
        speakers.update({label: n for n, label in enumerate(labels, start=1)})
    if len(speakers) == 1:
        return RESPONDENT[language]
    return f"{RESPONDENT[language]} {speakers[turn.speaker]}"


def _for_vault(
    db: Session, reach: Reach, rows: Sequence[Turn], raw: Sequence[OpenTurn]
) -> dict[TurnId, tuple[bytes, bytes]]:
    """Raw turns sealed to the identity vault, by row. Raises if the study has no vault yet."""
    study_id = reach.transcript.study_id
    public = sealing.vault_public(db, study_id)
    sealed = {}
    for row, turn in zip(rows, raw, strict=True):
        again = sealing.RowKey(row.id, row.sealed_rev + 1)
        sealed[row.id] = (
            sealing.seal_to_vault(public, study_id, f.TURN_SPEAKER, again, turn.speaker),
            sealing.seal_to_vault(public, study_id, f.TURN_BODY, again, turn.body),
        )
    return sealed


def _write(db: Session, reach: Reach, prepared: Prepared) -> None:
    transcript = reach.transcript
    db.add(prepared.version)
    db.flush()
    db.add_all(prepared.turns)
    db.add_all(prepared.log)
    remember_names(db, transcript.study_id, [(db.merge(span, load=False), said) for span, said in prepared.accepted])
    _put_originals_away(db, reach, prepared)
    transcript.text_version_id = prepared.version.id
    transcript.text_number = prepared.version.number
    transcript.n_chars = prepared.version.n_chars
    transcript.state = TranscriptState.CODABLE
    chain.record(
        db,
        reach.me.id,
        PUBLISHED,
        "transcript",
        transcript.id,
        study_id=transcript.study_id,
        replaced=len(prepared.accepted),
        turns=len(prepared.turns),
        races=prepared.combination.races if prepared.combination else 0,
    )


def _put_originals_away(db: Session, reach: Reach, prepared: Prepared) -> None:
    transcript = reach.transcript
    rows = turns_of(db, raw_version(db, transcript).id)
    destroys = reach.access.study.originals is Originals.DESTROY
    for row in rows:
        if destroys:
            db.delete(row)
            continue
        row.speaker_ct, row.body_ct = prepared.raw[row.id]
        row.sealed_rev += 1
        row.sealed_to = SealedTo.VAULT
    if transcript.source_blob_id is None:
        return
    if destroys:
        blob_id, transcript.source_blob_id = transcript.source_blob_id, None
        db.flush()
        blobs.delete(db, blob_id)
    else:
        blobs.move_to_vault(db, reach.key, transcript.source_blob_id)


def _assign(db: Session, reach: Reach, coders: Sequence[PersonId]) -> None:
    allowed = set(
        db.exec(
            select(Membership.person_id).where(
                col(Membership.study_id) == reach.transcript.study_id,
                col(Membership.ended_at).is_(None),
                col(Membership.role).in_([Role.CODER, Role.RESEARCHER, Role.PI]),
            )
        )
    )
    if not set(coders) <= allowed:
        raise Invalid(N_("One of the coders does not belong to the study any more. Reload the page."))
    known = assigned_to(db, reach)
    for person_id in dict.fromkeys(coders):
        if person_id not in known:
            db.add(
                Assignment(
                    transcript_id=reach.transcript.id,
                    person_id=person_id,
                    created_by=reach.me.id,
                    created_at=now(),
                )
            )
    db.flush()
    study_id = reach.transcript.study_id
    chain.record(
        db, reach.me.id, "transcript.assigned", "transcript", reach.transcript.id, study_id=study_id, coders=len(coders)
    )


def set_coders(db: Session, me: Person, transcript_id: TranscriptId, coders: Sequence[PersonId]) -> None:
    """Make these the people who may code a transcript. Codings of those who are taken off stay."""
    assign(db, me, transcript_id, coders)
    found = reach(db, me, transcript_id, Act.ASSIGN)
    gone = assigned_to(db, found) - set(coders)
    if not gone:
        return
    mine = col(Assignment.transcript_id) == transcript_id
    db.execute(delete(Assignment).where(mine, col(Assignment.person_id).in_(gone)))
    study_id = found.transcript.study_id
    chain.record(db, me.id, "transcript.unassigned", "transcript", transcript_id, study_id=study_id, coders=len(gone))


def assign(db: Session, me: Person, transcript_id: TranscriptId, coders: Sequence[PersonId]) -> None:
    """Let more people code a transcript; takes nobody off."""
    found = reach(db, me, transcript_id, Act.ASSIGN)
    if found.transcript.state is not TranscriptState.CODABLE:
        raise Conflict(N_("This transcript is not released for coding."))
    _assign(db, found, coders)
