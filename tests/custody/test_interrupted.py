"""A backup or a restore that is ended on its way leaves nothing half made, however it is ended."""

from __future__ import annotations

import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session, select

from qualcoder.accounts import sessions
from qualcoder.accounts.models import ApiToken, Invitation, Person, SignIn
from qualcoder.accounts.service import invite
from qualcoder.core.clock import now
from qualcoder.core.errors import Unavailable
from qualcoder.custody import restoring, service
from qualcoder.custody.models import BackupLog
from qualcoder.custody.restoring import NotFresh, OlderKeys, Sources
from qualcoder.home import Home
from qualcoder.settings import Settings
from qualcoder.vault import backup, staging
from tests.custody.conftest import EmptyPlace
from tests.custody.copying import (
    Offsite,
    copy_both,
    copy_data,
    copy_keys,
    house_of,
    is_empty,
    opened,
    restore,
    with_keyfile,
)
from tests.custody.held import AFTER, after_it_when, held, running
from tests.homes import KEYFILE, Backend, World
from tests.transcripts import making

both_backends = pytest.mark.both_backends


def _end(process: subprocess.Popen[str], number: int) -> tuple[int, str]:
    process.send_signal(number)
    _out, err = process.communicate(timeout=300)
    return process.returncode, err


def _with_keyfile(settings: Settings, folder: Path) -> Settings:
    path = folder / "root.key"
    path.write_bytes(KEYFILE)
    return replace(settings, keyfile=str(path))


def _restoring(place: Settings, sources: Sources) -> list[str | Path]:
    files: list[str | Path] = ["--keys", sources.keys, "--identity", sources.identity]
    return ["restore", sources.backup, "--home", place.home, *files]


WRITING = held("vault", "backup", "digest_of_file")
CHECKING = held("custody", "drill", "open_one_of_each")


@pytest.mark.parametrize(
    ("backend", "number"),
    [
        *((backend, signal.SIGTERM) for backend in Backend),
        *(pytest.param(Backend.WAL, number, marks=pytest.mark.slow) for number in (signal.SIGINT, signal.SIGHUP)),
    ],
)
def test_told_to_end_it_removes_what_it_began_and_says_so(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path, number: int
) -> None:
    making.to_codable(home, world)
    sources = copy_both(home, offsite)
    before = sorted(offsite.folder.iterdir())
    place = _with_keyfile(empty_place(), tmp_path)
    copying = ["backup", "--out", str(offsite.folder / "new.age"), "--recipient", offsite.recipient]
    for settings, script, arguments in (
        (home.settings, WRITING, copying),
        (place, CHECKING, _restoring(place, sources)),
    ):
        with running(settings, script, *arguments) as process:
            status, err = _end(process, number)
        assert (status, err) == (3, "Told to end before it was done. Nothing half made was left behind.\n")
    assert sorted(offsite.folder.iterdir()) == before
    assert list(home.settings.home.glob(f"{staging.PREFIX}*")) == []
    assert not place.home.exists()
    assert is_empty(place)
    with home.data.read() as db:
        assert len(db.exec(select(BackupLog)).all()) == 2


@pytest.mark.slow
def test_nohup_is_heeded(home: Home, offsite: Offsite) -> None:
    arguments = ["backup", "--out", str(offsite.folder / "new.age"), "--recipient", offsite.recipient]
    goes_on = WRITING.replace("time.sleep(600)", "time.sleep(1)\n    return real(*arguments, **named)")
    ignoring = f"import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n{goes_on}"
    with running(home.settings, ignoring, *arguments) as process:
        assert _end(process, signal.SIGHUP) == (0, "")
    assert (offsite.folder / "new.age").exists()


@pytest.mark.slow
def test_a_backup_that_was_killed_is_followed_by_a_whole_one(home: Home, world: World, offsite: Offsite) -> None:
    house = house_of(home)
    whole = held("custody", "retention", "superfluous")
    half = held("vault.backup", "pyrage", "encrypt_io", AFTER)
    out = ["--out", str(offsite.folder), "--recipient", offsite.recipient]
    with running(home.settings, half, "backup", *out) as process:
        _end(process, signal.SIGKILL)
    (part,) = (path for path in offsite.folder.iterdir() if path.name != "identity.txt")
    assert part.name.endswith(".part")
    assert len(list(home.settings.home.glob(f"{staging.PREFIX}*"))) == 1
    strange = offsite.folder / ".qualcoder-data-00000000-20200101T030000Z.age.part"
    strange.touch()
    made = service.make_backup(house, offsite.folder, [offsite.recipient])
    assert {path.name for path in offsite.folder.iterdir()} == {"identity.txt", made.written.file.name, strange.name}
    assert list(home.settings.home.glob(f"{staging.PREFIX}*")) == []
    # Killed after it was whole and logged: it counts.
    time.sleep(1.1)
    with running(home.settings, whole, "backup", *out, "--keep", "1,0,0") as process:
        _end(process, signal.SIGKILL)
    with home.data.read() as db:
        assert len(db.exec(select(BackupLog)).all()) == 2


BETWEEN = held("vault", "staging", "_sync", after_it_when("(arguments[0] / 'keys.db').exists()"))
KILLED_AT = {
    "reading": held("vault", "backup", "_take", AFTER),
    "checking": CHECKING,
    "before the first file": held("vault", "staging", "_sync", AFTER),
    "in the first file": held("vault", "staging", "_sync", after_it_when("'arriving' in str(arguments[0])")),
    "between the files": BETWEEN,
}


@pytest.mark.slow
@pytest.mark.parametrize("where", list(KILLED_AT))
def test_a_restore_that_was_killed_is_begun_anew(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path, where: str
) -> None:
    transcript = making.to_codable(home, world)
    sources = copy_both(home, offsite)
    place = _with_keyfile(empty_place(), tmp_path)
    with running(place, KILLED_AT[where], *_restoring(place, sources)) as process:
        _end(process, signal.SIGKILL)
    assert not (place.home / "data.db").exists()
    assert len(list(place.home.glob(f"{staging.PREFIX}*"))) == 1
    assert not restore(place, sources).has_problem
    assert sorted(path.name for path in place.home.iterdir()) == ["data.db", "keys.db"]
    with opened(place) as restored:
        assert making.text_of(restored, transcript)


@pytest.mark.slow
def test_serve_clears_away_what_a_killed_restore_left(
    home: Home, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    sources = copy_both(home, offsite)
    place = _with_keyfile(empty_place(), tmp_path)
    with running(place, BETWEEN, *_restoring(place, sources)) as process:
        _end(process, signal.SIGKILL)
    assert (place.home / "keys.db").exists()
    staging.sweep(place.home)
    assert list(place.home.iterdir()) == []


def test_a_restore_that_was_killed_after_its_last_file_is_whole_and_stays(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    transcript = making.to_codable(home, world)
    sources = copy_both(home, offsite)
    place = _with_keyfile(empty_place(), tmp_path)
    with running(place, held("vault", "staging", "put_in_place", AFTER), *_restoring(place, sources)) as process:
        _end(process, signal.SIGKILL)
    with pytest.raises(NotFresh):
        restore(place, sources)
    staging.sweep(place.home)
    assert sorted(path.name for path in place.home.iterdir()) == ["data.db", "keys.db"]
    with opened(place) as restored:
        assert making.text_of(restored, transcript)


def test_folders_of_others_are_left_alone(home: Home, offsite: Offsite, empty_place: EmptyPlace) -> None:
    sources = copy_both(home, offsite)
    place = empty_place()
    theirs = place.home / "staging-site"
    theirs.mkdir(parents=True)
    with pytest.raises(NotFresh):
        restore(place, sources)
    assert theirs.is_dir()


@pytest.mark.slow
def test_two_restores_into_one_place_do_not_meet(
    home: Home, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    sources = copy_both(home, offsite)
    place = _with_keyfile(empty_place(), tmp_path)
    with running(place, CHECKING, *_restoring(place, sources)) as process:
        with pytest.raises(Unavailable):
            restore(place, sources)
        assert len(list(place.home.glob(f"{staging.PREFIX}*"))) == 1
        assert process.poll() is None


def test_databases_at_addresses_of_their_own_go_there_and_nowhere_else(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    transcript = making.to_codable(home, world)
    sources = copy_both(home, offsite)
    elsewhere = tmp_path / "elsewhere"
    place = replace(empty_place(), database_url=f"sqlite:///{elsewhere}/d.db", keys_url=f"sqlite:///{elsewhere}/k.db")
    with pytest.raises(NotFresh):
        restore(place, sources)
    elsewhere.mkdir()
    assert not restore(place, sources).has_problem
    assert sorted(path.name for path in elsewhere.iterdir()) == ["d.db", "k.db"]
    with opened(place) as restored:
        assert making.text_of(restored, transcript)


def test_a_place_that_can_t_be_made_is_a_plain_refusal(
    home: Home, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    sources = copy_both(home, offsite)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(NotFresh):
        restore(replace(empty_place(), home=file), sources)
    with pytest.raises(restoring.NotRestored):
        restore(replace(empty_place(), home=file / "below"), sources)


# What must not come back ----------------------------------------------------------------------


@both_backends
def test_an_older_keys_copy_is_refused_unless_it_is_meant(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace
) -> None:
    transcript = making.to_codable(home, world)
    old, _new = copy_keys(home, offsite), copy_keys(home, offsite)
    sources = Sources(copy_data(home, offsite), old, offsite.identity)
    place = empty_place()
    with pytest.raises(OlderKeys) as refused:
        restore(place, sources)
    assert "has serial 1, and the backup knows of serial 2" in str(refused.value)
    assert is_empty(place)
    restoring.restore(place, sources, with_keyfile, takes_older_keys=True)
    with opened(place) as restored:
        assert making.text_of(restored, transcript)


@both_backends
def test_a_keys_copy_that_failed_is_not_waited_for(
    home: Home, offsite: Offsite, empty_place: EmptyPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = copy_keys(home, offsite)
    with monkeypatch.context() as broken:
        broken.setattr(backup, "write", _full)
        with pytest.raises(Unavailable):
            copy_keys(home, offsite)
    restore(empty_place(), Sources(copy_data(home, offsite), keys, offsite.identity))


def _full(*_arguments: object) -> None:
    raise backup.NoRoom(Path("x"))


def _ways_in(db: Session) -> tuple[int, int, int]:
    live = [row for row in db.exec(select(ApiToken)) if row.revoked_at is None]
    waiting = [row for row in db.exec(select(Invitation)) if row.used_at is None]
    return len(db.exec(select(SignIn)).all()), len(waiting), len(live)


@both_backends
@pytest.mark.parametrize("is_open", [True, False])
def test_nobody_is_signed_in_afterwards_and_links_and_tokens_are_void(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace, *, is_open: bool
) -> None:
    with home.data.transaction() as db:
        sessions.open_session(db, world.coder.id)
        invite(db, None, db.get_one(Person, world.observer.id))
        db.add(ApiToken(token_hash=b"h" * 32, person_id=world.pi.id, study_id=world.study.id, created_at=now()))
        assert _ways_in(db) >= (1, 1, 1)
    place = empty_place()
    restoring.restore(place, copy_both(home, offsite), with_keyfile if is_open else lambda _keyring: False)
    with opened(place) as restored, restored.data.read() as db:
        assert _ways_in(db) == (0, 0, 0)
    with home.data.read() as db:
        assert _ways_in(db) >= (1, 1, 1)
