"""From a backup, a keys copy and the offline identity to a fresh home: checked first, in place when all is well."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import MetaData, inspect

from qualcoder import migrations
from qualcoder.audit import chain
from qualcoder.core.db import Database, migrating
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.custody import drill, facts
from qualcoder.custody.drill import Keyless, Outcome, Tried
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


def restore(settings: Settings, sources: Sources, unseal: Unseal) -> Report:
    """Make a home of a backup. Anything that does not fit raises, and then nothing is left where the home was to be."""
    with _place(settings.home), staging.private_folder(settings.home) as folder, ExitStack() as stack:
        parts = _parts(settings, sources, folder)
        opened = {part.kind: stack.enter_context(_database(part, settings)) for part in parts}
        keyring = Keyring(opened[Kind.KEYS])
        opened[Kind.DATA].info.update(keyring=keyring, settings=settings)
        report = _check(parts[0].manifest, parts[1].manifest, opened, keyring, is_unsealed=unseal(keyring))
        for database in opened.values():
            database.dispose()
        _put_in_place([part for part in reversed(parts) if part.is_file])  # keys first, as always
    return report


@contextmanager
def _place(home: Path) -> Iterator[None]:
    """The folder of the home, new or empty; gone again if it was new and the restore failed."""
    was_there = home.exists()
    if was_there and (not home.is_dir() or any(not staging.is_leftover(path) for path in home.iterdir())):
        raise NotFresh
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if not was_there:
            shutil.rmtree(home, ignore_errors=True)
        raise


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
        if copies.address_of_sqlite(part.target).exists():
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
    if is_unsealed and not broken:
        serial = keys_manifest.keys_serial
        with data.transaction() as db:
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


def _put_in_place(parts: list[_Part]) -> None:
    targets: list[Path] = []
    try:
        for part in parts:
            copies.settle_sqlite(part.payload)
            targets.append(copies.address_of_sqlite(part.target))
            _move(part.payload, targets[-1])
    except BaseException:
        for target in targets:
            target.unlink(missing_ok=True)
        raise


def _move(file: Path, target: Path) -> None:
    file.chmod(0o600)
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
    # Not a bare rename: an address of its own may name another disk than the home's.
    shutil.move(file, target)
    backup.sync_folder(target.parent)
