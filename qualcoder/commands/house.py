"""Commands that run the house: init, serve, worker, doctor, migrate, unseal, seal, keys, audit, person."""

from __future__ import annotations

import getpass
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select

from qualcoder import migrations, serving
from qualcoder.accounts import people
from qualcoder.accounts import service as accounts
from qualcoder.accounts.models import Role
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise import trained_models
from qualcoder.audit import chain
from qualcoder.audit.models import AuditEntry
from qualcoder.commands import shared
from qualcoder.commands.shared import AsOption, HomeOption, JsonOption, StudyOption, opened, say, say_json
from qualcoder.core.errors import Invalid, NotFound, Unavailable
from qualcoder.core.ids import ZERO
from qualcoder.core.messages import N_
from qualcoder.core.sqlite import sqlite_module, wal_is_safe
from qualcoder.custody.orphans import orphans
from qualcoder.home import Home, migrate, open_home, require_current, unseal_unattended
from qualcoder.vault import hashing, slots
from qualcoder.vault.models import RootSlot, SlotKind
from qualcoder.worker import work

DEMO_MARKER = "demo.marker"

house = typer.Typer(no_args_is_help=True)
person_app = typer.Typer(no_args_is_help=True, help="People.")
audit_app = typer.Typer(no_args_is_help=True, help="The record of acts.")
keys_app = typer.Typer(no_args_is_help=True, help="Slots of the root key.")


def create_house(home: Home, secrets: list[tuple[SlotKind, bytes]]) -> None:
    """Schema, keys and the system's audit chain of a new home."""
    migrate(home)
    home.keyring.create_root(secrets, memory_mib=home.settings.passphrase_memory_mib)
    with home.data.transaction() as db:
        chain.begin(db, ZERO)
        db.flush()
        chain.record(db, None, "house.created", "house", None)


@house.command()
def init(
    home: HomeOption = None,
    recovery_out: Annotated[Path | None, typer.Option(help="Write the recovery code here, untyped.")] = None,
    admin: Annotated[str, typer.Option(help="E-mail of the first administrator.")] = "",
) -> None:
    """Make a new home: databases, keys in at least two slots, the first administrator's invitation."""
    settings = shared.settings_for(home)
    secrets: list[tuple[SlotKind, bytes]] = []
    if settings.keyfile:
        path = Path(settings.keyfile)
        secret = slots.read_keyfile(path) if path.exists() else slots.write_keyfile(path)
        secrets.append((SlotKind.KEYFILE, secret))
    else:
        secrets.append((SlotKind.PASSPHRASE, hashing.typed(_new_passphrase(settings.passphrase_file))))
    code = slots.new_recovery_code()
    _keep_recovery(code, recovery_out)
    secrets.append((SlotKind.RECOVERY, slots.normal_code(code).encode()))
    found = open_home(settings)
    try:
        create_house(found, secrets)
        address = admin or (input("E-mail of the first administrator: ") if sys.stdin.isatty() else "")
        if not address:
            raise Invalid(N_("Name the first administrator: --admin EMAIL."))
        with found.data.transaction() as db:
            first = people.create_person(db, address, "", is_admin=True)
            token = accounts.invite(db, None, first)
    finally:
        found.close()
    say(f"The home is ready: {settings.home}")
    say(f"Invitation of the first administrator, good for 72 hours: {settings.address}/invitation/{token}")


def _new_passphrase(file: str) -> str:
    if file:
        try:
            return Path(file).read_text("utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise Invalid(N_("The passphrase file can't be read. Check QUALCODER_PASSPHRASE_FILE.")) from None
    if not sys.stdin.isatty():
        raise Invalid(N_("Set QUALCODER_KEYFILE or QUALCODER_PASSPHRASE_FILE, or run this in a terminal."))
    typed = getpass.getpass("New passphrase (14 characters or more): ")
    if typed != getpass.getpass("The same again: "):
        raise Invalid(N_("The two passphrases differ."))
    return typed


def _keep_recovery(code: str, out: Path | None) -> None:
    if out is not None:
        shared.write_new(out, code.encode() + b"\n")
        return
    if not sys.stdin.isatty():
        raise Invalid(N_("Say where the recovery code goes: --recovery-out FILE."))
    say(f"Recovery code. Write it on paper; it is not shown again:\n\n    {code}\n")
    if slots.normal_code(input("Type it to show that you have it: ")) != slots.normal_code(code):
        raise Invalid(N_("This is not the code. Nothing was created; start again."))


@house.command()
def serve(
    home: HomeOption = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
) -> None:
    """Serve the pages. Starts sealed unless a keyfile or passphrase file is set."""
    settings = shared.settings_for(home)
    is_demo = settings.demo or (settings.home / DEMO_MARKER).exists()
    settings = replace(settings, port=port or settings.port, host=host or settings.host, demo=is_demo).checked()
    found = open_home(settings)
    try:
        require_current(found)
        is_open = unseal_unattended(found)
        say(f"Serving http://{settings.host}:{settings.port}{'' if is_open else '/unseal (sealed)'}")
        serving.serve(found)
    finally:
        found.close()


@house.command()
def worker(home: HomeOption = None) -> None:
    """Do background work in a process of its own."""
    with opened(home) as found:
        work(found)


@house.command("migrate")
def migrate_home(home: HomeOption = None) -> None:
    """Bring the databases to the newest schema. Make a backup first."""
    found = open_home(shared.settings_for(home))
    try:
        migrate(found)
    finally:
        found.close()
    say("The schema is the newest.")


@house.command()
def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check the home: databases, schema, slots, SQLite version; keys that belong to nothing are counted."""
    found = open_home(shared.settings_for(home))
    try:
        module = sqlite_module()
        checks = {
            "data_reachable": found.data.is_reachable(),
            "keys_reachable": found.keys.is_reachable(),
            "schema_current": migrations.is_current(found.data, "data") and migrations.is_current(found.keys, "keys"),
            "wal_is_safe": not found.data.is_sqlite or wal_is_safe(module.sqlite_version_info),
        }
        with found.keys.read() as db:
            checks["two_slots"] = checks["schema_current"] and len(db.exec(select(RootSlot.id)).all()) >= 2
        # A few are no fault: an upload that broke off leaves one, and the worker destroys it thirty days later.
        left_over = orphans(found.data, found.keys) if checks["schema_current"] else {}
    finally:
        found.close()
    if as_json:
        say_json({**checks, "counts": {f"orphaned_{kind}_keys": len(ids) for kind, ids in left_over.items()}})
    else:
        for name, is_good in checks.items():
            say(f"{'ok ' if is_good else 'BAD'} {name}")
        for kind, ids in left_over.items():
            say(f"{len(ids):>3} orphaned_{kind}_keys")
        if not trained_models.are_there():
            say(trained_models.ABSENT)
    if not all(checks.values()):
        raise typer.Exit(1)


@house.command()
def unseal(home: HomeOption = None) -> None:
    """Give the running server its root key."""
    found = open_home(shared.settings_for(home))
    try:
        file = found.settings.passphrase_file
        secret = _new_passphrase(file) if file else getpass.getpass("Passphrase or recovery code: ")
        if not serving.ask_server(found, "unseal", secret):
            raise Invalid(N_("This does not open the server. Check for missing letters and try again."))
    finally:
        found.close()
    say("Unsealed.")


@house.command()
def seal(home: HomeOption = None) -> None:
    """Make the running server forget its keys and start anew, sealed."""
    found = open_home(shared.settings_for(home))
    try:
        if not serving.ask_server(found, "seal"):
            raise Unavailable(N_("The server did not answer."))
    finally:
        found.close()
    say("Sealed.")


@person_app.command("add")
def person_add(
    email: str,
    role: Annotated[Role, typer.Option(help="Role in the study.")],
    study: StudyOption,
    as_: AsOption = "",
    home: HomeOption = None,
    name: Annotated[str, typer.Option(help="Name as colleagues know it.")] = "",
) -> None:
    """Bring somebody into a study; prints an invitation for people who have no password yet."""
    with opened(home) as found:
        with found.data.transaction() as db:
            access = shared.access(db, as_, study, Act.MANAGE_PEOPLE)
            _person, token = accounts.add_member(db, access, email, name, role)
        settings = found.settings
        if token is None:
            say("Added.")
        else:
            say(f"Invitation, good for 72 hours: {settings.address}/invitation/{token}")


@person_app.command("invite")
def person_invite(
    email: str,
    as_: AsOption = "",
    home: HomeOption = None,
    resets_second_factor: Annotated[
        bool, typer.Option("--reset-second-factor", help="For somebody who lost the device and the recovery codes.")
    ] = False,
) -> None:
    """Print a new invitation for somebody who lost a password or a device. For administrators of the house."""
    with opened(home) as found:
        with found.data.transaction() as db:
            who = shared.actor(db, as_)
            person = people.find_by_email(db, people.normal_email(email))
            if person is None:
                raise NotFound
            token = accounts.invite_again(db, who, person, resets_factor=resets_second_factor)
        settings = found.settings
        say(f"Invitation, good for 72 hours: {settings.address}/invitation/{token}")


@audit_app.command("verify")
def audit_verify(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check every chain; names the first bad entry. Exit status 1 if one is broken."""
    with opened(home) as found, found.data.read() as db:
        verdicts = chain.verify_all(db)
    if as_json:
        say_json([{"chain": v.chain_id, "entries": v.entries, "first_bad": v.first_bad} for v in verdicts])
    else:
        for v in verdicts:
            state = "whole" if v.is_whole else f"BROKEN at entry {v.first_bad}"
            say(f"{'system' if v.chain_id == ZERO else v.chain_id}: {v.entries} entries, {state}")
    if not all(v.is_whole for v in verdicts):
        raise typer.Exit(1)


@audit_app.command("export")
def audit_export(out: Annotated[Path, typer.Option(help="File to write.")], home: HomeOption = None) -> None:
    """Write every entry as a JSON line: ids and counts, no text."""
    with opened(home) as found, found.data.read() as db:
        entries = db.exec(select(AuditEntry).order_by(col(AuditEntry.chain_id), col(AuditEntry.seq))).all()
        lines = "".join(f"{entry.model_dump_json(exclude={'mac'})}\n" for entry in entries)
    shared.write_new(out, lines.encode())
    say(f"{len(entries)} entries.")


@keys_app.command("slots")
def keys_slots(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List what opens the root key."""
    with opened(home, is_unsealed=False) as found, found.keys.read() as db:
        rows = [{"kind": slot.kind.value, "since": slot.created_at} for slot in db.exec(select(RootSlot))]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['kind']} since {row['since']:%Y-%m-%d}")


@keys_app.command("add-slot")
def keys_add_slot(
    home: HomeOption = None,
    keyfile: Annotated[Path | None, typer.Option(help="Make a keyfile here.")] = None,
    recovery_out: Annotated[Path | None, typer.Option(help="Write a new recovery code here.")] = None,
) -> None:
    """Add a way to open the root key: a keyfile, a recovery code, or else a passphrase."""
    with opened(home) as found:
        if keyfile is not None:
            kind, secret = SlotKind.KEYFILE, slots.write_keyfile(keyfile)
        elif recovery_out is not None:
            code = slots.new_recovery_code()
            _keep_recovery(code, recovery_out)
            kind, secret = SlotKind.RECOVERY, slots.normal_code(code).encode()
        else:
            kind, secret = SlotKind.PASSPHRASE, hashing.typed(_new_passphrase(""))
        with found.keys.transaction() as db:
            memory = found.settings.passphrase_memory_mib
            slots.add_slot(db, found.keyring.root, kind, secret, memory_mib=memory)
        with found.data.transaction() as db:
            chain.record(db, None, "keys.slot_added", "root_slot", None)
    say("Added.")
