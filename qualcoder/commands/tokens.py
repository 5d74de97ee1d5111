"""Tokens of scripts: made, listed and revoked."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from qualcoder.accounts import people, tokens
from qualcoder.accounts.permissions import Act
from qualcoder.commands import shared
from qualcoder.commands.shared import AsOption, HomeOption, JsonOption, StudyOption, opened, say, say_json
from qualcoder.core.errors import NotFound

token_app = typer.Typer(no_args_is_help=True, help="Tokens with which scripts act as a person in one study.")


@token_app.command("create")
def token_create(email: str, study: StudyOption, home: HomeOption = None) -> None:
    """Make a token that acts as EMAIL in the study, and print it once."""
    with opened(home) as found, found.data.transaction() as db:
        token = tokens.create(db, shared.access(db, email, study, Act.SEE_STUDY))
    say(token)


@token_app.command("list")
def token_list(study: StudyOption, as_: AsOption = "", home: HomeOption = None, as_json: JsonOption = False) -> None:
    """One's own tokens in a study; everybody's for those who manage its people."""
    with opened(home) as found, found.data.read() as db:
        lines = tokens.tokens_in(db, shared.access(db, as_, study, Act.SEE_STUDY))
        names = people.names_of(db, {line.person_id for line in lines})
    rows = [
        {
            "id": line.id,
            "person": names[line.person_id],
            "created_at": line.created_at.isoformat(),
            "revoked_at": line.revoked_at.isoformat() if line.revoked_at else None,
        }
        for line in lines
    ]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['id']}\t{'revoked' if row['revoked_at'] else 'in use'}\t{row['person']}")


@token_app.command("revoke")
def token_revoke(
    token: Annotated[str, typer.Argument(help="Id of the token, from the list.")],
    study: StudyOption,
    as_: AsOption = "",
    home: HomeOption = None,
) -> None:
    """End a token at once."""
    try:
        token_id = UUID(token)
    except ValueError:
        raise NotFound from None
    with opened(home) as found, found.data.transaction() as db:
        tokens.revoke(db, shared.access(db, as_, study, Act.SEE_STUDY), token_id)
    say("Revoked.")
