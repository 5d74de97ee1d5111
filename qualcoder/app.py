"""The composition root: a home, its pages, and the shell around them."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from qualcoder.accounts import account_routes, sign_in_routes
from qualcoder.accounts import api as accounts_api
from qualcoder.accounts import routes as accounts
from qualcoder.audit import routes as audit
from qualcoder.codebooks import api as codebooks_api
from qualcoder.codebooks import code_routes, recode_routes
from qualcoder.codebooks import routes as codebooks
from qualcoder.coding import api as coding_api
from qualcoder.coding import (
    bench_routes,
    events_api,
    flag_routes,
    live_routes,
    mask_api,
    mask_routes,
    memo_api,
    memo_routes,
    revising_routes,
    search_api,
    translation_routes,
)
from qualcoder.coding import routes as coding
from qualcoder.custody import routes as custody
from qualcoder.home import Home
from qualcoder.interviews import api as interviews_api
from qualcoder.interviews import routes as interviews
from qualcoder.jobs import routes as jobs
from qualcoder.matrices import api as matrices_api
from qualcoder.matrices import routes as matrices
from qualcoder.races import api as races_api
from qualcoder.races import routes as races
from qualcoder.retrieval import routes as retrieval
from qualcoder.transcripts import api as transcripts_api
from qualcoder.transcripts import flag_api, reading_routes, registry_routes, review_api, review_routes
from qualcoder.transcripts import flag_routes as queue_routes
from qualcoder.transcripts import routes as transcripts
from qualcoder.web import errors, gate, openapi_routes, security, session_routes
from qualcoder.web.bearer import Budget
from qualcoder.web.replies import PROBLEMS
from qualcoder.web.statics import FOLDER, Pinned
from qualcoder.web.streams import Streams

ROUTERS = (
    # Looked through in this order: what is asked all day comes first.
    coding,
    bench_routes,
    live_routes,
    session_routes,
    sign_in_routes,
    account_routes,
    accounts,
    audit,
    races,
    interviews,
    transcripts,
    review_routes,
    reading_routes,
    registry_routes,
    queue_routes,
    codebooks,
    code_routes,
    recode_routes,
    flag_routes,
    revising_routes,
    mask_routes,
    memo_routes,
    translation_routes,
    matrices,
    retrieval,
    jobs,
    custody,
)

API_ROUTERS = (
    accounts_api,
    races_api,
    interviews_api,
    transcripts_api,
    review_api,
    flag_api,
    mask_api,
    codebooks_api,
    coding_api,
    memo_api,
    events_api,
    search_api,
    matrices_api,
    openapi_routes,
)


class App(FastAPI):
    """FastAPI inside the shell, so that the shell's headers are on every answer."""

    def build_middleware_stack(self) -> ASGIApp:
        inner = super().build_middleware_stack()
        if isinstance(inner, ServerErrorMiddleware):
            # It would answer a crash first and hand the exception, with its text, to the server's log.
            inner = inner.app
        return security.Shell(
            inner,
            is_sealed=lambda: self.state.home.keyring.is_sealed,
            on_sealed=self._known(errors.sealed),
            on_crash=self._known(errors.crashed),
        )

    def _known(self, answer: ASGIApp) -> ASGIApp:
        async def with_app(scope: Scope, receive: Receive, send: Send) -> None:
            scope["app"] = self
            await answer(scope, receive, send)

        return with_app


def create_app(home: Home) -> FastAPI:
    """The web application of one home."""
    app = App(
        title="qualcoder",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(security.guard), Depends(gate.known_first), Depends(security.genuine)],
    )
    logging.getLogger("qualcoder").setLevel(logging.INFO)
    errors.install(app)
    app.mount("/static", Pinned(directory=FOLDER), name="static")
    for module in ROUTERS:
        app.include_router(module.router)
    app.state.for_the_signed_in = gate.for_the_signed_in(module.router for module in ROUTERS)
    app.state.addresses = gate.addresses(module.router for module in ROUTERS)
    app.state.api = api_router()
    app.include_router(app.state.api)
    give_home(app, home)
    return app


def give_home(app: FastAPI, home: Home) -> None:
    """Let an application that serves nobody now begin with this home, with nothing left of an earlier one."""
    app.state.home = home
    app.state.budget = Budget(home.settings.api_per_minute)
    app.state.streams = Streams()


def api_router() -> APIRouter:
    """Every address of the JSON API, with the refusals that each may give."""
    api = APIRouter(prefix="/api/v1", responses=PROBLEMS)
    for module in API_ROUTERS:
        api.include_router(module.router)
    return api
