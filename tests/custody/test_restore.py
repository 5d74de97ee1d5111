"""A home made of a backup holds everything that was acknowledged before it, and opens with all three parts only."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, inspect
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import col, select

from qualcoder import migrations
from qualcoder.accounts.models import Person
from qualcoder.audit import chain
from qualcoder.coding import service as coding
from qualcoder.coding.models import Command
from qualcoder.coding.service import NewCoding
from qualcoder.core.db import Database
from qualcoder.core.errors import DomainError, Invalid, Unavailable
from qualcoder.core.ids import CodeId, CodingId, new_id
from qualcoder.core.text import Span
from qualcoder.custody import drill, restoring
from qualcoder.custody.drill import Outcome
from qualcoder.custody.models import BackupRecipient
from qualcoder.custody.restoring import NotFresh, Sources
from qualcoder.home import Home, require_current
from qualcoder.transcripts.models import Transcript
from qualcoder.vault import backup, recipients, staging
from qualcoder.vault.backup import Damaged
from qualcoder.vault.keys import KeyRef, Shredded, count_change
from qualcoder.vault.models import InterviewKey
from tests.custody.conftest import EmptyPlace
from tests.custody.copying import Offsite, copy_both, copy_data, copy_keys, is_empty, make_offsite, opened, restore
from tests.homes import Backend, World
from tests.transcripts import making

THREADS = 10
both_backends = pytest.mark.both_backends


class Coders:
    """Ten people who code without a pause, and what the server acknowledged to them."""

    def __init__(self, home: Home, coder: Person, transcript: Transcript, code: CodeId) -> None:
        self.acknowledged: set[CodingId] = set()
        self.tried: set[CodingId] = set()
        self.enough = threading.Event()
        self._home, self._coder, self._transcript, self._code = home, coder, transcript, code
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(THREADS)]

    def __enter__(self) -> Coders:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.enough.set()
        for thread in self._threads:
            thread.join()

    def _work(self, n: int) -> None:
        one = CodingId(new_id())
        while not self.enough.is_set():
            self.tried.add(one)
            try:
                with self._home.data.transaction() as db:
                    span = Span(n, n + 5)
                    version = self._transcript.text_number
                    coding.add_coding(db, self._coder, NewCoding(one, self._transcript.id, version, span, self._code))
            except StaleDataError:
                # Two of them met at one coding: as the page does, the same act is sent again.
                continue
            self.acknowledged.add(one)
            one = CodingId(new_id())

    def wait_for(self, count: int) -> None:
        """Let them work until so many were acknowledged."""
        while len(self.acknowledged) < count:
            assert any(thread.is_alive() for thread in self._threads)
            self.enough.wait(0.01)


@pytest.fixture
def codable(home: Home, world: World) -> Transcript:
    return making.to_codable(home, world)


@both_backends
def test_a_backup_made_while_ten_people_code_holds_every_coding_acknowledged_before_it(
    home: Home, world: World, codable: Transcript, offsite: Offsite, empty_place: EmptyPlace
) -> None:
    code = making.import_codes(home, world)["WATER"]
    with Coders(home, world.coder, codable, code) as coders:
        coders.wait_for(20)
        before = set(coders.acknowledged)
        data = copy_data(home, offsite)
        after = set(coders.acknowledged)
        coders.wait_for(len(after) + 10)
    place = empty_place()
    report = restore(place, Sources(data, copy_keys(home, offsite), offsite.identity))
    assert not report.has_problem
    assert report.broken_chains == 0
    with opened(place) as restored:
        require_current(restored)
        with restored.data.read() as db:
            # Every act is in the log under the id that its client gave it.
            found = set(db.exec(select(Command.id)))
            assert all(verdict.is_whole for verdict in chain.verify_all(db))
        assert before <= found <= coders.tried
        assert [turn.body for turn in making.text_of(restored, codable)] == [
            turn.body for turn in making.text_of(home, codable)
        ]
        with restored.data.transaction() as db:
            new = NewCoding(CodingId(new_id()), codable.id, codable.text_number, Span(0, 9), code)
            coding.add_coding(db, world.coder, new)


@both_backends
def test_the_files_show_nothing_and_the_data_hold_no_key(home: Home, codable: Transcript, offsite: Offsite) -> None:
    sources = copy_both(home, offsite)
    with home.keys.read() as db:
        wrapped = [row.wrapped for row in db.exec(select(InterviewKey))]
    for file in (sources.backup, sources.keys):
        content = file.read_bytes()
        assert file.stat().st_mode & 0o777 == 0o600
        assert content.startswith(b"age-encryption.org/v1\n")
        for word in (b"SQLite", b"PGDMP", b"manifest", b"interview", "Воды".encode(), making.NAME.encode(), *wrapped):
            assert word not in content
    folder = offsite.folder / "unpacked"
    folder.mkdir()
    identities = recipients.read_identities(sources.identity)
    manifest, payload = backup.read(sources.backup, identities, folder)
    content = payload.read_bytes()
    for word in ("Воды".encode(), making.NAME.encode(), *wrapped):
        assert word not in content
    assert not [name for name in manifest.tables if name.endswith("_key") and name != "idempotency_key"]
    assert list(home.settings.home.glob(f"{staging.PREFIX}*")) == []


@both_backends
def test_without_the_identity_nothing_opens(
    home: Home, codable: Transcript, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    sources = copy_both(home, offsite)
    for other in (make_offsite(tmp_path / "other").identity, sources.backup, tmp_path / "nothing"):
        place = empty_place()
        with pytest.raises(Invalid):
            restore(place, replace(sources, identity=other))
        assert is_empty(place)


@both_backends
def test_without_the_keys_nothing_opens(
    home: Home, stranger: Home, codable: Transcript, offsite: Offsite, empty_place: EmptyPlace
) -> None:
    sources = copy_both(home, offsite)
    for other in (copy_keys(stranger, offsite), sources.backup, offsite.folder / "nothing"):
        place = empty_place()
        with pytest.raises(Invalid):
            restore(place, replace(sources, keys=other))
        assert is_empty(place)
    place = empty_place()
    restore(place, sources)
    with opened(place) as restored:
        restored.data.info["keyring"] = stranger.keyring
        with restored.data.read() as db:
            tried = drill.open_one_of_each(db)
    assert {one.outcome for one in tried} <= {Outcome.EMPTY, Outcome.VAULT, Outcome.NO_KEY, Outcome.FAILED}


def test_sealed_is_possible_and_says_that_nothing_was_tried(
    home: Home, codable: Transcript, offsite: Offsite, empty_place: EmptyPlace
) -> None:
    place = empty_place()
    report = restoring.restore(place, copy_both(home, offsite), lambda keyring: False)
    assert (report.is_unsealed, report.tried, report.has_problem) == (False, (), False)
    with opened(place) as restored:
        assert making.text_of(restored, codable)


@both_backends
@pytest.mark.parametrize("part", ["backup", "keys"])
def test_a_flipped_bit_or_a_cut_is_refused_and_nothing_is_left(
    home: Home, codable: Transcript, offsite: Offsite, empty_place: EmptyPlace, part: str
) -> None:
    sources = copy_both(home, offsite)
    good: bytes = getattr(sources, part).read_bytes()
    damaged = offsite.folder / "damaged.age"
    places = (5, 60, 120, 180, 300, len(good) // 2, len(good) - 1)
    contents = [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in places]
    contents += [good[:end] for end in (0, 30, 250, len(good) // 2, len(good) - 1)] + [good + b"\0"]
    place = empty_place()
    for content in contents:
        damaged.write_bytes(content)
        with pytest.raises(Damaged) as refused:
            restore(place, replace(sources, **{part: damaged}))
        assert "\n" not in str(refused.value)
        assert not place.home.exists()
    assert is_empty(place)
    assert not restore(place, sources).has_problem


@both_backends
def test_a_home_in_use_is_not_restored_into(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace, backend: Backend
) -> None:
    sources = copy_both(home, offsite)
    taken = [home.settings]
    occupied = empty_place()
    occupied.home.mkdir()
    (occupied.home / "a file of somebody").write_text("kept", "utf-8")
    taken.append(occupied)
    if not backend.is_sqlite:
        taken.append(replace(home.settings, home=occupied.home.with_name("new")))
    for place in taken:
        with pytest.raises(NotFresh):
            restore(place, sources)
    assert (occupied.home / "a file of somebody").read_text("utf-8") == "kept"
    with home.data.read() as db:
        assert db.get(Person, world.pi.id) is not None


@both_backends
def test_a_secret_that_opens_nothing_leaves_nothing(
    home: Home, codable: Transcript, offsite: Offsite, empty_place: EmptyPlace
) -> None:
    place = empty_place()
    place.home.mkdir(mode=0o700)

    def refuse(_keyring: object) -> bool:
        raise Invalid("not the one")

    with pytest.raises(Invalid):
        restoring.restore(place, copy_both(home, offsite), refuse)
    assert place.home.exists()
    assert is_empty(place)


def _shred(home: Home, transcript: Transcript) -> None:
    with home.keys.transaction() as db:
        db.execute(delete(InterviewKey).where(col(InterviewKey.id) == transcript.interview_id))
        count_change(db)


@both_backends
def test_an_interview_withdrawn_since_is_dead_in_an_old_backup(
    home: Home, world: World, codable: Transcript, offsite: Offsite, empty_place: EmptyPlace
) -> None:
    kept = making.to_codable(home, world)
    old = copy_both(home, offsite)
    _shred(home, codable)
    newer = replace(old, keys=copy_keys(home, offsite))
    place = empty_place()
    report = restore(place, newer)
    assert (report.keyless.studies, report.keyless.interviews, report.keyless.respondents) == (0, 1, 0)
    assert not report.has_problem
    with opened(place) as restored:
        with pytest.raises(Shredded):
            making.text_of(restored, codable)
        with pytest.raises(Shredded):
            restored.keyring.current(KeyRef.interview(codable.interview_id, codable.study_id))
        assert making.text_of(restored, kept)
    # The reason why old copies of the keys are destroyed at a withdrawal.
    place = empty_place()
    restore(place, old)
    with opened(place) as restored:
        assert making.text_of(restored, codable)


@both_backends
def test_a_keys_copy_older_than_the_backup_is_said_to_be_a_problem(
    home: Home, world: World, codable: Transcript, offsite: Offsite, empty_place: EmptyPlace
) -> None:
    keys = copy_keys(home, offsite)
    making.to_codable(home, world)
    place = empty_place()
    report = restore(place, Sources(copy_data(home, offsite), keys, offsite.identity))
    assert report.is_keys_copy_older
    assert report.keyless.interviews == 1
    assert report.lacks_keys
    assert report.has_problem
    with opened(place) as restored:
        assert making.text_of(restored, codable)


@both_backends
def test_a_backup_of_another_kind_of_database_is_refused(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace, backend: Backend, tmp_path: Path
) -> None:
    place = replace(empty_place(), database_url="", keys_url="")
    if backend.is_sqlite:
        url = "postgresql+psycopg://nobody@/nowhere?host=/nowhere"
        place = replace(place, database_url=url, keys_url=url)
    with pytest.raises(Invalid):
        restore(place, copy_both(home, offsite))
    assert not place.home.exists()


def _backup_at(home: Home, offsite: Offsite, schema: str) -> Path:
    """A backup as an earlier or later program would have made it."""
    read_by = recipients.read_identities(offsite.identity)
    folder = offsite.folder / "old"
    folder.mkdir()
    manifest, payload = backup.read(copy_data(home, offsite), read_by, folder)
    if migrations.knows("data", schema):
        place = offsite.folder / "old-home"
        place.mkdir()
        payload.rename(place / "data.db")
        payload = place / "data.db"
        database = Database(f"sqlite:///{payload}", journal="delete")
        database.info["database"] = database
        migrations.downgrade(database, "data", schema)
        there = set(inspect(database.reading).get_table_names())
        database.dispose()
        tables = {name: n for name, n in manifest.tables.items() if name in there}
        manifest = replace(manifest, tables=tables)
    size, digest = payload.stat().st_size, backup.digest_of_file(payload)
    manifest = replace(manifest, schema=schema, size=size, sha256=digest)
    return backup.write(manifest, payload, offsite.folder / "old.age", [offsite.recipient]).file


def test_a_backup_of_an_older_schema_is_brought_to_the_newest(
    home: Home, codable: Transcript, offsite: Offsite, empty_place: EmptyPlace
) -> None:
    sources = Sources(_backup_at(home, offsite, "d003"), copy_keys(home, offsite), offsite.identity)
    place = empty_place()
    assert not restore(place, sources).has_problem
    with opened(place) as restored:
        require_current(restored)
        with restored.data.read() as db:
            assert db.exec(select(BackupRecipient)).all() == []
        assert making.text_of(restored, codable)


def test_a_backup_of_a_newer_program_is_refused(
    home: Home, codable: Transcript, offsite: Offsite, empty_place: EmptyPlace
) -> None:
    sources = Sources(_backup_at(home, offsite, "d999"), copy_keys(home, offsite), offsite.identity)
    place = empty_place()
    with pytest.raises(Unavailable):
        restore(place, sources)
    assert is_empty(place)


@pytest.mark.parametrize("change", ["rows", "heads"])
def test_a_database_that_is_not_the_one_of_the_manifest_is_refused(
    home: Home, codable: Transcript, offsite: Offsite, empty_place: EmptyPlace, change: str
) -> None:
    folder = offsite.folder / "read"
    folder.mkdir()
    sources = copy_both(home, offsite)
    manifest, payload = backup.read(sources.backup, recipients.read_identities(sources.identity), folder)
    head = replace(manifest.heads[0], seq=manifest.heads[0].seq + 1)
    lying = replace(manifest, tables={**manifest.tables, "coding": 7})
    if change == "heads":
        lying = replace(manifest, heads=(head, *manifest.heads[1:]))
    written = backup.write(lying, payload, offsite.folder / "lying.age", [offsite.recipient])
    place = empty_place()
    with pytest.raises(DomainError):
        restore(place, replace(sources, backup=written.file))
    assert is_empty(place)
