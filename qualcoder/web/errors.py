"""Refusals as a page, a fragment or JSON. Input is never echoed."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from qualcoder.core.errors import Conflict, DomainError, Invalid, NotFound, Unavailable
from qualcoder.core.messages import N_
from qualcoder.vault.keys import Sealed
from qualcoder.web import locale
from qualcoder.web.deps import EnrolFirst, SignInFirst
from qualcoder.web.forms import messages_by_field
from qualcoder.web.pages import is_htmx, language_of, render

TITLES = {
    401: N_("Sign in"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    409: N_("It has changed"),
    413: N_("Too large"),
    415: N_("Unknown kind of file"),
    421: N_("Wrong address"),
    422: N_("Something needs another look"),
    423: N_("Sealed"),
    429: N_("Too many tries"),
    503: N_("Not available now"),
    507: N_("No space left"),
}
# PostgreSQL's number for it; SQLite has words only.
DISK_FULL = "53100"


@dataclass(frozen=True, slots=True)
class ErrorView:
    """What an error page says."""

    status: int
    title: str
    message: str
    fields: dict[str, str]
    incident: str | None = None


def wants_json(request: Request) -> bool:
    """Whether a script asks, not a browser."""
    accepts = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or (accepts.startswith("application/json") and not is_htmx(request))


def answer(request: Request, error: DomainError, *, incident: str | None = None) -> Response:
    """One refusal in the form that the caller understands."""
    status = error.status
    if status == 503 and isinstance(error, Sealed) and request.url.path.startswith("/api/"):
        status = 423
    with locale.speaking(language_of(request)):
        message = locale._(error.message, **error.params)
        fields = {name: locale._(text) for name, text in getattr(error, "fields", {}).items()}
    if wants_json(request):
        return _json(error, status, message, fields)
    if isinstance(error, SignInFirst) and request.headers.get("accept") == "text/event-stream":
        # It ends the listening (HTML standard, 9.2.3); the page of a sign-in would only be taken for a broken stream.
        return Response(status_code=204)
    if isinstance(error, SignInFirst) and request.method == "GET" and not is_htmx(request):
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", status_code=303)
    if isinstance(error, EnrolFirst) and request.method == "GET" and not is_htmx(request):
        return RedirectResponse(request.app.url_path_for("account:factor"), status_code=303)
    view = ErrorView(status, TITLES.get(status, N_("Something went wrong")), message, fields, incident)
    response = render(request, "layouts/error.html", view, title=view.title, block="problem", status=status)
    if is_htmx(request):
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
    return response


def _json(error: DomainError, status: int, message: str, fields: dict[str, str]) -> Response:
    body: dict[str, object] = {"error": type(error).__name__, "message": message}
    if fields:
        body["fields"] = fields
    if {"seen", "now"} <= error.params.keys():
        body["versions"] = {"seen": error.params["seen"], "now": error.params["now"]}
    headers = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "60"}}.get(status)
    return JSONResponse(body, status_code=status, headers=headers)


def _stale(request: Request, _error: Exception) -> Response:
    return answer(
        request, Conflict(N_("Somebody changed this meanwhile. Reload the page to see it; nothing was lost."))
    )


def _database(request: Request, error: Exception) -> Response:
    cause = getattr(error, "orig", None)
    if getattr(cause, "sqlstate", None) == DISK_FULL or "disk is full" in str(cause):
        message = N_("The disk is full. Nothing was changed; make space and try again.")
        full = Unavailable(message)
        full.status = 507
        return answer(request, full)
    return answer(request, Unavailable(N_("The database does not answer. Nothing was changed; try again.")))


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return answer(request, NotFound())
    return answer(request, DomainError(N_("This address does not take such a request."), status=status))


def install(app: FastAPI) -> None:
    """Hand every kind of error to `answer`."""
    app.add_exception_handler(DomainError, lambda request, error: answer(request, error))
    app.add_exception_handler(StaleDataError, _stale)
    app.add_exception_handler(IntegrityError, _stale)
    app.add_exception_handler(OperationalError, _database)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(
        RequestValidationError,
        lambda request, error: answer(request, _unreadable(error)),
    )


def _unreadable(error: Exception) -> DomainError:
    items = error.errors() if isinstance(error, RequestValidationError) else ()
    if {str(item["loc"][0]) for item in items} == {"path"}:
        return NotFound()
    fields = messages_by_field((item["loc"][1:], item["type"]) for item in items)
    return Invalid(N_("Some fields need another look."), fields=fields)


async def sealed(scope: Scope, receive: Receive, send: Send) -> None:
    """What a sealed server answers."""
    await answer(Request(scope, receive), Sealed())(scope, receive, send)


async def crashed(scope: Scope, receive: Receive, send: Send) -> None:
    """What an unforeseen failure answers: a number to quote, no data."""
    request = Request(scope, receive)
    incident: str = scope["state"]["incident"]
    error = DomainError(
        N_("Something went wrong on the server. Nothing was lost. Tell the administrator this number: %(incident)s"),
        incident=incident,
    )
    await answer(request, error, incident=incident)(scope, receive, send)
