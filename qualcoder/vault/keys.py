"""The keyring of one home: sealed until the root key is given, then opens keys as they are asked for.

Root wraps the system key and each study's key; a study's key wraps the keys of its interviews and
respondents. Wrapped keys live in keys.db; its commit comes first when something is created. Unwrapped
keys are kept in memory; another process's change is noticed through a revision counter within a second.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select, update

from qualcoder.core.db import Database
from qualcoder.core.errors import Conflict, Invalid, NotFound, Unavailable
from qualcoder.core.ids import ZERO, new_id
from qualcoder.core.messages import N_
from qualcoder.vault import aead, hashing, slots
from qualcoder.vault.fields import WRAPPED_KEY, KeyKind
from qualcoder.vault.models import CopySerial, InterviewKey, RespondentKey, RootSlot, SlotKind, StudyKey, SystemKey

RECHECK_SECONDS = 1.0
MIN_SLOTS = 2

# Three tables of one shape, so they are asked alike.
_TABLES: dict[KeyKind, Any] = {
    KeyKind.STUDY: StudyKey,
    KeyKind.INTERVIEW: InterviewKey,
    KeyKind.RESPONDENT: RespondentKey,
}
# Made once: every act that seals something asks it.
_NEWEST = (
    select(InterviewKey.id, func.max(InterviewKey.generation))
    .where(col(InterviewKey.id).in_(bindparam("ids", expanding=True)))
    .group_by(col(InterviewKey.id))
)


class Sealed(Unavailable):
    """The root key is not in memory."""

    def __init__(self) -> None:
        super().__init__(N_("This server is sealed. An administrator must unseal it first."))


class Shredded(NotFound):
    """The key was destroyed, or never was."""

    def __init__(self) -> None:
        super().__init__(N_("This text was withdrawn; it can't be opened any more."))


class Renewed(Conflict):
    """A name was masked in the interview while something was being sealed with its former key."""

    def __init__(self) -> None:
        super().__init__(N_("A name is being masked in this interview. Nothing was changed; try again in a moment."))


@dataclass(frozen=True, slots=True)
class KeyRef:
    """Whose key: the system's, a study's, an interview's or a respondent's."""

    kind: KeyKind
    id: UUID
    study_id: UUID

    @classmethod
    def system(cls) -> KeyRef:
        return cls(KeyKind.SYSTEM, ZERO, ZERO)

    @classmethod
    def study(cls, study_id: UUID) -> KeyRef:
        return cls(KeyKind.STUDY, study_id, study_id)

    @classmethod
    def interview(cls, interview_id: UUID, study_id: UUID) -> KeyRef:
        return cls(KeyKind.INTERVIEW, interview_id, study_id)

    @classmethod
    def respondent(cls, respondent_id: UUID, study_id: UUID) -> KeyRef:
        return cls(KeyKind.RESPONDENT, respondent_id, study_id)


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """A key in the clear, with its generation."""

    secret: bytes
    generation: int


def _wrap_binding(ref: KeyRef, generation: int) -> aead.Binding:
    return aead.Binding(WRAPPED_KEY.number, ref.study_id, ref.id, generation, ref.kind.value.encode())


class Keyring:
    """Keys of one home. Everything but `unseal` raises Sealed while the root key is missing."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._root: bytes | None = None
        self._known: dict[KeyRef, tuple[Key, ...]] = {}
        self._derived: dict[tuple[KeyRef, str], bytes] = {}
        self._revision = -1
        self._checked_at = 0.0
        self._lock = threading.RLock()

    # The root -----------------------------------------------------------------------------

    @property
    def is_sealed(self) -> bool:
        return self._root is None

    @property
    def root(self) -> bytes:
        if self._root is None:
            raise Sealed
        return self._root

    def create_root(self, secrets: list[tuple[SlotKind, bytes]], *, memory_mib: int) -> None:
        """Make the root and system keys and a slot per secret; a home has this done once."""
        if len(secrets) < MIN_SLOTS:
            raise Invalid(N_("A home needs at least two ways to open it, so that losing one does not lose everything."))
        root = os.urandom(aead.KEY_BYTES)
        with self.database.transaction() as db:
            if db.exec(select(RootSlot).limit(1)).first():
                raise Unavailable(N_("This home has keys already."))
            for kind, secret in secrets:
                slots.add_slot(db, root, kind, secret, memory_mib=memory_mib)
            wrapped = aead.seal(root, 1, os.urandom(aead.KEY_BYTES), _wrap_binding(KeyRef.system(), 1))
            db.add(SystemKey(wrapped=wrapped))
            db.add(CopySerial())
        self._root = root

    def unseal(self, secrets: dict[SlotKind, bytes]) -> bool:
        """Try the secrets; whether the root key is in memory now."""
        with self.database.read() as db:
            root = slots.find_root(db, secrets)
        if root is not None:
            self._root = root
        return root is not None

    def unseal_with_root(self, root: bytes) -> None:
        """For the worker, which gets the root key through a pipe."""
        self._root = root

    def seal(self) -> None:
        """Forget every key. Python can't wipe memory, so `serve` also starts anew."""
        with self._lock:
            self._root = None
            self._known.clear()
            self._derived.clear()

    def forget(self) -> None:
        """Drop every opened key; each is opened anew when it is asked for."""
        self._refresh(anew=True)

    # Keys ---------------------------------------------------------------------------------

    def create(self, ref: KeyRef) -> None:
        """Make a study's, an interview's or a respondent's key. Durable when this returns."""
        self.create_many([ref])

    def create_many(self, refs: Sequence[KeyRef]) -> None:
        """The same for many, all or none."""
        made: dict[KeyRef, tuple[Key, ...]] = {}
        rows: list[StudyKey | InterviewKey | RespondentKey] = []
        for ref in refs:
            secret = os.urandom(aead.KEY_BYTES)
            rows.append(self._wrapped(ref, secret))
            made[ref] = (Key(secret, 1),)
        with self.database.transaction() as db:
            db.add_all(rows)
            count_change(db)
        with self._lock:
            self._known.update(made)

    def renew(self, refs: Sequence[KeyRef]) -> None:
        """Give interviews a newer key that seals from now on, beside those that open what is sealed already.

        Durable when this returns. The older ones are destroyed by `shredding.destroy_older` once nothing needs them.
        """
        self._refresh(anew=True)
        rows: list[StudyKey | InterviewKey | RespondentKey] = [
            self._wrapped(ref, os.urandom(aead.KEY_BYTES), self.current(ref).generation + 1) for ref in refs
        ]
        with self.database.transaction() as db:
            db.add_all(rows)
            count_change(db)
        self._refresh(anew=True)

    def _wrapped(self, ref: KeyRef, secret: bytes, generation: int = 1) -> StudyKey | InterviewKey | RespondentKey:
        if ref.kind is KeyKind.SYSTEM:
            raise ValueError("the system's key is made with the root")
        parent = self._parent(ref)
        wrapped = aead.seal(parent.secret, parent.generation, secret, _wrap_binding(ref, generation))
        if ref.kind is KeyKind.STUDY:
            return StudyKey(key_id=new_id(), id=ref.id, wrapped=wrapped, generation=generation)
        table = InterviewKey if ref.kind is KeyKind.INTERVIEW else RespondentKey
        return table(key_id=new_id(), id=ref.id, study_id=ref.study_id, wrapped=wrapped, generation=generation)

    def current(self, ref: KeyRef) -> Key:
        """The key that seals new values."""
        return self._keys(ref)[-1]

    def of_generation(self, ref: KeyRef, generation: int) -> Key:
        """The key that a sealed value names in its header."""
        for key in self._keys(ref):
            if key.generation == generation:
                return key
        raise aead.CannotOpen

    def derived(self, ref: KeyRef, purpose: str) -> bytes:
        """A key for look-ups or the audit chain; the first generation's, so it outlives rotation.

        An interview's is the newest one's: its older keys are destroyed when it is renewed.
        """
        known = self._derived.get((ref, purpose))
        if known is None or self._is_stale():
            keys = self._keys(ref)
            known = hashing.derive((keys[-1] if ref.kind is KeyKind.INTERVIEW else keys[0]).secret, purpose)
            self._derived[(ref, purpose)] = known
        return known

    def all_derived(self, ref: KeyRef, purpose: str) -> list[bytes]:
        """The same of every generation there is, to recognise what an older one made."""
        return [hashing.derive(key.secret, purpose) for key in self._keys(ref)]

    def require_newest(self, used: dict[KeyRef, int]) -> None:
        """Raise Renewed if one of these keys, of the generations that sealed something, was renewed meanwhile.

        What an older key sealed must not be written any more: it is about to be destroyed. Asks keys.db itself.
        """
        with self.database.reading.connect() as connection:
            rows = connection.execute(_NEWEST, {"ids": [ref.id for ref in used]})
            newest: dict[UUID, int] = dict(rows.all())
        if any(newest.get(ref.id, generation) != generation for ref, generation in used.items()):
            self._refresh(anew=True)
            raise Renewed

    def preload(self, refs: list[KeyRef]) -> None:
        """Open the keys of many interviews or respondents of one study in one look at keys.db."""
        if self._is_stale():
            self._refresh()
        missing = [ref for ref in refs if ref not in self._known]
        for kind in (KeyKind.INTERVIEW, KeyKind.RESPONDENT):
            wanted = {ref.id: ref for ref in missing if ref.kind is kind}
            if not wanted:
                continue
            table: Any = _TABLES[kind]
            with self.database.read() as db:
                study_ids = {ref.study_id for ref in wanted.values()}
                rows = db.exec(select(table).where(col(table.study_id).in_(study_ids))).all()
            found: dict[KeyRef, tuple[Key, ...]] = {}
            for row in sorted(rows, key=lambda row: row.generation):
                if ref := wanted.get(row.id):
                    key = self._unwrap(ref, row.wrapped, row.generation)
                    found[ref] = (*found.get(ref, ()), key)
            with self._lock:
                self._known.update(found)

    def _keys(self, ref: KeyRef) -> tuple[Key, ...]:
        if self._root is None:
            raise Sealed
        if self._is_stale():
            self._refresh()
        known = self._known.get(ref)
        if known is None:
            known = self._load(ref)
            with self._lock:
                self._known[ref] = known
        return known

    def _is_stale(self) -> bool:
        return time.monotonic() - self._checked_at > RECHECK_SECONDS

    def _refresh(self, *, anew: bool = False) -> None:
        with self.database.read() as db:
            revision = db.exec(select(CopySerial.revision)).one()
        with self._lock:
            if anew or revision != self._revision:
                self._known.clear()
                self._derived.clear()
                self._revision = revision
            self._checked_at = time.monotonic()

    def _parent(self, ref: KeyRef) -> Key:
        if ref.kind in {KeyKind.SYSTEM, KeyKind.STUDY}:
            return Key(self.root, 1)
        return self.current(KeyRef.study(ref.study_id))

    def _load(self, ref: KeyRef) -> tuple[Key, ...]:
        with self.database.read() as db:
            rows: list[tuple[bytes, int]]
            if ref.kind is KeyKind.SYSTEM:
                rows = [(row.wrapped, row.generation) for row in db.exec(select(SystemKey))]
            else:
                table: Any = _TABLES[ref.kind]
                found = db.exec(select(table).where(col(table.id) == ref.id)).all()
                rows = [(row.wrapped, row.generation) for row in found]
        if not rows:
            raise Shredded
        return tuple(self._unwrap(ref, wrapped, generation) for wrapped, generation in sorted(rows, key=lambda r: r[1]))

    def _unwrap(self, ref: KeyRef, wrapped: bytes, generation: int) -> Key:
        parent = self._parent(ref)
        _algorithm, parent_generation = aead.read_header(wrapped)
        if ref.kind in {KeyKind.INTERVIEW, KeyKind.RESPONDENT} and parent_generation != parent.generation:
            parent = self.of_generation(KeyRef.study(ref.study_id), parent_generation)
        return Key(aead.open_(parent.secret, wrapped, _wrap_binding(ref, generation)), generation)


def count_change(db: Session) -> None:
    """Make every process drop its cached keys."""
    # Counted by the database: two processes that read and then write could count one change together.
    counted = db.exec(update(CopySerial).where(col(CopySerial.id) == 1).values(revision=CopySerial.revision + 1))
    if counted.rowcount != 1:
        raise Unavailable(N_("The keys database has no serial; it is not one of ours."))
