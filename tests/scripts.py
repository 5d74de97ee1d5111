"""Scripts: clients of the JSON API that hold a token, or nothing."""

from __future__ import annotations

import warnings

from fastapi import FastAPI
from fastapi.routing import APIRoute

from qualcoder.accounts import tokens
from qualcoder.accounts.models import Person, Study
from qualcoder.home import Home
from tests import homes
from tests.homes import ADDRESS, World, access_of

with warnings.catch_warnings():
    # Starlette asks for a successor of httpx that the project does not need for anything else.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

API = "/api/v1"


class Script(TestClient):
    """A program that speaks to the JSON API of one home: no cookies, no page around it."""

    def __init__(self, app: FastAPI, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        super().__init__(
            app, base_url=ADDRESS + API, headers=headers, follow_redirects=False, raise_server_exceptions=True
        )

    def with_token(self, token: str) -> Script:
        """Another program on the same server."""
        return Script(self.app, token)  # type: ignore[arg-type]  # the application it was made with


def token_of(home: Home, study: Study, person: Person) -> str:
    """A token of a person in a study."""
    with home.data.transaction() as db:
        return tokens.create(db, access_of(db, study, person))


def script_of(home: Home, world: World, person: Person) -> Script:
    """A program of a person in the world's study, on a server of its own."""
    return Script(homes.make_app(home), token_of(home, world.study, person))


def api_routes() -> list[APIRoute]:
    """Every route of the JSON API; their paths are without the prefix."""
    from qualcoder.app import API_ROUTERS

    return [route for module in API_ROUTERS for route in module.router.routes if isinstance(route, APIRoute)]
