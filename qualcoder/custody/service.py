"""Making backups and copies of the keys, and saying whom they are for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, delete, update

from qualcoder import __version__
from qualcoder.accounts.models import Person
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.errors import Invalid, Refused, Unavailable
from qualcoder.core.messages import N_
from qualcoder.custody import facts, retention
from qualcoder.custody.models import BackupLog, BackupRecipient
from qualcoder.custody.queries import LastCopy, last_copies, recipients_of
from qualcoder.custody.retention import Keep
from qualcoder.vault import backup, copies, recipients, staging
from qualcoder.vault.backup import Kind, Manifest, Written
from qualcoder.vault.models import CopySerial
from qualcoder.vault.sealing import keyring_of

# Each one waits as long as any writer does, ten seconds.
LOG_TRIES = 5


@dataclass(frozen=True, slots=True)
class House:
    """The folder and the two databases of a home."""

    folder: Path
    data: Database
    keys: Database


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was written whole, what is in it, and which older files went."""

    written: Written
    manifest: Manifest
    removed: tuple[str, ...]


def look_at_copies(db: Session, me: Person, keys: Database) -> tuple[LastCopy, ...]:
    """When the house was last copied, for an administrator."""
    if not me.is_admin:
        raise Refused(N_("Only an administrator of the house may see this."))
    return last_copies(db, keys, now())


def set_recipients(db: Session, typed: Sequence[str]) -> list[str]:
    """From now on, encrypt to these public keys and no others."""
    if not typed:
        raise Invalid(N_("Name at least one age recipient."))
    keys = sorted({str(recipients.recipient(one)) for one in typed})
    db.execute(delete(BackupRecipient))
    db.add_all([BackupRecipient(recipient=key, set_at=now()) for key in keys])
    chain.record(db, None, "backup.recipients_set", "backup_recipient", None, recipients=len(keys))
    return keys


def make_backup(house: House, out: Path, to: Iterable[str] = (), keep: Keep | None = None) -> Made:
    """Copy the data while people write, check the copy, encrypt it. Holds no keys; `out` is a new file or a folder."""
    made_at = now()
    for_whom = _ready(house, to, out)
    whose = _keys_facts(house.keys).house
    file = out / retention.name_of_backup(whose, made_at) if out.is_dir() else out
    manifest, written = _copy(house, Kind.DATA, file, made_at, for_whom)
    removed = _prune(file, retention.superfluous(_names(file), whose, keep)) if keep else ()
    return Made(written, manifest, removed)


def copy_keys(
    house: House, out: Path, to: Iterable[str] = (), *, place: str | None = None, is_pruned: bool = False
) -> Made:
    """Copy the keys under the next serial, encrypted like a backup, to be kept in another place than the backups."""
    made_at = now()
    for_whom = _ready(house, to, out)
    _count_copy(house.keys, place, made_at)
    counted = _keys_facts(house.keys)
    file = out / retention.name_of_keys_copy(counted.house, counted.serial) if out.is_dir() else out
    manifest, written = _copy(house, Kind.KEYS, file, made_at, for_whom)
    removed = _prune(file, retention.superfluous_keys(_names(file), counted.house)) if is_pruned else ()
    return Made(written, manifest, removed)


def _ready(house: House, given: Iterable[str], out: Path) -> list[str]:
    """Whom to encrypt to. Refuses before anything was copied or counted."""
    named = list(given)
    if not named:
        with house.data.read() as db:
            named = [row.recipient for row in recipients_of(db)]
    backup.require_writable(out, named)
    return named


def _keys_facts(keys: Database) -> facts.KeysFacts:
    with keys.read() as db:
        return facts.keys_facts_of(db.connection())


def _count_copy(keys: Database, place: str | None, made_at: datetime) -> None:
    with keys.transaction() as db:
        # Counted by the database, so that two copies made at once have two serials.
        values = {"serial": CopySerial.serial + 1, "place": place, "taken_at": made_at}
        if db.exec(update(CopySerial).where(col(CopySerial.id) == 1).values(**values)).rowcount != 1:
            raise Unavailable(N_("The keys database has no serial; it is not one of ours."))


def _copy(house: House, kind: Kind, out: Path, made_at: datetime, to: list[str]) -> tuple[Manifest, Written]:
    database = house.data if kind is Kind.DATA else house.keys
    engine = copies.engine_of(database)
    with staging.private_folder(house.folder) as folder:
        payload = folder / "copy"
        with copies.snapshot(database, payload) as connection:
            found = facts.facts_of(connection)
            own = facts.keys_facts_of(connection) if kind is Kind.KEYS else None
        # After the copy: every key that the copied data needs is counted.
        keys = own or _keys_facts(house.keys)
        _prune(out, retention.unfinished(_names(out), keys.house))
        manifest = Manifest(
            format=backup.FORMAT,
            kind=kind,
            engine=engine,
            house=keys.house,
            app_version=__version__,
            made_at=made_at,
            schema=found.schema,
            tables=found.tables,
            heads=found.heads,
            keys_serial=keys.serial,
            keys_revision=keys.revision,
            size=payload.stat().st_size,
            sha256=backup.digest_of_file(payload),
        )
        written = backup.write(manifest, payload, out, to)
    try:
        _log(house, manifest, written)
    except BaseException:
        # A file that the page does not know of would not be looked after.
        out.unlink(missing_ok=True)
        raise
    return manifest, written


def _log(house: House, manifest: Manifest, written: Written) -> None:
    """Patiently: without a write-ahead log, many coders at once can keep another process waiting for long."""
    for is_last in (*(False,) * LOG_TRIES, True):
        try:
            _log_once(house, manifest, written)
        except OperationalError:
            if is_last:
                raise
        else:
            return


def _log_once(house: House, manifest: Manifest, written: Written) -> None:
    with house.data.transaction() as db:
        row = BackupLog(
            kind=manifest.kind,
            serial=manifest.keys_serial,
            revision=manifest.keys_revision,
            rows=manifest.rows,
            size=written.size,
            digest=written.sha256,
            at=manifest.made_at,
        )
        db.add(row)
        # A sealed home is copied too, by a timer for instance; the chain can't be written without its key.
        if not keyring_of(db).is_sealed:
            act = f"backup.{manifest.kind.value}_copied"
            chain.record(db, None, act, "backup_log", row.id, rows=row.rows, size=row.size, serial=row.serial)


def _names(file: Path) -> list[str]:
    return [path.name for path in file.parent.iterdir() if path.is_file()]


def _prune(file: Path, names: Iterable[str]) -> tuple[str, ...]:
    # The file just made stays, whatever the clock said when the others were made.
    gone = tuple(name for name in names if name != file.name)
    for name in gone:
        (file.parent / name).unlink(missing_ok=True)
    return gone
