"""Copying homes and restoring them, as the commands do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import inspect

from qualcoder.core.db import Database
from qualcoder.custody import restoring, service
from qualcoder.custody.restoring import Report, Sources
from qualcoder.custody.service import House
from qualcoder.home import Home, open_home
from qualcoder.settings import Settings
from qualcoder.vault import recipients
from qualcoder.vault.keys import Keyring
from qualcoder.vault.models import SlotKind
from tests.homes import KEYFILE


@dataclass(frozen=True, slots=True)
class Offsite:
    """Where backups go, and what opens them."""

    folder: Path
    identity: Path
    recipient: str


def make_offsite(folder: Path) -> Offsite:
    """A fresh folder with a fresh identity."""
    folder.mkdir(parents=True)
    content, public = recipients.new_identity()
    (folder / "identity.txt").write_text(content, "ascii")
    return Offsite(folder, folder / "identity.txt", public)


def house_of(home: Home) -> House:
    return House(home.settings.home, home.data, home.keys)


def copy_data(home: Home, offsite: Offsite) -> Path:
    """A backup of the data."""
    out = offsite.folder / f"data-{uuid4().hex[:8]}.age"
    return service.make_backup(house_of(home), out, [offsite.recipient]).written.file


def copy_keys(home: Home, offsite: Offsite) -> Path:
    """A copy of the keys."""
    out = offsite.folder / f"keys-{uuid4().hex[:8]}.age"
    return service.copy_keys(house_of(home), out, [offsite.recipient]).written.file


def copy_both(home: Home, offsite: Offsite) -> Sources:
    return Sources(copy_data(home, offsite), copy_keys(home, offsite), offsite.identity)


def with_keyfile(keyring: Keyring) -> bool:
    return keyring.unseal({SlotKind.KEYFILE: KEYFILE})


def restore(place: Settings, sources: Sources) -> Report:
    """Restore with the keyfile that every test home has."""
    return restoring.restore(place, sources, with_keyfile)


@contextmanager
def opened(place: Settings) -> Iterator[Home]:
    """A restored home, unsealed."""
    home = open_home(place)
    try:
        assert with_keyfile(home.keyring)
        yield home
    finally:
        home.close()


def is_empty(place: Settings) -> bool:
    """Whether nothing was left: no folder, or an empty one; no table."""
    if place.home.exists() and list(place.home.iterdir()):
        return False
    if not place.database_url:
        return True
    for url in (place.database_url, place.keys_url):
        database = Database(url)
        try:
            with database.reading.connect() as connection:
                if inspect(connection).get_table_names():
                    return False
        finally:
            database.dispose()
    return True
