"""Interviews and codings in bulk: the rows, keys, seals and records that the services make, in few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session

from qualcoder.accounts.models import Person, Study
from qualcoder.audit import chain
from qualcoder.audit.chain import Act
from qualcoder.coding.models import Coding, Valence
from qualcoder.coding.service import quote_mac
from qualcoder.commands import invented
from qualcoder.commands.invented import LABELS, InventedTurn
from qualcoder.core.clock import now
from qualcoder.core.ids import (
    BlobId,
    CodeId,
    CodingId,
    InterviewId,
    RespondentId,
    RoundId,
    TextVersionId,
    TranscriptId,
    TurnId,
    new_id,
)
from qualcoder.core.tables import Table
from qualcoder.interviews.models import Category, Consent, Interview, Link, LinkType, Participation, Respondent
from qualcoder.interviews.targets import (
    ConsentScope,
    InterviewDetails,
    LinkKind,
    LinkTarget,
    ParticipationTarget,
    RespondentAttributes,
)
from qualcoder.transcripts.models import (
    Assignment,
    SealedTo,
    TextKind,
    TextVersion,
    Transcript,
    TranscriptState,
    Turn,
)
from qualcoder.transcripts.publishing import INTERVIEWER, RESPONDENT
from qualcoder.transcripts.sentences import bounds
from qualcoder.vault import fields as f
from qualcoder.vault import identity, sealing
from qualcoder.vault.keys import KeyRef
from qualcoder.vault.models import Blob, BlobChunk
from qualcoder.vault.sealing import RowKey

CATEGORIES = (Category.VOTER, Category.CANDIDATE_LOSER, Category.CANDIDATE_WINNER, Category.TEC, Category.PEC)
VALENCES = (None, None, Valence.HELPS, Valence.HINDERS, Valence.DENIES)


@dataclass(frozen=True, slots=True)
class Field:
    """What interviews are about and who brings them in and codes them."""

    study: Study
    researcher: Person
    coders: tuple[Person, ...]
    codes: tuple[tuple[CodeId, UUID], ...]
    races: tuple[RoundId, ...]


@dataclass(slots=True)
class Batch:
    """Rows of several interviews that are written together, in the order of their references."""

    rows: list[Table] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def write(self, db: Session, study: Study) -> int:
        """Send everything; how many rows of the study that were."""
        order: dict[type[Table], int] = {}
        for row in self.rows:
            order.setdefault(type(row), len(order))
        for table, group in groupby(sorted(self.rows, key=lambda row: order[type(row)]), key=type):
            values: list[dict[str, Any]] = [row.model_dump() for row in group]
            db.execute(insert(table), values)
        chain.record_all(db, self.acts, study_id=study.id)
        return len(self.rows)


class Seeder:
    """Makes interviews with their codings in one transaction after another."""

    def __init__(self, db: Session, place: Field) -> None:
        self.db = db
        self.place = place
        self.public = sealing.vault_public(db, place.study.id)
        self.batch = Batch()

    def interviews(self, randoms: Sequence[tuple[int, Random]], words: int, codings: Sequence[int]) -> int:
        """Interviews with these numbers, each of about `words` words; how many rows that made."""
        study_id = self.place.study.id
        pairs = [(KeyRef.interview(new_id(), study_id), KeyRef.respondent(new_id(), study_id)) for _number in randoms]
        sealing.keyring_of(self.db).create_many([ref for pair in pairs for ref in pair])
        for (number, random), pair, count in zip(randoms, pairs, codings, strict=True):
            self._interview(number, random, pair, words, count)
        return self.batch.write(self.db, self.place.study)

    def _act(self, person: Person, act: str, kind: str, object_id: UUID) -> None:
        self.batch.acts.append(Act(person.id, act, kind, object_id))

    def _json(self, ref: KeyRef, of: f.SealedField, row: RowKey, value: object) -> bytes:
        return sealing.seal_json(self.db, ref, of, row, value)

    def _interview(self, number: int, random: Random, pair: tuple[KeyRef, KeyRef], words: int, codings: int) -> None:
        own, respondent = pair
        study, researcher = self.place.study, self.place.researcher
        language = invented.language_of(random)
        row, who = RowKey(own.id), RowKey(respondent.id)
        attributes = RespondentAttributes(random.choice(CATEGORIES)).to_json()
        details = InterviewDetails(f"2026-{random.randint(1, 9):02d}-{random.randint(1, 28):02d}", None, language)
        part, agreed, tie = RowKey(new_id()), RowKey(new_id()), RowKey(new_id())
        target = ParticipationTarget(RespondentId(who.id))
        interview_id = InterviewId(own.id)
        self.batch.rows += [
            Respondent(
                id=RespondentId(who.id),
                study_id=study.id,
                number=number,
                attributes_ct=self._json(respondent, f.RESPONDENT_ATTRIBUTES, who, attributes),
            ),
            Interview(
                id=interview_id,
                study_id=study.id,
                number=number,
                details_ct=self._json(own, f.INTERVIEW_DETAILS, row, details.to_json()),
                created_by=researcher.id,
            ),
            Participation(
                id=part.id,
                interview_id=interview_id,
                target_ct=self._json(own, f.PARTICIPATION_TARGET, part, target.to_json()),
            ),
            Consent(
                id=agreed.id,
                interview_id=interview_id,
                scope_ct=self._json(
                    own, f.CONSENT_SCOPE, agreed, ConsentScope(quote=True, share=False, archive=False).to_json()
                ),
                created_at=now(),
            ),
        ]
        if self.place.races:
            race = LinkTarget(LinkKind.ROUND, random.choice(self.place.races), LinkType.ABOUT)
            sealed = self._json(own, f.LINK_TARGET, tie, race.to_json())
            self.batch.rows.append(Link(id=tie.id, interview_id=interview_id, target_ct=sealed))
        self._act(researcher, "interview.created", "interview", own.id)
        self._transcript(number, random, own, language, words, codings)

    def _transcript(self, number: int, random: Random, own: KeyRef, language: str, words: int, codings: int) -> None:
        researcher, row = self.place.researcher, RowKey(new_id())
        spoken = tuple(invented.turns(random, language, words))
        text = "\n".join(turn.body for turn in spoken)
        labelled = [f"{LABELS[language][0 if turn.is_interviewer else 1]}: {turn.body}" for turn in spoken]
        blob = self._source(own, "\n".join(labelled).encode())
        raw, released = TextVersionId(new_id()), TextVersionId(new_id())
        transcript_id = TranscriptId(row.id)
        transcript = Transcript(
            id=transcript_id,
            study_id=self.place.study.id,
            interview_id=InterviewId(own.id),
            number=number,
            state=TranscriptState.CODABLE,
            language=language,
            title_ct=sealing.seal(self.db, own, f.TRANSCRIPT_TITLE, row, f"Invented {number}"),
            file_name_ct=sealing.seal(self.db, own, f.TRANSCRIPT_FILE_NAME, row, f"invented-{number}.txt"),
            content_mac=sealing.lookup(self.db, KeyRef.study(own.study_id), "content", text),
            source_blob_id=blob,
            text_version_id=released,
            text_number=1,
            n_chars=len(text),
            n_turns=len(spoken),
            uploaded_by=researcher.id,
            created_at=now(),
        )
        self.batch.rows.append(transcript)
        for version_id, n, kind in ((raw, 0, TextKind.RAW), (released, 1, TextKind.ANONYMISED)):
            version = TextVersion(
                id=version_id,
                transcript_id=transcript_id,
                number=n,
                kind=kind,
                n_chars=len(text),
                created_by=researcher.id,
                created_at=now(),
            )
            self.batch.rows.append(version)
        starts = self._turns(own, language, spoken, raw, released)
        for coder in self.place.coders:
            made = Assignment(
                transcript_id=transcript_id, person_id=coder.id, created_by=researcher.id, created_at=now()
            )
            self.batch.rows.append(made)
        for act in ("received", "speakers_confirmed", "published", "assigned"):
            self._act(researcher, f"transcript.{act}", "transcript", row.id)
        for _ in range(codings):
            self._coding(random, own, transcript, spoken, starts)

    def _source(self, own: KeyRef, content: bytes) -> BlobId:
        """The file as it was sent, in the identity vault as after a release."""
        blob = Blob(
            id=BlobId(new_id()),
            study_id=own.study_id,
            interview_id=own.id,
            size=len(content),
            in_vault=True,
            sealed_rev=1,
            created_at=now(),
        )
        binding = sealing.chunk_binding(own, f.BLOB_CHUNK, blob.id, 1, 0, last=True)
        body = identity.seal(self.public, content, binding)
        self.batch.rows += [blob, BlobChunk(id=new_id(), blob_id=blob.id, n=0, last=True, body_ct=body)]
        return blob.id

    def _turns(
        self, own: KeyRef, language: str, spoken: Sequence[InventedTurn], raw: TextVersionId, released: TextVersionId
    ) -> list[int]:
        starts = []
        start = 0
        for n, turn in enumerate(spoken, start=1):
            starts.append(start)
            cut = list(bounds(turn.body, language))
            known, shown = RowKey(new_id(), 1), RowKey(new_id())
            label = LABELS[language][0 if turn.is_interviewer else 1]
            role = INTERVIEWER[language] if turn.is_interviewer else RESPONDENT[language]
            alike: dict[str, Any] = {"n": n, "start": start, "length": len(turn.body), "bounds": cut}
            alike |= {"language": language, "is_interviewer": turn.is_interviewer}
            self.batch.rows += [
                Turn(
                    id=TurnId(known.id),
                    text_version_id=raw,
                    sealed_to=SealedTo.VAULT,
                    speaker_ct=sealing.seal_to_vault(self.public, own.study_id, f.TURN_SPEAKER, known, label),
                    body_ct=sealing.seal_to_vault(self.public, own.study_id, f.TURN_BODY, known, turn.body),
                    sealed_rev=1,
                    **alike,
                ),
                Turn(
                    id=TurnId(shown.id),
                    text_version_id=released,
                    speaker_ct=sealing.seal(self.db, own, f.TURN_SPEAKER, shown, role),
                    body_ct=sealing.seal(self.db, own, f.TURN_BODY, shown, turn.body),
                    **alike,
                ),
            ]
            start += len(turn.body) + 1
        return starts

    def _coding(
        self,
        random: Random,
        own: KeyRef,
        transcript: Transcript,
        spoken: Sequence[InventedTurn],
        starts: Sequence[int],
    ) -> None:
        at = random.randrange(len(spoken))
        body = spoken[at].body
        begin = body.rfind(" ", 0, random.randrange(len(body)) + 1) + 1
        end = body.find(" ", min(len(body), begin + random.randint(10, 300)))
        end = len(body) if end < 0 else end
        code_id, version_id = random.choice(self.place.codes)
        coder = random.choice(self.place.coders)
        coding = Coding(
            id=CodingId(new_id()),
            study_id=self.place.study.id,
            transcript_id=transcript.id,
            text_version_id=transcript.text_version_id or TextVersionId(own.id),
            text_number=1,
            start=starts[at] + begin,
            end=starts[at] + end,
            code_id=code_id,
            code_version_id=version_id,
            coder_id=coder.id,
            valence=random.choice(VALENCES),
            weight=random.choice((None, 1, 2, 3, 4, 5)),
            quote_mac=quote_mac(self.db, own, body[begin:end]),
            created_at=now(),
        )
        self.batch.rows.append(coding)
        self._act(coder, "coding.added", "coding", coding.id)
