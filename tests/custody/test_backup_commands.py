"""The commands as scripts use them: exit statuses, one sentence, and no half file on a full disk."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import delete

from qualcoder import cli
from qualcoder.custody import service
from qualcoder.home import Home
from qualcoder.settings import Settings
from qualcoder.vault import staging
from qualcoder.vault.keys import count_change
from qualcoder.vault.models import InterviewKey
from qualcoder.worker import environment
from tests.custody.conftest import EmptyPlace
from tests.custody.copying import Offsite, copy_both, house_of, is_empty, opened
from tests.homes import KEYFILE, Backend, World
from tests.transcripts import making

Words = list[str | Path]


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of the program in this process, which spares two seconds of loading."""

    def command(settings: Settings, *arguments: str | Path) -> Done:
        with monkeypatch.context() as here:
            for name in [name for name in os.environ if name.startswith("QUALCODER_")]:
                here.delenv(name)
            for name, value in environment(settings).items():
                here.setenv(name, value)
            here.setattr(sys, "argv", ["qualcoder", *map(str, arguments)])
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                cli.main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return command


def _run_limited(settings: Settings, size: int, *arguments: str | Path) -> Done:
    """Run it as a process whose files may not grow beyond `size` bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "qualcoder", *map(str, arguments)],
        env={**environment(settings), "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=settings.home.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    return Done(done.returncode, done.stdout, done.stderr)


def _with_keyfile(settings: Settings, folder: Path) -> Settings:
    path = folder / "root.key"
    path.write_bytes(KEYFILE)
    return replace(settings, keyfile=str(path))


def _assert_one_sentence(done: Done, status: int) -> None:
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.both_backends
def test_the_whole_way_by_command(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path, run: Run
) -> None:
    transcript = making.to_codable(home, world)
    settings = _with_keyfile(home.settings, tmp_path)
    _assert_one_sentence(run(settings, "backup", "--out", offsite.folder / "a.age"), 2)
    _assert_one_sentence(run(settings, "backup", "identity", "--out", settings.home / "identity.txt"), 2)
    made = run(settings, "backup", "identity", "--out", tmp_path / "identity.txt")
    assert made.returncode == 0
    recipient = made.stdout.splitlines()[0].removeprefix("Recipient: ")
    assert run(settings, "backup", "recipient", "set", recipient).returncode == 0
    told = json.loads(run(settings, "backup", "--out", offsite.folder / "a.age", "--json").stdout)
    assert told["size"] == (offsite.folder / "a.age").stat().st_size
    assert run(settings, "keys", "copy", "--out", offsite.folder / "k.age").returncode == 0
    place = replace(empty_place(), keyfile=settings.keyfile)
    files: Words = ["--keys", offsite.folder / "k.age", "--identity", tmp_path / "identity.txt"]
    restored = run(place, "restore", offsite.folder / "a.age", "--home", place.home, *files, "--json")
    assert (restored.returncode, restored.stderr) == (0, "")
    assert json.loads(restored.stdout)["has_problem"] is False
    assert run(place, "audit", "verify").returncode == 0
    with opened(place) as again:
        assert making.text_of(again, transcript)
    _assert_one_sentence(run(place, "restore", offsite.folder / "a.age", "--home", place.home, *files), 2)


def test_what_is_missing_or_wrong_is_one_sentence_and_its_status(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path, run: Run
) -> None:
    making.to_codable(home, world)
    sources = copy_both(home, offsite)
    place = _with_keyfile(empty_place(), tmp_path)
    files: Words = ["--keys", sources.keys, "--identity", sources.identity]
    whole: Words = ["restore", sources.backup, "--home", place.home, *files]
    cut = tmp_path / "cut.age"
    cut.write_bytes(sources.backup.read_bytes()[:-1])
    wrong = tmp_path / "wrong.key"
    wrong.write_bytes(b"\x08" * 32)
    tries: tuple[tuple[Settings, Words, int], ...] = (
        (place, ["restore", sources.backup, "--home", place.home], 2),
        (place, ["restore", cut, "--home", place.home, *files], 2),
        (place, ["restore", sources.keys, "--home", place.home, *files], 2),
        (replace(place, keyfile=str(wrong)), whole, 2),
        (replace(place, keyfile=str(tmp_path / "no.key")), whole, 3),
        (replace(place, home=tmp_path / "no home"), ["keys", "copy", "--out", tmp_path / "k.age"], 3),
        (place, ["backup", "--out", tmp_path / "b.age", "--keep", "many"], 2),
        (place, ["backup"], 2),
    )
    for settings, arguments, status in tries:
        _assert_one_sentence(run(settings, *arguments), status)
        assert is_empty(place)
    # The backup is older than the last interview's death: reported, and not a fault.
    with home.keys.transaction() as db:
        db.execute(delete(InterviewKey))
        count_change(db)
    newer = service.copy_keys(house_of(home), tmp_path / "newer.age", [offsite.recipient]).written.file
    done = run(place, *whole[:4], "--keys", newer, "--identity", sources.identity)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 interviews" in done.stdout
    assert "withdrawn" in done.stdout


def test_a_problem_that_the_drill_finds_is_status_1(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path, run: Run
) -> None:
    keys = service.copy_keys(house_of(home), tmp_path / "k.age", [offsite.recipient]).written.file
    making.to_codable(home, world)
    data = service.make_backup(house_of(home), tmp_path / "b.age", [offsite.recipient]).written.file
    place = _with_keyfile(empty_place(), tmp_path)
    arguments: Words = ["restore", data, "--home", place.home, "--keys", keys, "--identity", offsite.identity]
    done = run(place, *arguments)
    assert (done.returncode, done.stderr) == (1, "")
    assert "a newer keys copy may open them" in done.stdout


@pytest.mark.slow
@pytest.mark.both_backends
def test_a_full_disk_leaves_no_half_file(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path, backend: Backend
) -> None:
    making.to_codable(home, world)
    sources = copy_both(home, offsite)
    settings = _with_keyfile(home.settings, tmp_path)
    size = sources.backup.stat().st_size
    before = sorted(path.name for path in offsite.folder.iterdir())
    out = offsite.folder / "new.age"
    # Where the copy does not fit, and where the copy fits and the encrypted file, 3 KB larger, does not.
    for limit in (size // 2, size - 2000):
        done = _run_limited(settings, limit, "backup", "--out", out, "--recipient", offsite.recipient)
        assert done.returncode == 3
        assert "Traceback" not in done.stderr
        assert sorted(path.name for path in offsite.folder.iterdir()) == before
        assert list(settings.home.glob(f"{staging.PREFIX}*")) == []
    place = _with_keyfile(empty_place(), tmp_path)
    files: Words = ["--keys", sources.keys, "--identity", sources.identity]
    done = _run_limited(place, size // 2, "restore", sources.backup, "--home", place.home, *files)
    assert done.returncode == 3
    assert is_empty(place)
