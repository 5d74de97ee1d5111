"""The demo: a home of its own with invented interviews, made through the same services as real work."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from qualcoder import serving
from qualcoder.commands.house import DEMO_MARKER, create_house
from qualcoder.commands.shared import say, settings_for
from qualcoder.core.errors import Conflict
from qualcoder.core.messages import N_
from qualcoder.demo.content import FOLDER, description
from qualcoder.demo.filling import IDENTITY_PASSPHRASE, PASSWORD, fill
from qualcoder.home import Home, open_home
from qualcoder.settings import Settings
from qualcoder.vault import slots
from qualcoder.vault.models import SlotKind

__all__ = ["FOLDER", "PASSWORD", "demo_settings", "description", "make_and_serve", "make_demo"]


def make_and_serve(folder: Path | None, port: int, *, serves: bool) -> None:
    """Make the demo anew, print address and sign-ins, and serve it on the loopback address."""
    settings = demo_settings(settings_for(None), folder, port)
    home = make_demo(settings)
    try:
        say(f"Demo with invented data: http://{settings.host}:{port}")
        say(f"Password of everybody: {PASSWORD}")
        for person in description()["people"]:
            say(f"  {person['email']:28} {person['role']}")
        say(f"Passphrase of the identity vault: {IDENTITY_PASSPHRASE}")
        if serves:
            serving.serve(home)
    finally:
        home.close()


def demo_settings(settings: Settings, folder: Path | None, port: int) -> Settings:
    """Loopback only, unsealed by a keyfile beside the data: fit for invented data and nothing else."""
    place = folder or settings.home / "demo"
    return replace(
        settings,
        home=place,
        database_url="",
        keys_url="",
        keyfile=str(place / "demo.key"),
        host="127.0.0.1",
        port=port,
        demo=True,
        passphrase_memory_mib=19,
        password_memory_mib=46,
    )


def make_demo(settings: Settings) -> Home:
    """A fresh home with the demo study. An older demo there is removed; anything else is left alone."""
    place = settings.home
    if place.exists() and any(place.iterdir()):
        if not (place / DEMO_MARKER).exists():
            raise Conflict(N_("This folder holds something else than a demo. Choose another with --home."))
        shutil.rmtree(place)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    (place / DEMO_MARKER).write_text("A demo with invented data lives here; `qualcoder demo` makes it anew.\n")
    home = open_home(settings)
    recovery = slots.normal_code(slots.new_recovery_code())
    secret = slots.write_keyfile(Path(settings.keyfile))
    create_house(home, [(SlotKind.KEYFILE, secret), (SlotKind.RECOVERY, recovery.encode())])
    fill(home)
    return home
