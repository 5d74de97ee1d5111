"""What a backup leaves behind: a row, an entry in the record of acts, a named file, and no half of anything."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlmodel import col, select

from qualcoder.audit import chain
from qualcoder.audit.models import AuditEntry
from qualcoder.core.errors import Invalid, Unavailable
from qualcoder.custody import service
from qualcoder.custody.models import BackupLog, BackupRecipient
from qualcoder.custody.retention import Keep
from qualcoder.home import Home
from qualcoder.vault import backup, copies, recipients, staging
from qualcoder.vault.backup import Kind
from qualcoder.vault.keys import Sealed
from qualcoder.vault.models import CopySerial
from tests.custody.copying import Offsite, house_of, make_offsite
from tests.homes import Backend, World

both_backends = pytest.mark.both_backends


def _logged(home: Home) -> list[BackupLog]:
    with home.data.read() as db:
        return list(db.exec(select(BackupLog).order_by(col(BackupLog.serial), col(BackupLog.kind))))


@both_backends
def test_each_copy_is_logged_with_its_digest_and_recorded(home: Home, world: World, offsite: Offsite) -> None:
    data = service.make_backup(house_of(home), offsite.folder, [offsite.recipient])
    keys = service.copy_keys(house_of(home), offsite.folder, [offsite.recipient], place="a safe")
    rows = _logged(home)
    assert [(row.kind, row.serial, row.size, row.digest) for row in rows] == [
        (Kind.DATA, 0, data.written.size, backup.digest_of_file(data.written.file)),
        (Kind.KEYS, 1, keys.written.size, backup.digest_of_file(keys.written.file)),
    ]
    assert rows[0].rows == data.manifest.rows > 10
    with home.data.read() as db:
        acts = db.exec(select(AuditEntry.act).where(col(AuditEntry.object_kind) == "backup_log")).all()
        assert sorted(acts) == ["backup.data_copied", "backup.keys_copied"]
        assert all(verdict.is_whole for verdict in chain.verify_all(db))
    with home.keys.read() as db:
        serial = db.exec(select(CopySerial)).one()
        assert (serial.serial, serial.place, serial.taken_at) == (1, "a safe", keys.manifest.made_at)


@both_backends
def test_the_manifest_counts_what_is_in_the_copy(home: Home, world: World, offsite: Offsite) -> None:
    manifest = service.make_backup(house_of(home), offsite.folder / "b.age", [offsite.recipient]).manifest
    assert manifest.tables["person"] == 8
    assert manifest.tables["study"] == 2
    assert {str(head.chain) for head in manifest.heads} >= {str(world.study.id), str(world.other_study.id)}
    assert not [name for name in manifest.tables if name.startswith("huey")]


def test_a_sealed_home_is_copied_too_and_its_record_of_acts_left_alone(
    home: Home, world: World, offsite: Offsite
) -> None:
    home.keyring.seal()
    service.make_backup(house_of(home), offsite.folder, [offsite.recipient])
    assert len(_logged(home)) == 1
    with home.data.transaction() as db, pytest.raises(Sealed):
        service.set_recipients(db, [offsite.recipient])


def test_recipients_replace_each_other_and_only_good_ones_are_taken(
    home: Home, offsite: Offsite, tmp_path: Path
) -> None:
    other = make_offsite(tmp_path / "other").recipient
    for typed in ([offsite.recipient, f" {offsite.recipient} "], [other]):
        with home.data.transaction() as db:
            assert service.set_recipients(db, typed) == [typed[0]]
    for wrong in ([], ["age1nonsense"], [offsite.identity.read_text("ascii").splitlines()[1]]):
        with home.data.transaction() as db, pytest.raises(Invalid):
            service.set_recipients(db, wrong)
    with home.data.read() as db:
        assert [row.recipient for row in db.exec(select(BackupRecipient))] == [other]
    assert service.make_backup(house_of(home), tmp_path / "b.age").written.size > 0
    with home.data.read() as db:
        assert "backup.recipients_set" in db.exec(select(AuditEntry.act)).all()


def test_a_refused_copy_counts_no_serial_and_logs_nothing(home: Home, offsite: Offsite) -> None:
    taken = offsite.folder / "taken"
    taken.write_bytes(b"kept")
    for out, to in ((taken, [offsite.recipient]), (offsite.folder / "b.age", []), (offsite.folder / "c.age", ["age1"])):
        for act in (service.make_backup, service.copy_keys):
            with pytest.raises(Invalid):
                act(house_of(home), out, to)
    assert _logged(home) == []
    with home.keys.read() as db:
        assert db.exec(select(CopySerial.serial)).one() == 0
    assert taken.read_bytes() == b"kept"


def test_only_one_copy_is_made_at_a_time(home: Home, offsite: Offsite) -> None:
    with staging.private_folder(home.settings.home), pytest.raises(Unavailable):
        service.make_backup(house_of(home), offsite.folder, [offsite.recipient])
    assert _logged(home) == []


def test_old_files_of_this_home_go_and_those_of_others_stay(home: Home, offsite: Offsite) -> None:
    made = service.make_backup(house_of(home), offsite.folder, [offsite.recipient])
    mark = made.manifest.house.hex[:8]
    old = [f"qualcoder-data-{mark}-2020010{day}T030000Z.age" for day in (1, 2)]
    future = f"qualcoder-data-{mark}-29990101T030000Z.age"
    strange = [f"qualcoder-data-{'0' * 8}-20200101T030000Z.age", "letters.txt"]
    for name in (*old, *strange, future):
        (offsite.folder / name).touch()
    made.written.file.unlink()
    again = service.make_backup(house_of(home), offsite.folder, [offsite.recipient], Keep(1, 0, 0))
    assert set(again.removed) == set(old)
    assert {path.name for path in offsite.folder.iterdir()} == {
        "identity.txt",
        again.written.file.name,
        future,
        *strange,
    }
    for _ in range(3):
        copied = service.copy_keys(house_of(home), offsite.folder, [offsite.recipient], is_pruned=True)
    assert copied.removed == (f"qualcoder-keys-{mark}-000001.age",)


def test_a_damaged_database_is_not_called_a_backup(home: Home, world: World, offsite: Offsite) -> None:
    house = house_of(home)
    home.data.dispose()
    file = home.settings.home / "data.db"
    with sqlite3.connect(file) as raw:
        # A row of a study that is not there: what a lost page can look like.
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DELETE FROM person")
    raw.close()
    with pytest.raises(copies.DamagedCopy):
        service.make_backup(house, offsite.folder, [offsite.recipient])
    assert [path.name for path in offsite.folder.iterdir()] == ["identity.txt"]
    assert list(home.settings.home.glob(f"{staging.PREFIX}*")) == []


@both_backends
def test_a_cut_database_copy_is_noticed(home: Home, world: World, offsite: Offsite, backend: Backend) -> None:
    made = service.make_backup(house_of(home), offsite.folder / "b.age", [offsite.recipient])
    folder = offsite.folder / "read"
    folder.mkdir()
    _manifest, payload = backup.read(made.written.file, recipients.read_identities(offsite.identity), folder)
    payload.write_bytes(payload.read_bytes()[: made.manifest.size // 2])
    read_again = copies.check_sqlite if backend.is_sqlite else lambda file: copies.load_dump(file, home.data)
    with pytest.raises(copies.DamagedCopy):
        read_again(payload)


def test_the_address_of_the_database_is_not_among_the_arguments(home: Home) -> None:
    url = replace(home.settings, database_url="postgresql+psycopg://u:secret@h:1/d?sslmode=require").data_database
    given = copies._environment(make_url(url))
    assert (given["PGUSER"], given["PGPASSWORD"], given["PGHOST"], given["PGPORT"]) == ("u", "secret", "h", "1")
    assert (given["PGDATABASE"], given["PGSSLMODE"]) == ("d", "require")
