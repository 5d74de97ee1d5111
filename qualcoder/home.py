"""Opening a home: settings to databases, keyring and queue. Used by the app, the command line and the worker."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from huey import Huey

from qualcoder import migrations
from qualcoder.core.db import Database
from qualcoder.core.errors import Invalid, Unavailable
from qualcoder.core.messages import N_
from qualcoder.core.queue import Nudge, open_queue, register
from qualcoder.settings import Settings
from qualcoder.vault import slots
from qualcoder.vault.keys import Keyring
from qualcoder.vault.models import SlotKind
from qualcoder.works import SWEEPS, WORKS


@dataclass(frozen=True, slots=True)
class Home:
    """Everything that one installation holds."""

    settings: Settings
    data: Database
    keys: Database
    keyring: Keyring
    queue: Huey
    nudge: Nudge

    def close(self) -> None:
        self.data.dispose()
        self.keys.dispose()
        self.queue.storage.close()


def open_home(settings: Settings) -> Home:
    """Open what is there; creates nothing but the folder of the home."""
    settings.checked()
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = Database(settings.keys_database, journal=settings.sqlite_journal, pool_size=16)
    keyring = Keyring(keys)
    keys.info["database"] = keys
    data = Database(settings.data_database, journal=settings.sqlite_journal, keyring=keyring, settings=settings)
    data.info["database"] = data
    queue = open_queue(settings.data_database, settings.queue_file)
    nudge = register(queue, data, WORKS, SWEEPS)
    data.info["nudge"] = nudge
    return Home(settings, data, keys, keyring, queue, nudge)


def migrate(home: Home) -> None:
    """Bring both databases to the newest schema."""
    migrations.upgrade(home.keys, "keys")
    migrations.upgrade(home.data, "data")
    _close_to_others(home.settings)


def _close_to_others(settings: Settings) -> None:
    for path in settings.home.glob("*.db*"):
        path.chmod(0o600)


def require_current(home: Home) -> None:
    """Refuse to work on a schema that is older or newer than this program."""
    for database, target in ((home.keys, "keys"), (home.data, "data")):
        if not migrations.is_current(database, target):
            raise Unavailable(
                N_("The database has another schema than this version. Make a backup, then run: qualcoder migrate")
            )


def unseal_unattended(home: Home) -> bool:
    """Unseal with the keyfile or passphrase file of the settings, if one is set; whether that worked."""
    return unseal_keyring(home.settings, home.keyring)


def unseal_keyring(settings: Settings, keyring: Keyring) -> bool:
    """The same for keys that belong to no open home yet."""
    if settings.stay_sealed:
        return False
    if settings.keyfile:
        if not keyring.unseal({SlotKind.KEYFILE: slots.read_keyfile(Path(settings.keyfile))}):
            raise Invalid(N_("The keyfile does not open this home. Check QUALCODER_KEYFILE."))
        return True
    if settings.passphrase_file:
        try:
            typed = Path(settings.passphrase_file).read_text("utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise Unavailable(N_("The passphrase file can't be read. Check QUALCODER_PASSPHRASE_FILE.")) from None
        if not keyring.unseal(slots.typed_secrets(typed)):
            raise Invalid(N_("The passphrase does not open this home. Check QUALCODER_PASSPHRASE_FILE."))
        return True
    return False
