"""From a backup, a keys copy and the offline identity to a fresh home: checked first, in place when all is well."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import MetaData, delete, func, inspect, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from qualcoder import migrations
from qualcoder.accounts.models import ApiToken, Invitation, PendingSignIn, SignIn
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.db import Database, migrating
from qualcoder.core.errors import Invalid, Unavailable
from qualcoder.core.messages import N_
from qualcoder.custody import drill, facts
from qualcoder.custody.drill import Keyless, Outcome, Tried
from qualcoder.custody.models import BackupLog
from qualcoder.settings import Settings
from qualcoder.vault import backup, copies, recipients, staging
from qualcoder.vault.backup import Kind, Manifest
from qualcoder.vault.copies import Engine
from qualcoder.vault.keys import Keyring

Unseal = Callable[[Keyring], bool]


class NotFresh(Invalid):
    """Something lies where the home should come."""

    def __init__(self) -> None:
        super().__init__(
            N_("A restore needs an empty place: a new folder for --home, and on PostgreSQL two empty databases.")
        )


class OlderKeys(Invalid):
    """The keys were copied before a copy that the backup knows of."""

    def __init__(self, serial: int, known: int) -> None:
        super().__init__(
            N_(
                "This keys copy has serial %(serial)s, and the backup knows of serial %(known)s. "
                "Use that one or a newer one; if none is left, add --older-keys, "
                "which may open what was withdrawn in between."
            ),
            serial=serial,
            known=known,
        )


class NotRestored(Unavailable):
    """The disk or the database failed on the way."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "The restore stopped: the disk is full or can't be written, or the database does not answer. "
                "Nothing was left behind."
            ),
            status=copies.NO_SPACE,
        )


@dataclass(frozen=True, slots=True)
class Sources:
    """The three files that a restore needs; none of them is enough alone."""

    backup: Path
    keys: Path
    identity: Path


@dataclass(frozen=True, slots=True)
class Report:
    """What was restored and what the drill found."""

    made_at: datetime
    app_version: str
    rows: int
    backup_serial: int
    keys_serial: int
    is_keys_copy_older: bool
    keyless: Keyless
    is_unsealed: bool
    tried: tuple[Tried, ...]
    broken_chains: int

    @property
    def opened(self) -> int:
        return sum(one.outcome is Outcome.OPENED for one in self.tried)

    @property
    def failed(self) -> tuple[str, ...]:
        return tuple(one.field for one in self.tried if one.outcome is Outcome.FAILED)

    @property
    def lacks_keys(self) -> bool:
        """Whether something is unreadable that a newer keys copy might open. Else what has no key was withdrawn."""
        return self.keyless.studies > 0 or (self.is_keys_copy_older and self.keyless.total > 0)

    @property
    def has_problem(self) -> bool:
        return bool(self.failed) or self.broken_chains > 0 or self.lacks_keys


@dataclass(frozen=True, slots=True)
class _Part:
    """One decrypted file, and the database that it becomes."""

    manifest: Manifest
    payload: Path
    target: str

    @property
    def kind(self) -> Kind:
        return self.manifest.kind

    @property
    def is_file(self) -> bool:
        return self.manifest.engine is Engine.SQLITE


def restore(settings: Settings, sources: Sources, unseal: Unseal, *, takes_older_keys: bool = False) -> Report:
    """Make a home of a backup. Anything that does not fit raises, and then nothing is left where the home was to be."""
    try:
        with _place(settings.home), staging.private_folder(settings.home) as folder:
            _require_alone(settings.home, folder)
            return _restore(settings, sources, unseal, folder, takes_older_keys=takes_older_keys)
    except (OSError, OperationalError):
        raise NotRestored from None


def _restore(settings: Settings, sources: Sources, unseal: Unseal, folder: Path, *, takes_older_keys: bool) -> Report:
    with ExitStack() as stack:
        data, keys = _parts(settings, sources, folder)
        opened = {part.kind: stack.enter_context(_database(part, settings)) for part in (data, keys)}
        known = _last_keys_serial(opened[Kind.DATA])
        if keys.manifest.keys_serial < known and not takes_older_keys:
            raise OlderKeys(keys.manifest.keys_serial, known)
        keyring = Keyring(opened[Kind.KEYS])
        opened[Kind.DATA].info.update(keyring=keyring, settings=settings)
        report = _check(data.manifest, keys.manifest, opened, keyring, is_unsealed=unseal(keyring))
        for database in opened.values():
            database.dispose()
        files = [part for part in (keys, data) if part.is_file]  # keys first, as always
        for part in files:
            copies.settle_sqlite(part.payload)
        if files:
            staging.put_in_place(folder, [(part.payload, copies.address_of_sqlite(part.target)) for part in files])
    return report


def _last_keys_serial(data: Database) -> int:
    """Of the last keys copy that was written whole before the backup."""
    with data.read() as db:
        found = db.exec(select(func.max(BackupLog.serial)).where(col(BackupLog.kind) == Kind.KEYS)).one()
    return found or 0


@contextmanager
def _place(home: Path) -> Iterator[None]:
    """The folder of the home, made if need be; gone again if it was new and the restore failed."""
    try:
        home.mkdir(mode=0o700, parents=True)
        is_new = True
    except FileExistsError:
        is_new = False
    if not home.is_dir():
        raise NotFresh
    try:
        yield
    except BaseException:
        if is_new:
            shutil.rmtree(home, ignore_errors=True)
        raise


def _require_alone(home: Path, folder: Path) -> None:
    if any(path != folder for path in home.iterdir()):
        raise NotFresh


def _parts(settings: Settings, sources: Sources, folder: Path) -> tuple[_Part, _Part]:
    identities = recipients.read_identities(sources.identity)
    data = _part(sources.backup, Kind.DATA, settings.data_database, identities, folder)
    keys = _part(sources.keys, Kind.KEYS, settings.keys_database, identities, folder)
    if data.manifest.house != keys.manifest.house:
        raise Invalid(N_("The keys copy is of another home than the backup."))
    return data, keys


def _part(file: Path, kind: Kind, target: str, identities: list[recipients.Identity], folder: Path) -> _Part:
    within = folder / kind.value
    within.mkdir(mode=0o700)
    manifest, payload = backup.read(file, identities, within)
    if manifest.kind is not kind:
        message = {
            Kind.DATA: N_("%(name)s is a keys copy; a backup of the data is needed here."),
            Kind.KEYS: N_("%(name)s is a backup of the data; a keys copy is needed here (--keys)."),
        }
        raise Invalid(message[kind], name=file.name)
    if (manifest.engine is Engine.SQLITE) != target.startswith("sqlite"):
        raise Invalid(
            N_("This backup is of a %(engine)s database, and the settings name another kind."),
            engine=manifest.engine.value,
        )
    if not migrations.knows(kind.value, manifest.schema):
        raise backup.Newer(file)
    return _Part(manifest, payload, target)


@contextmanager
def _database(part: _Part, settings: Settings) -> Iterator[Database]:
    """The part as a database of this program's schema; emptied again if the block fails."""
    if part.is_file:
        target = copies.address_of_sqlite(part.target)
        if target.exists() or not target.parent.is_dir():
            raise NotFresh
        copies.check_sqlite(part.payload)
        database = Database(f"sqlite:///{part.payload.absolute()}", journal=settings.sqlite_journal, pool_size=4)
    else:
        database = Database(part.target)
    database.info["database"] = database
    if not part.is_file and _tables(database):
        database.dispose()
        raise NotFresh
    try:
        if not part.is_file:
            copies.load_dump(part.payload, database)
        with database.reading.connect() as connection:
            if not facts.facts_of(connection).fit(part.manifest):
                raise copies.DamagedCopy
        migrations.upgrade(database, part.kind.value)
        yield database
    except BaseException:
        if not part.is_file:
            _empty(database)
        raise
    finally:
        database.dispose()


def _tables(database: Database) -> list[str]:
    with database.reading.connect() as connection:
        names = inspect(connection).get_table_names()
    return [name for name in names if not name.startswith(copies.QUEUE_TABLES)]


def _empty(database: Database) -> None:
    """Drop the tables that this restore made; the database had none before."""
    found = MetaData()
    with migrating(database) as connection:
        found.reflect(connection, only=lambda name, _metadata: not name.startswith(copies.QUEUE_TABLES))
        found.drop_all(connection)


def _check(
    manifest: Manifest, keys_manifest: Manifest, opened: dict[Kind, Database], keyring: Keyring, *, is_unsealed: bool
) -> Report:
    data = opened[Kind.DATA]
    tried: tuple[Tried, ...] = ()
    broken = 0
    with data.read() as db:
        without = drill.keyless(db, opened[Kind.KEYS])
        if is_unsealed:
            tried = tuple(drill.open_one_of_each(db))
            broken = len(drill.broken_chains(db))
    serial = keys_manifest.keys_serial
    with data.transaction() as db:
        _let_nobody_in(db)
        if is_unsealed and not broken:
            chain.record(db, None, "house.restored", "house", None, rows=manifest.rows, serial=serial)
    return Report(
        made_at=manifest.made_at,
        app_version=manifest.app_version,
        rows=manifest.rows,
        backup_serial=manifest.keys_serial,
        keys_serial=keys_manifest.keys_serial,
        is_keys_copy_older=keys_manifest.keys_revision < manifest.keys_revision,
        keyless=without,
        is_unsealed=is_unsealed,
        tried=tried,
        broken_chains=broken,
    )


def _let_nobody_in(db: Session) -> None:
    """A session, invitation or token that was ended or used after the backup must not come back to life."""
    db.execute(delete(SignIn))
    db.execute(delete(PendingSignIn))
    db.execute(delete(Invitation).where(col(Invitation.used_at).is_(None)))
    db.execute(update(ApiToken).where(col(ApiToken.revoked_at).is_(None)).values(revoked_at=now()))
