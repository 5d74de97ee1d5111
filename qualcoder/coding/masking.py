"""Masking a name that was missed, everywhere in a study. It can't be undone.

Every version of a text that holds the name is replaced by one that doesn't, its turns are destroyed, and the interview
gets a new key: what the former key sealed, in older backups too, opens for nobody once that key is destroyed.
"""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, func, select

from qualcoder.accounts.access import study_by_id
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.coding.mask_search import Sought, Survey, beside_texts, is_open, states_of, survey, words_flagged
from qualcoder.coding.mask_writing import Masked, write_masked
from qualcoder.coding.models import Coding
from qualcoder.coding.sealed_places import sheets_of
from qualcoder.core.db import Database, hold_tables
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import InterviewId
from qualcoder.core.messages import N_
from qualcoder.transcripts.access import Reach, reach_codable
from qualcoder.transcripts.flag_models import Flag
from qualcoder.vault import renewal, shredding
from qualcoder.vault.keys import KeyRef, Keyring

TRIES = 3


class NotConfirmed(Conflict):
    """Nobody said for certain that the flagged words name somebody, or they are masked already."""

    def __init__(self) -> None:
        super().__init__(
            N_("Only words of which a reviewer said that they name somebody can be masked. Open the list again.")
        )


def reach_masking(db: Session, me: Person, flag_id: UUID) -> tuple[Reach, Flag]:
    """A confirmed flag for who may mask it."""
    flag = db.get(Flag, flag_id)
    if flag is None:
        raise NotFound
    found = reach_codable(db, me, flag.transcript_id, Act.MASK)
    if not is_open(flag) or flag.text_version_id != found.transcript.text_version_id:
        raise NotConfirmed
    return found, flag


def look(db: Session, me: Person, flag_id: UUID, sought: Sought) -> tuple[Reach, Survey]:
    """What masking would change; without words, what was flagged is sought. Recorded before the first byte."""
    study_id = reach_masking(db, me, flag_id)[0].transcript.study_id
    chain.disclose(db, lambda own: chain.record(own, me.id, "mask.opened", "study", study_id, study_id=study_id))
    found, flag = reach_masking(db, me, flag_id)
    if not sought.words.strip():
        sought = Sought(words_flagged(db, found.key, flag), sought.label)
    return found, survey(db, found.access, flag, sought)


def codings_on(db: Session, plan: Survey) -> int:
    """How many codings stand on texts that would be replaced, removed ones too."""
    versions = [text.version_id for text in plan.texts]
    return db.exec(select(func.count()).select_from(Coding).where(col(Coding.text_version_id).in_(versions))).one()


def slug_of(db: Session, me: Person, flag_id: UUID) -> str:
    """The short name of a flag's study, for who may mask there; also of one that is masked."""
    flag = db.get_one(Flag, flag_id)
    return study_by_id(db, me, flag.study_id, Act.MASK).study.slug


def mask_everywhere(database: Database, me: Person, flag_id: UUID, sought: Sought) -> Masked:
    """Replace these forms of a name in the whole study and destroy what held them. There is no way back.

    A newer key first, then all data in one transaction, then the end of the older keys: interrupted anywhere, either
    nothing was changed or what is left to do is done by the worker's sweep.
    """
    keyring: Keyring = database.info["keyring"]
    renewed: set[KeyRef] = set()
    for _ in range(TRIES):
        with database.read() as db:
            found, flag = reach_masking(db, me, flag_id)
            plan = survey(db, found.access, flag, sought)
            _require_own_words(plan, flag)
            refs = {KeyRef.interview(one, found.transcript.study_id) for one in plan.interviews}
        keyring.renew(sorted(refs - renewed, key=lambda ref: ref.id))
        renewed |= refs
        with database.transaction() as db:
            found, flag = reach_masking(db, me, flag_id)
            hold_tables(db, _tables(plan))
            plan = beside_texts(db, found.access.study.id, plan, sought)
            is_same = states_of(db, found.transcript.study_id) == plan.states
            if not is_same or not plan.interviews <= {InterviewId(ref.id) for ref in renewed}:
                continue
            done = write_masked(db, found, flag, plan)
        finish(database)
        return done
    raise Conflict(N_("Others are changing texts of the study right now. Try again in a moment; nothing was changed."))


def finish(database: Database) -> None:
    """Destroy the older keys of interviews in which nothing needs them any more. For the sweep as well."""
    keyring: Keyring = database.info["keyring"]
    if keyring.is_sealed:
        return
    for ref in shredding.with_older_keys(keyring):
        # What this process remembers may be from before a newer key.
        keyring.forget()
        newest = keyring.current(ref).generation
        with database.read() as db:
            is_done = not renewal.needs_older(db, ref, sheets_of(InterviewId(ref.id)))
        if is_done:
            shredding.destroy_older(keyring, {ref: newest})
            # What was overwritten lies in the journal still.
            database.empty_journal()


def _tables(plan: Survey) -> list[str]:
    names = {str(sheet.table.__tablename__) for one in list(plan.interviews)[:1] for sheet in sheets_of(one)}
    return [*names, "coding", "blob", "blob_chunk"]


def _require_own_words(plan: Survey, flag: Flag) -> None:
    here = [text for text in plan.texts if text.version_id == flag.text_version_id]
    if not any(span.start < flag.end and flag.start < span.end for text in here for span in text.spans):
        message = N_("None of these words stands in the flagged passage. Type the name as it stands there.")
        raise Invalid(message, fields={"words": message})
