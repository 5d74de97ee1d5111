"""What all commands share: opening and unsealing a home, the actor, answers as text or JSON."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from qualcoder.accounts import people
from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import ApiToken, Person
from qualcoder.accounts.permissions import Act
from qualcoder.core.errors import Invalid, NotFound, Unavailable
from qualcoder.core.messages import N_
from qualcoder.home import Home, open_home, require_current, unseal_unattended
from qualcoder.settings import Settings
from qualcoder.vault import hashing, slots

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of the home (QUALCODER_HOME).")]
StudyOption = Annotated[str, typer.Option("--study", help="Short name of the study.")]
AsOption = Annotated[str, typer.Option("--as", help="E-mail of the person who acts; else QUALCODER_TOKEN.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def settings_for(home: Path | None) -> Settings:
    """Settings from the environment, with --home on top."""
    settings = Settings.from_environment()
    return replace(settings, home=home) if home is not None else settings


@contextmanager
def opened(home: Path | None, *, is_unsealed: bool = True) -> Iterator[Home]:
    """A home for one command; unsealed by keyfile, passphrase file or a prompt."""
    found = open_home(settings_for(home))
    try:
        require_current(found)
        if is_unsealed and not unseal_unattended(found):
            _ask(found)
        yield found
    finally:
        found.close()


def _ask(home: Home) -> None:
    if not sys.stdin.isatty():
        raise Unavailable(N_("The home is sealed. Set QUALCODER_KEYFILE or QUALCODER_PASSPHRASE_FILE."))
    if not home.keyring.unseal(slots.typed_secrets(getpass.getpass("Passphrase or recovery code: "))):
        raise Invalid(N_("This does not open the home."))


def actor(db: Session, email: str) -> Person:
    """The person who acts: --as, or the owner of QUALCODER_TOKEN."""
    token = os.environ.get("QUALCODER_TOKEN", "")
    if email:
        person = people.find_by_email(db, people.normal_email(email))
    elif token:
        person = db.exec(
            select(Person)
            .join(ApiToken, col(ApiToken.person_id) == col(Person.id))
            .where(col(ApiToken.token_hash) == hashing.token_hash(token), col(ApiToken.revoked_at).is_(None))
        ).first()
    else:
        raise Invalid(N_("Say who acts: --as EMAIL, or QUALCODER_TOKEN."))
    if person is None or person.disabled_at is not None:
        raise Invalid(N_("Nobody here has this address or token."))
    return person


def access(db: Session, email: str, study: str, act: Act) -> Access:
    """The study for the person who acts, if the permission table allows the act."""
    found = study_by_slug(db, actor(db, email), study, act)
    token = os.environ.get("QUALCODER_TOKEN", "")
    if not email and token:
        mine = select(ApiToken.study_id).where(col(ApiToken.token_hash) == hashing.token_hash(token))
        if db.exec(mine).first() != found.study.id:
            raise NotFound
    return found


def say(text: str) -> None:
    """A line of the answer."""
    typer.echo(text)


def say_json(value: object) -> None:
    """The whole answer of a command with --json."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def read_file(path: Path) -> bytes:
    """The bytes of a file that the user named."""
    try:
        return path.read_bytes()
    except OSError:
        raise Invalid(N_("The file %(name)s can't be read."), name=path.name) from None


def write_new(path: Path, content: bytes) -> None:
    """Write a file that did not exist, readable by its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        raise Invalid(N_("The file %(name)s exists already or can't be written."), name=path.name) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
