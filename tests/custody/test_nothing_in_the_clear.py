"""Nothing that is sealed, and no key, lies in the clear in a backup, a keys copy, or what a killed one leaves."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from qualcoder.core.errors import Invalid
from qualcoder.custody.restoring import Sources
from qualcoder.home import Home
from qualcoder.settings import Settings
from qualcoder.vault import backup, recipients, staging
from tests import homes
from tests.canaries.canaries import words_for
from tests.canaries.scanner import find_in_files
from tests.canaries.story import Story, tell
from tests.custody.conftest import EmptyPlace
from tests.custody.copying import Offsite, copy_both, make_offsite, restore
from tests.custody.held import AFTER, held, running
from tests.load.server import write_keyfile

SEED = 20261122


def _words(story: Story, offsite: Offsite) -> Mapping[str, str | bytes]:
    """Everything that was typed, the keys themselves, tokens, and the offline identity."""
    keys = [key.secret for known in story.home.keyring._known.values() for key in known]
    found: dict[str, str | bytes] = dict(story.words)
    # Short: anybody could write it.
    del found["pseudonym"]
    found |= {f"key {n}": key for n, key in enumerate([*keys, story.home.keyring.root])}
    found |= {f"token {n}": token for n, token in enumerate(story.tokens)}
    return found | {"identity": offsite.identity.read_text("ascii").splitlines()[1]}


def _kill(settings: Settings, script: str, *arguments: str | Path) -> None:
    with running(settings, script, *arguments) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.mark.slow
def test_no_backup_shows_a_word_or_a_key_whole_or_killed_on_its_way(
    home: Home, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setenv("TMPDIR", str(temp))
    application = homes.make_app(home)
    folder = tmp_path / "typed"
    folder.mkdir()
    story = Story(
        home,
        lambda: homes.Browser(home, application),
        lambda: homes.work_off(home),
        words_for(SEED),
        folder,
        write_keyfile(home),
    )
    with story:
        tell(story)
    words = _words(story, offsite)
    secret = offsite.identity.rename(tmp_path / "identity.txt")
    sources = replace(copy_both(home, offsite), identity=secret)
    place = replace(empty_place(), keyfile=str(write_keyfile(home)))
    files: list[str | Path] = ["--keys", sources.keys, "--identity", secret]
    out = ["--out", str(offsite.folder / "killed.age"), "--recipient", offsite.recipient]
    _kill(home.settings, held("vault.backup", "pyrage", "encrypt_io", AFTER), "backup", *out)
    _kill(place, held("custody", "drill", "open_one_of_each"), "restore", sources.backup, "--home", place.home, *files)
    left = [home.settings.home, place.home]
    assert all(list(where.glob(f"{staging.PREFIX}*/*")) for where in left)
    assert (offsite.folder / ".killed.age.part").exists()
    assert find_in_files([*left, offsite.folder, temp], words) == []
    assert list(temp.iterdir()) == []
    _what_was_decrypted_is_still_sealed(sources, words, tmp_path)
    _without_all_three_nothing_is_left(empty_place(), sources, tmp_path)


def _what_was_decrypted_is_still_sealed(sources: Sources, words: Mapping[str, str | bytes], tmp_path: Path) -> None:
    """With the identity there is a database to look at, and nothing in it to read."""
    identities = recipients.read_identities(sources.identity)
    for file in (sources.backup, sources.keys):
        folder = tmp_path / f"opened-{file.stem}"
        folder.mkdir()
        manifest, payload = backup.read(file, identities, folder)
        assert payload.stat().st_size == manifest.size
        assert find_in_files([folder], words) == []
    # What is public is found in the same file, so it was really read.
    assert find_in_files([tmp_path / f"opened-{sources.backup.stem}"], {"public record": "Tselinograd"})


def _without_all_three_nothing_is_left(place: Settings, sources: Sources, tmp_path: Path) -> None:
    stranger = make_offsite(tmp_path / "stranger").identity
    for wrong in (replace(sources, identity=stranger), replace(sources, keys=sources.backup)):
        with pytest.raises(Invalid):
            restore(place, wrong)
        assert not place.home.exists()
