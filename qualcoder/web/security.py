"""Headers, cookies, forged requests, and the gate of a sealed server."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qualcoder.core.errors import DomainError, Refused
from qualcoder.core.messages import N_
from qualcoder.settings import LOOPBACK, Settings
from qualcoder.vault import hashing
from qualcoder.web import statics
from qualcoder.web.forms import read_body

log = logging.getLogger("qualcoder.web")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# A file, a part of one, and one that the browser has: nothing else is kept for ever.
_FOUND = frozenset({200, 206, 304})
FOR_EVER = "public, max-age=31536000, immutable"
API = "/api/"
OPEN_WHEN_SEALED = ("/healthz", "/unseal", "/static/")


def cookie_name(settings: Settings) -> str:
    return "__Host-qc" if settings.cookie_is_secure else "qc"


def session_token(request: Request) -> str | None:
    return request.cookies.get(cookie_name(request.app.state.home.settings))


def set_session(response: Response, settings: Settings, token: str) -> None:
    response.set_cookie(
        cookie_name(settings), token, httponly=True, secure=settings.cookie_is_secure, samesite="lax", path="/"
    )


def clear_session(response: Response, settings: Settings, *, keep_storage: bool = False) -> None:
    """Take the cookie back, and let the browser forget the pages it kept, and its storage.

    `keep_storage` is asked for by a page that has emptied its own part of the storage and knows that codings of
    somebody else wait there.
    """
    response.delete_cookie(
        cookie_name(settings), httponly=True, secure=settings.cookie_is_secure, samesite="lax", path="/"
    )
    response.headers["Clear-Site-Data"] = '"cache"' if keep_storage else '"cache", "storage"'


def pending_cookie(settings: Settings) -> str:
    return f"{cookie_name(settings)}-pending"


def pending_token(request: Request) -> str:
    """The token of a sign-in that waits for a code; empty for none."""
    return request.cookies.get(pending_cookie(request.app.state.home.settings), "")


def set_pending(response: Response, settings: Settings, token: str, seconds: int) -> None:
    """Bind a half-done sign-in to this browser, and take an older session's cookie back."""
    is_secure = settings.cookie_is_secure
    response.set_cookie(
        pending_cookie(settings), token, seconds, httponly=True, secure=is_secure, samesite="strict", path="/"
    )
    response.delete_cookie(cookie_name(settings), httponly=True, secure=is_secure, samesite="lax", path="/")


def clear_pending(response: Response, settings: Settings) -> None:
    response.delete_cookie(
        pending_cookie(settings), httponly=True, secure=settings.cookie_is_secure, samesite="strict", path="/"
    )


def csrf_of(request: Request) -> str:
    """The token that this session's forms carry; empty for a visitor."""
    token = session_token(request)
    return hashing.csrf_token(token) if token else ""


def local_path(typed: str) -> str:
    """A path on this server, or the start page: never another site."""
    is_local = typed.startswith("/") and not typed.startswith("//") and "\\" not in typed and typed.isprintable()
    return typed if is_local else "/"


class Forged(Refused):
    """A request that our own pages did not send."""

    def __init__(self) -> None:
        super().__init__(N_("This form is no longer valid. Reload the page and send it again."))


class Misaddressed(DomainError):
    """The request names a server that this is not."""

    status = 421

    def __init__(self) -> None:
        super().__init__(N_("This server does not answer under that name. Check QUALCODER_PUBLIC_URL."))


def client_address(request: Request) -> str:
    """Who sent the request. Behind a proxy on this machine, whom the proxy names last."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "")
    if request.app.state.home.settings.public_url and peer in LOOPBACK and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return peer


def is_harmless(request: Request) -> bool:
    """Whether a browser can't be misused to send this: it changes nothing, or it is the API's.

    The API knows no cookie: a browser can be made to send one, and never a bearer token.
    """
    return request.method in SAFE_METHODS or request.url.path.startswith(API)


async def guard(request: Request) -> None:
    """Refuse foreign names of this server, and unsafe requests that another site sent.

    The first stops pages elsewhere that point their own name at this machine (DNS rebinding); the second follows
    the OWASP CSRF sheet, as `genuine` does. Nothing of the body is read here.
    """
    hosts = request.app.state.home.settings.hosts
    if hosts is not None and (request.url.hostname or "") not in hosts:
        raise Misaddressed
    if is_harmless(request):
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        # Our no-referrer policy makes browsers send "Origin: null" with forms, so this header decides alone.
        if site not in {"same-origin", "none"}:
            raise Forged
    elif origin is None or urlsplit(origin).netloc != request.headers.get("host"):
        raise Forged


async def genuine(request: Request) -> None:
    """Refuse unsafe requests that lack the session's token. It may stand in the body, so senders are known by now."""
    expected = csrf_of(request)
    if is_harmless(request) or not expected:
        return
    given = request.headers.get("x-csrf") or (await read_body(request)).first("csrf")
    if not hashing.same(given.encode(), expected.encode()):
        raise Forged


class Shell:
    """Outermost layer: headers on every answer, the sealed gate, and a 500 that tells nothing.

    Nothing is re-raised to the server, whose log would print the exception's text.
    """

    def __init__(self, app: ASGIApp, *, is_sealed: Callable[[], bool], on_sealed: ASGIApp, on_crash: ASGIApp) -> None:
        self.app = app
        self.is_sealed = is_sealed
        self.on_sealed = on_sealed
        self.on_crash = on_crash

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if path.startswith("/static/"):
                    is_pinned = path.startswith(statics.prefix()) and message["status"] in _FOUND
                    headers.setdefault("Cache-Control", FOR_EVER if is_pinned else "no-cache")
                else:
                    headers.setdefault("Cache-Control", "no-store")
                    headers.add_vary_header("HX-Request")
            await send(message)

        try:
            if self.is_sealed() and not path.startswith(OPEN_WHEN_SEALED):
                await self.on_sealed(scope, receive, send_with_headers)
            else:
                await self.app(scope, receive, send_with_headers)
        except ClientDisconnect:
            # Whoever sent this hung up in the middle of it: nobody waits for an answer, and nothing went wrong here.
            log.info("a sender hung up before the end")
        except Exception as error:  # noqa: BLE001  # the web is one of the two places that catch all
            incident = secrets.token_hex(4)
            log.error("incident %s: %s at %s", incident, type(error).__name__, where(error))
            if not started:
                scope["state"] = {**scope.get("state", {}), "incident": incident}
                await self.on_crash(scope, receive, send_with_headers)


def where(error: BaseException) -> str:
    """Files and lines of a crash, without the values."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames[-6:]))
