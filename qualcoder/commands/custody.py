"""Commands for backups: making them, copying the keys apart, restoring."""

from __future__ import annotations

import getpass
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualcoder.commands import shared
from qualcoder.commands.house import house, keys_app
from qualcoder.commands.shared import HomeOption, JsonOption, opened, say, say_json
from qualcoder.core.errors import Invalid, Unavailable
from qualcoder.core.messages import N_
from qualcoder.custody import restoring, service
from qualcoder.custody.queries import recipients_of
from qualcoder.custody.restoring import Report, Sources
from qualcoder.custody.retention import Keep
from qualcoder.custody.service import House, Made
from qualcoder.home import Home, unseal_keyring, unseal_unattended
from qualcoder.settings import Settings
from qualcoder.vault import recipients as age
from qualcoder.vault import slots
from qualcoder.vault.keys import Keyring

backup_app = typer.Typer()
recipient_app = typer.Typer(no_args_is_help=True, help="Public keys (age) that backups are encrypted to.")
backup_app.add_typer(recipient_app, name="recipient")

_AFTERWARDS = (
    "Everybody signs in anew, and open invitations and tokens are void. "
    "People and memberships are as they were then: end again what was ended since."
)

OutOption = Annotated[Path | None, typer.Option("--out", help="File to write, or a folder in which it gets a name.")]
RecipientOption = Annotated[
    list[str] | None, typer.Option("--recipient", help="age1…, instead of the recipients that are set; repeatable.")
]


@contextmanager
def ending_well() -> Iterator[None]:
    """Told to end (Ctrl-C, a stopped service, a lost line), the block first removes what it began."""
    told: list[int] = []

    def end(number: int, _frame: object) -> None:
        # Once is enough: a second signal must not stop the removal.
        if not told:
            told.append(number)
            raise KeyboardInterrupt

    # What is ignored stays so: nohup is meant.
    wanted = [one for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) != signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in wanted}
    try:
        yield
    except BaseException:
        # Whatever the interrupted part made of it.
        if told:
            raise Unavailable(N_("Told to end before it was done. Nothing half made was left behind.")) from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _house(home: Home) -> House:
    return House(home.settings.home, home.data, home.keys)


def _say_made(made: Made, *, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "file": str(made.written.file),
                "size": made.written.size,
                "sha256": made.written.sha256,
                "rows": made.manifest.rows,
                "keys_serial": made.manifest.keys_serial,
                "removed": list(made.removed),
            }
        )
        return
    say(f"{made.written.file}: {made.written.size} bytes, {made.manifest.rows} rows, SHA-256 {made.written.sha256}")
    for name in made.removed:
        say(f"Removed {name}.")


@backup_app.callback(invoke_without_command=True)
def backup(
    context: typer.Context,
    out: OutOption = None,
    recipient: RecipientOption = None,
    keep: Annotated[str, typer.Option(help="Days, weeks and months to keep in that folder: 7,5,12.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write an encrypted backup of the data, while people work. Keys are not in it: see `keys copy`."""
    if context.invoked_subcommand is not None:
        return
    if out is None:
        raise Invalid(N_("Say where it goes: --out FILE."))
    kept = Keep.parse(keep) if keep else None
    with opened(home, is_unsealed=False) as found:
        unseal_unattended(found)
        with ending_well():
            made = service.make_backup(_house(found), out, recipient or (), kept)
    _say_made(made, as_json=as_json)


@backup_app.command("identity")
def backup_identity(
    out: Annotated[Path, typer.Option(help="File for the private key. Keep it off this machine.")],
    home: HomeOption = None,
) -> None:
    """Make an age identity for people who have none; prints the recipient that belongs to it."""
    folder = shared.settings_for(home).home.resolve()
    if out.resolve().is_relative_to(folder):
        raise Invalid(N_("The identity opens every backup, so it must not lie in the home. Write it to another disk."))
    content, public = age.new_identity()
    shared.write_new(out, content.encode())
    say(f"Recipient: {public}")
    say(f"Next: qualcoder backup recipient set {public}")
    say("Take the file to another machine, print it, and delete it here: who has it opens every backup.")


@recipient_app.command("set")
def recipient_set(
    recipients: Annotated[list[str], typer.Argument(metavar="AGE1…")],
    home: HomeOption = None,
) -> None:
    """Encrypt to these public keys from now on; earlier ones are forgotten."""
    with opened(home) as found, found.data.transaction() as db:
        keys = service.set_recipients(db, recipients)
    say(f"Backups are encrypted to: {', '.join(keys)}")


@recipient_app.command("show")
def recipient_show(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List whom backups are encrypted to."""
    with opened(home, is_unsealed=False) as found, found.data.read() as db:
        rows = [{"recipient": row.recipient, "since": row.set_at} for row in recipients_of(db)]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['recipient']} since {row['since']:%Y-%m-%d}")


@keys_app.command("copy")
def keys_copy(
    out: OutOption = None,
    recipient: RecipientOption = None,
    place: Annotated[str, typer.Option(help="A label of where this copy will lie, without names of people.")] = "",
    prune: Annotated[bool, typer.Option("--prune", help="Leave the last two copies in that folder.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write an encrypted copy of the keys under the next serial. Keep it apart from the backups."""
    if out is None:
        raise Invalid(N_("Say where it goes: --out FILE."))
    with opened(home, is_unsealed=False) as found:
        unseal_unattended(found)
        with ending_well():
            made = service.copy_keys(_house(found), out, recipient or (), place=place[:200] or None, is_pruned=prune)
    _say_made(made, as_json=as_json)


@house.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    keys: Annotated[Path, typer.Option("--keys", help="A keys copy, as new as can be had.")],
    identity: Annotated[Path, typer.Option("--identity", help="The age identity that both were encrypted to.")],
    home: HomeOption = None,
    older_keys: Annotated[bool, typer.Option("--older-keys", help="Take keys that are older than the backup.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a fresh home of a backup and a keys copy, and try whether everything opens. Exit status 1 if not."""
    settings = shared.settings_for(home).checked()
    sources = Sources(file, keys, identity)
    with ending_well():
        report = restoring.restore(
            settings, sources, lambda keyring: _unsealed(settings, keyring), takes_older_keys=older_keys
        )
    if as_json:
        say_json({**asdict(report), "opened": report.opened, "has_problem": report.has_problem})
    else:
        for line in _lines(settings, report):
            say(line)
    if report.has_problem:
        raise typer.Exit(1)


def _unsealed(settings: Settings, keyring: Keyring) -> bool:
    if unseal_keyring(settings, keyring):
        return True
    if not sys.stdin.isatty():
        return False
    typed = getpass.getpass("Passphrase or recovery code (nothing: leave it sealed and try no field): ")
    if not typed:
        return False
    if not keyring.unseal(slots.typed_secrets(typed)):
        raise Invalid(N_("This does not open the home."))
    return True


def _lines(settings: Settings, report: Report) -> list[str]:
    lines = [
        f"Restored to {settings.home}: {report.rows} rows of the backup of {report.made_at:%Y-%m-%d %H:%M} UTC "
        f"(version {report.app_version}), keys copy {report.keys_serial}.",
        "Whole: the file, the database, its references, the rows of each table, the ends of the record of acts.",
    ]
    without = report.keyless
    if without.total:
        why = "a newer keys copy may open them" if report.lacks_keys else "they were withdrawn"
        lines.append(
            f"Without a key: {without.studies} studies, {without.interviews} interviews, "
            f"{without.respondents} respondents; {why}."
        )
    if not report.is_unsealed:
        lines.append("Not tried: no keyfile or passphrase was given, so no sealed field was opened.")
        return [*lines, _AFTERWARDS]
    lines.append(f"Opened one value of {report.opened} sealed fields.")
    lines += [f"DOES NOT OPEN: {field}" for field in report.failed]
    lines.append("The record of acts is whole." if not report.broken_chains else "BROKEN: the record of acts.")
    lines.append(_AFTERWARDS)
    return lines
